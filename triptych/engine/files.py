"""The files that callers of the demo engine have uploaded, and those its batches write: /v1/files."""

import secrets
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from triptych.wire.asks import Upload
from triptych.wire.refusals import Refusal, invalid, missing

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
MOST_BATCH = 200_000_000  # bytes of a file of requests, by OpenAI's guide
MOST_BYTES = 512_000_000  # of any other file
MOST_FILES = 10_000
PIECE = 1 << 20
MIMES = {".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True)
class File:
    """One file as the API tells of it; its bytes lie at ``path``."""

    id: str
    name: str
    purpose: str
    created: int
    bytes: int
    path: Path

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": self.bytes,
            "created_at": self.created,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
        }


class Cabinet:
    """Keeps files on the disk until the engine ends. Safe to use from any thread."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._files: dict[str, File] = {}
        self._lock = Lock()

    @contextmanager
    def new(self, name: str, purpose: str) -> Iterator[tuple[str, IO[bytes]]]:
        """A file that is being written, and its id; it is there once all of it is."""
        with self._lock:
            if len(self._files) >= MOST_FILES:
                raise Refusal("The demo engine keeps no more files: delete some.", status=409)
            folder = self._folder = self._folder or self._made()
        id = f"file-{secrets.token_hex(12)}"  # noqa: A001 - the API's own word
        path = folder / id
        try:
            with path.open("wb") as out:
                yield id, out
        except BaseException:  # whatever ends it: nothing half written stays, and it is raised again
            path.unlink(missing_ok=True)
            raise
        with self._lock:
            self._files[id] = File(id, name, purpose, int(time.time()), path.stat().st_size, path)

    def _made(self) -> Path:
        folder = tempfile.mkdtemp(prefix="triptych-engine-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def get(self, id: str) -> File:  # noqa: A002
        """The file; raises the API's 404."""
        found = self._files.get(id)
        if found is None:
            raise Refusal(f"No such File object: {id}", status=404, param="id")
        return found

    def every(self, purpose: str | None = None) -> list[File]:
        """All files, or those of a purpose, the newest first."""
        with self._lock:
            return [one for one in reversed(self._files.values()) if purpose in (None, one.purpose)]

    def delete(self, id: str) -> None:  # noqa: A002
        """Remove the file; raises the API's 404."""
        file = self.get(id)
        with self._lock:
            self._files.pop(id, None)
        file.path.unlink(missing_ok=True)

    def upload(self, id: str, param: str) -> Upload:  # noqa: A002
        """An uploaded image as a request names it by its id; raises Refusal."""
        file = self._files.get(id)
        if file is None:
            raise invalid(param, f"File with id '{id}' was not found.", "file_not_found")
        mime = MIMES.get(Path(file.name).suffix.lower(), "application/octet-stream")
        return Upload(file.name, mime, file.path.read_bytes())


async def create(request: Request) -> Response:
    """POST /v1/files"""
    async with request.form(max_files=1, max_part_size=1 << 20) as form:
        purpose, upload = form.get("purpose"), form.get("file")
        if not isinstance(upload, UploadFile):
            raise missing("file")
        if purpose not in PURPOSES:
            raise invalid("purpose", f"'{purpose}' is not one of {list(PURPOSES)}.", "invalid_value")
        limit = MOST_BATCH if purpose == "batch" else MOST_BYTES
        if (upload.size or 0) > limit:
            raise invalid("file", f"The file must have at most {limit:,} bytes.", "file_too_large")
        file = await run_in_threadpool(_kept, request.app.state.cabinet, upload, str(purpose))
    return JSONResponse(file.to_json())


def _kept(cabinet: Cabinet, upload: UploadFile, purpose: str) -> File:
    with cabinet.new(upload.filename or "upload", purpose) as (id, out):  # noqa: A001
        while chunk := upload.file.read(PIECE):
            out.write(chunk)
    return cabinet.get(id)


async def every(request: Request) -> Response:
    """GET /v1/files"""
    files = [one.to_json() for one in request.app.state.cabinet.every(request.query_params.get("purpose"))]
    return JSONResponse({"object": "list", "data": files, "has_more": False})


async def one(request: Request) -> Response:
    """GET and DELETE /v1/files/{id}"""
    cabinet, id = request.app.state.cabinet, request.path_params["id"]  # noqa: A001
    if request.method == "DELETE":
        cabinet.delete(id)
        return JSONResponse({"id": id, "object": "file", "deleted": True})
    return JSONResponse(cabinet.get(id).to_json())


async def content(request: Request) -> Response:
    """GET /v1/files/{id}/content"""
    return FileResponse(request.app.state.cabinet.get(request.path_params["id"]).path)
