"""What is known already goes into a new sheet: patient, stay, facility, insurance, the newest earlier values."""

from __future__ import annotations

from typing import Any

from benhan.forms.definition import Field, FormVersion
from benhan.forms.page import read_number

Known = dict[str, dict[str, Any]]


def prefill(form: FormVersion, known: Known, previous: dict[str, Any] | None = None) -> dict[str, Any]:
    """Fill fields whose `prefill` names a fact, e.g. `patient.full_name`; `known` is {group: {name: value}}.

    `previous` is the content of the newest earlier entry of the same form: fields with `copy_forward` are taken over
    from it (only what the form allows, never findings)."""
    content: dict[str, Any] = {}
    for section in form.sections:
        before = (previous or {}).get(section.id)
        earlier = before if isinstance(before, dict) else {}
        row = {f.id: value for f in section.fields if (value := _value(f, known, earlier)) not in (None, "", [])}
        if row:
            content[section.id] = [row] if section.repeated else row
    return content


def copies_forward(form: FormVersion) -> bool:
    """Does the form take anything over from the entry before?"""
    return any(f.copy_forward for s in form.sections if not s.repeated for f in s.fields)


def carried_over(form: FormVersion, content: dict[str, Any], previous: dict[str, Any]) -> list[str]:
    """Paths (`section.field`) of the values that `prefill` took over from the entry before: each is to be looked at again
    before the sheet is saved."""
    return [
        f"{section.id}.{f.id}"
        for section in form.sections
        if not section.repeated
        for f in section.fields
        if f.copy_forward
        and (value := value_at(previous, f"{section.id}.{f.id}")) not in (None, "", [])
        and value_at(content, f"{section.id}.{f.id}") == value
    ]


def value_at(content: dict[str, Any], path: str) -> Any:
    """The value at `section.field`, or None."""
    section, _, field = path.partition(".")
    row = content.get(section)
    return row.get(field) if isinstance(row, dict) else None


def completed(content: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The content with its empty items filled from `known`; what stands there stays. Lists of rows are left alone."""
    done = dict(content)
    for section_id, facts in known.items():
        here = done.get(section_id, {})
        if isinstance(here, dict) and isinstance(facts, dict):
            done[section_id] = {**facts, **here}
    return done


def _value(field: Field, known: Known, earlier: dict[str, Any]) -> Any:
    if field.copy_forward and earlier.get(field.id) not in (None, "", []):
        return earlier[field.id]
    return _fact(field, known) if field.prefill else None


def _fact(field: Field, known: Known) -> Any:
    """The named fact, in the type of the field; a fact the field cannot hold is left out rather than bent."""
    group, _, name = field.prefill.partition(".")
    value = known.get(group, {}).get(name or field.id)
    if value is None:
        return None
    if field.type == "choice":
        return str(value) if str(value) in {c.code for c in field.choices} else None
    if field.type in ("text", "longtext", "code", "icd10"):
        return str(value)[: field.length_max]
    if field.type == "number" and isinstance(value, str):
        number = read_number(value)
        return None if isinstance(number, str) else number
    return value
