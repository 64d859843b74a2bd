"""Before money is spent: the first rows as they will be sent, what is wrong with others, and the price by model."""

from functools import partial
from itertools import islice

import streamlit as st

from components.batch.draft import Draft
from components.frame.formats import duration, money
from components.frame.notice import plain
from triptych.batch import Plan
from triptych.batch.results import problems_csv
from triptych.request import ImageRequest

ROWS = 5  # of the preview
NAMED = 20  # problems on the page; all of them are in the file
SETTINGS = {
    "model": "Model",
    "size": "Size",
    "quality": "Quality",
    "n": "Images",
    "background": "Background",
    "output_format": "Format",
}


def batch_preview(draft: Draft) -> None:
    """Draw all of it, where there are rows."""
    plan = draft.plan
    if plan is None:
        return
    _problems(plan, folded=draft.own is not None)  # what came of the others is the larger thing then
    _notes(plan)
    if draft.own is None and plan.requests:
        _first_rows(plan)
    if draft.coming and len(draft.coming) > 2:  # noqa: PLR2004 - the whole, and one model
        _by_model(draft)


def _first_rows(plan: Plan) -> None:
    some = [*islice((row for row in plan.rows if row.request), ROWS)]
    frame = {
        "Row": [row.number for row in some],
        "Prompt": [row.request.prompt for row in some if row.request],
        **{head: [_told(row.request, name) for row in some if row.request] for name, head in SETTINGS.items()},
    }
    if any(row.request and row.request.images for row in some):
        frame["Inputs"] = [_inputs(row.request) for row in some if row.request]
    left = len(plan.requests) - len(some)
    st.caption(f"As they will be sent{f', and {left:,} more' if left > 0 else ''}")
    st.dataframe(frame, hide_index=True, height="content", key="batch_preview", alt="The first rows as they are sent")


def _told(request: ImageRequest, name: str) -> str:
    value = getattr(request, name)
    return "" if value is None else str(value)


def _inputs(request: ImageRequest) -> str:
    mask = " and a mask" if request.mask else ""
    return f"{len(request.images)} image{'s' * (len(request.images) != 1)}{mask}" if request.images else ""


def _problems(plan: Plan, *, folded: bool) -> None:
    if not plan.problems:
        return
    rows = len({one.row for one in plan.problems})
    title = f"{rows:,} row{'s' * (rows != 1)} can't be run; the rest can"
    if not plan.requests:
        title = "No row can be run"
    opened = rows <= NAMED and not folded
    with st.expander(title, icon=":material/warning:", expanded=opened, key=f"batch_problems_{opened}"):
        st.dataframe(
            {
                "Row": [one.row or None for one in plan.problems[:NAMED]],
                "Column": [one.column for one in plan.problems[:NAMED]],
                "What to change": [one.sentence for one in plan.problems[:NAMED]],
            },
            hide_index=True,
            height="content",
            key="batch_problem_rows",
            alt="Problems by row and column",
        )
        if len(plan.problems) > NAMED:
            st.caption(f"Showing the first {NAMED} of {len(plan.problems):,}. Download the file to see all.")
        st.download_button(
            "Download problems as CSV",
            partial(problems_csv, plan.problems),
            "batch-problems.csv",
            "text/csv",
            key="batch_problems_csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _notes(plan: Plan) -> None:
    for one in plan.notes[:3]:
        st.caption(f":material/info: {plain(f'Row {one.row}: ' * bool(one.row) + one.sentence)}")


def _by_model(draft: Draft) -> None:
    st.dataframe(
        {
            "Model": [name for name in draft.coming or {} if name],
            "Rows": [one.drawings for name, one in (draft.coming or {}).items() if name],
            "Estimated cost": [
                money(one.dollars if one.unknown < one.drawings else None)
                for name, one in (draft.coming or {}).items()
                if name
            ],
            "Estimated time": [duration(one.seconds) for name, one in (draft.coming or {}).items() if name],
        },
        hide_index=True,
        height="content",
        key="batch_by_model",
        alt="Estimated cost and time by model",
    )
