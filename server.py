"""The pages as an ASGI app: health, headers, refusals and a drain at shutdown; `triptych` starts it."""

import asyncio
import base64
import hashlib
import logging
import mimetypes
import os
import re
import secrets
import signal
import socket
import stat
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from components import services, visitors
from triptych.cli import is_local

FOLDER = Path(__file__).parent
DRAIN_SECONDS = 120.0
SWITCH = 0.001  # seconds a thread waits for the interpreter: a page's script and its files are served side by side
FRONT = "generate"  # the page whose path is "/"
log = logging.getLogger("triptych.server")

# What may be asked from anywhere: a load balancer knows a replica by its number, not by its name.
HEALTH = ("/healthz", "/readyz")

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Streamlit's files whose names hold the hash of what is in them, and those that almost every page of ours needs.
HASHED = re.compile(r".+\.[\w-]{8,}\.(css|js|svg|ttf|woff2?)")
WIDGETS = ("Button", "ButtonGroup", "Metric", "Selectbox", "Slider", "TextArea")
YEAR = 31_536_000  # seconds

# Answers under these paths are other people's bytes: opened as a page they run nothing and load nothing.
BYTES = ("/media/", "/api/", "/_stcore/upload_file/")
BYTES_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


def inline_scripts(html: str) -> str:
    """The CSP sources of the scripts written into Streamlit's own page, by hash."""
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)


