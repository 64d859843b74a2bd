"""The request as code that runs as it stands: a script, or a service that makes images."""

import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from typing import IO

import streamlit as st

from components.image.downloads import made_file
from components.run.share import share_link
from components.state.tab import Widget
from triptych.export import LANGUAGES, Language
from triptych.export.turn_code import TURN_LANGUAGES
from triptych.request import ImageRequest
from triptych.request.link import shareable
from triptych.servers import Account

OPEN = Widget[bool]("code_panel", first=False)
Beside = Callable[[], Mapping[str, bytes]]


def code_panel(request: ImageRequest, account: Account, beside: Beside | None = None) -> None:
    """Show an expander with the code; nothing is written out before it is opened. No key is ever in it.

    ``beside`` gives, when it is downloaded, the files that the code reads, by name.
    """
    panel = st.expander("Code", icon=":material/code:", key=OPEN.key, on_change="rerun")
    if not panel.open:
        return
    with panel:
        sent = request.at(account.server)
        labels = {language.label: language for language in (TURN_LANGUAGES if sent.turn else LANGUAGES)}
        chosen = st.segmented_control(
            "Language", labels, default=next(iter(labels)), required=True, key="code_language"
        )
        _code(labels[chosen], sent, account, beside)


def _code(language: Language, request: ImageRequest, account: Account, beside: Beside | None) -> None:
    code = language.write(request, account.base_url or None, account.server)
    st.code(code, language=language.highlight, wrap_lines=True)
    name = f"image{language.file_suffix}"
    st.download_button(
        "Download with its images" if beside else "Download",
        partial(_zipped, name, code, beside) if beside else code,
        f"{'turn' if request.turn else 'edit'}.zip" if beside else name,
        "application/zip" if beside else "text/plain",
        key="code_download",
        on_click="ignore",
        icon=":material/download:",
    )
    st.caption("The code reads your key from the environment variable OPENAI_API_KEY.")
    if not request.turn:  # no page opens a link to one
        share_link(shareable(request).to_json())


def _zipped(name: str, code: str, beside: Beside) -> bytes:
    def write(out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w") as archive:  # images do not shrink
            for each, data in {name: code.encode(), **beside()}.items():
                archive.writestr(each, data)

    return made_file(write)
