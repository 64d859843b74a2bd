"""Images in every dress servers and gateways were seen to put around them: whatever was paid for is read."""

import base64
import json
import textwrap
from typing import Any

import pytest

from tests.triptych.client.conftest import Make, drawn
from tests.triptych.client.raw import b64, event, head, png, raw, says, whole
from triptych import errors
from triptych.results import Failed, Finished

IMAGE = png(48)  # long enough for several lines of 76
B64 = b64(IMAGE)
LARGE = png(900) + b"\xfb\xff\xbf" * 4000  # longer than what stays a slice of the answer, with both odd letters
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>'
USAGE = {"input_tokens": 12, "output_tokens": 439}
DONE = {"type": "image_generation.completed", "b64_json": B64, "usage": USAGE}


def one(**item: Any) -> bytes:
    return json.dumps({"created": 1, "data": [item], "usage": USAGE}).encode()


def said(**answer: Any) -> bytes:
    return json.dumps({"created": 1, "usage": USAGE, **answer}).encode()


def lines(text: str, width: int = 76) -> str:
    return "\n".join(textwrap.wrap(text, width))


PLAIN = one(b64_json=B64)
DRESSES: dict[str, bytes] = {
    "in lines of 76": one(b64_json=lines(B64)),
    "in lines of 76 with CRLF": one(b64_json=lines(B64).replace("\n", "\r\n")),
    "with spaces": one(b64_json=" ".join(textwrap.wrap(B64, 60))),
    "with a last newline": one(b64_json=B64 + "\n"),
    "URL-safe": one(b64_json=base64.urlsafe_b64encode(IMAGE).decode()),
    "without padding": one(b64_json=B64.rstrip("=")),
    "URL-safe without padding": one(b64_json=base64.urlsafe_b64encode(IMAGE).decode().rstrip("=")),
    "padded in the middle": one(b64_json=b64(IMAGE[:50]) + b64(IMAGE[50:])),
    "with slashes escaped": PLAIN.replace(b"/", rb"\/"),
    "with raw line breaks in the JSON": PLAIN.replace(B64.encode(), lines(B64).encode()),
    "a data URL": one(b64_json=f"data:image/png;base64,{B64}"),
    "a data URL in capitals": one(b64_json=f"DATA:image/png;BASE64,{B64}"),
    "a data URL with line breaks": one(b64_json=f"data:image/png;\nbase64,\n{lines(B64)}\n"),
    "a data URL with parameters": one(b64_json=f"data:image/png;name=a%20b.png;charset=utf-8;base64,{B64}"),
    "a data URL without a type": one(b64_json=f"data:;base64,{B64}"),
    "a data URL with percent signs": one(url="data:image/png;base64," + B64.replace("+", "%2B").replace("=", "%3D")),
    "a data URL as the link": one(url=f" DATA:image/png;base64,{B64}"),
    "a data URL whose name has a comma": one(url=f'data:image/png;name="a,b.png";base64,{B64}'),
    "a data URL within another": one(url=f"data:image/png;base64,data:image/png;base64,{B64}"),
    "behind a BOM of its own": one(b64_json="\ufeff\u00a0" + B64[:90] + "\u200b" + B64[90:]),
    "in lines by written breaks": one(b64_json=lines(B64).replace("\n", "\\n")),
    "as bytes of Python": one(b64_json=f"b'{B64}'"),
    "as Markdown": one(b64_json=f"![image](data:image/png;base64,{B64})"),
    "data that is an object": said(data={"b64_json": B64}),
    "data that is a text": said(data=B64),
    "data that is a list of texts": said(data=[B64]),
    "data that is a list of lists": said(data=[[{"b64_json": B64}]]),
    "images": said(images=[{"b64_json": B64}]),
    "images that are texts": said(images=[f"data:image/png;base64,{B64}"]),
    "output": said(output=[{"b64_json": B64}]),
    "an output that is a text": said(output=f"data:image/png;base64,{B64}"),
    "a list in b64_json": said(b64_json=[B64]),
    "a b64_json at the top": said(b64_json=B64),
    "result.image": said(result={"image": B64}, success=True),
    "result.data.images": said(result={"data": {"images": [{"base64": B64}]}}),
    "artifacts": said(artifacts=[{"base64": B64, "finishReason": "SUCCESS"}]),
    "predictions": said(predictions=[{"bytesBase64Encoded": B64, "mimeType": "image/png"}]),
    "the parts of a chat": said(
        choices=[{"message": {"content": "Here it is.", "images": [{"image_url": {"url": f"data:;base64,{B64}"}}]}}]
    ),
    "candidates": said(candidates=[{"content": {"parts": [{"text": "Here."}, {"inlineData": {"data": B64}}]}}]),
    "a body": said(statusCode=200, body={"data": [{"b64_json": B64}]}),
    "a payload in other letters": said(payload={"Images": [{"imageBase64": B64}]}),
    "base64 beside an empty link": one(url="", b64_json=B64),
    "base64 beside an error that is null": said(error=None, data=[{"b64_json": B64}]),
    "a list": json.dumps([{"b64_json": B64}]).encode(),
    "after a BOM": b"\xef\xbb\xbf" + PLAIN,
    "after blank lines": b"\n\r\n  \n" + PLAIN,
    "after comments": b': keep-alive\n\n: keep-alive "quoted\n\n' + PLAIN,
    "after ten thousand comments": b":\n" * 10_000 + PLAIN,
    "before a comment": PLAIN + b"\n: done\n",
    "line by line": json.dumps({"status": "generating"}).encode() + b"\n" + PLAIN + b"\n",
    "over many lines": json.dumps(json.loads(PLAIN), indent=4).encode(),
    "beside bytes that are not UTF-8": PLAIN.replace(b'"created": 1', b'"note": "\xff\xfe"'),
    "beside half a surrogate": PLAIN.replace(b'"created": 1', rb'"quality": "\ud83d"'),
    "beside a number without end": PLAIN.replace(b'"created": 1', b'"created": ' + b"1" * 10_000),
    "beside NaN": PLAIN.replace(b'"created": 1', b'"cost": NaN'),
    "as the image itself": IMAGE,
    "behind a guard against scripts": b")]}',\n" + PLAIN,
    "in a call of a function": b"answer(" + PLAIN + b");",
    "with commas too many": PLAIN.replace(b'"}]', b'",}],'),
    "as a value of Python": repr(json.loads(PLAIN)).encode(),
    "a list of events": json.dumps([{**DONE, "type": "image_generation.partial_image"}, DONE]).encode(),
    "SSE": event("image_generation.completed", DONE),
    "SSE without types": b"data: " + PLAIN + b"\n\ndata: [DONE]\n\n",
    "SSE in SSE": b"data: " + event("image_generation.completed", DONE).partition(b"\n")[2],
    "SSE with JSON over lines of its own": b"data: " + json.dumps(DONE, indent=1).encode() + b"\n\n",
    "SSE in an unknown field first": b"generator: x\n\n" + event("image_generation.completed", DONE),
}


