"""Spending's index holds also whether a person has said what a run of unknown outcome cost."""

from alembic import op

revision = "r0014"
down_revision = "r0013"

SUMMED = ["created", "imported", "engine", "status", "dollars", "high", "held", "settled"]
KIND = ["owner", "charged", "model", "quality", "page", "day"]


def upgrade() -> None:
    op.drop_index("drawings_by_kind", "drawings")
    op.create_index("drawings_by_kind", "drawings", [*KIND, *SUMMED, "low"])
