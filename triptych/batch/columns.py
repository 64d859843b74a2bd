"""Which columns of a table set a parameter, and a cell's text as that parameter's value."""

import re
from collections.abc import Mapping
from typing import Any

from triptych.batch.table import key
from triptych.catalog import MODELS
from triptych.parameters import PARAMETERS, Choice, Flag, Number

# A column's key and the field of ImageRequest it sets: by the API's name, and by what people call it.
FIELDS: Mapping[str, str] = {
    **{key(parameter.label): name for name, parameter in PARAMETERS.items()},
    **{key(name): name for name in PARAMETERS},
    **{name: name for name in ("model", "size", "mask", "images")},
    "image": "images",
}
IMAGES = ("images", "mask")  # whose cells name files
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
SHORT = {"jpg": "jpeg"}


def field_of(column: str) -> str | None:
    """The field of ImageRequest that a column sets; None for a column that only templates read."""
    return FIELDS.get(key(column))


def value_of(name: str, cell: str) -> Any:
    """A cell's text as the value of a field; raises ValueError, in words, for what the field can never hold."""
    text = cell.strip()
    parameter = PARAMETERS.get(name)
    if name == "size":
        return re.sub(r"\s*[x×*]\s*", "x", text.lower())
    if name == "model":
        return _model(text)
    if isinstance(parameter, Choice):
        return SHORT.get(text.casefold(), text.casefold())
    if isinstance(parameter, Number):
        if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.0*)?", text):
            raise ValueError(parameter.problem(text))
        return int(text.partition(".")[0])
    if isinstance(parameter, Flag):
        if text.casefold() not in YES + NO:
            raise ValueError(parameter.problem(text))
        return text.casefold() in YES
    return text


def _model(text: str) -> str:
    """The id of a model of the catalog, written as its id or its label in whatever case; any other name as it is."""
    named = {each.casefold(): name for name, model in MODELS.items() for each in (name, model.label)}
    return named.get(text.casefold(), text)
