"""What keeps a request from being sent: rules for values, for values that do not go together, and for servers."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from triptych import parameters
from triptych.request import edits, turns
from triptych.request.problem import Problem
from triptych.servers import Server

if TYPE_CHECKING:
    from triptych.request import ImageRequest


def every_problem(request: "ImageRequest", server: Server, today: date) -> Iterator[Problem]:
    """What keeps ``request`` from being sent to ``server`` on that day, in the order of the form."""
    request = request.at(server)
    if request.turn and request.turn.words_only:
        if not request.prompt.strip():
            yield Problem("prompt", "Write a prompt first.")
        yield from turns.problems(request, request.turn)
        return
    yield from _of_model(request, server, today)
    yield from _of_values(request)
    if request.turn:
        yield from turns.problems(request, request.turn)
    yield from edits.problems(request, server)
    if request.endpoint != "variations":
        yield from _of_format(request)
        yield from _of_stream(request, server)
    yield from _of_server(request, server)


def _of_model(request: "ImageRequest", server: Server, today: date) -> tuple[Problem, ...]:
    entry = request.entry
    if not request.model.strip():
        return (Problem("model", "Choose a model."),)
    if not parameters.is_whole(request.model):
        return (Problem("model", "The model's name contains half a character. Type it again."),)
    if server.retires and entry.retired(today):
        fix = {"model": entry.replaced_by} if entry.replaced_by else None
        gone = f"{entry.id} was retired on {entry.shuts_down:%Y-%m-%d}."
        advice = f" Its replacement is {entry.replaced_by}." if fix else " Choose another model."
        return (Problem("model", gone + advice, fix, f"Use {entry.replaced_by}"),)
    return ()


def _of_values(request: "ImageRequest") -> tuple[Problem, ...]:
    found: list[Problem] = []
    if "prompt" in request.parameters and not request.prompt.strip():
        found.append(Problem("prompt", "Write a prompt first: describe the image you want."))
    if sentence := request.sizes.problem(request.size):
        edges = parameters.pixels(request.size)
        near = request.sizes.nearest(*edges) if edges else request.sizes.presets[0]
        found.append(Problem("size", sentence, {"size": near}, f"Use {near}"))
    for name, parameter in request.parameters.items():
        if sentence := parameter.problem(getattr(request, name)):
            found.append(Problem(name, sentence))
    return tuple(found)


def _of_format(request: "ImageRequest") -> Iterator[Problem]:
    """Parameters that the SDK's types document for some formats only."""
    form = request.output_format
    if request.background == "transparent" and form not in {"png", "webp"}:
        sentence = f"A transparent background needs png or webp; {form} has none."
        yield Problem("background", sentence, {"output_format": "png"}, "Use png")
    if request.output_compression != parameters.OUTPUT_COMPRESSION.default and not parameters.OUTPUT_COMPRESSION.suits(
        form
    ):
        sentence = f"Compression works with webp and jpeg only, not {form}."
        yield Problem("output_compression", sentence, {"output_compression": 100}, "Leave it at 100")
    for frames in (parameters.FRAME_COUNT, parameters.FRAME_DURATION_MS):
        if getattr(request, frames.name) != frames.default and not frames.suits(form):
            fix = {frames.name: frames.default}
            yield Problem(frames.name, f"{frames.label} is for gif only, not {form}.", fix, "Leave it out")
    if form == "svg" and request.n > 1:
        yield Problem("n", "An svg is generated one at a time.", {"n": 1}, "Generate one")
    if request.svg_model and not parameters.SVG_MODEL.suits(form):
        yield Problem("svg_model", f"An SVG author is for svg only, not {form}.", {"svg_model": None}, "Remove it")
    if request.svg_effort and not request.svg_model:
        yield Problem("svg_effort", "Effort needs an SVG author.", {"svg_effort": None}, "Remove it")


def _of_stream(request: "ImageRequest", server: Server) -> Iterator[Problem]:
    if not (request.streams and "stream" in request.parameters and server.streams):
        return
    if request.output_format in {"gif", "svg"} and (request.partial_images or not request.turn):
        off = {"partial_images": 0, "stream": False}
        which = {"gif": "A gif", "svg": "An svg"}[request.output_format]
        yield Problem("partial_images", f"{which} cannot be streamed.", off, "Turn partial images off")
    if request.n > 1 and not request.stream_each and not request.turn:
        each = {"stream_each": True}
        yield Problem("partial_images", "The API streams one image at a time.", each, "Stream each as its own request")


def _of_server(request: "ImageRequest", server: Server) -> Iterator[Problem]:
    most = server.most(request.endpoint)
    if request.n > most:
        yield Problem("n", f"{server.label} generates at most {most} at a time.", {"n": most}, f"Generate {most}")
    if server.formats is not None and request.output_format not in server.formats:
        sentence = f"{server.label} does not support {request.output_format}."
        yield Problem("output_format", sentence, {"output_format": "png"}, "Use png")
    if request.size == "auto" and not server.auto_size:
        size = {"size": request.sizes.presets[0]}
        yield Problem("size", f"{server.label} needs a size in pixels.", size, f"Use {size['size']}")
