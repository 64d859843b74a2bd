"""Reads a file's manifest in a process of its own, bounded in time, memory and size, and asks nobody anything."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from triptych.errors import BadFile, InvalidSetting, NotInstalled, Refused
from triptych.inputs import Format, measured
from triptych.inputs.formats import KNOWN
from triptych.provenance.manifest import Inspection, Store, text
from triptych.settings import settings

MOST_FILE_BYTES = 100 << 20  # of a file that is read
MOST_TOLD = 16 << 20  # bytes that are told of a file
MEMORY = 1 << 30  # bytes of address space of the child, the file among them
SECONDS = 20  # of a processor, and of the clock
AT_ONCE = 2  # files read at a time in one process
PATIENCE = 60.0  # seconds a file waits for its turn
MOST_TRUST_LIST = 4 << 20  # bytes
PDF = Format("pdf", "PDF", "pdf", "application/pdf", shown=False)
READABLE = ("PNG", "JPEG", "WebP", "GIF", "AVIF", "HEIC", "SVG", "PDF", "TIFF", "JPEG XL")
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")  # no key is among them
CHILD = Path(__file__).with_name("child.py")

_turns = threading.BoundedSemaphore(AT_ONCE)


def kind_of(data: bytes) -> Format | None:
    """The format of a file by its content, also of a PDF or SVG; None for what no manifest is looked for in."""
    if found := measured(data):
        return found[0] if found[0].label in READABLE else None
    if data[:5] == b"%PDF-":
        return PDF
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return KNOWN["svg"] if head[:1] == b"<" and b"<svg" in head else None


def trust_list() -> str:
    """The issuers to call known, as PEM, "" where TRIPTYCH_TRUST_LIST names none. Raises InvalidSetting."""
    path = settings().trust_list
    if path is None:
        return ""
    from cryptography import x509

    try:
        with path.open("rb") as file:
            data = file.read(MOST_TRUST_LIST + 1)
        if len(data) > MOST_TRUST_LIST or not x509.load_pem_x509_certificates(data):
            raise ValueError
        return data.decode()
    except OSError as error:
        raise InvalidSetting(f"TRIPTYCH_TRUST_LIST cannot be read: {error.strerror or error}.") from None
    except ValueError:
        raise InvalidSetting("TRIPTYCH_TRUST_LIST contains no PEM certificates, or a damaged one.") from None


def inspect(data: bytes, anchors: str = "") -> Inspection:
    """What ``data`` says of its origin, judged by the issuers in ``anchors`` (PEM). Blocks for about half a second.

    Nothing is fetched, whatever the file names. Raises BadFile, with what to do, for what is empty, too large, of
    another kind, damaged, or made to exhaust its reader.
    """
    if not data:
        raise BadFile("This file is empty. Choose it again, or download it again.")
    if len(data) > MOST_FILE_BYTES:
        size, most = len(data) >> 20, MOST_FILE_BYTES >> 20
        raise BadFile(f"This file is {size} MB; the limit is {most} MB. Choose a smaller one.")
    kind = kind_of(data)
    if kind is None:
        raise BadFile(f"Manifests cannot be read from this kind of file. Choose one of {', '.join(READABLE)}.")
    told = _told(data, kind.media_type, anchors)
    found = Inspection(
        told["state"], kind.label, kind.media_type, hashlib.sha256(data).hexdigest(), listed=bool(anchors)
    )
    return _filled(found, told)


def _filled(found: Inspection, told: Mapping[str, Any]) -> Inspection:
    if found.state != "read":
        return replace(found, url=text(told.get("url"), 2000))
    raw = str(told["raw"])
    said = json.loads(raw)
    store = Store(told, said if isinstance(said, dict) else {})
    return replace(
        found,
        manifest=store.active(),
        successes=frozenset(store.codes("success")),
        failures=tuple(dict.fromkeys(store.codes("failure"))),
        inherited=tuple(dict.fromkeys(store.inherited())),
        raw=raw,
    )


def _told(data: bytes, media_type: str, anchors: str) -> Mapping[str, Any]:
    """What the child tells: a state, and what goes with it. Raises BadFile where it tells that it could not read."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Refused("Other files are still being read. Try again in a moment.")
    try:
        answer = _run(data, media_type, anchors)
    finally:
        _turns.release()
    try:
        told = dict(json.loads(answer))
    except (ValueError, TypeError, RecursionError):
        told = {}
    state = told.get("state")
    if state == "missing":
        raise NotInstalled(f"Reading provenance needs c2pa-python, which cannot be loaded here: {told['why']}")
    if state == "refused":
        raise BadFile(f"This file is damaged or incomplete: {text(told['why'])}. Download it again.")
    if state not in {"read", "none", "elsewhere"}:
        raise BadFile("Reading this file's manifest was stopped because it took too much memory. Choose another file.")
    return told


def _run(data: bytes, media_type: str, anchors: str) -> bytes:
    asked = {"media_type": media_type, "anchors": anchors, "memory": MEMORY, "seconds": SECONDS, "told": MOST_TOLD}
    surroundings = {name: os.environ[name] for name in KEPT if name in os.environ}
    with tempfile.TemporaryFile() as into, tempfile.TemporaryFile() as out:
        into.write(json.dumps(asked).encode() + b"\n")
        into.write(data)
        into.seek(0)
        try:
            subprocess.run(  # noqa: S603 - this Python and a script of ours
                [sys.executable, "-P", str(CHILD)],
                stdin=into,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env=surroundings,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BadFile(
                f"Reading this file's manifest took over {SECONDS} seconds and was stopped. Choose another file."
            ) from None
        out.seek(0)
        return out.read(MOST_TOLD)
