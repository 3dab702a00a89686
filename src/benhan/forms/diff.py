"""What changed between two versions of a form, for people: items that came, went or ask something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benhan.forms.definition import Field, FormVersion, Position, Section

# Words of an item that mean something to who fills it, in the order they are told.
_WORDS = (
    ("label_vi", "tên"),
    ("type", "loại"),
    ("required", "bắt buộc khi"),
    ("unit", "đơn vị"),
    ("minimum", "nhỏ nhất"),
    ("maximum", "lớn nhất"),
    ("plausible", "khoảng thường gặp"),
    ("whole", "chỉ nhận số nguyên"),
    ("length_max", "số ký tự"),
    ("choices", "lựa chọn"),
    ("multiple", "chọn nhiều"),
    ("rows", "dòng cố định"),
    ("code_system", "danh mục"),
    ("prefill", "điền sẵn từ"),
    ("show_if", "chỉ hỏi khi"),
    ("copy_forward", "chép từ tờ trước"),
    ("not_after_now", "không ở tương lai"),
    ("may_precede_birth", "được trước ngày sinh của người bệnh"),
    ("formula", "công thức"),
    ("of", "tính từ"),
    ("bands", "mức điểm"),
    ("diagram", "hình"),
)


@dataclass(frozen=True)
class Change:
    """One difference. `kind` is added | removed | changed | moved; `place` is `section` or `section.field`."""

    kind: str
    place: str
    label: str
    before: str = ""
    after: str = ""


def changes(old: FormVersion, new: FormVersion) -> list[Change]:
    """Every difference that somebody who fills, signs or reads the form would notice, in the order of the new form."""
    found = _heads(old, new)
    before = {s.id: s for s in old.sections}
    after = {s.id: s for s in new.sections}
    for section in new.sections:
        if section.id not in before:
            found.append(Change("added", section.id, section.title_vi or section.id, after=_names(section.fields)))
        else:
            found += _of_section(before[section.id], section)
    gone = [s for s in old.sections if s.id not in after]
    found += [Change("removed", s.id, s.title_vi or s.id, before=_names(s.fields)) for s in gone]
    return found + _of_positions(old.positions, new.positions)


def _heads(old: FormVersion, new: FormVersion) -> list[Change]:
    words = (
        ("name_vi", "Tên mẫu"),
        ("official_number", "Số mẫu"),
        ("legal_basis", "Căn cứ"),
        ("repeats", "Số lần ghi"),
        ("group", "Nhóm trong hồ sơ"),
        ("leaves_facility", "Giấy cấp ra ngoài"),
    )
    found = [
        Change("changed", "", label, _said(getattr(old, word)), _said(getattr(new, word)))
        for word, label in words
        if getattr(old, word) != getattr(new, word)
    ]
    for word, label in (("writers", "Ai được ghi"), ("used_in", "Dùng trong")):
        if getattr(old, word) != getattr(new, word):
            found.append(
                Change("changed", "", label, _said(sorted(getattr(old, word))), _said(sorted(getattr(new, word))))
            )
    return found


def _of_section(old: Section, new: Section) -> list[Change]:
    found = [
        Change("changed", new.id, f"{new.title_vi or new.id}: {label}", _said(getattr(old, w)), _said(getattr(new, w)))
        for w, label in (
            ("title_vi", "tên"),
            ("part", "phần ký"),
            ("show_if", "chỉ hỏi khi"),
            ("repeated", "nhiều dòng"),
        )
        if getattr(old, w) != getattr(new, w)
    ]
    return found + _of_fields(old.fields, new.fields, new.id)


def _of_fields(old: tuple[Field, ...], new: tuple[Field, ...], place: str) -> list[Change]:
    before = {f.id: f for f in old}
    after = {f.id for f in new}
    found = []
    for f in new:
        here = f"{place}.{f.id}"
        if f.id not in before:
            found.append(Change("added", here, f.label_vi, after=_said(f.type)))
            continue
        was = before[f.id]
        found += [
            Change("changed", here, f"{f.label_vi}: {label}", _said(getattr(was, word)), _said(getattr(f, word)))
            for word, label in _WORDS
            if getattr(was, word) != getattr(f, word)
        ]
        found += _of_fields(was.columns, f.columns, here)
    found += [Change("removed", f"{place}.{f.id}", f.label_vi, before=_said(f.type)) for f in old if f.id not in after]
    common = [f.id for f in old if f.id in after]
    if common != [f.id for f in new if f.id in before]:
        found.append(Change("moved", place, "Thứ tự các mục"))
    return found


def _of_positions(old: tuple[Position, ...], new: tuple[Position, ...]) -> list[Change]:
    before = {p.id: p for p in old}
    after = {p.id for p in new}
    found = []
    for p in new:
        was = before.get(p.id)
        if was is None:
            found.append(Change("added", f"signature:{p.id}", f"Chữ ký {p.label_vi}", after=_place(p)))
        elif was != p:
            found.append(Change("changed", f"signature:{p.id}", f"Chữ ký {p.label_vi}", _place(was), _place(p)))
    gone = [p for p in old if p.id not in after]
    return found + [Change("removed", f"signature:{p.id}", f"Chữ ký {p.label_vi}", before=_place(p)) for p in gone]


def _place(p: Position) -> str:
    words = [p.label_vi, f"vai {p.role}", f"thứ tự {p.order}"]
    words += [f"phần {p.part}"] if p.part else []
    return ", ".join([*words, "bắt buộc" if p.required else "nếu có"])


def _names(fields: tuple[Field, ...]) -> str:
    return "; ".join(f.label_vi for f in fields)


def _said(value: Any) -> str:
    """A value in words: choices by their labels, ranges as they are."""
    if value is None or value == "" or value == () or value == []:
        return "–"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, tuple | list):
        return "; ".join(getattr(v, "label_vi", None) or _said(v) for v in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
