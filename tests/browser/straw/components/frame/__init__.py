"""The frame of a house of straw."""
