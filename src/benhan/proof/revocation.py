"""Was a certificate revoked when it signed? Judged from lists of the issuer that carry the issuer's own signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes

from benhan.proof.authority import NOT_A_CERTIFICATE
from benhan.proof.verdict import Verdict


def check_revocation(
    verdict: Verdict,
    certificate: x509.Certificate,
    crls: Sequence[bytes],
    issuers: Iterable[bytes],
    moment: datetime | None,
    place: str,
) -> None:
    """Add what the lists say about `certificate` at `moment` (SIG-07: a later revocation spoils nothing)."""
    own = _lists_of(verdict, certificate, crls, issuers, place)
    if not own:
        verdict.add(
            "revocation_unknown",
            "unknown",
            "Không biết chứng thư đã bị thu hồi hay chưa: không có danh sách thu hồi (CRL) của bên cấp",
            place,
        )
        return
    entries = [
        e for c in own if (e := c.get_revoked_certificate_by_serial_number(certificate.serial_number)) is not None
    ]
    when = min((e.revocation_date_utc for e in entries), default=None)
    if when is not None and (moment is None or when <= moment):
        verdict.add("revoked", "bad", f"Chứng thư đã bị thu hồi từ {when:%d/%m/%Y}, trước khi ký", place)
        return
    if when is not None:
        text = f"Chứng thư bị thu hồi {when:%d/%m/%Y}, sau khi ký: chữ ký vẫn đúng"
        verdict.add("revoked_later", "note", text, place)
        return
    newest = max(own, key=lambda c: c.last_update_utc)
    if moment is not None and newest.next_update_utc is not None and newest.next_update_utc < moment:
        text = f"Danh sách thu hồi mới nhất ({newest.last_update_utc:%d/%m/%Y}) đã quá hạn so với lúc ký"
        verdict.add("revocation_stale", "unknown", text, place)
        return
    text = f"Chứng thư không có trong danh sách thu hồi ngày {newest.last_update_utc:%d/%m/%Y}"
    verdict.add("not_revoked", "good", text, place)


def _lists_of(
    verdict: Verdict, certificate: x509.Certificate, crls: Sequence[bytes], issuers: Iterable[bytes], place: str
) -> list[x509.CertificateRevocationList]:
    keys = _keys_of(certificate, issuers)
    found: list[x509.CertificateRevocationList] = []
    for data in dict.fromkeys(crls):
        try:
            crl = x509.load_der_x509_crl(data)
            if crl.issuer != certificate.issuer:
                continue
            signed = any(crl.is_signature_valid(key) for key in keys)
        except NOT_A_CERTIFICATE:
            verdict.add("crl_unreadable", "unknown", "Có danh sách thu hồi không đọc được", place)
            continue
        if signed:
            found.append(crl)
        elif keys:
            verdict.add("crl_forged", "bad", "Danh sách thu hồi kèm theo không do bên cấp ký", place)
    return found


def _keys_of(certificate: x509.Certificate, issuers: Iterable[bytes]) -> list[CertificateIssuerPublicKeyTypes]:
    """Keys that really signed this certificate; a namesake of the issuer is not the issuer."""
    keys = []
    for data in dict.fromkeys(issuers):
        try:
            issuer = x509.load_der_x509_certificate(data)
            certificate.verify_directly_issued_by(issuer)
            keys.append(issuer.public_key())
        except (InvalidSignature, *NOT_A_CERTIFICATE):
            continue
    return keys  # type: ignore[return-value]  # a key that verified a certificate is one that can issue
