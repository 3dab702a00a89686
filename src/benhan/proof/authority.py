"""The facility's own certificate authority: root, staff and seal certificates, revocation; and imported PKCS#12 keys.

A certificate of this authority gives an electronic signature of the facility's own system; it is not one of a
licensed public authority (SIG-09: marked as internal wherever it is shown).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_der_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from benhan.kernel.errors import FieldError, Invalid, Refused

NAME_BYTES_MAX = 64
CA_YEARS = 30
STAFF_YEARS = 3
SEAL_YEARS = 10
CRL_DAYS = 30
PKCS12_ROUNDS_MAX = 2_000_000  # a second or so; what authorities hand out has thousands, hardened files 600,000
LAW = "NĐ 23/2025/NĐ-CP Điều 15"
# How the library says "this is no certificate"; names and extensions are parsed late, so it can come at any use.
NOT_A_CERTIFICATE = (
    ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)  # fmt: skip
NOT_FOR_PAPERS = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
}
T = TypeVar("T", bound=x509.ExtensionType)
SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class KeyPair:
    """A certificate (DER) with its private key, unlocked in memory, and the chain above it (DER, nearest first)."""

    certificate: bytes
    key: SigningKey
    chain: tuple[bytes, ...] = ()

    @property
    def x509(self) -> x509.Certificate:
        """The certificate, parsed."""
        return x509.load_der_x509_certificate(self.certificate)


def cut(words: str) -> str:
    """As much of a name as a certificate holds: 64 bytes, and a Vietnamese letter takes up to three of them."""
    return words.encode("utf-8")[:NAME_BYTES_MAX].decode("utf-8", "ignore").rstrip()


def _name(common: str, organisation: str, title: str = "", serial: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, cut(organisation)),
    ]
    if title:
        parts.append(x509.NameAttribute(NameOID.TITLE, cut(title)))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, cut(common)))
    if serial:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, cut(serial)))
    return x509.Name(parts)


def create_root(organisation: str, *, at: datetime) -> KeyPair:
    """Create the root of the facility's authority (EC P-256, 30 years: the longest retention)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"CA nội bộ – {organisation}", organisation)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=365 * CA_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(certificate.public_bytes(Encoding.DER), key)


def issue(
    root: KeyPair,
    *,
    common_name: str,
    organisation: str,
    title: str = "",
    serial: str = "",
    at: datetime,
    years: int = STAFF_YEARS,
) -> KeyPair:
    """Issue a signing certificate to a member of staff or, as the seal, to the facility (R-84: the title is in it)."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = root.x509
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name, organisation, title, serial))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(min(at + timedelta(days=365 * years), issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key(issuer), critical=False)
        .sign(_ec(root.key), hashes.SHA256())
    )
    return KeyPair(certificate.public_bytes(Encoding.DER), key, (root.certificate,))


def issue_crl(root: KeyPair, revoked: Sequence[tuple[int, datetime]], *, number: int, at: datetime) -> bytes:
    """Issue the list of revoked certificates: (serial number, moment of revocation). Returns DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.x509.subject)
        .last_update(at)
        .next_update(at + timedelta(days=CRL_DAYS))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key(root.x509), critical=False)
    )
    for serial, moment in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(_ec(root.key), hashes.SHA256()).public_bytes(Encoding.DER)


def revoked_at(crl: bytes, serial: int) -> datetime | None:
    """When the list says a certificate was revoked; None when it is not in it."""
    found = x509.load_der_x509_crl(crl).get_revoked_certificate_by_serial_number(serial)
    return found.revocation_date_utc if found else None


def lock(pair: KeyPair, pin: str) -> bytes:
    """Encrypt the private key under a PIN or passphrase (PKCS#8, PBES2 with AES-256)."""
    return pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(pin.encode("utf-8")))


def unlock(certificate: bytes, chain: Sequence[bytes], locked: bytes, pin: str) -> KeyPair:
    """Open a key locked by `lock`. A wrong PIN is Refused; counting tries is the caller's duty."""
    try:
        key = load_der_private_key(locked, pin.encode("utf-8"))
    except (ValueError, TypeError) as error:
        raise Refused("Mã PIN không đúng", code="wrong_pin") from error
    return KeyPair(certificate, _signing_key(key), tuple(chain))


