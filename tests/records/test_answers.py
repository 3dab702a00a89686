"""A request waits for its result; the result says which request it answers, also in what is signed."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from benhan.kernel.errors import Refused
from benhan.records import answers, queries, services
from benhan.records.models import Document, Draft, MedicalRecord
from benhan.site.demo import complete
from tests.people import Cast

pytestmark = pytest.mark.django_db


def _request(cast: Cast, record: MedicalRecord, tests: str = "Công thức máu\n- Glucose; CRP") -> Document:
    content = complete(record, "lab_general_request", {"request": {"tests": tests}})
    return services.write(record, "lab_general_request", content, actor=cast.doctor).document


def _result(cast: Cast, record: MedicalRecord, request: Document | None) -> Document:
    content = complete(record, "lab_general_result", {})
    written = services.write(record, "lab_general_result", content, actor=cast.technician, replies_to=request)
    return written.document


def test_a_request_waits_until_its_result_is_written(cast: Cast) -> None:
    record = cast.open()
    request = _request(cast, record)
    assert answers.waiting_for_result(cast.technician) == [request]
    assert answers.waiting_for_result(cast.stranger) == []
    assert answers.waiting_for_result(cast.nurse) == []
    result = _result(cast, record, request)
    assert answers.waiting_for_result(cast.technician) == []
    assert answers.results_of(request) == [result]


def test_a_cancelled_result_lets_the_request_wait_again(cast: Cast) -> None:
    record = cast.open()
    request = _request(cast, record)
    result = _result(cast, record, request)
    services.cancel(result, reason="Nhầm mẫu", actor=cast.technician)
    assert answers.waiting_for_result(cast.technician) == [request]


def test_what_is_signed_names_the_request(cast: Cast) -> None:
    record = cast.open()
    request = _request(cast, record)
    body = json.loads(queries.current_version(_result(cast, record, request)).payload)
    assert body["replies_to"] == str(request.pk)
    assert "replies_to" not in json.loads(queries.current_version(_result(cast, record, None)).payload)


def test_a_result_answers_only_its_own_kind_in_its_own_record(cast: Cast) -> None:
    record, elsewhere = cast.open(), cast.open_elsewhere()
    request = _request(cast, record)
    content = complete(elsewhere, "lab_general_result", {})
    with pytest.raises(Refused) as other_record:
        services.write(elsewhere, "lab_general_result", content, actor=cast.stranger, replies_to=request)
    with pytest.raises(Refused):
        services.write(record, "xray_result", {}, actor=cast.technician, replies_to=request)
    services.cancel(request, reason="Không cần nữa", actor=cast.doctor)
    with pytest.raises(Refused) as cancelled:
        _result(cast, record, queries.document(request.pk))
    assert (other_record.value.code, cancelled.value.code) == ("not_its_request", "request_cancelled")


def test_the_technician_goes_from_the_list_to_the_result(cast: Cast) -> None:
    record = cast.open()
    request = _request(cast, record)
    client = Client()
    client.force_login(cast.accounts["technician"])
    assert str(request.pk) in client.get(reverse("records:worklist")).content.decode()
    page = client.get(reverse("records:document", args=[request.pk])).content.decode()
    assert re.search(r'name="replies_to" value="([^"]+)"', page)
    begin = reverse("records:begin", args=[record.pk, "lab_general_result"])
    editor = client.post(begin, {"replies_to": str(request.pk)}, follow=True).content.decode()
    draft = Draft.objects.get()
    assert draft.replies_to == request
    rows = json.loads(draft.content)["result"]["results"]
    assert [row["test"] for row in rows] == ["Công thức máu", "Glucose", "CRP"]
    assert "Trả lời:" in editor
    fields = {"result.results.0.test": "Glucose", "result.results.0.value": "5,6", "result.conclusion": "Bình thường"}
    client.post(reverse("records:save", args=[draft.pk]), {"header.full_name": "Nguyễn Thị Đào", **fields})
    assert [d.form_code for d in answers.results_of(request)] == ["lab_general_result"]


@pytest.mark.parametrize("wrong", ["x", "00000000-0000-0000-0000-000000000000", "1" * 5000])
def test_a_request_that_does_not_exist_is_not_found(cast: Cast, wrong: str) -> None:
    client = Client()
    client.force_login(cast.accounts["technician"])
    begin = reverse("records:begin", args=[cast.open().pk, "lab_general_result"])
    assert client.post(begin, {"replies_to": wrong}).status_code == 404
    assert not Draft.objects.exists()
