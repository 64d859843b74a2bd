"""One run of the API: what it should cost, how it is sent, watched and shown."""
