"""Part A is signed at admission, part B at discharge, on one record form; what was signed is not signed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benhan.archive import packages
from benhan.forms.parts import sections_of
from benhan.kernel.canonical import canonical, sha256_hex
from benhan.kernel.errors import Invalid, Refused
from benhan.law import registry
from benhan.proof.carried import faults
from benhan.proof.package import verify_package
from benhan.proof.verify import verify_pdf
from benhan.records import closing, queries, services, signatures
from benhan.records.models import DocumentVersion, MedicalRecord
from benhan.records.payload import opened
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing.models import Signature
from benhan.site.demo import complete
from tests.flushing import unguarded
from tests.people import PIN, Cast
from tests.stories import sign_all

pytestmark = pytest.mark.django_db
FORM = "outpatient_general"


def states(version: DocumentVersion) -> dict[str, str]:
    return {r.position_id: r.request_state for r in signing.requests_of(version.pk)}


def whole(record: MedicalRecord) -> dict[str, Any]:
    return dict(complete(record, FORM, {}))


def first_part(content: dict[str, Any]) -> dict[str, Any]:
    later = sections_of(registry.versions(FORM)[-1], "B")
    return {k: v for k, v in content.items() if k not in later}


def admitted(cast: Cast) -> tuple[DocumentVersion, dict[str, Any]]:
    """Part A written and signed, part B not begun; with the content of the whole form."""
    record = cast.open()
    content = whole(record)
    version = services.write(record, FORM, first_part(content), actor=cast.doctor)
    assert states(version) == {"examining_doctor": "ready", "treating_doctor": "later", "director": "later"}
    signatures.sign(signing.requests_of(version.pk)[0], actor=cast.doctor, pin=PIN)
    assert queries.document(version.document_id).signature_state == "partly"
    return version, content


def test_part_b_is_written_and_signed_later_without_touching_part_a(cast: Cast) -> None:
    first, content = admitted(cast)
    second = services.amend(first.document, content, reason="", actor=cast.doctor, base_version_no=1)
    assert states(second) == {"examining_doctor": "carried", "treating_doctor": "ready", "director": "waiting"}
    assert second.reason == "Viết tiếp phần chưa ký"
    (carried,) = opened(second)["signed_parts"]
    assert (carried["part"], carried["version_no"], carried["sha256"]) == ("A", 1, first.payload_hash)
    assert carried["positions"][0]["name"] == cast.doctor.full_name
    sign_all(cast, "doctor", "director")
    assert queries.document(first.document_id).signature_state == "signed"
    assert [s.position_id for s in signing.signatures_of(second.pk)] == ["treating_doctor", "director"]
    last = signing.last_signature(second.pk)
    assert last is not None
    verdict = verify_pdf(
        queries.files().get(last.pdf), anchors=certificates.anchors(), crls=[certificates.current_crl()]
    )
    assert verdict.holds, verdict.as_text()
    assert len(verdict.signers) == 2


def test_nobody_signs_an_empty_part_and_the_last_part_needs_what_closing_asks_for(cast: Cast) -> None:
    first, content = admitted(cast)
    later = next(r for r in signing.requests_of(first.pk) if r.position_id == "treating_doctor")
    with pytest.raises(Refused):
        signatures.sign(later, actor=cast.doctor, pin=PIN)
    half = {**first_part(content), "b_summary": {"treatment_method": "Thuốc uống"}}
    second = services.amend(first.document, half, reason="", actor=cast.doctor, base_version_no=1)
    place = next(r for r in signing.requests_of(second.pk) if r.position_id == "treating_doctor")
    with pytest.raises(Invalid) as no:
        signatures.sign(place, actor=cast.doctor, pin=PIN)
    assert {e.path.split(".")[0] for e in no.value.errors} >= {"b_summary"}


def test_a_change_in_part_a_needs_a_reason_and_new_signatures(cast: Cast) -> None:
    first, content = admitted(cast)
    section = next(name for name in content if name == "history")
    key = next(k for k, v in content[section].items() if isinstance(v, str))
    changed = {**content, section: {**content[section], key: "Khai lại bệnh sử"}}
    with pytest.raises(Invalid) as no:
        services.amend(first.document, changed, reason="", actor=cast.doctor, base_version_no=1)
    assert [e.path for e in no.value.errors] == ["reason"]
    second = services.amend(first.document, changed, reason="khai lại", actor=cast.doctor, base_version_no=1)
    assert states(second)["examining_doctor"] == "ready"
    assert "signed_parts" not in opened(second)


def test_a_correction_of_part_b_keeps_part_a_through_two_versions(cast: Cast) -> None:
    first, content = admitted(cast)
    services.amend(first.document, content, reason="", actor=cast.doctor, base_version_no=1)
    sign_all(cast, "doctor", "director")
    better = {**content, "b_summary": {**content["b_summary"], "treatment_method": "Nội khoa"}}
    with pytest.raises(Invalid):
        services.amend(first.document, better, reason="", actor=cast.doctor, base_version_no=2)
    third = services.amend(first.document, better, reason="ghi rõ", actor=cast.doctor, base_version_no=2)
    assert states(third) == {"examining_doctor": "carried", "treating_doctor": "ready", "director": "waiting"}
    assert opened(third)["signed_parts"][0]["version_no"] == 1


def test_a_cancelled_half_comes_back_with_its_places_as_they_were(cast: Cast) -> None:
    first, _ = admitted(cast)
    services.cancel(first.document, reason="nhầm", actor=cast.doctor)
    services.restore(queries.document(first.document_id), reason="không nhầm", actor=cast.doctor)
    assert states(first) == {"examining_doctor": "done", "treating_doctor": "later", "director": "later"}


def _closed_in_two_parts(cast: Cast) -> tuple[MedicalRecord, DocumentVersion]:
    first, content = admitted(cast)
    second = services.amend(first.document, content, reason="", actor=cast.doctor, base_version_no=1)
    sign_all(cast, "doctor", "director")
    record = queries.record(first.document.record_id)
    closing.discharge(record, actor=cast.doctor, result="1", discharge_type="1")
    closing.close(queries.record(record.pk), actor=cast.doctor)
    return queries.record(record.pk), second


def test_a_record_signed_in_parts_closes_and_seals(cast: Cast) -> None:
    record, _ = _closed_in_two_parts(cast)
    closing.seal(record, actor=cast.planning)
    assert queries.record(record.pk).record_state == "sealed"


def _forged(second: DocumentVersion, change: Callable[[dict[str, Any]], object]) -> None:
    """Another payload with a hash and signatures that fit, as somebody with the database would leave it."""
    body = json.loads(second.payload)
    change(body)
    text = canonical(body).decode()
    digest = sha256_hex(text.encode())
    Signature.objects.filter(version_id=second.pk).update(payload_hash=digest)
    DocumentVersion.objects.filter(pk=second.pk).update(payload=text, payload_hash=digest)


LIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "part A says something else": lambda body: body["content"].update(history={"disease_course": "Chuyện khác"}),
    "another version": lambda body: body["signed_parts"][0].update(sha256="0" * 64),
    "a version that is not there": lambda body: body["signed_parts"][0].update(version_no=7),
    "signed by somebody else": lambda body: body["signed_parts"][0]["positions"][0].update(id="director"),
    "carried from nowhere": lambda body: body.pop("signed_parts"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lie", LIES)
def test_a_carried_signature_that_is_not_there_stops_the_seal(cast: Cast, lie: str) -> None:
    record, second = _closed_in_two_parts(cast)
    with unguarded():
        _forged(second, LIES[lie])
    with pytest.raises(Refused) as no:
        closing.seal(record, actor=cast.planning)
    assert no.value.code == "not_sound"


def test_the_package_of_such_a_record_proves_its_parts_without_us(cast: Cast, tmp_path: Path) -> None:
    record, _ = _closed_in_two_parts(cast)
    closing.seal(record, actor=cast.planning)
    folder = packages.export(queries.record(record.pk), tmp_path / "goi", actor=cast.planning)
    verdict = verify_package(folder, anchors=certificates.anchors())
    assert verdict.holds, verdict.as_text()
    assert [f.code for f in verdict.findings if f.code.startswith("carried")] == ["carried"]


PART = {"part": "A", "version_no": 1, "sha256": "1" * 64, "sections": ["history"], "positions": [{"id": "doctor"}]}
FIRST = {
    "document_id": "d", "version_no": 1, "json": "1", "content_sha256": "1" * 64,
    "signatures": [{"position": "doctor"}], "confirmations": [],
}  # fmt: skip
SECOND = FIRST | {"version_no": 2, "json": "2", "content_sha256": "2" * 64, "signatures": [{"position": "director"}]}


@pytest.mark.parametrize(
    ("part", "first", "said"),
    [
        ({}, {}, []),
        ({"version_no": 7}, {}, ["carried_missing"]),
        ({"version_no": 2, "sha256": "2" * 64}, {}, ["carried_missing"]),
        ({"sha256": "0" * 64}, {}, ["carried_missing"]),
        ({}, {"document_id": "another"}, ["carried_missing"]),
        ({"sections": []}, {}, ["carried_empty"]),
        ({"positions": []}, {}, ["carried_empty"]),
        ({"sections": ["history", "conclusion"]}, {}, ["carried_changed"]),
        ({"positions": [{"id": "director"}]}, {}, ["carried_unsigned"]),
        ({}, {"signatures": []}, ["carried_unsigned"]),
        ({}, {"signatures": [], "confirmations": [{"position": "doctor"}]}, []),
    ],
)
def test_what_a_later_version_says_of_an_earlier_one_is_checked(
    part: dict[str, Any], first: dict[str, Any], said: list[str]
) -> None:
    files = {
        "1": {"content": {"history": {"a": "x"}, "conclusion": {"b": "1"}}},
        "2": {"content": {"history": {"a": "x"}, "conclusion": {"b": "2"}}, "signed_parts": [PART | part]},
    }
    found = faults(SECOND, [FIRST | first, SECOND], lambda name: json.dumps(files[name]).encode())
    assert [code for code, _words in found] == said
