"""Threads and their turns, and the ids by which an answer at the server can be fetched again."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Text

revision = "r0011"
down_revision = "r0010"


def upgrade() -> None:
    op.add_column("parts", Column("response_id", String()))
    op.create_table(
        "threads",
        Column("id", String(), nullable=False),
        Column("owner", String(), nullable=False),
        Column("name", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("changed", BigInteger(), nullable=False),
        Column("style", Text(), nullable=False),
        Column("reference", Text()),
        Column("trashed", BigInteger()),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("threads_by_time", "threads", ["owner", "changed"])
    op.create_table(
        "turns",
        Column("ticket", String(), nullable=False),
        Column("thread", String(), nullable=False),
        Column("parent", String()),
        Column("message", Text(), nullable=False),
        Column("request", Text(), nullable=False),
        Column("note", Text()),
        Column("told", Text()),
        Column("created", BigInteger(), nullable=False),
        PrimaryKeyConstraint("ticket"),
    )
    op.create_index("turns_by_thread", "turns", ["thread", "created"])
