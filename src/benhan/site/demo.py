"""The demo hospital: invented people, loaded through the same doors as real data. Refuses a house with real patients."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from benhan.access import services as access
from benhan.access.actors import Actor, actor_for, system_actor
from benhan.access.models import Account
from benhan.audit import services as audit
from benhan.exchange.bhyt import generator
from benhan.exchange.bhyt import services as bhyt
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.facility.models import Department, Facility, Staff
from benhan.kernel import clock
from benhan.kernel.errors import Refused
from benhan.patients import services as patients
from benhan.patients.models import Patient
from benhan.patients.services import Person
from benhan.records import closing, opening, signatures
from benhan.records import queries as records
from benhan.records import services as writing
from benhan.records.models import MedicalRecord
from benhan.records.samples import complete as complete
from benhan.signing import certificates
from benhan.signing import queries as signing

PASSWORD = "benhan-thu-nghiem"
PIN = "246810"
EPISODES = 120
PEOPLE = 45
DEPARTMENTS = (
    ("K01", "Khoa Khám bệnh"),
    ("K03", "Khoa Nội tổng hợp"),
    ("K19", "Khoa Ngoại tổng hợp"),
    ("K27", "Khoa Phụ sản"),
    ("K18", "Khoa Nhi"),
    ("K39", "Khoa Chẩn đoán hình ảnh"),
    ("K40", "Khoa Xét nghiệm"),
    ("KHTH", "Phòng Kế hoạch tổng hợp"),
)
# user name, full name, title, position, role, department
CAST = (
    ("quantri", "Đặng Quản Trị", "KS.", "clerk", "administrator", "KHTH"),
    ("tiepdon", "Lê Thị Tiếp", "CN.", "clerk", "receptionist", "K01"),
    ("bacsi", "Nguyễn Văn An", "BSCKI.", "doctor", "doctor", "K03"),
    ("truongkhoa", "Trần Thị Bình", "BSCKII.", "department_head", "doctor", "K03"),
    ("bacsingoai", "Phạm Quốc Cường", "BSCKI.", "doctor", "doctor", "K19"),
    ("bacsikham", "Huỳnh Thị Dung", "BS.", "doctor", "doctor", "K01"),
    ("dieuduong", "Võ Thị Em", "CNĐD.", "nurse", "nurse", "K03"),
    ("ktv", "Bùi Văn Giang", "CNXN.", "technician", "technician", "K40"),
    ("duocsi", "Hồ Thị Hạnh", "DS.", "pharmacist", "pharmacist", "K03"),
    ("khth", "Đỗ Thị Hoa", "ThS.", "officer", "planning", "KHTH"),
    ("giamdoc", "Ngô Văn Khánh", "TS.BS.", "director", "planning", "KHTH"),
    ("luutru", "Dương Thị Lan", "CN.", "officer", "archivist", "KHTH"),
)
EVERYWHERE = {"administrator", "receptionist", "planning", "archivist"}
LAB_STAFF_ALSO_IN = {"ktv": ("K03", "K01", "K19")}


def refuse_unless_empty() -> None:
    """Demo data never mixes with real patients."""
    place = facility.facility_or_none()
    if place is not None and not place.is_demo:
        raise Refused("Cơ sở này đã khai báo thật; không nạp dữ liệu mẫu", code="not_empty")
    if place is None and Patient.objects.exists():
        raise Refused("Đã có người bệnh; không nạp dữ liệu mẫu", code="not_empty")


def log_ins() -> list[str]:
    """What the start prints: accounts of the demo house; nothing for a real one."""
    place = facility.facility_or_none()
    if place is None or not place.is_demo:
        return []
    names = ", ".join(f"{u} ({t} {n})" for u, n, t, *_ in CAST)
    return [f"Tài khoản mẫu: {names}", f"Mật khẩu chung: {PASSWORD} · PIN ký: {PIN}"]


def load() -> None:
    """Build the demo hospital: staff, imported episodes, living records, one sealed record."""
    refuse_unless_empty()
    if facility.facility_or_none() is not None:
        return
    place, departments = _places()
    people = {u: _person(u, n, t, p, r, departments[d], departments) for u, n, t, p, r, d in CAST}
    bhyt.import_data(
        generator.files(EPISODES, people=PEOPLE, facility=place.code),
        source="bệnh viện mẫu",
        actor=system_actor("dữ liệu mẫu"),
    )
    _living(people, departments)
    _sealed(people, departments)
    audit.sign_tree_head()


def _places() -> tuple[Facility, dict[str, Department]]:
    with audit.unit_of_work("site.demo"):
        place = places.set_up(
            name="Bệnh viện Đa khoa Mẫu Sông Tiền",
            code="00001",
            governing_body="Sở Y tế (dữ liệu mẫu)",
            address="1 đường Thử Nghiệm, phường Mẫu Đông",
            is_demo=True,
        )
        departments = {
            c: places.add_department(
                code=c, name=n, kind="office" if c == "KHTH" else "paraclinical" if c in ("K39", "K40") else "clinical"
            )
            for c, n in DEPARTMENTS
        }
        certificates.set_up_authority(place)
    return place, departments


def _person(
    username: str, name: str, title: str, position: str, role: str, home: Department, departments: dict[str, Department]
) -> tuple[Actor, Staff]:
    staff = places.add_staff(
        full_name=name,
        job_title=title,
        position=position,
        department=home,
        licence_number=f"000{len(username):03d}/TT-CCHN",
    )
    account = access.add_account(username=username, password=PASSWORD, staff=staff, must_change_password=False)
    access.assign_role(account, role, None if role in EVERYWHERE else home)
    for code in LAB_STAFF_ALSO_IN.get(username, ()):
        access.assign_role(account, role, departments[code])
    actor = actor_for(Account.objects.get(pk=account.pk))
    if role not in ("administrator", "receptionist", "archivist"):
        certificates.issue_certificate(staff, PIN, actor=actor)
    return actor, staff


def _living(people: dict[str, tuple[Actor, Staff]], departments: dict[str, Department]) -> None:
    """Two patients in the ward, one in the clinic, with sheets written, some signed."""
    clerk, (doctor, doctor_staff), (nurse, _) = people["tiepdon"][0], people["bacsi"], people["dieuduong"]
    now = clock.now()
    one = patients.register(
        Person(
            "Nguyễn Thị Đào", date(1958, 5, 2), "day", "2", "0900000158", "12 ấp Tân Phú, xã Thử Một", ethnicity="01"
        ),
        actor=clerk,
        citizen_id="000158000158",
        insurance_card="GD4000000000158",
    )
    record = opening.open_record(
        one,
        record_type="inpatient_medicine",
        department=departments["K03"],
        attending=doctor_staff,
        actor=clerk,
        started_at=now - timedelta(days=2, hours=3),
        reason="Sốt, ho đàm, khó thở",
        room="Phòng 302",
        bed="05",
    )
    _admission(record, doctor)
    for hours, pulse, temperature in (
        (50, 102, 38.6),
        (42, 98, 38.2),
        (30, 92, 37.8),
        (20, 88, 37.4),
        (8, 84, 37.0),
        (2, 80, 36.8),
    ):
        _vitals(record, nurse, now - timedelta(hours=hours), pulse, temperature)
    _treatment(
        record,
        doctor,
        now - timedelta(hours=26),
        "Sốt 38,2°C, ho đàm vàng, ran nổ đáy phổi phải. Ăn uống kém.",
        "Ceftriaxon 2 g/ngày tĩnh mạch; theo dõi nhiệt độ, SpO2.",
    )
    _treatment(
        record,
        doctor,
        now - timedelta(hours=3),
        "Giảm sốt, ho giảm, ran nổ còn ít. Ăn được.",
        "Tiếp tục kháng sinh ngày 3; công thức máu kiểm tra.",
    )
    _sign_all(nurse)
    _arrivals(people, departments)


def _arrivals(people: dict[str, tuple[Actor, Staff]], departments: dict[str, Department]) -> None:
    """Two who just came, one with blood taken: the laboratory has something to answer."""
    clerk, doctor_staff, now = people["tiepdon"][0], people["bacsi"][1], clock.now()
    two = patients.register(
        Person("Trần Văn Đức", date(1971, 1, 1), "year", "1", "0900000171", "45 khóm Mỹ Tây, phường Mẫu Tây"),
        actor=clerk,
    )
    waiting = opening.open_record(
        two,
        record_type="inpatient_medicine",
        department=departments["K03"],
        attending=doctor_staff,
        actor=clerk,
        started_at=now - timedelta(hours=5),
        reason="Đau ngực",
        room="Phòng 301",
        bed="02",
    )
    form, doctor = "lab_general_request", people["bacsi"][0]
    asked: dict[str, dict[str, object]] = {
        "request": {"urgency": "Cấp cứu", "tests": "Troponin I\nCK-MB\nĐiện giải đồ"}
    }
    content = complete(waiting, form, asked)
    writing.write(waiting, form, content, actor=doctor, clinical_at=now - timedelta(hours=4))
    three = patients.register(Person("Lê Thị Hồng Gấm", date(1990, 9, 17), "day", "2", "0900000190"), actor=clerk)
    opening.open_record(
        three,
        record_type="outpatient",
        department=departments["K01"],
        attending=people["bacsikham"][1],
        actor=clerk,
        reason="Tái khám tăng huyết áp",
    )


def _sealed(people: dict[str, tuple[Actor, Staff]], departments: dict[str, Department]) -> None:
    """One outpatient record from opening to seal."""
    clerk, (doctor, staff), planning, director = (
        people["tiepdon"][0],
        people["bacsikham"],
        people["khth"][0],
        people["giamdoc"][0],
    )
    patient = patients.register(
        Person("Phan Văn Mười", date(1965, 10, 10), "day", "1", "0900000165"), actor=clerk, citizen_id="000065000165"
    )
    record = opening.open_record(
        patient,
        record_type="outpatient",
        department=departments["K01"],
        attending=staff,
        actor=clerk,
        started_at=clock.now() - timedelta(days=3),
        reason="Đau thượng vị",
    )
    form = "outpatient_general"
    writing.write(
        record,
        form,
        complete(
            record,
            form,
            {
                "reason": {"reason": "Đau thượng vị 1 tuần"},
                "b_summary": {"treatment_method": "Ức chế bơm proton 14 ngày"},
            },
        ),
        actor=doctor,
    )
    _sign_all(doctor)
    _sign_all(director)
    closing.discharge(records.record(record.pk), actor=doctor, result="2", discharge_type="1")
    closing.close(records.record(record.pk), actor=planning)
    closing.seal(records.record(record.pk), actor=planning)


def _admission(record: MedicalRecord, doctor: Actor) -> None:
    form = "admission_exam"
    writing.write(
        record,
        form,
        complete(record, form, {"reason": {"reason": "Sốt, ho đàm, khó thở"}}),
        actor=doctor,
        clinical_at=record.opened_at + timedelta(minutes=20),
    )


def _vitals(record: MedicalRecord, nurse: Actor, at: datetime, pulse: int, temperature: float) -> None:
    content = complete(
        record,
        "vital_signs_chart",
        {
            "reading": {
                "at": at.isoformat(),
                "pulse": pulse,
                "temperature": temperature,
                "bp_systolic": 125,
                "bp_diastolic": 75,
                "respiratory_rate": 20,
                "spo2": 96,
            }
        },
    )
    writing.write(record, "vital_signs_chart", content, actor=nurse, clinical_at=at)


def _treatment(record: MedicalRecord, doctor: Actor, at: datetime, progress: str, orders: str) -> None:
    content = complete(
        record, "treatment_sheet", {"entry": {"at": at.isoformat(), "progress": progress, "orders_text": orders}}
    )
    writing.write(record, "treatment_sheet", content, actor=doctor, clinical_at=at)


def _sign_all(actor: Actor) -> None:
    """Sign what waits, and what becomes this person's turn by that."""
    while waiting := list(signing.waiting_for(actor)):
        if not any(o.signature for o in signatures.sign_many(waiting, actor=actor, pin=PIN)):
            return
