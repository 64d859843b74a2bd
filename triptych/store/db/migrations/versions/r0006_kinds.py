"""Indexes in the order in which Spending sums, by day and by kind of run, in place of one for both; one of outcomes."""

from alembic import op

revision = "r0006"
down_revision = "r0005"

SUMMED = ["created", "imported", "engine", "status", "dollars", "high", "held"]


def upgrade() -> None:
    op.drop_index("drawings_by_spending", "drawings")
    op.create_index("drawings_by_day", "drawings", ["owner", "charged", "day", *SUMMED])
    op.create_index("drawings_by_kind", "drawings", ["owner", "charged", "model", "quality", "page", *SUMMED, "low"])
    op.create_index("drawings_by_outcome", "drawings", ["owner", "status", "charged", "settled"])
