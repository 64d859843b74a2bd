"""What goes with a request beside its words: input pictures, a mask, a markup; each named by the hash of its bytes."""

from triptych.inputs.attachment import FORMATS, Attachment
from triptych.inputs.colours import eight_bits
from triptych.inputs.formats import SUFFIXES, Format, format_of, measured
from triptych.inputs.gate import admit
from triptych.inputs.limits import MOST_IMAGE_BYTES, MOST_IMAGES, MOST_MASK_BYTES, MOST_PIXELS, too_large
from triptych.inputs.opening import decoded

__all__ = [
    "FORMATS",
    "MOST_IMAGES",
    "MOST_IMAGE_BYTES",
    "MOST_MASK_BYTES",
    "MOST_PIXELS",
    "SUFFIXES",
    "Attachment",
    "Format",
    "admit",
    "decoded",
    "eight_bits",
    "format_of",
    "measured",
    "too_large",
]
