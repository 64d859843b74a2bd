"""The `triptych` command: opens the playground, serves the demo engine, and says what is configured."""

import argparse
import http.client
import ipaddress
import os
import socket
import ssl
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from triptych import __version__
from triptych.engine.batch_file import DAY
from triptych.errors import Refused
from triptych.home import another, locked

LOCAL = "127.0.0.1"
PORT = 8501
PATIENCE = 60.0  # seconds to wait for the pages before saying nothing more


def parser() -> argparse.ArgumentParser:
    """The command line; README's text is generated from it."""
    top = argparse.ArgumentParser(prog="triptych", description="A browser playground for image models.")
    top.add_argument("--version", action="version", version=f"triptych {__version__}")
    top.add_argument("--host", help=f"address to listen on (default: {LOCAL}, this machine only)")
    top.add_argument("--port", type=port_number, help=f"port to listen on (default: {PORT})")
    top.add_argument("--headless", action="store_true", help="do not open a browser")
    top.add_argument("--agent-api", action="store_true", help="turn on Streamlit's agent API and MCP endpoint")
    commands = top.add_subparsers(dest="command", metavar="command")
    engine = commands.add_parser("engine", help="serve the demo engine as an OpenAI-compatible server")
    engine.add_argument("--host", default=LOCAL, help="address to listen on (default: %(default)s)")
    engine.add_argument("--port", type=port_number, required=True, help="port to listen on")
    engine.add_argument("--token", help="the key that callers must send (default: any)")
    engine.add_argument("--day", type=float, default=DAY, help="seconds that a batch has (default: %(default)g)")
    out = commands.add_parser(
        "backup", help="write everything, of all owners, to a new file; works while the server runs"
    )
    out.add_argument("file", type=Path, metavar="FILE", help="the ZIP file to write")
    back = commands.add_parser("restore", help="restore what a backup holds and the home folder lacks")
    back.add_argument("file", type=Path, metavar="FILE", help="the ZIP file that `triptych backup` or the page wrote")
    commands.add_parser("doctor", help="check what is configured, reachable and writable; shows no key")
    return top


def port_number(text: str) -> int:
    if not (text.isdecimal() and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text} is not a port; ports go from 1 to 65535")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code is 0, or 1 where something is broken and a sentence said what."""
    options = parser().parse_args(argv)
    if options.command == "doctor":
        return doctor()
    try:
        if options.command in {"backup", "restore"}:
            return carry(options.command, options.file)
        if options.command == "engine":
            return engine(options.host, options.port, options.token, options.day)
        return playground(options)
    except Refused as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        return 0


def doctor() -> int:
    from triptych.doctor import examine

    findings = list(examine(pages_folder()))
    print("\n".join(map(str, findings)))
    return 0 if all(finding.ok for finding in findings) else 1


def carry(command: str, file: Path) -> int:
    """Backs everything up into a file that only its owner can read, or brings a backup back."""
    from triptych.settings import settings
    from triptych.store import Store
    from triptych.store.files.spool import FOLDER

    chosen = settings()
    store = Store(chosen.storage_url or chosen.images, chosen.database, spool=chosen.home / FOLDER)
    try:
        if command == "backup":
            with whole(file) as out:
                store.transfer.backup(out)
            print(f"Saved everything to {file}, {file.stat().st_size / 1e6:,.1f} MB.")
        else:
            with file.open("rb") as given:
                print(f"Restored {store.transfer.restore(given):,} missing rows and files.")
    except OSError as error:
        sys.exit(f"Cannot use {file}: {error.strerror}. Name another file.")
    finally:
        store.close()
    return 0


@contextmanager
def whole(file: Path) -> Iterator[IO[bytes]]:
    """A new file that is there whole or not at all; OSError where it cannot be made, or one is there already."""
    beside = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"):
        pass  # the name is taken, so that nothing that is there is ever lost
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except BaseException:  # whatever ends it: nothing half done stays, and it is raised again
        beside.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        raise


