"""One cast of people, used everywhere: ward doctor, head, nurse, clerk, planning officer, director, a stranger…"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from benhan.access import services as access
from benhan.access.actors import Actor, actor_for
from benhan.access.models import Account
from benhan.facility import services as places
from benhan.facility.models import Department, Facility, Staff
from benhan.kernel import clock
from benhan.patients import services as patients
from benhan.patients.models import Patient
from benhan.patients.services import Person
from benhan.records import opening
from benhan.records.models import MedicalRecord
from benhan.signing import certificates

PASSWORD = "mot-cau-rat-dai-de-nho"
PIN = "135790"
ROLES = {
    "doctor": ("Nguyễn Văn An", "BSCKI.", "doctor", "doctor", "ward"),
    "head": ("Trần Thị Bình", "BSCKII.", "department_head", "doctor", "ward"),
    "nurse": ("Lê Thị Chi", "ĐDCK.", "nurse", "nurse", "ward"),
    "technician": ("Bùi Văn Giang", "CNXN.", "technician", "technician", "ward"),
    "pharmacist": ("Hồ Thị Hạnh", "DS.", "pharmacist", "pharmacist", "ward"),
    "stranger": ("Phạm Quốc Cường", "BS.", "doctor", "doctor", "other"),
    "clerk": ("Lê Thị Tiếp", "CN.", "clerk", "receptionist", "office"),
    "planning": ("Đỗ Thị Hoa", "ThS.", "officer", "planning", "office"),
    "director": ("Ngô Văn Khánh", "TS.BS.", "director", "planning", "office"),
    "archivist": ("Dương Thị Lan", "CN.", "officer", "archivist", "office"),
    "administrator": ("Đặng Quản Trị", "KS.", "clerk", "administrator", "office"),
}
EVERYWHERE = {"receptionist", "planning", "archivist", "administrator"}
SIGNERS = ("doctor", "head", "nurse", "director")


@dataclass
class Cast:
    """Everybody by name: `cast.doctor` is an Actor, `cast.staff["doctor"]` the person, `cast.accounts["doctor"]` the account."""

    facility: Facility
    departments: dict[str, Department]
    staff: dict[str, Staff]
    accounts: dict[str, Account]
    actors: dict[str, Actor]
    patient: Patient
    other_patient: Patient

    def __getattr__(self, name: str) -> Actor:
        actors: dict[str, Actor] = self.__dict__["actors"]
        if name not in actors:
            raise AttributeError(name)
        return actors[name]

    def open(self, record_type: str = "outpatient", patient: Patient | None = None, **more: Any) -> MedicalRecord:
        """A record of the ward's patient."""
        return opening.open_record(
            patient or self.patient,
            record_type=record_type,
            department=self.departments["ward"],
            attending=self.staff["doctor"],
            actor=self.clerk,
            **more,
        )

    def open_elsewhere(self) -> MedicalRecord:
        """A record in another department."""
        return opening.open_record(
            self.other_patient,
            record_type="outpatient",
            department=self.departments["other"],
            attending=self.staff["stranger"],
            actor=self.clerk,
        )


def build() -> Cast:
    """Make the house and its people."""
    place = places.set_up(name="Bệnh viện Thử", code="00001", governing_body="Sở Y tế Thử")
    certificates.set_up_authority(place)
    departments = {
        "ward": places.add_department(code="K03", name="Khoa Nội"),
        "other": places.add_department(code="K19", name="Khoa Ngoại"),
        "office": places.add_department(code="KHTH", name="Phòng KHTH", kind="office"),
    }
    staff, accounts, actors = {}, {}, {}
    for key, (name, title, position, role, home) in ROLES.items():
        staff[key] = places.add_staff(
            full_name=name,
            job_title=title,
            position=position,
            department=departments[home],
            licence_number=f"000{len(staff):03d}/TT-CCHN",
        )
        account = access.add_account(username=key, password=PASSWORD, staff=staff[key], must_change_password=False)
        access.assign_role(account, role, None if role in EVERYWHERE else departments[home])
        accounts[key] = account
        actors[key] = actor_for(Account.objects.get(pk=account.pk))
    for key in SIGNERS:
        certificates.issue_certificate(staff[key], PIN, actor=actors[key])
    clerk = actors["clerk"]
    one = patients.register(
        Person("Nguyễn Thị Đào", date(1960, 5, 2), "day", "2", "0900000001"), actor=clerk, citizen_id="000160000001"
    )
    two = patients.register(
        Person("Trần Văn Đức", date(1971, 1, 1), "year", "1", "0900000002"), actor=clerk, citizen_id="000171000002"
    )
    return Cast(place, departments, staff, accounts, actors, one, two)


NOTE = {"note": {"subject": "Theo dõi", "text": "Bệnh ổn định, ăn uống được."}}


def note(text: str = "Bệnh ổn định.") -> dict[str, Any]:
    """The content of a free note."""
    return {"header": {"full_name": "Nguyễn Thị Đào"}, "note": {"subject": "Theo dõi", "text": text}}


def vitals(**values: Any) -> dict[str, Any]:
    """The content of one reading of vital signs."""
    reading = {"at": clock.now().isoformat(), "pulse": 80, "temperature": 37.0, **values}
    return {"header": {"full_name": "Nguyễn Thị Đào"}, "reading": reading}
