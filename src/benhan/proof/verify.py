"""Verify a signed PDF: what holds, what does not, and why. Bad input is a finding, never a crash."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import parser as asn1_parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError

from benhan.kernel.canonical import sha256_hex
from benhan.proof.authority import NOT_A_CERTIFICATE, links
from benhan.proof.embedded import DAMAGE, embedded_files, read_embedded
from benhan.proof.revocation import check_revocation
from benhan.proof.verdict import Verdict

__all__ = ["pdf_signers", "read_embedded", "verify_pdf"]

PDF_BYTES_MAX = 100 * 1024 * 1024
SIGNATURES_MAX = 100
PAGE_TREE_DEPTH_MAX = 20
BOX_SHARE_OF_PAGE_MAX = 0.25
EXPECTED_FILES = ("content.json", "manifest.json")
NOT_IN_FORCE = (
    AdESIndeterminate.EXPIRED, AdESIndeterminate.NOT_YET_VALID,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
)  # fmt: skip
UNREADABLE = (*DAMAGE, *NOT_A_CERTIFICATE, SignatureValidationError, ValidationInfoReadingError, PathError)


@dataclass(frozen=True)
class _Trust:
    """What the checker brings, and what the file brings along itself (its security store)."""

    anchors: Sequence[bytes]
    crls: Sequence[bytes]
    certificates: Sequence[bytes]
    at: datetime | None


def verify_pdf(
    data: bytes,
    *,
    anchors: Sequence[bytes],
    crls: Sequence[bytes] = (),
    at: datetime | None = None,
    content_sha256: str | None = None,
    manifest_sha256: str | None = None,
) -> Verdict:
    """Check every signature of a PDF against trust anchors (DER).

    `crls` (DER) and those inside the file tell revocation at signing time (SIG-07). `at` replaces the signing
    time where no time stamp gives one. The embedded content.json / manifest.json must have the hash given."""
    verdict = Verdict()
    if len(data) > PDF_BYTES_MAX or not data.startswith(b"%PDF-"):
        verdict.add("not_pdf", "bad", "Không phải tệp PDF hoặc tệp quá lớn")
        return verdict
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        signatures = list(reader.embedded_regular_signatures)
        stored = _stored_evidence(reader)
    except UNREADABLE as error:
        verdict.add("pdf_damaged", "bad", f"Tệp PDF hỏng hoặc bị cắt ({type(error).__name__})")
        return verdict
    if not signatures or len(signatures) > SIGNATURES_MAX:
        verdict.add("unsigned", "bad", "Tệp không có chữ ký nào" if not signatures else "Tệp có quá nhiều chữ ký")
        return verdict
    trust = _Trust(anchors, [*crls, *stored[1]], stored[0], at)
    for signature in signatures:
        _check_signature(verdict, signature, trust)
    _check_boxes(verdict, reader, {str(s.field_name) for s in signatures})
    _check_tail(verdict, data, reader, signatures)
    _check_embedded(verdict, reader, {"content.json": content_sha256, "manifest.json": manifest_sha256})
    return verdict


def pdf_signers(data: bytes) -> list[dict[str, Any]]:
    """Who signed a PDF by the certificates in it, in order, without judging; empty when the file can't be read."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        return [_signer(s, str(s.field_name)) for s in reader.embedded_regular_signatures]
    except UNREADABLE:
        return []


