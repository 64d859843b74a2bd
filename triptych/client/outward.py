"""What leaves the client: words that can be shown and stored, and of an error only its words."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from triptych.errors import TriptychError

UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # half a surrogate has no UTF-8, NUL no place in PostgreSQL


def clean(value: Any) -> Any:
    """``value``, JSON or a tuple of texts, with every character replaced that cannot be shown or stored."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {clean(str(name)): clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(clean(inner) for inner in value)
    return value


def failed(error: TriptychError) -> TriptychError:
    """``error`` with its words clean, and without the frames and causes that would keep a whole answer in memory."""
    for field in fields(error):
        setattr(error, field.name, clean(getattr(error, field.name)))
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