def engine(host: str, port: int, token: str | None, day: float) -> int:
    refuse_taken(host, port)
    from triptych.engine.serve import serve

    print(f"The demo engine speaks the Images API at http://{named(host)}:{port}/v1  (Ctrl+C stops it)", flush=True)
    serve(host=host, port=port, token=token, day=day)
    return 0


def pages_folder() -> Path:
    """Where app.py, pages and components lie: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "_pages"
    return inside if inside.is_dir() else package.parent


def playground(options: argparse.Namespace) -> int:
    """Serves the pages until stopped, by Streamlit's `run`: it reads config.toml and STREAMLIT_*, App.run() neither."""
    from streamlit.web.cli import main as streamlit

    from triptych.catalog import check_catalog
    from triptych.settings import settings

    check_catalog()
    host = options.host or os.environ.get("STREAMLIT_SERVER_ADDRESS", LOCAL)
    port = options.port if options.port is not None else port_number(os.environ.get("STREAMLIT_SERVER_PORT", str(PORT)))
    refuse_taken(host, port)
    os.environ["FORWARDED_ALLOW_IPS"] = ""  # uvicorn's own; server.py asks TRIPTYCH_TRUSTED_PROXIES instead
    with only_one(settings().home):
        threading.Thread(target=announce, args=(host,), daemon=True).start()
        arguments = ["run", str(pages_folder() / "server.py"), *flags(options, host, port)]
        streamlit.main(args=arguments, prog_name="streamlit", standalone_mode=False)
    return 0


def flags(options: argparse.Namespace, host: str, port: int) -> Iterator[str]:
    """Our options as Streamlit's."""
    yield f"--server.address={host}"
    yield f"--server.port={port}"
    yield "--logger.hideWelcomeMessage=true"  # it would look up this machine's public address elsewhere
    if options.headless:
        yield "--server.headless=true"
    if options.agent_api:
        yield "--server.enableAgentApi=true"
    if not is_local(host) and "STREAMLIT_SERVER_ALLOWED_HOSTS" not in os.environ:
        yield "--server.allowedHosts=*"  # by what name others reach this machine is not known here


def is_local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_taken(host: str, port: int) -> None:
    """Exits with a sentence where somebody listens on the port already; port 0 asks for any free one."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --port or --host.")


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Holds the home folder: a second playground on it would take the first one's running jobs for lost."""
    try:
        lock = locked(home)
    except OSError as error:
        sys.exit(f"Cannot write to {home}: {error.strerror}. Make it writable or set TRIPTYCH_HOME.")
    if lock is None:
        sys.exit(another(home))
    try:
        yield
    finally:
        lock.release()


def announce(host: str) -> None:
    """Says where the pages are once they answer, and opens a browser unless told not to."""
    from streamlit import config, runtime

    asked = {"0.0.0.0": LOCAL, "::": "::1"}.get(host, host)  # noqa: S104 - asked, not bound
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if runtime.exists():  # before that, looking at the configuration would fix it too early
            secure, port = bool(config.get_option("server.sslCertFile")), int(config.get_option("server.port"))
            if port and answers(asked, port, secure=secure):
                base = "/".join(["", *filter(None, str(config.get_option("server.baseUrlPath")).split("/"))])
                return show(f"http{'s' * secure}://{named(host)}:{port}{base}")
        time.sleep(0.05)
    return None


def named(host: str) -> str:
    """The host as a browser on this machine writes it."""
    if host in {LOCAL, "0.0.0.0", "::"}:  # noqa: S104 - read, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def show(url: str) -> None:
    from streamlit import config

    print(f"Triptych is open at {url}  (Ctrl+C stops it)", flush=True)
    if not config.get_option("server.headless"):
        webbrowser.open(url)


def answers(host: str, port: int, *, secure: bool) -> bool:
    """Whether the pages are being served there."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    if secure:  # our own server, under whatever name its certificate has
        connection = http.client.HTTPSConnection(host, port, timeout=1, context=ssl._create_unverified_context())  # noqa: S323, SLF001
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().read() == b"ok"
    return False


if __name__ == "__main__":
    sys.exit(main())
