"""One turn of a conversation: the words, the images that came of them, what it cost, and what can be done with it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import streamlit as st

from components.converse.attached import change, thumbnail
from components.converse.pinned import pin
from components.converse.running import awaited, running_turn_view
from components.converse.tab_state import newest_below, talk
from components.converse.turn_image import run_of
from components.form.revised import revised_prompt
from components.frame.formats import money
from components.frame.long_text import MOST, long_text
from components.frame.notice import error_notice, plain
from components.image.actions import picture_actions
from components.image.from_run import Pictured, pictures
from components.image.image import finished
from components.image.lightbox import lightbox
from components.run.attention import attention
from components.run.code_panel import code_panel
from components.run.slots import size_of
from components.state.account import session
from components.state.services import services
from components.state.widgets import MESSAGE
from triptych.conversation import Thread, Turn
from triptych.errors import ThreadForgotten, ThreadTooLong
from triptych.export import files
from triptych.inputs import FORMATS
from triptych.jobs import Job
from triptych.masks import as_sent
from triptych.request import ImageRequest
from triptych.servers import DEMO
from triptych.store.values import UNENDED

FROM_IMAGE = {ThreadForgotten.next_move, ThreadTooLong.next_move}
WIDE = 72  # pixels, of an image that went with the words
NARROW = 150  # pixels, the least width of one of several images


class Move(NamedTuple):
    """A button of a turn."""

    label: str
    icon: str
    key: str
    act: Callable[[], None]
    help: str


@dataclass(frozen=True)
class TurnPlace:
    """Where a turn stands: its thread, the turns beside it that answer the same one (it among them, the oldest first),
    and the revised prompt ``before`` it."""

    thread: Thread
    siblings: tuple[Turn, ...]
    before: str | None
    is_last: bool


def turn_view(turn: Turn, place: TurnPlace) -> None:
    """Draw what was said and the answer: live while its run goes on, else its images and what can be done next."""
    job = run_of(turn, place.thread.owner)
    here = f"turn_{_shape(job)}_{turn.id}"
    with st.container(key=here):
        with st.container(key=f"said_{turn.id}", gap="xsmall"):
            _words(turn, place)
        if job and turn.id in talk().running:  # if it has ended since, its first slice has the page drawn again
            running_turn_view(job, turn.id, here)
        else:
            _answer(turn, place, job)
            if job and place.is_last:
                attention(job, here)


def _shape(job: Job | None) -> str:
    """Width to height of its image, as style.css keeps its place."""
    width, height = size_of(job) if job else (1, 1)
    common = math.gcd(width, height)
    return f"{width // common}x{height // common}"


def _words(turn: Turn, place: TurnPlace) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap="xsmall"):
            long_text(turn.message)
        if len(place.siblings) > 1:
            _branches(turn, place)
    shown = turn.request.images
    if shown:
        with st.container(horizontal=True, gap="xsmall"):
            for number, one in enumerate(shown, start=1):
                thumbnail(one, f"Image {number} sent with the message", WIDE)


def _branches(turn: Turn, place: TurnPlace) -> None:
    """Draw ‹ 1/2 ›: the turns that answer the same one, each the beginning of a branch."""
    here = place.siblings.index(turn)
    for label, icon, step in (("Previous branch", "left", -1), ("Next branch", "right", 1)):
        if step > 0:
            st.caption(f"{here + 1}/{len(place.siblings)}", width="content")
        there = here + step
        st.button(
            label,
            key=f"branch_{icon}_{turn.id}",
            icon=f":material/chevron_{icon}:",
            type="tertiary",
            help=label,
            disabled=not 0 <= there < len(place.siblings),
            on_click=_switch,
            args=(place.thread, place.siblings[there % len(place.siblings)].id),
        )


def _switch(thread: Thread, id: str) -> None:  # noqa: A002 - the records' own word
    """Show the branch that begins there, to the newest turn at its end."""
    talk().last[thread.id] = newest_below(services().threads.turns(thread), id)


def _answer(turn: Turn, place: TurnPlace, job: Job | None) -> None:
    shown = tuple(pictures(job)) if job else ()
    if shown:
        with st.container(key=f"shown_{turn.id}"):
            _images(turn, shown)
    with st.container(key=f"facts_{turn.id}", gap="small"):
        _said(turn, place)
        _trouble(turn, place.thread, job)
        if turn.state == "done":
            st.caption(plain(_facts(turn, shown)))
        if len(shown) == 1:
            picture_actions(shown[0])
            _moves([*_of_image(turn, shown[0], 0), *_of_turn(turn, place)])
        else:
            _moves(_of_turn(turn, place))
        if place.is_last:
            _code(turn, place.thread.owner)
    if job:
        lightbox(job)


def _images(turn: Turn, shown: Sequence[Pictured]) -> None:
    """Draw the image of the turn; several beside each other, each with what can be done with it below."""
    if len(shown) == 1:
        _image(shown[0])
        return
    with st.grid(2, min_column_width=NARROW, gap="small") as cells:
        for number, one in enumerate(shown):
            with cells.cell(), st.container(gap="xsmall"):
                _image(one)
                picture_actions(one)
                _moves(_of_image(turn, one, number))


def _code(turn: Turn, owner: str) -> None:
    """Draw the panel with the turn as code."""
    account, request = session().account, turn.request
    white = account.server.mask == "white"
    code_panel(request, account, partial(_beside, request, owner, white) if request.attachments else None)


def _beside(request: ImageRequest, owner: str, white: bool) -> dict[str, bytes]:
    """What the code reads, as it is sent. KeyError: gone."""
    kept = {one.sha256: services().store.attached(one.sha256, one.format, owner) for _, one in request.attachments}
    sent = as_sent(kept, request.mask.sha256 if request.mask else None, white)
    return {name: sent[sha256] for name, sha256 in files(request).items()}


def _image(one: Pictured) -> None:
    finished(one, one.preview)
    if one.piece.stored is None:
        st.caption(":material/warning: Couldn't save this image. Download it now.")


def _said(turn: Turn, place: TurnPlace) -> None:
    if turn.answer:
        long_text(turn.answer)
    if turn.note:
        st.caption(f":material/info: {plain(turn.note)}")
    if turn.revised_prompt:
        _revised(turn, place, turn.revised_prompt)


def _revised(turn: Turn, place: TurnPlace, after: str) -> None:
    marked = "new since the last turn" if place.before else "added to your words"
    is_long = len(after) > MOST
    with st.expander(f"Revised prompt · {len(after):,} characters") if is_long else st.container():
        revised_prompt(place.before or turn.message, after, marked)


def _trouble(turn: Turn, thread: Thread, job: Job | None) -> None:
    if turn.is_fetchable or (turn.state in UNENDED and job is None):
        awaited(turn, thread)
    elif job and job.errors:
        for error in job.errors:
            error_notice(error)
    elif turn.error:
        st.error(plain(turn.error[1]), title=turn.error[0], icon=":material/error:")
    move = job.errors[0].next_move if job and job.errors else turn.error[0] if turn.error else ""
    if move in FROM_IMAGE:
        st.button(move, key=f"by_image_{turn.id}", icon=":material/image:", on_click=_from_image, args=(turn,))


def _facts(turn: Turn, shown: Sequence[Pictured]) -> str:
    """What made it, and what both meters came to: "model · medium · 1024x1024 · $0.053 image + $0.0004 text · 8 s"."""
    asked, said = turn.request, []
    if shown:
        sizes = dict.fromkeys("x".join(map(str, one.pixels)) for one in shown)
        said += [asked.model, shown[0].saved.got.get("quality", asked.quality), ", ".join(sizes)]
        said += [f"{len(shown)} images"] if len(shown) > 1 else []
    elif asked.turn:
        said += [asked.turn.text_model]
    said.append(_cost(turn, made=bool(shown)))
    if turn.seconds is not None:
        said.append(f"{turn.seconds:.1f} s")
    return " · ".join(said)


def _cost(turn: Turn, *, made: bool) -> str:
    parts = [*([f"{money(turn.image_cost)} image"] if made else []), f"{money(turn.text_cost)} text"]
    would = "would have cost " if turn.engine == DEMO.id else ""
    none = "" if made else "no image · "
    return f"{none}{would}{' + '.join(parts)}"


def _of_image(turn: Turn, one: Pictured, number: int) -> Iterator[Move]:
    """What can be done with image ``number`` of the turn, from 0."""
    key = f"{turn.id}_{number}" if number else turn.id
    if one.format in FORMATS:
        yield Move("Use this", "redo", f"use_{key}", partial(change, one), "The next message changes this image.")
        yield Move("Pin", "push_pin", f"pin_{key}", partial(pin, one), "Goes with every message as a reference.")


def _of_turn(turn: Turn, place: TurnPlace) -> Iterator[Move]:
    if turn.state == "done" and not place.is_last:
        act = partial(_branch, turn)
        yield Move("Branch", "call_split", f"fork_{turn.id}", act, "Go on from here in a new branch.")
    act = partial(_resend, turn)
    yield Move("Edit message", "edit", f"resend_{turn.id}", act, "Change the words and send them again.")


def _moves(moves: Iterable[Move]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for one in moves:
            icon = f":material/{one.icon}:"
            st.button(one.label, key=one.key, icon=icon, type="tertiary", on_click=one.act, help=one.help)


def _branch(turn: Turn) -> None:
    talk().next.after = turn.id


def _from_image(turn: Turn) -> None:
    """Put its words back into the input; they are sent with the last image, without the turns before."""
    _resend(turn)
    talk().next.by_image = True


def _resend(turn: Turn) -> None:
    """Put its words back into the input; what is sent then stands beside it, as another branch."""
    talk().next.after = turn.parent or ""
    MESSAGE.put(turn.message)
