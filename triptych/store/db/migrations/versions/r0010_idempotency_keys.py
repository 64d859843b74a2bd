"""The keys under which programs ask the gateway, and what a page's runs of a day cost, found by an index."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String

revision = "r0010"
down_revision = "r0009"


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        Column("token", String(), nullable=False),
        Column("key", String(), nullable=False),
        Column("body", String(), nullable=False),
        Column("ticket", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        PrimaryKeyConstraint("token", "key"),
    )
    op.create_index("idempotency_keys_by_time", "idempotency_keys", ["created"])
    op.create_index("drawings_by_page", "drawings", ["page", "day"])
