"""A turn of a conversation as a script: it sends the turn once, waits for its end, and saves its words and images."""

from collections.abc import Mapping
from typing import Any

from triptych.export.code import Language, folder_note, rendered
from triptych.request import ImageRequest
from triptych.servers import OPENAI, Server


def python(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """A Python script on the OpenAI SDK. It reads the key from OPENAI_API_KEY and saves image-1.png and so on.

    ``base_url`` is written down unless it is None or OpenAI's own.
    """
    return _render("turn.py.jinja", request, base_url, server)


def curl(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """The same in Bash with curl 7.55 or later, and python3 with its standard library."""
    return _render("turn.sh.jinja", request, base_url, server)


def node(request: ImageRequest, base_url: str | None = None, server: Server = OPENAI) -> str:
    """The same on OpenAI's package for Node 20 or later."""
    return _render("turn.mjs.jinja", request, base_url, server)


TURN_LANGUAGES = (
    Language("Python", ".py", "python", python),
    Language("curl", ".sh", "bash", curl),
    Language("Node", ".mjs", "javascript", node),
)


def _render(template: str, request: ImageRequest, base_url: str | None, server: Server) -> str:
    """The template with the arguments of the turn, which is asked for as a whole: what streams cannot be polled."""
    arguments = {name: value for name, value in request.api_kwargs(server).items() if name != "stream"}
    tool: Mapping[str, Any] = arguments.pop("tools")[0]
    tool = {name: value for name, value in tool.items() if name != "partial_images"}
    (said,) = arguments.pop("input")
    return rendered(
        template,
        base_url,
        text=said["content"][0]["text"],
        tool=tool,
        arguments=arguments,
        images=_of_role(request, "image"),
        mask=next(iter(_of_role(request, "mask")), None),
        suffix=tool.get("output_format", "png"),
        beside=folder_note(request, server),
    )


def _of_role(request: ImageRequest, role: str) -> list[tuple[str, str]]:
    """Name and media type of each file of the request that is its "image" or "mask"."""
    return [(name, one.media_type) for name, of, one in request.named if of == role]
