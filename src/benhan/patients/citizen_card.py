"""The QR of the Vietnamese identity card (R-106), as a keyboard-wedge scanner types it. Pure; see identity.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean_line

CARD_CHARACTERS_MAX = 1000
FIELDS_MIN = 7
SEX_CODES = {"nam": "1", "nữ": "2", "nu": "2"}


@dataclass(frozen=True)
class CitizenCard:
    """What the card's QR says."""

    number: str
    old_number: str
    full_name: str
    birth_date: date | None
    birth_precision: str
    sex: str
    address: str
    issued_on: date | None


def parse(text: str) -> CitizenCard:
    """Read the line of the QR: seven or more fields between `|`; later, unknown fields are ignored."""
    line = clean_line(text[:CARD_CHARACTERS_MAX])
    parts = [part.strip() for part in line.split("|")]
    if len(parts) < FIELDS_MIN:
        raise _fault("shape", "Mã QR không phải của thẻ căn cước: cần 7 trường cách nhau bằng dấu |. Hãy quét lại.")
    number, old, name, birth, sex, address, issued = parts[:FIELDS_MIN]
    if not re.fullmatch(r"[0-9]{12}", number):
        raise _fault("number", "Số căn cước trong mã QR không đủ 12 chữ số. Hãy quét lại hoặc nhập tay.")
    if not name:
        raise _fault("name", "Mã QR không có họ tên. Hãy quét lại hoặc nhập tay.")
    birth_date, precision = _birth(birth)
    return CitizenCard(
        number=number,
        old_number=old if re.fullmatch(r"[0-9]{9}|[0-9]{12}", old) else "",
        full_name=name,
        birth_date=birth_date,
        birth_precision=precision,
        sex=SEX_CODES.get(sex.lower(), "3"),
        address=address,
        issued_on=_day(issued),
    )


def _birth(text: str) -> tuple[date | None, str]:
    if re.fullmatch(r"[0-9]{8}", text):
        day = _day(text)
        if day is not None:
            return day, "day"
        text = text[4:]  # 00001950: only the year is known
    if re.fullmatch(r"(18|19|20)[0-9][0-9]", text):
        return date(int(text), 1, 1), "year"
    return None, "unknown"


def _day(text: str) -> date | None:
    try:
        day, month, year = int(text[:2]), int(text[2:4]), int(text[4:])
        return date(year, month, day) if len(text) == 8 else None
    except ValueError:
        return None


def _fault(code: str, message: str) -> Invalid:
    return Invalid([FieldError("card", f"card_{code}", message)])
