"""Bytes: images, previews, and where they lie."""
