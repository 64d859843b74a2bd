"""What reads a file's manifest in a process of its own, run as a script: the file comes on stdin, the findings go out.

On stdin is one line of JSON (the bounds, the media type, the trust list) and after it the file. Nothing of
Triptych is imported, and from the first look at the file on nothing can be opened: neither a file nor a connection.
"""

import base64
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

# What a signer's certificate may be for: signing C2PA claims, documents, or e-mail as in the standard's first years;
# and what those of time stamps and of OCSP answers inside the manifest are for.
PURPOSES = (
    "1.3.6.1.4.1.62558.2.1",
    "1.3.6.1.5.5.7.3.36",
    "1.3.6.1.5.5.7.3.4",
    "1.3.6.1.5.5.7.3.8",
    "1.3.6.1.5.5.7.3.9",
)
MOST_THUMBNAILS = 16
MOST_THUMBNAIL = 1 << 19  # bytes
MOST_CERTIFICATES = 12  # of a chain
REMOTE = re.compile(r"https?://\S+")
IN_CBOR = re.compile(rb"\x59(..)(?=\x30\x82)", re.DOTALL)  # a byte string that begins as a certificate does


def main() -> None:
    """Read, and write one line of JSON."""
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        from c2pa import C2paError, Context, Reader, Settings
        from cryptography import x509
    except (ImportError, OSError, RuntimeError) as error:
        sys.stdout.write(json.dumps({"state": "missing", "why": str(error)[:300]}))
        return
    context = Context(Settings.from_dict(_settings(asked["anchors"])))
    file = io.BytesIO(sys.stdin.buffer.read())
    _confine(asked["memory"], asked["seconds"], asked["told"])
    try:
        reader = Reader.try_create(asked["media_type"], file, context=context)
        told = {"state": "none"} if reader is None else _read(reader, x509)
    except C2paError as error:
        told = _failed(str(error))
    except RecursionError:
        told = {"state": "refused", "why": "its manifest is nested too deeply"}
    sys.stdout.write(json.dumps(told))


def _settings(anchors: str) -> dict[str, Any]:
    """Nothing is fetched, whatever a file names: three settings say so, each of which would do."""
    trust = {"trust_config": "\n".join(PURPOSES), **({"trust_anchors": anchors} if anchors else {})}
    verify = {"remote_manifest_fetch": False, "ocsp_fetch": False}
    return {"verify": verify, "core": {"allowed_network_hosts": []}, "trust": trust}


def _confine(memory: int, seconds: int, told: int) -> None:
    """Bound what this process may take: bytes of memory, seconds of a processor, bytes told; and it opens nothing."""
    try:
        import resource
    except ImportError:  # Windows: who started it bounds its time
        return
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, told),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    )
    for kind, most in limits:
        with suppress(ValueError, OSError):  # one that the system has not, or has set lower
            resource.setrlimit(kind, (most, most))


def _failed(said: str) -> dict[str, Any]:
    if "must fetch remote" in said or "allowed list" in said:
        found = REMOTE.search(said)
        return {"state": "elsewhere", "url": found[0].strip('"') if found else ""}
    return {"state": "refused", "why": said.partition(": ")[2] or said}


def _read(reader: Any, x509: Any) -> dict[str, Any]:
    raw = reader.json()
    store = json.loads(raw)
    chains = _chains(_resource(reader, str(store.get("active_manifest"))), x509)
    thumbnails = {name: base64.b64encode(data).decode() for name, data in _thumbnails(reader, store)}
    return {"state": "read", "raw": raw, "chains": chains, "thumbnails": thumbnails}


def _thumbnails(reader: Any, store: Any) -> Iterator[tuple[str, bytes]]:
    """Those of all manifests and of their ingredients, by the identifier they are named by."""
    for name in islice(dict.fromkeys(_identifiers(store)), MOST_THUMBNAILS):
        data = _resource(reader, name)
        if 0 < len(data) <= MOST_THUMBNAIL:
            yield name, data


def _identifiers(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        thumbnail = node.get("thumbnail")
        if isinstance(thumbnail, dict) and isinstance(thumbnail.get("identifier"), str):
            yield thumbnail["identifier"]
        for key in ("manifests", "ingredients"):
            inner = node.get(key)
            for each in inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ():
                yield from _identifiers(each)


def _resource(reader: Any, name: str) -> bytes:
    """What the file holds under ``name``; a manifest's label stands for the whole store. Empty where there is none."""
    from c2pa import C2paError

    out = io.BytesIO()
    with suppress(C2paError):
        reader.resource_to_stream(name, out)
    return out.getvalue()


def _chains(store: bytes, x509: Any) -> dict[str, list[dict[str, str]]]:
    """The certificates of each manifest's signature by the manifest's label, the signer's own first."""
    chains = {}
    for path, content in _boxes(store, 0, len(store)):
        if path.endswith("/c2pa.signature"):
            found = islice(_certificates(content, x509), MOST_CERTIFICATES)
            chains[path.split("/")[-2]] = [_described(each) for each in found]
    return chains


def _boxes(data: bytes, at: int, end: int, path: str = "") -> Iterator[tuple[str, bytes]]:
    """The content of every JUMBF box (ISO 19566-5) with the labels that lead to it; what is malformed ends it."""
    while at + 8 <= end:
        length = int.from_bytes(data[at : at + 4], "big")
        if length < 8 or at + length > end:  # noqa: PLR2004 - a box begins with its length and type
            return
        if data[at + 4 : at + 8] == b"jumb":
            head = int.from_bytes(data[at + 8 : at + 12], "big")
            label = data[at + 33 : at + 8 + head].split(b"\0")[0].decode(errors="replace")
            yield from _boxes(data, at + 8 + head, at + length, f"{path}/{label}")
        else:
            yield path, data[at + 8 : at + length]
        at += length


def _certificates(cose: bytes, x509: Any) -> Iterator[Any]:
    for found in IN_CBOR.finditer(cose):
        with suppress(ValueError):
            yield x509.load_der_x509_certificate(cose[found.end() : found.end() + int.from_bytes(found[1], "big")])


def _described(certificate: Any) -> dict[str, str]:
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "begins": certificate.not_valid_before_utc.isoformat(),
        "ends": certificate.not_valid_after_utc.isoformat(),
    }


if __name__ == "__main__":
    main()
