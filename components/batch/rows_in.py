"""Rows in: prompts as text, a table in a file, images; and the template that makes a prompt of each row."""

from dataclasses import replace

import streamlit as st

from components.batch.tab_state import BATCH_IMAGES, EVERY, MASKED, PROMPTS, PROMPTS_FILE, TEMPLATE, BatchTab
from components.frame.news import tell
from components.frame.notice import plain
from components.state.account import session
from components.state.form import form_request
from components.state.services import services
from components.state.tab import tab
from triptych.batch import Images, Plan, Table, lines, read_table
from triptych.batch.batch import BatchInput
from triptych.batch.images import Pair, Wanted, each_image, take_in
from triptych.batch.masking import Masking
from triptych.errors import BadFile, Refused
from triptych.inputs import Attachment

HEIGHT = 200  # pixels, of the text area
SOON = 0.3  # seconds that a page waits for masks before it says that they are being made
NAMED = 5  # images, or what is wrong with some, in one line
TABLES = ["txt", "csv", "tsv", "jsonl", "xlsx"]
IMAGES = ["png", "jpg", "jpeg", "webp", "zip"]
MASKS = {"": "No mask", "the subject": "The subject", "the background": "The background"}
FORMS = (
    "`{{subject}}` is a column's cell · `{red|blue}` alternatives, the next in each row · `{1..5}` numbers · "
    "`\\{` a brace. Without a template, each row uses its own prompt."
)


def rows_in() -> None:
    """Draw what takes rows and images in, and the template; folded once there is a batch, whose rows come first."""
    wide = not tab(BatchTab).open
    with st.expander("Rows and template", icon=":material/edit_note:", expanded=wide, key=f"batch_editor_{wide}"):
        _editor()


def _editor() -> None:
    here = tab(BatchTab)
    if here.table is None:
        st.text_area(
            "Prompts",
            key=PROMPTS.begin(),
            height=HEIGHT,
            placeholder="One prompt per line",
            persist_state="session",
        )
    else:
        _table_line(here.table)
    files, images = st.columns(2)
    with files:
        st.file_uploader("Prompts file", TABLES, key=PROMPTS_FILE.key, on_change=_file, help=_file_help())
    with images:
        st.file_uploader(
            "Images",
            IMAGES,
            accept_multiple_files=True,
            key=BATCH_IMAGES.key,
            on_change=_images,
            help="Images or ZIP files. Rows name them in an image column. Without rows, the template edits each image.",
        )
    if here.images.named:
        _images_line()
    _template()


def batch_endpoint() -> str:
    """Whether the rows are edits, as far as that is known before they are read."""
    return "edits" if tab(BatchTab).images.named else "generations"


def described() -> BatchInput | None:
    """What the page's widgets describe, None where there is no row. Raises Refused where that is nothing."""
    here = tab(BatchTab)
    text = PROMPTS.value or ""
    if here.table:
        table = here.table
    elif text.strip():
        if here.text is None or here.text[0] != text:
            here.text = (text, lines(text))
        table = here.text[1]
    elif here.images.named:
        table = each_image(here.images, MASKED.value)
    else:
        return None
    base = replace(form_request(batch_endpoint()), prompt="", stream_each=False)
    images = here.images
    return BatchInput(table, TEMPLATE.value or "", base, dict(images.named), EVERY.value, masks=images.masks)


def planned(made_of: BatchInput) -> Plan | None:
    """Its rows as requests, worked out once for as long as nothing of it changes; None while masks are being made."""
    here, server = tab(BatchTab), session().account.server
    if here.planned is None or here.planned[:2] != (made_of, server.id):
        images, later = readable(here.images), dict[Pair, Wanted]()
        plan = made_of.plan(server, replace(images, later=later))
        if later:
            if not _made(images, later):
                return None
            plan = made_of.plan(server, images)
        here.planned, here.masking = (made_of, server.id, plan), None
    return here.planned[2]


