"""Between a form and a page: the inputs to draw, and the content that was posted back. Knows no framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime, tzinfo
from typing import Any

from benhan.forms.definition import Choice, Field, FormVersion, Section
from benhan.forms.validate import is_shown
from benhan.kernel.errors import FieldError

ROWS_OFFERED = 1
_VN_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")


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


@dataclass(frozen=True)
class PageSection:
    """A section to draw: one row of inputs, or several when it repeats."""

    section: Section
    rows: tuple[tuple[Input, ...], ...]
    blank: tuple[Input, ...] = dataclass_field(default=())
    missing: int = 0


def sections(form: FormVersion, content: dict[str, Any], errors: list[FieldError], zone: tzinfo) -> list[PageSection]:
    """The whole page of a form with its content and the faults at their fields."""
    faults: dict[str, list[str]] = {}
    for error in errors:
        faults.setdefault(error.path, []).append(error.message)
    return [_section(section, content.get(section.id), faults, zone) for section in form.sections]


def _section(section: Section, value: Any, faults: dict[str, list[str]], zone: tzinfo) -> PageSection:
    missing = sum(len(v) for k, v in faults.items() if k == section.id or k.startswith(section.id + "."))
    if not section.repeated:
        return PageSection(section, (_inputs(section.fields, value or {}, section.id, faults, zone),), (), missing)
    rows = list(value or []) or [{}]
    drawn = tuple(_inputs(section.fields, row, f"{section.id}.{n}", faults, zone) for n, row in enumerate(rows))
    return PageSection(section, drawn, _inputs(section.fields, {}, f"{section.id}.__row__", {}, zone), missing)


def _inputs(fields: tuple[Field, ...], row: dict[str, Any], path: str, faults: dict[str, list[str]], zone: tzinfo) -> tuple[Input, ...]:
    return tuple(
        _input(f, row.get(f.id), f"{path}.{f.id}", faults, zone, is_shown(f, row)) for f in fields if f.is_filled_by_hand
    )


def _input(f: Field, value: Any, name: str, faults: dict[str, list[str]], zone: tzinfo, shown: bool) -> Input:
    if f.type == "table":
        given = list(value or [])
        wanted = max(len(given) + ROWS_OFFERED, len(f.rows))
        rows = [given[n] if n < len(given) else {} for n in range(wanted)]
        drawn = tuple(_inputs(f.columns, row, f"{name}.{n}", faults, zone) for n, row in enumerate(rows))
        return Input(name, f, None, tuple(faults.get(name, ())), drawn, shown)
    return Input(name, f, show(f, value, zone), tuple(faults.get(name, ())), (), shown)


def show(f: Field, value: Any, zone: tzinfo) -> Any:
    """The value as a person types and reads it: 23/11/2026 08:05, 36,5."""
    if value in (None, ""):
        return [] if f.multiple else ""
    if f.multiple:
        return [str(v) for v in (value if isinstance(value, list) else [value])]
    if f.type == "number" and isinstance(value, int | float):
        return f"{value:.10g}".replace(".", ",")
    if f.type == "date":
        return "/".join(reversed(str(value).split("-")))
    if f.type == "datetime":
        return _local(str(value), zone)
    return str(value)


def _local(value: str, zone: tzinfo) -> str:
    try:
        return datetime.fromisoformat(value).astimezone(zone).strftime("%d/%m/%Y %H:%M")
    except ValueError:
        return value


def parse_post(form: FormVersion, posted: Mapping[str, list[str]], zone: tzinfo) -> dict[str, Any]:
    """Read posted inputs back to content. What cannot be read stays as typed, so that nothing is lost and validation can
    point at it. Names that are no field of the form are ignored: they are the page's own."""
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
            rows = [_read_row(f.columns, posted, f"{name}.{n}", zone) for n in _row_numbers(posted, name)]
            if any(rows):
                row[f.id] = [r for r in rows if r]
        elif f.is_filled_by_hand:
            values = [v.strip() for v in posted.get(name, []) if v.strip()]
            if values:
                row[f.id] = [read(f, v, zone) for v in values] if f.multiple else read(f, values[-1], zone)
    return row


def read(f: Field, typed: str, zone: tzinfo) -> Any:
    """Read one typed value to how it is stored."""
    if f.type == "number":
        return _read_number(typed)
    if f.type == "date":
        return _read_date(typed)
    if f.type == "datetime":
        return _read_datetime(typed, zone)
    return typed.upper() if f.type == "icd10" else typed


def _read_number(typed: str) -> Any:
    plain = typed.replace(" ", "").replace(",", ".")
    if re.fullmatch(r"-?\d{1,15}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?\d{1,12}\.\d{1,8}", plain) else typed


def _read_date(typed: str) -> str:
    matched = _VN_DATE.match(typed)
    if matched:
        day, month, year = matched.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}"
    months = re.fullmatch(r"(\d{1,2})/(\d{4})", typed)
    return f"{months.group(2)}-{int(months.group(1)):02d}" if months else typed


def _read_datetime(typed: str, zone: tzinfo) -> str:
    for pattern in ("%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %Hh%M", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, pattern).replace(tzinfo=zone).isoformat()
        except ValueError:
            continue
    return typed
