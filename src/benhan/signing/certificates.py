"""Verbs of certificates and keys: the facility's authority, staff certificates, PINs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import queries as facility_queries
from benhan.facility.models import Facility, Staff
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from benhan.kernel.text import fold
from benhan.proof import authority
from benhan.proof.sign import SigningIdentity, TimeStamper
from benhan.proof.timestamp import HttpTimeStamper
from benhan.signing.models import Certificate, Revocation, SigningKey

PIN = re.compile(r"[0-9]{6,12}")
PIN_FAILURES_MAX = 5
PIN_LOCK = timedelta(minutes=10)


def set_up_authority(facility: Facility) -> Certificate:
    """Make the facility's authority and its seal, once (first-run wizard)."""
    with audit.unit_of_work("signing.authority.set_up"):
        if Certificate.objects.filter(kind="authority").exists():
            raise Conflict("CA nội bộ đã được tạo", code="authority_exists")
        root = authority.create_root(facility.name, at=_backdated())
        stored = _store(root, "authority", None, "internal", settings.BENHAN_MASTER_SECRET)
        _issue_seal(root, facility)
        audit.record("signing.authority.set_up", object_type="certificate", object_id=str(stored.pk))
    return stored


def renew_seal(*, actor: Actor) -> Certificate:
    """Issue a new seal with the facility's present name. The old one seals no more, but is neither revoked nor removed:
    what it sealed is still verified with it."""
    gate.require(actor, "signing.certificate.manage")
    with audit.unit_of_work("signing.seal.renew"):
        stored = _issue_seal(_root(), Facility.objects.get())
        audit.record("signing.seal.renew", object_type="certificate", object_id=str(stored.pk))
    return stored


def seals() -> list[Certificate]:
    """The facility's seals, the one in use first."""
    return list(Certificate.objects.select_related("revocation").filter(kind="seal").order_by("-created_at", "-pk"))


def parsed(certificate: Certificate) -> x509.Certificate:
    """A certificate to look into."""
    return x509.load_der_x509_certificate(bytes(certificate.der))


