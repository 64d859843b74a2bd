"""Images and downloads stay where the browser finds them for a while after the page that has them began anew."""

import time
from functools import wraps

from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx

LASTS = 60.0  # seconds a file stays after a page last needed it: longer than any page takes to be drawn
MOST = 16 << 20  # bytes of such files; what has no room beside newer ones goes at once


def keep_media() -> None:
    """Have a file of Streamlit's stay for ``LASTS`` seconds after the last page let go of it.

    Streamlit lets go of all that a tab shows as it begins to draw the tab's page, and takes it up again image by
    image; whatever no tab holds when a run of any tab ends, it deletes. An image that the browser came for between the
    two was not found, and its element, whose address never changed, stayed empty for good. What may be deleted is
    asked of one method, which has no public name.

    Nor does a run let go of anything as it begins: where its callback has only parts of the page drawn, the images of
    the others are shown on. A page lets go itself when all of it is drawn, with `let_go`.

    What a download button would make when it is clicked stays as long: of a button that was drawn anew, which the
    browser has yet to be told, the click would bring nothing. One that is drawn disabled makes nothing any more.
    """
    inactive = MediaFileManager._get_inactive_file_ids  # noqa: SLF001
    if getattr(inactive, "lasts", False):
        return

    @wraps(inactive)
    def lasting(self: MediaFileManager) -> set[str]:
        return _over(self, inactive(self))

    def unmade(self: MediaFileManager) -> None:
        held = {file for files in self._files_by_session_and_coord.values() for file in files.values()}
        now = time.monotonic()
        for file, since in _since(self, "unmade_since", self._deferred_callables.keys() - held).items():
            if now - since >= LASTS:
                self._drop_deferred_id(file)

    clear = MediaFileManager.clear_session_refs

    @wraps(clear)
    def cleared(self: MediaFileManager, session_id: str | None = None) -> None:
        if session_id is not None:  # a run that begins names none
            clear(self, session_id)

    lasting.lasts = True  # type: ignore[attr-defined]
    MediaFileManager._get_inactive_file_ids = lasting  # type: ignore[method-assign]  # noqa: SLF001
    MediaFileManager._remove_orphaned_deferred_callables = unmade  # type: ignore[method-assign]  # noqa: SLF001
    MediaFileManager.clear_session_refs = cleared  # type: ignore[method-assign]


def let_go() -> None:
    """Let go of all files that the tab's page shows: it is drawn anew, and takes up again what it needs."""
    running = get_script_run_ctx()
    if running and runtime.exists():
        runtime.get_instance().media_file_mgr.clear_session_refs(running.session_id)


def _over(manager: MediaFileManager, inactive: set[str]) -> set[str]:
    """Those of the ``inactive`` files that may go. Streamlit holds its lock meanwhile."""
    now, since = time.monotonic(), _since(manager, "inactive_since", inactive)
    kept, left = set[str](), MOST
    for file in sorted(inactive, key=since.__getitem__, reverse=True):  # the newest first
        size = _size(manager, file)
        if size <= left and now - since[file] < LASTS:
            kept.add(file)
            left -= size
    return inactive - kept


def _since(manager: MediaFileManager, kind: str, files: set[str]) -> dict[str, float]:
    """From when on each of ``files`` has been held by no page without a break."""
    now, before = time.monotonic(), vars(manager).get(kind, {})
    since = vars(manager)[kind] = {file: before.get(file, now) for file in files}
    return since


def _size(manager: MediaFileManager, file: str) -> int:
    """How many bytes it has; none where it does not lie in memory."""
    storage = manager._storage  # noqa: SLF001
    return storage.get_file(file).content_size if isinstance(storage, MemoryMediaFileStorage) else 0
