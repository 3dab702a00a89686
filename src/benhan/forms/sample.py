"""A plausible, invented answer to a field or a whole form: for demo data, previews, and tests driven by definitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benhan.forms.definition import ROW_KEY, Field, FormVersion, Section
from benhan.forms.scores import with_scores
from benhan.kernel import clock

TEXT = "Không ghi nhận bất thường"
LINES = 2
DRAWN = "M 60 80 L 120 140 Q 180 60 240 150 L 320 110"
# What a page would know of the person and the stay: an invented one, so that a preview reads like a paper in use.
KNOWN = {
    "patient.full_name": "NGUYỄN VĂN MẪU", "patient.patient_code": "BN26000000", "patient.birth_date": "1963-04-18",
    "patient.age": "63 tuổi", "patient.sex": "1", "patient.ethnicity": "01", "patient.phone": "0900000000",
    "patient.address": "Số 15 đường Thử Nghiệm, phường Mẫu Đông", "patient.address_house": "Số 15",
    "patient.address_street": "Đường Thử Nghiệm", "patient.workplace": "Nghỉ hưu", "patient.citizen_id": "000063000000",
    "patient.relative_name_address": "Nguyễn Thị Mẫu, cùng địa chỉ", "patient.relative_phone": "0900000001",
    "patient.allergies": "Chưa phát hiện", "patient.nationality": "Việt Nam", "stay.department": "Khoa Nội tổng hợp",
    "stay.room": "302", "stay.bed": "05", "stay.admission_number": "26.000001", "stay.record_number": "BA26.000001",
    "stay.diagnosis": "Viêm phổi", "stay.reason": "Sốt, ho, khó thở", "facility.name": "Bệnh viện Mẫu",
    "insurance.insurance_number": "HT2990000000000", "insurance.registered_facility": "Trạm y tế Mẫu Đông",
}  # fmt: skip
Parts = Callable[[str], frozenset[str]]


def sample_content(form: FormVersion, *, parts: Parts | None = None) -> dict[str, Any]:
    """An answer to every item of a form, good for signing and closing. `parts` names the parts of a diagram."""
    content = {s.id: _section(s, parts) for s in form.sections}
    return with_scores(form, {k: v for k, v in content.items() if v})


def _section(section: Section, parts: Parts | None) -> Any:
    row = _row(section.fields, 0, parts)
    return [row, _row(section.fields, 1, parts)] if section.repeated and row else row


def _row(fields: tuple[Field, ...], number: int, parts: Parts | None) -> dict[str, Any]:
    found = {f.id: sample_value(f, number, parts) for f in fields if f.is_filled_by_hand}
    return {k: v for k, v in found.items() if v not in (None, "", [], {})}


def sample_value(field: Field, number: int = 0, parts: Parts | None = None) -> Any:
    """An answer that validates; `number` is the line it stands in, so that lines differ."""
    if _fits(field, said := KNOWN.get(field.prefill, "")):
        return said
    if field.type == "choice":
        code = field.choices[number % len(field.choices)].code if field.choices else ""
        return [code] if field.multiple else code
    if field.type == "number":
        return _number(field, number)
    if field.type == "date":
        return clock.today().isoformat()
    if field.type == "datetime":
        at = clock.now().astimezone(ZoneInfo(clock.FACILITY_ZONE_DEFAULT)) - timedelta(hours=1 - min(number, 1))
        return at.replace(second=0, microsecond=0).isoformat()  # as the page writes it: local, to the minute
    if field.type == "time":
        return f"{8 + number:02d}:00"
    if field.type == "icd10":
        return "I10"
    if field.type == "table":
        return _table(field, parts)
    if field.type == "diagram":
        known = sorted(parts(field.diagram)) if parts else []
        return [{"part": known[len(known) // 2], "mark": field.choices[0].code}] if known else []
    if field.type == "drawing":
        return DRAWN
    if field.type == "code" and field.code_system:
        return _first_code(field.code_system)
    return TEXT[: field.length_max].strip()


def _fits(field: Field, known: str) -> bool:
    if not known:
        return False
    if field.type == "choice":
        return known in {c.code for c in field.choices}
    return (
        field.type == "date"
        if known[4:5] == "-"
        else field.type in ("text", "longtext", "code") and len(known) <= field.length_max
    )


def _number(field: Field, number: int) -> int | float:
    """In the middle of what is usual, else just above the least."""
    if field.plausible:
        low, high = field.plausible
        middle = round(low + (high - low) * (0.4 + 0.1 * (number % 3)), 1)
        return int(middle) if field.whole or middle == int(middle) or high - low > 20 else middle
    low = field.minimum if field.minimum is not None else 1
    return int(low) + 1 if field.maximum is None or low + 1 <= field.maximum else low


def _table(field: Field, parts: Parts | None) -> list[dict[str, Any]]:
    if field.rows:
        rows = [{ROW_KEY: r.code, **_row(field.columns, n, parts)} for n, r in enumerate(field.rows)]
    else:
        rows = [_row(field.columns, n, parts) for n in range(LINES)]
    return [row for row in rows if set(row) - {ROW_KEY}]


def _first_code(system: str) -> str:
    return {"dan_toc": "01", "nghe_nghiep": "00", "duong_dung": "1.01", "gioi_tinh": "3"}.get(system, "1")
