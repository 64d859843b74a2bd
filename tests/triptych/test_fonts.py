"""Text in any script: which face sets it, and which letters nobody has."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from triptych.fonts import OWN, missing, runs, width, write

SIZE = 32


def ink(text: str) -> np.ndarray:
    """Where a line leaves ink, as booleans."""
    image = Image.new("L", (480, 64))
    write(ImageDraw.Draw(image), (240, 32), text, SIZE, fill=255, anchor="mm")
    return np.asarray(image) > 0


@pytest.mark.parametrize(
    "text", ["Night line", "Nächte, œuf, ñandú", "여우와 등대", "灯台とキツネ", "灯塔和狐狸", "Ночь", "نور", "ลม"]
)
def test_a_line_of_one_script_is_one_piece_with_every_letter(text: str) -> None:
    assert [text] == [piece for piece, _ in runs(text)]
    assert "" == missing(text)
    boxes = {bytes(ink(letter)) for letter in set(text) - {" "}}
    assert len(boxes) > 1  # letters, not one box for all


def test_plain_latin_is_set_in_pillows_own_face() -> None:
    assert ((("OPEN", OWN)),) == runs("OPEN")


def test_a_letter_nobody_has_is_named_once_and_left_out() -> None:
    assert "\U000f1234" == missing("Tokyo \U000f1234\U000f1234")
    assert (ink("Tokyo\U000f1234") == ink("Tokyo")).all()
    assert () == runs("\U000f1234")


def test_korean_and_japanese_write_a_han_letter_their_own_way() -> None:
    faces = {runs(f"{letter}直")[-1][1] for letter in ("가", "あ", "门")}

    assert 3 == len(faces)


def test_a_line_is_centred_and_as_wide_as_it_says() -> None:
    across = np.flatnonzero(ink("NIGHT 夜 밤").any(axis=0))

    assert 4 > abs((across[0] + across[-1]) / 2 - 240)
    assert 8 > abs(across[-1] - across[0] - width("NIGHT 夜 밤", SIZE))


def test_words_stand_apart() -> None:
    across = ink("iii iii").any(axis=0)
    inside = across[across.argmax() : len(across) - across[::-1].argmax()]
    gaps = np.diff(np.flatnonzero(inside)) - 1

    assert gaps.max() >= 0.3 * SIZE
