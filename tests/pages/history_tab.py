"""What a visitor does on the History page, and what can be read of it."""

from streamlit.testing.v1 import AppTest

from triptych.store import Query, Record, Store


def look(app: AppTest) -> AppTest:
    """Open the page."""
    page = app.switch_page("pages/history.py").run()
    assert not page.exception
    return page


def click(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def pick(page: AppTest, *records: Record) -> AppTest:
    for record in records:
        page.checkbox(key=f"pick_{record.id}").check().run()
    return page


def alts(page: AppTest) -> list[str]:
    return [image.proto.imgs[0].alt for image in page.get("image")]


def total(store: Store, *, trashed: bool = False) -> int:
    return store.history.search("local", Query(trashed=trashed)).total
