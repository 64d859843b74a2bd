"""Every model with its dates and rates, what each accepts, and where each fact comes from."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import streamlit as st

from components.frame.notice import plain
from components.state.account import session
from components.state.tab import Widget
from triptych.catalog import MODELS
from triptych.model import COUNTDOWN_DAYS, Model
from triptych.servers import Listing, drawing_ids
from triptych.text_models import TEXT_MODELS

NOT_TAKEN = "–"
UNKNOWN = "unknown"
PRICE_UNKNOWN = "price unknown"
NARROW = "\N{NO-BREAK SPACE}"
OVERRIDE = "TRIPTYCH_CATALOG"  # the source that read_overrides gives
ALSO = ("complexity", "moderation", "output_compression", "frame_count")
SOURCES_OF = Widget[str]("source_of", next(iter(MODELS)))
FACTS = {
    "label": "Name",
    "released": "Released",
    "shuts_down": "Retires",
    "replaced_by": "Replaced by",
    "sizes": "Sizes",
    "options": "Options",
    "rates": "Rates",
    "tokens": "Token rule",
    "prices": "Listed prices",
    "batched": "Batch API",
}


def dates_table() -> None:
    """Draw every model with its dates, its replacement and its rates; retired ones are grey."""
    today, listing = datetime.now(UTC).date(), session().listing
    rows = {name: _dates(entry, today, listing) for name, entry in MODELS.items()}
    table(rows, today, "Every model with its dates, replacement and rates")
    st.caption("Rates are US dollars per million tokens.")
    if changed := [plain(name) for name, entry in MODELS.items() if OVERRIDE in entry.sources.values()]:
        st.caption(f":material/edit_note: Added or changed by TRIPTYCH\\_CATALOG: {', '.join(changed)}.")
    _strangers(listing)


def takes_table() -> None:
    """Draw what each model accepts."""
    rows = {name: _takes(entry) for name, entry in MODELS.items()}
    table(rows, datetime.now(UTC).date(), "What each model accepts")
    rule = next(entry.sizes for entry in MODELS.values() if entry.sizes.any_size)
    st.caption(
        f"Any size within limits: both edges multiples of {rule.multiple}, the longer at most {rule.longest:,} pixels "
        f"and {rule.ratio} times the shorter, {rule.fewest:,} to {rule.most:,} pixels in total."
    )


def sources_table() -> None:
    """Draw one model's facts with the source of each."""
    entry = MODELS[st.selectbox("Model", tuple(MODELS), key=SOURCES_OF.begin(), width=360)]
    facts = {**_takes(entry), **_dates(entry, datetime.now(UTC).date(), None)}
    said = {
        "label": entry.label,
        "released": facts["Released"],
        "shuts_down": facts["Retires"],
        "replaced_by": facts["Replaced by"],
        "sizes": facts["Sizes"],
        "options": "; ".join(f"{name.lower()} {facts[name]}" for name in ("Qualities", "Backgrounds", "Formats")),
        "rates": f"text in {facts['Text in']}, image in {facts['Image in']}, image out {facts['Image out']}",
        "tokens": ((entry.tokens.doubt and plain(entry.tokens.doubt)) or "as published") if entry.tokens else UNKNOWN,
        "prices": "for each quality and shape" if entry.prices else NOT_TAKEN,
        "batched": {True: "supported", False: "not supported", None: UNKNOWN}[entry.batched],
    }
    names = [name for name in said if entry.sources.get(name)]
    st.table(
        {
            "Fact": [FACTS[name] for name in names],
            "Value": [said[name] for name in names],
            "Source": [plain(entry.sources[name]) for name in names],
        },
        border="horizontal",
        hide_index=True,
        alt=f"The facts known of {entry.id} and the source of each",
    )


