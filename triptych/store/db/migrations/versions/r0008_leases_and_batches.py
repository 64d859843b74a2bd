"""Leases, by which one process at a time does a piece of work, and batches as their owners saved them."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Text

revision = "r0008"
down_revision = "r0007"


def upgrade() -> None:
    op.create_table(
        "leases",
        Column("name", String(), nullable=False),
        Column("holder", String(), nullable=False),
        Column("until", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "batches",
        Column("id", String(), nullable=False),
        Column("owner", String(), nullable=False),
        Column("name", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("changed", BigInteger(), nullable=False),
        Column("document", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("batches_by_time", "batches", ["owner", "changed"])
