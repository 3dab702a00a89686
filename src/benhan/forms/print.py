"""What the print layout draws: the same definition and content, as plain data. Text stays data, never markup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from benhan.forms.definition import Field, FormVersion, Section
from benhan.forms.page import show
from benhan.forms.validate import is_shown

CodeName = Callable[[str, str], str]
HEADER_BLOCKS = frozenset({"sheet_header", "record_letterhead"})


def print_sections(form: FormVersion, content: dict[str, Any], zone: tzinfo, code_name: CodeName | None = None) -> list[dict[str, Any]]:
    """Sections as {id, title, block, repeated, rows: [[item…]]}; an item is {label, value, type, unit, …}."""
    return [_section(s, content.get(s.id), zone, code_name) for s in form.sections]


def _section(section: Section, value: Any, zone: tzinfo, code_name: CodeName | None) -> dict[str, Any]:
    rows = (value or []) if section.repeated else [value or {}]
    return {
        "id": section.id, "title": section.title_vi, "block": section.block, "repeated": section.repeated,
        "header": section.block in HEADER_BLOCKS,
        "rows": [[_item(f, row, zone, code_name) for f in section.fields if f.type != "signature" and is_shown(f, row)] for row in rows],
    }


def _item(f: Field, row: dict[str, Any], zone: tzinfo, code_name: CodeName | None) -> dict[str, Any]:
    value = row.get(f.id)
    item: dict[str, Any] = {
        "id": f.id, "label": f.label_vi, "type": f.type, "unit": f.unit if f.type == "number" else "",
        "number": f.printed_item, "empty": value in (None, "", [], {}),
    }
    if f.type == "table":
        item["columns"] = [c.label_vi for c in f.columns]
        item["value"] = [[_plain(c, line.get(c.id), zone, code_name) for c in f.columns] for line in (value or [])]
    elif f.type == "choice":
        chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
        item["choices"] = [{"label": c.label_vi, "on": c.code in chosen} for c in f.choices]
        item["value"] = ", ".join(c.label_vi for c in f.choices if c.code in chosen)
    else:
        item["value"] = _plain(f, value, zone, code_name)
    return item


def _plain(f: Field, value: Any, zone: tzinfo, code_name: CodeName | None) -> str:
    if value in (None, "", []):
        return ""
    if f.type == "code" and f.code_system and code_name:
        name = code_name(f.code_system, str(value))
        return name or str(value)
    if f.type == "choice":
        return ", ".join(c.label_vi for c in f.choices if c.code == str(value))
    shown = show(f, value, zone)
    return ", ".join(shown) if isinstance(shown, list) else str(shown)
