"""Which home folder a process holds, so that the next one on it knows at once that it is gone."""

from alembic import op
from sqlalchemy import Column, String

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    op.add_column("processes", Column("home", String(), nullable=False, server_default=""))
