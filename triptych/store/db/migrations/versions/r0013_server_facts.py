"""What servers were found to do, by address and by whose key it was found out."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Text

revision = "r0013"
down_revision = "r0012"


def upgrade() -> None:
    op.create_table(
        "server_facts",
        Column("address", String(), nullable=False),
        Column("holder", String(), nullable=False),
        Column("name", String(), nullable=False),
        Column("value", Text(), nullable=False),
        Column("how", String(), nullable=False),
        Column("found", BigInteger(), nullable=False),
        PrimaryKeyConstraint("address", "holder", "name"),
    )
