"""What a visitor does on the Spending page."""

from streamlit.testing.v1 import AppTest


def look(app: AppTest) -> AppTest:
    """Open the page."""
    page = app.switch_page("pages/spending.py").run()
    assert not page.exception
    return page
