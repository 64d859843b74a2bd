"""Makes requests of the rows of a table: its columns, a template, what the sidebar says, and the images it names."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from operator import itemgetter
from typing import Any

from triptych.batch.columns import FIELDS, IMAGES, field_of, value_of
from triptych.batch.images import Images, seen
from triptych.batch.problem import Problem
from triptych.batch.rows import Plan, Row
from triptych.batch.table import MOST_ROWS, Table, key
from triptych.batch.template import Template
from triptych.errors import InvalidRequest, Refused
from triptych.inputs import Attachment
from triptych.parameters import PARAMETERS, Parameter
from triptych.request import ImageRequest
from triptych.request import Problem as Wrong
from triptych.servers import OPENAI, Server

ALIKE = 0.8  # of 1: from here on a column's name is taken for a parameter's, misspelled
NAMED = 5  # images that a note lists by name
ORDINARY = "a"  # a prompt with which nothing is wrong
HARMLESS = {"prompt", "n", "stream", "partial_images", "safety_identifier"}
TAKEN = tuple(name for name in PARAMETERS if name not in HARMLESS)  # what changes an image


def plan(
    table: Table,
    template: str,
    base: ImageRequest,
    images: Images | None = None,
    *,
    every: bool = False,
    server: Server = OPENAI,
) -> Plan:
    """``table`` as requests. A column named like a parameter sets it, what no column says comes from ``base``.

    ``template`` makes every row's prompt; where it is blank a row's own ``prompt`` is its template, and without one
    that of ``base``. Of alternatives each row takes the next combination in turn; with ``every`` it is one request for
    each. A row that has a problem keeps no other from being run.
    """
    return _Planner(table, template, base, images or Images(), every=every, server=server).plan()


@dataclass
class _Draft:
    """One row while it is read: what its cells set, and what is wrong with them, by field of ImageRequest."""

    number: int
    cells: Mapping[str, str]
    columns: dict[str, str] = field(default_factory=dict)  # the column that sets a field
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def fail(self, name: str, sentence: str, column: str = "") -> None:
        self.failed.add(name)
        self.problems.append(Problem(self.number, column or self.columns.get(name, name), sentence))


@dataclass(frozen=True)
class _Kind:
    """What is true of every row that sets the same values: of thousands of rows there are few kinds.

    ``request`` has all but the prompt, for which ``limits`` say what may be one; ``problems`` are those it has with an
    ordinary prompt, and ``untaken`` the values that would be left out in silence, each with who does not take it.
    """

    request: ImageRequest
    limits: Parameter | None
    problems: tuple[Wrong, ...]
    untaken: tuple[tuple[str, str], ...]

    def is_ordinary(self, prompt: str) -> bool:
        """Whether nothing is wrong with the prompt itself."""
        return self.limits is None or bool(prompt.strip() and self.limits.problem(prompt) is None)


class _Planner:
    def __init__(
        self, table: Table, template: str, base: ImageRequest, images: Images, *, every: bool, server: Server
    ) -> None:
        self._table = table
        self._template = Template.of(template) if template.strip() else None
        self._base = base
        self._images = images
        self._every = every
        self._server = server
        self._fields = {column: name for column in table.columns if (name := field_of(column))}
        self._columns = {key(column): column for column in table.columns}
        self._left = MOST_ROWS
        self._named, self._read_by_template = set[str](), set[str]()
        self._empty, self._braces = Counter[str](), Counter[str]()
        self._set, self._refused = Counter[str](), Counter[str]()
        self._untaken = Counter[tuple[str, str]]()
        self._kinds: dict[Hashable, _Kind] = {}
        self._unread: dict[int, list[Problem]] = {}
        for one in table.problems:
            self._unread.setdefault(one.row, []).append(one)

    def plan(self) -> Plan:
        """All of it."""
        numbered = enumerate(self._table.rows.items())
        rows = tuple(row for turn, (number, cells) in numbered for row in self._rows(turn, _Draft(number, cells)))
        theirs = (one for row in rows for one in row.problems)
        problems = dict.fromkeys((*self._images.problems, *self._table.problems, *theirs))
        in_order = tuple(sorted(problems, key=lambda one: one.row))
        return Plan(self._table.columns, rows, in_order, tuple(self._notes()))

    def _rows(self, turn: int, draft: _Draft) -> Iterator[Row]:
        """The requests of one row, the ``turn``-th from 0."""
        self._read(draft)
        template = self._template or Template.of(self._own_prompt(draft))
        count = template.combinations if self._every else 1
        if count > self._left:
            many = f"This row makes {count:,} requests, and a batch takes at most {MOST_ROWS:,}"
            draft.fail("prompt", f"{many}. Use fewer alternatives.")
            count = 1
        self._left -= count
        for number in range(count):
            one = replace(draft, problems=[*draft.problems], failed={*draft.failed}) if count > 1 else draft
            prompt = self._prompt(one, template, number if self._every else turn)
            kind = self._kind(draft.values)
            request = kind.request.saying(prompt)
            self._check(one, request, kind)
            found = tuple(one.problems)
            combination = number + 1 if count > 1 else 0
            yield Row(draft.number, draft.cells, None if found else request, found, combination)

    def _read(self, draft: _Draft) -> None:
        """What the cells set. A cell that could not be read was told of already."""
        unread = self._unread.get(draft.number, [])
        draft.problems += unread
        for column, name in self._fields.items():
            cell = draft.cells.get(column, "")
            if any(one.column == column for one in unread):
                draft.failed.add(name)
            elif cell.strip():
                if name in draft.columns:
                    draft.fail(
                        name, f'"{draft.columns[name]}" and "{column}" set the same parameter. Keep one.', column
                    )
                draft.columns[name] = column
                self._set[column] += 1
        for name in set(draft.columns) - {"prompt", *IMAGES} - draft.failed:
            try:
                draft.values[name] = value_of(name, draft.cells[draft.columns[name]])
            except ValueError as error:
                draft.fail(name, str(error))
        try:
            self._read_images(draft)
        except Refused as error:
            draft.fail("mask" if "images" in draft.values else "images", error.message)

    def _read_images(self, draft: _Draft) -> None:
        if "images" in draft.columns and "images" not in draft.failed:
            cell = draft.cells[draft.columns["images"]]
            draft.values["images"] = tuple(map(self._image, self._images.names_of(cell)))
        if "mask" in draft.columns and not draft.failed & set(IMAGES):
            cell = draft.cells[draft.columns["mask"]]
            images = draft.values.setdefault("images", self._base.images)
            if not images:
                raise InvalidRequest("A mask needs an image. Name one in a column called image.")
            if not seen(cell):
                self._image(cell)
            draft.values["mask"] = self._images.mask(cell, images[0])

    def _image(self, cell: str) -> Attachment:
        if name := self._images.name_of(cell):
            self._named.add(name)
        return self._images.image(cell)

    def _own_prompt(self, draft: _Draft) -> str:
        column = draft.columns.get("prompt")
        return draft.cells[column] if column else self._base.prompt

    def _prompt(self, draft: _Draft, template: Template, combination: int) -> str:
        try:
            return template.filled(lambda name: self._variable(draft, name), combination)
        except InvalidRequest as error:
            draft.fail("prompt", error.message, "template" if self._template else "")
            return ""

    def _variable(self, draft: _Draft, name: str) -> str:
        column = self._columns.get(key(name))
        if column is None:
            near = get_close_matches(key(name), self._columns, 1)
            offer = f"Did you mean {{{{{self._columns[near[0]]}}}}}?" if near else "Write \\{ for a literal brace."
            raise InvalidRequest(f"No column is called {name}. {offer}")
        self._read_by_template.add(column)
        text = draft.cells.get(column, "")
        self._empty[column] += not text.strip()
        self._braces[column] += "{" in text and Template.of(text).combinations > 1
        return text

    def _kind(self, values: Mapping[str, Any]) -> _Kind:
        known = tuple(sorted(values.items(), key=itemgetter(0)))
        if known not in self._kinds:
            request = replace(self._base, **{**values, "prompt": ORDINARY})
            limits, untaken = request.parameters.get("prompt"), tuple(self._untaken_of(request))
            self._kinds[known] = _Kind(request, limits, request.problems(self._server), untaken)
        return self._kinds[known]

    def _untaken_of(self, request: ImageRequest) -> Iterator[tuple[str, str]]:
        """The values that change nothing, each with who does not take it: the server or the model."""
        for name in TAKEN:
            taken = name in request.parameters
            if getattr(request, name) != PARAMETERS[name].default and not (
                taken and self._server.heeds(name, request.endpoint)
            ):
                yield name, self._server.label if taken else request.model

    def _check(self, draft: _Draft, request: ImageRequest, kind: _Kind) -> None:
        """Whatever keeps it from being sent, but what follows from a cell that was refused."""
        silent = draft.failed | (set(IMAGES) if draft.failed & set(IMAGES) else set())
        if not request.prompt.strip() and "prompt" not in silent and "prompt" not in self._fields.values():
            near = get_close_matches("prompt", self._columns, 1)
            offer = f'Rename "{self._columns[near[0]]}"' if near else "Name it in the first row"
            draft.fail("prompt", f"There is no prompt column. {offer}, or write a template.")
            silent.add("prompt")
        for one in kind.problems if kind.is_ordinary(request.prompt) else request.problems(self._server):
            if one.parameter not in silent | draft.failed:
                draft.fail(one.parameter, one.sentence)
        for name, who in kind.untaken:
            if name not in silent | draft.failed:
                self._leave_out(draft, name, who)
        for name in draft.failed & set(draft.columns):
            self._refused[draft.columns[name]] += 1

    def _leave_out(self, draft: _Draft, name: str, who: str) -> None:
        """What would be left out in silence: a problem if a cell asks for it, a note if the sidebar does."""
        if name in draft.columns:
            label, value = PARAMETERS[name].label.lower(), draft.values[name]
            draft.fail(name, f"{who} does not use {label}, so {value} has no effect. Remove it.")
        else:
            self._untaken[who, name] += 1

    def _notes(self) -> Iterator[Problem]:
        """What is worth knowing before money is spent."""
        yield from self._table.notes
        yield from self._images.notes
        for column in self._table.columns:
            near = get_close_matches(key(column), FIELDS, 1, ALIKE)
            if near and column not in self._fields and column not in self._read_by_template:
                sentence = (
                    f"This column is not a parameter and is not used in the template. Did you mean {FIELDS[near[0]]}?"
                )
                yield Problem(0, column, sentence)
            if column in self._fields and self._refused[column] >= self._set[column] > 1:
                yield Problem(
                    0, column, "No cell in this column is valid. If it is not a parameter, rename the column."
                )
            if empty := self._empty[column]:
                yield Problem(0, column, f"{{{{{column}}}}} is empty in {_rows(empty)}; nothing is inserted there.")
            if braces := self._braces[column]:
                sentence = f"Braces in this column are inserted as plain text, in {_rows(braces)}."
                yield Problem(0, column, sentence)
        for (who, name), count in self._untaken.items():
            nothing = f"the value in the sidebar has no effect in {_rows(count)}"
            yield Problem(0, name, f"{who} does not use {PARAMETERS[name].label.lower()}, so {nothing}.")
        if unused := [name for name in self._images.named if name not in self._named]:
            some = ", ".join(unused[:NAMED]) + (" and others" if len(unused) > NAMED else "")
            which = "1 image is" if len(unused) == 1 else f"{len(unused):,} images are"
            yield Problem(0, "image", f"{which} not used by any row and will not be sent: {some}.")


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"
