"""How Streamlit draws a house's pages: as it does."""


def configure() -> None:
    """There is nothing to change."""
