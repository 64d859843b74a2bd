"""The limits this process runs under, each with the environment variable that sets it."""

import streamlit as st

from components.frame.notice import plain
from components.state.access import only_visitor
from triptych.settings import settings


def limits_table() -> None:
    """Draw the limits. Where others visit too, no path of this machine is shown."""
    chosen = settings()
    rate = chosen.images_per_minute
    overrides = _path(str(chosen.catalog)) if chosen.catalog else "nothing"
    rows = (
        ("Images and logs", _path(str(chosen.home)), "TRIPTYCH_HOME"),
        ("Requests at once", f"{chosen.max_concurrency}", "TRIPTYCH_MAX_CONCURRENCY"),
        ("Images per minute", f"{rate:g}" if rate else "no limit", "TRIPTYCH_IMAGES_PER_MINUTE"),
        ("Models and rates changed by", overrides, "TRIPTYCH_CATALOG"),
        ("A day ends at midnight in", chosen.timezone or "this machine's time zone", "TRIPTYCH_TIMEZONE"),
    )
    st.table(
        {
            "Setting": [what for what, _, _ in rows],
            "Value": [plain(now) for _, now, _ in rows],
            "Set by": [f"`{variable}`" for _, _, variable in rows],
        },
        border="horizontal",
        hide_index=True,
        alt="The limits in force and the environment variables that set them",
    )
    st.caption("Read at startup from the environment or a .env file in the working directory.")


def _path(path: str) -> str:
    return path if only_visitor() else "set on the server"
