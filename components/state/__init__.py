"""The services that all tabs share, who visits, and what a tab keeps."""
