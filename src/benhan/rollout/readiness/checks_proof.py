"""What can be proven: the log, the signed files, the sealed packages, the copies, the certificates."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from django.db import connection

from benhan.access import gate
from benhan.access.models import Account
from benhan.archive.models import BackupRun
from benhan.archive.packages import file_name, package_of
from benhan.audit import anchors as log_anchors
from benhan.audit import queries as log
from benhan.audit import triggers
from benhan.audit.models import AuditEvent
from benhan.audit.verify import verify
from benhan.facility import queries as facility
from benhan.facility.models import Staff
from benhan.proof import authority
from benhan.proof.embedded import read_embedded
from benhan.proof.package import verify_package, write_package
from benhan.records import queries as records
from benhan.records.models import DocumentVersion, MedicalRecord
from benhan.rollout.readiness.judging import Finding, Look, measures
from benhan.signing import certificates
from benhan.signing.models import Certificate, Signature

FILES_LOOKED_AT = 60
PACKAGES_LOOKED_AT = 3
PAPERS_OF_A_PACKAGE_MAX = 120  # judging takes about 15 ms a paper; a page waits for it
EVENTS_WALKED_MAX = 400_000  # a longer log is walked by `benhan audit verify`; the page and the report stay quick
WRITERS = ("doctor", "nurse", "technician", "pharmacist")
GUARDED = (
    "audit_auditevent",
    "audit_auditeventsubject",
    "audit_treehead",
    "records_documentversion",
    "records_documentmark",
    "records_recordevent",
    "records_seal",
    "signing_signature",
)


@measures("log_intact")
def log_intact(look: Look) -> Finding:
    """Walk the log: chain, tree heads, anchors. A log too long to walk here is judged by its newest walk, kept in the log."""
    if log.size() > EVENTS_WALKED_MAX:
        walked = (
            AuditEvent.objects.filter(action="audit.verify", at__gte=look.at - timedelta(days=8))
            .order_by("-seq")
            .first()
        )
        told = f"lần kiểm tra gần nhất {walked.at:%d/%m/%Y}" if walked else "8 ngày qua chưa kiểm tra lần nào"
        return look.judged(walked is not None and walked.outcome == "ok", f"{log.size()} dòng; {told}")
    report = verify()
    faults = [fault.message for fault in report.findings]
    return look.judged(report.holds, f"{report.events} dòng đã đi hết, {report.findings_count} dấu hiệu bị sửa", faults)


@measures("log_anchored")
def log_anchored(look: Look) -> Finding:
    """The newest signed head is young and stands in the anchor file too."""
    head = log.latest_tree_head()
    if head is None:
        return look.judged(False, "nhật ký chưa được ký chốt lần nào")
    hours = (look.at - head.at).total_seconds() / 3600
    kept = log_anchors.last_size() >= head.size
    behind = log.size() - head.size
    young = hours <= look.aim or behind == 0
    return look.judged(
        young and kept,
        f"chốt {hours:.0f} giờ trước, {behind} dòng sau đó" + ("" if kept else "; tệp chốt thiếu dòng này"),
    )


@measures("log_records_reads")
def log_records_reads(look: Look) -> Finding:
    """The log of the last week holds reads as well as writes of records."""
    kinds = {code: action.kind for code, action in gate.actions().items() if code.startswith(("records.", "patients."))}
    week = AuditEvent.objects.filter(at__gte=look.at - timedelta(days=7), outcome="ok")
    reads = week.filter(action__in=[c for c, k in kinds.items() if k in ("read", "export")]).count()
    writes = week.filter(action__in=[c for c, k in kinds.items() if k == "write"]).count()
    return look.judged(min(reads, writes) >= look.aim, f"7 ngày qua: {reads} lần xem, {writes} lần ghi")


@measures("tables_guarded")
def tables_guarded(look: Look) -> Finding:
    """The database itself still refuses to change what must never change."""
    bare = triggers.missing(connection, GUARDED)
    return look.judged(len(bare) <= look.aim, f"{len(GUARDED) - len(bare)}/{len(GUARDED)} bảng còn khóa bảo vệ", bare)


@measures("files_present")
def files_present(look: Look) -> Finding:
    """The newest signed files are in the store, and each is still what its name says."""
    store = records.files()
    signed = list(Signature.objects.order_by("-signed_at").values_list("pdf", "position_label")[:FILES_LOOKED_AT])
    bad = []
    for digest, label in signed:
        try:
            store.get(digest)
        except (OSError, ValueError, LookupError):
            bad.append(f"{digest[:12]} ({label})")
    return look.share(len(signed) - len(bad), len(signed), "tệp đã ký", bad)


@measures("independent_data")
def independent_data(look: Look) -> Finding:
    """What a signed file carries inside equals the version it stands for: the record can be read with the system gone."""
    store = records.files()
    signed = list(Signature.objects.order_by("-signed_at")[: FILES_LOOKED_AT // 3])
    payloads = dict(DocumentVersion.objects.filter(pk__in=[s.version_id for s in signed]).values_list("pk", "payload"))
    bad = []
    for one in signed:
        inside = read_embedded(store.get(one.pdf)).values() if store.has(one.pdf) else ()
        if payloads.get(one.version_id, "").encode("utf-8") not in inside:
            bad.append(one.pdf[:12])
    return look.share(len(signed) - len(bad), len(signed), "tệp đã ký mang đúng nội dung", bad)


@measures("sealed_verify")
def sealed_verify(look: Look) -> Finding:
    """The packages of the newest sealed records verify as an inspector would do it, outside of the system."""
    rows = MedicalRecord.objects.filter(sealed_at__isnull=False, document_count__lte=PAPERS_OF_A_PACKAGE_MAX)
    sealed = list(rows.order_by("-sealed_at")[:PACKAGES_LOOKED_AT])
    bad = []
    with tempfile.TemporaryDirectory(prefix="benhan-ready-") as folder:
        for record in sealed:
            written = write_package(Path(folder) / file_name(record), package_of(record, records.seals(record)))
            if verify_package(written, anchors=certificates.anchors()).exit_code != 0:
                bad.append(record.record_number)
    return look.share(len(sealed) - len(bad), len(sealed), "gói hồ sơ", bad)


@measures("backup_recent")
def backup_recent(look: Look) -> Finding:
    """A copy of the last day."""
    last = BackupRun.objects.filter(kind="backup", succeeded=True).first()
    if last is None:
        return look.judged(False, "chưa sao lưu lần nào")
    hours = (look.at - last.finished_at).total_seconds() / 3600
    return look.judged(hours <= look.aim, f"bản gần nhất {hours:.0f} giờ trước, {last.size // 1024**2} MB")


@measures("backup_proved")
def backup_proved(look: Look) -> Finding:
    """The last restore drill succeeded, and not long ago."""
    last = BackupRun.objects.filter(kind="prove").first()
    if last is None:
        return look.judged(False, "chưa thử khôi phục lần nào")
    days = (look.at - last.finished_at).days
    return look.judged(last.succeeded and days <= look.aim, f"{days} ngày trước: {last.detail[:120]}")


@measures("staff_certificates")
def staff_certificates(look: Look) -> Finding:
    """Everybody who writes papers has a certificate that is good for another month."""
    who = Account.objects.filter(is_active=True, staff__isnull=False, assignments__role__in=WRITERS)
    staff = dict(Staff.objects.filter(account__in=who).values_list("pk", "full_name"))
    good = set(
        Certificate.objects.filter(
            kind="staff",
            staff_id__in=staff,
            not_after__gte=look.at + timedelta(days=30),
            not_before__lte=look.at,
            revocation__isnull=True,
        ).values_list("staff_id", flat=True)
    )
    return look.share(len(good), len(staff), "người ký", [name for pk, name in staff.items() if pk not in good])


@measures("public_certificates")
def public_certificates(look: Look) -> Finding:
    """Certificates of a public or specialised authority (Art. 22 of Law 20/2023). Those of the facility's own authority may
    count as specialised secure ones when they were certified as such: a person has to say so."""
    held = Certificate.objects.filter(kind="staff", not_after__gte=look.at, revocation__isnull=True)
    total = held.values("staff").distinct().count()
    public = held.filter(origin="pkcs12").values("staff").distinct().count()
    if total and public == total:
        return look.share(public, total, "người ký")
    return look.asks(f"{public}/{total} người ký dùng chứng thư công cộng; số còn lại của CA nội bộ")


@measures("seal_valid")
def seal_valid(look: Look) -> Finding:
    """The facility's seal is good for another month and carries its present name."""
    place = facility.facility_or_none()
    seal = next((c for c in certificates.seals() if not hasattr(c, "revocation")), None)
    if seal is None or place is None:
        return look.judged(False, "chưa có con dấu số")
    days, named = (seal.not_after - look.at).days, certificates.name_in(seal) == authority.cut(place.name)
    return look.judged(
        days >= look.aim and named, f"còn {days} ngày" + ("" if named else "; tên trên con dấu khác tên cơ sở")
    )


@measures("time_stamped")
def time_stamped(look: Look) -> Finding:
    """A time-stamp authority is configured, so that seals outlive their certificates."""
    address = facility.setting("signing.tsa_url", "")
    return look.judged(bool(address), "đã khai địa chỉ TSA" if address else "chưa khai địa chỉ TSA")
