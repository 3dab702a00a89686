"""Entries of one form printed as one sheet, as on paper: the header once, each entry with who signed it."""

from __future__ import annotations

from benhan.access.actors import Actor
from benhan.forms.definition import FormVersion
from benhan.forms.print import SheetEntry, print_sheet
from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.law import codes, registry
from benhan.proof.render import render
from benhan.records import rendering
from benhan.records.models import Document, DocumentVersion, MedicalRecord
from benhan.records.payload import opened
from benhan.signing.models import Signature

ENTRIES_MAX = 5000  # thirteen years of daily visits, two seconds of drawing


def entries_sheet(record: MedicalRecord, form_code: str, actor: Actor) -> bytes:
    """Draw all entries of a form in a record. A print for reading: the signed files stay the originals (R-90)."""
    documents = list(
        Document.objects.filter(record=record, form_code=form_code).order_by("clinical_at", "order_no")[:ENTRIES_MAX]
    )
    if not documents:
        raise NotFound("Hồ sơ chưa có giấy nào của mẫu này")
    newest = {d.pk: d.version_no for d in documents}
    versions = {
        v.document_id: v
        for v in DocumentVersion.objects.filter(document__in=documents)
        if v.version_no == newest[v.document_id]
    }
    signed: dict[object, list[str]] = {}
    for s in Signature.objects.filter(version_id__in=[v.pk for v in versions.values()]).order_by("seq"):
        signed.setdefault(s.version_id, []).append(
            f"Đã ký: {s.signer_title} {s.signer_name}, {rendering.local(s.signed_at)}"
        )
    first = opened(versions[documents[0].pk])
    form = _form_of(versions[documents[-1].pk])
    entries = [_entry(d, versions[d.pk], signed.get(versions[d.pk].pk, [])) for d in documents]
    data = rendering.page_data(first, (), None, form) | print_sheet(
        form, entries, rendering.zone(), codes.name, registry.diagram
    )
    data |= {
        "mark": "",
        "notice": "",
        "confirmations": [],
        "footer": f"Bản in từ hồ sơ bệnh án điện tử (benhan) của {first['facility']['name']}, {rendering.local(clock.now())}, "
        f"người in: {actor.full_name}. Bản gốc là các tệp đã ký trong hồ sơ {record.record_number}."
        + _left_out(record, form_code, len(documents)),
    }
    return render(registry.sheet_layout(form) or registry.DEFAULT_SHEET, data, at=clock.now()).pdf


def _left_out(record: MedicalRecord, form_code: str, printed: int) -> str:
    """What a sheet says when it does not hold everything; never a silent cut."""
    if printed < ENTRIES_MAX:
        return ""
    every = Document.objects.filter(record=record, form_code=form_code).count()
    return f" Bản in gồm {printed} mục đầu trên tổng số {every} mục." if every > printed else ""


def _form_of(version: DocumentVersion) -> FormVersion:
    return registry.form_version(version.form_code, version.form_valid_from)


def _entry(document: Document, version: DocumentVersion, signed: list[str]) -> SheetEntry:
    cancelled = document.document_state == "cancelled"
    author = f"{version.author_title} {version.author_name} (chưa ký)"
    return SheetEntry(
        opened(version)["content"],
        version.clinical_at,
        state="ĐÃ HỦY" if cancelled else "",
        signed="; ".join(signed) or author,
        cancelled=cancelled,
        form=_form_of(version),
    )
