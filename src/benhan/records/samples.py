"""A form filled with invented answers for a record of an invented patient: the demo hospital, practice, tests."""

from __future__ import annotations

from benhan.forms.prefill import prefill
from benhan.forms.sample import sample_value
from benhan.kernel import clock
from benhan.law import registry
from benhan.records.known import known_facts
from benhan.records.models import MedicalRecord


def complete(record: MedicalRecord, form_code: str, given: dict[str, dict[str, object]]) -> dict[str, object]:
    """Fill a form with what is known, what is given, and for the rest of the required items a plain invented answer."""
    form = registry.form(form_code, clock.today())
    content = prefill(form, known_facts(record))
    for section in form.sections:
        row = {**(content.get(section.id) or {}), **given.get(section.id, {})}
        for field in section.fields:
            if field.required in ("saving", "signing", "closing") and field.id not in row and field.is_filled_by_hand:
                row[field.id] = sample_value(field)
        if row:
            content[section.id] = row
    return content
