"""A small house of trust for these tests: an authority, its seal, two members of staff, and a page to sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from benhan.kernel.canonical import canonical, sha256_hex
from benhan.proof import authority
from benhan.proof.packing import Package, SealedVolume
from benhan.proof.render import Attachment, Rendered, render
from benhan.proof.sign import SignerShown, SigningIdentity, sign

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
BEFORE = AT - timedelta(days=30)
FACILITY = "Bệnh viện Đa khoa Sông Thử"
LAYOUT = "law/forms/lab_general_request/2024-01-01/page.typ"
CONTENT = {"format": "benhan.document/1", "content": {"note": "Người bệnh tỉnh, tiếp xúc tốt"}}
MANIFEST_LAYOUT = "law/layout/manifest.typ"


@dataclass(frozen=True)
class House:
    """Everything that may sign."""

    root: authority.KeyPair
    seal: authority.KeyPair
    doctor: authority.KeyPair
    head: authority.KeyPair

    @property
    def anchors(self) -> list[bytes]:
        return [self.root.certificate]

    def crl(self, *revoked: tuple[int, datetime], at: datetime = AT) -> bytes:
        return authority.issue_crl(self.root, revoked, number=len(revoked) + 1, at=at)


def found() -> House:
    """A new house with its own keys."""
    root = authority.create_root(FACILITY, at=BEFORE)

    def issue(name: str, title: str, serial: str) -> authority.KeyPair:
        return authority.issue(root, common_name=name, organisation=FACILITY, title=title, serial=serial, at=BEFORE)

    return House(
        root,
        issue(FACILITY, "Con dấu số của cơ sở", "99001"),
        issue("Đỗ Thị Ngọc Ánh", "Bác sĩ điều trị", "000001/TEST-CCHN"),
        issue("Trần Quốc Khánh", "Trưởng khoa", "000002/TEST-CCHN"),
    )


def page_data(**more: Any) -> dict[str, Any]:
    """Data for the print layout of forms."""
    text = {"number": "1", "type": "longtext", "unit": "", "empty": False, "choices": [], "columns": []}
    items = [{**text, "id": f"i{n}", "label": f"Mục {n}", "value": "Tỉnh, tiếp xúc tốt. Đỡ đau."} for n in range(12)]
    data: dict[str, Any] = {
        "title": "Tờ điều trị – 26.000001",
        "letterhead": {"governing_body": "SỞ Y TẾ THỬ", "facility": FACILITY, "department": "Khoa Nội"},
        "form": {"name": "Tờ điều trị", "official_number": "36/BV2"},
        "numbers": [{"label": "Số HSBA", "value": "26.000001"}],
        "positions": [
            {"id": "doctor", "label": "BÁC SĨ", "hint": "(ký, ghi rõ họ tên)", "signed": None},
            {"id": "head", "label": "TRƯỞNG KHOA", "hint": "(ký, ghi rõ họ tên)", "signed": None},
        ],
        "sections": [{"header": False, "title": "I. KHÁM", "repeated": False, "rows": [items]}],
        "confirmations": [],
        "mark": "",
        "notice": "",
        "subtitle": "",
        "footer": "phiên bản 1",
    }
    return {**data, **more}


def draw(content: dict[str, Any] = CONTENT, **more: Any) -> Rendered:
    """A page with its content embedded."""
    files = [Attachment("content.json", canonical(content), "application/json", "source", "Nội dung có cấu trúc")]
    return render(LAYOUT, page_data(**more), attachments=files, at=AT)


def sign_page(
    page: Rendered, pair: authority.KeyPair, position: str, *, pdf: bytes | None = None, at: datetime = AT, **more: Any
) -> bytes:
    """Sign a page as the person of the certificate."""
    subject = {a.rfc4514_attribute_name: str(a.value) for a in pair.x509.subject}
    shown = SignerShown(subject["CN"], "Bác sĩ", at)
    return sign(
        pdf or page.pdf, SigningIdentity(pair), position_id=position, box=page.box(position), shown=shown,
        drawn=False, reason="Tờ điều trị", location=FACILITY, **more,
    )  # fmt: skip


def seal(house: House, manifest: dict[str, Any], pair: authority.KeyPair | None = None) -> bytes:
    """The manifest as a page signed by the facility, or by whoever pretends to be."""
    at = datetime.fromisoformat(manifest["sealed_at"])
    signed = {"name": FACILITY, "title": "Con dấu số của cơ sở", "at": "23/11/2026"}
    data = {
        "title": "Danh mục", "manifest": manifest, "rows": [["1", "Tờ điều trị", "", "", "", "", ""]], "mark": "",
        "positions": [{"id": "facility", "label": "CƠ SỞ", "hint": "(con dấu số)", "signed": signed}],
        "sealed_at": "23/11/2026", "footer": "benhan.manifest/1",
    }  # fmt: skip
    files = [Attachment("manifest.json", canonical(manifest), "application/json", "source")]
    page = render(MANIFEST_LAYOUT, data, attachments=files, at=at)
    shown = SignerShown(FACILITY, "Con dấu số của cơ sở", at)
    identity = SigningIdentity(pair or house.seal)
    return sign(
        page.pdf,
        identity,
        position_id="facility",
        box=page.box("facility"),
        shown=shown,
        drawn=True,
        crl=house.crl(at=at),
    )


def volume(house: House, number: int = 1, previous: str = "", documents: int = 2, **more: Any) -> SealedVolume:
    """A sealed volume of signed documents and one imported, unsigned one."""
    files: dict[str, bytes] = {}
    entries = []
    for order in range(1, documents + 1):
        content = {**CONTENT, "order": order, "volume": number}
        data = canonical(content)
        name = f"documents/{order:04d}-to_dieu_tri-v1"
        signed_by: list[dict[str, Any]] = []
        if order < documents:
            page = draw(content)
            pdf = sign_page(page, house.doctor, "doctor", crl=house.crl())
            files[f"{name}.pdf"] = pdf
            serial = format(house.doctor.x509.serial_number, "x")
            signed_by = [{"position": "doctor", "name": "Đỗ Thị Ngọc Ánh", "title": "Bác sĩ", "at": stamp(AT),
                          "strength": "internal", "certificate_serial": serial}]  # fmt: skip
        files[f"{name}.json"] = data
        entries.append(_entry(order, name, files, data, signed_by))
    manifest = {
        "format": "benhan.manifest/1", "volume": number, "supplement_reason": "" if number == 1 else "Kết quả về muộn",
        "previous_manifest_sha256": previous,
        "facility": {"name": FACILITY, "code": "99001", "governing_body": "SỞ Y TẾ THỬ"},
        "record": {"id": "0192f", "type": "inpatient", "record_number": "26.000001", "admission_number": "1",
                   "archive_number": "LT26.000001", "medium": "electronic"},
        "patient": {"id": "0192a", "patient_number": "BN000001", "full_name": "Lê Văn Thử <b>", "birth_date": "1950",
                    "sex": "1"},
        "documents": entries, "sealed_by": {"name": "Vũ Thị Hằng", "title": "Trưởng phòng KHTH"},
        "sealed_at": stamp(AT + timedelta(hours=number)), **more,
    }  # fmt: skip
    return SealedVolume(manifest, seal(house, manifest), files)


def stamp(at: datetime) -> str:
    """A moment as manifests spell it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _entry(
    order: int, name: str, files: dict[str, bytes], data: bytes, signed_by: list[dict[str, Any]]
) -> dict[str, Any]:
    file = f"{name}.pdf" if signed_by else f"{name}.json"
    return {
        "order": order, "file": file, "sha256": sha256_hex(files[file]), "json": f"{name}.json",
        "content_sha256": sha256_hex(data), "document_id": str(order), "version_no": 1, "is_current": True,
        "document_state": "active", "title": "Tờ điều trị",
        "form": {"code": "to_dieu_tri", "valid_from": "2024-01-01", "sha256": "0" * 64},
        "author": {"name": "Đỗ Thị Ngọc Ánh", "title": "Bác sĩ"}, "clinical_at": stamp(AT), "recorded_at": stamp(AT),
        "reason": "", "source": {"system": "", "file": "", "sha256": ""}, "signatures": signed_by,
        "confirmations": [], "marks": [],
    }  # fmt: skip


def package(house: House, volumes: int = 2) -> Package:
    """A whole record: a first volume and a supplement over it."""
    made: list[SealedVolume] = []
    previous = ""
    for number in range(1, volumes + 1):
        made.append(volume(house, number, previous))
        previous = sha256_hex(canonical(made[-1].manifest))
    return Package(made, {"root": house.root.certificate, "doctor": house.doctor.certificate}, {"root": house.crl()})


def rsa_pair(house: House) -> authority.KeyPair:
    """An RSA certificate, as public authorities issue them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    old = house.doctor.x509
    builder = x509.CertificateBuilder().subject_name(old.subject).issuer_name(old.issuer).public_key(key.public_key())
    builder = builder.serial_number(4711).not_valid_before(BEFORE).not_valid_after(AT + timedelta(days=300))
    for extension in old.extensions:
        if not isinstance(extension.value, x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    made = builder.sign(house.root.key, hashes.SHA256())
    return authority.KeyPair(made.public_bytes(Encoding.DER), key, (house.root.certificate,))
