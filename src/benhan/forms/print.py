"""What the print layout draws: the same definition and content, as plain data. Text stays data, never markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from benhan.forms import charts
from benhan.forms.conditions import is_shown
from benhan.forms.definition import ROW_KEY, Field, FormVersion, Section
from benhan.forms.diagrams import DiagramOf, diagram_svg, drawing_svg, marks_in_words
from benhan.forms.page import show
from benhan.forms.scores import band

CodeName = Callable[[str, str], str]
HEADER_BLOCKS = frozenset({"sheet_header"})
FIXED_ROWS_ALWAYS = 15
_LONG_WORD = re.compile(r"\S{36}(?=\S)")
HEADER_SECTIONS = frozenset({"letterhead", "header"})


@dataclass(frozen=True)
class _How:
    """What drawing needs beside form and content: the facility's zone, names of codes, diagrams."""

    zone: tzinfo
    code_name: CodeName | None = None
    diagram_of: DiagramOf | None = None


@dataclass(frozen=True)
class SheetEntry:
    """One entry of a sheet that is printed together: its content, its time, its state and who signed, as words.

    An entry keeps the form version it was written with; a cancelled one stays readable, struck out, and off curves."""

    content: dict[str, Any]
    at: datetime
    state: str = ""
    signed: str = ""
    cancelled: bool = False
    form: FormVersion | None = None


def print_sections(
    form: FormVersion,
    content: dict[str, Any],
    zone: tzinfo,
    code_name: CodeName | None = None,
    diagram_of: DiagramOf | None = None,
) -> list[dict[str, Any]]:
    """Sections as {id, title, block, repeated, header, rows: [[item…]]}; an item has id, label, value, type, unit…"""
    return _sections(form, content, _How(zone, code_name, diagram_of))


def _sections(form: FormVersion, content: dict[str, Any], how: _How) -> list[dict[str, Any]]:
    return [_section(s, content, how) for s in form.sections if is_shown(s, {}, content)]


def print_sheet(
    form: FormVersion,
    entries: Sequence[SheetEntry],
    zone: tzinfo,
    code_name: CodeName | None = None,
    diagram_of: DiagramOf | None = None,
) -> dict[str, Any]:
    """Many entries as one sheet, for `sheet.typ` of the form: {header, entries: [{at, day, hour, hours, state,
    signed, cancelled, sections, values}]}. The header is that of the newest entry; `values` are the bare numbers, for
    curves; `hours` counts from the first entry."""
    if not entries:
        return {"header": [], "entries": []}
    ordered, how = sorted(entries, key=lambda e: e.at), _How(zone, code_name, diagram_of)
    header, _ = _split(_sections(ordered[-1].form or form, ordered[-1].content, how))
    drawn = [_entry(form, e, ordered[0].at, how) for e in ordered]
    return {
        "header": [item for section in header for row in section["rows"] for item in row],
        "entries": drawn,
        "chart": sheet_chart(form, drawn),
    }


def sheet_chart(form: FormVersion, entries: Sequence[dict[str, Any]]) -> str:
    """The chart of a sheet whose words ask for one: entries that were cancelled leave no point."""
    spec = form.sheet.get("chart")
    if not spec:
        return ""
    fields = [f for s in form.sections for f in s.fields]
    x_field = spec.get("x_field")
    readings = [
        charts.Reading(
            _place(e, n, spec, x_field), f"{e['day']} {e['hour']}" if n == 0 else str(e["hour"]), e["values"]
        )
        for n, e in enumerate(entries)
        if not e["cancelled"] and (not x_field or x_field in e["values"])
    ]
    return charts.svg(spec, fields, sorted(readings, key=lambda r: r.x))


def _place(entry: dict[str, Any], number: int, spec: dict[str, Any], x_field: str | None) -> float:
    if x_field:
        return float(entry["values"][x_field])
    return float(number) if spec.get("x") == "index" else float(entry["hours"])


def _entry(form: FormVersion, entry: SheetEntry, first: datetime, how: _How) -> dict[str, Any]:
    form = entry.form or form
    _, body = _split(_sections(form, entry.content, how))
    local = entry.at.astimezone(how.zone)
    return {
        "at": local.strftime("%d/%m/%Y %H:%M"),
        "day": local.strftime("%d/%m"),
        "hour": local.strftime("%H:%M"),
        "hours": (entry.at - first).total_seconds() / 3600,
        "state": entry.state,
        "signed": entry.signed,
        "cancelled": entry.cancelled,
        "sections": body,
        "values": _numbers(form, entry.content),
    }


def _numbers(form: FormVersion, content: dict[str, Any]) -> dict[str, float]:
    found = {}
    for section in form.sections:
        row = _one(content.get(section.id))
        for f in section.fields:
            value = row.get(f.id)
            if f.type in ("number", "score") and isinstance(value, int | float):
                found[f.id] = value
    return found


