"""The demo engine: a server that speaks the Images API and paints its pictures itself."""
