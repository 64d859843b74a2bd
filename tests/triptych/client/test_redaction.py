"""The account's key, of any form, in no text that leaves the client (TRUST.md K9)."""

import base64
import logging
import traceback
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import b64, event, head, raw, says, whole
from triptych.client import redaction
from triptych.client.redaction import Redaction
from triptych.errors import TriptychError
from triptych.results import Failed, Finished

KEY = "9f/Canary+Secret_0123456789abcXYZ"
FORMS = {
    "whole": KEY,
    "its start": KEY[:8],
    "its end": f"ends in {KEY[-8:]}",
    "its middle": KEY[9:20],
    "quoted": quote(KEY, safe=""),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "basic": base64.b64encode(f"user:{KEY}".encode()).decode(),
    "hex": KEY.encode().hex(),
    "hex in capitals": KEY.encode().hex().upper(),
    "capitals": KEY.upper(),
}


def hidden(text: str) -> bool:
    """Whether no eight characters of the key, or of what it is written as, stand in ``text``."""
    hexed = KEY.encode().hex()
    forms = (KEY, KEY.upper(), quote(KEY, safe=""), hexed, hexed.upper(), base64.b64encode(KEY.encode()).decode()[:40])
    return not any(form[at : at + 8] in text for form in forms for at in range(len(form) - 7))


@dataclass
class Notes:
    ids: list[tuple[int, str]] = field(default_factory=list)

    async def sending(self, part: int, attempt: int) -> None:
        assert (0, 1) == (part, attempt)

    def answering(self, part: int, request_id: str) -> None:
        self.ids.append((part, request_id))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [400, 401, 429, 500, 504])
async def test_an_error_that_repeats_the_key_does_not_show_it(
    make: Make, caplog: pytest.LogCaptureFixture, form: str, status: int
) -> None:
    caplog.set_level(logging.INFO)
    said = FORMS[form]
    body = {"error": {"message": f"bad key {said}", "type": said, "code": said, "param": said}}
    answer = whole(body, status, retry_after="4000", x_request_id=f"req-{said}")
    async with raw(says(answer.replace(b"x-request-id: req_raw\r\n", b""))) as server:
        events = await drawn(make(server.base_url, KEY))
    last = events[-1]

    assert isinstance(last, Failed)
    assert isinstance(last.error, TriptychError)
    told = "".join(traceback.format_exception(last.error))
    assert hidden(f"{events!r} {last.error} {last.error.args!r} {vars(last.error)} {told} {caplog.text}")
    assert last.error.__context__ is None


async def test_an_answer_that_repeats_the_key_does_not_show_it(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    said = {
        "data": [{"b64_json": b64()}],
        "quality": KEY,
        "background": f"x{KEY[3:15]}",
        "usage": {"output_tokens": 5},
        "svg_usage": {KEY: [KEY, {"deep": KEY}]},
    }
    answer = whole(said, x_request_id=KEY).replace(b"x-request-id: req_raw\r\n", b"")
    notes = Notes()
    async with raw(says(answer)) as server:
        client = make(server.base_url, KEY)
        events = [one async for one in client.draw(asking(), witness=notes)]

    assert isinstance(events[-1], Finished)
    assert hidden(f"{events!r} {notes.ids} {caplog.text} {client!r}")
    assert 1 == len(notes.ids)


async def test_a_stream_that_repeats_the_key_does_not_show_it(make: Make) -> None:
    stream = event("error", {"type": "error", "error": {"message": KEY, "code": KEY}})
    async with raw(says(head(kind="text/event-stream") + stream)) as server:
        events = await drawn(make(server.base_url, KEY), partial_images=1)

    assert isinstance(events[-1], Failed)
    assert hidden(repr(events))


async def test_a_model_list_that_repeats_the_key_does_not_show_it(make: Make) -> None:
    listed = {"data": [{"id": f"model-{KEY}", "object": "model", "owned_by": KEY[:12]}]}
    async with raw(says(whole(listed))) as server:
        listing = await make(server.base_url, KEY).models()

    assert hidden(repr(listing))
    assert "model-…" == listing.entries[0]["id"]


@pytest.mark.parametrize(
    ("key", "text", "left"),
    [
        ("tiny", "the key tiny is wrong, not tinytown", "the key … is wrong, not tinytown"),
        ("", "nothing to hide", "nothing to hide"),
        ("none", "other sk-abcd1234", "other sk-…"),
        (KEY, "Authorization: Bearer abcdef", "Authorization: Bearer-…"),
        (KEY, f"two {KEY} and {KEY[:9]}.", "two … and …."),
    ],
)
def test_what_is_no_part_of_the_key_stays(key: str, text: str, left: str) -> None:
    assert left == Redaction(key).text(text)


def test_a_text_of_a_megabyte_is_cut_before_it_is_read() -> None:
    assert redaction.LONGEST + 1 == len(Redaction(KEY).text("x" * (1 << 20)))
