"""The pages and the gateway as an ASGI app: health, headers, refusals and a drain at shutdown; `triptych` starts it."""

import asyncio
import base64
import hashlib
import logging
import os
import re
import secrets
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from components.frame import lifecycle, streamed
from components.frame.bundle import STATIC, Bundle
from components.frame.notice import error_notice
from components.state import access, services
from triptych import gateway
from triptych.cli import LOCAL
from triptych.errors import TriptychError
from triptych.jobs import LONGEST_DRAIN
from triptych.settings import settings

FOLDER = Path(__file__).parent
SWITCH = 0.001  # seconds a thread waits for the interpreter: a page's script and its files are served side by side
FRONT = "generate"  # the page whose path is "/"
log = logging.getLogger("triptych.server")

# Below which path the pages are, "" for none; behind a proxy that hands a whole path on, health is there too.
BASE = "/".join(["", *filter(None, str(st.get_option("server.baseUrlPath") or "").split("/"))])

# What may be asked from anywhere: a load balancer knows a replica by its number, not by its name.
HEALTH = {f"{base}/{name}" for base in ("", BASE) for name in ("healthz", "readyz")}

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# What is answered before the login: the pages' own shell, in which the login is drawn, and the way to the provider.
BEFORE_LOGIN = frozenset(
    {
        "/healthz",
        "/readyz",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/stream",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/favicon.png",
    }
)

# Answers under these paths are other people's bytes: opened as a page they run nothing and load nothing.
BYTES = ("/media/", streamed.PATH, f"{gateway.PREFIX}/", "/_stcore/upload_file/")
BYTES_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


def inline_scripts(html: str) -> str:
    """The CSP sources of the scripts written into Streamlit's own page, by hash."""
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)


def page_policy() -> str:
    """The CSP of a page: everything comes from here, so that no prompt can fetch or send anything elsewhere."""
    scripts = inline_scripts((STATIC / "index.html").read_text("utf-8"))
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {scripts}",  # components v2 are blobs
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
    return origin is None or origin in known or (place(origin) == host != "")


def place(origin: str) -> str:
    """Host and port of an origin, "" where it names none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def gateway_at(scope: Scope) -> str | None:
    """Below which path the gateway is that is asked, None where it is not."""
    bases = ("", BASE) if scope["type"] == "http" else ()
    return next((base for base in bases if scope["path"].startswith(f"{base}{gateway.PREFIX}/")), None)


class Forwarded:
    """ASGI middleware: what a trusted proxy says of the visitor before it: address, scheme and host.

    The host it was asked by counts where it names the page that asks; whatever the proxy asks by must be known as well,
    for a page that had its name point at this machine could send the same header.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.hosts: list[str] = list(st.get_option("server.allowedHosts"))
        self.visitor = ProxyHeadersMiddleware(app, settings().trusted_hosts)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = (scope.get("client") or ("",))[0]
        if scope["type"] in {"http", "websocket"} and peer in self.visitor.trusted_hosts:
            headers = MutableHeaders(scope=scope)
            said = headers.get("x-forwarded-host", "").split(",")[0].strip()
            if said and said == place(headers.get("origin", "")) and host_is_known(headers.get("host", ""), self.hosts):
                headers["host"] = said
        await self.visitor(scope, receive, send)  # type: ignore[arg-type]


