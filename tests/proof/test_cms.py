"""The container written by hand is the one pyHanko builds, to the byte, but for what must differ."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from benhan.proof import authority
from benhan.proof.cms import KeptSigner
from tests.proof import house as trust

DIGEST = hashlib.sha256(b"what is signed").digest()


def _build(signer: signers.Signer, *, plain: bool) -> cms.ContentInfo:
    build = signer.async_sign if plain else super(KeptSigner, signer).async_sign
    return asyncio.run(build(DIGEST, "sha256", use_pades=True, signed_attr_settings=PdfCMSSignedAttributes()))


def _without_value(container: cms.ContentInfo) -> list[bytes]:
    data = container["content"]
    info = data["signer_infos"][0]
    parts = [data[p].dump() for p in ("version", "digest_algorithms", "encap_content_info", "certificates")]
    return parts + [
        info[p].dump() for p in ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm")
    ]


def test_it_is_what_pyhanko_builds() -> None:
    house = trust.found()
    signer = KeptSigner(house.doctor)
    fast, slow = _build(signer, plain=True), _build(signer, plain=False)
    assert _without_value(cms.ContentInfo.load(fast.dump(), strict=True)) == _without_value(slow)
    assert len(fast["content"]["signer_infos"]) == 1


def test_the_value_is_of_the_key_over_the_attributes_with_this_digest() -> None:
    house = trust.found()
    info = _build(KeptSigner(house.doctor), plain=True)["content"]["signer_infos"][0]
    attributes = {a["type"].native: a["values"].native for a in info["signed_attrs"]}
    assert attributes["message_digest"] == [DIGEST]
    public = house.doctor.key.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))


def test_an_rsa_key_of_an_imported_certificate_too() -> None:
    house = trust.found()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certified(house, key)
    info = _build(KeptSigner(certificate), plain=True)["content"]["signer_infos"][0]
    key.public_key().verify(
        info["signature"].native, info["signed_attrs"].untag().dump(), padding.PKCS1v15(), hashes.SHA256()
    )


def test_two_people_do_not_share_a_specimen() -> None:
    house = trust.found()
    doctor, head = (_build(KeptSigner(pair), plain=True) for pair in (house.doctor, house.head))
    assert doctor["content"]["signer_infos"][0]["sid"].dump() != head["content"]["signer_infos"][0]["sid"].dump()


def test_another_digest_than_sha256_is_refused() -> None:
    house = trust.found()
    with pytest.raises(SigningError):
        asyncio.run(KeptSigner(house.doctor).async_sign(b"short", "sha256", use_pades=True))


def _certified(house: trust.House, key: rsa.RSAPrivateKey) -> authority.KeyPair:
    from cryptography import x509

    root = house.root
    assert isinstance(root.key, ec.EllipticCurvePrivateKey)
    made = (
        x509.CertificateBuilder()
        .subject_name(house.doctor.x509.subject)
        .issuer_name(root.x509.subject)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(trust.BEFORE)
        .not_valid_after(house.doctor.x509.not_valid_after_utc)
        .sign(root.key, hashes.SHA256())
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    return authority.KeyPair(made.public_bytes(Encoding.DER), key, house.doctor.chain)