def name_in(certificate: Certificate) -> str:
    """The name a certificate was issued to (its common name)."""
    named = parsed(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else ""


def _issue_seal(root: authority.KeyPair, facility: Facility) -> Certificate:
    pair = authority.issue(
        root,
        common_name=facility.name,
        organisation=facility.name,
        title="Con dấu số của cơ sở",
        serial=facility.code,
        at=_backdated(),
        years=authority.SEAL_YEARS,
    )
    return _store(pair, "seal", None, "internal", settings.BENHAN_MASTER_SECRET)


def issue_certificate(staff: Staff, pin: str, *, actor: Actor) -> Certificate:
    """Issue a certificate to a member of staff under a PIN the person chose; an earlier internal one is revoked."""
    _require_own_or_manage(actor, staff)
    _assert_pin(pin)
    with audit.unit_of_work("signing.certificate.issue"):
        place = Facility.objects.get()
        for old in Certificate.objects.filter(staff=staff, origin="internal", revocation__isnull=True):
            Revocation.objects.create(
                certificate=old, at=clock.now(), reason="Thay bằng chứng thư mới", by_name=actor.full_name
            )
        pair = authority.issue(
            _root(),
            common_name=staff.full_name,
            organisation=place.name,
            title=staff.job_title,
            serial=staff.licence_number,
            at=_backdated(),
        )
        stored = _store(pair, "staff", staff, "internal", pin)
        audit.record("signing.certificate.issue", object_type="certificate", object_id=str(stored.pk))
    return stored


def import_certificate(staff: Staff, pkcs12: bytes, password: str, pin: str, *, actor: Actor) -> Certificate:
    """Take a certificate of a public authority from a PKCS#12 file; from now on the PIN unlocks it."""
    _require_own_or_manage(actor, staff)
    _assert_pin(pin)
    pair = authority.import_pkcs12(pkcs12, password, at=clock.now())
    _assert_of_person(pair.x509, staff)
    with audit.unit_of_work("signing.certificate.import"):
        stored = _store(pair, "staff", staff, "pkcs12", pin)
        audit.record("signing.certificate.import", object_type="certificate", object_id=str(stored.pk))
    return stored


def change_pin(certificate: Certificate, old: str, new: str, *, actor: Actor) -> None:
    """Change the PIN of an own certificate."""
    if certificate.staff_id != actor.staff_id:
        raise NotFound
    _assert_pin(new)
    _assert_count_survives()
    pair = _open(certificate, old)
    with audit.unit_of_work("signing.pin.change"):
        SigningKey.objects.filter(pk=certificate.pk).update(locked=authority.lock(pair, new))
        audit.record("signing.pin.change", object_type="certificate", object_id=str(certificate.pk))


def revoke(certificate: Certificate, *, reason: str, actor: Actor) -> None:
    """Revoke a certificate of the facility's authority; what it signed before stays good (SIG-07)."""
    gate.require(actor, "signing.certificate.manage")
    with audit.unit_of_work("signing.certificate.revoke"):
        _, made = Revocation.objects.get_or_create(
            certificate=certificate, defaults={"at": clock.now(), "reason": reason[:500], "by_name": actor.full_name}
        )
        if not made:
            raise Conflict("Chứng thư đã bị thu hồi trước đó", code="already_revoked")
        audit.record("signing.certificate.revoke", object_type="certificate", object_id=str(certificate.pk))


def certificate_of(staff_id: UUID) -> Certificate | None:
    """The certificate a person signs with: the newest that is in force and not revoked."""
    now = clock.now()
    return (
        Certificate.objects.filter(
            staff_id=staff_id, kind="staff", revocation__isnull=True, not_before__lte=now, not_after__gt=now
        )
        .order_by("-created_at")
        .first()
    )


def unlock(actor: Actor, pin: str) -> tuple[Certificate, SigningIdentity]:
    """Open the actor's key. Five wrong PINs lock it for ten minutes; the count survives the refusal."""
    _assert_count_survives()
    certificate = certificate_of(actor.staff_id) if actor.staff_id else None
    if certificate is None:
        raise Refused("Bạn chưa có chứng thư ký còn hiệu lực. Vào “Chứng thư của tôi” để tạo.", code="no_certificate")
    return certificate, SigningIdentity(_open(certificate, pin))


def seal_identity() -> tuple[Certificate, SigningIdentity]:
    """Open the facility's seal with the house's own secret."""
    certificate = next((c for c in seals() if not hasattr(c, "revocation")), None)
    if certificate is None:
        raise Refused("Cơ sở chưa có con dấu số; hãy chạy phần thiết lập ban đầu", code="no_seal")
    return certificate, SigningIdentity(_open(certificate, settings.BENHAN_MASTER_SECRET))


def anchors() -> list[bytes]:
    """Certificates this house trusts (DER): its own authority and the roots above imported certificates."""
    own = [bytes(c.der) for c in Certificate.objects.filter(kind="authority")]
    imported = [p for c in Certificate.objects.filter(origin="pkcs12") for p in chain_of(c)[-1:]]
    return own + imported


def chain_of(certificate: Certificate) -> list[bytes]:
    """The certificates above one (DER)."""
    pem = bytes(certificate.chain)
    return [c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(pem)] if pem else []


def current_crl() -> bytes:
    """The authority's list of revoked certificates, as of now (DER)."""
    rows = list(Revocation.objects.select_related("certificate").filter(certificate__origin="internal").order_by("pk"))
    revoked = [(int(r.certificate.serial, 16), r.at) for r in rows]
    return authority.issue_crl(_root(), revoked, number=len(rows) + 1, at=clock.now())


def _root() -> authority.KeyPair:
    certificate = Certificate.objects.filter(kind="authority").first()
    if certificate is None:
        raise Refused("Cơ sở chưa có CA nội bộ; hãy chạy phần thiết lập ban đầu", code="no_authority")
    return _open(certificate, settings.BENHAN_MASTER_SECRET)


def _open(certificate: Certificate, pin: str) -> authority.KeyPair:
    key = SigningKey.objects.get(pk=certificate.pk)
    if key.locked_until and key.locked_until > clock.now():
        raise Refused("Nhập sai PIN quá nhiều lần. Hãy thử lại sau 10 phút.", code="pin_locked")
    try:
        pair = authority.unlock(bytes(certificate.der), chain_of(certificate), bytes(key.locked), pin)
    except Refused:
        _count_failure(certificate)
        raise
    if key.failures:
        SigningKey.objects.filter(pk=certificate.pk).update(failures=0, locked_until=None)
    return pair


def _assert_count_survives() -> None:
    """A unit of work that is refused rolls back, and the count of wrong PINs with it: then a PIN could be guessed for ever."""
    if audit.in_unit_of_work():
        raise RuntimeError("a PIN is checked outside of units of work")


def _count_failure(certificate: Certificate) -> None:
    with audit.unit_of_work("signing.pin.wrong"):
        key = SigningKey.objects.select_for_update().get(pk=certificate.pk)
        key.failures += 1
        if key.failures >= PIN_FAILURES_MAX:
            key.failures, key.locked_until = 0, clock.now() + PIN_LOCK
        key.save()
        audit.record("signing.pin.wrong", outcome="refused", object_type="certificate", object_id=str(certificate.pk))


def _store(pair: authority.KeyPair, kind: str, staff: Staff | None, origin: str, pin: str) -> Certificate:
    parsed = pair.x509
    chain = b"".join(x509.load_der_x509_certificate(c).public_bytes(Encoding.PEM) for c in pair.chain)
    stored = Certificate.objects.create(
        kind=kind,
        staff=staff,
        serial=format(parsed.serial_number, "x"),
        subject=parsed.subject.rfc4514_string()[:500],
        issuer=parsed.issuer.rfc4514_string()[:500],
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        der=pair.certificate,
        chain=chain,
        origin=origin,
        created_at=clock.now(),
    )
    SigningKey.objects.create(certificate=stored, locked=authority.lock(pair, pin))
    return stored


def _require_own_or_manage(actor: Actor, staff: Staff) -> None:
    gate.require(actor, "signing.certificate.own" if actor.staff_id == staff.pk else "signing.certificate.manage")


def _assert_of_person(certificate: x509.Certificate, staff: Staff) -> None:
    """A file with somebody else's name would let its holder sign as that person; one that vouches for itself, as anybody."""
    if certificate.issuer == certificate.subject:
        raise Refused("Chứng thư này tự ký, không do một tổ chức chứng thực cấp", code="self_signed", law="R-81")
    names = [str(n.value) for n in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if not any(fold(staff.full_name) in fold(name) for name in names):
        raise Refused("Chứng thư mang tên người khác, không phải tên của bạn", code="other_person", law="R-81")


def _assert_pin(pin: str) -> None:
    if not PIN.fullmatch(pin) or len(set(pin)) < 3:
        raise Invalid([FieldError("pin", "pin_policy", "Mã PIN gồm 6–12 chữ số, không phải một dãy lặp lại")])


def _backdated() -> datetime:
    """One minute back, so that a certificate is in force at once on machines whose clocks differ a little."""
    return (clock.now() - timedelta(minutes=1)).replace(microsecond=0)


def time_stamper() -> TimeStamper | None:
    """The time-stamp authority of the facility's settings, or None when none is configured."""
    address = facility_queries.setting("signing.tsa_url", "")
    return HttpTimeStamper(address) if address else None
