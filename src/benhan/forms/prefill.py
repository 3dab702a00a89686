"""What is known already goes into a new sheet: patient, stay, facility, insurance, the newest earlier values."""

from __future__ import annotations

from typing import Any

from benhan.forms.definition import Field, FormVersion


def prefill(form: FormVersion, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Fill fields whose `prefill` names a fact, e.g. `patient.full_name`. `known` is {group: {name: value}}."""
    content: dict[str, Any] = {}
    for section in form.sections:
        row = {f.id: value for f in section.fields if (value := _fact(f, known)) not in (None, "", [])}
        if row:
            content[section.id] = [row] if section.repeated else row
    return content


def _fact(field: Field, known: dict[str, dict[str, Any]]) -> Any:
    group, _, name = field.prefill.partition(".")
    value = known.get(group, {}).get(name or field.id)
    if field.type == "choice" and value is not None and str(value) not in {c.code for c in field.choices}:
        return None
    return value
