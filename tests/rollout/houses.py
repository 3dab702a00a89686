"""For every criterion of readiness: a house where it fails and one where it passes. Nothing here talks to the checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase

from benhan.access import gate
from benhan.access import services as access
from benhan.access.gate import Action
from benhan.access.models import Account
from benhan.archive.models import BackupRun
from benhan.audit import services as audit
from benhan.audit.models import AuditEvent
from benhan.exchange.bhyt.models import ImportRun
from benhan.facility import services as places
from benhan.kernel import clock
from benhan.law import codes
from benhan.law.training import edition
from benhan.patients import services as patients
from benhan.patients.models import Patient
from benhan.phrases import abbreviations
from benhan.records import closing, opening, services
from benhan.records import queries as records
from benhan.records.models import DocumentVersion, LookupCode
from benhan.rollout.dossier import services as dossier
from benhan.rollout.readiness import checks_exchange
from benhan.rollout.readiness import checks_machine as machine
from benhan.rollout.stopping.models import PhaseChange
from benhan.rollout.training import queries as training
from benhan.rollout.training.models import Certificate as Practised
from benhan.signing import certificates
from benhan.signing.models import Certificate, Signature, SignatureRequest
from tests import stories
from tests.people import PIN, Cast, note


@dataclass
class House:
    """What a fixture may turn: people, settings, the data directory, patches that end with the test."""

    cast: Cast
    settings: Any
    patch: pytest.MonkeyPatch
    folder: Path
    at: datetime | None = None  # when the look is taken: certificates of today cannot have signed last week


Turn = Callable[[House], None]


def nothing(house: House) -> None:
    """The house as built."""


def _ago(**delta: float) -> Any:
    return clock.held_at(clock.now() - timedelta(**delta))


def _note(house: House, **ago: float) -> DocumentVersion:
    with _ago(**(ago or {"seconds": 0})):
        record = house.cast.open()
        return services.write(record, "free_note", note(), actor=house.cast.doctor)


def _old_note(house: House) -> None:
    _note(house, days=2)


def _old_signed(house: House) -> None:
    record = house.cast.open()
    services.write(record, "free_note", note(), actor=house.cast.doctor)
    stories.sign_all(house.cast, "doctor")
    house.at = clock.now() + timedelta(days=2)


def _discharged(house: House, days: float = 1, *, written: bool = True) -> None:
    with _ago(days=days):
        record = house.cast.open()
        if written:
            stories.written(house.cast, record)
        closing.discharge(records.record(record.pk), actor=house.cast.doctor, result="1", discharge_type="1")


def _bare_discharged(house: House) -> None:
    _discharged(house, written=False)


def _late(house: House) -> None:
    _discharged(house, 12)


def _closed_early(house: House) -> None:
    stories.closed(house.cast)
    house.at = clock.now() + timedelta(days=12)


def _sealed(house: House) -> None:
    stories.sealed(house.cast)


def _open(house: House) -> None:
    house.cast.open()


def _on_paper(house: House) -> None:
    opening.set_medium(house.cast.open(), "paper", reason="vào viện trên giấy", actor=house.cast.planning)


def _unnumbered(house: House) -> None:
    person = patients.register(patients.Person("Lý Thị Không Số"), actor=house.cast.clerk)
    house.cast.open(patient=person)


def _coded(house: House) -> None:
    house.cast.open()
    work = codes.entries("nghe_nghiep")[0].code
    Patient.objects.filter(pk=house.cast.patient.pk).update(ethnicity="01", occupation=work)


def _nameless(house: House) -> None:
    house.cast.open()
    Patient.objects.filter(pk=house.cast.patient.pk).update(full_name="")


def _types(house: House) -> None:
    places.set_setting("records.types", ["outpatient", "no_such_type"], by="x")


def _whole_icd(house: House) -> None:
    rows = "\n".join(f"X{n:05d},bệnh {n}" for n in range(15_001))
    (house.folder / "lists").mkdir()
    (house.folder / "lists" / "icd10.csv").write_text(f"code,name_vi\n{rows}\n", encoding="utf-8")
    house.patch.setattr(codes, "_own_folders", [house.folder / "lists"])
    for cached in (codes._all, codes._by_code, codes._index):
        cached.cache_clear()


def _abbreviated(house: House) -> None:
    abbreviations.put(abbreviation="BN", expansion="bệnh nhân", department=None, actor=house.cast.administrator)
    abbreviations.publish(actor=house.cast.administrator)


def _without_guard(table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_update{on}")


def _tampered(house: House) -> None:
    house.cast.open()
    _without_guard("audit_auditevent")
    AuditEvent.objects.order_by("seq").filter(action="records.record.open").update(person_name="người khác")


def _unguarded(house: House) -> None:
    _without_guard("records_documentversion")


def _anchored(house: House) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):  # the anchor file is written after the commit
        audit.sign_tree_head()


def _read_and_written(house: House) -> None:
    record = house.cast.open()
    audit.record("records.record.read", record_id=record.pk, patient_id=record.patient_id)


def _lost_file(house: House) -> None:
    _old_signed(house)
    records.files().path(Signature.objects.get().pdf).unlink()


def _sealed_lost(house: House) -> None:
    _sealed(house)
    for digest in Signature.objects.values_list("pdf", flat=True):
        records.files().path(digest).unlink(missing_ok=True)


def _run(kind: str, *, hours: float = 1, succeeded: bool = True) -> Turn:
    def turn(house: House) -> None:
        at = clock.now() - timedelta(hours=hours)
        BackupRun.objects.create(
            kind=kind, path="x", succeeded=succeeded, detail="đã xem", started_at=at, finished_at=at
        )

    return turn


def _trained(house: House) -> None:
    now = clock.now()
    for person in training.learners():
        Practised.objects.create(
            username=person.username, full_name=person.full_name, role=person.role, edition=edition(), tasks="[]",
            completed_at=now, recorded_at=now,
        )  # fmt: skip


def _everybody_certified(house: House) -> None:
    for name in ("technician", "pharmacist", "stranger"):
        certificates.issue_certificate(house.cast.staff[name], PIN, actor=house.cast.actors[name])


def _public(house: House) -> None:
    Certificate.objects.filter(kind="staff").update(origin="pkcs12")


def _renamed(house: House) -> None:
    place = house.cast.facility
    places.rename(place, name="Bệnh viện Tên Khác", governing_body="", address="", phone="")


def _stamped(house: House) -> None:
    places.set_setting("signing.tsa_url", "https://tsa.example/", by="x")


def _confirmation(state: str) -> Turn:
    def turn(house: House) -> None:
        version = _note(house)
        SignatureRequest.objects.create(
            version_id=version.pk,
            document_id=version.document_id,
            record_id=version.document.record_id,
            patient_id=house.cast.patient.pk,
            title="Cam kết",
            position_id="patient",
            label="Người bệnh",
            role="patient_or_relative",
            kind="confirmation",
            order=9,
            required=True,
            request_state=state,
            created_at=clock.now() - timedelta(days=2),
        )

    return turn


def _ruleless_action(house: House) -> None:
    house.patch.setitem(gate._actions, "x.y.z", Action("x.y.z", "không quy tắc"))


def _two_hats(house: House) -> None:
    access.assign_role(house.cast.accounts["administrator"], "doctor", house.cast.departments["ward"])


def _old_account(house: House) -> None:
    Account.objects.filter(username="nurse").update(created_at=clock.now() - timedelta(days=60))


def _first_password(house: House) -> None:
    Account.objects.filter(username="nurse").update(
        created_at=clock.now() - timedelta(days=10), must_change_password=True
    )


def _outside(house: House) -> None:
    house.settings.BEHIND_TLS = False
    house.settings.ALLOWED_HOSTS = ["benhan.example", "127.0.0.1"]


def _inside(house: House) -> None:
    house.settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]


def _ipv6(there: bool) -> Turn:
    return lambda house: house.patch.setattr(machine, "opens_on_ipv6", lambda: there)


def _clock(answer: bool | None) -> Turn:
    return lambda house: house.patch.setattr(machine, "_synchronised", lambda: answer)


def _disk(free: int) -> Turn:
    usage = SimpleNamespace(total=100 * machine.GIB, free=free * machine.GIB, used=0)
    return lambda house: house.patch.setattr(machine.shutil, "disk_usage", lambda path: usage)


def _device(kind: str) -> Turn:
    def turn(house: House) -> None:
        below = house.folder / "sys" / "slaves" / "dm-0" / "dm"
        below.mkdir(parents=True)
        (below / "uuid").write_text(f"{kind}-0123", encoding="ascii")
        house.patch.setattr(machine, "_device_of", lambda path: house.folder / "sys")

    return turn


def _keys(mode: int) -> Turn:
    def turn(house: House) -> None:
        (house.folder / "keys").mkdir(exist_ok=True)
        (house.folder / "keys" / "x.key").touch()
        for path in (house.folder / "keys").glob("*"):
            path.chmod(mode)

    return turn


def _database(good: bool) -> Turn:
    def turn(house: House) -> None:
        if connection.vendor == "sqlite":
            house.folder.chmod(0o700 if good else 0o755)
        elif good:
            with connection.cursor() as cursor:
                cursor.execute("CREATE ROLE benhan_plain")
                cursor.execute("SET LOCAL ROLE benhan_plain")

    return turn


def _logins(house: House) -> None:
    for name in ("doctor", "stranger"):
        who = audit.Who(account_id=str(house.cast.accounts[name].pk), account_name=name, account_kind="person")
        with audit.acting_as(who):
            audit.record("access.login")


def _backup_on_another_disk(house: House) -> None:
    house.patch.setenv("BENHAN_BACKUP_DIR", "/proc")


def _channel(room: str) -> Turn:
    def turn(house: House) -> None:
        house.patch.setattr(checks_exchange, "settings", SimpleNamespace(INSTALLED_APPS=[room]))

    return turn


def _imported(house: House) -> None:
    now = clock.now()
    ImportRun.objects.create(source="x", started_at=now, started_by="x", finished_at=now, created=3)


def phase(house: House, department: str, to: str) -> None:
    PhaseChange.objects.create(
        department=house.cast.departments[department], from_phase="paper", to_phase=to, by_name="x", made_at=clock.now()
    )


def _all_electronic(house: House) -> None:
    for name in ("ward", "other"):
        phase(house, name, "electronic")


def _paper_left(house: House) -> None:
    _on_paper(house)
    _all_electronic(house)


def _prints(*weeks_ago: int) -> Turn:
    def turn(house: House) -> None:
        version = _note(house)
        for n, weeks in enumerate(weeks_ago):
            at = clock.now() - timedelta(weeks=weeks)
            LookupCode.objects.create(code=f"P{n}", version=version, kind="paper", made_at=at)

    return turn


def issue(house: House, code: str) -> None:
    """Make a paper and sign every place of it."""
    certificates.issue_certificate(house.cast.staff["administrator"], PIN, actor=house.cast.administrator)
    certificates.issue_certificate(house.cast.staff["planning"], PIN, actor=house.cast.planning)
    one = dossier.make(code, number="1", actor=house.cast.planning)
    for place in one.signing_places:
        signer = {"director": "director", "planning": "planning", "administrator": "administrator"}[place["who"]]
        dossier.sign(one, pin=PIN, actor=house.cast.actors[signer])


def _issued(code: str) -> Turn:
    return lambda house: issue(house, code)


def _issued_then_changed(house: House) -> None:
    issue(house, "regulation")
    places.set_setting("rollout.close_days", 3, by="x")


def _registered(code: str) -> Turn:
    def turn(house: House) -> None:
        dossier.register_outside(
            code,
            number="5/QĐ-BV",
            day=clock.today(),
            note="Giám đốc ký, đóng dấu",
            file=b"%PDF-1.7",
            actor=house.cast.planning,
        )

    return turn


# code → (a house where it fails, a house where it passes). Criteria nobody can measure are in STATED.
HOUSES: dict[str, tuple[Turn, Turn]] = {
    "training_done": (nothing, _trained),
    "record_types_covered": (_types, nothing),
    "forms_complete": (_bare_discharged, _sealed),
    "documents_signed": (_old_note, _old_signed),
    "records_closed_in_time": (_late, _closed_early),
    "records_electronic": (_on_paper, _open),
    "personal_id": (_unnumbered, _open),
    "coded_data": (_open, _coded),
    "icd_list": (nothing, _whole_icd),
    "abbreviations_published": (nothing, _abbreviated),
    "log_intact": (_tampered, _open),
    "log_anchored": (nothing, _anchored),
    "log_records_reads": (_open, _read_and_written),
    "tables_guarded": (_unguarded, nothing),
    "files_present": (_lost_file, _old_signed),
    "independent_data": (_lost_file, _old_signed),
    "sealed_verify": (_sealed_lost, _sealed),
    "backup_recent": (_run("backup", hours=40), _run("backup")),
    "backup_proved": (_run("prove", succeeded=False), _run("prove")),
    "staff_certificates": (nothing, _everybody_certified),
    "seal_valid": (_renamed, nothing),
    "time_stamped": (nothing, _stamped),
    "patients_confirm": (_confirmation("ready"), _confirmation("done")),
    "routes_guarded": (_ruleless_action, nothing),
    "one_account_one_person": (_two_hats, nothing),
    "idle_accounts": (_old_account, nothing),
    "first_passwords": (_first_password, nothing),
    "tls": (_outside, _inside),
    "ipv6": (_ipv6(False), _ipv6(True)),
    "clock_synchronised": (_clock(False), _clock(True)),
    "disk_free": (_disk(3), _disk(60)),
    "keys_private": (_keys(0o644), _keys(0o600)),
    "database_private": (_database(False), _database(True)),
    "workstations": (nothing, _logins),
    "cv365_export": (_nameless, _open),
    "prescriptions_sent": (nothing, _channel("benhan.exchange.prescription")),
    "insurance_sent": (nothing, _channel("benhan.exchange.insurance")),
    "papers_sent": (nothing, _channel("benhan.exchange.papers")),
    "departments_electronic": (nothing, _all_electronic),
    "paper_open": (_paper_left, _all_electronic),
    "print_falling": (_prints(0, 1, 1, 6), _prints(1, 6, 6)),
    "regulation_issued": (_issued_then_changed, _issued("regulation")),
    "decision_issued": (nothing, _registered("decision")),
    "security_dossier": (nothing, _issued("security_dossier")),
    "dpia_made": (nothing, _issued("dpia")),
}
# Only a person can say; where a machine sometimes sees it, the turn that lets it see.
STATED: dict[str, Turn | None] = {
    "backup_elsewhere": _backup_on_another_disk,
    "public_certificates": _public,
    "role_review": None,
    "access_hours": None,
    "second_factor": None,
    "disk_encrypted": _device("CRYPT-LUKS2"),
    "network_security": None,
    "hosting": None,
    "security_test": None,
    "data_imported": _imported,
    "announced": None,
    "level_approved": None,
}
