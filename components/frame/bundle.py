"""Streamlit's own files: the page every path of ours answers with, and the scripts, styles and fonts it asks for."""

import hashlib
import mimetypes
import re
from collections.abc import Collection
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

STATIC = Path(st.__file__).parent / "static"

# Streamlit's files whose names hold the hash of what is in them.
HASHED = re.compile(r".+\.[\w-]{8,}\.(css|js|svg|ttf|woff2?)")
YEAR = 31_536_000  # seconds


class Bundle:
    """The page and its files below ``base``, kept in memory from their first reader on.

    A page fetches a hundred files at once, and looking each up on disk costs the server more than sending it. Their
    names hold the hash of what is in them, so a browser may keep them for ever; the page itself it asks for anew.
    """

    def __init__(self, base: str, pages: Collection[str], headers: dict[str, str]) -> None:
        self.folder = STATIC / "static"
        self.root = f"{base.rstrip('/')}/"
        self.prefix = f"{self.root}static/"
        self.names = {
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if HASHED.fullmatch(path.name)
        }
        self.pages = {self.root + page for page in pages}
        self.page = (STATIC / "index.html").read_bytes()
        tag = f'"{hashlib.sha256(self.page).hexdigest()[:32]}"'
        self.page_headers = {**headers, "Cache-Control": "no-cache", "ETag": tag}
        self.headers = {**headers, "Cache-Control": f"public, immutable, max-age={YEAR}"}
        self.files: dict[str, Response] = {}

    def __call__(self, scope: Scope) -> Response | None:
        """The answer to a GET or HEAD of a page or a GET of one of its files, None for anything else."""
        if scope["path"] in self.pages and scope["method"] in {"GET", "HEAD"}:
            return self.front_page(scope)
        name = scope["path"].removeprefix(self.prefix)
        if scope["method"] != "GET" or name not in self.names or not scope["path"].startswith(self.prefix):
            return None
        if name not in self.files:
            kind = mimetypes.guess_type(name)[0]
            self.files[name] = Response((self.folder / name).read_bytes(), headers=self.headers, media_type=kind)
        return self.files[name]

    def front_page(self, scope: Scope) -> Response:
        if self.page_headers["ETag"] in Headers(scope=scope).get("if-none-match", ""):
            return Response(status_code=304, headers=self.page_headers)
        if scope["method"] == "HEAD":
            length = {"Content-Length": str(len(self.page))}
            return Response(headers={**self.page_headers, **length}, media_type="text/html")
        return Response(self.page, headers=self.page_headers, media_type="text/html")
