"""For every practice task: what a person does to fulfil it, deed by deed, through the verbs and pages of the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from benhan.access import services as access
from benhan.access.models import Account
from benhan.facility import services as places
from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.patients import services as patients
from benhan.patients.models import Patient
from benhan.phrases import abbreviations
from benhan.phrases import services as phrases
from benhan.records import closing, copies, opening, queries, services, signatures
from benhan.records.models import Document, MedicalRecord
from benhan.records.samples import complete
from benhan.rollout.readiness import services as readiness
from benhan.rollout.training.models import Attempt
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing.services import ConfirmingPerson
from tests.people import PIN, Cast


@dataclass
class Doing:
    """One person at one task."""

    cast: Cast
    name: str
    attempt: Attempt
    client: Client

    @property
    def actor(self) -> Any:
        return self.cast.actors[self.name]

    @property
    def record(self) -> MedicalRecord:
        return queries.record(self.attempt.record_id)  # type: ignore[arg-type]  # the task has one

    @property
    def patient(self) -> Patient:
        return Patient.objects.get(pk=self.attempt.patient_id)

    def paper(self, form: str) -> Document:
        return Document.objects.filter(record_id=self.attempt.record_id, form_code=form).order_by("-order_no")[0]

    def get(self, name: str, **kwargs: Any) -> None:
        answer = self.client.get(reverse(name, kwargs=kwargs))
        assert answer.status_code == 200, (name, answer.status_code)


Deed = Callable[[Doing], object]


def certificate(d: Doing) -> None:
    certificates.issue_certificate(d.cast.staff[d.name], PIN, actor=d.actor)


def write(form: str) -> Deed:
    def deed(d: Doing) -> None:
        content = complete(d.record, form, {})
        services.write(d.record, form, content, actor=d.actor, clinical_at=clock.now() - timedelta(minutes=5))

    return deed


def sign(form: str) -> Deed:
    def deed(d: Doing) -> None:
        if certificates.certificate_of(d.actor.staff_id) is None:
            certificate(d)
        version = queries.current_version(d.paper(form))
        waiting = list(signing.waiting_for(d.actor).filter(version_id=version.pk))
        assert waiting, form
        for outcome in signatures.sign_many(waiting, actor=d.actor, pin=PIN):
            assert outcome.signature, outcome.refusal

    return deed


def amend(form: str) -> Deed:
    def deed(d: Doing) -> None:
        paper = d.paper(form)
        content = complete(d.record, form, {})
        for section, field in (("entry", "progress"), ("result", "conclusion")):
            if isinstance(content.get(section), dict):
                content[section] = {**content[section], field: "Đính chính: đã xem lại"}  # type: ignore[dict-item]
                break
        services.amend(paper, content, reason="ghi nhầm", actor=d.actor, base_version_no=paper.version_no)

    return deed


def read(form: str) -> Deed:
    return lambda d: d.get("records:document", document_id=d.paper(form).pk)


def read_record(d: Doing) -> None:
    d.get("records:record", record_id=d.attempt.record_id)


def printed(form: str) -> Deed:
    return lambda d: copies.print_on_paper(queries.current_version(d.paper(form)), d.actor)


def confirm(d: Doing) -> None:
    paper = d.paper("surgery_consent")
    challenge, code = signatures.begin_confirmation(paper, "patient", actor=d.actor)
    person = ConfirmingPerson(d.patient.full_name, "Bản thân", "Thẻ căn cước")
    signatures.confirm(challenge, code, "M10 10L200 100", person, actor=d.actor)


def phrase(d: Doing) -> None:
    phrases.add(scope="own", department=None, key="kham", title="Khám", text="Khám ___.", actor=d.actor)


def account(d: Doing) -> Account:
    return access.add_account(username="nguoimoi", password="mot-cau-rat-dai-de-nho")


def _new() -> Account:
    return Account.objects.get(username="nguoimoi")


def merge(d: Doing) -> None:
    twin = Patient.objects.filter(full_name=d.patient.full_name).exclude(pk=d.patient.pk).get()
    patients.merge(d.patient, twin, reason="một người", actor=d.actor)


def rename(d: Doing) -> None:
    unknown = Patient.objects.get(identity_state="unknown")
    person = patients.Person("Lý Thị Đã Rõ Tên", None, "unknown", "2")
    patients.update(unknown, person, actor=d.actor, reason="đã rõ tên")


def discharge(d: Doing) -> None:
    closing.discharge(d.record, actor=d.actor, result="1", discharge_type="1")


def admit(d: Doing) -> None:
    ward = Department.objects.get(code="K03")
    opening.open_record(d.patient, record_type="inpatient_medicine", department=ward, attending=None, actor=d.actor)


def search(d: Doing) -> None:
    assert d.client.get(reverse("patients:results"), {"q": d.patient.full_name}).status_code == 200


CERTIFICATE: tuple[Deed, ...] = (certificate,)
DEEDS: dict[str, tuple[Deed, ...]] = {
    "reception_find": (search, lambda d: d.get("patients:patient", patient_id=d.patient.pk)),
    "reception_register": (lambda d: patients.register(patients.Person("Lý Thị Mới"), actor=d.actor),),
    "reception_emergency": (
        lambda d: patients.register_emergency(actor=d.actor, sex="2", description="áo xanh"),
        rename,
    ),
    "reception_identifier": (
        lambda d: patients.add_identifier(d.patient, "insurance_card", "GD4000000000158", actor=d.actor),
    ),
    "reception_open": (admit,),
    "reception_merge": (merge,),
    "doctor_certificate": CERTIFICATE,
    "doctor_admission": (write("admission_exam"),),
    "doctor_treatment": (write("treatment_sheet"), sign("treatment_sheet")),
    "doctor_request": (write("lab_general_request"),),
    "doctor_prescription": (write("prescription"), sign("prescription")),
    "doctor_amend": (amend("treatment_sheet"), sign("treatment_sheet")),
    "doctor_cancel": (
        lambda d: services.cancel(d.paper("lab_general_request"), reason="chỉ định nhầm", actor=d.actor),
        lambda d: services.restore(d.paper("lab_general_request"), reason="hủy nhầm", actor=d.actor),
    ),
    "doctor_discharge": (discharge, lambda d: closing.close(d.record, actor=d.actor)),
    "nurse_certificate": CERTIFICATE,
    "nurse_vitals": (write("vital_signs_chart"), sign("vital_signs_chart")),
    "nurse_care": (write("nursing_care_level_2_3"),),
    "nurse_consent": (confirm,),
    "nurse_print": (printed("treatment_sheet"),),
    "nurse_phrase": (phrase,),
    "technician_certificate": CERTIFICATE,
    "technician_request": (read("lab_general_request"),),
    "technician_result": (write("lab_general_result"), sign("lab_general_result")),
    "technician_amend": (write("lab_general_result"), amend("lab_general_result")),
    "pharmacist_certificate": CERTIFICATE,
    "pharmacist_read": (read_record, read("prescription")),
    "pharmacist_review": (write("clinical_pharmacy_review"), sign("clinical_pharmacy_review")),
    "pharmacist_phrase": (phrase,),
    "planning_who": (lambda d: d.get("site:audit_patient", patient_id=d.patient.pk),),
    "planning_close": (read_record, lambda d: closing.close(d.record, actor=d.actor)),
    "planning_reopen": (lambda d: closing.reopen(d.record, actor=d.actor, reason="kết thúc nhầm"),),
    "planning_seal": (lambda d: closing.seal(d.record, actor=d.actor),),
    "planning_abbreviations": (
        lambda d: abbreviations.put(abbreviation="BN", expansion="bệnh nhân", department=None, actor=d.actor),
    ),
    "planning_readiness": (lambda d: readiness.run(actor=d.actor),),
    "archivist_read": (read_record, read("outpatient_general")),
    "archivist_manifest": (lambda d: d.get("records:manifest_pdf", record_id=d.record.pk, volume_no=1),),
    "archivist_print": (printed("outpatient_general"),),
    "archivist_export": (lambda d: d.get("archive:package", record_id=d.record.pk),),
    "administrator_person": (account,),
    "administrator_role": (account, lambda d: access.assign_role(_new(), "nurse", None)),
    "administrator_close": (account, lambda d: access.disable_account(_new())),
    "administrator_department": (lambda d: places.add_department(code="K99", name="Khoa Tập"),),
    "administrator_log": (lambda d: d.get("site:audit"),),
}
