"""Masks: drawings made into paint, paint into the PNG that is sent, and the truth about what the model did with it.

A *paint* is a Pillow "L" image of the picture's own size: 255 where to change, 0 where to keep, soft edges between.
"""

from triptych.masks.extend import Outpaint, outpaint
from triptych.masks.files import as_sent, decode, encode, for_server, is_transparent, name
from triptych.masks.guide import tinted
from triptych.masks.raster import rasterise
from triptych.masks.reshape import feather, fill_holes, grow, shrink, smooth, wand
from triptych.masks.tools import Paint, combine, invert, share, verdict
from triptych.masks.truth import Outside, keep_outside, truth

__all__ = [
    "Outpaint",
    "Outside",
    "Paint",
    "as_sent",
    "combine",
    "decode",
    "encode",
    "feather",
    "fill_holes",
    "for_server",
    "grow",
    "invert",
    "is_transparent",
    "keep_outside",
    "name",
    "outpaint",
    "rasterise",
    "share",
    "shrink",
    "smooth",
    "tinted",
    "truth",
    "verdict",
    "wand",
]
