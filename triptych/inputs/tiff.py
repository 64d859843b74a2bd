"""TIFF's first directory, which EXIF is made of too: its plain numbers, read without trusting any of them."""

import struct

ORIENTATION, WIDTH, HEIGHT = 0x0112, 0x0100, 0x0101
UPRIGHT = 1
TURNS = 8  # ways an image can lie
SHORT, LONG = 3, 4
MOST_ENTRIES = 512
ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def tags(data: bytes) -> dict[int, int]:
    """The single numbers of the first directory by their tags; empty for what is no TIFF."""
    order = ORDERS.get(data[:4])
    found: dict[int, int] = {}
    if order is None:
        return found
    try:
        (at,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        for number in range(min(count, MOST_ENTRIES)):
            tag, kind, many = struct.unpack_from(f"{order}HHI", data, at + 2 + 12 * number)
            if many == 1 and kind in {SHORT, LONG}:
                form = "H" if kind == SHORT else "I"
                (found[tag],) = struct.unpack_from(f"{order}{form}", data, at + 10 + 12 * number)
    except struct.error:
        return found
    return found


def orientation(exif: bytes) -> int:
    """How an image lies, 1 to 8, by its EXIF as browsers read it: 1, upright, for whatever says nothing or nonsense."""
    said = tags(exif.removeprefix(b"Exif\0\0")).get(ORIENTATION, UPRIGHT)
    return said if UPRIGHT <= said <= TURNS else UPRIGHT
