"""The input images of an edit, and where they are picked from."""
