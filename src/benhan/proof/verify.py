"""Verify a signed PDF: what holds, what does not, and why. Bad input is a finding, never a crash."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import crl as asn1_crl, x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError

from benhan.kernel.canonical import sha256_hex
from benhan.proof.authority import revoked_at
from benhan.proof.verdict import Verdict

PDF_BYTES_MAX = 100 * 1024 * 1024


def verify_pdf(data: bytes, *, anchors: Sequence[bytes], crls: Sequence[bytes] = (), at: datetime | None = None,
               content_sha256: str | None = None) -> Verdict:
    """Check every signature of a PDF against trust anchors (DER). `crls` tell revocation at signing time (SIG-07).
    `content_sha256`: the embedded content.json must have this hash."""
    verdict = Verdict()
    if len(data) > PDF_BYTES_MAX or not data.startswith(b"%PDF-"):
        verdict.add("not_pdf", "bad", "Không phải tệp PDF hoặc tệp quá lớn")
        return verdict
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        signatures = reader.embedded_regular_signatures
    except (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        # A damaged file can fail anywhere in a parser; each of these is the parser saying "damaged".
        verdict.add("pdf_damaged", "bad", f"Tệp PDF hỏng: {type(error).__name__}")
        return verdict
    if not signatures:
        verdict.add("unsigned", "bad", "Tệp không có chữ ký nào")
    for number, signature in enumerate(signatures):
        last = number == len(signatures) - 1
        _check_signature(verdict, signature, anchors, crls, at, last=last)
    _check_tail(verdict, data, signatures)
    _check_content(verdict, reader, content_sha256)
    return verdict


def _context(anchors: Sequence[bytes], moment: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(a) for a in anchors], allow_fetching=False, moment=moment,
    )


def _check_signature(verdict: Verdict, signature: EmbeddedPdfSignature, anchors: Sequence[bytes], crls: Sequence[bytes],
                     at: datetime | None, *, last: bool) -> None:
    place = str(signature.field_name)
    try:
        moment = at or signature.self_reported_timestamp
        status = validate_pdf_signature(signature, _context(anchors, moment))
    except (SignatureValidationError, ValidationInfoReadingError, PathError, PdfError, ValueError, KeyError, TypeError,
            IndexError, AttributeError) as error:
        verdict.add("signature_unreadable", "bad", f"Không đọc được chữ ký: {type(error).__name__}", place)
        return
    certificate = signature.signer_cert
    signer = _signer(signature, place)
    verdict.signers.append(signer)
    if not (status.intact and status.valid):
        verdict.add("altered", "bad", "Nội dung đã bị sửa sau khi ký, hoặc chữ ký không đúng", place)
        return
    verdict.add("intact", "good", f"Nội dung nguyên vẹn; {signer['name']} ({signer['title'] or 'không ghi chức danh'}) ký lúc {signer['at']}", place)
    allowed = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
    if status.modification_level not in allowed:
        verdict.add("changed_after", "bad", "Tệp bị thêm nội dung ngoài chữ ký sau khi ký", place)
    if status.trusted:
        verdict.add("trusted", "good", "Chứng thư do cơ quan cấp được tin cậy cấp và còn hiệu lực lúc ký", place)
    elif anchors:
        verdict.add("untrusted", "bad", "Chứng thư không thuộc các gốc được tin cậy hoặc hết hiệu lực lúc ký", place)
    else:
        verdict.add("no_anchor", "unknown", "Chưa có chứng thư gốc để đối chiếu người ký", place)
    _check_revocation(verdict, certificate, crls, moment, place)
    if status.timestamp_validity is not None:
        good = status.timestamp_validity.valid and status.timestamp_validity.intact
        verdict.add("time_stamp", "good" if good else "bad", "Có dấu thời gian" if good else "Dấu thời gian không đúng", place)


def _check_revocation(verdict: Verdict, certificate: asn1_x509.Certificate, crls: Sequence[bytes], moment: datetime | None,
                      place: str) -> None:
    own = [c for c in crls if asn1_crl.CertificateList.load(c).issuer == certificate.issuer]
    if not own:
        verdict.add("revocation_unknown", "note", "Không có danh sách thu hồi của bên cấp để đối chiếu", place)
        return
    when = next((r for c in own if (r := revoked_at(c, certificate.serial_number)) is not None), None)
    if when is not None and (moment is None or when <= moment):
        verdict.add("revoked", "bad", f"Chứng thư đã bị thu hồi từ {when:%d/%m/%Y}, trước khi ký", place)
    elif when is not None:
        verdict.add("revoked_later", "note", f"Chứng thư bị thu hồi {when:%d/%m/%Y}, sau khi ký: chữ ký vẫn đúng", place)
    else:
        verdict.add("not_revoked", "good", "Chứng thư không bị thu hồi", place)


def _signer(signature: EmbeddedPdfSignature, place: str) -> dict[str, Any]:
    native = signature.signer_cert.subject.native
    at = signature.self_reported_timestamp
    return {
        "position": place, "name": native.get("common_name", ""), "title": native.get("title", ""),
        "organisation": native.get("organization_name", ""), "at": at.isoformat() if at else "",
        "certificate_serial": format(signature.signer_cert.serial_number, "x"),
        "issuer": signature.signer_cert.issuer.native.get("common_name", ""),
    }


def _check_tail(verdict: Verdict, data: bytes, signatures: Sequence[EmbeddedPdfSignature]) -> None:
    """The last signature must cover the file to its end, but for white space: nothing may hang behind it."""
    if not signatures:
        return
    ranges = [int(n) for n in signatures[-1].byte_range]
    if ranges[0] != 0 or ranges[2] + ranges[3] < len(data.rstrip(b"\r\n \0")):
        verdict.add("tail", "bad", "Sau chữ ký cuối còn nội dung không được ký")


def embedded_files(reader: PdfFileReader) -> dict[str, bytes]:
    """The files embedded in a PDF, by name. For reading the content back (read_from_pdf) and for checking."""
    found: dict[str, bytes] = {}
    names = reader.root.get("/Names")
    tree = names.get("/EmbeddedFiles") if names else None
    flat = list(tree.get("/Names", [])) if tree else []
    for spec in (flat[i + 1] for i in range(0, len(flat) - 1, 2)):
        entry = spec.get_object()
        found[str(entry["/UF"] if "/UF" in entry else entry["/F"])] = entry["/EF"]["/F"].data
    return found


def read_embedded(data: bytes) -> dict[str, bytes]:
    """Read the embedded files of a PDF without judging it."""
    return embedded_files(PdfFileReader(io.BytesIO(data)))


def _check_content(verdict: Verdict, reader: PdfFileReader, expected: str | None) -> None:
    try:
        content = embedded_files(reader).get("content.json")
        payload = json.loads(content) if content is not None else None
    except (PdfError, ValueError, KeyError, TypeError):
        verdict.add("content_unreadable", "bad", "Không đọc được dữ liệu nhúng content.json")
        return
    if content is None:
        verdict.add("no_content", "note", "Tệp không nhúng dữ liệu có cấu trúc")
        return
    actual = sha256_hex(content)
    if expected is not None and actual != expected:
        verdict.add("content_differs", "bad", "Dữ liệu nhúng khác với mã băm đã ghi")
    else:
        kind = payload.get("format", "") if isinstance(payload, dict) else ""
        verdict.add("content", "good", f"Dữ liệu nhúng {kind} đọc được, SHA-256 {actual[:16]}…")
