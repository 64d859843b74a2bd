"""One index in the order in which Spending sums, by kind of run and then by day, in place of one for each."""

from alembic import op

revision = "r0007"
down_revision = "r0006"

SUMMED = ["created", "imported", "engine", "status", "dollars", "high", "held"]
KIND = ["owner", "charged", "model", "quality", "page", "day"]


def upgrade() -> None:
    op.drop_index("drawings_by_day", "drawings")
    op.drop_index("drawings_by_kind", "drawings")
    op.create_index("drawings_by_kind", "drawings", [*KIND, *SUMMED, "low"])
