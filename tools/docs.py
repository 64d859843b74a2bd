"""Writes the generated parts of README.md anew; with `--check` only says whether they are current."""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic.fields import FieldInfo

README = Path(__file__).parents[1] / "README.md"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def models() -> str:
    from triptych.catalog import BUILT_IN
    from triptych.model import Model

    def row(model: Model) -> tuple[str, ...]:
        life = f"until {model.shuts_down}, then `{model.replaced_by}`" if model.shuts_down else ""
        rates = model.rates
        dollars = [
            f"${rate}" if rate is not None else "unknown" for rate in (rates.text_in, rates.image_in, rates.image_out)
        ]
        sizes = "any" if model.sizes.any_size else ", ".join(model.sizes.presets)
        return (f"`{model.id}`", str(model.released or "unknown"), life, sizes, words(model, "quality"), *dollars)

    def words(model: Model, name: str) -> str:
        return ", ".join(model.options.get(name, ())) or "–"

    head = ("model", "released", "shuts down", "sizes", "qualities", "text in", "image in", "image out")
    return table(head, map(row, BUILT_IN))


def environment() -> str:
    from triptych.settings import Settings

    def name(field: str, info: FieldInfo) -> str:
        return str(info.validation_alias or f"TRIPTYCH_{field.upper()}")

    def default(info: FieldInfo) -> str:
        default = None if info.default_factory else info.default
        return {"None": "–", "()": "–", "False": "off", "True": "on"}.get(str(default), str(default))

    fields = Settings.model_fields.items()
    return table(
        ("variable", "meaning", "default"),
        ((f"`{name(field, info)}`", info.description or "", default(info)) for field, info in fields),
    )


def command() -> str:
    from triptych.cli import parser

    return f"```\n{parser().format_help().strip()}\n```"


def faults() -> str:
    from triptych.engine.faults import FAULTS, TURN_FAULTS

    return table(("fault", "what happens"), ((f"`{name}`", what) for name, what in (FAULTS | TURN_FAULTS).items()))


PARTS = {"models": models, "environment": environment, "command": command, "faults": faults}


def current(text: str) -> str:
    """`text` with what lies between each pair of markers written anew; KeyError for an unknown part."""

    def fresh(found: re.Match[str]) -> str:
        return f"{found[1]}\n{PARTS[found[2]]()}\n{found[4]}"

    return re.sub(r"(<!-- (\w+) -->)\n(.*?)(<!-- /\2 -->)", fresh, text, flags=re.DOTALL)


def main() -> int:
    os.environ.update(COLUMNS="100", NO_COLOR="1")  # argparse asks how wide the terminal is
    written = README.read_text("utf-8")
    fresh = current(written)
    if "--check" not in sys.argv:
        README.write_text(fresh, "utf-8")
    elif fresh != written:
        print("README.md is out of date: run `make docs`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
