"""Every route × every role: what the matrix says is what the house does, with ids of other people's patients too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.access import gate
from benhan.access.web import assert_every_route_declared, routes
from benhan.exchange.bhyt.models import ImportRun
from benhan.formbook import services as formbook
from benhan.kernel import clock
from benhan.law import registry
from benhan.patients import services as patients
from benhan.patients.models import Identifier
from benhan.phrases import abbreviations
from benhan.phrases import services as phrases
from benhan.records import queries as records
from benhan.records import services
from benhan.records.models import Document, MedicalRecord
from benhan.rollout.dossier import services as dossier
from benhan.rollout.plan import services as plans
from benhan.rollout.readiness import services as readiness
from benhan.rollout.reporting.models import SentReport
from tests.people import PASSWORD, Cast, note

pytestmark = pytest.mark.django_db


def log_in(name: str) -> Client:
    client = Client()
    answer = client.post(reverse("access:login"), {"username": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content[:200]
    return client


def test_every_route_declares_its_permission() -> None:
    assert_every_route_declared()
    assert gate.problems() == []


def _objects(cast: Cast) -> dict[str, Any]:
    """Objects of the OTHER department, of which the ward's people know nothing."""
    record = cast.open_elsewhere()
    document = services.write(record, "free_note", note(), actor=cast.stranger).document
    draft = services.save_draft(record, "free_note", note(), actor=cast.stranger, client_key="x")
    twin = patients.register(patients.Person("Trần Văn Đức"), actor=cast.clerk)
    link = patients.merge(cast.other_patient, twin, reason="trùng", actor=cast.clerk)
    own = formbook.begin(actor=cast.administrator)
    snippet = phrases.add(scope="own", department=None, key="kham", title="Khám", text="Khám ___.", actor=cast.stranger)
    line = abbreviations.put(abbreviation="BN", expansion="bệnh nhân", department=None, actor=cast.administrator)
    edition = abbreviations.publish(actor=cast.administrator)
    run = ImportRun.objects.create(source="x", started_at=clock.now(), started_by="x", finished_at=clock.now())
    return {
        **rollout_ids(cast),
        "record_id": record.pk,
        "document_id": document.pk,
        "draft_id": draft.pk,
        "patient_id": cast.other_patient.pk,
        "version_no": 1,
        "volume_no": 1,
        "form_code": "free_note",
        "merge_id": link.pk,
        "identifier_id": Identifier.objects.filter(patient=cast.other_patient).first().pk,  # type: ignore[union-attr]
        "account_id": cast.accounts["stranger"].pk,
        "run_id": run.pk,
        "form_id": own.pk,
        "snippet_id": snippet.pk,
        "line_id": line.pk,
        "number": edition.number,
        "code": "free_note",
        "day": registry.form("free_note", clock.today()).valid_from.isoformat(),
    }


def rollout_ids(cast: Cast) -> dict[str, Any]:
    """Something of each room on the way to a paperless facility."""
    digest = records.files().put(b"{}")
    report, _ = SentReport.objects.get_or_create(
        serial=1, defaults={"made_at": clock.now(), "payload": digest, "by_name": "x"}
    )
    plan = plans.make(due=clock.today(), actor=cast.planning)
    return {
        "readiness_id": readiness.begin(actor=cast.planning).pk,
        "criterion": "hosting",
        "department_id": cast.departments["other"].pk,
        "task_id": plans.add_task(plan, {"title": "Việc riêng", "owner": "planning"}, after=[], actor=cast.planning).pk,
        "template_code": "announcement",
        "paper_id": dossier.make("regulation", number="1", actor=cast.planning).pk,
        "serial": report.serial,
    }


def _loaded(view: Any, arguments: dict[str, Any]) -> Any:
    cells = set(view.__closure__ or ())
    values = [c.cell_contents for c in cells if callable(c.cell_contents)]
    return values, arguments


