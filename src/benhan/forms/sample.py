"""A plausible, invented answer to a field: for demo data and tests driven by definitions."""

from __future__ import annotations

from typing import Any

from benhan.forms.definition import Field
from benhan.kernel import clock


def sample_value(field: Field) -> Any:
    """An answer that validates."""
    if field.type == "choice":
        code = field.choices[0].code if field.choices else ""
        return [code] if field.multiple else code
    if field.type == "number":
        low = field.minimum if field.minimum is not None else 1
        return int(low) + 1 if field.maximum is None or low + 1 <= field.maximum else low
    if field.type == "date":
        return clock.today().isoformat()
    if field.type == "datetime":
        return clock.now().replace(microsecond=0).isoformat()
    if field.type == "icd10":
        return "I10"
    if field.type == "table":
        return [
            {c.id: sample_value(c) for c in field.columns if c.required != "never"}
            or {field.columns[0].id: sample_value(field.columns[0])}
        ]
    if field.type == "code" and field.code_system:
        return _first_code(field.code_system)
    return "Không ghi nhận bất thường"[: field.length_max]


def _first_code(system: str) -> str:
    return {"dan_toc": "01", "nghe_nghiep": "00", "duong_dung": "1.01", "gioi_tinh": "3"}.get(system, "1")
