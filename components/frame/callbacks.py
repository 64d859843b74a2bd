"""What a click could not do is said in words, whatever widget was clicked."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.runtime.state import SessionState

from components.frame.notice import plain, sentence
from triptych.errors import TriptychError


def tell_refusals() -> None:
    """Have what callbacks raise told, and the page drawn after it.

    Streamlit runs callbacks before the page, so no page can catch what they raise, and its own hook for errors comes
    when the run is lost: the page would be empty. All callbacks go through this one method, for which there is no
    public name. Wrapping it holds for every widget there is and every one that is added.
    """
    run = SessionState._run_callback_and_record_rerun  # noqa: SLF001 - see above
    if not getattr(run, "tells_refusals", False):

        @wraps(run)
        def telling(state: SessionState, votes: Any, callback: Callable[[], None]) -> None:
            run(state, votes, lambda: _told(callback))

        telling.tells_refusals = True  # type: ignore[attr-defined]
        SessionState._run_callback_and_record_rerun = telling  # type: ignore[method-assign, assignment]  # noqa: SLF001


def _told(callback: Callable[[], None]) -> None:
    try:
        callback()
    except TriptychError as error:
        # As a toast: it moves nothing on the page, and is seen where only a fragment is drawn, as in a dialog.
        st.toast(
            f"**{plain(error.next_move)}** · {plain(sentence(error))}", icon=":material/error:", duration="infinite"
        )
