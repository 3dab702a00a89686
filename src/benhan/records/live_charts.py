"""Charts beside what is being typed: the lines of a table, or a sheet's earlier entries with the one in hand at their end."""

from __future__ import annotations

import json
from typing import Any

from benhan.forms.definition import FormVersion
from benhan.forms.print import Look, SheetEntry, sex_of, sheet_chart, table_chart
from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.law import registry
from benhan.records import services
from benhan.records.models import Document, DocumentVersion, Draft
from benhan.records.payload import opened
from benhan.records.rendering import zone

EARLIER_MAX = 60  # ten days of readings every four hours
SHEET = "sheet"


def chart_paths(form: FormVersion) -> list[str]:
    """What can be drawn of a form: `section.table` of every table with a chart, and `sheet` for one over its entries."""
    found = [f"{s.id}.{f.id}" for s in form.sections if not s.repeated for f in s.fields if f.chart]
    return [SHEET, *found] if form.sheet.get("chart") else found


def live_chart(draft: Draft, form: FormVersion, path: str) -> str:
    """The SVG of one chart from what the draft holds now."""
    if path not in chart_paths(form):
        raise NotFound("Mẫu này không có biểu đồ như vậy")
    content = json.loads(draft.content)
    look = Look(zone(), sex=sex_of(form, content))
    if path == SHEET:
        return sheet_chart(form, [*_earlier(draft), _in_hand(draft, form, content)], look)
    section, _, field_id = path.partition(".")
    row = content.get(section)
    lines = row.get(field_id) if isinstance(row, dict) else None
    table = next(f for s in form.sections if s.id == section for f in s.fields if f.id == field_id)
    return table_chart(
        table, [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else [], look
    )


def _in_hand(draft: Draft, form: FormVersion, content: dict[str, Any]) -> SheetEntry:
    at = services.clinical_time(form, content)
    sane = at is not None and at.tzinfo is not None and 1900 < at.year < 2200  # half a date is still being typed
    return SheetEntry(content, at if at and sane else clock.now(), form=form)


def _earlier(draft: Draft) -> list[SheetEntry]:
    documents = Document.objects.filter(record_id=draft.record_id, form_code=draft.form_code, document_state="active")
    if draft.document_id is not None:
        documents = documents.exclude(pk=draft.document_id)
    newest = list(documents.order_by("-clinical_at", "-order_no")[:EARLIER_MAX])
    wanted = {(d.pk, d.version_no) for d in newest}
    versions = DocumentVersion.objects.filter(document__in=newest)
    entries = [
        SheetEntry(opened(v)["content"], v.clinical_at, form=registry.form_version(v.form_code, v.form_valid_from))
        for v in versions
        if (v.document_id, v.version_no) in wanted
    ]
    return sorted(entries, key=lambda e: e.at)
