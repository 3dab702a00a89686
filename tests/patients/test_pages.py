"""The front desk's pages: what a receptionist sees and does, and what a page costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.audit.models import AuditEvent, AuditEventSubject
from benhan.patients import queries, services
from benhan.patients.models import Patient
from benhan.patients.person import Person
from tests.people import Cast

pytestmark = pytest.mark.django_db
CARD = "000090000001|000000001|NGUYỄN VĂN THỬ|01021990|Nam|Số 1, Phố Thử|02012022"


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Client:
    """A browser in which the receptionist is logged in."""
    client.force_login(cast.accounts["clerk"])
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_results_come_while_typing_and_everybody_shown_is_logged(cast: Cast, clerk: Client) -> None:
    page = text_of(clerk.get(reverse("patients:results"), {"q": "dao"}))
    assert "Nguyễn Thị Đào" in page
    assert AuditEventSubject.objects.filter(patient_id=str(cast.patient.pk)).exists()


def test_typing_costs_a_bounded_number_of_queries(
    cast: Cast, clerk: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        services.register(Person(f"Nguyễn Thị Đào {number}"), actor=cast.clerk)
    clerk.get(reverse("patients:results"), {"q": "dao"})
    with django_assert_max_num_queries(22):
        clerk.get(reverse("patients:results"), {"q": "nguyen thi dao"})


def test_a_scanned_card_fills_the_form_and_registers_with_both_numbers(cast: Cast, clerk: Client) -> None:
    page = text_of(clerk.post(reverse("patients:read_card"), {"card": CARD + "\r"}))
    assert 'value="NGUYỄN VĂN THỬ"' in page
    assert 'value="01/02/1990"' in page
    values = {"full_name": "Nguyễn Văn Thử", "birth": "01/02/1990", "sex": "1", "citizen_id": "000090000001"}
    clerk.post(reverse("patients:register"), {**values, "old_citizen_id": "000000001", "source": "citizen_card"})
    made = Patient.objects.get(full_name="Nguyễn Văn Thử")
    assert {i.system for i in queries.identifiers(made)} == {"citizen_id", "old_citizen_id"}
    assert made.source == "citizen_card"


def test_a_scanned_card_of_somebody_known_shows_them_at_once(cast: Cast, clerk: Client) -> None:
    page = text_of(clerk.post(reverse("patients:read_card"), {"card": CARD.replace("000090000001", "000160000001")}))
    assert cast.patient.patient_number in page
    assert "Trùng số định danh cá nhân" in page


def test_a_broken_card_says_so_and_keeps_the_page(cast: Cast, clerk: Client) -> None:
    response = clerk.post(reverse("patients:read_card"), {"card": "abc"})
    assert response.status_code == 422
    assert "Hãy quét lại" in text_of(response)


def test_a_likely_duplicate_is_shown_before_saving_and_passed_over_only_with_a_reason(
    cast: Cast, clerk: Client
) -> None:
    values = {"full_name": "Nguyen Thi Dao", "birth": "02/05/1960", "sex": "2"}
    before = Patient.objects.count()
    page = text_of(clerk.post(reverse("patients:register"), values))
    assert "Trùng họ tên (khác dấu) và ngày sinh" in page
    clerk.post(reverse("patients:register"), {**values, "not_a_duplicate": "  "})
    assert Patient.objects.count() == before
    assert clerk.post(reverse("patients:register"), {**values, "not_a_duplicate": "khác quê"}).status_code == 302
    assert Patient.objects.count() == before + 1


@pytest.mark.parametrize("year", ["", "1980", "²²²²", "abcd", "0000", "19800"])
def test_an_emergency_is_registered_whatever_is_typed_for_the_year(cast: Cast, clerk: Client, year: str) -> None:
    assert (
        clerk.post(
            reverse("patients:emergency"), {"sex": "1", "birth_year": year, "description": "áo xanh"}
        ).status_code
        == 302
    )


def test_hostile_text_is_shown_as_text(cast: Cast, clerk: Client) -> None:
    evil = '<script>alert("1")</script>'
    patient = services.register(Person(evil, address_line=evil), actor=cast.clerk)
    services.add_identifier(patient, "external", evil, actor=cast.clerk)
    services.add_representative(patient, actor=cast.clerk, full_name=evil, relation=evil, legal_basis=evil)
    services.update(patient, Person(evil + "2"), actor=cast.clerk, reason=evil)
    for address in (
        reverse("patients:patient", args=[patient.pk]),
        reverse("patients:merge", args=[patient.pk]),
        reverse("patients:results") + "?q=script",
        reverse("patients:newborn", args=[patient.pk]),
    ):
        assert "<script>alert" not in text_of(clerk.get(address)), address


def test_a_patient_page_shows_the_history_in_words_and_costs_a_bounded_number_of_queries(
    cast: Cast, clerk: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        services.update(cast.patient, Person(f"Tên {number}", sex="2"), actor=cast.clerk, reason="sửa")
        services.add_identifier(cast.patient, "insurance_card", f"{number:010d}", actor=cast.clerk)
    with django_assert_max_num_queries(45):
        page = text_of(clerk.get(reverse("patients:patient", args=[cast.patient.pk])))
    assert "Họ và tên: <del>Tên 18</del> → Tên 19" in page


def test_merge_and_unmerge_through_the_pages(cast: Cast, clerk: Client) -> None:
    address = reverse("patients:merge", args=[cast.patient.pk])
    assert cast.other_patient.patient_number in text_of(clerk.get(address, {"q": "tran van duc"}))
    clerk.post(address, {"other": cast.other_patient.pk, "survivor": cast.patient.pk, "reason": "một người"})
    assert Patient.objects.get(pk=cast.other_patient.pk).merged_into_id == cast.patient.pk
    link = queries.merges(cast.patient)[0]
    clerk.post(reverse("patients:unmerge", args=[link.pk]), {"reason": "khác người"})
    assert Patient.objects.get(pk=cast.other_patient.pk).merged_into_id is None


@pytest.mark.parametrize("other", ["", "x", "00000000-0000-7000-8000-000000000000"])
def test_merging_with_nobody_is_not_found(cast: Cast, clerk: Client, other: str) -> None:
    assert (
        clerk.post(reverse("patients:merge", args=[cast.patient.pk]), {"other": other, "reason": "x"}).status_code
        == 404
    )


def test_a_stranger_sees_no_page_of_a_patient_and_the_log_knows(cast: Cast, client: Client) -> None:
    client.force_login(cast.accounts["stranger"])
    for name in ("patient", "newborn", "merge"):
        assert client.get(reverse(f"patients:{name}", args=[cast.patient.pk])).status_code in {403, 404}
    assert client.get(reverse("patients:patient", args=[cast.patient.pk])).status_code == 404
    assert AuditEvent.objects.filter(patient_id=str(cast.patient.pk), outcome="refused").count() >= 4
