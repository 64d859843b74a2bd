"""What a click has put into fields stays, though the browser asks for more before it has heard of it.

Whenever the browser asks for a run it says what every field holds. Of two clicks that are close, as on a slow line or
where much is to do, the second says what the fields held before the first, and Streamlit takes that for what somebody
has written or chosen: the prompt of a sample, or the settings of an earlier run, would be gone. And what a run that is
stopped has not sent is never sent.

So every page ends with a number that nobody sees, and what the browser says is said with the last number that it has
heard. As long as that is not the one of the last put, what it says of these fields is heard only where it is not what
it said before; and every run tells it anew what they hold.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.elements.lib.agent_spec import is_recording
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.state import SessionState

from components.frame.parts import alone
from components.state.tab import Puts, Widget, tab

NUMBER = Widget[str]("frame_heard", "")
# What a field says of itself whenever the browser asks; what else there is is told once, or is a file or a drawing.
PLAIN = {
    "bool_value",
    "double_value",
    "int_value",
    "string_value",
    "double_array_value",
    "int_array_value",
    "string_array_value",
}


@dataclass(slots=True)
class Heard:
    """The ``number`` of the last put, and the hash of what the browser ``said`` last of each field, by its id."""

    number: int = 0
    said: dict[str, int] = field(default_factory=dict)


def number_of_puts() -> None:
    """Draw the number, behind all that callbacks put something into. A program needs none: it waits for each run."""
    if is_recording():
        return
    number = str(tab(Heard).number)
    if NUMBER.value != number:
        NUMBER.put(number)
    with st.container(key="frame_heard_box"):
        st.text_input("Heard", key=NUMBER.key, on_change="ignore", label_visibility="collapsed")


def keep_what_is_put() -> None:
    """Have every run begin with what callbacks have put into widgets, until the browser has heard of it."""
    will_rerun = SessionState.on_script_will_rerun
    if getattr(will_rerun, "keeps", False):
        return

    @wraps(will_rerun)
    def kept(state: SessionState, said: WidgetStates | None, **how: Any) -> None:
        puts = tab(Puts)
        own: set[str] = set()
        if said and said.widgets:
            said, own = _news(said, state.get_widget_id_from_key)
            own |= _gone(said, state)
        before, puts.is_callback = dict(puts.values), True
        try:
            will_rerun(state, said, **how)
        finally:
            puts.is_callback = False
        if alone():  # the number is not drawn, so nobody could say whether it was heard
            puts.values = before
        puts.values |= {key: state[key] for key in own - puts.values.keys() if key in state}
        if puts.values and not alone():
            tab(Heard).number += 1
            for key, value in puts.values.items():
                state[key] = value

    kept.keeps = True  # type: ignore[attr-defined]
    SessionState.on_script_will_rerun = kept  # type: ignore[method-assign, assignment]


def _gone(said: WidgetStates, state: SessionState) -> set[str]:
    """The keys of fields that keep their value and that the last run did not draw, though something is ``said`` of
    them. Once the browser hears of that run it forgets them, and would draw them empty: it is told again.
    """
    keys, widgets = state._key_id_mapper.id_key_mapping, state._new_widget_state  # noqa: SLF001
    return {
        keys[one.id]
        for one in said.widgets
        if one.id in keys
        and (known := widgets.widget_metadata.get(one.id))
        and known.persist_state
        and one.id not in widgets.states
        and one.id not in state._old_state  # noqa: SLF001
    }


def _news(said: WidgetStates, id_of: Callable[[str], str | None]) -> tuple[WidgetStates, set[str]]:
    """What is ``said`` without what the browser held before it heard of what was put there; and the keys of the fields
    that somebody has changed meanwhile, which are told to it as well.
    """
    heard, puts = tab(Heard), tab(Puts)
    every = {one.id: one for one in said.widgets}
    now = {id_: hash(one.SerializeToString()) for id_, one in every.items() if one.WhichOneof("value") in PLAIN}
    number = every.get(id_of(NUMBER.key) or "")
    if number is None or number.string_value == str(heard.number):
        puts.values.clear()
    ids = {key: id_ for key in puts.values if (id_ := id_of(key)) and id_ in every}
    old = {id_ for id_ in ids.values() if id_ in now and now[id_] == heard.said.get(id_)}
    for key in [key for key, id_ in ids.items() if id_ not in old]:
        del puts.values[key]
    own = {key for key, id_ in ids.items() if id_ in now and id_ not in old}
    heard.said = now
    return WidgetStates(widgets=[one for one in said.widgets if one.id not in old]) if old else said, own
