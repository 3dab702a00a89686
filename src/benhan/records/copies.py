"""Codes on paper: a signed original printed as a paper that says so (R-90), and who stands behind a code (PRN-03, PRN-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import NotFound, Refused
from benhan.kernel.identifiers import LOOKUP_ALPHABET, lookup_code
from benhan.law import registry
from benhan.proof.convert import Conversion, paper_copy
from benhan.records import queries
from benhan.records.models import DocumentVersion, LookupCode
from benhan.records.payload import opened
from benhan.signing import queries as signing

CODE_CHARACTERS = 12
MISSES_MAX = 20  # wrong codes from one address; 31 to the power of 12 codes leave nothing to guess
MISSES_SECONDS = 600


@dataclass(frozen=True)
class Behind:
    """What a stranger who holds the paper may read: enough to compare, nothing of what it says."""

    code: str
    form: str
    facility: str
    initials: str
    version_no: int
    recorded_at: datetime
    payload_hash: str
    signers: tuple[tuple[str, str, datetime], ...]
    state: str
    kind: str
    made_at: datetime
    made_by: str
    document_id: object


def code_for_original(version: DocumentVersion, made_at: datetime) -> LookupCode | None:
    """Give a new version of a paper that leaves the house its code; others get one when somebody prints them."""
    form = registry.form_version(version.form_code, version.form_valid_from)
    if not form.leaves_facility:
        return None
    return LookupCode.objects.create(
        code=lookup_code(CODE_CHARACTERS), version=version, kind="original", made_at=made_at
    )


def original_code(version: DocumentVersion) -> str:
    """The code on the page of a version, or nothing."""
    found = LookupCode.objects.filter(version=version, kind="original").values_list("code", flat=True).first()
    return found or ""


def link(code: str) -> str:
    """What a QR holds: the address of the look-up page when the house has one that is known outside, else the code."""
    base = settings.BENHAN_LOOKUP_URL.rstrip("/")
    return f"{base}/verify/{code}" if base else code


def print_on_paper(version: DocumentVersion, actor: Actor) -> bytes:
    """The signed file as a paper to print, with code, QR and the words of R-90; each print is kept and logged.

    Refused while nobody has signed: an unsigned page is a preview with its mark (PRN-05)."""
    gate.require(actor, "records.document.print", version.document.record)
    last = signing.last_signature(version.pk)
    if last is None:
        raise Refused(
            "Giấy chưa ký nên chưa có bản gốc để chuyển ra giấy; hãy dùng bản xem có dấu nháp", code="unsigned"
        )
    now = clock.now()
    with audit.unit_of_work("records.document.printed"):
        kept = LookupCode.objects.create(
            code=lookup_code(CODE_CHARACTERS),
            version=version,
            kind="paper",
            source_sha256=last.pdf,
            staff_id=actor.staff_id,
            by_name=actor.full_name,
            by_title=actor.job_title,
            made_at=now,
        )
        audit.record(
            "records.document.printed",
            patient_id=version.document.record.person.pk,
            record_id=version.document.record_id,
            object_type="documentversion",
            object_id=version.pk,
            object_version=version.version_no,
            detail={"code": kept.code},
        )
    return paper_copy(queries.files().get(last.pdf), _said(version, kept))


def _said(version: DocumentVersion, kept: LookupCode) -> Conversion:
    payload = opened(version)
    owner = payload["facility"]["name"]
    who = f"{kept.by_title} {kept.by_name}".strip()
    lines = [
        f"Hệ thống: benhan · Chủ quản: {owner} · Người chuyển đổi: {who} · Lúc {_local(kept.made_at)}",
        f"Bản gốc: {payload['form']['name']}, phiên bản {version.version_no}, hồ sơ {payload['record']['record_number']}, "
        f"SHA-256 {version.payload_hash[:32]}…",
        f"Tra cứu: {link(kept.code)}" if settings.BENHAN_LOOKUP_URL else f"Tra cứu tại {owner}, trang “Tra cứu giấy”",
    ]
    return Conversion(kept.code, link(kept.code), lines, kept.made_at)


def _local(at: datetime) -> str:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%d/%m/%Y %H:%M")


def tidy(typed: str) -> str:
    """A code as typed or scanned, as it is kept: capitals, in groups of four; empty when it can be none."""
    plain = "".join(c for c in typed.upper().rsplit("/", 1)[-1] if c.isalnum())
    if len(plain) != CODE_CHARACTERS or not set(plain) <= set(LOOKUP_ALPHABET):
        return ""
    return "-".join(plain[n : n + 4] for n in range(0, len(plain), 4))


def look_up(typed: str, address: str) -> Behind:
    """What stands behind a code. NotFound when nothing does; Refused after too many wrong codes from an address."""
    key = f"lookup-misses:{address}"
    if int(cache.get(key, 0)) >= MISSES_MAX:
        raise Refused("Quá nhiều mã sai từ máy này; hãy thử lại sau mười phút", code="too_many")
    code = tidy(typed)
    found = LookupCode.objects.select_related("version__document__record").filter(code=code).first() if code else None
    if found is None:
        cache.add(key, 0, MISSES_SECONDS)
        cache.incr(key)
        raise NotFound("Không có giấy nào mang mã này; hãy xem lại từng ký tự")
    audit.record(
        "records.document.looked_up",
        record_id=found.version.document.record_id,
        object_type="documentversion",
        object_id=found.version_id,
        detail={"code": found.code},
    )
    return _behind(found)


def _behind(found: LookupCode) -> Behind:
    version = found.version
    payload = opened(version)
    return Behind(
        code=found.code,
        form=payload["form"]["name"],
        facility=payload["facility"]["name"],
        initials=" ".join(f"{word[0]}." for word in payload["patient"]["full_name"].split()),
        version_no=version.version_no,
        recorded_at=version.recorded_at,
        payload_hash=version.payload_hash,
        signers=tuple((s.signer_title, s.signer_name, s.signed_at) for s in signing.signatures_of(version.pk)),
        state=_state(version),
        kind=found.kind,
        made_at=found.made_at,
        made_by=f"{found.by_title} {found.by_name}".strip(),
        document_id=version.document_id,
    )


def _state(version: DocumentVersion) -> str:
    """cancelled | superseded (a newer version exists) | unsigned | valid."""
    document = version.document
    if document.document_state == "cancelled":
        return "cancelled"
    if document.version_no > version.version_no:
        return "superseded"
    return "valid" if signing.last_signature(version.pk) else "unsigned"
