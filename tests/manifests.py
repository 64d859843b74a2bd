"""AppTest without what slows it: to look up all that is installed for each tab, to compile, to ask whether it ended."""

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner


@pytest.fixture(scope="session", autouse=True)
def manifests() -> Iterator[None]:
    """What is installed stays so while tests run, and so does the code of a page, which a server keeps too."""
    compiled = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: compiled)
        patch.setattr(local_script_runner, "require_widgets_deltas", ended)
        yield


def ended(runner: LocalScriptRunner, timeout: float = 3) -> None:
    """Wait for the end of a run, as AppTest does, which asks a thousand times a second whether it is there.

    After so many seconds it asks once more and raises what it raises.
    """
    thread = runner._script_thread
    assert thread
    thread.join(timeout)
    asked(runner, 0 if thread.is_alive() else timeout)


asked = local_script_runner.require_widgets_deltas
