"""The facility's side: a report without patient data, signed by the seal, sent only where the facility said."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.facility import services as places
from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Refused
from benhan.records import queries as records
from benhan.rollout import status_report
from benhan.rollout.readiness import services as readiness
from benhan.rollout.reporting import building, sending, services
from benhan.rollout.reporting.models import SentReport
from benhan.signing import certificates
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(cast: Cast) -> Cast:
    cast.open()
    readiness.run(actor=cast.planning)
    return cast


def test_a_report_has_the_closed_shape_and_no_patient(ready: Cast) -> None:
    made = services.make(actor=ready.planning)
    data = records.files().get(made.payload)
    opened = status_report.parse(data)
    seal = certificates.parsed(certificates.seals()[0])
    status_report.assert_signed(opened, pinned=status_report.fingerprint(seal), now=clock.now())
    text = data.decode()
    for told in (ready.patient.full_name, ready.patient.patient_number, "000160000001", ready.patient.phone):
        assert told not in text
    assert opened.report["serial"] == 1
    assert services.make(actor=ready.planning).serial == 2
    with pytest.raises(Refused):
        services.make(actor=ready.doctor)


def test_without_a_look_there_is_no_report(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        building.report(1)
    assert refused.value.code == "no_run"


def test_a_name_with_a_long_number_stops_the_report(ready: Cast) -> None:
    places.rename(ready.facility, name="Phòng khám 0900 000 001", governing_body="", address="", phone="")
    with pytest.raises(Refused) as refused:
        services.make(actor=ready.planning)
    assert refused.value.code == "patient_data"


@pytest.mark.parametrize(
    "address", ["http://so.example/api", "ftp://x", "https://", "javascript:1", "https://" + "x" * 400]
)
def test_a_report_leaves_over_https_only(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid):
        services.set_address(address, actor=cast.planning)


class _Answers(BaseHTTPRequestHandler):
    """A department that says what the test wants."""

    answer: tuple[int, bytes] = (201, b"{}")
    got: list[bytes] = []

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        code, body = self.answer
        self.send_response(code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Any:
    made = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/api/status-reports"
    made.shutdown()
    made.server_close()


def test_what_the_department_answers_is_kept(ready: Cast, server: str) -> None:
    one = services.make(actor=ready.planning)
    with pytest.raises(Refused):
        services.send(one, actor=ready.planning)
    services.set_address(server, actor=ready.planning)
    _Answers.answer = (409, json.dumps({"error": {"code": "replayed", "message": "Báo cáo số 1 đã nhận"}}).encode())
    refused = services.send(one, actor=ready.planning)
    assert (refused.accepted, refused.answer) == (False, "Báo cáo số 1 đã nhận")
    _Answers.answer = (201, json.dumps({"accepted": True, "message": "đã nhận"}).encode())
    assert services.send(one, actor=ready.planning).accepted
    assert _Answers.got[-1] == records.files().get(one.payload)
    services.set_address("http://127.0.0.1:1/x", actor=ready.planning)
    assert "không kết nối" in services.send(one, actor=ready.planning).answer
    _Answers.answer = (500, b"\xff")
    assert sending.post(server, b"{}").said == "lỗi HTTP 500"


def test_the_daily_duty_sends_only_where_an_address_stands(ready: Cast, server: str) -> None:
    assert services.duty(clock.now()) is None
    services.set_address(server, actor=ready.planning)
    _Answers.answer = (201, b'{"message": "ok"}')
    assert services.duty(clock.now()) == "sent"
    assert services.duty(clock.now()) is None
    assert SentReport.objects.count() == 1


def test_the_page_shows_all_that_would_leave(ready: Cast) -> None:
    client = Client()
    client.force_login(ready.accounts["planning"])
    page = client.get(reverse("reporting:reports")).content.decode()
    assert "records_paper" in page
    assert client.post(reverse("reporting:make")).status_code == 302
    file = client.get(reverse("reporting:file", kwargs={"serial": 1}))
    assert json.loads(file.content)["format"] == status_report.FORMAT
    assert client.get(reverse("reporting:file", kwargs={"serial": 9})).status_code == 404
    assert client.post(reverse("reporting:address"), {"address": "http://x"}).status_code == 422
    assert client.post(reverse("reporting:send", kwargs={"serial": 1})).status_code == 422
