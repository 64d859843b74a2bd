"""Indexes that hold all that Spending sums, so that no row of a run, an answer or an image is read for it."""

from alembic import op

revision = "r0005"
down_revision = "r0004"

INDEXES = {
    "drawings_by_spending": (
        "drawings",
        [
            "owner",
            "charged",
            "day",
            "model",
            "quality",
            "page",
            "created",
            "imported",
            "engine",
            "status",
            "dollars",
            "high",
            "held",
            "ticket",
        ],
    ),
    "drawings_by_tier": (
        "drawings",
        ["owner", "charged", "model", "quality", "ticket", "created", "imported", "engine"],
    ),
    "parts_by_answer": ("parts", ["ticket", "pictures", "seconds"]),
    "records_by_run": ("records", ["ticket", "trashed", "sha256"]),
}


def upgrade() -> None:
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
