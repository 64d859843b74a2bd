"""When a person said what a drawing of unknown outcome cost."""

from alembic import op
from sqlalchemy import BigInteger, Column

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    op.add_column("drawings", Column("settled", BigInteger(), nullable=True))
