"""How many, how heavy and how large: the bounds of every image, whether it is uploaded, imported, answered or kept."""

MEGA = 1_000_000

MOST_IMAGES = 16  # types of openai 3.54: "up to 16 images"
MOST_IMAGE_BYTES = 50 << 20  # each smaller than this, by the same
MOST_MASK_BYTES = 4 << 20  # the stricter of two official statements
LONGEST_EDGE = 1 << 20  # pixels; what a header may claim beyond it is no image that anybody looks at
MOST_PIXELS = 64 * MEGA  # one copy, at the four bytes Pillow keeps for a pixel, stays below 300 MiB
MOST_REDRAWN = 36 * MEGA  # two copies do
MOST_WEBP = 16 * MEGA  # libwebp keeps three beside Pillow's
MOST_PROFILE = 1 << 20  # bytes of a PNG's colour profile, unpacked; Pillow, which many servers read with, takes no more


def too_large(width: int, height: int, most: int = MOST_PIXELS) -> str | None:
    """What an image of so many pixels has too many of, in words; None where it is taken."""
    if max(width, height) > LONGEST_EDGE:
        return f"at most {LONGEST_EDGE:,} pixels an edge are taken"
    if width * height > most:
        return f"at most {most // MEGA} megapixels are taken"
    return None
