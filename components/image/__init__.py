"""One finished image, wherever it comes from."""
