"""What is wrong with a row of a table, or worth knowing of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """``row`` is the row or line as the file has it, from 1 with its header; 0: the whole table.

    ``column`` is the name at its head, "" where no column is at fault; ``sentence`` says what to mend.
    """

    row: int
    column: str
    sentence: str
