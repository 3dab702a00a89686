"""What nobody types: none of it gives an error page, loses what was typed beside it, or is interpreted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from benhan.exchange.bhyt.models import ImportRun
from benhan.records import services
from benhan.records.models import Draft, MedicalRecord
from tests.access.test_routes import log_in
from tests.people import PASSWORD, Cast, note

pytestmark = pytest.mark.django_db
STRANGE_MOMENTS = ("01/01/0001 00:00", "31/12/9999 23:59", "0001-01-01T00:00", "\0", "x" * 100_000, "<b>{{ 7*7 }}</b>")
LONG = "x" * 9_999


def draft(client: Client, record: MedicalRecord) -> str:
    return client.post(f"/records/{record.pk}/write/vital_signs_chart")["Location"]


@pytest.mark.parametrize("number", ["²", "٣", "9" * 19, "9" * 60, "-1", "1e3", "\0"])
def test_a_number_in_a_request_that_is_none_is_ignored(cast: Cast, number: str) -> None:
    record = cast.open()
    doctor, administrator = log_in("doctor"), log_in("administrator")
    assert administrator.get("/audit/", {"key": number}).status_code == 200
    assert doctor.post("/sign/", {"request": number, "pin": "1"}).status_code == 200
    assert doctor.get(f"/records/{record.pk}/", {"page": number}).status_code == 200


@pytest.mark.parametrize("typed", STRANGE_MOMENTS)
def test_a_moment_of_no_calendar_is_refused_and_the_draft_still_opens(cast: Cast, typed: str) -> None:
    """A date of the year 1 has no other zone: the editor of such a draft must open, for ever."""
    doctor = log_in("doctor")
    editor = draft(doctor, cast.open())
    values = {"reading.at": typed, "reading.pulse": "81"}
    assert doctor.post(editor + "autosave", values).status_code == 200
    assert doctor.get(editor).status_code == 200
    answer = doctor.post(editor + "save", values)
    assert answer.status_code in (302, 422)  # an empty time is "not stated"
    if answer.status_code == 422:
        assert 'value="81"' in answer.content.decode(), "what was typed beside it is still there"
        assert Draft.objects.filter(account=cast.accounts["doctor"]).exists()


@pytest.mark.parametrize("typed", [*STRANGE_MOMENTS[:3], "01/05/1960 10:00", "x"])
def test_a_stay_begins_in_living_memory_and_after_birth(cast: Cast, typed: str) -> None:
    """The patient was born on 02/05/1960."""
    values = {
        "record_type": "outpatient",
        "department": "K03",
        "started_at": typed,
        "room": "1\0",
        "reason": "<b>ho</b>",
    }
    answer = log_in("clerk").post(f"/patients/{cast.patient.pk}/open", values)
    assert answer.status_code == 422
    assert "&lt;b&gt;ho&lt;/b&gt;" in answer.content.decode()
    assert not MedicalRecord.objects.exists()


def test_nul_is_taken_out_of_all_that_is_typed_and_the_rest_kept(cast: Cast) -> None:
    record = cast.open()
    doctor, administrator = log_in("doctor"), log_in("administrator")
    document = services.write(record, "free_note", note(), actor=cast.doctor).document
    stranger = Client()
    stranger.cookies["benhan_session"] = "abcdefgh\0"
    assert stranger.get("/").status_code == 302
    assert stranger.post("/login", {"username": "a\0b", "password": "\0"}).status_code == 403
    assert stranger.post("/login", {"username": "doc\0tor", "password": PASSWORD}).status_code == 302
    asked = {"form": "\0", "show": "\0", "page": "\0", "\0": "\0"}
    assert doctor.get(f"/records/{record.pk}/", asked).status_code == 200
    assert doctor.post(f"/documents/{document.pk}/sign", {"request": "\0", "position": "\0"}).status_code == 302
    assert doctor.post(f"/records/{record.pk}/assign", {"department": "\0", "attending": "\0"}).status_code == 302
    assert administrator.post("/admin/departments", {"code": "K\0", "name": "Khoa \0Mới"}).status_code == 302
    account = f"/admin/accounts/{cast.accounts['nurse'].pk}"
    assert administrator.post(account, {"verb": "assign", "role": "\0", "department": "\0"}).status_code in (302, 404)
    editor = draft(doctor, record)
    doctor.post(editor + "autosave", {"reading.position": "nằm\0 nghỉ"})
    assert "nằm nghỉ" in Draft.objects.get().content or "\0" not in Draft.objects.get().content


def test_text_longer_than_its_column_is_refused_in_words_on_every_database(cast: Cast) -> None:
    administrator, clerk = log_in("administrator"), log_in("clerk")
    person = {"full_name": LONG, "job_title": LONG, "position": LONG, "licence_number": LONG, "department": "K03"}
    account = {"username": "nguoimoi", "password": PASSWORD, "role": "doctor"}
    assert administrator.post("/admin/staff", person | account).status_code == 422
    administrator.post("/admin/departments", {"code": LONG, "name": LONG})
    assert "dài quá" in administrator.get("/admin/staff").content.decode()
    assert (
        clerk.post(f"/patients/{cast.patient.pk}/newborn", {"birth": "1/1/2026", "full_name": LONG}).status_code == 422
    )


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("/patients/emergency", {"sex": "9", "description": LONG}),
        ("/patients/{patient}/newborn", {"birth": "99/99/9999", "full_name": "<b>Bé An</b>"}),
    ],
)
def test_a_refused_registration_keeps_what_was_typed(cast: Cast, address: str, values: dict[str, str]) -> None:
    answer = log_in("clerk").post(address.format(patient=cast.patient.pk), values)
    assert answer.status_code == 422
    kept = values.get("description") or "&lt;b&gt;Bé An&lt;/b&gt;"
    assert kept in answer.content.decode()


def test_a_number_of_another_system_cannot_be_typed_to_catch_its_imports(cast: Cast) -> None:
    """An import knows people by `facility:code`; whoever could type that would draw foreign episodes into a record."""
    log_in("clerk").post(f"/patients/{cast.patient.pk}/identifiers", {"system": "external", "value": "00001:BN1"})
    assert not cast.patient.identifiers.filter(system="external").exists()


def test_a_body_nobody_may_send_is_refused_unread(cast: Cast, settings: Any) -> None:
    settings.REQUEST_BYTES_MAX = 10_000
    answer = Client().post("/login", {"file": SimpleUploadedFile("x", b"x" * 20_000)})
    assert answer.status_code == 413
    unreadable = Client().generic("POST", "/login", b"", CONTENT_LENGTH="9" * 40)
    assert unreadable.status_code == 413


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("../../../etc/passwd.xml", b"<a/>"),
        ("\u202etxt.xml", b"PK\x03\x04" + b"\0" * 100),
        ("x" * 500, b"\xff\xfe<\0"),
        ("bomb.xml", b"<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><a>&b;</a>"),
        ("deep.xml", b"<a>" * 5_000),
    ],
)
def test_an_upload_that_is_no_insurance_file_is_refused_with_its_reason(cast: Cast, name: str, data: bytes) -> None:
    planning = log_in("planning")
    answer = planning.post("/import/bhyt/upload", {"file": SimpleUploadedFile(name, data)})
    run = ImportRun.objects.get()
    assert "/" not in run.source
    assert answer.status_code == 302
    assert planning.post(f"/import/bhyt/{run.pk}/step").status_code == 200
    assert planning.get(answer["Location"]).status_code == 200
    assert ImportRun.objects.get().refused == 1
