"""What goes with an edit is kept before it is sent, serves the next one, and says where a picture comes from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.triptych.masked import FILES, FIRST, HOLE, MASKED, SECOND
from tests.triptych.studio.conftest import REQUEST, drawn, sidecars
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import BadFile, Duplicate, InvalidRequest, OverBudget
from triptych.inputs import Attachment
from triptych.request import Extension, ImageRequest
from triptych.store import Caps, Record
from triptych.studio import Saved, Studio

EDIT = ImageRequest(**{**vars(REQUEST), **MASKED, "n": 1})
ROOM = (0, 256, 0, 0)
PARENTS = [one.sha256 for one in EDIT.images]


async def test_what_goes_with_an_edit_is_kept_and_serves_the_next(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    await drawn(studio, client, EDIT, files=FILES)
    again = await drawn(studio, client, EDIT, "u", redraw=True)

    assert isinstance(again[-1], Saved)
    assert 2 == len(engine.log)
    assert [FIRST, SECOND, HOLE] == [studio.store.attached(one.sha256, one.format) for _, one in EDIT.attachments]
    assert () == studio.store.orphans()


async def test_a_picture_says_what_it_was_made_from(studio: Studio, client: ImageClient) -> None:
    await drawn(studio, client, EDIT, files=FILES)

    (record,) = studio.store.history.search("local").records
    assert sorted(PARENTS) == sorted(record.parents)
    assert [PARENTS] == [facts["parents"] for facts in sidecars(studio)]
    assert EDIT == record.request


async def test_an_extended_edit_keeps_its_original_and_descends_from_it(studio: Studio, client: ImageClient) -> None:
    original = attachment_of(SECOND)
    extended = ImageRequest(**{**vars(EDIT), "images": EDIT.images[:1], "extension": Extension(original, ROOM, "px")})
    await drawn(studio, client, extended, files=FILES)
    await drawn(studio, client, extended, "u", redraw=True)  # which has its files from the store

    for ticket in ("t", "u"):
        record = record_of(studio, ticket)
        assert extended == record.request
        assert original.sha256 in record.parents
    assert SECOND == studio.store.attached(original.sha256, original.format, "local")


async def test_an_edit_does_not_take_possession_of_an_original_that_is_anothers(
    studio: Studio, client: ImageClient
) -> None:
    await drawn(studio, client, EDIT, files=FILES)
    original = attachment_of(SECOND)
    theirs = ImageRequest(**{**vars(EDIT), "images": EDIT.images[:1], "extension": Extension(original, ROOM, "px")})
    bobs = {one: data for one, data in FILES.items() if one != original.sha256}

    await drawn(studio, client, theirs, "u", files=bobs, owner="bob")

    (record,) = studio.store.history.search("bob").records
    assert record.request.extension is None
    with pytest.raises(KeyError):
        studio.store.attached(original.sha256, original.format, "bob")


async def test_an_edit_descends_from_the_picture_it_was_made_of(studio: Studio, client: ImageClient) -> None:
    await drawn(studio, client, EDIT, files=FILES)
    (first,) = studio.store.history.search("local").records
    assert first.stored
    child = ImageRequest(**{**vars(EDIT), "images": (attachment(first),), "mask": None})

    await drawn(studio, client, child, "u")

    above, _ = studio.store.history.lineage("local", record_of(studio, "u").id)
    assert [first.id] == [one.id for one in above]


async def test_an_equal_edit_is_answered_from_history_and_another_mask_is_not(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    await drawn(studio, client, EDIT, files=FILES)
    (same,) = await drawn(studio, client, EDIT, "u")
    await drawn(studio, client, ImageRequest(**{**vars(EDIT), "mask": None}), "v")

    assert isinstance(same, Saved)
    assert same.cached
    assert 2 == len(engine.log)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({}, "The file input-1.png is missing"),
        ({"files": FILES | {PARENTS[0]: SECOND}}, "not the one that the request names"),
        ({"files": FILES, "owner": "bob"}, "The file input-1.png is missing"),
    ],
    ids=["gone", "changed", "another owner's"],
)
async def test_bytes_that_are_not_at_hand_are_refused_before_anything_is_sent(
    studio: Studio, client: ImageClient, engine: Engine, how: dict[str, Any], said: str
) -> None:
    if how.get("owner"):
        await drawn(studio, client, EDIT, "first", files=FILES)
        how = {"owner": "bob"}
    before = len(engine.log)

    with pytest.raises(InvalidRequest, match=said):
        await drawn(studio, client, EDIT, **how)

    assert before == len(engine.log)


async def test_a_refused_edit_leaves_no_bytes_behind(studio: Studio, client: ImageClient, engine: Engine) -> None:
    studio.store._caps = Caps(day=Decimal("0.001"))

    with pytest.raises(OverBudget):
        await drawn(studio, client, EDIT, files=FILES)

    assert (0, []) == (len(engine.log), list(studio.store.files.place.names("originals")))


async def test_a_picture_made_here_is_kept_with_its_origin_and_costs_nothing(
    studio: Studio, client: ImageClient
) -> None:
    await drawn(studio, client, REQUEST)
    parent = record_of(studio, "t")
    told = money(studio)

    made = derived(studio, parent)

    assert ("local", "done", False, Decimal(0), "upscaled 4x") == (
        made.engine,
        made.status,
        made.charged,
        made.dollars,
        made.got["derived"],
    )
    assert [parent.id] == [one.id for one in studio.store.history.lineage("local", made.id)[0]]
    assert FIRST == studio.store.original(made.stored.sha256, "png") if made.stored else None
    assert ["upscaled 4x"] == [facts["derived"] for facts in sidecars(studio) if facts["engine"] == "local"]
    assert told == money(studio)
    assert "t" == studio.store.history.latest("local", "generate", 1)[0].ticket


async def test_what_was_made_from_a_picture_stands_above_it_at_once(studio: Studio, client: ImageClient) -> None:
    await drawn(studio, client, REQUEST)
    parent = studio.store.history.search("local").records[0]

    made = derived(studio, parent)

    assert made.id == studio.store.history.search("local").records[0].id


async def test_a_ticket_derives_one_picture(studio: Studio, client: ImageClient) -> None:
    await drawn(studio, client, REQUEST)
    parent = record_of(studio, "t")

    assert derived(studio, parent).id == derived(studio, parent).id
    with pytest.raises(Duplicate):
        derived(studio, parent, owner="bob")
    with pytest.raises(Duplicate):
        derived(studio, parent, ticket="t")
    with pytest.raises(BadFile):
        derived(studio, parent, data=b"no picture", ticket="w")


def attachment_of(data: bytes) -> Attachment:
    return next(one for one in EDIT.images if FILES[one.sha256] == data)


def attachment(record: Record) -> Attachment:
    assert record.stored
    stored = record.stored
    return Attachment(stored.sha256, stored.format, stored.width, stored.height, stored.bytes)


def record_of(studio: Studio, ticket: str) -> Record:
    return next(one for one in studio.store.history.search("local").records if one.ticket == ticket)


def derived(studio: Studio, parent: Record, *, data: bytes = FIRST, owner: str = "local", ticket: str = "d") -> Record:
    assert parent.stored
    return studio.derive(
        data,
        owner=owner,
        page="generate",
        request=parent.request,
        parents=(parent.stored.sha256,),
        how="upscaled 4x",
        ticket=ticket,
    )


def money(studio: Studio) -> tuple[object, ...]:
    """What the books say: spending, and how long such a request takes."""
    history, now = studio.store.history, datetime.now(UTC)
    spent = history.spending("local", now - timedelta(days=1), now + timedelta(days=1))
    return spent, history.seconds_like("local", REQUEST)