KINDS = ["application/json", "text/event-stream", pytest.param("text/plain", marks=pytest.mark.trust)]


@pytest.mark.parametrize("fits", [True, pytest.param(False, marks=pytest.mark.trust)])  # the kind what was asked for
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", DRESSES)
async def test_an_image_is_read_in_any_dress(make: Make, name: str, kind: str, *, fits: bool) -> None:
    async with raw(says(whole(DRESSES[name], kind=kind))) as server:
        events = await drawn(make(server.base_url), partial_images=int((kind == "text/event-stream") is fits))

    assert isinstance(events[-1], Finished)
    assert [IMAGE] == [picture.data for picture in events[-1].pictures]
    assert 1 == server.posts
    if name not in {"as the image itself", "a list", "with commas too many", "as a value of Python"}:
        assert events[-1].usage
        assert 439 == events[-1].usage.output_tokens


@pytest.mark.parametrize("urlsafe", [False, True])
@pytest.mark.parametrize("width", [0, 76])
async def test_a_large_image_is_read_from_its_place(make: Make, width: int, *, urlsafe: bool) -> None:
    text = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(LARGE).decode()
    answer = one(b64_json=f"data:image/png;base64,{lines(text, width)}" if width else text)
    async with raw(says(whole(answer))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert LARGE == events[-1].pictures[0].data


@pytest.mark.parametrize("text", [SVG, f"data:image/svg+xml;utf8,{SVG}", "data:image/svg+xml,%3Csvg width='4'/>"])
async def test_svg_may_be_written_down_as_it_is(make: Make, text: str) -> None:
    async with raw(says(whole(one(b64_json=text)))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert "svg" == events[-1].pictures[0].format


async def test_of_two_ways_to_say_one_image_the_one_that_works_is_taken(make: Make) -> None:
    async with raw(says(whole(one(b64_json="%%%", url=f"data:;base64,{B64}")))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert [IMAGE] == [picture.data for picture in events[-1].pictures]


async def test_images_said_twice_are_one(make: Make) -> None:
    async with raw(says(whole(said(data=[{"b64_json": B64}], images=[B64])))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert 1 == len(events[-1].pictures)


async def test_an_image_beside_an_error_is_an_image(make: Make) -> None:
    answer = said(data=[{"b64_json": B64}], error={"message": "one of two failed", "type": "server_error"})
    async with raw(says(whole(answer))) as server:
        events = await drawn(make(server.base_url), n=2)

    assert isinstance(events[-1], Finished)
    assert 1 == server.posts


NOT_IMAGES: dict[str, bytes] = {
    "an input that is repeated": said(input={"image": B64}, data=[]),
    "a proxy's page with its sign": f"<html><img src='data:image/png;base64,{B64}'> Log in".encode(),
    "a page that begins with words": f"Log in <img src='data:image/png;base64,{B64}'>".encode(),
    "base64 that breaks off in what is no JSON": f"{{'data': [{{'b64_json': '{B64[:-9]}".encode(),
    "a stage in what is no JSON": f"{{'type': 'partial_image', 'b64_json': '{B64}'}}".encode(),
    "words in a result": said(result="success", output="done"),
    "a text too deep to be looked for": b'{"data":' * 200 + b"1" + b"}" * 200,
    "a hundred thousand brackets": b'{"data": ' + b"[" * 100_000,
    "base64 of one letter too many": one(b64_json="A" * 65),
    "megabytes that are no image": said(data=["x"] * 400_000),
    "a million texts": b'{"data": [' + b'"",' * 1_000_000,
    "backslashes without end": b'{"data": "' + b"\\" * 1_000_001,
    "what images begin with, without end": b"x" + b"R0lGOD" * 200_000,
    "escaped quotes without end": b'{"data": "' + b'\\"' * 1_000_000,
}


@pytest.mark.parametrize("name", NOT_IMAGES)
async def test_what_holds_no_image_is_said_to_hold_none(make: Make, name: str) -> None:
    async with raw(says(whole(NOT_IMAGES[name]))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert 1 == server.posts


TASKS: dict[str, tuple[int, bytes, str]] = {
    "a task id": (200, said(task_id="t-1"), "t-1"),
    "a task id within": (200, said(data={"task_id": "t-2", "task_status": "PENDING"}), "t-2 (PENDING)"),
    "a list of tasks": (200, said(data=[{"task_id": "t-3"}]), "t-3"),
    "a prediction": (200, said(id="p-4", status="starting", output=None), "p-4 (starting)"),
    "a place in a queue": (200, said(request_id="r-5", status="IN_QUEUE"), "r-5 (IN_QUEUE)"),
    "an address to ask": (200, said(id=6, polling_url="https://there.example/6"), "https://there.example/6"),
    "accepted": (202, b"{}", "of its own"),
}


@pytest.mark.parametrize("name", TASKS)
async def test_a_server_that_answers_with_a_task_is_told_as_such(make: Make, name: str) -> None:
    status, body, work = TASKS[name]
    async with raw(says(whole(body, status))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert f"works asynchronously: it queued the request as task {work} and" in events[-1].error.message
    assert 1 == server.posts


async def test_an_image_that_came_whole_before_the_connection_broke_is_kept(make: Make) -> None:
    async with raw(says(head(length=len(PLAIN) + 1000) + PLAIN)) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert IMAGE == events[-1].pictures[0].data


BROKEN = {
    "JSON": PLAIN[: PLAIN.index(b', "usage"') - 2],
    "JSON behind a long image": one(b64_json=b64(LARGE))[:-50],
    "JSON within its count of tokens": PLAIN[: PLAIN.index(b', "output_tokens"') + 1],
    "a stream": event("image_generation.completed", DONE)[:-20],
    "lines": b'{"status": "generating"}\n' + PLAIN[:-30],
}


@pytest.mark.parametrize("cut_off", [False, True], ids=["as it was sent", "as the connection broke"])
@pytest.mark.parametrize("name", BROKEN)
async def test_an_image_that_is_whole_in_an_answer_that_breaks_off_is_kept(
    make: Make, name: str, *, cut_off: bool
) -> None:
    body = BROKEN[name]
    async with raw(says(head(length=len(body) + 100 * cut_off) + body)) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert (LARGE if "long" in name else IMAGE) == events[-1].pictures[0].data
    assert events[-1].usage is None
    assert 1 == server.posts


async def test_the_images_that_a_broken_answer_does_not_hold_are_counted(make: Make) -> None:
    body = said(data=[{"b64_json": B64}, {"b64_json": B64}])
    async with raw(says(whole(body[:-40]))) as server:
        events = await drawn(make(server.base_url), n=2)

    assert isinstance(events[-1], Finished)
    assert (1, 1) == (len(events[-1].pictures), events[-1].unread)


@pytest.mark.parametrize("tokens", [10**24, 10**400, -1, "many", 1.5, None])
async def test_any_number_of_tokens_leaves_the_image(make: Make, tokens: Any) -> None:
    answer = one(b64_json=B64).replace(b"439", json.dumps(tokens).encode())
    async with raw(says(whole(answer))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert events[-1].usage
    assert (tokens if tokens == 10**24 else None) == events[-1].usage.output_tokens


async def test_half_a_surrogate_in_an_answer_can_be_stored(make: Make) -> None:
    answer = (
        rb'{"data": [{"b64_json": "%b"}], "quality": "\ud83dQ\u0000", "size": "\udc00\ud83d\ude00",'
        rb' "usage": {"output_tokens": 1}, "svg_usage": {"m\ud83d": ["\udfff"]}}' % B64.encode()
    )
    async with raw(says(whole(answer))) as server:
        events = await drawn(make(server.base_url))

    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.usage
    assert "\ufffdQ\ufffd" == finished.got["quality"]
    assert {"m\ufffd": ["\ufffd"]} == finished.usage.svg
    json.dumps([dict(finished.got), finished.usage.svg], ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("streamed", [False, True])
async def test_half_a_surrogate_in_an_error_can_be_shown(make: Make, *, streamed: bool) -> None:
    error = rb'{"error": {"message": "no \ud83d\u0000", "code": "c\ud83d", "param": "p\udc00", "type": "t"}}'
    answer = head(kind="text/event-stream") + b"data: " + error + b"\n\n" if streamed else whole(error, 400)
    async with raw(says(answer)) as server:
        events = await drawn(make(server.base_url), partial_images=int(streamed))

    assert isinstance(events[-1], Failed)
    told = events[-1].error
    assert ("no \ufffd\ufffd", "c\ufffd", "p\ufffd") == (told.message, told.code, told.param)
