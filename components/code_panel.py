"""The request as code that runs as it stands, in four languages."""

import streamlit as st

from triptych.export import LANGUAGES, Language
from triptych.request import ImageRequest
from triptych.servers import Account

LABELS = {language.label: language for language in LANGUAGES}


def code_panel(request: ImageRequest, account: Account) -> None:
    """Draw an expander with the code; nothing is written out before it is opened. No key is ever in it."""
    panel = st.expander("Code", icon=":material/code:", key="code_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        chosen = st.segmented_control(
            "Language", LABELS, default=LANGUAGES[0].label, required=True, key="code_language"
        )
        _code(LABELS[chosen], request, account)


def _code(language: Language, request: ImageRequest, account: Account) -> None:
    code = language.write(request, account.base_url or None, account.server)
    st.code(code, language=language.highlight, wrap_lines=True)
    st.download_button(
        "Download",
        code,
        f"picture{language.file_suffix}",
        "text/plain",
        key="code_download",
        on_click="ignore",
        icon=":material/download:",
    )
    st.caption("It reads the key from the environment variable OPENAI_API_KEY.")
