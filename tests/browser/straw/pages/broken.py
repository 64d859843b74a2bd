"""Fails as a page may fail."""

raise RuntimeError("/etc/secret/path")
