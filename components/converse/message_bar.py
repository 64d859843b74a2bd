"""Where the next message is written: above it one line that says what it will cost and what goes with it."""

from collections.abc import Iterator
from decimal import Decimal

import streamlit as st

from components.converse.attached import TRAY, detach, thumbnail
from components.converse.manners import manners
from components.converse.masking import mask_button
from components.converse.next_turn import answered, composed_next, send
from components.converse.pinned import pinned_button
from components.converse.tab_state import talk
from components.frame.formats import money, span
from components.frame.notice import error_notice, plain
from components.frame.price_tick import price_tick
from components.inputs.history_picker import history_button
from components.run.run_row import problem_notice
from components.run.submit import Draft, draft
from components.state.account import session
from components.state.services import services
from components.state.widgets import MESSAGE
from triptych.conversation import Composed, Thread, Turn
from triptych.errors import Refused
from triptych.inputs import Attachment
from triptych.pricing import meters
from triptych.ranges import Range
from triptych.request import ImageRequest

ON_SEND = {"prompt", "image", "mask"}  # what only the message settles
SMALL = 96  # pixels, of an image in the list of those that go along


def message_bar(own: Thread | None, turns: tuple[Turn, ...], settings: ImageRequest) -> None:
    """Draw the line and the input at the foot of the window, and above them what keeps the last message back."""
    try:
        composed = composed_next(own, turns, "", settings, "")
        sending: Draft | None = draft(composed.order.request)
    except Refused as error:
        error_notice(error)
        composed, sending = None, None
    _held_back(composed, sending)
    with st.bottom, st.container(gap="xxsmall", key="converse_bar"):
        with st.container(key="converse_next", horizontal=True, vertical_alignment="center", gap="xsmall"):
            _cost(sending)
            _along(own, turns)
        st.chat_input(
            "Say what to change" if answered(own, turns) else "Describe an image",
            key=MESSAGE.key,
            accept_file="multiple",
            on_submit=send,
        )
        manners(turns[-1].id if turns else "")


def _held_back(composed: Composed | None, sending: Draft | None) -> None:
    here = talk()
    if here.refused:
        error_notice(here.refused)
    problems = sending.problems if sending else ()
    standing = [one for one in problems if one.parameter not in ON_SEND]
    for problem in standing or ([here.problem] if here.problem else []):
        problem_notice(problem)
    if composed and composed.note:
        st.caption(f":material/info: {plain(composed.note)}")


def _cost(sending: Draft | None) -> None:
    """Say what sending costs, both meters apart; where no price is known and a cap asks for one, ask for leave."""
    if sending is None:
        return
    server = session().account.server
    if services().budget.is_capped and server.charged and sending.cost.dollars is None:
        price_tick()
        return
    request = sending.request.at(server)
    said = [f"about {money(sending.cost.dollars)}"] if sending.cost.dollars else ["price unknown"]
    if request.turn:
        text, image = meters(request, server)
        said = [f"image {_most(image.dollars)}", f"text {_most(text.dollars)}"]
    free = "" if server.charged else " Nothing is charged by the demo; this is OpenAI's price."
    why = f"{sending.cost.why[0].upper()}{sending.cost.why[1:]}." if sending.cost.why else "By OpenAI's price list."
    line = " · ".join(("Send", *said, span(sending.seconds)))
    st.caption(plain(line), help=plain(f"{why}{free}"), width="content")


def _most(dollars: Range[Decimal] | None) -> str:
    """Dollars as a range; what may be nothing is "up to" its upper end."""
    return f"up to {money(dollars.high)}" if dollars and not dollars.low and dollars.high else money(dollars)


def _along(own: Thread | None, turns: tuple[Turn, ...]) -> None:
    """Draw what goes with the message, each with a way to leave it out, and the ways to add more."""
    asks = talk().next
    for label, icon, help_text, drop in _parts():
        st.button(label, key=f"drop_{drop}", icon=icon, type="tertiary", help=help_text, on_click=_drop, args=(drop,))
    if asks.images:
        count = len(asks.images)
        with st.popover(f"{count} image{'s' * (count > 1)}", icon=":material/image:", type="tertiary", key="along"):
            for one in asks.images:
                _image(one)
    history_button(TRAY)
    mask_button(answered(own, turns))
    pinned_button(own)


def _parts() -> Iterator[tuple[str, str, str, str]]:
    asks = talk().next
    close = ":material/close:"
    if asks.after is not None:
        yield "New branch", close, "Go on at the end of the conversation instead.", "after"
    if asks.base and not asks.masked:
        yield "Changes a chosen image", close, "Change the last image instead.", "base"
    if asks.by_image:
        yield "From the last image", close, "Go on with the whole conversation instead.", "by_image"


def _drop(what: str) -> None:
    setattr(talk().next, what, {"by_image": False}.get(what))


def _image(one: Attachment) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        thumbnail(one, "Goes with the message", SMALL)
        st.button("Remove", key=f"detach_{one.sha256}", type="tertiary", on_click=detach, args=(one.sha256,))
