"""What the print layout draws: the same definition and content, as plain data. Text stays data, never markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from benhan.forms.charts import chart_svg
from benhan.forms.conditions import is_shown
from benhan.forms.definition import ROW_KEY, Field, FormVersion, Section
from benhan.forms.diagrams import DiagramOf, diagram_svg, drawing_svg, marks_in_words
from benhan.forms.page import show
from benhan.forms.paper import column_widths, span_of, with_unit
from benhan.forms.readings import Reading, numbers, table_readings
from benhan.forms.scores import band

CodeName = Callable[[str, str], str]
FIXED_ROWS_ALWAYS = 15  # of a longer list (fifty laboratory values, six asked for) only what holds something is printed
UPRIGHT_MM, FLIPPED_MM, DRAWING_MM = 178, 265, 80  # what lies between the margins of A4; a drawing
HEADER_BLOCKS = frozenset({"sheet_header"})
_LONG_WORD = re.compile(r"\S{36}(?=\S)")
HEADER_SECTIONS = frozenset({"letterhead", "header"})


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


@dataclass(frozen=True)
class Look:
    """What printing asks of others: the zone, names of codes, diagrams by name, and the sex of the patient for growth lines."""

    zone: tzinfo
    code_name: CodeName | None = None
    diagram_of: DiagramOf | None = None
    sex: str = ""
    blank: bool = False


def print_sections(
    form: FormVersion,
    content: dict[str, Any],
    zone: tzinfo,
    code_name: CodeName | None = None,
    diagram_of: DiagramOf | None = None,
) -> list[dict[str, Any]]:
    """Sections as {id, title, block, part, repeated, header, rows: [[item…]]}; an item has id, label, value, type, unit…

    What a condition hides is left out; of a paper that is filled in by hand (no content at all) nothing is hidden."""
    look = Look(zone, code_name, diagram_of, sex_of(form, content), blank=not content)
    return _sections(form, content, look)


def _sections(form: FormVersion, content: dict[str, Any], look: Look) -> list[dict[str, Any]]:
    shown = (s for s in form.sections if look.blank or is_shown(s, {}, content))
    return [_section(s, content, look) for s in shown]


def sex_of(form: FormVersion, content: dict[str, Any]) -> str:
    """What the form itself says of the patient's sex: 1 male, 2 female, or nothing."""
    for section in form.sections:
        for f in section.fields:
            if f.prefill == "patient.sex":
                value = str(_one(content.get(section.id)).get(f.id, ""))
                return value if value in ("1", "2") else ""
    return ""


def print_sheet(
    form: FormVersion,
    entries: Sequence[SheetEntry],
    zone: tzinfo,
    code_name: CodeName | None = None,
    diagram_of: DiagramOf | None = None,
) -> dict[str, Any]:
    """Many entries as one sheet, for `sheet.typ`: {header, chart, entries: [{at, day, hour, hours, state, signed, cancelled,
    sections, values}]}. The header is that of the newest entry; `values` are the bare numbers, for curves; `hours` counts
    from the first entry; `chart` is drawn when the form's words in `sheet` ask for one."""
    if not entries:
        return {"header": [], "entries": [], "chart": ""}
    ordered = sorted(entries, key=lambda e: e.at)
    newest = ordered[-1]
    look = Look(zone, code_name, diagram_of, sex_of(newest.form or form, newest.content))
    header, _ = _split(_sections(newest.form or form, newest.content, look))
    return {
        "header": [item for section in header for row in section["rows"] for item in row],
        "entries": [_entry(form, e, ordered[0].at, look, _day_of(ordered, look)) for e in ordered],
        "chart": sheet_chart(form, ordered, look),
    }


def _day_of(entries: Sequence[SheetEntry], look: Look) -> str:
    """How days are written at the head of a column: with the year when the sheet runs over years (growth, dialysis)."""
    years = {e.at.astimezone(look.zone).year for e in entries}
    return "%d/%m" if len(years) == 1 else "%d/%m/%Y"


def _entry(form: FormVersion, entry: SheetEntry, first: datetime, look: Look, day: str) -> dict[str, Any]:
    form = entry.form or form
    _, body = _split(_sections(form, entry.content, look))
    local = entry.at.astimezone(look.zone)
    return {
        "at": local.strftime("%d/%m/%Y %H:%M"),
        "day": local.strftime(day),
        "hour": local.strftime("%H:%M"),
        "hours": (entry.at - first).total_seconds() / 3600,
        "state": entry.state,
        "signed": entry.signed,
        "cancelled": entry.cancelled,
        "sections": body,
        "values": _numbers(form, entry.content),
    }


def sheet_chart(form: FormVersion, entries: Sequence[SheetEntry], look: Look) -> str:
    """The chart over many entries as SVG, or nothing when the form has none. `entries` in the order of time."""
    chart = form.sheet.get("chart")
    if not chart:
        return ""
    fields = [f for s in form.sections for f in s.fields]
    readings = [
        Reading(e.at.astimezone(look.zone), e.at.astimezone(look.zone).strftime("%d/%m %H:%M"), found)
        for e in entries
        if not e.cancelled and (found := _numbers(e.form or form, e.content))
    ]
    width = FLIPPED_MM if form.sheet.get("flipped") else UPRIGHT_MM
    return chart_svg(chart, readings, look.zone, fields=fields, sex=look.sex, width_mm=width)


