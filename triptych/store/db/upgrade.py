"""Bring the tables up to date: the steps in `migrations` that a database has not seen yet."""

import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "r0014"  # the newest step; a database that is there already needs no Alembic to say so

ONE_AT_A_TIME = threading.Lock()  # Alembic tells its steps of their connection by names of the whole process


class Newer(Exception):
    """The database was made by a newer version than this one."""


def version(connection: Connection) -> str | None:
    """The step at which a database is, None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, to: str = "head") -> None:
    """Take every missing step up to ``to`` in the connection's transaction.

    Raises Newer for a database beyond the last one, and for a step that is not known.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    here = version(connection)
    for step in filter(None, (here, None if to == "head" else to)):
        if step not in known:
            raise Newer(step)
    config.attributes["connection"] = connection
    with ONE_AT_A_TIME:
        command.upgrade(config, to)
