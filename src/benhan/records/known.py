"""What is known already when a sheet is begun: patient, stay, facility, insurance, as the forms' prefill names them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.patients import queries as patients
from benhan.records import queries
from benhan.records.models import MedicalRecord
from benhan.records.payload import birth_text
from benhan.ui.jinja import age


def known_facts(record: MedicalRecord) -> dict[str, dict[str, Any]]:
    """{group: {name: value}} for `benhan.forms.prefill`."""
    patient, place = record.patient, facility.facility()
    insurance = patients.identifier_value(patient, "insurance_card")
    citizen_id = patients.identifier_value(patient, "citizen_id")
    representative = patient.representatives.order_by("-pk").first()
    diagnosis = _diagnosis(record)
    birth = birth_text(patient.birth_date, patient.birth_precision)
    stay_days = (clock.now() - record.opened_at).days + 1
    return {
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
            "diagnosis": diagnosis,
            "admitted_at": record.opened_at.isoformat(),
            "discharged_at": record.discharged_at.isoformat() if record.discharged_at else "",
            "reason": record.encounter.reason,
            "patient_code": patient.patient_number,
            "payer_type": "1" if insurance else "",
            "ward_entry": [{"ward": record.department.name, "at": record.opened_at.isoformat()}]
            if record.department
            else [],
        },
        "insurance": {"insurance_number": insurance, "card_number": insurance, "insurance_card": insurance},
        "computed": {"day_no": stay_days, "total_days": _total_days(record)},
    }


def _total_days(record: MedicalRecord) -> int | None:
    """Days of treatment: day of discharge less day of admission, at least one."""
    if record.discharged_at is None:
        return None
    stayed = timezone.localdate(record.discharged_at) - timezone.localdate(record.opened_at)
    return max(1, stayed.days)


def _diagnosis(record: MedicalRecord) -> str:
    """The newest diagnosis written in this record, as text."""
    for form_code in ("treatment_sheet", "admission_exam", "inpatient_general_medicine", "outpatient_general"):
        document = queries.latest_of_form(record, form_code)
        if document is None:
            continue
        from benhan.records.services import content_of

        content = content_of(queries.current_version(document))
        for section in content.values():
            row = section[0] if isinstance(section, list) and section else section
            if isinstance(row, dict):
                for key in ("diagnosis", "main_disease", "preliminary_diagnosis", "diagnosis_main"):
                    if isinstance(row.get(key), str):
                        return str(row[key])
    return ""
