"""Signing: one after another, each staying good; what must not be signed is refused."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from benhan.kernel.errors import Refused
from benhan.proof import authority
from benhan.proof.render import Rendered
from benhan.proof.sign import SignerShown, SigningIdentity, add_evidence, sign, signed_positions
from benhan.proof.verify import verify_pdf
from tests.proof import house as trust


def test_one_signature_holds_and_names_the_signer(signed: bytes, house: trust.House) -> None:
    verdict = verify_pdf(signed, anchors=house.anchors)
    assert verdict.holds, verdict.as_text()
    (signer,) = verdict.signers
    assert signer["name"] == "Đỗ Thị Ngọc Ánh"
    assert signer["title"] == "Bác sĩ điều trị"
    assert signer["at"] == trust.AT.isoformat()


def test_a_second_signer_leaves_the_first_valid(signed: bytes, signed_twice: bytes, house: trust.House) -> None:
    assert signed_twice.startswith(signed)
    assert signed_positions(signed_twice) == ["doctor", "head"]
    verdict = verify_pdf(signed_twice, anchors=house.anchors)
    assert verdict.holds, verdict.as_text()
    assert [s["position"] for s in verdict.signers] == ["doctor", "head"]


def test_the_box_shows_name_title_and_time(signed_twice: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.pdf"
    path.write_bytes(signed_twice)
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
    for word in ("Đỗ Thị Ngọc Ánh", "Trần Quốc Khánh", "Bác sĩ", "23/11/2026 15:30:00"):
        assert word in text


def test_a_signature_without_a_box_is_invisible_and_holds(page: Rendered, house: trust.House) -> None:
    shown = SignerShown("Đỗ Thị Ngọc Ánh", "Bác sĩ", trust.AT)
    out = sign(
        page.pdf, SigningIdentity(house.doctor), position_id="x", box=None, shown=shown, drawn=True, crl=house.crl()
    )
    assert verify_pdf(out, anchors=house.anchors).holds


def test_a_position_is_signed_once(page: Rendered, signed: bytes, house: trust.House) -> None:
    with pytest.raises(Refused) as no:
        trust.sign_page(page, house.head, "doctor", pdf=signed)
    assert no.value.code == "not_signable"


@pytest.mark.parametrize("pdf", [b"", b"hello", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_refused(pdf: bytes, page: Rendered, house: trust.House) -> None:
    shown = SignerShown("x", "y", trust.AT)
    with pytest.raises(Refused):
        sign(pdf, SigningIdentity(house.doctor), position_id="x", box=None, shown=shown, drawn=True)


def test_a_cut_off_pdf_is_refused(page: Rendered, signed: bytes, house: trust.House) -> None:
    with pytest.raises(Refused):
        trust.sign_page(page, house.head, "head", pdf=signed[: len(signed) // 2])


def test_an_expired_or_revoked_signer_is_refused(page: Rendered, house: trust.House) -> None:
    with pytest.raises(Refused) as expired:
        trust.sign_page(page, house.doctor, "doctor", at=trust.AT + timedelta(days=365 * 5))
    assert expired.value.code == "certificate_expired"
    with pytest.raises(Refused) as revoked:
        trust.sign_page(page, house.doctor, "doctor", crl=house.crl((house.doctor.x509.serial_number, trust.AT)))
    assert revoked.value.code == "certificate_revoked"


def test_a_foreign_issuer_is_refused_when_anchors_are_known(page: Rendered, house: trust.House) -> None:
    with pytest.raises(Refused) as no:
        trust.sign_page(page, trust.found().doctor, "doctor", anchors=house.anchors)
    assert no.value.code == "issuer_unknown"


def test_an_rsa_key_of_a_public_authority_signs_too(page: Rendered, house: trust.House) -> None:
    pair = trust.rsa_pair(house)
    verdict = verify_pdf(trust.sign_page(page, pair, "doctor", crl=house.crl()), anchors=house.anchors)
    assert verdict.holds, verdict.as_text()


def test_evidence_added_later_keeps_the_signature(page: Rendered, house: trust.House) -> None:
    bare = trust.sign_page(page, house.doctor, "doctor")
    assert verify_pdf(bare, anchors=house.anchors).answer == "unknown"
    proven = add_evidence(bare, certificates=[house.root.certificate], crls=[house.crl()])
    verdict = verify_pdf(proven, anchors=house.anchors)
    assert verdict.holds, verdict.as_text()
    assert "later_revision" in verdict.codes


def test_a_signed_sheet_stays_small(signed: bytes, signed_twice: bytes, page: Rendered, house: trust.House) -> None:
    """30–45 KB for a plain sheet: space decides in a hospital of 27,000 documents a day."""
    shown = SignerShown("Đỗ Thị Ngọc Ánh", "Bác sĩ", trust.AT)
    identity = SigningIdentity(house.doctor)
    drawn = sign(
        page.pdf, identity, position_id="doctor", box=page.box("doctor"), shown=shown, drawn=True, crl=house.crl()
    )
    assert len(drawn) < 36_000
    assert len(page.pdf) < 60_000
    assert len(signed) - len(page.pdf) < 24_000
    assert len(signed_twice) - len(signed) < 24_000


def test_signing_runs_no_dates_of_its_own(signed: bytes) -> None:
    assert re.findall(rb"/M \(D(?::|\\072)(\d{14})", signed) == [b"20261123083000"]


def test_keys_stay_out_of_the_file(signed: bytes, house: trust.House) -> None:
    key = house.doctor.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    raw = key.private_numbers().private_value.to_bytes(32, "big")
    assert raw not in signed
    assert authority.lock(house.doctor, "123456") not in signed
