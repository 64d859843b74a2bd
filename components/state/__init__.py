"""The composition root, and what a tab keeps."""
