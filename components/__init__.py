"""Streamlit pieces: each module draws one thing and returns a value."""
