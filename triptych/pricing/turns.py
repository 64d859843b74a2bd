"""The two meters of a turn: the text model's tokens at text rates, the image tool's at image rates."""

from dataclasses import replace
from decimal import Decimal

from triptych.inputs import MOST_IMAGES, Attachment
from triptych.pricing import images
from triptych.pricing.images import MILLION, Estimate
from triptych.pricing.words import text_tokens
from triptych.ranges import Range, exactly
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Usage
from triptych.servers import OPENAI, Server
from triptych.text_models import text_model

# Guesses, for nothing is published: tokens that describe the tool (one gateway's sample has 43,792 read beside a short
# prompt), of an image that the text model looks at, and that it writes: an answer with a prompt, and its thoughts.
TOOL = Range(300, 45_000)
LOOK = Range(85, 3_000)
FRAME = 50  # tokens around a message and its instructions
ANSWER = Range(20, 1_500)
THINKING = {"none": 0, "minimal": 500, "low": 2_000, "medium": 6_000, "high": 16_000, "xhigh": 32_000, "max": 64_000}
WHY_TEXT = "how much the text model reads, thinks and writes is not known before"
WHY_IMAGE = "the text model decides whether it makes an image"
# An image of the conversation as the image tool sees it again: of which edges nobody has said.
EARLIER = Attachment("0" * 64, "png", 1024, 1024, 1)


def meters(request: ImageRequest, server: Server = OPENAI) -> tuple[Estimate, Estimate]:
    """What a turn should cost: the text model's part, and the image tool's. Raises ValueError where it is no turn."""
    if not request.turn:
        raise ValueError(request.endpoint)
    return _text(request, request.turn, server), _image(request, request.turn, server)


def estimate(request: ImageRequest, turn: TurnOptions, server: Server) -> Estimate:
    """Both meters together: dollars unknown where one's are."""
    text, image = _text(request, turn, server), _image(request, turn, server)
    unknown = next((one.why for one in (text, image) if one.dollars is None), None)
    why = unknown or "; ".join(filter(None, [text.why, image.why]))
    known = text.dollars + image.dollars if text.dollars and image.dollars else None
    output = text.output_tokens + image.output_tokens if text.output_tokens and image.output_tokens else None
    read = text.input_tokens + image.input_tokens
    dollars = replace(known, why=why) if known else None
    return Estimate(read, output, dollars, why, text_tokens=0)  # the margin for reading is in the range already


def image_part(request: ImageRequest) -> ImageRequest:
    """What the image tool is asked for at most: with the images of the conversation, which it may look at again."""
    turn = request.turn or TurnOptions()
    seen = (*request.images, *(EARLIER,) * turn.earlier)
    return replace(request, turn=None, images=seen[:MOST_IMAGES])


def image_charged(request: ImageRequest, usage: Usage | None, server: Server) -> Decimal | None:
    """Dollars of the image tool's tokens: nothing where it was not called, or was not there to be called."""
    if server.priced and request.turn and request.turn.words_only:
        return Decimal(0)
    if server.priced and usage and usage.output_tokens == 0 and not usage.input_tokens:
        return Decimal(0)
    return images.charged(image_part(request), usage, server)


def text_charged(request: ImageRequest, usage: Usage | None, server: Server = OPENAI) -> Decimal | None:
    """Dollars of the text model's tokens, None where they or its rates are unknown."""
    model = text_model(request.turn.text_model if request.turn else "")
    if not server.priced or usage is None or model.text_in is None or model.text_out is None:
        return None
    if usage.text_model_input_tokens is None or usage.text_model_output_tokens is None:
        return None
    read, wrote = usage.text_model_input_tokens * model.text_in, usage.text_model_output_tokens * model.text_out
    return (read + wrote) / MILLION


def _image(request: ImageRequest, turn: TurnOptions, server: Server) -> Estimate:
    """The image tool's meter: from nothing, where it is the text model that decides, to an image that saw all."""
    if turn.words_only:
        return Estimate(exactly(0), exactly(0), exactly(Decimal(0)), None)
    most = images.estimate(image_part(request), server)
    least = images.estimate(replace(request, turn=None), server)
    why = "; ".join(filter(None, [None if turn.forced else WHY_IMAGE, most.why]))
    rate = request.entry.rates.text_in
    if most.dollars is None or least.dollars is None or rate is None:
        return most
    low, rewritten = least.dollars.low if turn.forced else Decimal(0), ANSWER.high if turn.rewrite else 0
    high = most.dollars.high + rewritten * rate / MILLION
    read = Range(least.input_tokens.low if turn.forced else 0, most.input_tokens.high + rewritten)
    made = most.output_tokens and Range(most.output_tokens.low if turn.forced else 0, most.output_tokens.high)
    return Estimate(read, made, Range(low, high, why=why or None), why or None)


def _text(request: ImageRequest, turn: TurnOptions, server: Server) -> Estimate:
    """The text model's meter: what the conversation was before is read again."""
    words = text_tokens(request.prompt) + text_tokens(turn.instructions or "") + turn.context
    shown = len(request.images)
    most = shown + min(turn.earlier, 1)  # what the turn before came to is in none of the counts yet
    tool = Range(0, FRAME) if turn.words_only else TOOL
    read = Range(words + tool.low + LOOK.low * shown, round(words * 1.25) + tool.high + LOOK.high * most)
    longest = ANSWER.high + text_tokens(request.prompt) + THINKING[turn.effort or "medium"]
    wrote = Range(ANSWER.low, turn.most_words or longest)
    model = text_model(turn.text_model)
    if not server.priced or model.text_in is None or model.text_out is None:
        who = server.label if not server.priced else f"the text model {model.id}"
        return Estimate(read, wrote, None, f"price unknown: no rates are known for {who}")
    dollars = Range(
        (read.low * model.text_in + wrote.low * model.text_out) / MILLION,
        (read.high * model.text_in + wrote.high * model.text_out) / MILLION,
        why=WHY_TEXT,
    )
    return Estimate(read, wrote, dollars, WHY_TEXT)
