"""Invented patients, made ready for one person's task through the same doors as real ones, by the house's instructors.

Everything here is refused outside of the practice house."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from benhan.access import services as access
from benhan.access.actors import Actor, actor_for
from benhan.access.models import Account, RoleAssignment
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.facility.models import Department, Staff
from benhan.kernel import clock
from benhan.kernel.errors import Conflict
from benhan.patients import services as patients
from benhan.patients.models import Patient
from benhan.patients.services import Person
from benhan.records import closing, opening, signatures
from benhan.records import queries as records
from benhan.records import services as writing
from benhan.records.models import MedicalRecord
from benhan.records.samples import complete
from benhan.rollout.training.house import require_practice
from benhan.signing import certificates
from benhan.signing import queries as signing

PIN = "135790"  # of the invented instructors, whose certificates stand for nobody
PREFIX = "mau."
# user name, name, title, position, role: instructors write what lies in a record before somebody practises on it
INSTRUCTORS = {
    "doctor": ("mau.bacsi", "Nguyễn Hướng Dẫn", "BSCKII.", "department_head", "doctor"),
    "nurse": ("mau.dieuduong", "Trần Thị Chỉ Bảo", "CNĐD.", "nurse", "nurse"),
    "director": ("mau.giamdoc", "Lê Văn Làm Mẫu", "TS.BS.", "director", "planning"),
    "clerk": ("mau.tiepdon", "Phạm Thị Tiếp Tập", "CN.", "clerk", "receptionist"),
}
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLE = {"1": ("Văn", "Quốc", "Hữu", "Đình", "Công"), "2": ("Thị", "Ngọc", "Thu", "Mỹ", "Kim")}
GIVEN = {"1": ("Tập", "Thử", "Luyện", "Rèn", "Quen", "Thạo"), "2": ("Tập", "Thử", "Luyện", "Rèn", "Quen", "Thạo")}
WARD_DAYS = 2


@dataclass(frozen=True)
class Case:
    """What a task works on."""

    patient: Patient | None = None
    record: MedicalRecord | None = None


def make(kind: str, actor: Actor) -> Case:
    """An invented patient of this kind for this person. What lies in the log of it was done by the house, not by the person."""
    require_practice()
    with audit.acting_as(audit.Who(account_name="system:thực hành")):
        return KINDS[kind](actor)


def instructors() -> dict[str, Account]:
    """The house's instructors, made when missing: accounts nobody can log in with."""
    require_practice()
    found = {a.username: a for a in Account.objects.filter(username__startswith=PREFIX).select_related("staff")}
    return {key: found.get(line[0]) or _instructor(*line) for key, line in INSTRUCTORS.items()}


def _instructor(username: str, name: str, title: str, position: str, role: str) -> Account:
    staff = places.add_staff(
        full_name=name, job_title=title, position=position, department=None, licence_number="000000/TT-CCHN"
    )
    account = access.add_account(username=username, password=secrets.token_urlsafe(32), staff=staff)
    access.assign_role(account, role, None)
    if position != "clerk":  # reception signs nothing
        certificates.issue_certificate(staff, PIN, actor=actor_for(account))
    access.disable_account(account)
    return account


def _acting(key: str, department: Department | None = None) -> Actor:
    """An instructor at work in a department."""
    account = instructors()[key]
    role = INSTRUCTORS[key][4]
    given = RoleAssignment.objects.filter(account=account, role=role, department=department)
    if department is not None and not given.exists():
        access.assign_role(account, role, department)
    return actor_for(Account.objects.select_related("staff").get(pk=account.pk))


def department_for(actor: Actor) -> Department:
    """Where a person practises: a clinical department of theirs, else the first of the house."""
    rows = facility.departments(kind="clinical")
    found = rows.filter(pk__in=actor.department_ids).first() or rows.first()
    if found is None:
        raise Conflict("Nhà thực hành chưa có khoa lâm sàng nào", code="no_department")
    return found


def _name() -> tuple[Person, str]:
    """Somebody who does not exist: a telling given name and numbers nobody can have (12 digits that begin with 000)."""
    sex = secrets.choice("12")
    words = (secrets.choice(FAMILY), secrets.choice(MIDDLE[sex]), secrets.choice(GIVEN[sex]))
    number = secrets.randbelow(10**9)
    born = date(1945, 1, 1) + timedelta(days=secrets.randbelow(55 * 365))
    tail = f"{secrets.randbelow(900) + 100}"
    person = Person(f"{' '.join(words)} {tail}", born, "day", sex, f"0900{number % 10**6:06d}", "1 đường Thực Hành")
    return person, f"000{number:09d}"


