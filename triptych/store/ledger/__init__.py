"""Runs and their money."""
