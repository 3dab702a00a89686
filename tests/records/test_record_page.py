"""The page of a record: newest first while people work, filters, pages that exist."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from benhan.records import queries, services
from benhan.records.models import MedicalRecord
from tests.people import Cast, note, vitals
from tests.stories import sealed, sign_all

pytestmark = pytest.mark.django_db


def _page(cast: Cast, record: MedicalRecord, account: str = "doctor", **asked: str) -> str:
    client = Client()
    client.force_login(cast.accounts[account])
    answer = client.get(reverse("records:record", args=[record.pk]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def _numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<tr class=""><td class="num">(\d+)</td>', page)]


@pytest.fixture
def three(cast: Cast) -> MedicalRecord:
    record = cast.open()
    for minute in range(2):
        at = record.opened_at + timedelta(microseconds=minute)
        services.write(record, "free_note", note(), actor=cast.doctor, clinical_at=at)
    sign_all(cast, "doctor")
    services.write(record, "vital_signs_chart", vitals(), actor=cast.nurse)
    return queries.record(record.pk)


def test_an_open_record_shows_the_newest_first_and_the_oldest_when_asked(cast: Cast, three: MedicalRecord) -> None:
    assert _numbers(_page(cast, three)) == [3, 2, 1]
    assert _numbers(_page(cast, three, order="oldest")) == [1, 2, 3]


def test_a_sealed_record_reads_from_the_beginning(cast: Cast) -> None:
    record = sealed(cast)
    assert queries.documents(record).rows[0].order_no == 1
    assert 'value="oldest" selected' in _page(cast, record)


def test_one_form_or_what_waits_for_signatures(cast: Cast, three: MedicalRecord) -> None:
    assert _numbers(_page(cast, three, form="free_note")) == [2, 1]
    assert _numbers(_page(cast, three, show="unsigned")) == [3]
    assert _numbers(_page(cast, three, form="free_note", show="unsigned")) == []


@pytest.mark.parametrize("page", ["0", "-1", "999999999999", "9" * 5000, "²", "x", ""])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(cast: Cast, three: MedicalRecord, page: str) -> None:
    assert _numbers(_page(cast, three, page=page)) == [3, 2, 1]


def test_a_filter_stays_in_the_links_to_other_pages(
    cast: Cast, three: MedicalRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 1)
    page = _page(cast, three, form="free_note")
    assert "?form=free_note&amp;show=&amp;order=newest&amp;page=2" in page
