"""`openssl` is the second independent validator: the signature, the time stamp, the certificates, the list."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from asn1crypto import cms

from benhan.proof.render import Rendered
from benhan.proof.timestamp import HttpTimeStamper
from tests.proof import house as trust
from tests.proof.tsa import Tsa


def parts(pdf: bytes, number: int = 0) -> tuple[bytes, bytes]:
    """What a signature covers, and the signature itself (CMS, DER), read by hand."""
    found = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)[number]
    first, length, second, rest = (int(n) for n in found)
    covered = pdf[first : first + length] + pdf[second : second + rest]
    return covered, cms.ContentInfo.load(bytes.fromhex(pdf[length + 1 : second - 1].decode())).dump()


def openssl(*words: str) -> tuple[int, str]:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def pem(der: bytes, path: Path) -> str:
    raw = path.with_suffix(".der")
    raw.write_bytes(der)
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", str(raw), "-out", str(path)], check=True)
    return str(path)


def cms_verify(pdf: bytes, root: bytes, tmp_path: Path, number: int = 0) -> tuple[int, str]:
    covered, signature = parts(pdf, number)
    (tmp_path / "covered").write_bytes(covered)
    (tmp_path / "signature").write_bytes(signature)
    return openssl(
        "cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "signature"), "-content", str(tmp_path / "covered"),
        "-binary", "-CAfile", pem(root, tmp_path / "root.pem"), "-purpose", "any", "-out", "/dev/null", "-cades",
        "-attime", str(int(trust.AT.timestamp())),
    )  # fmt: skip


def test_it_agrees_on_every_signature(signed_twice: bytes, house: trust.House, tmp_path: Path) -> None:
    for number in (0, 1):
        code, said = cms_verify(signed_twice, house.root.certificate, tmp_path, number)
        assert code == 0, said
        assert "CAdES Verification successful" in said


def test_it_agrees_on_rsa(page: Rendered, house: trust.House, tmp_path: Path) -> None:
    pdf = trust.sign_page(page, trust.rsa_pair(house), "doctor", crl=house.crl())
    assert cms_verify(pdf, house.root.certificate, tmp_path)[0] == 0


def test_it_finds_a_flipped_byte(signed: bytes, house: trust.House, tmp_path: Path) -> None:
    flipped = signed[:500] + bytes([signed[500] ^ 1]) + signed[501:]
    code, said = cms_verify(flipped, house.root.certificate, tmp_path)
    assert code != 0
    assert "failure" in said


def test_it_does_not_know_a_foreign_root(signed: bytes, tmp_path: Path) -> None:
    assert cms_verify(signed, trust.found().root.certificate, tmp_path)[0] != 0


def test_it_agrees_on_the_time_stamp(page: Rendered, house: trust.House, tsa: Tsa, tmp_path: Path) -> None:
    pdf = trust.sign_page(page, house.doctor, "doctor", crl=house.crl(), tsa=HttpTimeStamper(tsa.url))
    signer = cms.ContentInfo.load(parts(pdf)[1])["content"]["signer_infos"][0]
    token = next(a for a in signer["unsigned_attrs"] if a["type"].native == "signature_time_stamp_token")
    (tmp_path / "token").write_bytes(token["values"][0].dump())
    (tmp_path / "data").write_bytes(signer["signature"].native)
    root = pem(tsa.root, tmp_path / "tsa.pem")
    words = ("ts", "-verify", "-token_in", "-in", str(tmp_path / "token"), "-CAfile", root, "-data")
    code, said = openssl(*words, str(tmp_path / "data"))
    assert code == 0, said
    (tmp_path / "other").write_bytes(b"other")
    assert openssl(*words, str(tmp_path / "other"))[0] != 0


def test_it_agrees_on_certificates_and_the_list(house: trust.House, tmp_path: Path) -> None:
    root = pem(house.root.certificate, tmp_path / "root.pem")
    doctor = pem(house.doctor.certificate, tmp_path / "doctor.pem")
    at = str(int(trust.AT.timestamp()))
    for revoked, expected in (((), 0), (((house.doctor.x509.serial_number, trust.AT),), 2)):
        (tmp_path / "list.der").write_bytes(house.crl(*revoked))
        openssl("crl", "-inform", "DER", "-in", str(tmp_path / "list.der"), "-out", str(tmp_path / "list.pem"))
        crl = str(tmp_path / "list.pem")
        code, said = openssl(
            "verify", "-x509_strict", "-attime", at, "-crl_check", "-CAfile", root, "-CRLfile", crl, doctor
        )
        assert code == expected, said
