"""What goes with a request beside its words: input pictures, a mask, a markup; each named by the hash of its bytes."""

from triptych.inputs.attachment import FORMATS, MOST_IMAGE_BYTES, MOST_IMAGES, MOST_MASK_BYTES, Attachment
from triptych.inputs.gate import DAMAGE, admit, check_count, eight_bits

__all__ = [
    "DAMAGE",
    "FORMATS",
    "MOST_IMAGES",
    "MOST_IMAGE_BYTES",
    "MOST_MASK_BYTES",
    "Attachment",
    "admit",
    "check_count",
    "eight_bits",
]