def _split(sections: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return [s for s in sections if s["header"]], [s for s in sections if not s["header"]]


def _one(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _section(section: Section, content: dict[str, Any], how: _How) -> dict[str, Any]:
    value = content.get(section.id)
    rows = [_one(row) for row in (value or [])] if section.repeated else [_one(value)]
    return {
        "id": section.id,
        "title": section.title_vi,
        "block": section.block,
        "part": section.part,
        "repeated": section.repeated,
        "header": section.block in HEADER_BLOCKS or section.id in HEADER_SECTIONS,
        "rows": [
            [_item(f, row, how) for f in section.fields if f.type != "signature" and is_shown(f, row, content)]
            for row in rows
        ],
    }


def _item(f: Field, row: dict[str, Any], how: _How) -> dict[str, Any]:
    value = row.get(f.id)
    item: dict[str, Any] = {
        "id": f.id,
        "label": f.label_vi,
        "type": f.type,
        "unit": f.unit if f.type in ("number", "score") else "",
        "number": f.printed_item,
        "empty": f.type != "statement" and value in (None, "", [], {}),
        "ours": f.added_by_us,
    }
    if f.type == "statement":
        item["value"] = ""
    elif f.type == "table":
        lines = [_one(line) for line in (value or [])]
        item |= _table(f, lines, how)
        item["layout"] = f.layout
        if f.chart:
            x = str(f.chart.get("x", "time"))
            item["svg"] = charts.svg(f.chart, f.columns, charts.readings_of_lines(f.columns, lines, x))
    elif f.type == "diagram":
        item |= _diagram(f, value, how)
    elif f.type == "drawing":
        background = how.diagram_of(f.background) if how.diagram_of and f.background else None
        item["value"] = str(value or "")
        if value or background:
            item["svg"] = drawing_svg(item["value"], background)
    elif f.type == "choice":
        chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
        item["choices"] = [{"label": c.label_vi, "on": c.code in chosen} for c in f.choices]
        item["value"] = ", ".join(c.label_vi for c in f.choices if c.code in chosen)
    else:
        item["value"] = _plain(f, value, how)
    return item


def _table(f: Field, lines: list[dict[str, Any]], how: _How) -> dict[str, Any]:
    """Columns and cells; a table with fixed rows prints every row, filled or not, its name in front. Of a very long one
    (fifty laboratory values of which six were asked for) only those that hold something."""
    labels = [
        f"{c.label_vi} ({c.unit})" if c.unit and c.unit not in c.label_vi.lower() else c.label_vi for c in f.columns
    ]
    kinds = [c.type for c in f.columns]
    cells = [[_plain(c, line.get(c.id), how) for c in f.columns] for line in lines]
    if not f.rows:
        return {"columns": labels, "kinds": kinds, "value": cells}
    by_row = {str(line.get(ROW_KEY)): cell for line, cell in zip(lines, cells, strict=True)}
    shown = [r for r in f.rows if r.code in by_row] if by_row and len(f.rows) > FIXED_ROWS_ALWAYS else f.rows
    fixed = [[r.label_vi, *by_row.get(r.code, [""] * len(f.columns))] for r in shown]
    return {"columns": ["", *labels], "kinds": ["text", *kinds], "value": fixed}


def _plain(f: Field, value: Any, how: _How) -> str:
    if value in (None, "", []):
        return ""
    if f.type == "score":
        return scored(f, value)
    if f.type == "code" and f.code_system and how.code_name:
        return how.code_name(f.code_system, str(value)) or str(value)
    if f.type == "choice":
        chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
        return ", ".join(c.label_vi for c in f.choices if c.code in chosen)
    shown = show(f, value, how.zone)
    return breakable(", ".join(shown) if isinstance(shown, list) else str(shown))


def scored(f: Field, value: Any) -> str:
    """A score with what it means: `13 – Nguy cơ trung bình`."""
    meaning = band(f, value)
    number = str(show(f, value, UTC)) or str(value).replace(".", ",")
    return f"{number} – {meaning.label_vi}" if meaning else number


def _diagram(f: Field, value: Any, how: _How) -> dict[str, Any]:
    """The picture with its marks, and the same in words for who reads the text."""
    marks = [m for m in value if isinstance(m, dict)] if isinstance(value, list) else []
    picture = how.diagram_of(f.diagram) if how.diagram_of else None
    if picture is None:
        return {"value": "; ".join(f"{m.get('part')}: {m.get('mark')}" for m in marks)}
    words = "; ".join(marks_in_words(picture, marks, f.choices))
    return {"value": breakable(words), "svg": diagram_svg(picture, marks, f.choices, key=f.id), "paper": picture.paper}


def breakable(text: str) -> str:
    """A very long word (a pasted hash, a hostile text) may break anywhere rather than leave the paper."""
    return _LONG_WORD.sub(lambda m: m.group() + "\u200b", text)
