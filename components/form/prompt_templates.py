"""Prompts with gaps to fill in, and the settings that suit them."""

import streamlit as st

from components.state.account import session
from components.state.tab import Widget, overwrite
from components.state.widgets import MODEL, PROMPT, parameter
from triptych.catalog import model
from triptych.prompts import TEMPLATES, Template, fill

OPEN = Widget[bool]("prompt_templates", first=False)
CHOICE = Widget[str]("template", TEMPLATES[0].id)
WITH_SETTINGS = Widget[bool]("template_settings", first=True)
WIDTH = 560  # pixels
BY_ID = {template.id: template for template in TEMPLATES}


def prompt_templates() -> None:
    """Draw the button that opens the templates."""
    with st.popover("Templates", icon=":material/dashboard:", type="tertiary", key=OPEN.key, on_change="rerun") as box:
        if box.open:
            with st.container(width=WIDTH):
                _choose()
                _fill_in(_chosen())


def _choose() -> None:
    CHOICE.put(_chosen().id)
    st.pills(
        "Template",
        list(BY_ID),
        format_func=lambda name: BY_ID[name].label,
        key=CHOICE.key,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )


def _fill_in(template: Template) -> None:
    names = template.variables
    left, right = st.columns(2)
    for number, name in enumerate(names):
        label = name.replace("_", " ").capitalize()
        (right if number % 2 else left).text_input(
            label, key=_gap(template, name).key, placeholder=template.defaults.get(name), persist_state="session"
        )
    # The preview, whose height changes as gaps are filled, stands under the button, which must stay where it is.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Use", key="use_template", on_click=_use, icon=":material/check:")
        if settings := _settings(template):
            WITH_SETTINGS.put(WITH_SETTINGS.value)
            said = ", ".join(f"{name.replace('_', ' ')} to {value}" for name, value in settings.items())
            st.checkbox(f"Also set {said}", key=WITH_SETTINGS.key, persist_state="session")
    st.text(_text(template))


def _use() -> None:
    template = _chosen()
    settings = _settings(template) if WITH_SETTINGS.value else {}
    overwrite({PROMPT: _text(template), **{parameter(name): value for name, value in settings.items()}})
    OPEN.put(value=False)


def _chosen() -> Template:
    return BY_ID.get(CHOICE.value, TEMPLATES[0])


def _text(template: Template) -> str:
    return fill(template, {name: _gap(template, name).value or "" for name in template.variables})


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
