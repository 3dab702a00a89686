"""`show_if`: when a field or a section is asked. `a == 1`, `a in (1, 2) or b > 5 and section.c != x`; `and` binds tighter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from benhan.forms.definition import Field, FormBroken, FormVersion, Section

_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")  # what the browser takes for one, too
_TERM = re.compile(r"^\s*([a-z][\w]*(?:\.[a-z][\w]*)?)\s*(==|!=|<=|>=|<|>|\bin\b)\s*(.+?)\s*$")


@dataclass(frozen=True)
class Term:
    """One comparison. `name` is a field of the same row, or `section.field`."""

    name: str
    operator: str
    values: tuple[str, ...]

    def holds(self, actual: Any) -> bool:
        """Is the comparison true of a value? Of several answers one is enough; nothing is smaller or greater than no answer."""
        given = [_spelled(v) for v in actual] if isinstance(actual, list) else [_spelled(actual)]
        if self.operator in ("==", "in"):
            return any(value in given for value in self.values)
        if self.operator == "!=":
            return self.values[0] not in given
        number = _number(actual)
        return number is not None and _ORDER[self.operator](number, float(self.values[0]))


_ORDER = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[tuple[Term, ...], ...]:
    """Any of the groups must hold, in each group all of the terms. FormBroken when it is no condition."""
    return tuple(tuple(_term(t, text) for t in re.split(r"\s+and\s+", part)) for part in re.split(r"\s+or\s+", text))


def _term(text: str, whole: str) -> Term:
    matched = _TERM.match(text)
    if not matched:
        raise FormBroken(f"điều kiện “{whole}” không đọc được; viết như: muc == 1 and muc_khac in (1, 2)")
    name, operator, wanted = matched.groups()
    if operator == "in":
        wanted = wanted.strip().removeprefix("(").removesuffix(")")
        return Term(name, operator, tuple(_bare(v) for v in wanted.split(",")))
    if operator in _ORDER and _number(_bare(wanted)) is None:
        raise FormBroken(f"điều kiện “{whole}”: sau {operator} phải là một số")
    return Term(name, operator, (_bare(wanted),))


def _bare(text: str) -> str:
    return text.strip().strip("'\"")


def _spelled(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def is_shown(thing: Field | Section, row: dict[str, Any], content: dict[str, Any] | None = None) -> bool:
    """Does the condition of a field or section hold? `row` is the section's (or table line's) own content, `content` the
    whole. Without a condition it is shown."""
    if not thing.show_if:
        return True
    return any(all(term.holds(_value(term.name, row, content)) for term in group) for group in parse(thing.show_if))


def _value(name: str, row: dict[str, Any], content: dict[str, Any] | None) -> Any:
    section_id, dot, field_id = name.partition(".")
    if not dot:
        return row.get(name)
    other = (content or {}).get(section_id)
    return other.get(field_id) if isinstance(other, dict) else None


def as_data(text: str) -> list[list[dict[str, Any]]]:
    """The same condition for the browser."""
    if not text:
        return []
    return [[{"name": t.name, "op": t.operator, "values": list(t.values)} for t in group] for group in parse(text)]


def faults(form: FormVersion) -> list[str]:
    """Conditions that cannot be read, or that ask about what the form does not have."""
    found = []
    for section in form.sections:
        found += _faults(form, section, (), f"{section.id}", section.show_if)
        for f in section.fields:
            found += _faults(form, section, section.fields, f"{section.id}.{f.id}", f.show_if)
            for column in f.columns:
                found += _faults(form, section, f.columns, f"{section.id}.{f.id}.{column.id}", column.show_if)
    return found


def _faults(form: FormVersion, section: Section, beside: tuple[Field, ...], place: str, text: str) -> list[str]:
    if not text:
        return []
    try:
        terms = [term for group in parse(text) for term in group]
    except FormBroken as broken:
        return [f"“{place}”: {broken}"]
    return [
        f"“{place}”: điều kiện nói tới “{term.name}”, không có trong mẫu"
        for term in terms
        if not _is_known(form, beside, term.name)
    ]


def _is_known(form: FormVersion, beside: tuple[Field, ...], name: str) -> bool:
    section_id, dot, field_id = name.partition(".")
    if not dot:
        return any(f.id == name for f in beside)
    other = form.section(section_id)
    return other is not None and not other.repeated and other.field(field_id) is not None
