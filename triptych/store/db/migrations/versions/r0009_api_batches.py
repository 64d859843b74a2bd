"""Batches of the Batch API, the drawing that each of their lines is, and the images that were uploaded for them."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, String, Text

revision = "r0009"
down_revision = "r0008"


def upgrade() -> None:
    _batches()
    op.create_table(
        "api_lines",
        Column("batch", String(), nullable=False),
        Column("line", Integer(), nullable=False),
        Column("ticket", String(), nullable=False),
        PrimaryKeyConstraint("batch", "line"),
    )
    op.create_index("api_lines_by_ticket", "api_lines", ["ticket"])
    op.create_table(
        "api_files",
        Column("run", String(), nullable=False),
        Column("sha256", String(), nullable=False),
        Column("file", String(), nullable=False),
        PrimaryKeyConstraint("run", "sha256"),
    )


def _batches() -> None:
    op.create_table(
        "api_batches",
        *(Column(name, String(), nullable=False) for name in ("id", "owner", "run", "page", "engine", "base_url")),
        Column("server", String(), nullable=False),
        Column("public_only", Boolean(), nullable=False),
        Column("charged", Boolean(), nullable=False),
        Column("model", String(), nullable=False),
        Column("endpoint", String(), nullable=False),
        Column("lines", Integer(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("status", String(), nullable=False),
        *(Column(name, String()) for name in ("remote", "input_file", "output_file", "error_file")),
        Column("completed", Integer(), nullable=False),
        Column("failed", Integer(), nullable=False),
        Column("wrong", Text(), nullable=False),
        Column("trouble", Text()),
        Column("posted", BigInteger()),
        Column("looked", BigInteger()),
        Column("ended", BigInteger()),
        Column("cancelling", Boolean(), nullable=False),
        Column("cleans", Boolean(), nullable=False),
        Column("cleaned", BigInteger()),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("api_batches_by_run", "api_batches", ["owner", "run"])
    op.create_index("api_batches_by_end", "api_batches", ["ended"])
