"""Cells of a table for spreadsheets, which run a text that begins like a formula: made inert, and as they were."""

import re

# Half and full width: a spreadsheet takes either. Apostrophes before it are counted, so that none gets lost.
RUNS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
INERT = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def inert(text: str) -> str:
    """``text``, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if RUNS.match(text) else text


def restored(text: str) -> str:
    """The text of which ``inert`` made this."""
    return text[1:] if INERT.match(text) else text
