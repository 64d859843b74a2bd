"""Masks: drawings made into paint, paint into the PNG that is sent, and the truth about what the model did with it.

A *paint* is a Pillow "L" image of the picture's own size: 255 where to change, 0 where to keep, soft edges between.
"""

from triptych.masks.files import decode, encode, for_server, kind
from triptych.masks.raster import rasterise
from triptych.masks.tools import combine, invert, share, verdict

__all__ = ["combine", "decode", "encode", "for_server", "invert", "kind", "rasterise", "share", "verdict"]
