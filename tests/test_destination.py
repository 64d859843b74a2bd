"""Which page is drawn, whatever the browser says of the one before, over a real socket."""

from collections.abc import Callable

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.test_access import drawn
from tests.test_told import asked, new_elements, page_of


def hashes(heard: list[ForwardMsg]) -> dict[str, str]:
    """The hash of every page of the menu by its name."""
    (menu, *_) = (one.navigation for one in heard if one.HasField("navigation"))
    return {page.page_name.lower(): page.page_script_hash for page in menu.app_pages}


def shown(heard: list[ForwardMsg]) -> str:
    """The name of the page that was drawn last."""
    names = {hash_: name for name, hash_ in hashes(heard).items()}
    return names[[one.navigation.page_script_hash for one in heard if one.HasField("navigation")][-1]]


def goes(to: str) -> BackMsg:
    """What the browser asks with as somebody clicks on the page of that hash in the menu."""
    said = BackMsg()
    said.rerun_script.page_script_hash = to
    said.rerun_script.widget_states.SetInParent()
    return said


def by_the_menu(pages: dict[str, str]) -> BackMsg:
    return goes(pages["spending"])


def by_its_address(_: dict[str, str]) -> BackMsg:
    return asked("spending")


@pytest.mark.parametrize("way", [by_the_menu, by_its_address])
def test_what_a_page_says_as_somebody_has_left_it_brings_nobody_back(
    server: str, way: Callable[[dict[str, str]], BackMsg]
) -> None:
    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        pages = hashes(heard)
        (prompt,) = (one.text_area.id for one in new_elements(heard) if one.text_area.label == "Prompt")
        late = goes(pages["generate"])
        late.rerun_script.query_string = "from=x"
        late.rerun_script.widget_states.widgets.add(id=prompt, string_value="fox")

        drawn(page, way(pages))

        assert "spending" == shown(drawn(page, late))
        back = drawn(page, goes(pages["generate"]))
        assert "generate" == shown(back)
        assert ["fox"] == [one.text_area.value for one in new_elements(back) if one.text_area.label == "Prompt"]


def test_who_goes_back_at_once_is_there(server: str) -> None:
    with page_of(server) as page:
        heard = drawn(page, asked("generate"))
        pages = hashes(heard)
        (number,) = (one.text_input for one in new_elements(heard) if one.text_input.label == "Heard")
        back = goes(pages["generate"])
        back.rerun_script.widget_states.widgets.add(id=number.id, string_value=number.value)

        drawn(page, goes(pages["spending"]))

        assert "generate" == shown(drawn(page, back))
