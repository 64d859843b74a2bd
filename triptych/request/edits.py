"""What keeps an edit from being sent: its pictures, its mask, its markup, and servers that do not edit.

The limits are those of the types of openai 3.54, and for variations those of the retired contract.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych.inputs import FORMATS, MOST_IMAGE_BYTES, MOST_IMAGES, MOST_MASK_BYTES, Attachment
from triptych.request.problem import Problem
from triptych.servers import Server

if TYPE_CHECKING:
    from triptych.request import ImageRequest

MB = 1 << 20


def problems(request: "ImageRequest", server: Server) -> Iterator[Problem]:
    """The problems of what goes with a request."""
    yield from _of_endpoint(request, server)
    yield from _of_images(request)
    if request.variation:
        yield from _of_variation(request)
        return
    yield from _of_mask(request, server)
    yield from _of_markup(request, server)


def _of_endpoint(request: "ImageRequest", server: Server) -> Iterator[Problem]:
    if request.variation and not server.variations:
        advice = "Ask for an edit with a prompt for variations instead."
        sentence = f"{server.label} has no variations endpoint: OpenAI has retired it. {advice}"
        yield Problem("variation", sentence, {"variation": False}, "Make it an edit")
    elif request.images and not server.serves(request.endpoint):
        yield Problem("images", f"{server.label} works from a prompt only and takes no images.")
    elif request.images and not request.variation and not request.entry.edits:
        yield Problem("model", f"{request.model} does not edit images. Choose another model.")


def _of_images(request: "ImageRequest") -> Iterator[Problem]:
    images = request.images
    if len(images) > MOST_IMAGES:
        sentence = f"At most {MOST_IMAGES} images go with one request; there are {len(images)}."
        yield Problem("images", sentence, {"images": images[:MOST_IMAGES]}, f"Keep the first {MOST_IMAGES}")
    for number, image in enumerate(images, start=1):
        which = f"Image {number}"
        if image.format not in FORMATS:
            yield Problem(
                "images", f"{which} is {image.format}: the API takes png, webp and jpeg.", *_without(request, image)
            )
        if image.weight >= MOST_IMAGE_BYTES:
            yield Problem("images", _heavy(which, image, MOST_IMAGE_BYTES), *_without(request, image))


def _of_variation(request: "ImageRequest") -> Iterator[Problem]:
    if len(request.images) != 1:
        first = {"images": request.images[:1]} if request.images else None
        yield Problem("images", "A variation is made from one image.", first, "Keep the first" if first else "")
        return
    image = request.images[0]
    if image.format != "png" or image.width != image.height:
        yield Problem("images", f"A variation is made from a square PNG; this is a {image.format} of {image.size}.")
    if image.weight >= MOST_MASK_BYTES:
        yield Problem("images", _heavy("The image", image, MOST_MASK_BYTES))
    for role in ("mask", "markup"):
        if getattr(request, role):
            yield Problem(role, f"A variation takes no {role}.", {role: None}, f"Leave out the {role}")


def _of_mask(request: "ImageRequest", server: Server) -> Iterator[Problem]:
    mask = request.mask
    if mask is None:
        return
    off = {"mask": None}
    if server.serves("edits") and server.mask is None:
        yield Problem("mask", f"{server.label} ignores masks.", off, "Edit without the mask")
    if request.output_format == "gif":
        yield Problem("mask", "A gif cannot be edited with a mask.", {"output_format": "png"}, "Use png")
    yield from _over_the_first(request, "mask", mask)
    if mask.weight >= MOST_MASK_BYTES:
        yield Problem("mask", _heavy("The mask", mask, MOST_MASK_BYTES), off, "Leave out the mask")


def _of_markup(request: "ImageRequest", server: Server) -> Iterator[Problem]:
    markup = request.markup
    if markup is None:
        return
    off = {"markup": None}
    if not request.entry.markup:
        yield Problem("markup", f"{request.model} takes no markup.", off, "Edit without the markup")
    elif server.serves("edits") and not server.heeds("markup", "edits"):
        yield Problem("markup", f"{server.label} ignores markup.", off, "Edit without the markup")
    if request.mask is not None:
        yield Problem("markup", "Mask and markup do not go together.", off, "Keep the mask")
    yield from _over_the_first(request, "markup", markup)
    if markup.weight >= MOST_IMAGE_BYTES:
        yield Problem("markup", _heavy("The markup", markup, MOST_IMAGE_BYTES), off, "Leave out the markup")


def _over_the_first(request: "ImageRequest", role: str, layer: Attachment) -> Iterator[Problem]:
    """A mask and a markup are PNGs of the first picture's size."""
    off = ({role: None}, f"Leave out the {role}")
    if not request.images:
        yield Problem(role, f"The {role} needs an image.", *off)
        return
    if layer.format != "png":
        yield Problem(role, f"The {role} must be a PNG, not {layer.format}.", *off)
    first = request.images[0]
    if layer.size != first.size:
        yield Problem(role, f"The {role} has {layer.size} pixels and the first image {first.size}.", *off)


def _heavy(which: str, one: Attachment, limit: int) -> str:
    return f"{which} has {one.weight / MB:,.1f} MB; it must have less than {limit // MB}."


def _without(request: "ImageRequest", image: Attachment) -> tuple[dict[str, object], str]:
    return {"images": tuple(one for one in request.images if one != image)}, "Take it out"
