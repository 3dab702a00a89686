"""The status report a facility signs and a health department takes: its closed schema, its signature, its checks.

No patient data can be in it: every field is a code, a number, a date or a short name, nothing else is allowed, and runs of nine and
more digits are refused wherever they stand (no personal number, no insurance card, no telephone)."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from jsonschema import Draft202012Validator

from benhan.kernel.canonical import canonical
from benhan.kernel.errors import Refused
from benhan.law.rollout import criteria, gap_kinds, points
from benhan.proof.authority import KeyPair

FORMAT = "benhan-status/1"
BYTES_MAX = 256 * 1024
FUTURE_MAX = timedelta(minutes=10)
DIGITS = re.compile(r"[0-9]{9}")
NAME = r"^[^\x00-\x1f<>{}]{1,160}$"
CODE = r"^[A-Za-z0-9_.-]{1,40}$"
KINDS = {
    "hospital": "Bệnh viện",
    "polyclinic": "Phòng khám đa khoa",
    "clinic": "Phòng khám",
    "commune": "Trạm y tế",
    "maternity": "Nhà hộ sinh",
    "other": "Loại khác",
}
RESULTS = ("pass", "fail", "statement")
COUNTS = ("records_open", "records_paper", "records_electronic", "documents_30d", "unsigned_30d", "prints_30d")


def _whole(most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most}


def _closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    day = _text(r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")
    place = {
        "code": _text(r"^[A-Za-z0-9]{5}$"),
        "gln": _text(r"^$"),
        "name": _text(NAME),
        "kind": {"enum": list(KINDS)},
        "beds": _whole(10_000),
    }
    return _closed(
        {
            "facility": _closed(place),
            "made_at": _text(r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$"),
            "serial": {"type": "integer", "minimum": 1, "maximum": 10_000_000},
            "software": _closed({"name": _text(NAME), "version": _text(CODE)}),
            "points": {
                "type": "array",
                "minItems": 9,
                "maxItems": 9,
                "items": _closed({"code": {"enum": [p.code for p in points()]}, "result": {"enum": list(RESULTS)}}),
            },
            "checks": {
                "type": "object",
                "maxProperties": 200,
                "additionalProperties": {"enum": list(RESULTS)},
            },
            "departments": {
                "type": "array",
                "maxItems": 200,
                "items": _closed({"code": _text(CODE), "phase": {"enum": ["paper", "parallel", "electronic"]}}),
            },
            "counts": _closed({name: _whole(100_000_000) for name in COUNTS}),
            "plan": _closed(
                {
                    "due": {"anyOf": [day, {"type": "null"}]},
                    "total": _whole(5_000),
                    "done": _whole(5_000),
                    "late": _whole(5_000),
                }
            ),
            "gaps": {"type": "array", "maxItems": 200, "items": _text(CODE)},
            "announced_on": {"anyOf": [day, {"type": "null"}]},
        }
    )


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


@dataclass(frozen=True)
class Opened:
    """A report whose shape is right; whose it is and whether it is new is for the receiver to judge."""

    report: dict[str, Any]
    certificate: x509.Certificate | None
    signature: bytes

    @property
    def made_at(self) -> datetime:
        """When the facility made it (UTC)."""
        return moment(str(self.report["made_at"]))


def moment(text: str) -> datetime:
    """A moment of a report; Refused when the calendar has no such day."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Refused("Thời điểm lập báo cáo không có thật", code="report_schema") from error


def assert_shape(report: Any) -> None:
    """Refused (`report_schema`, `patient_data`) unless the report is what the schema says and holds no long number."""
    error = next(_validator().iter_errors(report), None)
    if error is not None:
        place = ".".join(map(str, error.absolute_path)) or "báo cáo"
        raise Refused(f"Báo cáo sai khuôn dạng tại {place}: {error.message[:160]}", code="report_schema")
    unknown = report["checks"].keys() - criteria().keys()
    strange = set(report["gaps"]) - gap_kinds().keys() - criteria().keys()
    if unknown or strange:
        raise Refused(f"Báo cáo có mã lạ: {', '.join(sorted(unknown | strange)[:5])}", code="report_schema")
    if [p["code"] for p in report["points"]] != [p.code for p in points()]:
        raise Refused("Báo cáo phải có đủ chín điểm theo thứ tự", code="report_schema")
    names = [report["facility"]["name"], *(d["code"] for d in report["departments"])]
    if any(DIGITS.search(re.sub(r"[\s.-]", "", name)) for name in names):
        raise Refused(
            "Báo cáo chứa dãy số dài như số định danh hoặc điện thoại; không được có dữ liệu người bệnh",
            code="patient_data",
        )
    if report["plan"]["due"] is not None:
        moment(report["plan"]["due"] + "T00:00:00Z")


@lru_cache(maxsize=4096)
def _certificate(pem: str) -> x509.Certificate:
    """The same seal comes every day."""
    return x509.load_pem_x509_certificate(pem.encode("ascii"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def parse(data: bytes) -> Opened:
    """Open an envelope; Refused with the reason, nothing of it believed yet."""
    if len(data) > BYTES_MAX:
        raise Refused(f"Báo cáo lớn hơn {BYTES_MAX // 1024} KB", code="too_big")
    try:
        envelope = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("Tệp không phải báo cáo JSON", code="not_json") from error
    wanted = {"format", "report", "certificate", "signature"}
    if not isinstance(envelope, dict) or envelope.keys() != wanted or envelope["format"] != FORMAT:
        raise Refused(f"Tệp không phải báo cáo {FORMAT}", code="not_a_report")
    assert_shape(envelope["report"])
    try:
        certificate = _certificate(str(envelope["certificate"]))
        signature = base64.b64decode(str(envelope["signature"]), validate=True)
    except ValueError as error:
        raise Refused("Chứng thư hoặc chữ ký trong tệp không đọc được", code="not_a_report") from error
    return Opened(envelope["report"], certificate, signature)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def sign(report: dict[str, Any], pair: KeyPair) -> bytes:
    """The envelope: report, certificate of the facility's seal, signature over the canonical bytes of the report (RFC 8785)."""
    assert_shape(report)
    data = canonical(report)
    if isinstance(pair.key, ec.EllipticCurvePrivateKey):
        signature = pair.key.sign(data, ec.ECDSA(hashes.SHA256()))
    else:
        signature = pair.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    envelope = {
        "format": FORMAT,
        "report": report,
        "certificate": pair.x509.public_bytes(Encoding.PEM).decode("ascii"),
        "signature": base64.b64encode(signature).decode("ascii"),
    }
    return (json.dumps(envelope, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate: what an officer compares and the department pins."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def assert_signed(opened: Opened, *, pinned: str, now: datetime) -> None:
    """Refused unless the pinned certificate, valid now, made this signature over exactly this report."""
    certificate = opened.certificate
    if certificate is None or fingerprint(certificate) != pinned:
        raise Refused("Báo cáo ký bằng con dấu khác với con dấu đã ghi danh", code="other_seal")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Refused("Chứng thư của con dấu đã hết hạn hoặc chưa có hiệu lực", code="seal_expired")
    key, data = certificate.public_key(), canonical(opened.report)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(opened.signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(opened.signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise Refused("Loại khóa này không được nhận", code="key_kind")
    except InvalidSignature as error:
        raise Refused("Chữ ký không khớp nội dung báo cáo", code="wrong_signature") from error