def _numbers(form: FormVersion, content: dict[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for section in form.sections:
        row = numbers(_one(content.get(section.id)))
        found |= {f.id: row[f.id] for f in section.fields if f.type in ("number", "score") and f.id in row}
    return found


def _split(sections: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return [s for s in sections if s["header"]], [s for s in sections if not s["header"]]


def _one(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _section(section: Section, content: dict[str, Any], look: Look) -> dict[str, Any]:
    value = content.get(section.id)
    rows = [_one(row) for row in (value or [])] if section.repeated else [_one(value)]
    drawn = [
        [
            _item(f, row, look)
            for f in section.fields
            if f.type != "signature" and (look.blank or is_shown(f, row, content))
        ]
        for row in rows
    ]
    widths: list[float] = []
    if section.repeated and drawn:
        cells = [[str(i["value"]) for i in row] for row in drawn if len(row) == len(drawn[0])]
        widths = column_widths([i["label"] for i in drawn[0]], cells)
    return {
        "id": section.id,
        "title": section.title_vi,
        "block": section.block,
        "part": section.part,
        "repeated": section.repeated,
        "header": section.block in HEADER_BLOCKS or section.id in HEADER_SECTIONS,
        "rows": drawn,
        "widths": widths,
    }


def _item(f: Field, row: dict[str, Any], look: Look) -> dict[str, Any]:
    value = f.label_vi if f.type == "statement" else row.get(f.id)
    item: dict[str, Any] = {
        "id": f.id,
        "label": f.label_vi,
        "type": f.type,
        "unit": f.unit if f.type in ("number", "score") else "",
        "number": f.printed_item,
        "empty": value in (None, "", [], {}),
        "ours": f.added_by_us,
    }
    if f.type == "table":
        item |= _table(f, [_one(line) for line in value] if isinstance(value, list) else [], look)
    elif f.type == "choice":
        chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
        item["choices"] = [{"label": c.label_vi, "on": c.code in chosen} for c in f.choices]
        item["value"] = ", ".join(c.label_vi for c in f.choices if c.code in chosen)
    elif f.type == "diagram":
        item |= _diagram(f, [_one(m) for m in value] if isinstance(value, list) else [], look)
    else:
        item["value"] = _plain(f, value, look)
    if f.type == "drawing":
        item |= _drawing(f, str(value or ""), look)
    if f.type == "score" and (meaning := band(f, value)):
        item |= {"band": meaning.label_vi, "level": meaning.level}
    return item | {"span": span_of(item)}


def _diagram(f: Field, marks: list[dict[str, Any]], look: Look) -> dict[str, Any]:
    """The picture with its marks, and the marks as lines to read."""
    diagram = look.diagram_of(f.diagram) if look.diagram_of else None
    if diagram is None:
        return {"value": "", "svg": "", "marks": [], "width": 0}
    words = [breakable(line) for line in marks_in_words(diagram, marks, f.choices)]
    svg = diagram_svg(diagram, marks, f.choices, key=f.id)
    return {"value": "; ".join(words), "svg": svg, "marks": words, "width": diagram.paper}


def _drawing(f: Field, path: str, look: Look) -> dict[str, Any]:
    background = look.diagram_of(f.background) if look.diagram_of and f.background else None
    return {"svg": drawing_svg(path, background) if path or background else "", "width": DRAWING_MM}


def _table(f: Field, lines: list[dict[str, Any]], look: Look) -> dict[str, Any]:
    """Columns and cells; a table with fixed rows prints every row, filled or not, its name in front. `layout: columns` lays
    the lines side by side, and a chart stands above."""
    labels = [with_unit(c.label_vi, c.unit) for c in f.columns]
    kinds = [c.type for c in f.columns]
    cells = [[_cell(c, line.get(c.id), look) for c in f.columns] for line in lines]
    drawn: dict[str, Any] = {"layout": f.layout, "chart": ""}
    if f.chart:
        drawn["chart"] = table_chart(f, lines, look)
    if not f.rows:
        return drawn | {
            "columns": labels,
            "kinds": kinds,
            "value": cells,
            "widths": column_widths(labels, cells),
        }
    by_row = {str(line.get(ROW_KEY)): cell for line, cell in zip(lines, cells, strict=True)}
    shown = [r for r in f.rows if r.code in by_row] if by_row and len(f.rows) > FIXED_ROWS_ALWAYS else f.rows
    fixed = [[r.label_vi, *by_row.get(r.code, [""] * len(f.columns))] for r in shown]
    labels, kinds = ["", *labels], ["text", *kinds]
    return drawn | {"columns": labels, "kinds": kinds, "value": fixed, "widths": column_widths(labels, fixed)}


def table_chart(f: Field, lines: Sequence[dict[str, Any]], look: Look) -> str:
    """The chart of a table as SVG, from its lines."""
    readings = table_readings(f.columns, lines, look.zone)
    return chart_svg(f.chart, readings, look.zone, fields=f.columns, sex=look.sex, width_mm=UPRIGHT_MM)


def _cell(f: Field, value: Any, look: Look) -> str:
    text = _plain(f, value, look)
    meaning = band(f, value) if f.type == "score" else None
    return f"{text} – {meaning.label_vi}" if meaning else text


def _plain(f: Field, value: Any, look: Look) -> str:
    if value in (None, "", []):
        return ""
    if f.type == "code" and f.code_system and look.code_name:
        return look.code_name(f.code_system, str(value)) or str(value)
    if f.type == "choice":
        chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
        return ", ".join(c.label_vi for c in f.choices if c.code in chosen)
    if f.type == "drawing":
        return ""  # its strokes are in the picture
    shown = show(f, value, look.zone)
    return breakable(", ".join(shown) if isinstance(shown, list) else str(shown))


def breakable(text: str) -> str:
    """A very long word (a pasted hash, a hostile text) may break anywhere rather than leave the paper."""
    return _LONG_WORD.sub(lambda m: m.group() + "\u200b", text)
