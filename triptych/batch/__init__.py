"""A batch: many prompts and many images from a table, each row checked before it costs anything."""

from triptych.batch.images import Images, each_image, take_in
from triptych.batch.naming import PATTERN, check_pattern, file_names
from triptych.batch.planning import plan
from triptych.batch.problem import Problem
from triptych.batch.reading import lines, read_table
from triptych.batch.results import Made, Result, problems_csv, write_csv, write_jsonl
from triptych.batch.rows import Plan, Row
from triptych.batch.table import Table

__all__ = [
    "PATTERN",
    "Images",
    "Made",
    "Plan",
    "Problem",
    "Result",
    "Row",
    "Table",
    "check_pattern",
    "each_image",
    "file_names",
    "lines",
    "plan",
    "problems_csv",
    "read_table",
    "take_in",
    "write_csv",
    "write_jsonl",
]
