"""What was made: found, rated, counted, and what became of what."""