def import_pkcs12(data: bytes, password: str, *, at: datetime) -> KeyPair:
    """Read a PKCS#12 file from a public authority; checks password, dates and that the certificate may sign."""
    try:
        _assert_rounds(data)
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode("utf-8"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid(
            [FieldError("file", "pkcs12", "Không mở được tệp chứng thư: sai mật khẩu hoặc không phải tệp .p12/.pfx")]
        ) from error
    if key is None or certificate is None:
        raise Invalid([FieldError("file", "pkcs12_empty", "Tệp không chứa đủ chứng thư và khóa bí mật")])
    pair = KeyPair(certificate.public_bytes(Encoding.DER), _signing_key(key), _chain_above(certificate, others))
    assert_may_sign(pair, at=at)
    return pair


def _assert_rounds(data: bytes) -> None:
    """ValueError when opening the file would keep the server busy: the file itself says how many rounds its password
    takes, before anything of it is proven."""
    if any(rounds > PKCS12_ROUNDS_MAX for rounds in _rounds(data)):
        raise ValueError("too many rounds")


def _rounds(data: bytes) -> Iterator[int]:
    """Rounds of the checksum, of each locked part and of each locked key in an open part (RFC 7292)."""
    try:
        file = asn1_pkcs12.Pfx.load(data)
        if file["mac_data"].native:
            yield file["mac_data"]["iterations"].native
        for part in file.authenticated_safe:
            if part["content_type"].native == "encrypted_data":
                yield part["content"]["encrypted_content_info"]["content_encryption_algorithm"].kdf_iterations
            elif part["content_type"].native == "data":
                for bag in asn1_pkcs12.SafeContents.load(part["content"].native):
                    if bag["bag_id"].native == "pkcs8_shrouded_key_bag":
                        yield bag["bag_value"]["encryption_algorithm"].kdf_iterations
    except (TypeError, KeyError) as error:
        raise ValueError("not a PKCS#12 container") from error


def _chain_above(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> tuple[bytes, ...]:
    """The issuers of a certificate out of a file's other certificates, nearest first; strangers are left out."""
    found: list[x509.Certificate] = []
    current = certificate
    while above := next((c for c in others if c not in found and c != current and _issued(current, c)), None):
        found.append(above)
        current = above
    return tuple(c.public_bytes(Encoding.DER) for c in found)


def assert_may_sign(pair: KeyPair, *, at: datetime, crl: bytes | None = None, anchors: Sequence[bytes] = ()) -> None:
    """R-81, SIG-06: refuse a certificate out of force, not for signing, revoked or of an unknown issuer.

    The issuers above it must be in force too. `crl` must be signed by the issuer; `anchors` (DER) are the roots
    the house trusts: without any, the issuer is not judged."""
    certificate = pair.x509
    _assert_in_force(certificate, at)
    _assert_usage(certificate)
    issuers = [x509.load_der_x509_certificate(c) for c in pair.chain]
    for issuer in issuers:
        if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
            raise Refused("Chứng thư của bên cấp đã hết hiệu lực", code="issuer_expired", law=LAW)
    if anchors and not _leads_to(certificate, issuers, anchors):
        raise Refused("Chứng thư do bên chưa được cơ sở tin cậy cấp", code="issuer_unknown", law=LAW)
    if crl is not None:
        _assert_not_revoked(certificate, issuers, crl, at)


def _assert_in_force(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        when = certificate.not_valid_before_utc
        raise Refused(f"Chứng thư chỉ có hiệu lực từ {when:%d/%m/%Y}", code="certificate_not_yet", law=LAW)
    if at > certificate.not_valid_after_utc:
        when = certificate.not_valid_after_utc
        text = f"Chứng thư chỉ có hiệu lực đến {when:%d/%m/%Y}; hãy gia hạn trước khi ký"
        raise Refused(text, code="certificate_expired", law=LAW)


def _assert_usage(certificate: x509.Certificate) -> None:
    """What the certificate itself says it is for: to sign, and not (only) for a web server, programs or time stamps."""
    if (basic := _extension(certificate, x509.BasicConstraints)) is not None and basic.ca:
        raise Refused("Đây là chứng thư của bên cấp (CA), không dùng để ký giấy tờ", code="certificate_is_ca", law=LAW)
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise Refused("Chứng thư này không dùng để ký (Key Usage)", code="certificate_usage", law=LAW)
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes is not None and set(purposes) <= NOT_FOR_PAPERS:
        text = "Chứng thư này cấp cho việc khác (máy chủ web, phần mềm, dấu thời gian), không dùng để ký giấy tờ"
        raise Refused(text, code="certificate_usage", law=LAW)


def _extension(certificate: x509.Certificate, kind: type[T]) -> T | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _leads_to(certificate: x509.Certificate, issuers: Sequence[x509.Certificate], anchors: Sequence[bytes]) -> bool:
    """Walk up from the certificate, each step proved by the issuer's signature, until a trusted root is met."""
    trusted = [x509.load_der_x509_certificate(a) for a in anchors]
    current = certificate
    for _ in range(len(issuers) + 1):
        if current in trusted or any(_issued(current, root) for root in trusted):
            return True
        above = next((i for i in issuers if i != current and _issued(current, i)), None)
        if above is None:
            return False
        current = above
    return False


def links(certificates: Sequence[bytes]) -> Literal["sound", "open", "altered"]:
    """Whether every certificate of a set was issued by one of it. "open": an issuer is not there; "altered": one is
    named but did not issue, or a certificate can't be read."""
    try:
        parsed = [x509.load_der_x509_certificate(c) for c in dict.fromkeys(certificates)]
        named = [[i for i in parsed if i.subject == c.issuer] for c in parsed]
    except NOT_A_CERTIFICATE:
        return "altered"
    if any(above and not any(_issued(c, i) for i in above) for c, above in zip(parsed, named, strict=True)):
        return "altered"
    return "sound" if all(named) else "open"


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *NOT_A_CERTIFICATE):
        return False
    return True


def _assert_not_revoked(
    certificate: x509.Certificate, issuers: Sequence[x509.Certificate], crl: bytes, at: datetime
) -> None:
    listed = x509.load_der_x509_crl(crl)
    issuer = next((i for i in issuers if _issued(certificate, i)), None)
    if issuer is None or not listed.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # it issued
        raise Refused("Danh sách thu hồi không phải của bên cấp chứng thư", code="crl_wrong", law=LAW)
    when = revoked_at(crl, certificate.serial_number)
    if when is not None and when <= at:
        raise Refused(f"Chứng thư đã bị thu hồi ngày {when:%d/%m/%Y}", code="certificate_revoked", law=LAW)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    subject = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject)


def _signing_key(key: object) -> SigningKey:
    if isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        return key
    raise Invalid([FieldError("file", "key_kind", "Chỉ nhận khóa RSA hoặc EC")])


def _ec(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the facility's authority has an EC key")
    return key
