"""The history in and out as files: images imported, a backup of everything, and the space it takes."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.frame.news import tell
from components.frame.notice import plain
from components.history.tab_state import HistoryTab
from components.image.downloads import made_file
from components.state.access import administrators_only, is_administrator, who_administers
from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from triptych.budget import today
from triptych.errors import BadFile, Refused
from triptych.store.transfer.transfer import Imported

ZIP = b"PK\x03\x04"  # how one begins, whatever its name
MOST_MB = 200  # of a file that is imported
MOST_BACKUP_MB = 4096  # of a backup, which Streamlit holds in memory while it is read


def history_files() -> None:
    """Draw the ways in and out, closed at first; backups are of everybody's records, so they are administrators'."""
    with st.expander("Import, backup and space", icon=":material/save:", key="history_files", on_change="rerun") as box:
        if box.open:
            _import()
            if is_administrator():
                _backup()
            else:
                st.caption(plain(f"Backup and restore: {who_administers()}"))
            _space()


def _import() -> None:
    files = st.file_uploader(
        "Import images",
        accept_multiple_files=True,
        key=f"history_import_{tab(HistoryTab).uploads}",
        max_upload_size=MOST_MB,
        help="ZIP files and sidecars from Triptych, and images from other programs with the settings they carry.",
    )
    st.button("Import", key="history_take", icon=":material/upload:", disabled=not files, on_click=_take, args=(files,))


def _backup() -> None:
    left, right = st.columns(2)
    with left:
        st.download_button(
            "Back up everything",
            partial(made_file, services().store.transfer.backup),
            f"triptych-backup-{datetime.now(UTC):%Y-%m-%d}.zip",
            "application/zip",
            key="history_backup",
            on_click="ignore",
            icon=":material/download:",
            help="Records, images and sidecars of everyone who shares this history, in one file.",
        )
        st.caption(
            "One file with everything, made when you click. For a large history, run `triptych backup FILE` on "
            "the server."
        )
    with right:
        file = st.file_uploader(
            "Restore a backup",
            "zip",
            key=f"history_restore_file_{tab(HistoryTab).uploads}",
            max_upload_size=MOST_BACKUP_MB,
        )
        st.button(
            "Restore",
            key="history_restore_backup",
            icon=":material/settings_backup_restore:",
            disabled=not file,
            on_click=_restore,
            args=(file,),
            help="Adds what is missing here and changes nothing.",
        )


def _space() -> None:
    taken = services().store.room.taken()
    space, local = taken.space, taken.at.astimezone(today()[1])
    free = f"; {_size(space.free)} free" if space.free is not None else ""
    st.caption(
        plain(
            f"{space.pictures:,} image files use {_size(space.originals)}, their previews {_size(space.thumbnails)}"
            f"{free}. Counted at {local:%H:%M}, at most once an hour."
        )
    )
    if taken.orphans:
        st.caption(
            f":material/help: {taken.orphans:,} files belong to no record. They are kept, and can be imported as a ZIP."
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 10**9 else f"{count / 1e6:.1f} MB"


def _take(files: list[UploadedFile]) -> None:
    """Import each file; one that cannot be imported is named and keeps no other from it."""
    done = [_outcome(file) for file in files]
    new, known = (sum(len(each.ids) for each, _ in done), sum(each.known for each, _ in done))
    again = f", {known:,} already there" if known else ""
    trouble = [refused for _, refused in done if refused]
    tab(HistoryTab).uploads += 1
    tell(BadFile(f"{new:,} imported{again}. {' '.join(trouble)}") if trouble else f"{new:,} imported{again}.")


def _outcome(file: UploadedFile) -> tuple[Imported, str | None]:
    try:
        return _taken(file), None
    except Refused as error:
        return Imported(), f"{file.name}: {error.message}"


def _taken(file: UploadedFile) -> Imported:
    transfer, owner = services().store.transfer, session().owner
    kind, begins = Path(file.name).suffix.lower(), file.getvalue()[: len(ZIP)]
    if kind == ".zip" or begins == ZIP:
        return transfer.import_zip(owner, file)
    take = transfer.import_sidecar if kind == ".json" or begins[:1] == b"{" else transfer.import_png
    return take(owner, file.getvalue())


def _restore(file: UploadedFile) -> None:
    try:
        administrators_only()
        brought = services().store.transfer.restore(file)
    except Refused as error:
        tell(error)
        return
    tab(HistoryTab).uploads += 1
    tell(f"Restored {brought:,} missing rows and files.")
