"""The two meters of a turn: the text model's tokens at text rates, the image tool's at image rates."""

from dataclasses import replace
from decimal import Decimal

from triptych.inputs import MOST_IMAGES, Attachment
from triptych.pricing import images
from triptych.pricing.images import MILLION, Estimate
from triptych.pricing.text import text_tokens
from triptych.ranges import Range, exactly
from triptych.request import ImageRequest, TurnOptions
from triptych.request.turns import MOST_CALLS, most_output
from triptych.results import Usage
from triptych.servers import OPENAI, Server
from triptych.text_models import text_model

# Tokens that describe the tool, a guess: one gateway's sample has 43,792 read beside a short prompt.
TOOL = Range(300, 45_000)
# Of an image that the text model looks at: the low end is a guess, the high one the patches that the largest detail
# takes (openai/codex, pull request 19865, which names OpenAI's guide).
LOOK = Range(85, 10_000)
FRAME = 50  # tokens around a message and its instructions
LEAST_ANSWER = 20  # tokens
READS = 1 + MOST_CALLS  # how often the text model reads what there is: once, and again after each call of the tool
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
    low = least.dollars.low if turn.forced else Decimal(0)
    rewritten = most_output(request.prompt, replace(turn, effort="none")) if turn.rewrite else 0
    high = most.dollars.high + rewritten * rate / MILLION
    read = Range(least.input_tokens.low if turn.forced else 0, most.input_tokens.high + rewritten)
    made = most.output_tokens and Range(most.output_tokens.low if turn.forced else 0, most.output_tokens.high)
    return Estimate(read, made, Range(low, high, why=why or None), why or None)


def _text(request: ImageRequest, turn: TurnOptions, server: Server) -> Estimate:
    """The text model's meter. Of what it writes the upper end is a limit that is sent.

    Of what it reads it is as many tokens as the words have bytes, for none is of less than one; the images; and all
    that the conversation took before, in which the tool's description is counted, else the largest one that is told of.
    """
    words, shown = (request.prompt, turn.instructions or ""), len(request.images)
    tool, reads = (Range(0, FRAME), 1) if turn.words_only else (TOOL, READS)
    seen = shown + (not turn.words_only)  # with the image that the turn itself comes to
    least = sum(map(text_tokens, words)) + max(tool.low, turn.context // reads) + LOOK.low * shown
    sent = sum(len(one.encode(errors="replace")) for one in words) + turn.context + LOOK.high * seen
    read = Range(least, max(least, reads * sent + (0 if turn.context else tool.high)))
    wrote = Range(LEAST_ANSWER, most_output(request.prompt, turn))
    model = text_model(turn.text_model)
    if not server.priced or model.text_in is None or model.text_out is None:
        who = server.label if not server.priced else f"the text model {model.id}"
        return Estimate(read, wrote, None, f"price unknown: no rates are known for {who}")
    dollars = Range(
        (read.low * model.text_in + wrote.low * model.text_out) / MILLION,
        (read.high * model.text_in + wrote.high * model.text_out) / MILLION,
    )
    why = _why_text(turn, wrote.high)
    return Estimate(read, wrote, replace(dollars, why=why), why)


def _why_text(turn: TurnOptions, most: int) -> str:
    """What the text model's range rests on."""
    known = "the conversation as its last answer counted it"
    told = f"up to {TOOL.high:,} tokens that describe the image tool (the largest sample known)"
    limit = f"the text model writes at most {most:,} tokens (a limit that is sent)"
    return f"{limit} and reads what is sent at most twice, with {known if turn.context else told}"
