"""Finished pictures, each where it was drawn, and under them what they cost and took beside what was estimated."""

from decimal import Decimal

import streamlit as st

from components.frame.formats import money, span
from components.frame.notice import plain
from components.image.actions import picture_actions
from components.image.from_run import Pictured
from components.image.image import finished, no_preview
from components.image.lightbox import lightbox
from components.run.slots import Slot, grid, shape_of, slots, stage
from triptych.jobs import Job
from triptych.parameters import pixels
from triptych.servers import DEMO


def gallery(job: Job, place: str) -> None:
    """Draw every image of ``job``, which has ended, with what can be done with it, and what all of them cost.

    ``place`` is the same for all runs that follow each other in one place of the page.
    """
    places = tuple(slots(job))
    with grid(job, len(places), place) as cells:
        for slot in places:
            with cells.cell(), st.container(gap="xsmall", key=shape_key(slot, place)):
                if shown := slot.pictured:
                    if tile(shown):
                        _damage(shown)
                    with st.container(key=f"below_{place}_{slot.number}"):
                        picture_actions(shown)
                else:
                    _missing(slot)
    stage_caption(job, place)
    _demo_note(job)
    outcome(job)
    lightbox(job)


def shape_key(slot: Slot, place: str) -> str | None:
    """The key by which style.css knows the shape of an image whose size the model chose."""
    is_chosen = slot.pictured and pixels(slot.job.request.size) is None
    return f"chosen_{shape_of(slot.pictured.pixels)}_{place}_{slot.number}" if slot.pictured and is_chosen else None


def tile(shown: Pictured) -> bool:
    """Draw one finished image, and a warning where it could not be saved; whether it stands there by its own bytes."""
    own = shown.own()  # read once: it may come from a bucket
    finished(shown, (lambda: own) if own else shown.preview)
    if shown.piece.stored is None:
        st.caption(":material/warning: Couldn't save this image. Download it now.")
    return bool(own)


def _damage(shown: Pictured) -> None:
    """Say under an image that stands there by its own bytes that they are damaged: a browser shows what it can."""
    try:
        shown.preview()
    except KeyError:
        return  # it has been deleted meanwhile
    except ValueError as reason:
        st.caption(no_preview(reason))


def stage_caption(job: Job, place: str) -> None:
    """Draw one line on what made the images of ``job``, or is making them: its prompt, as far as there is room, and
    model, quality, size, dollars and seconds.
    """
    asked = job.request
    facts = [asked.model, asked.quality, asked.size, _price(job)]
    if job.done:
        facts.append(f"{job.seconds:.1f} s")
    with st.container(key=f"stage_caption_{place}", horizontal=True, gap="xsmall"):
        if asked.prompt.strip():
            st.caption(plain(asked.prompt), wrap=False)
        st.caption(plain(" · ".join(str(fact) for fact in facts if fact)), width="content")


def _demo_note(job: Job) -> None:
    """Say under the images which words of the prompt the demo could not draw."""
    if job.server.id == DEMO.id and job.saved and job.request.endpoint == "generations":
        from triptych.engine.beside import beside

        if said := beside(job.request.prompt):
            st.caption(plain(said))


def _price(job: Job) -> str:
    if job.cached:
        return "no charge"
    if job.saved:
        return money(total(job))
    return "price unknown" if job.cost.dollars is None else f"about {money(job.cost.dollars)}"


def outcome(job: Job) -> None:
    """Draw the metrics "Actual cost" and "Actual time", each with its estimate."""
    before = money(job.cost.dollars)
    free = "" if job.server.charged else "what it would have cost · "
    if any(saved.got.get("doubt") and saved.dollars is not None for saved in job.saved):
        free += "upper end of the estimate (the server's token counts are doubtful) · "
    should = span(job.should)
    with st.container(horizontal=True, gap="medium"):
        _metric("Actual cost", _paid(job), f"{free}estimated {before}")
        _metric("Actual time", f"{job.seconds:.1f} s", f"estimated {should}")


def total(job: Job) -> Decimal | None:
    """Dollars of all answers of ``job``, None as soon as one is unknown."""
    known = [saved.dollars for saved in job.saved if saved.dollars is not None]
    return sum(known, Decimal(0)) if len(known) == len(job.saved) else None


def _paid(job: Job) -> str:
    dollars = money(total(job))
    open_end = total(job) is not None and any(error.may_be_charged for error in job.errors)
    return f"at least {dollars}" if open_end else dollars


def _metric(label: str, value: str, estimated: str) -> None:
    with st.container(width="content", gap="xxsmall"):
        st.metric(label, value, width="content")
        st.caption(plain(estimated))


def _missing(slot: Slot) -> None:
    stage(slot)
    st.caption(":material/error: Not generated. See below.")
