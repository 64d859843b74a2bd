"""What a request claims of its inputs decides what it may cost, so it is held against their bytes before it is paid."""

from dataclasses import replace
from typing import Any

import pytest

from tests.triptych.masked import FILES, FIRST
from tests.triptych.studio.conftest import REQUEST, drawn
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.studio import Studio

TRUE = Attachment.of(FIRST)
EDIT = replace(REQUEST, n=1, images=(TRUE,))


@pytest.mark.parametrize("lie", [{"width": 1, "height": 1}, {"weight": 1}, {"format": "jpeg"}])
@pytest.mark.parametrize("files", [FILES, {}], ids=["with its bytes", "by name"])
async def test_an_input_that_is_not_what_it_claims_is_refused_before_it_is_paid(
    studio: Studio, client: ImageClient, engine: Engine, lie: dict[str, Any], files: dict[str, bytes]
) -> None:
    await drawn(studio, client, EDIT, files=FILES)

    with pytest.raises(InvalidRequest):
        await drawn(studio, client, replace(EDIT, images=(replace(TRUE, **lie),)), "u", files=files)

    assert 1 == len(engine.log)


@pytest.mark.parametrize(
    "lie", [{"sha256": "../x"}, {"width": 0}, {"height": -1}, {"width": 10**12}, {"weight": -1}, {"height": True}]
)
def test_a_name_that_no_picture_has_is_refused(lie: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        Attachment.from_json({**TRUE.to_json(), **lie})
