"""Every model as data: what it takes, costs and until when it lives. Adding a model is one entry in this file.

Every fact names its source in ``sources``; nothing here was tried against OpenAI's servers.
"""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from triptych.errors import InvalidSetting
from triptych.model import GridTokens, Model, PatchTokens, Rates, SomeTokens, TableTokens, TileTokens
from triptych.parameters import Sizes
from triptych.settings import settings

SDK = "types of openai 3.54"
GUIDE = "OpenAI's image guide, copy from before 2.6"
DEPRECATIONS = "OpenAI's deprecations page, 2026-11"
CALCULATOR = "OpenAI's price calculator as transcribed by two projects, checked 2026-09-24"
REPORTED = "third parties that cite OpenAI, 2026-11; not official"
MEASURED = "a forum's measurements of about 100 edits; no official rule"

STANDARD = ("low", "medium", "high")
FINE = (*STANDARD, "xhigh", "max")
ANY_BACKGROUND = ("transparent", "opaque")
RASTER = ("png", "webp", "jpeg")
COMMON = ("1024x1024", "1536x1024", "1024x1536")
FIXED_SIZES = Sizes(presets=COMMON)
ANY_SIZE = Sizes(presets=(*COMMON, "2048x2048", "2048x1152", "3840x2160", "2160x3840"), any_size=True)
GRID_2_5 = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}
RATES_2 = Rates.of(text_in="5", image_in="8", image_out="30")
GPT = {"moderation": ("low",), "background": ANY_BACKGROUND, "output_format": RASTER}
GPT_STANDARD = {**GPT, "quality": STANDARD}
LISTED_TOKENS = TableTokens({"low": (272, 408, 400), "medium": (1056, 1584, 1568), "high": (4160, 6240, 6208)})

TILES = TileTokens(doubt="the text tokens that each input image adds are not published")
PATCHES = PatchTokens(doubt="OpenAI publishes no rule for gpt-image-2's input images; this one was measured by others")
NO_RULE = SomeTokens(0, 1536, doubt="no rule is known for the model's input images: up to 1,536 tokens each, a guess")

