"""The mask: the canvas it is painted on, its tools, its files, and what changed outside it."""
