"""What is known already when a sheet is begun: patient, stay, facility, insurance, as the forms' prefill names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.patients import queries as patients
from benhan.records.films import films_and_papers
from benhan.records.models import MedicalRecord
from benhan.records.payload import birth_text
from benhan.ui.jinja import age

Facts = dict[str, dict[str, Any]]
_more: list[Callable[[MedicalRecord], Facts]] = []


def add_from(tell: Callable[[MedicalRecord], Facts]) -> None:
    """Let a room above tell what it knows of a record, e.g. its diagnosis (wiring only)."""
    if tell not in _more:
        _more.append(tell)


def known_facts(record: MedicalRecord) -> Facts:
    """{group: {name: value}} for `benhan.forms.prefill`."""
    patient, place = record.person, facility.facility()
    insurance = patients.identifier_value(patient, "insurance_card")
    citizen_id = patients.identifier_value(patient, "citizen_id")
    representative = next(iter(patients.representatives(patient)), None)
    birth = birth_text(patient.birth_date, patient.birth_precision)
    # The ward counts days of the calendar: who came at nine in the evening is on day two the next morning.
    stay_days = (timezone.localdate(clock.now()) - timezone.localdate(record.opened_at)).days + 1
    known: Facts = {
        "facility": {"name": place.name, "governing_body": place.governing_body, "facility": place.name},
        "patient": {
            "full_name": patient.full_name,
            "patient_code": patient.patient_number,
            "patient_number": patient.patient_number,
            "birth_date": birth,
            "age": age(patient.birth_date, patient.birth_precision),
            "sex": patient.sex,
            "ethnicity": patient.ethnicity,
            "occupation": patient.occupation,
            "address": patient.address_line,
            "address_house": patient.address_line,
            "blood_group": patient.blood_group.rstrip("+-"),
            "rhesus": patient.blood_group[-1:] if patient.blood_group[-1:] in ("+", "-") else "",
            "phone": patient.phone,
            "workplace": patient.workplace,
            "citizen_id": citizen_id,
            "nationality": "",
            "relative_name": representative.full_name if representative else "",
            "relative_name_address": representative.full_name if representative else "",
            "relative_phone": representative.phone if representative else "",
        },
        "stay": {
            "department": record.department.name if record.department else "",
            "admission_number": record.admission_number or "",
            "record_number": record.record_number,
            "archive_number": record.archive_number or "",
            "room": record.encounter.room,
            "bed": record.encounter.bed,
            "admitted_at": record.opened_at.isoformat(),
            "admitted_on": timezone.localdate(record.opened_at).isoformat(),
            "discharged_at": record.discharged_at.isoformat() if record.discharged_at else "",
            "reason": record.encounter.reason,
            "patient_code": patient.patient_number,
            "payer_type": "1" if insurance else "",
            "ward_entry": [{"ward": record.department.name, "at": record.opened_at.isoformat()}]
            if record.department
            else [],
        },
        "insurance": {"insurance_number": insurance, "card_number": insurance, "insurance_card": insurance},
        "computed": {
            "day_no": stay_days,
            "total_days": _total_days(record),
            "films_and_papers": films_and_papers(record),
        },
    }
    for more in _more:
        for group, values in more(record).items():
            known.setdefault(group, {}).update(values)
    return known


def _total_days(record: MedicalRecord) -> int | None:
    """Days of treatment: day of discharge less day of admission, at least one."""
    if record.discharged_at is None:
        return None
    stayed = timezone.localdate(record.discharged_at) - timezone.localdate(record.opened_at)
    return max(1, stayed.days)
