"""The file that the page is about: uploaded, pasted, chosen from the history, or sent here by another page."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import streamlit as st

from components.frame.news import news, tell
from components.image.image import picture
from components.image.paste import paste_pictures
from components.image.protocol import Shown
from components.image.samples import EDGE
from components.image.send_to import sent_to_provenance
from components.inputs.history_picker import Tray, history_button
from components.run.empty_page import FOLDER
from components.state.tab import tab
from components.state.widgets import INSPECT_FILE, RUN
from triptych.errors import BadFile
from triptych.inputs import Attachment, measured
from triptych.inputs.attachment import FORMATS
from triptych.provenance import MOST_FILE_BYTES

PLACE = "inspect_place"
SAMPLE = FOLDER / "lighthouse.jpg"  # which the demo signs as it signs what it makes
HELP = (
    "PNG, JPEG, WebP, GIF, AVIF, HEIC, SVG, PDF or TIFF, up to 100 MB. It is read on this machine only "
    "and is not stored."
)
EMPTY = (
    "An image may carry a signed manifest (C2PA) that says who made it, with what, and from what. Inspect shows "
    "whether it is intact, whether its issuer is known, and whether it says AI made the image. Few images have one."
)


@dataclass(frozen=True)
class Subject:
    """A file by its name and SHA-256; ``prompt`` and ``model`` are what it was made with, "" where nobody knows."""

    name: str
    data: bytes = field(repr=False)
    sha256: str
    prompt: str = ""
    model: str = ""

    @classmethod
    def of(cls, name: str, data: bytes) -> "Subject":
        """A file of which nothing is known but what it holds."""
        return cls(name, data, hashlib.sha256(data).hexdigest())


@dataclass(slots=True)
class _Page:
    """What the page is about, and the SHA-256 of what Inspect was pressed for."""

    subject: Subject | None = None
    wanted: str = ""


def subject_input() -> Subject | None:
    """Draw the ways to bring a file in and the button; the file, once it is to be inspected."""
    _take_up()
    news()
    with st.container(key=PLACE):
        st.file_uploader(
            "File to inspect",
            key=INSPECT_FILE.key,
            on_change=_uploaded,
            max_upload_size=MOST_FILE_BYTES >> 20,
            help=HELP,
        )
    paste_pictures(PLACE)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Inspect", key=RUN, type="primary", icon=":material/verified_user:", on_click=_inspect)
        history_button(Tray(_held, _add, _remove))
    page = tab(_Page)
    if page.subject is None:
        _welcome()
    return page.subject if page.subject and page.wanted == page.subject.sha256 else None


def _welcome() -> None:
    """Say what the page is for, with an image that carries a manifest to try it on."""
    st.caption(EMPTY)
    with st.container(key="provenance_sample", width=EDGE // 2, gap="small"):
        picture(SAMPLE.read_bytes(), "jpeg", (EDGE, EDGE), "Sample: a red lighthouse, signed by the demo")
        st.button("Try with a sample image", key="try_sample", icon=":material/image:", on_click=_try)


def _try() -> None:
    from triptych.engine.manifest import signed

    _add([("sample.jpg", signed(SAMPLE.read_bytes(), "image/jpeg"))])


def _uploaded() -> None:
    file = INSPECT_FILE.value
    tab(_Page).subject = Subject.of(file.name, file.getvalue()) if file else None


def _inspect() -> None:
    page = tab(_Page)
    if page.subject is None:
        tell(BadFile("No file yet. Drop a file anywhere, paste an image, or choose one from History."))
        return
    page.wanted = page.subject.sha256


def _take_up() -> None:
    """What another page has sent is inspected at once: its button said so."""
    sent = sent_to_provenance()
    if sent:
        try:
            _begin(sent.image)
        except KeyError:
            tell(BadFile(f"The image file {sent.image.file_name} is missing."))


def _begin(image: Shown) -> None:
    page = tab(_Page)
    subject = Subject.of(image.file_name, image.original())
    page.subject = replace(subject, prompt=image.asked.prompt, model=image.asked.model)
    page.wanted = subject.sha256


def _held() -> tuple[Attachment, ...]:
    """The file as the history picker knows its own."""
    subject = tab(_Page).subject
    found = measured(subject.data) if subject else None
    return (Attachment.of(subject.data),) if subject and found and found[0].name in FORMATS else ()


def _add(chosen: Iterable[tuple[str, bytes]]) -> None:
    for name, data in chosen:
        page = tab(_Page)
        page.subject = Subject.of(name, data)
        page.wanted = page.subject.sha256


def _remove(_: str) -> None:
    tab(_Page).subject = None
