"""The rows as files and code for the Batch API, to be run without the playground."""

import zipfile
from collections.abc import Mapping
from functools import partial
from typing import IO

import streamlit as st

from components.batch.draft import Draft
from components.batch.half_price import at_half_price
from components.batch.tab_state import BatchTab
from components.image.downloads import made_file
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from triptych.export.batch_code import BATCH_LANGUAGES, batch_files, inputs, jsonl
from triptych.request import ImageRequest
from triptych.servers import Server

OPEN = Widget[bool]("batch_code", first=False)


def batch_code(draft: Draft) -> None:
    """Draw an expander with the code; nothing is written out before it is opened. No key is ever in it."""
    if not at_half_price() or draft.plan is None or not draft.plan.requests:
        return
    panel = st.expander("Code", icon=":material/code:", key=OPEN.key, on_change="rerun")
    if not panel.open:
        return
    account = session().account
    requests = {f"{row}-{repeat}" if repeat else row: one for (row, repeat), one in draft.plan.requests.items()}
    with panel:
        first = next(iter(BATCH_LANGUAGES))
        chosen = st.segmented_control(
            "Language", [*BATCH_LANGUAGES], default=first, required=True, key="batch_code_language"
        )
        suffix, colours, write = BATCH_LANGUAGES[chosen]
        code = write(requests, account.base_url or None, account.server)
        st.code(code, language=colours, wrap_lines=True)
        st.download_button(
            "Download with its files",
            partial(_zipped, f"batch{suffix}", code, requests, account.server),
            "triptych-batch-api.zip",
            "application/zip",
            key="batch_code_download",
            on_click="ignore",
            icon=":material/download:",
        )
        st.caption("It reads the key from the environment variable OPENAI_API_KEY.")


def _zipped(name: str, code: str, requests: Mapping[str, ImageRequest], server: Server) -> bytes:
    def write(out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, code)
            for file in batch_files(requests, server):
                with archive.open(file.name, "w") as lines:
                    lines.writelines(jsonl(file, requests, server))
            for beside, (sha256, _) in inputs(requests).items():
                archive.writestr(beside, _input(sha256, requests))

    return made_file(write)


def _input(sha256: str, requests: Mapping[str, ImageRequest]) -> bytes:
    """The bytes of an image that a row names: uploaded, made here, or of the owner's history."""
    here = tab(BatchTab)
    if data := {**here.files, **here.images.made}.get(sha256):
        return data
    one = next(one for each in requests.values() for _, one in each.attachments if one.sha256 == sha256)
    return services().store.attached(sha256, one.format, session().owner)
