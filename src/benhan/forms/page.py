"""Between a form and a page: the inputs to draw, and the content that was posted back. Knows no framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from benhan.forms.conditions import is_shown
from benhan.forms.definition import ROW_KEY, ROWS_MAX, Band, Choice, Field, FormVersion, Section
from benhan.forms.scores import band
from benhan.kernel.errors import FieldError

ROWS_OFFERED = 1
Faults = dict[str, list[str]]
NOT_DRAWN = frozenset({"signature"})  # made by signing, never shown as an input
_VN_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_TIME = re.compile(r"^([0-9]{1,2})(?:[:hg.]([0-5]?[0-9])?|([0-5][0-9]))$")


@dataclass(frozen=True)
class Input:
    """One input of the page. `name` is its place in the content, dots between."""

    name: str
    field: Field
    value: Any
    errors: tuple[str, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()
    shown: bool = True

    @property
    def id(self) -> str:
        """The HTML id."""
        return "f-" + self.name.replace(".", "-")

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Possible answers of a choice."""
        return self.field.choices

    @property
    def columns(self) -> tuple[Field, ...]:
        """The columns of a table that the page draws."""
        return tuple(c for c in self.field.columns if c.type not in NOT_DRAWN)

    @property
    def band(self) -> Band | None:
        """What a score means, by its bands."""
        return band(self.field, read_number(self.value)) if self.field.type == "score" else None

    @property
    def marks(self) -> list[dict[str, str]]:
        """The marks of a diagram as they were posted."""
        return [m for m in map(read_mark, self.value) if isinstance(m, dict)] if self.field.type == "diagram" else []


@dataclass(frozen=True)
class PageSection:
    """A section to draw: one row of inputs, or several when it repeats."""

    section: Section
    rows: tuple[tuple[Input, ...], ...]
    blank: tuple[Input, ...] = dataclass_field(default=())
    missing: int = 0
    shown: bool = True


def sections(form: FormVersion, content: dict[str, Any], errors: list[FieldError], zone: tzinfo) -> list[PageSection]:
    """The whole page of a form with its content and the faults at their fields."""
    faults: Faults = {}
    for error in errors:
        faults.setdefault(error.path, []).append(error.message)
    page = _Page(content, faults, zone)
    return [_section(section, content.get(section.id), page) for section in form.sections]


@dataclass(frozen=True)
class _Page:
    """What every input of one page is drawn from: the whole content (for conditions), the faults, the zone."""

    content: dict[str, Any]
    faults: Faults
    zone: tzinfo


def _section(section: Section, value: Any, page: _Page) -> PageSection:
    own = section.id + "."
    missing = sum(len(v) for k, v in page.faults.items() if k == section.id or k.startswith(own))
    shown = is_shown(section, {}, page.content)
    if not section.repeated:
        return PageSection(section, (_inputs(section.fields, _row_of(value), section.id, page),), (), missing, shown)
    rows = _rows_of(value) or [{}]
    drawn = tuple(_inputs(section.fields, row, f"{own}{n}", page) for n, row in enumerate(rows))
    blank = _inputs(section.fields, {}, f"{own}__row__", _Page(page.content, {}, page.zone))
    return PageSection(section, drawn, blank, missing, shown)


def _row_of(value: Any) -> dict[str, Any]:
    """A draft may hold anything; what has the wrong shape is drawn empty beside its fault."""
    return value if isinstance(value, dict) else {}


def _rows_of(value: Any) -> list[dict[str, Any]]:
    return [_row_of(row) for row in value] if isinstance(value, list) else []


def _inputs(
    fields: tuple[Field, ...], row: dict[str, Any], path: str, page: _Page, fault_path: str = ""
) -> tuple[Input, ...]:
    """`fault_path` differs from `path` where the place on the page is not the place in the content (fixed rows)."""
    where = fault_path or path
    return tuple(
        _input(f, row, f"{path}.{f.id}", tuple(page.faults.get(f"{where}.{f.id}", ())), page)
        for f in fields
        if f.type not in NOT_DRAWN
    )


def _input(f: Field, row: dict[str, Any], name: str, own: tuple[str, ...], page: _Page) -> Input:
    shown = is_shown(f, row, page.content)
    if f.type == "statement":
        return Input(name, f, f.label_vi, own, (), shown)
    if f.type != "table":
        own += _inside(f, name, page)
        return Input(name, f, show(f, row.get(f.id), page.zone), own, (), shown)
    given = _rows_of(row.get(f.id))
    places = {str(line.get(ROW_KEY)): number for number, line in enumerate(given)}
    drawn = []
    for number, line in enumerate(_table_rows(f, given)):
        place = places.get(f.rows[number].code, -1) if f.rows else number
        drawn.append(_inputs(f.columns, line, f"{name}.{number}", page, f"{name}.{place}"))
    return Input(name, f, None, own, tuple(drawn), shown)


def _inside(f: Field, name: str, page: _Page) -> tuple[str, ...]:
    """The faults of single marks of a diagram stand at the diagram."""
    if f.type != "diagram":
        return ()
    return tuple(m for path, said in page.faults.items() if path.startswith(name + ".") for m in said)


