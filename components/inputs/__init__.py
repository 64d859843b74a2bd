"""The input images."""
