"""One run: sent, watched, shown."""
