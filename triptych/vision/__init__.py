"""Looks at pictures on this machine: their subject, their letters, how far two are apart, and the same enlarged.

Everything but ``distance`` rests on the extra `vision`; ``missing`` says in words what of it is not there. Models are
loaded when first asked for, once for the process, and each works in one thread, so that the pages stay quick.
"""

from triptych.vision.distance import Distance, distance
from triptych.vision.enlarge import MOST_PIXELS, TIMES, Times, upscale
from triptych.vision.letters import Lettering, lettering
from triptych.vision.needs import Feature, missing
from triptych.vision.subject import refine, subject

__all__ = [
    "MOST_PIXELS",
    "TIMES",
    "Distance",
    "Feature",
    "Lettering",
    "Times",
    "distance",
    "lettering",
    "missing",
    "refine",
    "subject",
    "upscale",
]
