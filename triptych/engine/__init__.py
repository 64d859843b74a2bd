"""The demo engine: a server that speaks the Images API and Responses, and paints its pictures itself."""
