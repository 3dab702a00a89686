"""Verbs that open a record and say who cares for it."""

from __future__ import annotations

from datetime import datetime

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.facility.models import Department, Staff
from benhan.kernel import clock, news
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.kernel.text import clean
from benhan.law import registry
from benhan.patients.models import Patient
from benhan.patients.services import locked_living
from benhan.records import facts, lifecycle, media
from benhan.records.models import CareTeamMember, DepartmentStay, Encounter, MedicalRecord, RecordEvent, Volume

TYPES_RULE = "records.types"


def types_opened() -> dict[str, str]:
    """The types of record this facility opens, with their names: those of its licence (FRM-11); all until it said which."""
    types = {c: str(t["name_vi"]) for c, t in registry.record_types().items() if c != "imported"}
    chosen = facility.setting(TYPES_RULE, None)
    return {c: name for c, name in types.items() if chosen is None or c in chosen}


def open_record(
    patient: Patient,
    *,
    record_type: str,
    department: Department,
    attending: Staff | None,
    actor: Actor,
    started_at: datetime | None = None,
    reason: str = "",
    room: str = "",
    bed: str = "",
) -> MedicalRecord:
    """Open (mở) a record for a new visit or stay. Numbers have no gaps and no doubles, also when many open at once."""
    gate.require(actor, "records.record.open", patient)
    kind = registry.record_types().get(record_type)
    if kind is None or record_type == "imported":
        raise Invalid([FieldError("record_type", "unknown", "Chọn loại hồ sơ bệnh án trong danh sách")])
    if record_type not in types_opened():
        said = f"Cơ sở không mở “{kind['name_vi']}” (Quy tắc: loại hồ sơ theo phạm vi hoạt động)"
        raise Invalid([FieldError("record_type", "not_licensed", said)])
    now = clock.now()
    started = started_at or now
    _assert_may_start(started, now, patient)
    with audit.unit_of_work("records.record.open"):
        patient = locked_living(patient)
        encounter = Encounter.objects.create(
            patient=patient,
            kind=kind["encounter"],
            department=department,
            attending=attending,
            room=room,
            bed=bed,
            reason=clean(reason),
            started_at=started,
            recorded_at=now,
        )
        DepartmentStay.objects.create(encounter=encounter, department=department, from_at=started)
        record = MedicalRecord.objects.create(
            encounter=encounter,
            patient=patient,
            record_type=record_type,
            department=department,
            attending=attending,
            medium=media.medium_of_new(department.pk),
            record_number=_number("record", record_type, kind["number_pattern"]),
            admission_number=_number("admission", record_type, kind["admission_pattern"]) or None,
            opened_at=started,
        )
        Volume.objects.create(record=record, no=1, opened_at=now)
        note_event(record, "open", "", lifecycle.OPEN, actor, clinical_at=started)
        audit.record(
            "records.record.open",
            patient_id=patient.pk,
            record_id=record.pk,
            object_type="record",
            object_id=str(record.pk),
        )
        news.announce(facts.RecordOpened(record.pk, patient.pk))
    return record


def _assert_may_start(started: datetime, now: datetime, patient: Patient) -> None:
    if started > now:
        raise Invalid([FieldError("started_at", "future", "Thời điểm vào viện ở tương lai")])
    if not clock.is_in_living_memory(started):
        raise Invalid(
            [FieldError("started_at", "too_early", "Thời điểm vào viện quá xa trong quá khứ, hãy xem lại năm")]
        )
    if patient.birth_date and clock.day_of(started) < patient.birth_date:
        raise Invalid([FieldError("started_at", "before_birth", "Thời điểm vào viện trước ngày sinh của người bệnh")])


def assign(
    record: MedicalRecord,
    *,
    actor: Actor,
    attending: Staff | None = None,
    add: Staff | None = None,
    remove: Staff | None = None,
) -> MedicalRecord:
    """Change the attending doctor, or who else cares for this stay (care relation)."""
    gate.require(actor, "records.record.assign", record)
    with audit.unit_of_work("records.record.assign"):
        fresh = locked(record)
        lifecycle.next_state(fresh.record_state, "assign")
        if attending is not None:
            fresh.attending = attending
            fresh.save(update_fields=["attending"])
            Encounter.objects.filter(pk=fresh.encounter_id).update(attending=attending)
        if add is not None:
            CareTeamMember.objects.get_or_create(
                encounter_id=fresh.encounter_id, staff=add, to_at=None, defaults={"from_at": clock.now()}
            )
        if remove is not None:
            CareTeamMember.objects.filter(encounter_id=fresh.encounter_id, staff=remove, to_at__isnull=True).update(
                to_at=clock.now()
            )
        note_event(fresh, "assign", fresh.record_state, fresh.record_state, actor)
        audit.record("records.record.assign", patient_id=fresh.patient_id, record_id=fresh.pk)
    return fresh


