"""Is a model what the annex says? Dates, lengths, the joining number, codes. Every fault with its place and its mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from benhan.exchange.cv365.model import Model
from benhan.exchange.cv365.reader import FAULTS_MAX, Fault
from benhan.exchange.cv365.schema import GROUPS, JOIN, Element, schema
from benhan.kernel.text import clean
from benhan.law import codes

DATE, MOMENT = "%d/%m/%Y", "%d/%m/%Y %H:%M:%S.%f"
ICD = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})?[†*]?")
ICD_ELEMENTS = {"maicd", "khambenh_chandoanvaovienmaicd", "chandoanvaovien_ma", "chandoantuyenduoi_ma", "chandoan_ma"}
WHOLE_LIST = 15_000  # with the starter list alone a code that is not in it may still be right


def faults(model: Model, *, on: date | None = None) -> list[Fault]:
    """Every fault of a complete model. `on`: the day whose ICD list counts (the day the stay ended)."""
    found: list[Fault] = []
    for name in GROUPS:
        found += _walk(schema()[name], model[name], name, on)
    found += _joined(model)
    return found[:FAULTS_MAX]


def _joined(model: Model) -> Iterator[Fault]:
    """The same admission number everywhere; without one nothing joins the groups."""
    number = model["ThongTinBenhNhan"][JOIN]
    if not number:
        yield Fault(f"ThongTinBenhNhan.{JOIN}", "required", "Thiếu số vào viện: số này nối mười một nhóm")
    for name in GROUPS[1:]:
        if JOIN in schema()[name].children and model[name][JOIN] != number:
            yield Fault(f"{name}.{JOIN}", "join", f"Số vào viện khác với nhóm ThongTinBenhNhan ({number or 'trống'})")
    if not model["ThongTinBenhNhan"]["hoten"]:
        yield Fault("ThongTinBenhNhan.hoten", "required", "Thiếu họ tên người bệnh")


def _walk(node: Element, value: Any, place: str, on: date | None) -> Iterator[Fault]:
    if isinstance(value, list):
        for number, row in enumerate(value, 1):
            yield from _walk_one(node, row, f"{place}[{number}]", on)
    else:
        yield from _walk_one(node, value, place, on)


def _walk_one(node: Element, value: Any, place: str, on: date | None) -> Iterator[Fault]:
    if node.is_object:
        items = {name: Element(name) for name in value} if node.open else node.children
        for name, child in items.items():
            yield from _walk(child, value[name], f"{place}.{name}", on)
        return
    if not value:
        return
    if value != clean(value):
        yield Fault(place, "characters", "Có ký tự điều khiển hoặc chữ chưa chuẩn hóa (NFC)")
    if node.max_length and len(value) > node.max_length:
        yield Fault(place, "too_long", f"Dài {len(value)} ký tự, tối đa {node.max_length}; rút gọn hoặc tách")
    yield from _typed(node, value, place)
    if node.name in ICD_ELEMENTS:
        yield from _icd(value, place, on)


def _typed(node: Element, value: str, place: str) -> Iterator[Fault]:
    if node.kind == "number" and not (value.isascii() and value.isdigit()):
        yield Fault(place, "number", "Chỉ ghi chữ số")
    if node.kind == "date" and day_of(value) is None:
        yield Fault(place, "date", "Ghi ngày dạng dd/mm/yyyy")
    if node.kind == "datetime" and moment_of(value) is None:
        yield Fault(place, "datetime", "Ghi thời điểm dạng dd/mm/yyyy HH:MM:SS.mmm")


def _icd(value: str, place: str, on: date | None) -> Iterator[Fault]:
    if not ICD.fullmatch(value):
        yield Fault(place, "icd", f"“{value[:20]}” không phải mã ICD-10 (giữ dấu chấm, ví dụ K29.7)")
    elif len(codes.entries("icd10")) >= WHOLE_LIST and value not in {c.code for c in codes.entries("icd10", on)}:
        yield Fault(place, "icd_not_in_force", f"Mã {value} không có hiệu lực vào ngày kết thúc điều trị")


def day_of(text: str) -> date | None:
    """A date of the annex; None when it is none."""
    if not re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
        return None
    try:
        return datetime.strptime(text, DATE).date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    """A moment of the annex on the facility's clock (without a zone); the form without milliseconds is read too."""
    if not re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?", text):
        return None
    try:
        return datetime.strptime(text if "." in text else f"{text}.000", MOMENT)  # noqa: DTZ007 - wall-clock time of the file
    except ValueError:
        return None