def _person(actor: Actor) -> Case:
    person, citizen_id = _name()
    return Case(patients.register(person, actor=_acting("clerk"), citizen_id=citizen_id))


def _twins(actor: Actor) -> Case:
    person, citizen_id = _name()
    clerk = _acting("clerk")
    one = patients.register(person, actor=clerk, citizen_id=citizen_id)
    patients.register(person, actor=clerk, not_a_duplicate="bản ghi thứ hai để tập gộp")
    return Case(one)


def _open(actor: Actor, record_type: str) -> tuple[Case, Department]:
    department, patient = department_for(actor), _person(actor).patient
    assert patient is not None
    head = _acting("doctor", department)
    own = facility.staff(actor.staff_id) if actor.staff_id and "doctor" in actor.roles else None
    attending: Staff = own or facility.staff(head.staff_id)  # type: ignore[arg-type]  # instructors are staff
    record = opening.open_record(
        patient,
        record_type=record_type,
        department=department,
        attending=attending,
        actor=_acting("clerk"),
        started_at=clock.now() - timedelta(days=WARD_DAYS),
        reason="Sốt, ho đàm, khó thở (thực hành)",
    )
    if (
        actor.staff_id and department.pk not in actor.department_ids
    ):  # laboratory, pharmacy: they care for the patient too
        opening.assign(record, add=facility.staff(actor.staff_id), actor=head)
    return Case(patient, record), department


def _write(record: MedicalRecord, form: str, actor: Actor, given: dict[str, dict[str, object]] | None = None) -> None:
    content = complete(record, form, given or {})
    writing.write(record, form, content, actor=actor, clinical_at=clock.now() - timedelta(hours=6))


def _sign(record: MedicalRecord, *actors: Actor) -> None:
    """Instructors sign what waits in this record alone, in turn."""
    for actor in actors:
        while waiting := list(signing.waiting_for(actor).filter(record_id=record.pk)):
            if not any(o.signature for o in signatures.sign_many(waiting, actor=actor, pin=PIN)):
                break


def _arrived(actor: Actor) -> Case:
    return _open(actor, "inpatient_medicine")[0]


def _ward(actor: Actor) -> Case:
    """In the ward: examined, treated, tests ordered, drugs prescribed."""
    case, department = _open(actor, "inpatient_medicine")
    assert case.record is not None
    doctor = _acting("doctor", department)
    for form in ("admission_exam", "treatment_sheet", "lab_general_request", "prescription"):
        _write(case.record, form, doctor)
    _sign(case.record, doctor)
    return case


def _consent(actor: Actor) -> Case:
    """Before an operation: the paper waits for the patient."""
    case, department = _open(actor, "inpatient_medicine")
    assert case.record is not None
    _write(case.record, "surgery_consent", _acting("doctor", department))
    return case


def _leaving(actor: Actor) -> Case:
    """Everything written and signed: may go home."""
    case, department = _open(actor, "outpatient")
    assert case.record is not None
    doctor = _acting("doctor", department)
    _write(case.record, "outpatient_general", doctor)
    _sign(case.record, doctor, _acting("director"))
    return case


def _discharged(actor: Actor) -> Case:
    case = _leaving(actor)
    assert case.record is not None
    doctor = _acting("doctor", case.record.department)
    closing.discharge(records.record(case.record.pk), actor=doctor, result="1", discharge_type="1")
    return case


def _closed(actor: Actor) -> Case:
    case = _discharged(actor)
    assert case.record is not None
    closing.close(records.record(case.record.pk), actor=_acting("director"))
    return case


def _sealed(actor: Actor) -> Case:
    case = _closed(actor)
    assert case.record is not None
    closing.seal(records.record(case.record.pk), actor=_acting("director"))
    return case


KINDS: dict[str, Callable[[Actor], Case]] = {
    "none": lambda actor: Case(),
    "person": _person,
    "twins": _twins,
    "arrived": _arrived,
    "ward": _ward,
    "consent": _consent,
    "leaving": _leaving,
    "discharged": _discharged,
    "closed": _closed,
    "sealed": _sealed,
}
