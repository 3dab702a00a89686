"""Signing: in order, by the right person, with the right PIN; what was signed proves itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benhan.kernel import clock
from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused
from benhan.proof.verify import verify_pdf
from benhan.records import queries, services, signatures
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing.models import SignatureRequest
from benhan.signing.services import ConfirmingPerson
from benhan.site.demo import complete
from tests.people import PIN, Cast, note
from tests.stories import sign_all, written

pytestmark = pytest.mark.django_db


def waiting(cast: Cast, name: str) -> list[SignatureRequest]:
    return list(signing.waiting_for(cast.actors[name]))


def test_the_authors_place_waits_for_the_author(cast: Cast) -> None:
    services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    assert len(waiting(cast, "doctor")) == 1
    assert waiting(cast, "head") == []


def test_a_signed_document_verifies_with_public_means(cast: Cast) -> None:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    made = signatures.sign(waiting(cast, "doctor")[0], actor=cast.doctor, pin=PIN)
    pdf = queries.files().get(made.pdf)
    verdict = verify_pdf(
        pdf, anchors=certificates.anchors(), crls=[certificates.current_crl()], content_sha256=version.payload_hash
    )
    assert verdict.holds, verdict.as_text()
    assert verdict.signers[0]["name"] == "Nguyễn Văn An"
    changed = bytearray(pdf)
    changed[len(pdf) // 3] ^= 1
    assert verify_pdf(bytes(changed), anchors=certificates.anchors()).is_invalid


def test_several_signers_sign_in_order_and_all_signatures_hold(cast: Cast) -> None:
    version = written(cast, cast.open())
    assert "director" not in {r.position_id for r in waiting(cast, "director")}
    sign_all(cast, "doctor", "director")
    assert queries.document(version.document_id).signature_state == "signed"
    last = signing.last_signature(version.pk)
    assert last is not None
    verdict = verify_pdf(
        queries.files().get(last.pdf), anchors=certificates.anchors(), crls=[certificates.current_crl()]
    )
    assert verdict.holds, verdict.as_text()
    assert len(verdict.signers) == 3


def test_a_wrong_pin_is_refused_and_five_lock_the_key(cast: Cast) -> None:
    services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    request = waiting(cast, "doctor")[0]
    for _ in range(5):
        with pytest.raises(Refused, match="PIN"):
            signatures.sign(request, actor=cast.doctor, pin="000111")
    with pytest.raises(Refused) as no:
        signatures.sign(request, actor=cast.doctor, pin=PIN)
    assert no.value.code == "pin_locked"


def test_a_person_of_another_position_or_department_does_not_sign(cast: Cast) -> None:
    services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    request = waiting(cast, "doctor")[0]
    with pytest.raises(Refused):
        signatures.sign(request, actor=cast.head, pin=PIN)
    certificates.issue_certificate(cast.staff["stranger"], PIN, actor=cast.stranger)
    with pytest.raises(NotFound):
        signatures.sign(request, actor=cast.stranger, pin=PIN)


def test_an_incomplete_document_is_not_signed(cast: Cast) -> None:
    services.write(cast.open(), "free_note", {"note": {"subject": "Thiếu nội dung"}}, actor=cast.doctor)
    with pytest.raises(Invalid):
        signatures.sign(waiting(cast, "doctor")[0], actor=cast.doctor, pin=PIN)


def test_an_amended_document_waits_for_new_signatures(cast: Cast) -> None:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    old = waiting(cast, "doctor")[0]
    sign_all(cast, "doctor")
    services.amend(version.document, note("mới"), reason="sai", actor=cast.doctor, base_version_no=1)
    assert queries.document(version.document_id).signature_state == "unsigned"
    with pytest.raises(Conflict):
        signatures.sign(old, actor=cast.doctor, pin=PIN)
    assert len(signing.signatures_of(version.pk)) == 1


def test_a_batch_signs_each_document_and_one_refusal_stops_no_other(cast: Cast) -> None:
    record = cast.open()
    for number in range(4):
        services.write(record, "free_note", note(f"số {number}"), actor=cast.doctor)
    services.write(record, "free_note", {"note": {"subject": "thiếu"}}, actor=cast.doctor)
    outcomes = signatures.sign_many(waiting(cast, "doctor"), actor=cast.doctor, pin=PIN)
    assert sum(o.signature is not None for o in outcomes) == 4
    assert next(o.refusal for o in outcomes if o.signature is None).startswith("Giấy còn thiếu")


def test_a_revoked_certificate_signs_no_more_and_old_signatures_stay_good(cast: Cast) -> None:
    record = cast.open()
    services.write(record, "free_note", note(), actor=cast.doctor)
    made = signatures.sign(waiting(cast, "doctor")[0], actor=cast.doctor, pin=PIN)
    certificate = certificates.certificate_of(cast.staff["doctor"].pk)
    assert certificate is not None
    with clock.held_at(clock.now() + timedelta(minutes=2)):  # lists of revoked certificates count in whole seconds
        certificates.revoke(certificate, reason="Mất máy", actor=cast.administrator)
    services.write(record, "free_note", note("hai"), actor=cast.doctor)
    with pytest.raises(Refused):
        signatures.sign(waiting(cast, "doctor")[0], actor=cast.doctor, pin=PIN)
    verdict = verify_pdf(
        queries.files().get(made.pdf), anchors=certificates.anchors(), crls=[certificates.current_crl()]
    )
    assert not verdict.is_invalid, verdict.as_text()


PATIENT = ConfirmingPerson("Nguyễn Thị Đào", "Bản thân", "Thẻ căn cước")
MARK = "M10 10L200 100"


def consent(cast: Cast) -> object:
    record = cast.open()
    return services.write(
        record, "surgery_consent", complete(record, "surgery_consent", {}), actor=cast.doctor
    ).document


def test_a_confirmation_is_bound_to_what_was_shown_and_used_once(cast: Cast) -> None:
    document = consent(cast)
    challenge, code = signatures.begin_confirmation(document, "patient", actor=cast.nurse)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        signatures.confirm(challenge, "999999" if code != "999999" else "111111", MARK, PATIENT, actor=cast.nurse)
    made = signatures.confirm(challenge, code, MARK, PATIENT, actor=cast.nurse)
    assert made.payload_hash == challenge.payload_hash
    with pytest.raises(Refused) as no:
        signatures.confirm(challenge, code, MARK, PATIENT, actor=cast.nurse)
    assert no.value.code in ("code_used", "content_changed")


def test_a_changed_content_voids_the_code(cast: Cast) -> None:
    document = consent(cast)
    challenge, code = signatures.begin_confirmation(document, "patient", actor=cast.nurse)  # type: ignore[arg-type]
    content = complete(document.record, "surgery_consent", {"doctor_part": {"operation": "Mổ khác"}})  # type: ignore[attr-defined]
    services.amend(document, content, reason="đổi", actor=cast.doctor, base_version_no=1)  # type: ignore[arg-type]
    with pytest.raises(Refused) as no:
        signatures.confirm(challenge, code, MARK, PATIENT, actor=cast.nurse)
    assert no.value.code == "content_changed"


def test_the_doctor_signs_after_the_patient_and_the_evidence_is_inside_the_file(cast: Cast) -> None:
    from benhan.proof.verify import read_embedded

    document = consent(cast)
    assert waiting(cast, "doctor") == []
    challenge, code = signatures.begin_confirmation(document, "patient", actor=cast.nurse)  # type: ignore[arg-type]
    signatures.confirm(challenge, code, MARK, PATIENT, actor=cast.nurse)
    made = signatures.sign(waiting(cast, "doctor")[0], actor=cast.doctor, pin=PIN)
    names = read_embedded(queries.files().get(made.pdf))
    assert {"content.json", "confirmation-1.json"} <= set(names)


def test_a_representative_must_give_the_reason(cast: Cast) -> None:
    document = consent(cast)
    challenge, code = signatures.begin_confirmation(document, "patient", actor=cast.nurse)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        signatures.confirm(challenge, code, MARK, ConfirmingPerson("Con trai", "Con", "Thẻ căn cước"), actor=cast.nurse)
