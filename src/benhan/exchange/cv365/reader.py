"""Bytes as a model, with every fault of their shape. Accepts both spellings of groups 6 and 7 and numbers as numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lxml import etree

from benhan.exchange.cv365.model import Model, complete
from benhan.exchange.cv365.schema import GROUPS, ITEM_NAME, OTHER_SPELLINGS, ROOT, Element, schema
from benhan.kernel.text import nfc
from benhan.kernel.xml import XmlRefused, parse

BYTES_MAX = 32 * 1024 * 1024
DEPTH_MAX = 12
FAULTS_MAX = 500


@dataclass(frozen=True)
class Fault:
    """One fault: where, a stable code, what is wrong and how to mend it."""

    place: str
    code: str
    said: str


@dataclass(frozen=True)
class Read:
    """What was read. The model is whole only without faults."""

    model: Model
    faults: tuple[Fault, ...]
    format: str


class _Pairs(list[tuple[str, Any]]):
    """An object of the JSON as it was written: order and doubles are still seen."""


def read(data: bytes) -> Read:
    """Read a file of either kind; told apart by its first character."""
    if len(data) > BYTES_MAX:
        return Read({}, (Fault("", "too_big", f"Tệp lớn hơn {BYTES_MAX // 1024**2} MB"),), "")
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head == b"<":
        return _xml(data)
    if head == b"{":
        return _json(data)
    return Read({}, (Fault("", "format", "Không phải tệp JSON hay XML HoSoBenhAn"),), "")


def _json(data: bytes) -> Read:
    try:
        tree = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_Pairs, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return Read({}, (Fault("", "json", f"Không đọc được JSON: {error}"),), "json")
    faults: list[Fault] = []
    if not isinstance(tree, _Pairs) or [k for k, _ in tree] != [ROOT] or not isinstance(tree[0][1], _Pairs):
        return Read({}, (Fault("", "root", f"Phần tử ngoài cùng phải là {ROOT}"),), "json")
    found = _groups([(name, value) for name, value in tree[0][1]], faults, _from_pairs)
    return Read(complete(found), tuple(faults[:FAULTS_MAX]), "json")


def _from_pairs(node: Element, value: Any, place: str, faults: list[Fault]) -> Any:
    if node.is_object and (node.many or isinstance(value, list)) and not isinstance(value, _Pairs):
        return _rows(node, value, place, faults)
    if node.is_object:
        if value in ("", None):
            return {}
        if not isinstance(value, _Pairs):
            faults.append(Fault(place, "object", "Phải là một nhóm phần tử, không phải một giá trị"))
            return {}
        return _object(node, list(value), place, faults)
    if node.many:
        return _rows(node, value, place, faults)
    if isinstance(value, _Pairs | list):
        faults.append(Fault(place, "text", "Phải là một giá trị, không phải một nhóm hay danh sách"))
        return ""
    return _text(value)


def _rows(node: Element, value: Any, place: str, faults: list[Fault]) -> list[Any]:
    if isinstance(value, _Pairs):
        value = [value]
    if value in ("", None):
        return []
    if not isinstance(value, list):
        faults.append(Fault(place, "list", "Phải là một danh sách"))
        return []
    if not node.is_object:
        return [_text(v) for v in value]
    rows = []
    for number, row in enumerate(value, 1):
        here = f"{place}[{number}]"
        if isinstance(row, _Pairs):
            rows.append(_object(node, list(row), here, faults))
        else:
            faults.append(Fault(here, "object", "Mỗi dòng của danh sách phải là một nhóm phần tử"))
    return rows


def _object(node: Element, pairs: list[tuple[str, Any]], place: str, faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        here = f"{place}.{name}"
        child = node.children.get(name) or _untold(node, name)
        if child is None:
            faults.append(
                Fault(here, "unknown", f"Phần tử “{name[:60]}” không có trong phụ lục CV 365; bỏ đi hoặc sửa tên")
            )
        elif name in found:
            faults.append(Fault(here, "twice", f"Phần tử “{name}” bị lặp"))
        else:
            found[name] = _from_pairs(child, value, here, faults)
    return found


def _untold(node: Element, name: str) -> Element | None:
    """An item of a group whose items nobody told us: any plain one is taken."""
    return Element(name) if node.open and ITEM_NAME.fullmatch(name) else None


def _text(value: Any) -> str:
    """Numbers are accepted as numbers; a number is written as the file wrote it, true and false in their words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return nfc(str(value))


def _groups(pairs: list[tuple[str, Any]], faults: list[Fault], convert: Any) -> Model:
    """The eleven groups: each once, in order."""
    found: Model = {}
    order = []
    for spelled, value in pairs:
        name = OTHER_SPELLINGS.get(spelled, spelled)
        if name not in GROUPS:
            faults.append(Fault(spelled[:60], "unknown", f"Nhóm “{spelled[:60]}” không có trong phụ lục CV 365"))
        elif name in found:
            faults.append(Fault(name, "twice", f"Nhóm “{name}” bị lặp"))
        else:
            order.append(name)
            found[name] = convert(schema()[name], value, name, faults)
    missing = [name for name in GROUPS if name not in found]
    faults += [Fault(name, "missing", "Thiếu nhóm; nhóm không có dữ liệu vẫn phải có, để trống") for name in missing]
    if order != [name for name in GROUPS if name in found]:
        faults.append(Fault(ROOT, "order", "Các nhóm không đúng thứ tự của phụ lục: " + ", ".join(GROUPS)))
    return found


def _xml(data: bytes) -> Read:
    try:
        root = parse(data, bytes_max=BYTES_MAX)
    except XmlRefused as refused:
        place = f"dòng {refused.line}" if refused.line else ""
        return Read({}, (Fault(place, refused.code, refused.message),), "xml")
    if root.tag != ROOT:
        return Read({}, (Fault("", "root", f"Phần tử ngoài cùng phải là {ROOT}"),), "xml")
    faults: list[Fault] = []
    children = [(str(child.tag), child) for child in root]
    found = _groups(children, faults, _from_element)
    return Read(complete(found), tuple(faults[:FAULTS_MAX]), "xml")


def _from_element(node: Element, element: etree._Element, place: str, faults: list[Fault]) -> Any:
    if element.attrib:
        faults.append(Fault(place, "attribute", "Phần tử không được mang thuộc tính"))
    if not node.is_object:
        if len(element):
            faults.append(Fault(place, "text", "Phải là một giá trị, không phải một nhóm phần tử"))
            return ""
        return nfc(element.text or "")
    if element.text and element.text.strip():
        faults.append(Fault(place, "object", "Phải là một nhóm phần tử, không phải một giá trị"))
    found: dict[str, Any] = {}
    for child in element:
        name = str(child.tag)
        here = f"{place}.{name}"
        known = node.children.get(name) or _untold(node, name)
        if known is None:
            faults.append(
                Fault(here, "unknown", f"Phần tử “{name[:60]}” không có trong phụ lục CV 365; bỏ đi hoặc sửa tên")
            )
            continue
        repeats = known.many or known.may_repeat
        if name in found and not repeats:
            faults.append(Fault(here, "twice", f"Phần tử “{name}” bị lặp"))
            continue
        if repeats:
            rows = found.setdefault(name, [])
            is_empty = not len(child) and not (child.text or "").strip()
            if not is_empty:
                rows.append(_from_element(known, child, f"{here}[{len(rows) + 1}]", faults))
        else:
            found[name] = _from_element(known, child, here, faults)
    return found
