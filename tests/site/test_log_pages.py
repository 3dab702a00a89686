"""The log as people read it: filtered, in either order, page by page; verified on request."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from benhan.audit import services as audit
from benhan.audit.models import AuditEvent
from benhan.kernel import clock
from benhan.site import views_audit
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.accounts["administrator"])
    return client


def _rows(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<tr><td class="num">(\d+)</td>', page)]


def test_the_log_narrows_to_what_was_asked(cast: Cast, admin: Client) -> None:
    audit.record("records.document.sign", outcome="refused", reason="not_permitted")
    address = reverse("site:audit")
    refused = admin.get(address, {"outcome": "refused"}).content.decode()
    assert len(_rows(refused)) == 1
    assert "không có quyền" in refused
    signed = admin.get(address, {"action": "records.document.sign"}).content.decode()
    assert len(_rows(signed)) == 1
    assert '<option value="records.document.sign" selected>Ký giấy tờ</option>' in signed
    assert _rows(admin.get(address, {"from": "2999-01-01"}).content.decode()) == []
    assert _rows(admin.get(address, {"to": "2020-01-01"}).content.decode()) == []
    today = clock.day_of(AuditEvent.objects.latest("seq").at).isoformat()
    assert _rows(admin.get(address, {"from": "2020-01-01", "to": today}).content.decode())


def test_either_order_page_by_page_shows_every_line_once(cast: Cast, admin: Client) -> None:
    for _ in range(120):
        audit.record("patients.patient.read", patient_id=cast.patient.pk)
    for sort in ("newest", "oldest"):
        seen: list[int] = []
        address = reverse("site:audit") + f"?sort={sort}&action=patients.patient.read"
        while address:
            page = admin.get(address).content.decode()
            seen += _rows(page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = reverse("site:audit") + following.group(1).replace("&amp;", "&") if following else ""
        assert seen == sorted(set(seen), reverse=sort == "newest")
        assert len(seen) == 120


@pytest.mark.parametrize("wrong", [{"from": "31.12.2026"}, {"to": "9999-12-31"}, {"from": "²"}])
def test_a_day_nobody_can_mean_is_told_at_its_field(admin: Client, wrong: dict[str, str]) -> None:
    answer = admin.get(reverse("site:audit"), wrong)
    assert answer.status_code == 200
    assert "Ngày chưa đúng" in answer.content.decode()


@pytest.mark.parametrize(
    "strange", [{"key": "²"}, {"sort": "x"}, {"outcome": "x"}, {"key": "9" * 400}, {"action": "x" * 999}]
)
def test_strange_questions_are_no_errors(admin: Client, strange: dict[str, str]) -> None:
    assert admin.get(reverse("site:audit"), strange).status_code == 200


def test_the_log_is_walked_when_asked_only(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = reverse("site:audit_verify")
    looked = admin.get(address).content.decode()
    assert "Nguyên vẹn" not in looked
    assert "Kiểm tra toàn bộ nhật ký" in looked
    pressed = admin.post(address).content.decode()
    assert "Nguyên vẹn" in pressed
    monkeypatch.setattr(views_audit, "VERIFY_ROWS_MAX", 1)
    long = admin.post(address).content.decode()
    assert "benhan audit verify" in long
    assert "Nguyên vẹn" not in long
