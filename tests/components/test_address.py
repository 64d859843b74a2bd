"""The address of a tab, and clicks that it does not know of yet: a run asked for earlier brings the old one."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from components.state.address import Address, arrive

    arrive(st.session_state.get("page", "here"))
    image = Address("image")
    st.button("Open", on_click=image.put, args=("fox",))
    st.button("Close", on_click=image.put, args=("",))
    st.text(image.value)


def tab() -> AppTest:
    return AppTest.from_function(script).run()


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def asked_with(page: AppTest, image: str) -> AppTest:
    """A run that the browser asks for while its address says ``image``."""
    page.query_params.clear()
    if image:
        page.query_params["image"] = image
    return page.run()


def says(page: AppTest) -> tuple[str, str]:
    """What the page takes the address to say, and what it has the browser's address say."""
    assert not page.exception
    return page.text[0].value, str(page.query_params.get("image", ""))


def test_what_a_click_opened_stays_open_in_a_run_that_was_asked_for_before_it() -> None:
    page = press(tab(), "Open")
    assert ("fox", "fox") == says(page)

    assert ("fox", "fox") == says(asked_with(page, ""))
    assert ("fox", "fox") == says(asked_with(page, ""))


def test_what_a_click_closed_stays_closed_in_a_run_that_was_asked_for_before_it() -> None:
    page = press(asked_with(press(tab(), "Open"), "fox"), "Close")

    assert ("", "") == says(asked_with(page, "fox"))


def test_what_was_opened_and_closed_before_the_browser_heard_of_either_stays_closed() -> None:
    page = press(tab(), "Open")
    page.query_params.clear()
    press(page, "Close")

    assert ("", "") == says(asked_with(page, ""))
    assert ("", "") == says(asked_with(page, "fox"))


def test_back_closes_what_the_browser_knows_to_be_open_and_forward_opens_it() -> None:
    page = asked_with(press(tab(), "Open"), "fox")

    assert ("", "") == says(asked_with(page, ""))
    assert ("fox", "fox") == says(asked_with(page, "fox"))


def test_another_page_begins_with_what_the_browser_says() -> None:
    page = press(tab(), "Open")
    page.session_state["page"] = "there"

    assert ("", "") == says(asked_with(page, ""))


def test_a_link_opens_what_it_names() -> None:
    page = AppTest.from_function(script)
    page.query_params["image"] = "owl"

    assert ("owl", "owl") == says(page.run())
