"""Getting in, staying in, being somebody else; and what stays behind in headers, pages and logs."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from benhan.access import services as access
from benhan.access.models import Account, LoginThrottle
from benhan.access.web import routes
from benhan.audit import services as audit
from benhan.audit.models import AuditEvent
from benhan.config.log_lines import PlainFormatter
from benhan.kernel.errors import Refused
from benhan.records import opening, services
from tests.access.test_routes import _addresses, _objects, log_in
from tests.people import PASSWORD, Cast, note

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "mot-cau-khac-cung-dai"


def test_a_session_key_given_before_log_in_is_not_the_one_after(cast: Cast) -> None:
    client = Client()
    client.cookies["benhan_session"] = "a" * 32
    client.post("/login", {"username": "doctor", "password": PASSWORD})
    assert client.cookies["benhan_session"].value != "a" * 32


def test_an_invented_name_gets_the_answers_of_a_real_one_also_when_locked(cast: Cast) -> None:
    """Five tries lock; if the answer then differed, six tries would tell which names exist."""
    answers = {}
    for name in ("doctor", "khong-co-ai"):
        tries = [Client().post("/login", {"username": name, "password": "sai"}) for _ in range(7)]
        answers[name] = [(t.status_code, t.content.decode().replace(name, "").count("5 phút")) for t in tries]
    assert answers["doctor"] == answers["khong-co-ai"]
    fresh = Client().post("/login", {"username": "khong-co-ai-nua", "password": "sai"})
    known = Client().post("/login", {"username": "nurse", "password": "sai"})
    assert "5 phút" in fresh.content.decode()
    assert "5 phút" in known.content.decode()


def test_a_stranger_elsewhere_locks_out_nobody_and_fills_no_table(cast: Cast) -> None:
    for n in range(40):
        Client().post("/login", {"username": f"x{n}", "password": "sai"}, REMOTE_ADDR="10.9.9.9")
        Client().post("/login", {"username": "administrator", "password": "sai"}, REMOTE_ADDR="10.9.9.9")
    assert LoginThrottle.objects.count() == 2
    log_in("administrator")


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//evil.example", ""],
)
def test_after_log_in_nobody_is_sent_elsewhere(cast: Cast, target: str) -> None:
    answer = Client().post("/login", {"username": "doctor", "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"
    assert Client().post("/language", {"language": "en", "next": target})["Location"] == "/"


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(cast: Cast) -> None:
    here, there = log_in("doctor"), log_in("doctor")
    values = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert here.post("/password", values).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_a_wrong_current_password_is_in_the_log(cast: Cast) -> None:
    doctor = log_in("doctor")
    doctor.post("/password", {"current": "đoán", "password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert AuditEvent.objects.filter(action="access.password.change", outcome="refused").exists()


def test_a_role_taken_away_and_a_closed_account_count_at_once(cast: Cast) -> None:
    doctor, nurse = log_in("doctor"), log_in("nurse")
    record = cast.open()
    access.withdraw_role(cast.accounts["nurse"], "nurse", cast.departments["ward"])
    access.disable_account(cast.accounts["doctor"])
    for client in (doctor, nurse):
        assert client.get(f"/records/{record.pk}/").status_code == 302
    with pytest.raises(Refused):
        access.log_in("doctor", PASSWORD, address="127.0.0.1")


def test_a_role_lost_without_a_new_log_in_is_lost_for_the_open_session(cast: Cast) -> None:
    """Even when somebody changes the table past the verb: the actor is built anew for every request."""
    record, doctor = cast.open(), log_in("doctor")
    assert doctor.get(f"/records/{record.pk}/").status_code == 200
    cast.accounts["doctor"].assignments.all().delete()
    assert doctor.get(f"/records/{record.pk}/").status_code == 404


def test_a_ward_that_never_had_the_patient_gets_nothing_after_a_transfer_elsewhere(cast: Cast) -> None:
    record = cast.open()
    document = services.write(record, "free_note", note(), actor=cast.doctor).document
    opening.transfer(record, cast.departments["office"], actor=cast.doctor)
    stranger = log_in("stranger")
    assert stranger.get(f"/records/{record.pk}/").status_code == 404
    assert stranger.get(f"/documents/{document.pk}/v1.pdf").status_code == 404


def test_the_last_administrator_cannot_lock_the_house(cast: Cast) -> None:
    """Nobody could ever give a role again: by mistake, or by somebody who sat down at an open session."""
    administrator = log_in("administrator")
    own = cast.accounts["administrator"]
    administrator.post(f"/admin/accounts/{own.pk}", {"verb": "disable"})
    administrator.post(f"/admin/accounts/{own.pk}", {"verb": "withdraw", "role": "administrator", "department": ""})
    assert administrator.get("/admin/staff").status_code == 200
    second = access.add_account(username="quantri2", password=PASSWORD, must_change_password=False)
    access.assign_role(second, "administrator")
    administrator.post(f"/admin/accounts/{own.pk}", {"verb": "disable"})
    assert not Account.objects.get(pk=own.pk).is_active


def test_every_write_needs_the_token_of_its_own_page(cast: Cast) -> None:
    ids = _objects(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.accounts["clerk"], backend="benhan.access.backend.AccountBackend")
    for route, address, view in _addresses(ids):
        if "POST" in view.benhan_methods:
            assert client.post(address).status_code == 403, route
    assert Client(enforce_csrf_checks=True).post("/login", {"username": "x", "password": "y"}).status_code == 403


def test_every_answer_carries_the_headers_pages_and_refusals_alike(cast: Cast) -> None:
    doctor = log_in("doctor")
    for address in ("/", "/login", "/records/", "/nowhere", "/audit/", "/health", "/patients/results?q=an"):
        answer = doctor.get(address)
        assert answer["Cache-Control"] == "no-store", address
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"], address
        assert "unsafe" not in answer["Content-Security-Policy"], address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address


def test_cookies_are_out_of_reach_of_scripts_and_foreign_pages(cast: Cast) -> None:
    client = log_in("doctor")
    session = client.cookies["benhan_session"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_a_foreign_host_name_is_refused(cast: Cast) -> None:
    answer = Client().get("/login", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_an_error_page_tells_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from benhan.records import queries

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("Nguyễn Thị Đào 000160000001")

    record = cast.open()
    monkeypatch.setattr(queries, "documents", broken)
    client = log_in("doctor")
    client.raise_request_exception = False
    answer = client.get(f"/records/{record.pk}/")
    assert answer.status_code == 500
    assert not [w for w in ("Đào", "000160000001", "ValueError", "queries") if w in answer.content.decode()]
    failed = AuditEvent.objects.filter(action="records.record.read", outcome="failed", record_id=str(record.pk))
    assert failed.exists(), "a page that broke while it was drawn was still asked for"


def test_no_value_of_the_database_reaches_the_process_log(cast: Cast) -> None:
    """PostgreSQL tells the row that it refused; the log of the process is no place for names and numbers."""
    try:
        try:
            raise IntegrityError(
                "duplicate key\nDETAIL:  Key (normalised)=(000160000001) already exists.\nNguyễn Thị Đào"
            )
        except IntegrityError as error:
            raise ValueError("Nguyễn Thị Đào, 02/05/1960") from error
    except ValueError as error:
        told = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/x",), None
        )
        told.exc_info = (type(error), error, error.__traceback__)
    line = PlainFormatter("%(levelname)s %(name)s %(message)s").format(told)
    assert "000160000001" not in line
    assert "Nguyễn" not in line
    assert "ValueError" in line
    assert "test_sessions.py" in line, "where it happened is told"


def test_a_page_that_shows_a_person_before_it_writes_is_a_read_in_the_log(cast: Cast) -> None:
    record = cast.open()
    document = services.write(record, "free_note", note(), actor=cast.doctor).document
    clerk, doctor = log_in("clerk"), log_in("doctor")
    for client, address, action in (
        (clerk, f"/patients/{cast.patient.pk}/open", "records.record.open.shown"),
        (clerk, f"/patients/{cast.patient.pk}/merge", "patients.patient.merge.shown"),
        (doctor, f"/documents/{document.pk}/confirm", "records.document.confirm.shown"),
    ):
        assert client.get(address).status_code == 200
        assert AuditEvent.objects.filter(action=action, patient_id=str(cast.patient.pk)).exists(), address


def test_every_route_that_takes_get_leaves_an_event(cast: Cast) -> None:
    """For every role that may: not one page of the house is drawn without a line in the log."""
    ids = _objects(cast)
    for name in ("stranger", "clerk", "planning", "administrator"):
        client = log_in(name)
        for route, address, view in _addresses(ids):
            if "GET" not in view.benhan_methods:
                continue
            before = AuditEvent.objects.count()
            client.get(address)
            assert AuditEvent.objects.count() > before, (name, route)
    assert any(True for _ in routes())


def test_a_refused_attempt_is_in_the_log_with_whom_it_was_about(cast: Cast) -> None:
    record = cast.open()
    log_in("stranger").get(f"/records/{record.pk}/")
    refused = AuditEvent.objects.get(outcome="refused", record_id=str(record.pk))
    assert (refused.account_name, refused.patient_id) == ("stranger", str(cast.patient.pk))


def test_a_read_that_cannot_be_logged_is_not_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record = cast.open()
    client = log_in("doctor")
    client.raise_request_exception = False

    def broken(rows: list[Any]) -> None:
        raise IntegrityError("the log is full")

    monkeypatch.setattr(audit, "append", broken)
    answer = client.get(f"/records/{record.pk}/")
    assert answer.status_code == 500
    assert "Đào" not in answer.content.decode()
    assert connection.vendor in ("sqlite", "postgresql")