SUNBURST_2_6 = Model(
    id="gpt-image-2.6-sunburst",
    label="GPT Image 2.6 Sunburst",
    released=date(2026, 11, 4),
    sizes=ANY_SIZE,
    options={**GPT, "quality": FINE, "output_format": (*RASTER, "gif", "svg"), "complexity": STANDARD},
    rates=RATES_2,
    tokens=GridTokens(
        GRID_2_5,
        times={"low": (3, 4), "medium": (3, 4)},
        doubt="no token table is published for 2.6; its low and medium were measured at 3 to 4 times 2.5's",
    ),
    input_tokens=NO_RULE,
    markup=True,
    sources={
        "id": SDK,
        "released": REPORTED,
        "sizes": REPORTED,
        "options": REPORTED,
        "rates": "OpenAI's model page",
        "tokens": "2.5's formula; one reseller's measurements, 2026-11-05",
        "input_tokens": "none; gpt-image-2's most is assumed",
        "markup": REPORTED,
    },
)
FLARE_2_6 = replace(
    SUNBURST_2_6,
    id="gpt-image-2.6-flare",
    label="GPT Image 2.6 Flare",
    sources={**SUNBURST_2_6.sources, "rates": REPORTED},
)
SUNBURST_2_5 = Model(
    id="gpt-image-2.5-sunburst",
    label="GPT Image 2.5 Sunburst",
    released=date(2026, 9, 8),
    sizes=ANY_SIZE,
    options={**GPT, "quality": FINE},
    rates=RATES_2,
    tokens=GridTokens(GRID_2_5, doubt="OpenAI calls its calculator indicative for 2.5"),
    input_tokens=NO_RULE,
    markup=True,
    sources={
        "id": SDK,
        "released": SDK,
        "sizes": SDK,
        "options": SDK,
        "rates": GUIDE,
        "tokens": CALCULATOR,
        "input_tokens": "none; gpt-image-2's most is assumed",
        "markup": SDK,
    },
)
FLARE_2_5 = replace(SUNBURST_2_5, id="gpt-image-2.5-flare", label="GPT Image 2.5 Flare")
GPT_IMAGE_2 = Model(
    id="gpt-image-2",
    label="GPT Image 2",
    released=date(2026, 4, 21),
    sizes=ANY_SIZE,
    options=GPT_STANDARD,
    rates=RATES_2,
    tokens=GridTokens({"low": 16, "medium": 48, "high": 96}),
    input_tokens=PATCHES,
    batched=True,
    sources={
        "id": SDK,
        "released": "the date in its snapshot's id",
        "sizes": SDK,
        "options": f"{SDK}; transparent is a preview",
        "rates": "a price list that cites OpenAI's",
        "tokens": f"{CALCULATOR}; equals OpenAI's table",
        "input_tokens": MEASURED,
        "batched": "OpenAI's model page",
    },
)
GPT_IMAGE_1_5 = Model(
    id="gpt-image-1.5",
    label="GPT Image 1.5",
    released=date(2025, 12, 16),
    shuts_down=date(2026, 12, 1),
    replaced_by="gpt-image-2.6-sunburst",
    sizes=FIXED_SIZES,
    options={**GPT, "quality": STANDARD, "input_fidelity": ("low", "high")},
    rates=Rates.of(text_in="5", image_in="8", image_out="32", text_out="10"),
    tokens=LISTED_TOKENS,
    input_tokens=TILES,
    sources={
        "id": SDK,
        "released": "the date in its snapshot's id",
        "shuts_down": DEPRECATIONS,
        "sizes": SDK,
        "options": SDK,
        "rates": "a price list that cites OpenAI's",
        "tokens": GUIDE,
        "input_tokens": "OpenAI's vision guide; for this model by a forum",
    },
)
GPT_IMAGE_1 = replace(
    GPT_IMAGE_1_5,
    id="gpt-image-1",
    label="GPT Image 1",
    released=None,
    shuts_down=date(2026, 10, 23),
    replaced_by="gpt-image-2.5-sunburst",
    rates=Rates.of(text_in="5", image_in="10", image_out="40"),
    options=GPT_STANDARD,
    sources={**GPT_IMAGE_1_5.sources, "released": "", "shuts_down": SDK, "rates": "OpenAI's model page"},
)
MINI = replace(
    GPT_IMAGE_1_5,
    id="gpt-image-1-mini",
    label="GPT Image 1 mini",
    released=None,
    replaced_by="gpt-image-2.6-flare",
    options={**GPT, "quality": STANDARD, "input_fidelity": ("low",)},
    rates=Rates.of(text_in="2", image_in="2.50", image_out="8"),
    prices={
        "low": ("0.005", "0.006", "0.006"),
        "medium": ("0.011", "0.015", "0.015"),
        "high": ("0.036", "0.052", "0.052"),
    },
    sources={**GPT_IMAGE_1_5.sources, "released": "", "rates": "OpenAI's model page", "prices": GUIDE},
)
DALL_E_3 = Model(
    id="dall-e-3",
    label="DALL·E 3",
    shuts_down=date(2026, 5, 12),
    replaced_by="gpt-image-2.6-flare",
    sizes=Sizes(presets=("1024x1024", "1792x1024", "1024x1792")),
    options={"quality": ("standard", "hd")},
    streams=False,
    edits=False,
    most_images=1,
    sources={"id": SDK, "shuts_down": SDK, "sizes": SDK, "options": SDK},
)
DALL_E_2 = replace(
    DALL_E_3,
    id="dall-e-2",
    label="DALL·E 2",
    sizes=Sizes(presets=("256x256", "512x512", "1024x1024")),
    options={},
    edits=True,
    most_images=10,
)

BUILT_IN: tuple[Model, ...] = (
    FLARE_2_6,
    SUNBURST_2_6,
    FLARE_2_5,
    SUNBURST_2_5,
    replace(FLARE_2_5, id="gpt-image-2.5-flare-2026-09-08", label="GPT Image 2.5 Flare, 8 September"),
    replace(SUNBURST_2_5, id="gpt-image-2.5-sunburst-2026-09-08", label="GPT Image 2.5 Sunburst, 8 September"),
    GPT_IMAGE_2,
    replace(GPT_IMAGE_2, id="gpt-image-2-2026-04-21", label="GPT Image 2, 21 April"),
    GPT_IMAGE_1_5,
    replace(
        GPT_IMAGE_1_5, id="chatgpt-image-latest", label="ChatGPT Image, latest", released=None, options=GPT_STANDARD
    ),
    MINI,
    GPT_IMAGE_1,
    DALL_E_3,
    DALL_E_2,
)

