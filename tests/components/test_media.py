"""How long the browser finds an image that a page shows: Streamlit's own register of files, as we have it."""

from pathlib import PurePosixPath

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager, _get_session_id
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from components.frame import media

SHOWN, OTHER = b"an image", b"another"


class Page:
    """A page that shows images, as Streamlit's register knows it."""

    def __init__(self) -> None:
        self.storage = MemoryMediaFileStorage("/media")
        self.register = MediaFileManager(self.storage)

    def shows(self, data: bytes, place: str = "0.1") -> str:
        return self.register.add(data, "image/jpeg", place)

    def begins_anew(self) -> None:
        self.register.clear_session_refs(_get_session_id())

    def and_another_page_has_been_drawn(self) -> None:
        self.register.remove_orphaned_files()

    def serves(self, address: str) -> bool:
        try:
            return bool(self.storage.get_file(PurePosixPath(address).name).content)
        except MediaFileStorageError:
            return False


@pytest.fixture
def tab() -> Page:
    media.keep_media()
    return Page()


def test_an_image_is_found_while_its_page_is_drawn_again_whoever_else_is_done_meanwhile(tab: Page) -> None:
    address = tab.shows(SHOWN)
    tab.begins_anew()
    tab.and_another_page_has_been_drawn()

    assert tab.serves(address)

    assert address == tab.shows(SHOWN)
    tab.and_another_page_has_been_drawn()
    assert tab.serves(address)


def test_what_no_page_shows_any_more_goes_after_a_while(tab: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, shown = tab.shows(SHOWN), tab.shows(OTHER, "0.2")
    tab.begins_anew()
    tab.and_another_page_has_been_drawn()
    tab.shows(OTHER, "0.2")

    monkeypatch.setattr(media, "LASTS", 0.0)
    tab.and_another_page_has_been_drawn()

    assert [False, True] == [tab.serves(gone), tab.serves(shown)]


def test_of_more_than_memory_has_room_for_the_newest_stay_and_one_too_large_takes_no_place(
    tab: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MOST", len(SHOWN) + len(OTHER) - 1)
    images = [SHOWN, OTHER, b"a large image, " * 9]
    old, new, large = [tab.shows(image, image.hex()) for image in images]
    while images:  # the first is let go of before the second, and that before the third
        del images[0]
        tab.begins_anew()
        for image in images:
            tab.shows(image, image.hex())
        tab.and_another_page_has_been_drawn()

    assert [False, True, False] == [tab.serves(each) for each in (old, new, large)]


def test_what_a_button_would_make_stays_as_long_as_an_image(tab: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    before, now = [tab.register.add_deferred(lambda: SHOWN, "image/jpeg", "0.1") for _ in range(2)]
    tab.and_another_page_has_been_drawn()

    assert [True, True] == [tab.serves(tab.register.execute_deferred(each)) for each in (before, now)]

    monkeypatch.setattr(media, "LASTS", 0.0)
    tab.and_another_page_has_been_drawn()
    assert tab.serves(tab.register.execute_deferred(now))
    with pytest.raises(MediaFileStorageError, match="not found"):
        tab.register.execute_deferred(before)
