"""What was typed at the front desk, read to a Person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from benhan.kernel.errors import FieldError, Invalid
from benhan.patients.models import Patient
from benhan.patients.services import Person

_DAY = re.compile(r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$")
_MONTH = re.compile(r"^([0-9]{1,2})[/.-]([0-9]{4})$")
_PLAIN = (
    "phone",
    "address_line",
    "province_code",
    "commune_code",
    "ethnicity",
    "occupation",
    "nationality",
    "workplace",
    "blood_group",
)


def read_birth(text: str) -> tuple[date | None, str]:
    """Read 02/05/1960, 05/1960 or 1960 with its precision; (None, unknown) for an empty text; Invalid otherwise."""
    typed = text.strip()
    if not typed:
        return None, "unknown"
    try:
        if m := _DAY.match(typed):
            return date(int(m[3]), int(m[2]), int(m[1])), "day"
        if m := _MONTH.match(typed):
            return date(int(m[2]), int(m[1]), 1), "month"
        if re.fullmatch(r"[0-9]{4}", typed):
            return date(int(typed), 1, 1), "year"
    except ValueError:
        pass  # such a day is in no calendar: the same message as for an unreadable text
    raise Invalid([FieldError("birth", "format", "Ngày sinh: nhập 02/05/1960, hoặc 05/1960, hoặc chỉ năm 1960")])


def person_of(values: Mapping[str, str], known: Patient | None = None) -> Person:
    """Build a Person from posted values; what a page does not ask stays as known."""
    if "birth" in values or known is None:
        born, precision = read_birth(values.get("birth", ""))
    else:
        born, precision = known.birth_date, known.birth_precision
    plain = {name: values.get(name, getattr(known, name, "") if known else "") for name in _PLAIN}
    return Person(
        full_name=values.get("full_name", known.full_name if known else ""),
        birth_date=born,
        birth_precision=precision,
        sex=values.get("sex", known.sex if known else "3"),
        **plain,
    )
