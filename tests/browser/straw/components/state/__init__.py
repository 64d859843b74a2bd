"""The state of a house of straw."""