def _stored_evidence(reader: PdfFileReader) -> tuple[list[bytes], list[bytes]]:
    """Certificates and lists in the file's own security store (B-LT). They prove themselves by their signatures."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return [], []
    certificates = [c.dump() for c in store.load_certs()]
    return certificates, [ref.get_object().data for ref in store.crls]


def _check_signature(verdict: Verdict, signature: EmbeddedPdfSignature, trust: _Trust) -> None:
    try:
        _judge(verdict, signature, trust, str(signature.field_name))
    except UNREADABLE as error:
        verdict.add("signature_unreadable", "bad", f"Không đọc được chữ ký ({type(error).__name__})")


def _judge(verdict: Verdict, signature: EmbeddedPdfSignature, trust: _Trust, place: str) -> None:
    signer = _signer(signature, place)
    stamped = _stamped_time(signature)
    moment = stamped or trust.at or signature.self_reported_timestamp
    status = validate_pdf_signature(signature, _context(trust, moment))
    verdict.signers.append({**signer, "time_stamped": stamped is not None})
    if not (status.intact and status.valid):
        verdict.add("altered", "bad", "Nội dung đã bị sửa sau khi ký, hoặc chữ ký không đúng", place)
        return
    who = f"{signer['name']} ({signer['title'] or 'không ghi chức danh'}) ký lúc {signer['at'] or 'không rõ'}"
    verdict.add("intact", "good", f"Phần đã ký còn nguyên vẹn; {who}", place)
    own = signature.signer_cert.dump()
    chain = [c.dump() for c in signature.other_embedded_certs]
    _check_changes(verdict, status, place)
    _check_wrapping(verdict, signature.pkcs7_content, [own, *chain], trust.anchors, place)
    if _share_of_page(signature) > BOX_SHARE_OF_PAGE_MAX:
        verdict.add("covers_page", "bad", "Khung chữ ký che phần lớn trang, có thể che nội dung", place)
    _check_trust(verdict, status, bool(trust.anchors), place)
    issuers = [*trust.anchors, *chain, *trust.certificates]
    check_revocation(verdict, x509.load_der_x509_certificate(own), trust.crls, issuers, moment, place)
    _check_time(verdict, status, place)


def _context(trust: _Trust, moment: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(a) for a in trust.anchors],
        other_certs=[asn1_x509.Certificate.load(c) for c in trust.certificates],
        allow_fetching=False,
        moment=moment,
    )


def _check_changes(verdict: Verdict, status: PdfSignatureStatus, place: str) -> None:
    """What was added after this signature may only be other signatures and proof of validity."""
    allowed = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
    if status.modification_level not in allowed:
        verdict.add("changed_after", "bad", "Tệp bị thêm nội dung ngoài chữ ký sau khi ký", place)
    elif status.docmdp_ok is False:
        verdict.add("not_permitted", "bad", "Thay đổi sau khi ký không được người ký trước cho phép", place)


def _check_wrapping(
    verdict: Verdict, container: bytes, certificates: Sequence[bytes], anchors: Sequence[bytes], place: str
) -> None:
    """The parts of a signature that it does not cover itself: the fill behind it and the certificates sent along."""
    used = asn1_parser.peek(container)
    if container[used:].strip(b"\0"):
        verdict.add("stray_bytes", "bad", "Trong vùng chữ ký có dữ liệu lạ không được ký", place)
    linked = links([*certificates, *anchors])
    if linked == "altered":
        verdict.add("certificate_altered", "bad", "Chứng thư kèm theo chữ ký đã bị sửa", place)
    elif linked == "open" and anchors:
        verdict.add("certificate_open", "unknown", "Có chứng thư kèm theo mà không rõ bên cấp", place)


def _check_trust(verdict: Verdict, status: PdfSignatureStatus, has_anchors: bool, place: str) -> None:
    if status.trusted:
        verdict.add("trusted", "good", "Chứng thư thuộc gốc được tin cậy và còn hiệu lực lúc ký", place)
    elif not has_anchors:
        verdict.add("no_anchor", "unknown", "Chưa có chứng thư gốc để đối chiếu người ký", place)
    elif status.trust_problem_indic in NOT_IN_FORCE:
        verdict.add("not_in_force", "bad", "Chứng thư chưa có hoặc đã hết hiệu lực lúc ký", place)
    else:
        verdict.add("untrusted", "bad", "Chứng thư không thuộc các gốc được tin cậy hoặc không dùng để ký", place)


def _check_time(verdict: Verdict, status: PdfSignatureStatus, place: str) -> None:
    stamp = status.timestamp_validity
    if stamp is None:
        verdict.add("time_by_signer", "note", "Thời điểm do máy của người ký ghi, không có dấu thời gian", place)
    elif not (stamp.valid and stamp.intact):
        verdict.add("time_stamp_wrong", "bad", "Dấu thời gian không đúng", place)
    elif stamp.trusted:
        verdict.add("time_stamp", "good", f"Dấu thời gian {stamp.timestamp:%d/%m/%Y %H:%M:%S} UTC", place)
    else:
        verdict.add("time_stamp_untrusted", "unknown", "Dấu thời gian không thuộc các gốc được tin cậy", place)


def _stamped_time(signature: EmbeddedPdfSignature) -> datetime | None:
    """The time in the time-stamp token, when there is one; whether the token is good is judged apart."""
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        stamped: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return stamped
    return None


def _share_of_page(signature: EmbeddedPdfSignature) -> float:
    """How much of its page the visible box of a signature takes."""
    field = signature.sig_field.get_object()
    if "/Rect" not in field or "/P" not in field:
        return 0.0
    node = field["/P"].get_object()
    for _ in range(PAGE_TREE_DEPTH_MAX):
        if "/MediaBox" in node:
            break
        node = node["/Parent"].get_object()
    rect, media = field["/Rect"], node["/MediaBox"]
    return _area(rect) / max(_area(media), 1.0)


def _area(corners: Any) -> float:
    x0, y0, x1, y1 = (float(n) for n in corners)
    return abs(x1 - x0) * abs(y1 - y0)


def _check_boxes(verdict: Verdict, reader: PdfFileReader, judged: set[str]) -> None:
    """Every box that can be seen belongs to a signature that was judged. An update may add a field without a signature,
    or with a bare time stamp, without breaking the others: its picture could lie over the text that was signed."""
    try:
        for name, _, field in enumerate_sig_fields(reader):
            node = field.get_object()
            boxes = [node, *(kid.get_object() for kid in node.get("/Kids", ()))]
            if str(name) not in judged and any(_area(b["/Rect"]) > 0 for b in boxes if "/Rect" in b):
                verdict.add(
                    "foreign_box", "bad", "Khung hiển thị không thuộc chữ ký nào, có thể che nội dung", str(name)
                )
    except DAMAGE as error:
        verdict.add("pdf_damaged", "bad", f"Không đọc được các khung chữ ký ({type(error).__name__})")


def _signer(signature: EmbeddedPdfSignature, place: str) -> dict[str, Any]:
    native = signature.signer_cert.subject.native
    at = signature.self_reported_timestamp
    return {
        "position": place,
        "name": str(native.get("common_name", "")),
        "title": str(native.get("title", "")),
        "organisation": str(native.get("organization_name", "")),
        "at": at.isoformat() if at else "",
        "certificate_serial": format(signature.signer_cert.serial_number, "x"),
        "issuer": str(signature.signer_cert.issuer.native.get("common_name", "")),
    }


def _check_tail(
    verdict: Verdict, data: bytes, reader: PdfFileReader, signatures: Sequence[EmbeddedPdfSignature]
) -> None:
    """Nothing may hang behind the last signature but a real revision, which the check of changes has then judged."""
    last = signatures[-1]
    try:
        ranges = [int(n) for n in last.byte_range]
        covered = len(ranges) == 4 and ranges[0] == 0 and ranges[2] + ranges[3] >= len(data.rstrip(b"\r\n \0"))
        later = reader.xrefs.total_revisions - 1 > last.signed_revision
    except DAMAGE:
        covered = later = False
    if not covered and not later:
        verdict.add("tail", "bad", "Sau chữ ký cuối còn nội dung không được ký")
    elif not covered:
        verdict.add("later_revision", "note", "Sau chữ ký cuối có thêm bằng chứng hiệu lực, không đổi nội dung")


def _check_embedded(verdict: Verdict, reader: PdfFileReader, expected: dict[str, str | None]) -> None:
    try:
        files = embedded_files(reader)
        kinds = {n: json.loads(files[n]) for n in EXPECTED_FILES if n in files}
    except DAMAGE:
        verdict.add("content_unreadable", "bad", "Không đọc được dữ liệu nhúng trong tệp")
        return
    for name in EXPECTED_FILES:
        wanted = expected.get(name)
        if name not in files:
            if wanted is not None:
                verdict.add("content_missing", "bad", f"Tệp không nhúng {name} như đã ghi")
        elif wanted is not None and sha256_hex(files[name]) != wanted:
            verdict.add("content_differs", "bad", f"Dữ liệu nhúng {name} khác với mã băm đã ghi")
        else:
            kind = kinds[name].get("format", "") if isinstance(kinds[name], dict) else ""
            verdict.add("content", "good", f"Dữ liệu nhúng {name} ({kind}) đọc được, SHA-256 {sha256_hex(files[name])}")
    if not kinds and not any(expected.values()):
        verdict.add("no_content", "note", "Tệp không nhúng dữ liệu có cấu trúc")
