"""What was made: found, counted, related."""
