"""Records, films and images handed over with a record (Hồ sơ, phim, ảnh): counted from what the record holds (FRM-10)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from benhan.forms.definition import ROW_KEY
from benhan.law import registry
from benhan.records.models import Document, MedicalRecord

ROWS = {"xray_result": "xray", "ct_scan_result": "ct", "ultrasound_result": "ultrasound"}


def films_and_papers(record: MedicalRecord) -> list[dict[str, Any]]:
    """Lines for the table at the end of a record form: how many papers of each kind, none that is empty, and the whole record.
    Cancelled papers do not count; the record form that is being written does."""
    active = Document.objects.filter(record=record, document_state="active").order_by()
    held = dict(active.values_list("form_code").annotate(n=Count("pk")))
    counts = {"total": sum(held.values())}
    for code, n in held.items():
        if (row := _row_of(code)) is not None:
            counts[row] = counts.get(row, 0) + n
    order = (*ROWS.values(), "lab", "other", "total")
    return [{ROW_KEY: row, "sheets": counts[row]} for row in order if counts.get(row)]


def _row_of(code: str) -> str | None:
    versions = registry.versions(code)
    if not versions or not versions[-1].answers:
        return None
    return ROWS.get(code, "lab" if versions[-1].kind == "lab" else "other")
