"""The colours of images brought to what every page and server reads: eight bits, and those of the web."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # behind the first page
    from PIL import Image


def eight_bits(picture: "Image.Image") -> "Image.Image":
    """Grey of sixteen bits brought to the eight that everything here works with."""
    import numpy as np
    from PIL import Image

    return Image.fromarray((np.asarray(picture, dtype=np.uint32) >> 8).clip(0, 255).astype(np.uint8))


def srgb(picture: "Image.Image") -> "Image.Image":
    """RGB in the colours of the web as the picture's profile means them; as they stand where it has none that fits.

    What is transparent stays so. The profile is gone from info.
    """
    from PIL import Image, ImageCms

    clear = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    plain = picture if picture.mode in {"RGB", "CMYK"} else picture.convert("RGB")
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(picture.info.get("icc_profile") or b""))
        target = ImageCms.createProfile("sRGB")
        found = ImageCms.profileToProfile(plain, meant, target, outputMode="RGB") or plain.convert("RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        found = plain.convert("RGB")
    if clear is not None:
        found = Image.merge("RGBA", (*found.split(), clear))
    found.info = {}
    return found
