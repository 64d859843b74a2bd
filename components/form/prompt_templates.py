"""Ways to a prompt in one popover: templates to fill in, styles, what one has saved, and what one has sent before."""

import streamlit as st

from components.form.preview_tiles import Entry, preview, tiles
from components.form.prompt_recent import recent_prompts
from components.form.prompt_saved import found_in, saved_prompts
from components.frame.notice import plain
from components.state.account import session
from components.state.tab import Popover, Widget, overwrite, put
from components.state.widgets import MODEL, PROMPT, parameter
from triptych.catalog import model
from triptych.errors import InvalidRequest
from triptych.prompts import STYLES, TEMPLATES, Style, Template, fill, styled
from triptych.prompts.saved import SavedPrompt

POPOVER = Popover("prompt_templates")
TEMPLATE_LIST, STYLE_LIST, SAVED, RECENT = VIEWS = ("Templates", "Styles", "Mine", "Recent")
VIEW = Widget[str]("prompt_view", TEMPLATE_LIST)
SEARCH = Widget[str]("prompt_search", "")
PURPOSE = Widget[str]("template_purpose", TEMPLATES[0].purpose)
MEDIUM = Widget[str]("style_medium", STYLES[0].medium)
CHOICE = Widget[Template | None]("template", None)  # the template that is being filled in
EXAMPLE = Widget[int]("template_example", 0)  # which of each gap's alternatives is shown
WITH_SETTINGS = Widget[bool]("template_settings", first=True)
WIDTH = 388  # pixels; with its padding the popover has 420


def prompt_templates() -> None:
    """Draw the button that opens them."""
    with st.popover(
        "Templates", icon=":material/dashboard:", type="tertiary", key=POPOVER.key, on_change="rerun"
    ) as box:
        if box.open:
            with st.container(width=WIDTH):
                if template := CHOICE.value:
                    _fill_in(template)
                else:
                    _lists()


def _lists() -> None:
    st.segmented_control(
        "Show",
        VIEWS,
        key=VIEW.begin(),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        wrap=False,
        persist_state="session",
    )
    st.text_input(
        "Search",
        key=SEARCH.key,
        type="search",
        placeholder="Search",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    words = (SEARCH.value or "").casefold().split()
    if VIEW.value == SAVED:
        saved_prompts(words, _use_saved)
    elif VIEW.value == RECENT:
        recent_prompts(" ".join(words), _use_text)
    elif VIEW.value == STYLE_LIST:
        shown = [one for one in STYLES if found_in(words, one.label, one.medium, one.text)]
        tiles(shown if words else _grouped(MEDIUM, "Medium", {one: one.medium for one in STYLES}), _use_style)
    else:
        found = [one for one in TEMPLATES if found_in(words, one.label, one.purpose, one.text)]
        tiles(found if words else _grouped(PURPOSE, "Purpose", {one: one.purpose for one in TEMPLATES}), _choose)


def _grouped(widget: Widget[str], label: str, groups: dict[Entry, str]) -> list[Entry]:
    """Draw the pills of the groups; the entries of the one that is chosen."""
    st.pills(
        label,
        list(dict.fromkeys(groups.values())),
        key=widget.begin(),
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return [entry for entry, group in groups.items() if group == widget.value]


def _fill_in(template: Template) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("", key="template_back", help="All templates", icon=":material/arrow_back:", on_click=CHOICE.clear)
        preview(template.id)
        st.markdown(f"**{plain(template.label)}**")
    left, right = st.columns(2)
    for number, (name, offered) in enumerate(template.gaps.items()):
        label = name.replace("_", " ").capitalize()
        (right if number % 2 else left).text_input(
            label,
            key=_gap(template, name).key,
            placeholder=offered[EXAMPLE.value % len(offered)] if offered else None,
            persist_state="session",
        )
    # The preview, whose height changes as gaps are filled, stands under the button, which must stay where it is.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Use", key="use_template", on_click=_use, icon=":material/check:")
        if any(len(offered) > 1 for offered in template.gaps.values()):
            st.button("Another example", key="next_example", on_click=_next, icon=":material/shuffle:", type="tertiary")
    if settings := _settings(template):
        WITH_SETTINGS.put(WITH_SETTINGS.value)
        said = ", ".join(f"{name.replace('_', ' ')} to {value}" for name, value in settings.items())
        st.checkbox(f"Also set {said}", key=WITH_SETTINGS.key, persist_state="session")
    try:
        st.text(_text(template))
    except InvalidRequest as error:
        st.caption(plain(error.message))


def _use() -> None:
    template = CHOICE.value
    if template is None:
        return
    try:
        text = _text(template)
    except InvalidRequest:
        return  # the line under the button says what is missing
    settings = _settings(template) if WITH_SETTINGS.value else {}
    overwrite({PROMPT: text, **{parameter(name): value for name, value in settings.items()}})
    POPOVER.close()


def _use_text(text: str) -> None:
    overwrite({PROMPT: text})
    POPOVER.close()


def _use_style(style: Style) -> None:
    _use_text(styled(PROMPT.value or "", style))


def _use_saved(saved: SavedPrompt) -> None:
    if saved.kind == "style":
        _use_style(Style(id=saved.id, label=saved.name, text=saved.text))
        return
    template = Template(id=saved.id, label=saved.name, text=saved.text)
    if template.gaps:
        _choose(template)
    else:
        _use_text(saved.text)


def _choose(template: Template) -> None:
    put({CHOICE: template, EXAMPLE: 0})


def _next() -> None:
    EXAMPLE.put(EXAMPLE.value + 1)


def _text(template: Template) -> str:
    return fill(template, {name: _gap(template, name).value or "" for name in template.gaps}, EXAMPLE.value)


def _settings(template: Template) -> dict[str, str]:
    """The template's settings as far as the chosen model and server take them."""
    entry, server = model(MODEL.value), session().account.server
    taken = {name: parameter for name, parameter in entry.parameters.items() if server.heeds(name)}
    return {
        name: value
        for name, value in template.settings.items()
        if (value in entry.sizes.presets if name == "size" else name in taken and not taken[name].problem(value))
    }


def _gap(template: Template, variable: str) -> Widget[str]:
    return Widget(f"template_{template.id}_{variable}", "")
