"""What a record still lacks before it can be closed: missing, unsigned, invalid, still being typed. Each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from benhan.forms.validate import validate
from benhan.kernel import clock
from benhan.law import codes, registry
from benhan.records.models import Document, DocumentVersion, Draft, MedicalRecord
from benhan.records.services import content_of

GAPS_MAX = 200


@dataclass(frozen=True)
class Gap:
    """One thing to mend. `document` links to it; `form_code` says what to write when there is no document yet."""

    code: str
    message: str
    document: Document | None = None
    form_code: str = ""


def gaps(record: MedicalRecord) -> list[Gap]:
    """Check a record for closing (REC-05, REC-06). Query count does not grow with the number of documents."""
    found: list[Gap] = []
    if record.discharged_at is None:
        found.append(Gap("not_discharged", "Người bệnh chưa được cho ra viện"))
    active = list(Document.objects.filter(record=record, document_state="active", source="", volume__seal__isnull=True))
    kind = registry.record_types().get(record.record_type, {})
    present = {d.form_code for d in Document.objects.filter(record=record, document_state="active").only("form_code")}
    for form_code in kind.get("required_at_closing", []):
        if form_code not in present:
            name = registry.form(form_code, clock.day_of(record.opened_at)).name_vi
            found.append(Gap("missing", f"Thiếu “{name}”", form_code=form_code))
    found += [
        Gap("unsigned", f"“{d.title}” {'mới ký một phần' if d.signature_state == 'partly' else 'chưa ký'}", d)
        for d in active
        if d.signature_state in ("unsigned", "partly")
    ]
    found += _invalid(record, active)
    drafts = Draft.objects.filter(record=record).select_related("account").order_by("-updated_at")[:20]
    found += [Gap("draft", f"Còn nháp chưa lưu của {x.account.display_name}", form_code=x.form_code) for x in drafts]
    return found[:GAPS_MAX]


def _invalid(record: MedicalRecord, active: list[Document]) -> list[Gap]:
    by_id = {d.pk: d for d in active}
    versions = DocumentVersion.objects.filter(document_id__in=list(by_id)).order_by("document_id", "-version_no")
    found, seen = [], set()
    for version in versions.iterator(chunk_size=200):
        if version.document_id in seen:
            continue
        seen.add(version.document_id)
        form = registry.form_version(version.form_code, version.form_valid_from)
        errors = validate(
            form,
            content_of(version),
            purpose="closing",
            born=record.person.birth_date,
            code_known=codes.is_known,
            part_known=registry.has_part,
        )
        document = by_id[version.document_id]
        found += [Gap("invalid", f"“{document.title}”: {e.message}", document) for e in errors[:5]]
    return found
