"""What went with an edit, and experiments with their cells and votes."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Text, UniqueConstraint

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    _attachments()
    _experiments()
    _cells()
    _votes()


def _attachments() -> None:
    op.create_table(
        "attachments",
        Column("ticket", String(), nullable=False),
        Column("role", String(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("sha256", String(), nullable=False),
        Column("format", String(), nullable=False),
        Column("width", Integer(), nullable=False),
        Column("height", Integer(), nullable=False),
        Column("bytes", BigInteger(), nullable=False),
        PrimaryKeyConstraint("ticket", "role", "position"),
    )
    op.create_index("attachments_by_picture", "attachments", ["sha256"])


def _experiments() -> None:
    op.create_table(
        "experiments",
        Column("id", String(), nullable=False),
        Column("owner", String(), nullable=False),
        Column("name", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("changed", BigInteger(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("link", String(), nullable=True),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("link"),
    )
    op.create_index("experiments_by_time", "experiments", ["owner", "changed"])


def _cells() -> None:
    op.create_table(
        "cells",
        Column("experiment", String(), nullable=False),
        Column("cell", String(), nullable=False),
        Column("repeat", Integer(), nullable=False),
        Column("ticket", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        PrimaryKeyConstraint("experiment", "cell", "repeat"),
    )
    op.create_index("cells_by_ticket", "cells", ["ticket"])


def _votes() -> None:
    op.create_table(
        "votes",
        Column("id", String(), nullable=False),
        Column("experiment", String(), nullable=False),
        Column("voter", String(), nullable=False),
        Column("left", String(), nullable=False),
        Column("right", String(), nullable=False),
        Column("verdict", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("votes_by_experiment", "votes", ["experiment", "created"])
