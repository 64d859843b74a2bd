"""One request as a script that saves its images, and as a service that makes them: what is sent, and where to."""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from triptych.inputs import format_of
from triptych.request import ImageRequest
from triptych.servers import OPENAI, OPENAI_URL, Server

PLACES = {
    "generations": {"path": "/images/generations", "method": "generate", "event": "image_generation"},
    "edits": {"path": "/images/edits", "method": "edit", "event": "image_edit"},
    "variations": {"path": "/images/variations", "method": "create_variation", "event": "image_generation"},
}

Writer = Callable[[ImageRequest, str | None, Server], str]


@dataclass(frozen=True)
class Language:
    """A language to export to. ``highlight`` is its name for syntax colouring, ``write`` makes the code."""

    label: str
    file_suffix: str
    highlight: str
    write: Writer


def python(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """A Python script on the OpenAI SDK. It reads the key from OPENAI_API_KEY and saves image-1.png and so on.

    ``base_url`` is written down unless it is None or OpenAI's own.
    """
    return _render("python.py.jinja", request, base_url, server)


def python_async(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """The same with AsyncOpenAI; images that are asked for one by one are drawn at the same time."""
    return _render("python_async.py.jinja", request, base_url, server)


def curl(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """Bash with curl 7.55 or later; python3 and its standard library decode the images."""
    return _render("curl.sh.jinja", request, base_url, server)


def javascript(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """A JavaScript module for Node 20 or later, without any package."""
    return _render("javascript.mjs.jinja", request, base_url, server)


def node(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """The same on OpenAI's package for Node 20 or later."""
    return _render("node.mjs.jinja", request, base_url, server)


def flask(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """A Flask endpoint that answers a prompt with one image."""
    whole = replace(request, n=1, stream=False, stream_each=False, partial_images=0)
    return _render("flask.py.jinja", whole, base_url, server)


def discord(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """A Discord bot on py-cord 2.8 whose command /imagine answers a prompt with images."""
    whole = replace(request, stream=False, stream_each=False, partial_images=0)
    return _render("discord.py.jinja", whole, base_url, server)


SCRIPTS: tuple[Language, ...] = (
    Language("Python", ".py", "python", python),
    Language("Python, async", ".py", "python", python_async),
    Language("curl", ".sh", "bash", curl),
    Language("JavaScript", ".mjs", "javascript", javascript),
    Language("Node", ".mjs", "javascript", node),
)
LANGUAGES = (*SCRIPTS, Language("Flask", ".py", "python", flask), Language("Discord bot", ".py", "python", discord))


@dataclass(frozen=True)
class Part:
    """A file of the form that is sent: its name and its media type."""

    name: str
    kind: str


def files(request: ImageRequest) -> dict[str, str]:
    """What the code reads from beside it: the SHA-256 of each file by its name."""
    return {name: one.sha256 for name, _, one in request.named}


def _parts(request: ImageRequest) -> dict[str, list[Part]]:
    """The files by the names of their fields, as the SDK sends them."""
    found: dict[str, list[Part]] = {}
    for name, role, one in request.named:
        several = role == "image" and not request.variation
        found.setdefault("image[]" if several else role, []).append(Part(name, one.media_type))
    return found


def folder_note(request: ImageRequest, server: Server) -> str:
    """What to put where the code is run."""
    names = [name for name, _, _ in request.named]
    if not names:
        return ""
    listing = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    white = " This server paints where the mask is white." if request.mask and server.mask == "white" else ""
    return f"Put {listing} into the folder in which this runs.{white}"


def _form(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The arguments as the fields of a form, as the SDK writes them: svg[model], true."""
    for name, value in arguments.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}[{inner}", text) for inner, text in _inside(value))
        else:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _inside(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, text in _form(values):
        first, bracket, rest = name.partition("[")
        yield f"{first}]{bracket}{rest}", text


def _render(template: str, request: ImageRequest, base_url: str | None, server: Server) -> str:
    """The template with the arguments of one call, and how many calls there are."""
    arguments = request.parts()[0].api_kwargs(server)
    suffix = arguments.get("output_format", "png")
    return rendered(
        template,
        base_url,
        arguments=arguments,
        streams=arguments.get("stream", False),
        suffix=suffix,
        media_type=format_of(suffix).media_type,
        times=len(request.parts()),
        parts=_parts(request),
        form=tuple(_form(arguments)),
        beside=folder_note(request, server),
        **PLACES[request.endpoint],
    )


def rendered(template: str, base_url: str | None, **values: Any) -> str:
    """The template with these values, and with the address that it asks at: OpenAI's for None."""
    url, _, query = (base_url or OPENAI_URL).rstrip("/").partition("?")
    place = {
        "base_url": None if url == OPENAI_URL else url,
        "url": url,
        "query": f"?{query}" if query else "",
        "default_query": dict(parse_qsl(query)),
    }
    return _environment().get_template(template).render(**place, **values)


@cache
def _environment() -> Environment:
    """Jinja for program text: every value goes through a filter that quotes it for its language."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,  # noqa: S701 - the output is code, in which HTML's escapes would be wrong
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "py": _python_literal,
        "js": _javascript_literal,
        "json": _json,
        "sh": shlex.quote,
        "bash": _bash,
    }
    return environment


def _python_literal(value: Any) -> str:
    """The value as a Python expression in double quotes; what cannot be seen, or reorders text, as an escape."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_python_literal(key)}: {_python_literal(item)}" for key, item in value.items()) + "}"
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    shown = (letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in escaped)
    return f'"{"".join(shown)}"'


def _bash(text: str) -> str:
    """The text as a word of Bash; what cannot be seen, or reorders text, as an escape. No word can hold a NUL."""
    text = text.replace("\0", "")
    if text.isprintable():
        return shlex.quote(text)
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    seen = (one if one.isprintable() else "".join(f"\\x{byte:02x}" for byte in _bytes(one)) for one in quoted)
    return f"$'{''.join(seen)}'"


def _bytes(letter: str) -> bytes:
    return letter.encode("utf-8", errors="replace")  # half a character is none that a form could carry


def _json(value: Any) -> str:
    """The value as JSON on one line, with escapes for what cannot be seen, reorders text or is half a character."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)


def _javascript_literal(value: Any) -> str:
    """JSON, with which a page that holds the code in a script element cannot be ended or turned into a comment."""
    return _json(value).replace("</", "<\\/").replace("<!--", "<\\u0021--")
