"""The sidebar drawn from the catalog, and the prompt with its builder and templates."""
