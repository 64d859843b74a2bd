"""What a click has put into fields stays, though the browser asks for more before it has heard of it.

Whenever the browser asks for a run it says what every field holds. Of two clicks that are close, as on a slow line or
where much is to do, the second says what the fields held before the first, and Streamlit takes that for what somebody
has written or chosen: the prompt of a sample, or the settings of an earlier run, would be gone. And what a run that is
stopped has not sent is never sent.

So every page ends with a number that nobody sees, and what the browser says is said with the last number that it has
heard. As long as that is not the one of the last put, what it says of these fields is heard only where it is neither
what it said before nor what an earlier click had put there; and every run tells it anew what they hold.

And it says which large messages it holds, so that they are not sent again; but those that a page is without it forgets
when it hears of that page, and of one that it is to hold and does not it makes a connection that is broken. So a page
that is asked for before the last one was heard of is sent whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.elements.lib.agent_spec import is_recording
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.session_state import Serialized, WStates

from components.frame.parts import alone, stands_in
from components.state.tab import Puts, Widget, of_session, tab

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
    """The ``number`` of the last put or page, and the hash of what the browser ``said`` last of each field, by its id.

    ``before`` is, by the key of a field, what was put into it and is no longer there, since the browser had heard of
    all; ``gone`` are the ids of fields that keep their value and that the page is without.
    """

    number: int = 0
    said: dict[str, int] = field(default_factory=dict)
    before: dict[str, list[Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


def heard_number() -> None:
    """Draw the next number, behind all that callbacks put something into. A program needs none: it waits for runs."""
    if is_recording():
        return
    tab(Heard).number += 1
    NUMBER.put(str(tab(Heard).number))
    with st.container(key="frame_heard_box"):
        st.text_input("Heard", key=NUMBER.key, on_change="ignore", label_visibility="collapsed")


def keep_what_is_put() -> None:
    """Have every run begin with what callbacks have put into widgets, until the browser has heard of it."""
    will_rerun = SessionState.on_script_will_rerun
    if getattr(will_rerun, "keeps", False):
        return

    @wraps(will_rerun)
    def kept(state: SessionState, said: WidgetStates | None, **how: Any) -> None:
        puts, running = tab(Puts), get_script_run_ctx()
        own: set[str] = set()
        if running and not alone() and not _has_heard_all(said, state):
            running.cached_message_hashes = frozenset()
        if said and said.widgets:
            said, own = _news(said, state)
            own |= _gone(said, state)
        before, puts.is_callback = dict(puts.values), True
        try:
            will_rerun(state, said, **how)
        finally:
            puts.is_callback = False
        puts.values |= {key: state[key] for key in own - puts.values.keys() if key in state}
        new = {state.get_widget_id_from_key(key) or "": key for key in puts.values.keys() - before.keys()}
        for id_ in _apart(new, state):
            del puts.values[new[id_]]
        if puts.values and (puts.values != before or not alone()):
            tab(Heard).number += 1
        for key, value in puts.values.items():
            state[key] = value
            if key in before and before[key] != value:
                tab(Heard).before.setdefault(key, []).append(before[key])

    kept.keeps = True  # type: ignore[attr-defined]
    SessionState.on_script_will_rerun = kept  # type: ignore[method-assign, assignment]
    _keep_what_is_gone()


def _keep_what_is_gone() -> None:
    """Know which fields that keep their value the page is without since a run that drew all of it, or all of a part."""
    finished, register = SessionState.on_script_finished, SessionState.register_widget

    @wraps(finished)
    def ended(state: SessionState, ids: frozenset[str], **how: Any) -> None:
        finished(state, ids, **how)
        if how.get("remove_stale_widgets", True):
            known, gone = state._new_widget_state.widget_metadata, of_session(state, Heard).gone  # noqa: SLF001
            kept = {one for one, what in known.items() if what.persist_state and one not in ids}
            gone |= _apart(kept, state) if alone() else kept

    @wraps(register)
    def drawn(state: SessionState, metadata: Any, user_key: str | None) -> Any:
        of_session(state, Heard).gone.discard(metadata.id)
        return register(state, metadata, user_key)

    SessionState.on_script_finished = ended  # type: ignore[method-assign, assignment]
    SessionState.register_widget = drawn  # type: ignore[method-assign, assignment]


def _has_heard_all(said: WidgetStates | None, state: SessionState) -> bool:
    """Whether what is ``said`` is said with the last number."""
    id_, number = state.get_widget_id_from_key(NUMBER.key), str(tab(Heard).number)
    return any(one.id == id_ and one.string_value == number for one in (said.widgets if said else ()))


def _apart(ids: Iterable[str], state: SessionState) -> set[str]:
    """Those of the fields with these ``ids`` that stand in parts which are drawn alone: without the number."""
    parts, known = alone() or [], state._new_widget_state.widget_metadata  # noqa: SLF001
    return {one for one in ids if one in known and stands_in(known[one].fragment_id, parts)}


def _gone(said: WidgetStates, state: SessionState) -> set[str]:
    """The keys of fields of which something is ``said`` though they are gone. Once the browser hears of that it forgets
    them, and where they come again it would draw them empty: it is told again.
    """
    keys, gone = state._key_id_mapper.id_key_mapping, tab(Heard).gone  # noqa: SLF001
    return {keys[one.id] for one in said.widgets if one.id in gone and one.id in keys}


def _news(said: WidgetStates, state: SessionState) -> tuple[WidgetStates, set[str]]:
    """What is ``said`` without what the browser held before it heard of what was put there; and the keys of the fields
    that somebody has changed meanwhile, which are told to it as well.
    """
    heard, puts, id_of = tab(Heard), tab(Puts), state.get_widget_id_from_key
    every = {one.id: one for one in said.widgets}
    now = {id_: hash(one.SerializeToString()) for id_, one in every.items() if one.WhichOneof("value") in PLAIN}
    number = every.get(id_of(NUMBER.key) or "")
    if number is None or number.string_value == str(heard.number):
        puts.values.clear()
        heard.before.clear()
    ids = {key: id_ for key in puts.values if (id_ := id_of(key)) and id_ in every}
    values = WStates({id_: Serialized(every[id_]) for id_ in ids.values()}, state._new_widget_state.widget_metadata)  # noqa: SLF001
    old = {
        id_
        for key, id_ in ids.items()
        if id_ in now
        and (now[id_] == heard.said.get(id_) or (key in heard.before and values.get(id_) in heard.before[key]))
    }
    for key in [key for key, id_ in ids.items() if id_ not in old]:
        del puts.values[key]
    own = {key for key, id_ in ids.items() if id_ in now and id_ not in old}
    heard.said = now
    return WidgetStates(widgets=[one for one in said.widgets if one.id not in old]) if old else said, own