class Guard:
    """ASGI middleware: refuses foreign hosts and origins, adds the security headers, and says 404 where no page is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.hosts: list[str] = list(st.get_option("server.allowedHosts"))
        self.origins: list[str] = list(st.get_option("server.corsAllowedOrigins"))
        self.policy = page_policy()
        self.pages = {page.stem for page in (FOLDER / "pages").glob("*.py")} - {FRONT} | {""}
        self.gateway = gateway.make_app(services.services)
        self.bundle = Bundle(BASE, self.pages, SAFE | {"Content-Security-Policy": self.policy})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif problem := self.refusal(scope):
            answer = PlainTextResponse(problem, 403) if scope["type"] == "http" else WebSocketClose(1008, problem)
            await answer(scope, receive, send)
        elif (base := gateway_at(scope)) is not None:
            await self.gateway({**scope, "root_path": base}, receive, self.dressed(scope, send))
        elif scope["type"] == "http" and (file := self.bundle(scope)):
            await file(scope, receive, send)
        else:
            await self.app(scope, receive, self.dressed(scope, send) if scope["type"] == "http" else send)

    def refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if scope["path"] not in HEALTH and not host_is_known(headers.get("host", ""), self.hosts):
            return "This host is not served here. Name it in STREAMLIT_SERVER_ALLOWED_HOSTS."
        if not origin_is_known(headers.get("origin"), headers.get("host", ""), self.origins):
            return "This page may not ask from another site."
        if gateway.is_on() and (gateway_at(scope) is not None or scope["path"] in HEALTH):
            return None  # a token opens it and nothing else, whoever may see the pages
        reached, port = scope.get("server") or ("", None)  # no port: a socket in this machine's file system
        reached = reached if port is not None else LOCAL
        visitor = (scope.get("client") or ("",))[0] or LOCAL  # as a trusted proxy says: it may bring others here
        for address in (reached, visitor):  # uvicorn may have been told another address than Streamlit
            if problem := access.admit({}, address).problem:
                return problem
        cookies = cookie_parser(headers.get("cookie", ""))
        if not self.is_shell(scope) and not access.admit(access.claims_in(cookies), reached).admitted:
            return "Log in first."
        return None

    def is_shell(self, scope: Scope) -> bool:
        """Whether it may be asked before the login: nothing in it belongs to anybody."""
        path = scope["path"].removeprefix(BASE) or "/"
        page, _, below = path.strip("/").partition("/")
        if below and page in self.pages:
            path = f"/{below}"  # a page's shell first looks for the server below the page's own path
        return path in BEFORE_LOGIN or path.startswith("/static/") or path.strip("/") in self.pages

    def dressed(self, scope: Scope, send: Send) -> Send:
        path = scope["path"].removeprefix(BASE)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = BYTES_POLICY if path.startswith(BYTES) else self.policy
                headers.update(SAFE)
                # Streamlit answers every unknown path with its front page; the real pages never come from there.
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):  # noqa: PLR2004 (HTTP)
                    message["status"] = 404
            await send(message)

        return send_with_headers


def apologise(error: Exception) -> bool:
    """Shows a visitor what to do, never a traceback or a path; the log has both under the same number."""
    if isinstance(error, TriptychError):  # it says in words what to do
        error_notice(error)
        return True
    number = secrets.token_hex(4)
    log.error("page error %s: %s", number, type(error).__name__)
    st.error(
        f"This page could not be shown. Runs in progress continue. The log has the details under error {number}.",
        title="Reload the page",
    )
    return True


async def healthz(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> JSONResponse:
    reasons = await asyncio.to_thread(lifecycle.ready)
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


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """At shutdown nothing more is sent, and every image in flight is finished and saved: it may be paid for already."""
    answer_at_once()
    sys.setswitchinterval(SWITCH)
    lifecycle.end_at_the_signal()
    streamed.begin(BASE)
    await asyncio.to_thread(lifecycle.prepare)
    looking = lifecycle.look_without_visitors()
    yield
    looking.cancel()
    await asyncio.to_thread(services.drain, LONGEST_DRAIN)


app = st.App(
    FOLDER / "app.py",
    lifespan=lifespan,
    routes=[
        *(Route(path, healthz if path.endswith("/healthz") else readyz) for path in sorted(HEALTH)),
        streamed.route(BASE),
    ],
    middleware=[Middleware(Forwarded), Middleware(Guard)],
    on_script_error=apologise,
)
if (problem := access.admit({}, access.configured_address()).problem) and not gateway.is_on():
    sys.exit(problem)