def text_models_table() -> None:
    """Draw the text models, which write words and no images, with what their tokens cost and who says so."""
    known = TEXT_MODELS.values()
    st.table(
        {
            "Text model": [plain(one.id) for one in known],
            "Text in": [_rate(one.text_in) if one.is_priced else PRICE_UNKNOWN for one in known],
            "Text out": [_rate(one.text_out) if one.is_priced else PRICE_UNKNOWN for one in known],
            "Source": [plain(one.sources.get("rates", "none found")) for one in known],
        },
        border="horizontal",
        hide_index=True,
        alt="The text models with their rates and where these come from",
    )
    st.caption(
        "They lead a conversation on Converse and rewrite prompts on request. Rates are US dollars per million tokens. "
        "Where the price is unknown, no estimate is shown, and a spending cap asks before such a run."
    )


def table(rows: Mapping[str, Mapping[str, str]], today: date, alt: str) -> None:
    """Draw ``rows`` by model id, those of retired models grey. The cells are Markdown of ours."""
    columns = tuple(next(iter(rows.values())))
    cells = {column: [_shade(row[column], MODELS[name], today) for name, row in rows.items()] for column in columns}
    names = [_shade(plain(name), MODELS[name], today) for name in rows]
    st.table({"Model": names, **cells}, border="horizontal", hide_index=True, alt=alt)


def _shade(text: str, entry: Model, today: date) -> str:
    return f":gray[{text}]" if entry.retired(today) else text


def _dates(entry: Model, today: date, listing: Listing | None) -> dict[str, str]:
    rates = entry.rates
    listed = {"On this server": "yes" if entry.id in listing.ids else "no"} if listing and not listing.error else {}
    return {
        "Released": _day(entry.released) if entry.released else UNKNOWN,
        "Retires": shutdown(entry, today, listing.shuts_down(entry.id) if listing else None),
        "Replaced by": plain(entry.replaced_by) if entry.replaced_by else NOT_TAKEN,
        "Text in": _rate(rates.text_in),
        "Image in": _rate(rates.image_in),
        "Image out": _rate(rates.image_out),
        **listed,
    }


def shutdown(entry: Model, today: date, said: date | None) -> str:
    """When the model ends, as Markdown, with a countdown in words; ``said`` is the server's date where it says one."""
    day = said or entry.shuts_down
    if day is None:
        return "no date"
    if day <= today:
        return f"{_day(day)}{NARROW}·{NARROW}retired"
    left = (day - today).days
    soon = f"in{NARROW}{left}{NARROW}days" if left > 1 else "tomorrow"
    return f":orange[{_day(day)} · {soon}]" if left <= COUNTDOWN_DAYS else _day(day)


def _day(day: date) -> str:
    return f"{day:%b}{NARROW}{day.day},{NARROW}{day.year}"


def _takes(entry: Model) -> dict[str, str]:
    parameters = entry.parameters
    also = [parameters[name].label.lower() for name in ALSO if name in parameters]
    return {
        "Qualities": _options(entry, "quality"),
        "Sizes": _sizes(entry),
        "Backgrounds": _options(entry, "background"),
        "Formats": _options(entry, "output_format") if "output_format" in entry.options else "png",
        "Images at once": f"1–{entry.most_images}" if entry.most_images > 1 else "1",
        "Streams": "yes" if entry.streams else "no",
        "Also accepts": ", ".join(also) or NOT_TAKEN,
    }


def _sizes(entry: Model) -> str:
    return "any within limits" if entry.sizes.any_size else ", ".join(entry.sizes.presets)


def _options(entry: Model, name: str) -> str:
    return ", ".join(entry.options.get(name, ())) or NOT_TAKEN


def _rate(dollars: Decimal | None) -> str:
    return f"{dollars:.2f}" if dollars is not None else UNKNOWN


def _strangers(listing: Listing | None) -> None:
    """Ids that only the server knows."""
    if listing is None:
        return
    names = [name for name in drawing_ids(session().account.server, listing.ids) if name not in MODELS]
    if not names:
        return
    st.caption("Also on this server, price unknown:")
    ends = [listing.shuts_down(name) for name in names]
    st.table(
        {
            "Model": [plain(name) for name in names],
            "Price": [PRICE_UNKNOWN] * len(names),
            "Retires": [_day(day) if day else "no date" for day in ends],
        },
        border="horizontal",
        hide_index=True,
        alt="Models that only this server lists; their prices are unknown",
    )
