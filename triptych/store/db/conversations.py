"""The tables of conversations: threads, and the turns of each; a turn's run, images and money are its ticket's."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from triptych.store.db.tables import metadata

threads = Table(
    "threads",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("style", Text, nullable=False),
    Column("reference", Text),
    Column("trashed", BigInteger),
    Index("threads_by_time", "owner", "changed"),
)

turns = Table(
    "turns",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("thread", String, nullable=False),
    Column("parent", String),
    Column("message", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("note", Text),
    Column("told", Text),
    Column("created", BigInteger, nullable=False),
    Index("turns_by_thread", "thread", "created"),
)
