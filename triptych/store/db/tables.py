"""The tables: runs and the parts of their answers, records of images, money by period, processes and their leases, what
went with an edit, keys of programs' requests, what servers can do, saved prompts, experiments and votes, batches; cells
are places in both.

Money is in millionths of a dollar, time in millionths of a second since 1970 UTC, both as integers.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

SUMMED = ("created", "imported", "engine", "status", "dollars", "high", "held", "settled")  # what Spending reads

state = Table(
    "state",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

processes = Table(
    "processes",
    metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("heartbeat", BigInteger, nullable=False),
    Column("home", String, nullable=False, server_default=""),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("spent", BigInteger, nullable=False, default=0),
    Column("reserved", BigInteger, nullable=False, default=0),
)

drawings = Table(
    "drawings",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("page", String, nullable=False),
    Column("engine", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("closed", BigInteger),
    Column("status", String, nullable=False),
    Column("process", String, nullable=False),
    Column("run", String, nullable=False),
    Column("day", String, nullable=False),
    Column("month", String, nullable=False),
    Column("model", String, nullable=False),
    Column("quality", String, nullable=False),
    Column("size", String, nullable=False),
    Column("search", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("charged", Boolean, nullable=False),
    Column("imported", Boolean, nullable=False, default=False),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("held", BigInteger, nullable=False, default=0),
    Column("dollars", BigInteger),
    Column("seconds", Float),
    Column("next_move", Text),
    Column("message", Text),
    Column("settled", BigInteger),
    Index("drawings_by_fingerprint", "owner", "fingerprint", "created"),
    Index("drawings_by_status", "status", "process"),
    Index("drawings_by_outcome", "owner", "status", "charged", "settled"),
    Index("drawings_by_time", "owner", "created"),
    Index("drawings_by_page", "page", "day"),
    Index("drawings_by_kind", "owner", "charged", "model", "quality", "page", "day", *SUMMED, "low"),
    Index("drawings_by_tier", "owner", "charged", "model", "quality", "ticket", "created", "imported", "engine"),
)

parts = Table(
    "parts",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("attempt", Integer, nullable=False, default=0),
    Column("sent", BigInteger),
    Column("request_id", String),
    Column("response_id", String),
    Column("pictures", Integer, nullable=False, default=0),
    Column("got", Text),
    Column("usage", Text),
    Column("dollars", BigInteger),
    Column("seconds", Float),
    Index("parts_by_answer", "ticket", "pictures", "seconds"),
)

records = Table(
    "records",
    metadata,
    Column("id", String, primary_key=True),
    Column("ticket", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("page", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("engine", String, nullable=False),
    Column("status", String, nullable=False),
    Column("model", String, nullable=False),
    Column("quality", String, nullable=False),
    Column("size", String, nullable=False),
    Column("part", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("sha256", String),
    Column("format", String),
    Column("width", Integer),
    Column("height", Integer),
    Column("bytes", BigInteger),
    Column("dollars", BigInteger),
    Column("seconds", Float),
    Column("rating", Integer, nullable=False, default=0),
    Column("favourite", Boolean, nullable=False, default=False),
    Column("note", Text, nullable=False, default=""),
    Column("trashed", BigInteger),
    UniqueConstraint("ticket", "part", "position"),
    Index("records_by_time", "owner", "trashed", "created", "ticket", "part", "position"),
    Index("records_by_kind", "owner", "model", "quality", "size", "engine"),
    Index("records_by_picture", "sha256"),
    Index("records_by_run", "ticket", "trashed", "sha256"),
)

tags = Table(
    "tags",
    metadata,
    Column("record", String, primary_key=True),
    Column("tag", String, primary_key=True),
    Column("owner", String, nullable=False),
    Index("tags_by_owner", "owner", "tag"),
)

links = Table(
    "links",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Index("links_by_picture", "sha256"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("format", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Index("attachments_by_picture", "sha256"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    *(Column(name, String, primary_key=True) for name in ("token", "key")),
    *(Column(name, String, nullable=False) for name in ("body", "ticket")),
    Column("created", BigInteger, nullable=False),
    Index("idempotency_keys_by_time", "created"),
)

server_facts = Table(
    "server_facts",
    metadata,
    *(Column(name, String, primary_key=True) for name in ("address", "holder", "name")),
    Column("value", Text, nullable=False),
    Column("how", String, nullable=False),
    Column("found", BigInteger, nullable=False),
)

prompts = Table(
    "prompts",
    metadata,
    Column("id", String, primary_key=True),
    *(Column(name, String, nullable=False) for name in ("owner", "kind", "name")),
    Column("text", Text, nullable=False),
)

experiments = Table(
    "experiments",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("link", String),
    UniqueConstraint("link"),
    Index("experiments_by_time", "owner", "changed"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index("batches_by_time", "owner", "changed"),
)

cells = Table(
    "cells",
    metadata,
    Column("experiment", String, primary_key=True),
    Column("cell", String, primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("ticket", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("cells_by_ticket", "ticket"),
)

votes = Table(
    "votes",
    metadata,
    Column("id", String, primary_key=True),
    Column("experiment", String, nullable=False),
    Column("voter", String, nullable=False),
    Column("left", String, nullable=False),
    Column("right", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("votes_by_experiment", "experiment", "created"),
)

api_batches = Table(
    "api_batches",
    metadata,
    Column("id", String, primary_key=True),
    *(Column(name, String, nullable=False) for name in ("owner", "run", "page", "engine", "base_url", "server")),
    Column("public_only", Boolean, nullable=False),
    Column("charged", Boolean, nullable=False),
    Column("model", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    *(Column(name, String) for name in ("remote", "input_file", "output_file", "error_file")),
    Column("completed", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    Column("wrong", Text, nullable=False, default="[]"),
    Column("trouble", Text),
    Column("posted", BigInteger),
    Column("looked", BigInteger),
    Column("ended", BigInteger),
    Column("cancelling", Boolean, nullable=False, default=False),
    Column("cleans", Boolean, nullable=False, default=False),
    Column("cleaned", BigInteger),
    Index("api_batches_by_run", "owner", "run"),
    Index("api_batches_by_end", "ended"),
)

api_lines = Table(
    "api_lines",
    metadata,
    Column("batch", String, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("ticket", String, nullable=False),
    Index("api_lines_by_ticket", "ticket"),
)

api_files = Table(
    "api_files",
    metadata,
    Column("run", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("file", String, nullable=False),
)
