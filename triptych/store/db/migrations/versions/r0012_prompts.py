"""Templates and styles that people save."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, String, Text

revision = "r0012"
down_revision = "r0011"


def upgrade() -> None:
    op.create_table(
        "prompts",
        Column("id", String(), nullable=False),
        Column("owner", String(), nullable=False),
        Column("kind", String(), nullable=False),
        Column("name", String(), nullable=False),
        Column("text", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
