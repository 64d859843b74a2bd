"""What the votes say: the one sentence, the ranking with what a win costs, and the frontier."""

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.state.services import services
from triptych.experiment import Grid
from triptych.experiment.ranking import Point, Ranking, Standing, frontier, ranking
from triptych.experiment.votes import entrants, tally

HEIGHT = 300  # pixels
WORTH, BEATEN = "#3f6fd6", "#8c8c8c"  # told apart on white and on black, and by shape too
NONE = "–"
SIDES: dict[Literal["left", "right"], int] = {
    "left": 8,
    "right": -8,
}  # where a name is aligned, and pixels to its point


def verdict(grid: Grid) -> None:
    """Draw what all votes on the comparison add up to."""
    ranked = ranking(tally(entrants(grid.states), services().grids.ballots(grid)))
    if not ranked.standings:
        st.info("Nothing to vote on yet. Run the comparison first.", icon=":material/info:")
        return
    _sentence(ranked)
    _table(ranked)
    _equals(ranked)
    if any(one.votes for one in ranked.standings):
        with st.grid(2, min_column_width=360) as cells:
            for by, title, unit in AXES:
                with cells.cell():
                    _chart(frontier(ranked, by), by, title, unit)


AXES: tuple[tuple[Literal["dollars", "seconds"], str, str], ...] = (
    ("dollars", "Dollars per image", "$.3~f"),
    ("seconds", "Seconds per image", ".1~f"),
)
KINDS = {  # what is worth it, and what is not
    "dollars": ("Worth its price", "Another is as good for less"),
    "seconds": ("Worth its time", "Another is as good and faster"),
}


def _sentence(ranked: Ranking) -> None:
    advice = ranked.advice
    if not any(one.votes for one in ranked.standings):
        st.info(
            "No votes yet. Vote on some pairs to see which tier is worth its price.",
            icon=":material/how_to_vote:",
        )
    elif advice.enough:
        st.success(plain(advice.sentence), icon=":material/verified:")
    else:
        st.info(plain(advice.sentence), icon=":material/hourglass_bottom:")


def _table(ranked: Ranking) -> None:
    every = ranked.standings
    with st.container(key="compare_tiers"):
        _tiers(every)
    st.caption(
        "Strength is in log\\-odds by Bradley–Terry, with its 95 % interval: a lead of 1 means winning 73 % of pairs. "
        "Cost per win is the price of an image divided by the share of pairs it wins."
    )


def _tiers(every: Sequence[Standing]) -> None:
    st.table(
        {
            "Tier": [plain(one.label) for one in every],
            "Strength": [_strength(one) for one in every],
            "Win rate": [NONE if one.win_rate is None else f"{one.win_rate:.0%}" for one in every],
            "Votes": [f"{one.votes:,}" for one in every],
            "Both bad": [f"{one.bad:,}" for one in every],
            "Per image": [plain(money(one.dollars)) for one in every],
            "Per win": [plain(money(one.cost_per_win)) if one.cost_per_win is not None else NONE for one in every],
            "Time": [f"{one.seconds:.1f} s" if one.seconds is not None else NONE for one in every],
        },
        border="horizontal",
        hide_index=True,
        alt="Tiers by strength, the strongest first",
    )


def _equals(ranked: Ranking) -> None:
    if ranked.equals:
        with st.expander(f"Tiers at the same price · {len(ranked.equals)}", icon=":material/balance:"):
            for line in ranked.equals:
                st.caption(plain(line))


def _strength(one: Standing) -> str:
    return f"{one.strength:+.2f} ± {(one.high - one.low) / 2:.2f}" if one.votes else NONE


def _chart(points: tuple[Point, ...], by: Literal["dollars", "seconds"], title: str, unit: str) -> None:
    if not points:
        return
    rows, (worthwhile, beaten) = _rows(points, by), KINDS[by]
    base = alt.Chart(alt.InlineData(values=rows))
    x = alt.X("Price:Q", title=title, axis=alt.Axis(format=unit, tickCount=5), scale=alt.Scale(zero=True, nice=True))
    colour = alt.Color(
        "Worth:N",
        title=None,
        scale=alt.Scale(domain=[worthwhile, beaten], range=[WORTH, BEATEN]),
        legend=alt.Legend(orient="top", direction="vertical", labelLimit=300),
    )
    shape = alt.Shape("Worth:N", title=None, scale=alt.Scale(domain=[worthwhile, beaten], range=["circle", "cross"]))
    worthy = base.transform_filter(f"datum.Worth == '{worthwhile}'")
    bars = base.mark_rule(color=BEATEN, opacity=0.6).encode(x=x, y=alt.Y("Low:Q", title="Strength"), y2="High:Q")
    edge = worthy.mark_line(color=WORTH, opacity=0.5).encode(x=x, y="Strength:Q", order="Price:Q")
    tips = [
        "Tier:N",
        alt.Tooltip("Price:Q", title=title, format=unit),
        alt.Tooltip("Strength:Q", format="+.2f"),
        "Why:N",
    ]
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=x, y="Strength:Q", color=colour, shape=shape, tooltip=tips
    )
    names = (
        worthy.transform_filter(alt.datum.Side == side)
        .mark_text(align=side, dx=distance, dy=-8, color=BEATEN)
        .encode(x=x, y="Strength:Q", text="Tier:N")
        for side, distance in SIDES.items()
    )
    worth = ", ".join(str(row["Tier"]) for row in rows if row["Worth"] == worthwhile)
    st.altair_chart(
        alt.layer(bars, edge, dots, *names).properties(height=HEIGHT),
        alt=f"Strength against {title.lower()}; {worthwhile.lower()}: {worth}",
    )


def _rows(points: tuple[Point, ...], by: Literal["dollars", "seconds"]) -> list[dict[str, Any]]:
    """What the chart is made of. The name of a point stands on the side on which there is room for it."""
    rows = [_row(point, by) for point in points]
    dearest = max(row["Price"] for row in rows)
    return [{**row, "Side": "right" if 2 * row["Price"] > dearest else "left"} for row in rows]


def _row(point: Point, by: Literal["dollars", "seconds"]) -> dict[str, Any]:
    one, other = point.standing, point.dominated_by
    return {
        "Tier": one.label,
        "Price": float(getattr(one, by)),
        "Strength": one.strength,
        "Low": one.low,
        "High": one.high,
        "Worth": KINDS[by][other is not None],
        "Why": f"{other.label}: {KINDS[by][1].lower()}" if other else KINDS[by][0],
    }
