"""The CMS container of a signature (RFC 5652), written fast: all but the digest and the signature is always the same.

Building it anew from objects takes 15 ms of processor a signature, more than drawing the page. So one specimen a
certificate is built by pyHanko, taken apart, and each signature only puts its own digest and value in.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from benhan.proof.authority import KeyPair

SEQUENCE, SET, OCTET_STRING, CONTEXT_0 = 0x30, 0x31, 0x04, 0xA0
SPECIMENS_KEPT = 256
DIGEST_BYTES = 32
_NO_DIGEST = bytes(DIGEST_BYTES)


class KeptSigner(signers.Signer):
    """Signs with the key as it is loaded (pyHanko's own signer reads and checks it each time: 35 ms for RSA-2048)."""

    def __init__(self, pair: KeyPair) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple([asn1_x509.Certificate.load(c) for c in pair.chain])
        super().__init__(signing_cert=asn1_x509.Certificate.load(pair.certificate), cert_registry=registry)
        self._key = pair.key
        self._specimen = _specimen(pair.certificate, tuple(pair.chain))

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign with SHA-256: ECDSA, or RSA with PKCS#1 v1.5, as pyHanko then writes into the signature."""
        if digest_algorithm != "sha256":
            raise SigningError("signatures of this house use SHA-256")
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    async def async_sign(self, data_digest: bytes, digest_algorithm: str, *args: Any, **kwargs: Any) -> cms.ContentInfo:
        """A PAdES signature without a time stamp goes into the specimen; every other one is built by pyHanko."""
        if not _is_plain(args, kwargs):
            return await super().async_sign(data_digest, digest_algorithm, *args, **kwargs)
        attributes = self._specimen.attributes_for(data_digest)
        value = await self.async_sign_raw(attributes, digest_algorithm)
        return cms.ContentInfo.load(self._specimen.container(attributes, value))


def _is_plain(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    settings = kwargs.get("signed_attr_settings")
    asked = set(kwargs) <= {"use_pades", "timestamper", "signed_attr_settings"} and not args
    special = kwargs.get("timestamper") or (
        settings is not None and (settings.adobe_revinfo_attr or settings.cades_signed_attrs)
    )
    return asked and bool(kwargs.get("use_pades")) and not special


@dataclass(frozen=True)
class Specimen:
    """A signature's container taken apart: DER pieces in their order, the digest's place cut out of the attributes."""

    head: bytes  # of SignedData, before signerInfos
    signer: bytes  # of SignerInfo, before signedAttrs
    attributes: tuple[bytes, bytes]  # before and after the digest, without tag and length
    algorithm: bytes

    def attributes_for(self, digest: bytes) -> bytes:
        """The signed attributes as they are signed: DER, SET OF (RFC 5652 5.4)."""
        if len(digest) != DIGEST_BYTES:
            raise SigningError("signatures of this house use SHA-256")
        before, after = self.attributes
        return _tlv(SET, before + digest + after)

    def container(self, attributes: bytes, value: bytes) -> bytes:
        """ContentInfo around one SignerInfo; in it the attributes carry the tag [0] instead of SET."""
        tagged = bytes([CONTEXT_0]) + attributes[1:]
        signer = _tlv(SEQUENCE, self.signer + tagged + self.algorithm + _tlv(OCTET_STRING, value))
        signed_data = _tlv(SEQUENCE, self.head + _tlv(SET, signer))
        return _tlv(SEQUENCE, core.ObjectIdentifier("1.2.840.113549.1.7.2").dump() + _tlv(CONTEXT_0, signed_data))


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


class _Model(signers.Signer):
    """Sits for the specimen with the certificate alone: no key, an empty signature."""

    def __init__(self, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple([asn1_x509.Certificate.load(c) for c in chain])
        super().__init__(signing_cert=asn1_x509.Certificate.load(certificate), cert_registry=registry)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Nothing is signed."""
        return b""


@lru_cache(maxsize=SPECIMENS_KEPT)
def _specimen(certificate: bytes, chain: tuple[bytes, ...]) -> Specimen:
    model = _Model(certificate, chain)
    built = asyncio.run(
        model.async_sign(_NO_DIGEST, "sha256", use_pades=True, signed_attr_settings=PdfCMSSignedAttributes())
    )
    data = built["content"]
    signer = data["signer_infos"][0]
    attributes = signer["signed_attrs"].untag().contents
    before, found, after = attributes.partition(_tlv(OCTET_STRING, _NO_DIGEST))
    if not found:
        raise SigningError("the specimen carries no message digest")
    return Specimen(
        head=b"".join(
            data[part].dump() for part in ("version", "digest_algorithms", "encap_content_info", "certificates")
        ),
        signer=b"".join(signer[part].dump() for part in ("version", "sid", "digest_algorithm")),
        attributes=(before + bytes([OCTET_STRING, DIGEST_BYTES]), after),
        algorithm=signer["signature_algorithm"].dump(),
    )
