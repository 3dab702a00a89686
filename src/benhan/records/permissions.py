"""Actions of this room, and the facts it tells the gate about its objects."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from benhan.access.actors import Actor
from benhan.access.gate import Action, Facts
from benhan.patients.merging import family_ids, relatives
from benhan.patients.models import Identifier, Merge, Patient
from benhan.records.models import (
    CareTeamMember,
    DepartmentStay,
    Document,
    DocumentVersion,
    Draft,
    Encounter,
    MedicalRecord,
)

ACTIONS = (
    Action("records.record.list", "Xem danh sách hồ sơ"),
    Action("records.record.read", "Xem hồ sơ bệnh án", subject="record"),
    Action("records.record.open", "Mở hồ sơ bệnh án", kind="write", subject="patient"),
    Action("records.record.assign", "Phân công, chuyển khoa", kind="write", subject="record"),
    Action("records.record.medium", "Đổi hình thức hồ sơ (giấy, điện tử)", kind="write", subject="record"),
    Action("records.record.discharge", "Cho ra viện", kind="write", subject="record"),
    Action("records.record.close", "Kết thúc hồ sơ", kind="write", subject="record"),
    Action("records.record.reopen", "Mở lại hồ sơ", kind="write", subject="record"),
    Action("records.record.seal", "Niêm phong hồ sơ", kind="write", subject="record"),
    Action("records.record.supplement", "Bổ sung sau niêm phong", kind="write", subject="record"),
    Action("records.document.read", "Xem giấy tờ của hồ sơ", subject="record"),
    Action("records.document.draft", "Mở bản nháp của mình", subject="record"),
    Action("records.document.draft_write", "Ghi và lưu bản nháp của mình", kind="write", subject="record"),
    Action("records.codes.search", "Tra danh mục"),
    Action("records.document.print", "In giấy tờ của hồ sơ", kind="export", subject="record"),
    Action("records.document.write", "Ghi giấy tờ vào hồ sơ", kind="write", subject="record"),
    Action("records.document.amend", "Đính chính giấy tờ", kind="write", subject="record"),
    Action("records.document.cancel", "Hủy giấy tờ", kind="write", subject="record"),
    Action("records.document.restore", "Khôi phục giấy tờ đã hủy", kind="write", subject="record"),
    Action("records.document.sign", "Ký giấy tờ", kind="write", subject="record"),
    Action("records.document.confirm", "Lấy xác nhận của người bệnh", kind="write", subject="record"),
)


def _relations(actor: Actor, record: MedicalRecord) -> set[str]:
    relations = set()
    mine = actor.department_ids
    # All stays rather than a question for one: they are few, and a list of records brings them along.
    if record.department_id in mine or (mine and any(s.department_id in mine for s in record.encounter.stays.all())):
        relations.add("department")
    if actor.staff_id and (
        record.attending_id == actor.staff_id
        or any(m.staff_id == actor.staff_id and m.to_at is None for m in record.encounter.care_team.all())
    ):
        relations.add("care")
    return relations


def record_facts(actor: Actor, record: MedicalRecord) -> Facts:
    """Relation and state of a record."""
    return Facts(frozenset(_relations(actor, record)), record.record_state, str(record.patient_id), str(record.pk))


def document_facts(actor: Actor, document: Document) -> Facts:
    """A document has the facts of its record, and its author."""
    facts = record_facts(actor, document.record)
    if document.author_id and document.author_id == actor.staff_id:
        return Facts(facts.relations | {"author"}, facts.record_state, facts.patient_id, facts.record_id)
    return facts


def version_facts(actor: Actor, version: DocumentVersion) -> Facts:
    """A version has the facts of its document."""
    return document_facts(actor, version.document)


def draft_facts(actor: Actor, draft: Draft) -> Facts:
    """A draft belongs to who types it; everybody else has no relation to it."""
    facts = record_facts(actor, draft.record)
    if draft.account_id == actor.account_id:
        return Facts(facts.relations | {"author"}, facts.record_state, facts.patient_id, facts.record_id)
    return Facts(frozenset(), None, facts.patient_id, facts.record_id)


def patient_facts(actor: Actor, patient: Patient) -> Facts:
    """A patient is of a department when one of its records is, and in care when one of its stays is."""
    family = family_ids(patient)
    relations = set()
    records = MedicalRecord.objects.filter(patient_id__in=family)
    if (
        actor.department_ids
        and records.filter(
            Q(department_id__in=actor.department_ids) | Q(encounter__stays__department_id__in=actor.department_ids)
        ).exists()
    ):
        relations.add("department")
    if (
        actor.staff_id
        and Encounter.objects.filter(patient_id__in=family)
        .filter(Q(attending_id=actor.staff_id) | Q(care_team__staff_id=actor.staff_id, care_team__to_at__isnull=True))
        .exists()
    ):
        relations.add("care")
    return Facts(frozenset(relations), None, str(patient.pk), None)


def identifier_facts(actor: Actor, identifier: Identifier) -> Facts:
    """An identifier has the facts of its patient."""
    return patient_facts(actor, identifier.patient)


def merge_facts(actor: Actor, link: Merge) -> Facts:
    """A merge has the facts of its survivor."""
    return patient_facts(actor, link.survivor)


def visible_records(actor: Actor) -> Q:
    """Which records an actor of a ward may list, as a condition on MedicalRecord: asked of each row in turn, so that a
    list of the newest stops when it is full, however many records the house keeps."""
    stays = DepartmentStay.objects.filter(encounter=OuterRef("encounter"), department__in=actor.department_ids)
    condition = Q(department_id__in=actor.department_ids) | Q(Exists(stays))
    if actor.staff_id:
        care = CareTeamMember.objects.filter(
            encounter=OuterRef("encounter"), staff_id=actor.staff_id, to_at__isnull=True
        )
        condition |= Q(attending_id=actor.staff_id) | Q(Exists(care))
    return condition


def visible_patient_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Ids of the patients an actor of a ward may find in a search: each relation by its own index, joined, and
    everybody joined to one of them by merges."""
    wards = list(actor.department_ids)
    records = MedicalRecord.objects.order_by().values_list("patient_id")
    stays = Encounter.objects.order_by().filter(stays__department_id__in=wards).values_list("patient_id")
    found = [records.filter(department_id__in=wards), stays.filter(record__isnull=False)]
    if actor.staff_id:
        mine = Encounter.objects.order_by().filter(
            care_team__staff_id=actor.staff_id, care_team__to_at__isnull=True, record__isnull=False
        )
        found += [records.filter(attending_id=actor.staff_id), mine.values_list("patient_id")]
    own = found[0].union(*found[1:])
    merged = Patient.objects.order_by().filter(pk__in=relatives(own)).values_list("pk")
    return found[0].union(*found[1:], merged)
