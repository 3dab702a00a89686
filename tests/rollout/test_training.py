"""Every task is proven by the log and by nothing else; certificates follow; pages and permissions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from benhan.access import gate
from benhan.access.models import ROLES
from benhan.access.web import routes
from benhan.audit import queries as log
from benhan.audit import services as audit
from benhan.exchange.cv365 import exporting as giving
from benhan.exchange.cv365 import importing as taking
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, NotFound, Refused
from benhan.law import registry
from benhan.law import training as law
from benhan.records.models import MedicalRecord
from benhan.rollout.papers import xlsx
from benhan.rollout.reporting import services as reporting
from benhan.rollout.training import cases, handover, proving, queries, services
from benhan.rollout.training.models import Attempt, Certificate, PracticeHouse
from tests.people import Cast, note
from tests.rollout.deeds import DEEDS, Doing

pytestmark = pytest.mark.django_db
WHO = {"receptionist": "clerk", **{r: r for r in ROLES if r != "receptionist"}}


@pytest.fixture
def practice(cast: Cast, settings: Any) -> Cast:
    """The cast in a practice house."""
    settings.BENHAN_PRACTICE = True
    PracticeHouse.objects.create(facility_code="00001", facility_name="Bệnh viện Thử", made_at=clock.now())
    return cast


def acting(cast: Cast, name: str) -> Any:
    actor = cast.actors[name]
    return audit.acting_as(audit.Who(account_id=str(actor.account_id), account_name=name, account_kind="person"))


def begun(cast: Cast, code: str) -> Doing:
    name = WHO[law.tasks()[code].role]
    client = Client()
    client.force_login(cast.accounts[name])
    with acting(cast, name):
        return Doing(cast, name, services.begin(code, actor=cast.actors[name]), client)


def copied(attempt: Attempt, **other: Any) -> Attempt:
    values = {f.attname: getattr(attempt, f.attname) for f in Attempt._meta.concrete_fields if not f.primary_key}
    return Attempt(**{**values, **other})


def test_every_role_has_tasks_and_every_task_a_deed() -> None:
    counts = {r: len(law.of_role(r)) for r in ROLES.keys() - {"authority"}}  # a health department treats nobody
    assert {r: n for r, n in counts.items() if not 4 <= n <= 8} == {}
    assert DEEDS.keys() == law.tasks().keys()
    assert all(len(DEEDS[t.code]) == len(t.facts) for t in law.tasks().values())


def test_every_page_form_and_action_a_task_names_exists() -> None:
    names = {name for name, _, _ in routes()}
    forms = {f.code for f in registry.forms(clock.today())}
    for task in law.tasks().values():
        assert {p for s in task.steps for p in s.pages} <= names, task.code
        assert {f for fact in task.facts for f in fact.forms} <= forms, task.code
        assert task.case in cases.KINDS
    assert cases.KINDS.keys() == law.CASES


@pytest.mark.parametrize("code", law.tasks())
def test_a_task_is_done_when_the_log_says_so_and_not_before(practice: Cast, code: str) -> None:
    task = law.tasks()[code]
    doing = begun(practice, code)
    deeds = DEEDS[code]
    with acting(practice, doing.name):
        for number, deed in enumerate(deeds):
            seen = services.look(doing.actor)
            assert seen is not None
            assert (seen.proven, seen.is_done) == (number, False)
            deed(doing)
        seen = services.look(doing.actor)
    assert seen is not None
    assert seen.is_done, proving.proven(doing.attempt, task)
    assert task.code in queries.done_at(doing.actor)
    # The same lines of the log prove nothing for somebody else, for a task begun later, or for another patient.
    stranger = practice.accounts["stranger"].pk
    assert proving.proven(copied(doing.attempt, account_id=stranger), task) == []
    assert proving.proven(copied(doing.attempt, began_seq=log.size()), task) == []
    if any(f.about == "case" for f in task.facts):
        other = copied(doing.attempt, record_id=practice.open().pk, patient_id=practice.patient.pk)
        assert len(proving.proven(other, task)) < len(task.facts)


def test_a_paper_of_another_form_proves_nothing(practice: Cast) -> None:
    doing = begun(practice, "doctor_admission")
    from benhan.records import services as writing

    with acting(practice, "doctor"):
        writing.write(doing.record, "free_note", note(), actor=practice.doctor)
        seen = services.look(practice.doctor)
    assert seen is not None
    assert seen.proven == 0


def test_signing_another_paper_than_the_one_just_written_is_not_enough(practice: Cast) -> None:
    doing = begun(practice, "doctor_treatment")
    write, sign = DEEDS["doctor_treatment"]
    with acting(practice, "doctor"):
        write(doing)
        first = doing.paper("treatment_sheet")
        write(doing)
        sign(doing)  # the second: writing it and signing it are a pair of their own
        seen = services.look(practice.doctor)
    assert seen is not None
    assert seen.is_done
    assert first.pk != doing.paper("treatment_sheet").pk


def test_a_refused_deed_proves_nothing(practice: Cast) -> None:
    doing = begun(practice, "planning_seal")
    with acting(practice, "planning"):
        audit.record("records.record.seal", outcome="refused", record_id=doing.record.pk, reason="x")
        seen = services.look(practice.planning)
    assert seen is not None
    assert not seen.is_done


def test_what_the_house_did_to_make_the_patient_ready_is_not_the_persons_deed(practice: Cast) -> None:
    begun(practice, "doctor_treatment")
    ours = {e.action for e in log.seen_by(practice.doctor.account_id).events}
    assert ours <= {"training.task.begin"}


def test_nobody_begins_a_task_of_another_role_or_in_the_real_house(practice: Cast, settings: Any) -> None:
    with pytest.raises(NotFound):
        services.begin("doctor_treatment", actor=practice.nurse)
    settings.BENHAN_PRACTICE = False
    with pytest.raises(Conflict):
        services.begin("doctor_treatment", actor=practice.doctor)
    with pytest.raises(Conflict):
        cases.make("ward", practice.doctor)
    assert not MedicalRecord.objects.exists()


def all_done(cast: Cast, role: str) -> None:
    """Every task of a role, done (their proofs are tried above)."""
    now = clock.now()
    for task in law.of_role(role)[:-1]:
        Attempt.objects.create(
            account=cast.accounts[WHO[role]],
            task=task.code,
            edition=law.edition(role),
            began_at=now,
            began_seq=0,
            done_at=now,
        )
    last = law.of_role(role)[-1].code
    doing = begun(cast, last)
    with acting(cast, doing.name):
        for deed in DEEDS[last]:
            deed(doing)
        services.look(doing.actor)


def test_a_certificate_counts_until_the_role_has_something_else_to_do(practice: Cast, monkeypatch: Any) -> None:
    all_done(practice, "nurse")
    line = law.tasks()["nurse_care"]
    kept = {c: t for c, t in law.tasks().items() if c != "nurse_care"}
    reworded = {**law.tasks(), "nurse_care": replace(line, title_vi="Lời khác", steps=line.steps)}
    for tasks, counts in ((reworded, True), (kept, False)):
        law.edition.cache_clear()
        monkeypatch.setattr(law, "tasks", lambda tasks=tasks: tasks)
        [nurse] = [x for x in queries.learners() if x.role == "nurse"]
        assert (nurse.certified_at is not None) is counts
        assert queries.earned()[0].is_current is counts
    monkeypatch.undo()
    law.edition.cache_clear()


def test_the_last_task_of_a_role_brings_the_certificate_and_the_signed_list(practice: Cast) -> None:
    all_done(practice, "nurse")
    made = Certificate.objects.get()
    assert (made.username, made.role, made.department_name) == ("nurse", "nurse", "Khoa Nội")
    assert [t[0] for t in made.tasks_done] == [t.code for t in law.of_role("nurse")]
    told = json.loads(handover.put_beside().read_bytes())
    assert [c["username"] for c in told["list"]["certificates"]] == ["nurse"]
    line = next(c for c in queries.certificates() if c.person == "Lê Thị Chi")
    assert (line.done, line.total, line.finished_at) == (6, 6, made.completed_at)
    assert len(line.tasks) == 6
    assert all(c.finished_at is None for c in queries.certificates() if c.person != "Lê Thị Chi")


def test_a_certificate_stays_as_it_was_earned(practice: Cast) -> None:
    all_done(practice, "nurse")
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.update(full_name="Người khác")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM training_certificate")


@pytest.fixture
def handed_over(practice: Cast, settings: Any) -> bytes:
    """A signed list of one certificate; from here on the same people are in the real house, which trusts the key."""
    all_done(practice, "nurse")
    data = handover.signed_list()
    settings.BENHAN_PRACTICE = False
    with connection.cursor() as cursor:  # the real house has none of it yet: take the guard off and the row away
        on = " ON training_certificate" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER training_certificate_no_delete{on}")
        cursor.execute("DELETE FROM training_certificate")
    trusted = handover.trusted_folder()
    trusted.mkdir(parents=True)
    for path in handover.keys.public_folder().glob("*.pem"):
        (trusted / path.name).write_bytes(path.read_bytes())
    return data


def test_the_real_house_takes_the_list_once(practice: Cast, handed_over: bytes) -> None:
    assert handover.take(handed_over, actor=practice.planning) == (1, [])
    assert handover.take(handed_over, actor=practice.planning) == (0, [])
    assert Certificate.objects.get().key_id
    with pytest.raises(Refused):
        handover.take(handed_over, actor=practice.doctor)


def spoilt(data: bytes, **change: Any) -> bytes:
    told = json.loads(data)
    told["list"]["certificates"][0].update(change)
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda d: spoilt(d, full_name="Người Khác"), "signature"),
        (lambda d: spoilt(d, citizen_id="000160000001"), "format"),
        (lambda d: b"[" * 100_000, "format"),
        (lambda d: b"\xff\xfe", "format"),
        (lambda d: b"{}", "format"),
        (lambda d: b" " * (handover.BYTES_MAX + 1), "too_large"),
        (lambda d: d.replace(json.loads(d)["key_id"].encode(), b"0" * 16), "unknown_key"),
    ],
)
def test_a_list_that_is_not_right_is_refused_whole(practice: Cast, handed_over: bytes, spoil: Any, code: str) -> None:
    with pytest.raises(Refused) as no:
        handover.take(spoil(handed_over), actor=practice.planning)
    assert no.value.code == code
    assert not Certificate.objects.exists()


def resigned(data: bytes, **change: Any) -> bytes:
    """What a practice house with a fault in it would sign."""
    told = json.loads(spoilt(data, **change))
    key = handover.keys.signing_key()
    told["signature"] = handover.base64.b64encode(key.sign(handover._signed_bytes(told["list"]))).decode()
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"username": "nobody"},
        {"role": "doctor"},
        {"tasks": [["nurse_vitals", "x", "2026-01-01T00:00:00+00:00"]]},
        {"tasks": [[t.code, "x", "2999-01-01T00:00:00+00:00"] for t in law.of_role("nurse")]},
        {"tasks": [[t.code, "x", "hôm qua"] for t in law.of_role("nurse")]},
    ],
    ids=["stranger", "other role", "too few", "future", "no time"],
)
def test_a_line_nobody_can_vouch_for_is_left_out_and_told(practice: Cast, handed_over: bytes, change: Any) -> None:
    new, left_out = handover.take(resigned(handed_over, **change), actor=practice.planning)
    assert (new, len(left_out)) == (0, 1)
    assert not Certificate.objects.exists()


def test_a_list_of_another_hospital_is_refused(practice: Cast, handed_over: bytes) -> None:
    practice.facility.code = "00002"
    practice.facility.save()
    with pytest.raises(Refused) as no:
        handover.take(handed_over, actor=practice.planning)
    assert no.value.code == "other_facility"


def page(cast: Cast, name: str, address: str) -> str:
    client = Client()
    client.force_login(cast.accounts[name])
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_every_page_of_the_practice_house_says_what_it_is(practice: Cast, settings: Any) -> None:
    record = practice.open()
    addresses = [
        reverse("site:home"),
        reverse("training:tasks"),
        reverse("records:record", kwargs={"record_id": record.pk}),
    ]
    for address in addresses:
        said = page(practice, "doctor", address)
        assert "practice-banner" in said
        assert "THỰC HÀNH" in said
    stranger = Client().get(reverse("access:login")).content.decode()
    assert "practice-banner" in stranger
    assert Client().get("/no-such-page").content.decode().count("practice-banner") == 1
    settings.BENHAN_PRACTICE = False
    for address in addresses:
        said = page(practice, "doctor", address)
        assert "practice-banner" not in said
        assert "practice-panel" not in said


def test_the_panel_goes_along_and_marks_the_step_at_hand(practice: Cast) -> None:
    doing = begun(practice, "doctor_treatment")
    said = page(practice, "doctor", reverse("records:record", kwargs={"record_id": doing.record.pk}))
    assert "Viết và ký tờ điều trị" in said
    assert doing.record.record_number in said
    assert said.count('aria-current="step"') == 1
    with acting(practice, "doctor"):
        for deed in DEEDS["doctor_treatment"]:
            deed(doing)
    answer = doing.client.post(reverse("training:panel"), {"page": "records:document"})
    assert "practice-done" in answer.content.decode()
    doing.attempt.refresh_from_db()
    assert doing.attempt.done_at is not None
    assert len(json.loads(doing.attempt.proof)) == 2


def test_the_planning_office_sees_departments_and_takes_the_list_on_its_page(
    practice: Cast, handed_over: bytes, tmp_path: Any
) -> None:
    beside = tmp_path / "practice" / "handover.json"
    beside.parent.mkdir()
    beside.write_bytes(handed_over)
    client = Client()
    client.force_login(practice.accounts["planning"])
    said = client.get(reverse("training:overview")).content.decode()
    assert "Khoa Nội" in said
    answer = client.post(reverse("training:take"), follow=True).content.decode()
    assert "Đã nhận 1 chứng nhận mới" in answer
    assert Certificate.objects.count() == 1
    assert "Chứng nhận của tôi" in page(practice, "nurse", reverse("training:tasks"))
    bad = client.post(reverse("training:take"), {"file": _upload(b"{}")}, follow=True).content.decode()
    assert "không phải danh sách" in bad


def _upload(data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("x.json", data)


def test_a_nurse_sees_no_overview_and_takes_no_list(cast: Cast) -> None:
    assert gate.allowed(cast.planning, "training.progress.read")
    for name in ("nurse", "doctor", "clerk", "archivist"):
        assert not gate.allowed(cast.actors[name], "training.progress.read")
        assert not gate.allowed(cast.actors[name], "training.certificate.take")


def test_no_file_of_patients_comes_in_or_goes_out_where_people_practise(practice: Cast) -> None:
    record = practice.open()
    with pytest.raises(Conflict):
        taking.take(b"{}", "x.json", facility_code="87001", actor=practice.planning)
    with pytest.raises(Conflict):
        giving.export(record, form="json", asked_by="Sở Y tế", reason="báo cáo thử", actor=practice.planning)
    with pytest.raises(Conflict):
        reporting.make(actor=practice.planning)
    client = Client()
    client.force_login(practice.accounts["planning"])
    assert client.post(reverse("bhyt:upload"), {"file": _upload(b"<x/>")}).status_code == 409


def test_a_table_of_the_practice_house_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "page_mark", lambda: "THỰC HÀNH")
    book = xlsx.book()
    made = xlsx.sheet(book, "Hồ sơ", ["a"], [["b"]])
    assert made.title == "THỰC HÀNH Hồ sơ"
    assert made.oddHeader.center.text == "THỰC HÀNH"


def test_routes_of_the_room_answer(practice: Cast) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("training:nothing")
    assert get_resolver().resolve(reverse("training:panel")).view_name == "training:panel"
