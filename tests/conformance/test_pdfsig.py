"""`pdfsig` (poppler, NSS) judges our signatures: it knows nothing of the libraries that made them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from benhan.proof.authority import KeyPair
from benhan.proof.render import Rendered
from benhan.proof.timestamp import HttpTimeStamper
from benhan.proof.verify import verify_pdf
from tests.proof import house as trust
from tests.proof.tsa import Tsa


@pytest.fixture(scope="module")
def trusted(house: trust.House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An NSS database that trusts the root of the house."""
    folder = tmp_path_factory.mktemp("nss")
    root = folder / "root.cer"
    root.write_bytes(house.root.certificate)
    subprocess.run(["certutil", "-N", "-d", f"sql:{folder}", "--empty-password"], check=True, capture_output=True)
    words = ["certutil", "-A", "-d", f"sql:{folder}", "-n", "root", "-t", "CT,CT,CT", "-i", str(root)]
    subprocess.run(words, check=True, capture_output=True)
    return folder


def pdfsig(pdf: bytes, nss: Path, tmp_path: Path) -> str:
    path = tmp_path / "judged.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nssdir", f"sql:{nss}", str(path)], capture_output=True, text=True, check=False)
    return done.stdout


def test_it_agrees_on_one_signature(signed: bytes, trusted: Path, tmp_path: Path) -> None:
    said = pdfsig(signed, trusted, tmp_path)
    assert "Signature Validation: Signature is Valid." in said
    assert "Certificate Validation: Certificate is Trusted." in said
    assert "Signer Certificate Common Name: Đỗ Thị Ngọc Ánh" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Total document signed" in said


def test_it_agrees_on_two_signatures(signed_twice: bytes, trusted: Path, tmp_path: Path) -> None:
    said = pdfsig(signed_twice, trusted, tmp_path)
    assert said.count("Signature is Valid.") == 2
    assert said.count("Certificate is Trusted.") == 2


def test_it_agrees_on_rsa_and_on_a_time_stamp(
    page: Rendered, house: trust.House, tsa: Tsa, trusted: Path, tmp_path: Path
) -> None:
    def sign(pair: KeyPair, tsa: HttpTimeStamper | None = None) -> str:
        return pdfsig(trust.sign_page(page, pair, "doctor", crl=house.crl(), tsa=tsa), trusted, tmp_path)

    assert "Signature is Valid." in sign(trust.rsa_pair(house))
    assert "Signature is Valid." in sign(house.doctor, tsa=HttpTimeStamper(tsa.url))


def test_it_agrees_on_a_sealed_manifest(house: trust.House, trusted: Path, tmp_path: Path) -> None:
    assert "Signature is Valid." in pdfsig(trust.volume(house).manifest_pdf, trusted, tmp_path)


def test_both_find_a_flipped_byte(signed: bytes, house: trust.House, trusted: Path, tmp_path: Path) -> None:
    match = re.search(rb"/Length \d+|stream\n", signed)
    assert match is not None
    place = match.end() + 40
    flipped = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    said = pdfsig(flipped, trusted, tmp_path)
    assert "Signature is Valid." not in said
    assert "Digest Mismatch" in said
    assert verify_pdf(flipped, anchors=house.anchors).is_invalid


def test_both_do_not_know_a_foreign_root(page: Rendered, house: trust.House, trusted: Path, tmp_path: Path) -> None:
    other = trust.found()
    foreign = trust.sign_page(page, other.doctor, "doctor", crl=other.crl())
    said = pdfsig(foreign, trusted, tmp_path)
    assert "Certificate is Trusted." not in said
    assert "untrusted" in verify_pdf(foreign, anchors=house.anchors).codes
