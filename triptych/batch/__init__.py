"""A batch: many prompts and many images from a table, each row checked before it costs anything."""

from triptych.batch.images import Images
from triptych.batch.reading import Table, lines, read_table
from triptych.batch.rows import Plan, Problem, Row, plan

__all__ = ["Images", "Plan", "Problem", "Row", "Table", "lines", "plan", "read_table"]
