"""Certificates: issued, locked, imported, revoked; and what may not sign is refused before it signs (R-81)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from benhan.kernel.errors import Invalid, Refused
from benhan.proof import authority
from tests.proof import house as trust

LATER = trust.AT + timedelta(days=365 * 4)


def p12(pair: authority.KeyPair, password: bytes = b"secret", chain: list[x509.Certificate] | None = None) -> bytes:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"x", pair.key, pair.x509, chain, lock)


def without_signing(at: datetime) -> authority.KeyPair:
    """A certificate for servers, that may only encipher keys."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "máy chủ")])
    usage = x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=3650))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return authority.KeyPair(made.public_bytes(Encoding.DER), key)


def test_a_certificate_names_person_title_and_organisation(house: trust.House) -> None:
    subject = house.doctor.x509.subject
    values = {a.oid: a.value for a in subject}
    assert values[NameOID.COMMON_NAME] == "Đỗ Thị Ngọc Ánh"
    assert values[NameOID.TITLE] == "Bác sĩ điều trị"
    assert values[NameOID.ORGANIZATION_NAME] == trust.FACILITY
    house.doctor.x509.verify_directly_issued_by(house.root.x509)


def test_no_certificate_outlives_its_root(house: trust.House) -> None:
    long = authority.issue(house.root, common_name="x", organisation="y", at=trust.AT, years=90)
    assert long.x509.not_valid_after_utc == house.root.x509.not_valid_after_utc


def test_a_pin_unlocks_and_a_wrong_one_is_refused(house: trust.House) -> None:
    locked = authority.lock(house.doctor, "246810")
    opened = authority.unlock(house.doctor.certificate, house.doctor.chain, locked, "246810")
    assert opened.key.private_numbers() == house.doctor.key.private_numbers()
    for wrong in ("246811", ""):
        with pytest.raises(Refused) as no:
            authority.unlock(house.doctor.certificate, (), locked, wrong)
        assert no.value.code == "wrong_pin"


def test_a_pkcs12_file_is_taken_with_its_chain(house: trust.House) -> None:
    pair = authority.import_pkcs12(p12(house.doctor, chain=[house.root.x509]), "secret", at=trust.AT)
    assert pair.certificate == house.doctor.certificate
    assert pair.chain == (house.root.certificate,)


@pytest.mark.parametrize(("data", "password"), [(b"junk", "secret"), (b"", "x"), (None, "wrong")])
def test_a_file_that_does_not_open_says_so(data: bytes | None, password: str, house: trust.House) -> None:
    with pytest.raises(Invalid) as no:
        authority.import_pkcs12(p12(house.doctor) if data is None else data, password, at=trust.AT)
    assert no.value.errors[0].code == "pkcs12"


@pytest.mark.parametrize("rounds", [2_000_001, 2**31])
def test_a_file_that_would_keep_the_server_busy_is_refused_before_it_is_opened(rounds: int, house: trust.House) -> None:
    method = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
    )
    made = pkcs12.serialize_key_and_certificates(
        b"x", house.doctor.key, house.doctor.x509, None, method.build(b"secret")
    )
    file = asn1_pkcs12.Pfx.load(made)
    parts = file.authenticated_safe
    locked = next(p for p in parts if p["content_type"].native == "encrypted_data")
    kdf = locked["content"]["encrypted_content_info"]["content_encryption_algorithm"]["parameters"][
        "key_derivation_func"
    ]
    assert kdf["parameters"]["iteration_count"].native == 1000
    kdf["parameters"]["iteration_count"] = rounds
    file["auth_safe"]["content"] = parts.dump(force=True)
    assert max(authority._rounds(file.dump(force=True))) == rounds
    with pytest.raises(Invalid) as no:
        authority.import_pkcs12(file.dump(force=True), "secret", at=trust.AT)
    assert no.value.errors[0].code == "pkcs12"


def test_a_pkcs12_without_key_or_of_a_strange_kind_is_refused(house: trust.House) -> None:
    empty = pkcs12.serialize_key_and_certificates(b"x", None, house.doctor.x509, None, NoEncryption())
    with pytest.raises(Invalid) as no:
        authority.import_pkcs12(empty, "", at=trust.AT)
    assert no.value.errors[0].code == "pkcs12_empty"
    with pytest.raises(Invalid) as kind:
        authority._signing_key(ed25519.Ed25519PrivateKey.generate())
    assert kind.value.errors[0].code == "key_kind"


@pytest.mark.parametrize(
    ("at", "code"), [(LATER, "certificate_expired"), (trust.BEFORE - timedelta(days=1), "certificate_not_yet")]
)
def test_a_certificate_out_of_force_may_not_sign(at: datetime, code: str, house: trust.House) -> None:
    with pytest.raises(Refused) as no:
        authority.import_pkcs12(p12(house.doctor), "secret", at=at)
    assert no.value.code == code


def test_a_certificate_for_something_else_may_not_sign() -> None:
    with pytest.raises(Refused) as no:
        authority.assert_may_sign(without_signing(trust.BEFORE), at=trust.AT)
    assert no.value.code == "certificate_usage"


def test_a_revoked_certificate_may_not_sign_but_could_before(house: trust.House) -> None:
    crl = house.crl((house.doctor.x509.serial_number, trust.AT))
    with pytest.raises(Refused) as no:
        authority.assert_may_sign(house.doctor, at=trust.AT, crl=crl)
    assert no.value.code == "certificate_revoked"
    authority.assert_may_sign(house.doctor, at=trust.AT - timedelta(hours=1), crl=crl)
    authority.assert_may_sign(house.head, at=trust.AT, crl=crl)


def test_a_list_of_somebody_else_is_no_proof(house: trust.House) -> None:
    with pytest.raises(Refused) as no:
        authority.assert_may_sign(house.doctor, at=trust.AT, crl=trust.found().crl())
    assert no.value.code == "crl_wrong"


def test_an_unknown_issuer_is_refused_also_with_the_same_name(house: trust.House) -> None:
    authority.assert_may_sign(house.doctor, at=trust.AT, anchors=house.anchors)
    with pytest.raises(Refused) as no:
        authority.assert_may_sign(house.doctor, at=trust.AT, anchors=trust.found().anchors)
    assert no.value.code == "issuer_unknown"


def test_an_issuer_out_of_force_is_refused(house: trust.House) -> None:
    old = authority.KeyPair(house.doctor.certificate, house.doctor.key, (without_signing(LATER).certificate,))
    with pytest.raises(Refused) as no:
        authority.assert_may_sign(old, at=trust.AT)
    assert no.value.code == "issuer_expired"


def test_a_list_says_when_each_was_revoked(house: trust.House) -> None:
    crl = house.crl((5, trust.AT), (6, trust.BEFORE))
    assert authority.revoked_at(crl, 5) == trust.AT
    assert authority.revoked_at(crl, 6) == trust.BEFORE
    assert authority.revoked_at(crl, 7) is None


def test_a_long_vietnamese_name_is_cut_at_a_letter_and_not_refused() -> None:
    """A certificate counts bytes: a name of sixty letters with marks is longer than sixty-four of them."""
    name = "Bệnh viện Đa khoa Khu vực Đồng bằng Sông Cửu Long – Cơ sở Thứ Hai"
    assert len(name) > 60
    root = authority.create_root(name, at=trust.AT)
    pair = authority.issue(root, common_name=name, organisation=name, title="Con dấu số", serial="00001", at=trust.AT)
    said = str(pair.x509.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    assert name.startswith(said)
    assert len(said.encode()) <= 64