EVERY_OPTION = {**SUNBURST_2_6.options, "input_fidelity": ("low", "high")}
LOOSE_SIZES = Sizes(
    presets=("512x512", "768x768", *COMMON), any_size=True, multiple=8, longest=8192, ratio=8, fewest=4096, most=1 << 26
)


def unknown(model_id: str) -> Model:
    """A model that only a server's list knows: it may take anything, and its price is unknown."""
    return Model(id=model_id, label=model_id, sizes=LOOSE_SIZES, options=EVERY_OPTION, markup=True)


def read_overrides(path: Path, known: dict[str, Model]) -> dict[str, Model]:
    """The models of ``known`` with what the TOML file at ``path`` adds or changes.

    Each table ``["model-id"]`` may hold ``label``, ``like`` (a known id to start from), ``shuts_down``, ``replaced_by``
    and a table ``rates`` of dollars for a million tokens (``text_in, image_in, image_out, text_out``), as text or
    numbers. Raises InvalidSetting that names the table and the key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidSetting(f"TRIPTYCH_CATALOG cannot be read: {error}") from None
    return {**known, **{model_id: _override(model_id, table, known) for model_id, table in tables.items()}}


def _override(model_id: str, table: Any, known: dict[str, Model]) -> Model:
    if not isinstance(table, dict):
        raise InvalidSetting(f'TRIPTYCH_CATALOG: {model_id} must be a table, like ["{model_id}"].')
    if stray := set(table) - {"label", "like", "shuts_down", "replaced_by", "rates"}:
        raise InvalidSetting(f"TRIPTYCH_CATALOG: [{model_id}] has unknown keys: {', '.join(sorted(stray))}.")
    for key in ("label", "like", "replaced_by"):
        if not isinstance(table.get(key, ""), str):
            raise InvalidSetting(f"TRIPTYCH_CATALOG: [{model_id}] {key} must be text.")
    like = table.get("like", model_id)
    if "like" in table and like not in known:
        raise InvalidSetting(f"TRIPTYCH_CATALOG: [{model_id}] is like {like!r}, which is not in the catalog.")
    base = replace(known.get(like) or unknown(model_id), id=model_id)
    if type(table.get("shuts_down", date.min)) is not date:  # a time of day is a date too, by isinstance
        raise InvalidSetting(f"TRIPTYCH_CATALOG: [{model_id}] shuts_down must be a date like 2026-12-01.")
    changes = {key: table[key] for key in ("label", "shuts_down", "replaced_by") if key in table}
    sources = {**base.sources, **dict.fromkeys(table, "TRIPTYCH_CATALOG")}
    return replace(base, **changes, rates=_rates(model_id, table.get("rates", {}), base.rates), sources=sources)


def _rates(model_id: str, table: Any, base: Rates) -> Rates:
    try:
        dollars = {kind: Decimal(str(amount)) for kind, amount in table.items()}
        if not all(amount.is_finite() and amount >= 0 for amount in dollars.values()):
            raise ValueError
        return replace(base, **dollars)
    except (AttributeError, InvalidOperation, TypeError, ValueError):
        known = "text_in, image_in, image_out, text_out"
        raise InvalidSetting(f"TRIPTYCH_CATALOG: rates of [{model_id}] must be dollars of {known}.") from None


def _models() -> tuple[dict[str, Model], InvalidSetting | None]:
    built_in = {model.id: model for model in BUILT_IN}
    try:
        path = settings().catalog
        return (read_overrides(path, built_in) if path else built_in), None
    except InvalidSetting as error:
        return built_in, error


MODELS: dict[str, Model]
MODELS, _trouble = _models()


def check_catalog() -> None:
    """Raise InvalidSetting where TRIPTYCH_CATALOG cannot be used: what is paid for would be priced wrong."""
    if _trouble:
        raise InvalidSetting(_trouble.message)


def model(model_id: str) -> Model:
    """The catalog's entry, or what is assumed of a model that is not in it."""
    return MODELS.get(model_id) or unknown(model_id)
