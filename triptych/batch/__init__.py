"""A batch: many prompts and many images from a table, each row checked before it costs anything."""

from triptych.batch.images import Images, each_image, take_in
from triptych.batch.planning import plan
from triptych.batch.problem import Problem
from triptych.batch.reading import lines, read_table
from triptych.batch.rows import Plan, Row
from triptych.batch.table import Table

__all__ = ["Images", "Plan", "Problem", "Row", "Table", "each_image", "lines", "plan", "read_table", "take_in"]
