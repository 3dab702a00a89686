"""Signing something else than was shown, once more than was meant, or by guessing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.kernel.errors import Conflict, Invalid, Refused
from benhan.records import services, signatures
from benhan.records.models import Document
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing import services as signing_services
from benhan.signing.models import Challenge, Confirmation, Signature, SigningKey
from benhan.signing.services import ConfirmingPerson
from benhan.site.demo import complete
from tests.access.test_routes import log_in
from tests.people import PIN, Cast, note

pytestmark = pytest.mark.django_db
PERSON = ConfirmingPerson("Nguyễn Thị Đào", "Bản thân", "Thẻ căn cước")
MARK = "M10 10L200 100"
POSTED = {"name": "Nguyễn Thị Đào", "relation": "Bản thân", "identity_document": "Thẻ căn cước", "mark": MARK}


def consent(cast: Cast) -> Document:
    record = cast.open()
    content = complete(record, "surgery_consent", {})
    return services.write(record, "surgery_consent", content, actor=cast.doctor).document


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())
    assert found, f"no {name} on the page"
    return found[1]


def confirming(client: Client, document: Document) -> tuple[str, str]:
    """Through the page: the challenge and the code it shows."""
    address = reverse("records:confirm", kwargs={"document_id": document.pk})
    page = client.post(address, {"version": hidden(client.get(address), "version")})
    code = re.search(r"data-code>(\d{6})<", page.content.decode())
    assert code
    return hidden(page, "challenge"), code[1]


def test_what_came_after_the_page_was_shown_is_not_signed(cast: Cast) -> None:
    """The doctor reads version 1; while the page stands open somebody amends; the click must not sign version 2."""
    document = services.write(cast.open(), "free_note", note("Dị ứng: không"), actor=cast.doctor).document
    doctor = log_in("doctor")
    page = doctor.get(reverse("records:document", kwargs={"document_id": document.pk}))
    services.amend(document, note("Đã đổi"), reason="sửa", actor=cast.doctor, base_version_no=1)
    values = {n: hidden(page, n) for n in ("request", "position") if f'name="{n}"' in page.content.decode()}
    doctor.post(reverse("records:sign", kwargs={"document_id": document.pk}), values | {"pin": PIN})
    assert not Signature.objects.exists()


def test_the_signing_request_of_another_document_is_not_signed_through_this_one(cast: Cast) -> None:
    record = cast.open()
    mine, other = (services.write(record, "free_note", note(t), actor=cast.doctor).document for t in ("một", "hai"))
    request = signing.waiting_for(cast.doctor).get(document_id=other.pk)
    values = {"request": request.pk, "pin": PIN}
    log_in("doctor").post(reverse("records:sign", kwargs={"document_id": mine.pk}), values)
    assert not Signature.objects.exists()


def test_the_queue_signs_nothing_that_waits_for_somebody_else(cast: Cast) -> None:
    services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    request = signing.waiting_for(cast.doctor).get()
    log_in("nurse").post("/sign/", {"request": request.pk, "pin": PIN})
    assert not Signature.objects.exists()


def test_a_patient_who_read_the_old_version_gets_no_code_for_the_new_one(cast: Cast) -> None:
    document = consent(cast)
    nurse = log_in("nurse")
    address = reverse("records:confirm", kwargs={"document_id": document.pk})
    shown = hidden(nurse.get(address), "version")
    content = complete(document.record, "surgery_consent", {"doctor_part": {"operation": "Mổ khác"}})
    services.amend(document, content, reason="đổi", actor=cast.doctor, base_version_no=1)
    assert nurse.post(address, {"version": shown}).status_code == 409
    assert not Challenge.objects.exists()


def test_a_code_made_for_one_paper_confirms_no_other(cast: Cast) -> None:
    one, two = consent(cast), consent(cast)
    nurse = log_in("nurse")
    challenge, code = confirming(nurse, one)
    address = reverse("records:confirm", kwargs={"document_id": two.pk})
    assert nurse.post(address, POSTED | {"challenge": challenge, "code": code}).status_code == 404
    assert not Confirmation.objects.exists()


def test_two_codes_for_one_place_confirm_it_once(cast: Cast) -> None:
    document = consent(cast)
    made = [signatures.begin_confirmation(document, "patient", actor=cast.nurse) for _ in range(2)]
    signatures.confirm(made[0][0], made[0][1], MARK, PERSON, actor=cast.nurse)
    with pytest.raises(Conflict):
        signatures.confirm(made[1][0], made[1][1], MARK, PERSON, actor=cast.nurse)
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize("code", ["000000", "", "١٢٣٤٥٦", "9" * 10_000])
def test_a_code_is_not_guessed(cast: Cast, code: str) -> None:
    challenge, right = signatures.begin_confirmation(consent(cast), "patient", actor=cast.nurse)
    for _ in range(signing_services.CODE_TRIES_MAX):
        with pytest.raises(Invalid):
            signatures.confirm(challenge, code if code != right else "111111", MARK, PERSON, actor=cast.nurse)
    with pytest.raises(Refused):
        signatures.confirm(challenge, right, MARK, PERSON, actor=cast.nurse)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "x" * 300}, {"relation": "x" * 300, "unable_reason": "y"}, {"identity_document": " "},
        {"identity_document": "x" * 300}, {"relation": "Con", "unable_reason": ""}, {"unable_reason": "x" * 9_999},
        {"mark": ""}, {"mark": "M0 0" * 20_000}, {"mark": 'M0 0"/><script>'}, {"mark": "-"}, {"mark": "M,,,---"},
        {"mark": "M0 0"}, {"mark": "M1 1L1 1\n"}, {"mark": "M99999999999 0L1 1"}, {"mark": "url(#x)"},
    ],
)  # fmt: skip
def test_a_confirmation_lacks_nothing_and_hides_nothing(cast: Cast, change: dict[str, str]) -> None:
    document = consent(cast)
    nurse = log_in("nurse")
    challenge, code = confirming(nurse, document)
    address = reverse("records:confirm", kwargs={"document_id": document.pk})
    answer = nurse.post(address, POSTED | {"challenge": challenge, "code": code} | change)
    assert answer.status_code == 422
    assert "<script>" not in answer.content.decode()
    assert not Confirmation.objects.exists()


def test_a_person_of_another_ward_uses_nobodys_code(cast: Cast) -> None:
    document = consent(cast)
    challenge, code = confirming(log_in("nurse"), document)
    address = reverse("records:confirm", kwargs={"document_id": document.pk})
    assert log_in("stranger").post(address, POSTED | {"challenge": challenge, "code": code}).status_code == 404


def test_a_wrong_pin_stays_counted_whatever_happens_around_it(cast: Cast) -> None:
    """Inside of a unit of work the count would roll back with it, and a PIN could be guessed for ever: it is refused loudly."""
    from benhan.audit import services as audit

    with pytest.raises(RuntimeError), audit.unit_of_work():
        certificates.unlock(cast.doctor, "000111")
    doctor = log_in("doctor")
    services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    request = signing.waiting_for(cast.doctor).get()
    for _ in range(2):
        doctor.post("/sign/", {"request": request.pk, "pin": "000111"})
    certificate = certificates.certificate_of(cast.staff["doctor"].pk)
    assert certificate is not None
    assert SigningKey.objects.get(pk=certificate.pk).failures == 2


@pytest.mark.parametrize("pin", ["135790\n", "١٣٥٧٩٠", "13579", "1" * 6, "1357901357901", "135790 "])
def test_a_pin_is_six_to_twelve_plain_digits(cast: Cast, pin: str) -> None:
    with pytest.raises(Invalid):
        certificates.issue_certificate(cast.staff["doctor"], pin, actor=cast.doctor)