def _addresses(ids: dict[str, Any]) -> list[tuple[str, str, Any]]:
    found = []
    for name, pattern, view in routes():
        if hasattr(view, "benhan_public"):
            continue
        needed = [p.split(":")[-1].rstrip(">") for p in pattern.split("<")[1:]]
        needed = [n.split(">")[0] for n in needed]
        found.append((name, reverse(name, kwargs={n: ids[n] for n in needed}), view))
    return found


WARD = ("doctor", "nurse", "technician", "pharmacist")


def test_people_of_another_ward_get_nothing_of_a_foreign_patient(cast: Cast) -> None:
    """The same 404 for every route about a record or a patient, whatever the verb, and no word of the patient in it."""
    ids = _objects(cast)
    foreign = {a.code for a in gate.actions().values() if a.subject in ("record", "patient")}
    for name in WARD:
        client = log_in(name)
        for route, address, view in _addresses(ids):
            if view.benhan_action not in foreign:
                continue
            for method in view.benhan_methods:
                answer = getattr(client, method.lower())(address)
                assert answer.status_code == 404, (name, route, method, answer.status_code)
                assert "Trần Văn Đức" not in answer.content.decode(errors="ignore"), (name, route)
    assert MedicalRecord.objects.get(pk=ids["record_id"]).record_state == "open"
    assert Document.objects.get(pk=ids["document_id"]).document_state == "active"


@pytest.mark.parametrize("name", ["clerk", "planning", "archivist", "administrator", "pharmacist", "technician"])
def test_each_role_meets_exactly_what_the_matrix_says(cast: Cast, name: str) -> None:
    """For routes about nothing in particular: allowed means not 403, refused means 403."""
    client = log_in(name)
    ids = _objects(cast)
    for route, address, view in _addresses(ids):
        action = gate.actions()[view.benhan_action]
        if action.subject != "none" or route in ("access:password",):
            continue
        method = view.benhan_methods[0].lower()
        answer = getattr(client, method)(address)
        if gate.allowed(cast.actors[name], action.code):
            assert answer.status_code != 403, (route, answer.status_code)
        else:
            assert answer.status_code == 403, (route, answer.status_code)


def test_nobody_gets_in_without_logging_in(cast: Cast) -> None:
    client = Client()
    for _, address, _view in _addresses(_objects(cast)):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(reverse("access:login"))


def test_an_administrator_reads_no_clinical_content(cast: Cast) -> None:
    record = cast.open()
    document = services.write(record, "free_note", note(), actor=cast.doctor).document
    client = log_in("administrator")
    assert client.get(reverse("records:record", kwargs={"record_id": record.pk})).status_code == 404
    assert client.get(reverse("records:pdf", kwargs={"document_id": document.pk, "version_no": 1})).status_code == 404


def test_a_page_that_was_read_is_in_the_log(cast: Cast) -> None:
    from benhan.audit import queries as audit

    record = cast.open()
    log_in("doctor").get(reverse("records:record", kwargs={"record_id": record.pk}))
    events = audit.who_has_seen([cast.patient.pk]).events
    assert any(e.action == "records.record.read" and e.account_name == "doctor" for e in events)


def test_security_headers_are_on_every_page(cast: Cast) -> None:
    answer = log_in("doctor").get("/")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert answer["Cache-Control"] == "no-store"


def test_five_failures_lock_the_pair_of_account_and_address_only(cast: Cast) -> None:
    client = Client()
    for _ in range(5):
        assert client.post(reverse("access:login"), {"username": "doctor", "password": "sai"}).status_code == 403
    good = {"username": "doctor", "password": PASSWORD}
    assert client.post(reverse("access:login"), good).status_code == 403
    assert client.post(reverse("access:login"), good, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_closing_an_account_ends_its_sessions_at_once(cast: Cast) -> None:
    from benhan.access import services as access

    client = log_in("doctor")
    assert client.get("/").status_code == 200
    access.disable_account(cast.accounts["doctor"])
    assert client.get("/").status_code == 302
