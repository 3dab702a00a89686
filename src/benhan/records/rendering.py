"""From a version to its page: the exact form version, the frozen payload, the people who sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from benhan.forms.definition import FormVersion
from benhan.forms.print import print_sections
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.law import codes, registry
from benhan.proof.qr import qr_svg
from benhan.proof.render import Attachment, Rendered, render
from benhan.proof.sign import SignerShown
from benhan.records import copies
from benhan.records.models import Document, DocumentVersion
from benhan.records.parts import signed_elsewhere
from benhan.records.payload import opened
from benhan.signing import queries as signing
from benhan.signing.models import Confirmation

DRAFT_MARK = "NHÁP – CHƯA KÝ"
CANCELLED_MARK = "ĐÃ HỦY"
IMPORTED_MARK = "DỮ LIỆU NHẬP"


def zone() -> ZoneInfo:
    """The facility's zone."""
    return ZoneInfo(settings.TIME_ZONE)


def local(at: datetime) -> str:
    """A moment as people read it."""
    return at.astimezone(zone()).strftime("%d/%m/%Y %H:%M")


def render_version(
    document: Document,
    version: DocumentVersion,
    *,
    signer: tuple[str, SignerShown] | None = None,
    mark: str = "",
    notice: str = "",
    at: datetime | None = None,
) -> Rendered:
    """Draw a version with the layout of its exact form version. `signer` = (position, who): drawn into its box."""
    payload = opened(version)
    form = registry.form_version(version.form_code, version.form_valid_from)
    confirmations = signing.confirmations_of(version.pk)
    files = [
        Attachment(
            "content.json", version.payload.encode("utf-8"), "application/json", "source", "Nội dung có cấu trúc"
        )
    ]
    files += [
        Attachment(
            f"confirmation-{n}.json",
            canonical(signing.evidence(c)),
            "application/json",
            "supplement",
            "Bằng chứng xác nhận",
        )
        for n, c in enumerate(confirmations, 1)
    ]
    data = page_data(payload, form.positions, signer, form)
    data |= {
        "sections": print_sections(form, payload["content"], zone(), codes.name, registry.diagram),
        "confirmations": [_confirmation(c) for c in confirmations],
        "mark": mark,
        "notice": notice,
        "subtitle": _subtitle(version),
        "footer": _footer(document, version),
        **_look_up(version),
    }
    return render(registry.page_layout(form), data, attachments=files, at=at or version.recorded_at)


def preview(document: Document, version: DocumentVersion) -> Rendered:
    """The page of a version nobody signed yet, marked so that it can't pass for signed (PRN-05)."""
    mark = CANCELLED_MARK if document.document_state == "cancelled" else DRAFT_MARK
    if document.source:
        mark = IMPORTED_MARK
    return render_version(document, version, mark=mark)


def page_data(
    payload: dict[str, Any], positions: Any, signer: tuple[str, SignerShown] | None, form: FormVersion | None = None
) -> dict[str, Any]:
    """Letterhead, numbers, names and places to sign, from the frozen payload."""
    record, patient = payload["record"], payload["patient"]
    numbers = [
        ("Số HSBA", record["record_number"]),
        ("Số vào viện", record["admission_number"]),
        ("Mã NB", patient["patient_number"]),
    ]
    return {
        "title": f"{payload['form']['name']} – {record['record_number']}",
        "letterhead": {
            "governing_body": payload["facility"]["governing_body"],
            "facility": payload["facility"]["name"],
            "department": payload["department"],
        },
        "form": {
            "name": payload["form"]["name"],
            "official_number": payload["form"]["official_number"],
            "paper": form.paper if form else {},
            "sheet": form.sheet if form else {},
        },
        "person": patient["full_name"],
        "numbers": [{"label": label, "value": value} for label, value in numbers if value],
        "positions": [
            {
                "id": p.id,
                "label": p.label_vi,
                "hint": "(ký, ghi rõ họ tên)",
                "part": p.part,
                "signed": _shown(p.id, signer),
                "earlier": _earlier(signed_elsewhere(payload).get(p.id)),
            }
            for p in positions
            if p.kind != "confirmation"
        ],
    }


def _shown(position_id: str, signer: tuple[str, SignerShown] | None) -> dict[str, str] | None:
    if signer is None or signer[0] != position_id:
        return None
    return {"name": signer[1].name, "title": signer[1].title, "at": signer[1].at_text}


def _earlier(signed: dict[str, str] | None) -> dict[str, str] | None:
    """Whose signature stands in an earlier version, as words for this place."""
    if signed is None:
        return None
    at = local(datetime.fromisoformat(signed["signed_at"]))
    return {"name": signed["name"], "title": signed["title"], "at": at, "version": signed["version_no"]}


def _subtitle(version: DocumentVersion) -> str:
    author = f"{version.author_title} {version.author_name}"
    when = f"Thời điểm y khoa {local(version.clinical_at)} · ghi lúc {local(version.recorded_at)} bởi {author}"
    if version.entered_by_name:
        when += f" (nhập hộ: {version.entered_by_name})"
    return f"{when} · Đính chính lần {version.version_no - 1}: {version.reason}" if version.version_no > 1 else when


def _look_up(version: DocumentVersion) -> dict[str, str]:
    """Code and QR on papers that leave the house."""
    code = copies.original_code(version)
    return {"lookup": code, "qr": qr_svg(copies.link(code))} if code else {}


def _footer(document: Document, version: DocumentVersion) -> str:
    return f"{document.pk} · phiên bản {version.version_no} · SHA-256 {version.payload_hash[:24]}… · benhan"


def _confirmation(c: Confirmation) -> dict[str, Any]:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 140"><path d="{c.mark}" fill="none" stroke="#123f80" '
        'stroke-width="3"/></svg>'
    )
    return {
        "person_name": c.person_name,
        "relation": c.relation,
        "at": local(c.confirmed_at),
        "method": c.method,
        "identity": c.identity_document,
        "checked_by": c.checked_by_name,
        "shown_hash": c.payload_hash,
        "mark": svg if c.mark else None,
    }


def now_shown(name: str, title: str) -> SignerShown:
    """A signer as shown, at this moment."""
    return SignerShown(name=name, title=title, at=clock.now().replace(microsecond=0), zone=settings.TIME_ZONE)