def set_medium(record: MedicalRecord, medium: str, *, reason: str, actor: Actor) -> MedicalRecord:
    """Say that a record is (also) on paper, or goes on electronically from now (R-22, R-94). Refused when it would hide paper
    that exists, and for a record that already has electronic papers and is called paper alone."""
    gate.require(actor, "records.record.medium", record)
    reason = clean(reason).strip()
    if len(reason) < 5:
        raise Invalid([FieldError("reason", "required", "Ghi lý do (ít nhất 5 ký tự)")])
    with audit.unit_of_work("records.record.medium"):
        fresh = locked(record)
        lifecycle.next_state(fresh.record_state, "medium")
        if (fresh.medium, medium) not in media.CHANGES:
            raise Refused(
                "Không đổi được hình thức hồ sơ như vậy: phần giấy đã có thì hồ sơ vẫn còn giấy", code="medium_change"
            )
        if medium == "paper" and fresh.document_count:
            raise Refused("Hồ sơ đã có giấy tờ điện tử nên không thể là hồ sơ giấy", code="medium_has_documents")
        before, fresh.medium = fresh.medium, medium
        fresh.save(update_fields=["medium"])
        note_event(fresh, "medium", fresh.record_state, fresh.record_state, actor, reason=reason)
        audit.record(
            "records.record.medium",
            patient_id=fresh.patient_id,
            record_id=fresh.pk,
            detail={"from": before, "to": medium},
        )
    return fresh


def transfer(
    record: MedicalRecord, department: Department, *, actor: Actor, attending: Staff | None = None
) -> MedicalRecord:
    """Move the patient to another department (chuyển khoa)."""
    gate.require(actor, "records.record.assign", record)
    with audit.unit_of_work("records.record.assign"):
        fresh = locked(record)
        lifecycle.next_state(fresh.record_state, "transfer")
        now = clock.now()
        DepartmentStay.objects.filter(encounter_id=fresh.encounter_id, to_at__isnull=True).update(to_at=now)
        DepartmentStay.objects.create(encounter_id=fresh.encounter_id, department=department, from_at=now)
        fresh.department, fresh.attending = department, attending
        fresh.save(update_fields=["department", "attending"])
        Encounter.objects.filter(pk=fresh.encounter_id).update(department=department, attending=attending)
        note_event(fresh, "transfer", fresh.record_state, fresh.record_state, actor, reason=department.name)
        audit.record("records.record.transfer", patient_id=fresh.patient_id, record_id=fresh.pk)
    return fresh


def locked(record: MedicalRecord) -> MedicalRecord:
    """The record's row, locked until the transaction ends: verbs on one record wait for each other."""
    return (
        MedicalRecord.objects.select_for_update(of=("self",))
        .select_related("patient__merged_into", "encounter", "department", "attending")
        .get(pk=record.pk)
    )


def note_event(
    record: MedicalRecord,
    event: str,
    before: str,
    after: str,
    actor: Actor,
    *,
    reason: str = "",
    clinical_at: datetime | None = None,
) -> RecordEvent:
    """Write the append-only line of what happened."""
    now = clock.now()
    return RecordEvent.objects.create(
        record=record,
        event=event,
        from_state=before,
        to_state=after,
        staff_id=actor.staff_id,
        by_name=actor.full_name,
        by_title=actor.job_title,
        reason=reason,
        clinical_at=clinical_at or now,
        recorded_at=now,
    )


def _number(series: str, record_type: str, pattern: str) -> str:
    chosen = facility.setting(f"numbers.{series}.{record_type}", pattern)
    if not chosen:
        return ""
    return numbers.take(f"{series}:{chosen}", chosen, on=clock.today(), facility_code=facility.facility().code)
