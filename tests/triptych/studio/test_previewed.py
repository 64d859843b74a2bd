"""What the page shows of an image is there when the image is told, and nothing depends on it."""

import io
import logging
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from tests.triptych.studio.conftest import REQUEST, drawn
from triptych.client import ImageClient
from triptych.store.files import previews
from triptych.store.files.names import original_place
from triptych.store.files.previews import PREVIEW_EDGE, STRIP_EDGE, is_its_own
from triptych.studio import Saved, Studio

LARGE = replace(REQUEST, size="1536x1024")  # than a preview


def kept(studio: Studio, edge: int) -> int:
    """How many previews of that edge are there."""
    return len(list(studio.store.root.glob(f"thumbnails/*/*-{edge}")))


async def test_the_previews_are_there_when_the_images_are_told(studio: Studio, client: ImageClient) -> None:
    saved = (await drawn(studio, client, LARGE))[-1]

    assert isinstance(saved, Saved)
    assert len(saved.pieces) == LARGE.n == kept(studio, PREVIEW_EDGE)


async def test_what_the_page_shows_by_its_own_bytes_waits_for_no_preview(studio: Studio, client: ImageClient) -> None:
    saved = (await drawn(studio, client))[-1]

    assert isinstance(saved, Saved)
    assert all(piece.stored and is_its_own(studio.store.original(piece.stored.sha256, "png")) for piece in saved.pieces)
    assert 0 == kept(studio, PREVIEW_EDGE)


@pytest.mark.parametrize("how", [{"run": "many"}, {"shown": False}], ids=["one of many", "a program's"])
async def test_what_no_page_waits_for_is_previewed_when_it_is_looked_at(
    studio: Studio, client: ImageClient, how: dict[str, Any]
) -> None:
    await drawn(studio, client, LARGE, **how)

    assert 0 == kept(studio, PREVIEW_EDGE)


async def test_a_filmstrip_decodes_no_original_anew(studio: Studio, client: ImageClient) -> None:
    saved = (await drawn(studio, client, LARGE))[-1]
    assert isinstance(saved, Saved)
    stored = saved.pieces[0].stored
    assert stored
    studio.store.files.place.remove(original_place(stored.sha256, stored.format))

    small = Image.open(io.BytesIO(studio.store.files.preview(stored, STRIP_EDGE)))

    assert ("JPEG", STRIP_EDGE) == (small.format, max(small.size))


@pytest.mark.parametrize("fault", [ValueError("it cannot be decoded"), RuntimeError("a fault of the decoder")])
async def test_a_preview_that_fails_loses_nothing(
    studio: Studio,
    client: ImageClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
) -> None:
    def failing(*_: object) -> bytes:
        raise fault

    monkeypatch.setattr(previews, "preview", failing)
    with caplog.at_level(logging.INFO, "triptych.studio"):
        saved = (await drawn(studio, client, LARGE))[-1]

    assert isinstance(saved, Saved)
    assert saved.trouble is None
    assert all(piece.stored and studio.store.files.holds(piece.stored) for piece in saved.pieces)
    assert len(saved.pieces) == sum("preview" in record.message for record in caplog.records)
    assert ["done"] == [one.status for one in studio.store.history.latest("local", "generate", 1)]
