"""Prompt templates: text with {variables}, their defaults, and the settings that suit them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from triptych.errors import InvalidRequest

VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A prompt with gaps. ``settings`` are fields of ImageRequest that suit it, to be offered and never forced.

    A gap is a name in braces, in small letters: ``{subject}``. Any other brace stands for itself.
    """

    id: str
    label: str
    text: str
    defaults: Mapping[str, str] = field(default_factory=dict, hash=False)
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the gaps in the order in which they first appear."""
        return tuple(dict.fromkeys(VARIABLE.findall(self.text)))


def fill(template: Template, values: Mapping[str, str]) -> str:
    """The template's text with every gap filled: by ``values``, by the default where a value is missing or blank.

    Braces in a value stay as they are. Raises InvalidRequest that names the variables which have neither.
    """
    given = {name: values.get(name, "").strip() or template.defaults.get(name, "") for name in template.variables}
    if missing := [name.replace("_", " ") for name, value in given.items() if not value]:
        raise InvalidRequest(f'Fill in {" and ".join(missing)}: the template "{template.label}" needs it.')
    return VARIABLE.sub(lambda gap: given[gap[1]], template.text)


TEMPLATES: tuple[Template, ...] = (
    Template(
        id="product",
        label="Product photo",
        text="Studio photograph of {product} standing on {surface}, seen from slightly above. Soft light from the "
        "left, a gentle shadow to the right, {backdrop} behind it. Sharp from front to back, true colours, room "
        "on all sides.",
        defaults={
            "product": "a matte green ceramic mug",
            "surface": "pale oak",
            "backdrop": "a warm grey wall",
        },
        settings={"size": "1024x1024", "quality": "high", "background": "opaque"},
    ),
    Template(
        id="icon",
        label="App icon",
        text="A simple emblem of {motif}, flat shapes, {colours}, bold outline of even width, centred with a wide "
        "margin. It stays recognisable at the size of a fingernail.",
        defaults={"motif": "a paper boat", "colours": "deep blue and coral"},
        settings={"size": "1024x1024", "background": "transparent", "output_format": "png"},
    ),
    Template(
        id="poster",
        label="Poster with lettering",
        text='Screen-printed poster of {scene} in {colours}. The upper third is calm and carries the title "{title}" '
        'in large {lettering} letters; below it, small, "{line}".',
        defaults={
            "scene": "a night train crossing a viaduct",
            "colours": "navy, cream and orange",
            "title": "NIGHT LINE",
            "lettering": "geometric",
            "line": "every friday",
        },
        settings={"size": "1024x1536", "quality": "high"},
    ),
    Template(
        id="illustration",
        label="Book illustration",
        text="{medium} illustration of {scene}. Visible texture of the paper, a limited palette of {colours}, one "
        "clear focus, quiet space around it.",
        defaults={
            "medium": "Gouache",
            "scene": "a fox reading under a streetlamp in the snow",
            "colours": "ochre, slate blue and white",
        },
        settings={"size": "1536x1024", "quality": "medium"},
    ),
    Template(
        id="hero",
        label="Website hero",
        text="Wide picture for the top of a website about {topic}: {scene} on the right half, the left half almost "
        "empty and evenly {tone} so that a headline can be set over it. Natural light, calm, believable.",
        defaults={
            "topic": "garden design",
            "scene": "a stone path between lavender and tall grasses",
            "tone": "light",
        },
        settings={"size": "1536x1024", "quality": "medium", "output_format": "webp"},
    ),
    Template(
        id="texture",
        label="Seamless texture",
        text="Seamless square texture of {material}, seen straight from above, evenly lit, the same scale everywhere, "
        "edges that continue on the opposite side. The pattern fills the whole picture.",
        defaults={"material": "worn terracotta tiles with moss in the joints"},
        settings={"size": "1024x1024", "quality": "high"},
    ),
    Template(
        id="isometric",
        label="Isometric scene",
        text="Isometric miniature of {place} on a square base, as if modelled in clay and lit by soft daylight. "
        "{details}. Plain {backdrop} ground around it.",
        defaults={
            "place": "a corner bakery",
            "details": "Bread in the window, a bicycle at the door, a cat on the roof",
            "backdrop": "cream",
        },
        settings={"size": "1024x1024", "quality": "medium"},
    ),
    Template(
        id="storyboard",
        label="Storyboard frame",
        text="Storyboard frame in loose pencil and grey wash: {shot} of {action}. {place}, {light}. Clear silhouettes,"
        " the eye is led from left to right.",
        defaults={
            "shot": "low wide shot",
            "action": "a courier on a bicycle turning into an alley",
            "place": "Old harbour town",
            "light": "late sun behind her",
        },
        settings={"size": "1536x1024", "quality": "low"},
    ),
    Template(
        id="portrait",
        label="Portrait of an invented person",
        text="Photographic portrait of an invented person: {person}, {expression}. {place} out of focus behind, "
        "{light}, eye level, head and shoulders, natural skin.",
        defaults={
            "person": "a woman of about sixty with short silver hair and a paint-stained apron",
            "expression": "about to laugh",
            "place": "A bright studio",
            "light": "window light from the right",
        },
        settings={"size": "1024x1536", "quality": "high"},
    ),
    Template(
        id="sticker",
        label="Sticker",
        text="Sticker of {subject}, {style}, thick white border around the outline, on a transparent background. One "
        "subject, whole, nothing cut off.",
        defaults={"subject": "a sleepy otter holding a lantern", "style": "cheerful flat cartoon"},
        settings={"size": "1024x1024", "background": "transparent", "output_format": "png"},
    ),
)