def _made(images: Images, wanted: dict[Pair, Wanted]) -> bool:
    """Have these masks made; whether that has ended, as it soon has for a few."""
    here = tab(BatchTab)
    if here.masking is None or not wanted.keys() <= here.masking.wanted.keys():
        here.masking = Masking(images, wanted)
    return here.masking.ended.wait(SOON)


def readable(images: Images) -> Images:
    """``images`` with their bytes at hand, and the owner's history beside them."""
    owner, files = session().owner, tab(BatchTab).files
    found = services().batches.images(owner, images.named)

    def read(one: Attachment) -> bytes:
        return files[one.sha256] if one.sha256 in files else found.read(one)

    return replace(images, read=read, record=found.record)


def _table_line(table: Table) -> None:
    here = tab(BatchTab)
    with st.container(horizontal=True, vertical_alignment="center"):
        count = f"{len(table.rows):,} row{'s' * (len(table.rows) != 1)}"
        st.markdown(plain(f"{here.file_name} · {count} · columns: {', '.join(table.columns)}"))
        st.space("stretch")
        st.button("Remove file", key="batch_remove_file", type="tertiary", icon=":material/close:", on_click=_no_file)


def _images_line() -> None:
    named = tab(BatchTab).images.named
    with st.container(horizontal=True, vertical_alignment="center"):
        names = ", ".join([*named][:NAMED]) + (" …" if len(named) > NAMED else "")
        st.caption(plain(f"{len(named):,} image{'s' * (len(named) != 1)}: {names}"))
        st.space("stretch")
        options = [*MASKS, *(name for name in named if len(named) > 1)]
        if MASKED.value not in options:
            MASKED.put("")
        st.selectbox(
            "Mask for every image",
            options,
            format_func=lambda name: MASKS.get(name, name),
            key=MASKED.begin(),
            label_visibility="collapsed",
            width=220,
            persist_state="session",
        )
        st.button(
            "Remove images", key="batch_remove_images", type="tertiary", icon=":material/close:", on_click=_no_images
        )


def _template() -> None:
    st.text_area(
        "Prompt template",
        key=TEMPLATE.begin(),
        height=80,
        placeholder="A {{color}} {{subject}}, product photo",
        help=FORMS,
        persist_state="session",
    )
    if "|" in (TEMPLATE.value or "") or ".." in (TEMPLATE.value or ""):
        st.checkbox(
            "Every combination of the alternatives",
            key=EVERY.begin(),
            help="One run for each combination in each row. Otherwise each row takes the next combination.",
            persist_state="session",
        )


def _file_help() -> str:
    return "TXT, CSV, TSV, JSONL or XLSX. Columns named like a setting (model, size, quality …) set it for their row."


def _file() -> None:
    """Read the file that was uploaded; what is no table is said in words, and what was there stays."""
    file = PROMPTS_FILE.value
    if file is None:
        return _no_file()
    try:
        table = read_table(file.name, file.getvalue())
    except Refused as error:
        return tell(error)
    here = tab(BatchTab)
    here.table, here.file_name = table, file.name
    return None


def _no_file() -> None:
    here = tab(BatchTab)
    here.table, here.file_name = None, ""


def _images() -> None:
    """Take in the images that are uploaded now, in place of those before."""
    here, files = tab(BatchTab), dict[str, bytes]()
    uploaded = [(one.name, one) for one in BATCH_IMAGES.value or ()]
    if not uploaded:
        return _no_images()
    before = here.images
    here.images = take_in(uploaded, lambda one, data: files.__setitem__(one.sha256, data)).with_masks(before)
    here.files = files
    if here.images.problems:
        tell(BadFile(" ".join(problem.sentence for problem in here.images.problems[:NAMED])))
    return None


def _no_images() -> None:
    here = tab(BatchTab)
    here.images, here.files = Images(), {}
    MASKED.put("")
