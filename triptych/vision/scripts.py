"""Which writing systems can be read on this machine: those of PP-OCR's own alphabet, and Tesseract's language packs."""

import io
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from PIL import Image

from triptych.errors import NotInstalled
from triptych.vision.needs import package, session

RECOGNIZER = "models/PP-OCRv6_rec_small.onnx"
SECONDS = 60.0  # of one reading by Tesseract
SPARSE = "11"  # its mode for text anywhere in an image, in no order
# What Unicode calls the letters of a script, what people call it, and Tesseract's pack for it.
PACKS: Mapping[str, tuple[str, str]] = {
    "HANGUL": ("Hangul", "kor"),
    "CYRILLIC": ("Cyrillic", "rus"),
    "GREEK": ("Greek", "ell"),
    "ARABIC": ("Arabic", "ara"),
    "HEBREW": ("Hebrew", "heb"),
    "THAI": ("Thai", "tha"),
    "DEVANAGARI": ("Devanagari", "hin"),
    "BENGALI": ("Bengali", "ben"),
    "TAMIL": ("Tamil", "tam"),
    "GEORGIAN": ("Georgian", "kat"),
    "ARMENIAN": ("Armenian", "hye"),
}


def foreign(text: str) -> frozenset[str]:
    """The scripts of ``text``, by Unicode's names, of which PP-OCR knows some letter not."""
    return frozenset(
        unicodedata.name(letter, "UNKNOWN").split()[0] for letter in set(text) - _alphabet() if letter.isalpha()
    )


def packs(scripts: Iterable[str]) -> tuple[str, ...]:
    """Tesseract's languages, of those installed, that read these scripts."""
    return tuple(sorted(PACKS[script][1] for script in scripts if script in PACKS and PACKS[script][1] in _languages()))


def unread(scripts: Iterable[str]) -> tuple[str, ...]:
    """The scripts, as people call them, that nothing here reads."""
    named = {script: PACKS.get(script, (script.capitalize(), "")) for script in scripts}
    return tuple(sorted(name for name, pack in named.values() if pack not in _languages()))


def read_by_tesseract(image: Image.Image, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that stand in the image, in these languages and English. Raises NotInstalled where it cannot be run."""
    program, data = shutil.which("tesseract"), io.BytesIO()
    image.save(data, "PNG")
    spoken = "+".join([*languages, *({"eng"} & _languages())])
    try:
        answer = subprocess.run(  # noqa: S603 - the program that _languages has found, and names from PACKS
            [program or "", "stdin", "stdout", "-l", spoken, "--psm", SPARSE],
            input=data.getvalue(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotInstalled(f"Tesseract could not read the image ({type(error).__name__}). Install it again.") from None
    return tuple(line for line in answer.stdout.decode("utf-8", "replace").splitlines() if line.strip())


@cache
def _alphabet() -> frozenset[str]:
    """The characters that PP-OCR can answer with, which its model carries."""
    known = session(package("rapidocr") / RECOGNIZER).get_modelmeta().custom_metadata_map["character"]
    return frozenset(known)


@cache
def _languages() -> frozenset[str]:
    """Tesseract's language packs, asked once for the process; none where it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return frozenset()  # a Tesseract that cannot be run reads nothing, which is said of each script
    return frozenset(listed.stdout.splitlines()[1:])
