"""Verbs of the patient index: the only code that writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.facility.columns import too_long
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, FieldError, Invalid, Refused
from benhan.kernel.text import clean_line, fold
from benhan.patients.indexing import index_patients
from benhan.patients.merging import require_living
from benhan.patients.models import (
    IDENTIFIER_SYSTEMS,
    Identifier,
    Merge,
    Patient,
    PatientChange,
    Representative,
)
from benhan.patients.person import CITIZEN_ID, Person, faults
from benhan.patients.question import normalise_number

__all__ = [
    "PATIENT_NUMBER_PATTERN",
    "Person",
    "add_identifier",
    "add_representative",
    "cancel_identifier",
    "close_identifier",
    "faults",
    "locked_living",
    "merge",
    "register",
    "register_emergency",
    "register_newborn",
    "unmerge",
    "update",
]

PATIENT_NUMBER_PATTERN = "BN{yy}{serial:06d}"
TEMPORARY_PATTERN = "TAM-{yy}{serial:05d}"
REASON_CHARACTERS_MAX = 500


def register(
    person: Person,
    *,
    actor: Actor,
    citizen_id: str = "",
    insurance_card: str = "",
    other_identifiers: Iterable[tuple[str, str]] = (),
    source: str = "",
    mother: Patient | None = None,
    identity_state: str = "known",
    description: str = "",
    not_a_duplicate: str = "",
) -> Patient:
    """Register a new person. Duplicates are a warning of the page (`queries.likely_duplicates`; why it was passed over is kept
    as `not_a_duplicate`); only an active 12-digit number that somebody else holds is refused (R-103)."""
    gate.require(actor, "patients.patient.register")
    person = person.cleaned()
    citizen_id, insurance_card = normalise_number(citizen_id), normalise_number(insurance_card)
    description = clean_line(description)
    errors = faults(person, citizen_id=citizen_id, insurance_card=insurance_card)
    errors += too_long(Patient, {"description": description})
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work("patients.patient.register"):
        pattern = facility.setting("patients.number_pattern", PATIENT_NUMBER_PATTERN)
        place = facility.facility_or_none()
        number = numbers.take("patient", pattern, on=clock.today(), facility_code=place.code if place else "")
        patient = Patient.objects.create(
            **asdict(person),
            name_folded=fold(person.full_name),
            patient_number=number,
            recorded_at=clock.now(),
            source=source,
            mother=mother,
            identity_state=identity_state,
            description=description,
        )
        index_patients([patient])
        given = [("citizen_id", citizen_id), ("insurance_card", insurance_card), *other_identifiers]
        for system, value in given:
            if value:
                _add_identifier(patient, system, value, source=source)
        if not_a_duplicate:
            _note_change(patient, "register", {}, {}, actor, not_a_duplicate)
        audit.record(
            "patients.patient.register", patient_id=patient.pk, object_type="patient", object_id=str(patient.pk)
        )
    return patient


def register_emergency(*, actor: Actor, sex: str, description: str, birth_year: int | None = None) -> Patient:
    """Register somebody without any identity (R-104, REC-17): a temporary code that cannot look like 12 digits."""
    born = date(birth_year, 1, 1) if birth_year else None
    with audit.unit_of_work("patients.patient.register"):
        code = numbers.take("temporary", TEMPORARY_PATTERN, on=clock.today())
        label = {"1": "Nam", "2": "Nữ"}.get(sex, "Người bệnh")
        person = Person(f"{label} chưa rõ tên {code}", born, "year" if born else "unknown", sex)
        return register(
            person,
            actor=actor,
            other_identifiers=[("temporary", code)],
            identity_state="unknown",
            description=description,
        )


def register_newborn(mother: Patient, *, actor: Actor, born_on: date, sex: str, full_name: str = "") -> Patient:
    """Register a newborn with its mother (REC-22); its own number comes later."""
    gate.require(actor, "patients.patient.read", mother)
    with audit.unit_of_work("patients.patient.register"):
        locked_living(mother)
        code = numbers.take("temporary", TEMPORARY_PATTERN, on=clock.today())
        person = Person(
            full_name or f"Con bà {mother.full_name}",
            born_on,
            "day",
            sex,
            address_line=mother.address_line,
            province_code=mother.province_code,
            commune_code=mother.commune_code,
            ethnicity=mother.ethnicity,
            phone=mother.phone,
        )
        child = register(person, actor=actor, other_identifiers=[("temporary", code)], mother=mother)
        Representative.objects.create(
            patient=child,
            full_name=mother.full_name,
            relation="Mẹ",
            phone=mother.phone,
            legal_basis="Cha, mẹ của người chưa thành niên",
            recorded_at=clock.now(),
        )
    return child


def update(
    patient: Patient, person: Person, *, actor: Actor, reason: str = "", identity_state: str | None = None
) -> Patient:
    """Change what is known of a person; the earlier values stay in the history."""
    gate.require(actor, "patients.patient.update", patient)
    person = person.cleaned()
    errors = faults(person)
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work("patients.patient.update"):
        fresh = locked_living(patient)
        values: dict[str, Any] = asdict(person)
        if identity_state:
            values["identity_state"] = identity_state
        before = {k: _plain(getattr(fresh, k)) for k, v in values.items() if getattr(fresh, k) != v}
        if not before:
            return fresh
        for key in before:
            setattr(fresh, key, values[key])
        fresh.name_folded = fold(fresh.full_name)
        fresh.save()
        index_patients([fresh])
        _note_change(fresh, "update", before, {k: _plain(values[k]) for k in before}, actor, reason)
        audit.record("patients.patient.update", patient_id=fresh.pk, object_type="patient", object_id=str(fresh.pk))
    return fresh


def add_identifier(
    patient: Patient, system: str, value: str, *, actor: Actor, valid_from: date | None = None
) -> Identifier:
    """Add a dated identifier; an active one of the same kind (other than cards) is closed."""
    gate.require(actor, "patients.patient.update", patient)
    if system not in IDENTIFIER_SYSTEMS:
        raise Invalid([FieldError("system", "unknown", "Chọn loại giấy tờ trong danh sách")])
    if system == "citizen_id" and not CITIZEN_ID.match(normalise_number(value)):
        raise Invalid([FieldError("value", "format", "Số định danh cá nhân gồm đúng 12 chữ số")])
    if system == "external" and ":" in value:
        # Such a number is what an import matches people by (facility:code); only the import itself may give it.
        raise Invalid([FieldError("value", "format", "Mã ở hệ thống khác không có dấu hai chấm")])
    if not normalise_number(clean_line(value)):
        raise Invalid([FieldError("value", "required", "Nhập số giấy tờ")])
    if faulty := too_long(Identifier, {"value": clean_line(value)}):
        raise Invalid(faulty)
    with audit.unit_of_work("patients.patient.update"):
        locked_living(patient)
        if system in {"citizen_id", "old_citizen_id", "passport"}:
            Identifier.objects.filter(patient=patient, system=system, identifier_state="active").update(
                identifier_state="closed", valid_to=clock.today()
            )
        added = _add_identifier(patient, system, value, valid_from=valid_from)
        _note_change(patient, "identifier", {}, {system: added.value}, actor, "")
        audit.record(
            "patients.patient.update", patient_id=patient.pk, object_type="identifier", object_id=str(added.pk)
        )
    return added


def close_identifier(identifier: Identifier, *, actor: Actor, valid_to: date) -> Identifier:
    """Note until when an identifier was good; it stays in the list and no longer counts as active (R-103)."""
    gate.require(actor, "patients.patient.update", identifier.patient)
    if identifier.valid_from and valid_to < identifier.valid_from:
        raise Invalid([FieldError("valid_to", "before_start", "Ngày hết hiệu lực trước ngày bắt đầu")])
    return _end_identifier(identifier, "closed", valid_to, "", actor)


def cancel_identifier(identifier: Identifier, *, actor: Actor, reason: str) -> Identifier:
    """Mark an identifier as cancelled, entered by mistake or cancelled by the authority; it stays in the list."""
    gate.require(actor, "patients.patient.update", identifier.patient)
    if not clean_line(reason):
        raise Invalid([FieldError("reason", "required", "Nêu lý do hủy số giấy tờ")])
    return _end_identifier(identifier, "cancelled", clock.today(), reason, actor)


def _end_identifier(identifier: Identifier, state: str, valid_to: date, reason: str, actor: Actor) -> Identifier:
    with audit.unit_of_work("patients.patient.update"):
        fresh = Identifier.objects.select_for_update(of=("self",)).select_related("patient").get(pk=identifier.pk)
        if fresh.identifier_state != "active":
            raise Conflict("Số giấy tờ này đã hết hiệu lực hoặc đã bị hủy; hãy tải lại trang", code="identifier_ended")
        fresh.identifier_state, fresh.valid_to = state, valid_to
        fresh.save(update_fields=["identifier_state", "valid_to"])
        _note_change(fresh.patient, "identifier", {fresh.system: fresh.value}, {}, actor, reason)
        audit.record(
            "patients.patient.update", patient_id=fresh.patient_id, object_type="identifier", object_id=str(fresh.pk)
        )
    return fresh


def add_representative(
    patient: Patient,
    *,
    actor: Actor,
    full_name: str,
    relation: str,
    identity_number: str = "",
    phone: str = "",
    legal_basis: str = "",
) -> Representative:
    """Note who speaks for the patient (REC-23)."""
    gate.require(actor, "patients.patient.update", patient)
    if not clean_line(full_name) or not clean_line(relation):
        raise Invalid([FieldError("full_name", "required", "Nhập họ tên và quan hệ của người đại diện")])
    values = {
        "full_name": clean_line(full_name),
        "relation": clean_line(relation),
        "identity_number": normalise_number(clean_line(identity_number)),
        "phone": clean_line(phone),
        "legal_basis": clean_line(legal_basis),
    }
    if faulty := too_long(Representative, values):
        raise Invalid(faulty)
    with audit.unit_of_work("patients.patient.update"):
        locked_living(patient)
        row = Representative.objects.create(patient=patient, **values, recorded_at=clock.now())
        _note_change(patient, "representative", {}, {values["relation"]: values["full_name"]}, actor, "")
        audit.record(
            "patients.patient.update", patient_id=patient.pk, object_type="representative", object_id=str(row.pk)
        )
    return row


def merge(survivor: Patient, secondary: Patient, *, reason: str, actor: Actor) -> Merge:
    """Join two copies of one person by a link (REC-21). Nothing is re-keyed, so `unmerge` is exact."""
    gate.require(actor, "patients.patient.merge", survivor)
    gate.require(actor, "patients.patient.merge", secondary)
    if not clean_line(reason):
        raise Invalid([FieldError("reason", "required", "Nêu lý do gộp hai hồ sơ người bệnh")])
    if survivor.pk == secondary.pk:
        raise Refused("Không thể gộp một người bệnh với chính họ", code="merge_self")
    with audit.unit_of_work("patients.patient.merge"):
        rows = {
            p.pk: p
            for p in Patient.objects.select_for_update().filter(pk__in=[survivor.pk, secondary.pk]).order_by("pk")
        }
        if any(p.merged_into_id for p in rows.values()):
            raise Conflict(
                "Một trong hai người bệnh đã được gộp vào người khác; hãy tải lại trang", code="already_merged"
            )
        link = Merge.objects.create(
            survivor=rows[survivor.pk],
            secondary=rows[secondary.pk],
            reason=clean_line(reason)[:REASON_CHARACTERS_MAX],
            merged_by=actor.full_name,
            merged_at=clock.now(),
        )
        Patient.objects.filter(pk=secondary.pk).update(merged_into=survivor)
        for one, other in ((survivor, secondary), (secondary, survivor)):
            _note_change(one, "merge", {}, {"with": other.patient_number}, actor, reason)
        audit.record(
            "patients.patient.merge",
            patient_id=survivor.pk,
            also_patients=[secondary.pk],
            object_type="merge",
            object_id=str(link.pk),
        )
    return link


def unmerge(link: Merge, *, reason: str, actor: Actor) -> None:
    """Undo a merge: each row is again with the person it was written for; what was written since stays with the survivor."""
    gate.require(actor, "patients.patient.merge", link.survivor)
    if not clean_line(reason):
        raise Invalid([FieldError("reason", "required", "Nêu lý do tách")])
    with audit.unit_of_work("patients.patient.merge"):
        fresh = Merge.objects.select_for_update().get(pk=link.pk)
        if fresh.undone_at is not None:
            raise Conflict("Lần gộp này đã được tách trước đó", code="already_unmerged")
        fresh.undone_at, fresh.undone_by = clock.now(), actor.full_name
        fresh.undone_reason = clean_line(reason)[:REASON_CHARACTERS_MAX]
        fresh.save()
        Patient.objects.filter(pk=fresh.secondary_id).update(merged_into=None)
        for one, other in ((fresh.survivor, fresh.secondary), (fresh.secondary, fresh.survivor)):
            _note_change(one, "unmerge", {"with": other.patient_number}, {}, actor, reason)
        audit.record(
            "patients.patient.unmerge",
            patient_id=fresh.survivor_id,
            also_patients=[fresh.secondary_id],
            object_type="merge",
            object_id=str(fresh.pk),
        )


def locked_living(patient: Patient) -> Patient:
    """Lock and return the row of a person who may still be written to. Conflict when merged away meanwhile."""
    fresh = Patient.objects.select_for_update(of=("self",)).select_related("merged_into").get(pk=patient.pk)
    require_living(fresh)
    return fresh


def _add_identifier(
    patient: Patient, system: str, value: str, *, source: str = "", valid_from: date | None = None
) -> Identifier:
    normalised = normalise_number(value)
    try:
        with transaction.atomic():  # a savepoint: somebody may take the same number between any look and this write
            return Identifier.objects.create(
                patient=patient,
                system=system,
                value=clean_line(value),
                normalised=normalised,
                normalised_backwards=normalised[::-1],
                valid_from=valid_from,
                source=source,
                recorded_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict(
            "Số định danh này đang thuộc về một người bệnh khác; hãy tìm người đó trước", code="citizen_id_taken"
        ) from error


def _note_change(
    patient: Patient, kind: str, before: dict[str, Any], after: dict[str, Any], actor: Actor, reason: str
) -> None:
    PatientChange.objects.create(
        patient=patient,
        kind=kind,
        before=before,
        after=after,
        by_name=actor.full_name,
        reason=clean_line(reason)[:REASON_CHARACTERS_MAX],
        recorded_at=clock.now(),
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