def _table_rows(f: Field, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines to draw: of a table with fixed rows each row once and in order, else those given and one to fill in."""
    if not f.rows:
        return given + [{}] * (ROWS_OFFERED if len(given) < ROWS_MAX else 0)
    by_row = {str(line.get(ROW_KEY)): line for line in given}
    return [by_row.get(r.code, {}) for r in f.rows]


def show(f: Field, value: Any, zone: tzinfo) -> Any:
    """The value as a person types and reads it: 23/11/2026 08:05, 36,5."""
    if value in (None, ""):
        return [] if f.multiple or f.type == "diagram" else ""
    if f.type == "diagram":
        return [_show_mark(mark) for mark in value] if isinstance(value, list) else [str(value)]
    if f.multiple:
        return [str(v) for v in (value if isinstance(value, list) else [value])]
    if f.type in ("number", "score") and isinstance(value, int | float) and not isinstance(value, bool):
        return format(Decimal(str(value)), "f").replace(".", ",")
    if f.type == "date":
        return "/".join(reversed(str(value).split("-")))
    if f.type == "datetime":
        return _local(str(value), zone)
    return str(value)


def _show_mark(mark: Any) -> str:
    """One mark of a diagram as one posted text: part|mark|note."""
    if not isinstance(mark, dict):
        return str(mark)
    return "|".join(str(mark.get(k, "")) for k in ("part", "mark", "note")).rstrip("|")


def read_mark(typed: str) -> Any:
    """A mark as it is stored; what is none stays as typed, to be refused."""
    part, _, rest = typed.partition("|")
    mark, _, note = rest.partition("|")
    if not part.strip() or not mark.strip():
        return typed
    return {"part": part.strip(), "mark": mark.strip(), **({"note": note.strip()} if note.strip() else {})}


def _local(value: str, zone: tzinfo) -> str:
    try:
        return datetime.fromisoformat(value).astimezone(zone).strftime("%d/%m/%Y %H:%M")
    except (ValueError, OverflowError):  # the first and last day of the calendar have no other zone
        return value


def parse_post(form: FormVersion, posted: Mapping[str, list[str]], zone: tzinfo) -> dict[str, Any]:
    """Read posted inputs back to content. What cannot be read stays as typed, so that nothing is lost and
    validation can point at it. Names that are no field of the form are ignored: they are the page's own."""
    content: dict[str, Any] = {}
    for section in form.sections:
        if section.repeated:
            numbers = _row_numbers(posted, section.id)
            rows = [_read_row(section.fields, posted, f"{section.id}.{n}", zone) for n in numbers]
            if any(rows):
                content[section.id] = [r for r in rows if r]
        elif row := _read_row(section.fields, posted, section.id, zone):
            content[section.id] = row
    return content


def _row_numbers(posted: Mapping[str, list[str]], prefix: str) -> list[int]:
    pattern = re.compile(rf"^{re.escape(prefix)}\.(\d{{1,4}})\.")
    return sorted({int(m.group(1)) for key in posted if (m := pattern.match(key))})


def _read_row(fields: tuple[Field, ...], posted: Mapping[str, list[str]], path: str, zone: tzinfo) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for f in fields:
        name = f"{path}.{f.id}"
        if f.type == "table":
            lines = [(n, _read_row(f.columns, posted, f"{name}.{n}", zone)) for n in _row_numbers(posted, name)]
            if filled := [_with_row(f, n, line) for n, line in lines if line]:
                row[f.id] = filled
        elif f.is_filled_by_hand:
            values = [v.strip() for v in posted.get(name, []) if v.strip()]
            if values and f.type == "diagram":
                row[f.id] = [read_mark(v) for v in values]
            elif values:
                row[f.id] = [read(f, v, zone) for v in values] if f.multiple else read(f, values[-1], zone)
    return row


def _with_row(f: Field, number: int, line: dict[str, Any]) -> dict[str, Any]:
    """A line of a table with fixed rows carries the code of its row; beyond the last row it has none and is refused."""
    return {ROW_KEY: f.rows[number].code, **line} if number < len(f.rows) else line


def read(f: Field, typed: str, zone: tzinfo) -> Any:
    """Read one typed value to how it is stored."""
    if f.type == "number":
        return read_number(typed)
    if f.type == "date":
        return _read_date(typed)
    if f.type == "datetime":
        return _read_datetime(typed, zone)
    if f.type == "time":
        return _read_time(typed)
    return typed.upper() if f.type == "icd10" else typed


def read_number(typed: str) -> Any:
    """A number as typed in Vietnam (36,5) or as JSON writes it; text that is none comes back unchanged."""
    plain = typed.replace(" ", "").replace(",", ".")
    if re.fullmatch(r"-?[0-9]{1,15}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?[0-9]{1,12}\.[0-9]{1,8}", plain) else typed


def _read_time(typed: str) -> str:
    """8:05, 8h05, 8h and 0805 as 08:05; anything else stays as typed."""
    matched = _TIME.match(typed)
    if not matched or int(matched[1]) > 23:
        return typed
    return f"{int(matched[1]):02d}:{int(matched[2] or matched[3] or 0):02d}"


def _read_date(typed: str) -> str:
    matched = _VN_DATE.match(typed)
    if matched:
        day, month, year = matched.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}"
    months = re.fullmatch(r"(\d{1,2})/(\d{4})", typed)
    return f"{months.group(2)}-{int(months.group(1)):02d}" if months else typed


def _read_datetime(typed: str, zone: tzinfo) -> str:
    """A day without an hour stays as typed and is refused: nobody's midnight is invented."""
    for pattern in ("%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %Hh%M"):
        try:
            return datetime.strptime(typed, pattern).replace(tzinfo=zone).isoformat()
        except ValueError:
            continue
    return typed
