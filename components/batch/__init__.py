"""The Batch page: rows in, what they come to, their runs, and the files they end in."""
