"""How a request goes as a turn of a conversation: over the Responses API, whose text model calls the image tool."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from triptych.errors import InvalidRequest
from triptych.request.problem import Problem
from triptych.servers import Server

if TYPE_CHECKING:
    from triptych.request import ImageRequest

TEXT_MODEL = "gpt-5.6-luna"  # the cheapest whose rates anybody tells
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")  # types of openai 3.57: shared.ReasoningEffort
ACTIONS = ("auto", "generate", "edit")
LONGEST_IDENTIFIER = 128  # characters of a safety identifier there
# Of the parameters: those that are no field of the tool, or are written in a way of their own.
ELSEWHERE_IN_A_TURN = frozenset({"prompt", "stream", "svg_model", "svg_effort", "safety_identifier"})
VERBATIM = "When you call the image generation tool, pass the user's own words on as its prompt, unchanged."


@dataclass(frozen=True, kw_only=True)
class TurnOptions:
    """What a turn asks of the Responses API beside the image tool's own parameters, which are the request's.

    ``effort`` is the text model's, None for its own default. ``rewrite`` lets it put the prompt in its own words.
    ``previous`` is the id of the response that this one goes on from; without one nothing is remembered there.
    ``action`` is the image tool's, ``forced`` makes the text model call it. ``style`` is a line that goes with every
    turn. ``from_image`` is the SHA-256 of the image that ``previous`` came to. ``context`` counts the text model's
    tokens of the conversation so far, ``earlier`` its images: what the server reads again, as far as the answers
    before have told. ``words_only`` gives the text model no image tool: the request's model is its own then, and
    ``most_words`` how many tokens it may think and write.
    """

    text_model: str = TEXT_MODEL
    effort: str | None = None
    rewrite: bool = True
    previous: str | None = None
    action: str = "auto"
    forced: bool = False
    style: str = ""
    from_image: str | None = None
    context: int = 0
    earlier: int = 0
    words_only: bool = False
    most_words: int | None = None

    @property
    def instructions(self) -> str | None:
        """What the text model is told beside the message; the API carries none over from turn to turn."""
        return "\n\n".join(filter(None, [self.style.strip(), "" if self.rewrite else VERBATIM])) or None

    def to_json(self) -> dict[str, Any]:
        """The fields that differ from their defaults, and the text model, as JSON values."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return {"text_model": self.text_model, **told}

    @classmethod
    def from_json(cls, values: Any) -> "TurnOptions":
        """What ``to_json`` wrote; raises InvalidRequest for anything else."""
        if not isinstance(values, Mapping) or not set(values) <= {one.name for one in fields(cls)}:
            raise InvalidRequest("A turn's options are a set of known, named values.", param="turn")
        turn = cls(**values)
        texts = (
            turn.text_model,
            turn.action,
            turn.style,
            turn.effort or "",
            turn.previous or "",
            turn.from_image or "",
        )
        counts = all(type(one) is int and one >= 0 for one in (turn.context, turn.earlier, turn.most_words or 0))
        flags = all(isinstance(one, bool) for one in (turn.rewrite, turn.forced, turn.words_only))
        if not (counts and flags and all(isinstance(one, str) for one in texts)):
            raise InvalidRequest("A turn's option has a value of the wrong kind.", param="turn")
        return turn


def turn_kwargs(request: "ImageRequest", turn: TurnOptions, server: Server) -> dict[str, Any]:
    """The arguments of the SDK's ``responses.create`` but the bytes of images: those follow the text of the input.

    One call of the image tool at most, so that a turn has a price. It runs in the background where the server stores
    it: whoever loses the connection asks for it again.
    """
    said = {"role": "user", "content": [{"type": "input_text", "text": request.prompt}]}
    sent: dict[str, Any] = {"model": turn.text_model, "input": [said]}
    if not turn.words_only:
        sent |= {"tools": [_tool(request, turn, server)], "max_tool_calls": 1}
    if turn.most_words:
        sent["max_output_tokens"] = turn.most_words
    if turn.forced:
        sent["tool_choice"] = {"type": "image_generation"}
    if turn.effort:
        sent["reasoning"] = {"effort": turn.effort}
    if turn.instructions:
        sent["instructions"] = turn.instructions
    if turn.previous:
        sent["previous_response_id"] = turn.previous
    if request.safety_identifier and server.heeds("safety_identifier", "responses"):
        sent["safety_identifier"] = request.safety_identifier
    sent |= {"background": True} if server.stores else {"store": False}
    return {**sent, "stream": True} if server.streams else sent


def chat_kwargs(request: "ImageRequest", turn: TurnOptions) -> dict[str, Any]:
    """The arguments of the SDK's ``chat.completions.create`` for a turn of words, where a server has nothing newer."""
    told = [{"role": "system", "content": turn.instructions}] if turn.instructions else []
    return {"model": turn.text_model, "messages": [*told, {"role": "user", "content": request.prompt}]}


def _tool(request: "ImageRequest", turn: TurnOptions, server: Server) -> dict[str, Any]:
    """The image tool, with what is asked of it."""
    tool: dict[str, Any] = {"type": "image_generation", "model": request.model}
    tool |= {name: value for name, value in _asked(request) if server.heeds(name, "responses")}
    if turn.action != "auto":
        tool["action"] = turn.action
    if request.svg_model:
        effort = {"reasoning": {"effort": request.svg_effort}} if request.svg_effort else {}
        tool["svg"] = {"model": request.svg_model, **effort}
    return tool


def _asked(request: "ImageRequest") -> Iterator[tuple[str, Any]]:
    """The image tool's parameters that differ from the API's defaults."""
    if request.size != "auto":
        yield "size", request.size
    for name, parameter in request.parameters.items():
        if name not in ELSEWHERE_IN_A_TURN and (value := getattr(request, name)) != parameter.default:
            yield name, value


def problems(request: "ImageRequest", turn: TurnOptions) -> Iterator[Problem]:
    """What keeps a turn from being sent."""
    if not turn.text_model.strip():
        yield Problem("text_model", "Choose a text model.")
    if turn.effort is not None and turn.effort not in EFFORTS:
        yield Problem("text_effort", f"The text model's effort is one of {', '.join(EFFORTS)}.")
    if turn.action not in ACTIONS:
        yield Problem("action", f"The action is one of {', '.join(ACTIONS)}.")
    if request.n > 1:
        yield Problem("n", "A turn makes one image.", {"n": 1}, "Make one")
    if request.variation or request.markup:
        yield Problem(
            "markup", "A turn takes no markup, and is no variation.", {"markup": None}, "Leave out the markup"
        )
    if turn.action == "edit" and not (request.images or turn.earlier or turn.previous):
        yield Problem("action", "There is no image to edit yet. Attach one, or let the model decide.")
    if len(request.safety_identifier or "") > LONGEST_IDENTIFIER:
        yield Problem("safety_identifier", f"A turn's safety identifier has at most {LONGEST_IDENTIFIER} characters.")
