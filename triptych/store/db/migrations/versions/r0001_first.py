"""The first tables: drawings, answers, pictures, tags, lineage, money and processes."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, PrimaryKeyConstraint, String, Text, UniqueConstraint

revision = "r0001"
down_revision = None


def upgrade() -> None:
    _budgets()
    _drawings()
    _links()
    _parts()
    _processes()
    _records()
    _state()
    _tags()


def _budgets() -> None:
    op.create_table(
        "budgets",
        Column("kind", String(), nullable=False),
        Column("key", String(), nullable=False),
        Column("spent", BigInteger(), nullable=False),
        Column("reserved", BigInteger(), nullable=False),
        PrimaryKeyConstraint("kind", "key"),
    )


def _drawings() -> None:
    op.create_table(
        "drawings",
        Column("ticket", String(), nullable=False),
        Column("owner", String(), nullable=False),
        Column("page", String(), nullable=False),
        Column("engine", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("closed", BigInteger(), nullable=True),
        Column("status", String(), nullable=False),
        Column("process", String(), nullable=False),
        Column("run", String(), nullable=False),
        Column("day", String(), nullable=False),
        Column("month", String(), nullable=False),
        Column("model", String(), nullable=False),
        Column("quality", String(), nullable=False),
        Column("size", String(), nullable=False),
        Column("search", Text(), nullable=False),
        Column("request", Text(), nullable=False),
        Column("fingerprint", String(), nullable=False),
        Column("parts", Integer(), nullable=False),
        Column("charged", Boolean(), nullable=False),
        Column("imported", Boolean(), nullable=False),
        Column("low", BigInteger(), nullable=True),
        Column("high", BigInteger(), nullable=True),
        Column("held", BigInteger(), nullable=False),
        Column("dollars", BigInteger(), nullable=True),
        Column("seconds", Float(), nullable=True),
        Column("next_move", Text(), nullable=True),
        Column("message", Text(), nullable=True),
        PrimaryKeyConstraint("ticket"),
    )
    op.create_index("drawings_by_fingerprint", "drawings", ["owner", "fingerprint", "created"], unique=False)
    op.create_index("drawings_by_status", "drawings", ["status", "process"], unique=False)
    op.create_index("drawings_by_time", "drawings", ["owner", "created"], unique=False)


def _links() -> None:
    op.create_table(
        "links",
        Column("ticket", String(), nullable=False),
        Column("sha256", String(), nullable=False),
        PrimaryKeyConstraint("ticket", "sha256"),
    )
    op.create_index("links_by_picture", "links", ["sha256"], unique=False)


def _parts() -> None:
    op.create_table(
        "parts",
        Column("ticket", String(), nullable=False),
        Column("part", Integer(), nullable=False),
        Column("attempt", Integer(), nullable=False),
        Column("sent", BigInteger(), nullable=True),
        Column("request_id", String(), nullable=True),
        Column("pictures", Integer(), nullable=False),
        Column("got", Text(), nullable=True),
        Column("usage", Text(), nullable=True),
        Column("dollars", BigInteger(), nullable=True),
        Column("seconds", Float(), nullable=True),
        PrimaryKeyConstraint("ticket", "part"),
    )


def _processes() -> None:
    op.create_table(
        "processes",
        Column("id", String(), nullable=False),
        Column("host", String(), nullable=False),
        Column("pid", Integer(), nullable=False),
        Column("started", BigInteger(), nullable=False),
        Column("heartbeat", BigInteger(), nullable=False),
        PrimaryKeyConstraint("id"),
    )


def _records() -> None:
    op.create_table(
        "records",
        Column("id", String(), nullable=False),
        Column("ticket", String(), nullable=False),
        Column("owner", String(), nullable=False),
        Column("page", String(), nullable=False),
        Column("created", BigInteger(), nullable=False),
        Column("engine", String(), nullable=False),
        Column("status", String(), nullable=False),
        Column("model", String(), nullable=False),
        Column("quality", String(), nullable=False),
        Column("size", String(), nullable=False),
        Column("part", Integer(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("sha256", String(), nullable=True),
        Column("format", String(), nullable=True),
        Column("width", Integer(), nullable=True),
        Column("height", Integer(), nullable=True),
        Column("bytes", BigInteger(), nullable=True),
        Column("dollars", BigInteger(), nullable=True),
        Column("seconds", Float(), nullable=True),
        Column("rating", Integer(), nullable=False),
        Column("favourite", Boolean(), nullable=False),
        Column("note", Text(), nullable=False),
        Column("trashed", BigInteger(), nullable=True),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("ticket", "part", "position"),
    )
    op.create_index("records_by_picture", "records", ["sha256"], unique=False)
    by_time = ["owner", "trashed", "created", "ticket", "part", "position"]
    op.create_index("records_by_time", "records", by_time, unique=False)
    op.create_index("records_by_kind", "records", ["owner", "model", "quality", "size", "engine"], unique=False)


def _state() -> None:
    op.create_table(
        "state",
        Column("name", String(), nullable=False),
        Column("value", Text(), nullable=False),
        PrimaryKeyConstraint("name"),
    )


def _tags() -> None:
    op.create_table(
        "tags",
        Column("record", String(), nullable=False),
        Column("tag", String(), nullable=False),
        Column("owner", String(), nullable=False),
        PrimaryKeyConstraint("record", "tag"),
    )
    op.create_index("tags_by_owner", "tags", ["owner", "tag"], unique=False)
