"""What is known of a person at registration, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from benhan.facility.columns import too_long
from benhan.kernel import clock
from benhan.kernel.errors import FieldError
from benhan.kernel.text import clean_line
from benhan.patients.models import BIRTH_PRECISIONS, SEXES, Patient

OLDEST_YEARS = 130
CITIZEN_ID = re.compile(r"^[0-9]{12}$")
INSURANCE_CARD = re.compile(r"^([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})$")
PHONE = re.compile(r"^\+?[0-9]{8,15}$")


@dataclass(frozen=True)
class Person:
    """What is known of a person at registration. Nothing but the name is required (R-104)."""

    full_name: str
    birth_date: date | None = None
    birth_precision: str = "unknown"
    sex: str = "3"
    phone: str = ""
    address_line: str = ""
    province_code: str = ""
    commune_code: str = ""
    ethnicity: str = ""
    occupation: str = ""
    nationality: str = "000"
    workplace: str = ""
    blood_group: str = ""

    def cleaned(self) -> Person:
        """NFC, trimmed; the name stays as written otherwise."""
        values: dict[str, Any] = {k: clean_line(v) if isinstance(v, str) else v for k, v in asdict(self).items()}
        values["phone"] = re.sub(r"[\s.()-]", "", values["phone"])
        return Person(**values)


def faults(person: Person, *, citizen_id: str = "", insurance_card: str = "") -> list[FieldError]:
    """What is wrong with what was typed, field by field, with the mend; empty when good."""
    errors: list[FieldError] = []
    if not person.full_name:
        errors.append(FieldError("full_name", "required", "Nhập họ và tên người bệnh"))
    errors += too_long(Patient, asdict(person))
    if person.birth_precision not in BIRTH_PRECISIONS or (person.birth_date is None) != (
        person.birth_precision == "unknown"
    ):
        errors.append(FieldError("birth_date", "precision", "Ngày sinh và mức độ biết rõ không khớp nhau"))
    if person.sex not in SEXES:
        errors.append(FieldError("sex", "unknown", "Chọn giới tính: Nam, Nữ hoặc Chưa xác định"))
    if person.birth_date is not None:
        if person.birth_date > clock.today():
            errors.append(FieldError("birth_date", "future", "Ngày sinh ở tương lai, hãy xem lại"))
        elif person.birth_date.year < clock.today().year - OLDEST_YEARS:
            errors.append(FieldError("birth_date", "too_old", f"Năm sinh cách nay hơn {OLDEST_YEARS} năm, hãy xem lại"))
    if person.phone and not PHONE.match(person.phone):
        errors.append(FieldError("phone", "format", "Số điện thoại gồm 8–15 chữ số"))
    if citizen_id and not CITIZEN_ID.match(citizen_id):
        errors.append(
            FieldError("citizen_id", "format", "Số định danh cá nhân gồm đúng 12 chữ số; để trống nếu chưa có")
        )
    if insurance_card and not INSURANCE_CARD.match(insurance_card):
        errors.append(FieldError("insurance_card", "format", "Thẻ BHYT gồm 15 ký tự (2 chữ, 13 số) hoặc 10 chữ số"))
    return errors
