"""What stands around every page, and the life of the process that serves them."""
