"""Reads the file of a batch's requests, or says what is wrong with which of its lines."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MOST_LINES = 50_000
DAY = 600.0  # seconds that the demo's day lasts where nobody says otherwise

Line = Mapping[str, Any]
Error = dict[str, Any]  # as the API tells of it: code, line, message, param


def read(path: Path, endpoint: str, broken: float | None = None) -> tuple[list[Line], list[Error], str | None]:
    """The lines, what is wrong with them, and their one model; line number ``broken`` is taken for damaged."""
    lines, errors = list[Line](), list[Error]()
    names, models = set[str](), dict[str, None]()
    with path.open("rb") as written:
        for number, text in enumerate(written, 1):
            line = _line(text) if number != broken else None
            if line:
                models.setdefault(str(line["body"].get("model")))
            for code, message, param in _problems(line, endpoint, names, len(models)):
                errors.append({"code": code, "line": number, "message": message, "param": param})
            if line:
                names.add(str(line.get("custom_id")))
                lines.append(line)
    if not lines and not errors:
        errors.append({"code": "empty_file", "line": None, "message": "The file is empty.", "param": None})
    if len(lines) > MOST_LINES:
        said = f"The file has {len(lines):,} lines; at most {MOST_LINES:,} are allowed."
        errors.append({"code": "too_many_tasks", "line": None, "message": said, "param": None})
    return lines, errors, next(iter(models), None)


def _line(text: bytes) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and isinstance(line.get("body"), dict) else None


def _problems(line: Line | None, endpoint: str, names: set[str], models: int) -> Iterator[tuple[str, str, str | None]]:
    if line is None:
        yield "invalid_json_line", "This line is not parseable as valid JSON.", None
        return
    custom_id = line.get("custom_id")
    if not isinstance(custom_id, str) or not custom_id:
        yield "missing_required_parameter", "Missing required parameter: 'custom_id'.", "custom_id"
    elif custom_id in names:
        yield "duplicate_custom_id", f"The custom_id '{custom_id}' for this request is a duplicate.", "custom_id"
    if line.get("method") != "POST":
        yield "invalid_method", "The method must be POST.", "method"
    if line.get("url") != endpoint:
        yield "invalid_url", "The URL provided for this request does not match the batch endpoint.", "url"
    if models > 1:
        yield "mismatched_model", "All requests of a batch must use one model.", "body.model"