def page_policy() -> str:
    """The CSP of a page: everything comes from here, so that no prompt can fetch or send anything elsewhere."""
    index = Path(st.__file__).parent / "static" / "index.html"
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {inline_scripts(index.read_text('utf-8'))}",  # components v2 are blobs
        "style-src": "'self' 'unsafe-inline'",  # Streamlit styles its elements from JavaScript
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob: data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def host_is_known(host: str, known: list[str]) -> bool:
    """Whether a Host header names one of `known` (empty: any; `*.x`: below x), whatever its port."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return not known or any(
        pattern in {name, "*"} or (pattern.startswith("*.") and name.endswith(pattern[1:]))
        for pattern in (entry.strip().lower() for entry in known)
    )


def origin_is_known(origin: str | None, host: str, known: list[str]) -> bool:
    """Whether the page that asks is one of ours; programs send no Origin, sandboxed pages send `null`."""
    return origin is None or origin in known or (urlsplit(origin).netloc == host != "")


class Bundle:
    """Streamlit's own scripts, styles and fonts, kept in memory from their first reader on.

    A page fetches a hundred of them at once, and looking each up on disk costs the server more than sending it. Their
    names hold the hash of what is in them, so a browser may keep them for ever.
    """

    def __init__(self, base: str, headers: dict[str, str]) -> None:
        self.folder = Path(st.__file__).parent / "static" / "static"
        self.prefix = f"{base.rstrip('/')}/static/"
        self.names = {
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if HASHED.fullmatch(path.name)
        }
        self.headers = {**headers, "Cache-Control": f"public, immutable, max-age={YEAR}"}
        self.files: dict[str, Response] = {}

    def preloads(self, *stems: str) -> str:
        """A Link header that names these scripts and all they import, so that the browser has them in time.

        Otherwise it asks for a widget's script only when the page's own script has come to that widget.
        """
        wanted = [
            name for name in sorted(self.names) if name.startswith("js/") and Path(name).name.split(".")[0] in stems
        ]
        for name in wanted:  # grows while it is read
            imported = re.findall(r'(?:from|import)"\./([\w.-]+\.js)"', (self.folder / name).read_text("utf-8"))
            wanted += [other for other in map("js/{}".format, imported) if other not in wanted]
        return ", ".join(f"<{self.prefix}{name}>; rel=modulepreload" for name in wanted)

    def __call__(self, scope: Scope) -> Response | None:
        """The answer to a GET of one of them, None for anything else."""
        name = scope["path"].removeprefix(self.prefix)
        if scope["method"] != "GET" or name not in self.names or not scope["path"].startswith(self.prefix):
            return None
        if name not in self.files:
            kind = mimetypes.guess_type(name)[0]
            self.files[name] = Response((self.folder / name).read_bytes(), headers=self.headers, media_type=kind)
        return self.files[name]


class Guard:
    """ASGI middleware: refuses foreign hosts and origins, adds the security headers, and says 404 where no page is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.hosts: list[str] = list(st.get_option("server.allowedHosts"))
        self.origins: list[str] = list(st.get_option("server.corsAllowedOrigins"))
        self.base = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
        self.pages = {page.stem for page in (FOLDER / "pages").glob("*.py")} - {FRONT} | {""}
        self.policy = page_policy()
        self.bundle = Bundle(self.base, SAFE | {"Content-Security-Policy": self.policy})
        self.links = self.bundle.preloads(*WIDGETS)
        self.is_open = visitors.may_others_come()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif problem := self.refusal(scope):
            answer = PlainTextResponse(problem, 403) if scope["type"] == "http" else WebSocketClose(1008, problem)
            await answer(scope, receive, send)
        elif scope["type"] == "http" and (file := self.bundle(scope)):
            await file(scope, receive, send)
        else:
            await self.app(scope, receive, self.dressed(scope, send) if scope["type"] == "http" else send)

    def refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if scope["path"] not in HEALTH and not host_is_known(headers.get("host", ""), self.hosts):
            return "This host is not served here. Name it in STREAMLIT_SERVER_ALLOWED_HOSTS."
        reached, port = scope.get("server") or ("", None)  # no port: a socket in this machine's file system
        if port is not None and not self.is_open and not is_local(reached):  # uvicorn was told another address
            return visitors.refusal(reached)
        if not origin_is_known(headers.get("origin"), headers.get("host", ""), self.origins):
            return "This page may not ask from another site."
        return None

    def dressed(self, scope: Scope, send: Send) -> Send:
        path = "/" + scope["path"].removeprefix(self.base).lstrip("/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = BYTES_POLICY if path.startswith(BYTES) else self.policy
                headers.update(SAFE)
                # Streamlit answers every unknown path with its front page; only the real pages are found.
                is_page = headers.get("content-type", "").startswith("text/html")
                if is_page:
                    headers["Link"] = self.links
                if message["status"] == 200 and is_page and path.strip("/") not in self.pages:  # noqa: PLR2004 (HTTP)
                    message["status"] = 404
            await send(message)

        return send_with_headers


def apologise(error: Exception) -> bool:
    """Shows a visitor what to do, never a traceback or a path; the log has both under the same number."""
    number = secrets.token_hex(4)
    log.error("page error %s: %s", number, type(error).__name__)
    st.error(
        f"Something broke while this page was drawn. Pictures under way go on. In the log this is error {number}.",
        title="Reload the page",
    )
    return True


async def healthz(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> JSONResponse:
    reasons = await asyncio.to_thread(services.ready)
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


def answer_at_once() -> None:
    """Turn Nagle's algorithm off where this process listens; accepted connections inherit it.

    Streamlit binds its socket without naming the protocol, so asyncio does not recognise TCP and leaves it on: every
    file of a page then waits some 40 ms for the browser's delayed acknowledgement of its headers.
    """
    folder = Path("/dev/fd")
    for descriptor in [int(entry.name) for entry in folder.iterdir()] if folder.exists() else []:
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as sock:
                    listens = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
                    if listens and sock.family in {socket.AF_INET, socket.AF_INET6}:
                        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def end_at_the_signal() -> None:
    """Send nothing more from the moment the process is told to end: the drain comes only after the last connection."""
    if threading.current_thread() is not threading.main_thread():
        return  # whoever runs it in another thread gets the signals; the drain does the same, later
    for sign in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(sign)
        if callable(before):

            def ending(number: int, frame: FrameType | None, then: Callable[..., object] = before) -> None:
                services.stop_sending()
                then(number, frame)

            signal.signal(sign, ending)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """At shutdown nothing more is sent, and every image in flight is finished and saved: it may be paid for already."""
    answer_at_once()
    sys.setswitchinterval(SWITCH)
    end_at_the_signal()
    await asyncio.to_thread(services.prepare)
    yield
    await asyncio.to_thread(services.drain, DRAIN_SECONDS)


app = st.App(
    FOLDER / "app.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), Route("/readyz", readyz)],
    middleware=[Middleware(Guard)],
    on_script_error=apologise,
)
if problem := visitors.exposure():
    sys.exit(problem)
