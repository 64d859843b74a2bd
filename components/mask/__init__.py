"""The mask: canvas, tools, files."""
