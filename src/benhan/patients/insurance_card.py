"""The QR of the paper health-insurance card, as a keyboard-wedge scanner types it. Pure; see identity.md (practice notes)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean_line

CARD_CHARACTERS_MAX = 2000
FIELDS_MIN = 8
NUMBER = re.compile(r"^([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})$")
_DAY = re.compile(r"^([0-9]{2})/([0-9]{2})/([0-9]{4})$")
_AGAIN = "Hãy quét lại hoặc nhập tay."


@dataclass(frozen=True)
class InsuranceCard:
    """What the card's QR says. A birth date without day or month has the precision `year`."""

    number: str
    full_name: str
    birth_date: date | None
    birth_precision: str
    sex: str
    address: str
    facility_code: str
    valid_from: date | None
    valid_to: date | None


def looks_like(text: str) -> bool:
    """Is this the line of an insurance card rather than of an identity card?"""
    first = text.split("|", 1)[0].strip().upper()
    return "|" in text and bool(NUMBER.match(first))


def parse(text: str) -> InsuranceCard:
    """Read the line of the QR: number, name (hex), birth, sex, address (hex), facility, valid from, valid to, further ones."""
    parts = [part.strip() for part in clean_line(text[:CARD_CHARACTERS_MAX]).split("|")]
    if len(parts) < FIELDS_MIN:
        raise _fault("shape", f"Mã QR không phải của thẻ BHYT: cần ít nhất {FIELDS_MIN} trường cách nhau bằng dấu |.")
    number, name, birth, sex, address, facility, valid_from, valid_to = parts[:FIELDS_MIN]
    if not NUMBER.match(number.upper()):
        raise _fault("number", "Số thẻ BHYT trong mã QR không đúng dạng 15 ký tự (2 chữ, 13 số) hoặc 10 chữ số.")
    full_name = _unhex(name, "name", "Họ tên")
    if not full_name:
        raise _fault("name", "Mã QR không có họ tên.")
    birth_date, precision = _birth(birth)
    return InsuranceCard(
        number=number.upper(),
        full_name=full_name,
        birth_date=birth_date,
        birth_precision=precision,
        sex=sex if sex in {"1", "2"} else "3",
        address=_unhex(address, "address", "Địa chỉ"),
        facility_code=re.sub(r"[^0-9A-Z]", "", facility.upper()),
        valid_from=_day(valid_from),
        valid_to=_day(valid_to),
    )


def _unhex(text: str, field: str, label: str) -> str:
    if text in {"", "-"}:
        return ""
    try:
        return clean_line(bytes.fromhex(text).decode("utf-8"))
    except ValueError as error:  # not hexadecimal, or not UTF-8 inside
        raise _fault(field, f"{label} trong mã QR bị hỏng.") from error


def _birth(text: str) -> tuple[date | None, str]:
    day = _day(text)
    if day is not None:
        return day, "day"
    if found := re.search(r"(18|19|20)[0-9]{2}$", text):
        return date(int(found[0]), 1, 1), "year"
    return None, "unknown"


def _day(text: str) -> date | None:
    found = _DAY.match(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def _fault(code: str, message: str) -> Invalid:
    return Invalid([FieldError("card", f"card_{code}", f"{message} {_AGAIN}")])
