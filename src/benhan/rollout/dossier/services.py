"""Verbs of the dossier: make a paper, sign it, register one that was signed outside."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import Conflict, FieldError, Invalid, Refused
from benhan.kernel.text import clean, clean_line
from benhan.proof.render import Attachment, SignatureBox
from benhan.proof.sign import SignerShown
from benhan.proof.sign import sign as sign_pdf
from benhan.records import queries as records
from benhan.rollout.dossier import build, queries
from benhan.rollout.dossier.facts import settings_fingerprint
from benhan.rollout.dossier.models import DossierPaper, PaperSignature
from benhan.rollout.dossier.templates_of_papers import template, templates
from benhan.rollout.papers import docx, pdf
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.readiness import report
from benhan.signing import certificates

NUMBER_MAX = 40
UPLOAD_BYTES_MAX = 20 * 1024 * 1024
ROLE_OF = {"planning": "planning", "administrator": "administrator"}


def make(code: str, *, number: str, day: date | None = None, actor: Actor) -> DossierPaper:
    """Make a paper from today's facts. Refused while a paper it rests on is not issued: a decision cannot cite minutes that do
    not exist."""
    gate.require(actor, "dossier.paper.make")
    words, on = template(code), day or clock.today()
    number = clean_line(number)
    if not number or len(number) > NUMBER_MAX:
        raise Invalid([FieldError("number", "required", f"Ghi số văn bản (1 đến {NUMBER_MAX} ký tự)")])
    if on > clock.today():
        raise Invalid([FieldError("day", "future", "Ngày văn bản ở tương lai")])
    missing = [templates()[n].title_vi for n in words.needs if n not in queries.issued()]
    if missing:
        raise Refused("Phải ban hành trước: " + ", ".join(missing), code="needs_paper", law=words.source)
    drawn = build.paper(words, day=on, number=number, draft=False)
    now = clock.now()
    page = pdf.draw(drawn, at=now, attachments=_evidence(code))
    store = records.files()
    digest, word = store.put(page.pdf), store.put(docx.draw(drawn, at=now))
    places = [
        {"id": s.id, "label": s.label, "who": t["who"]} for s, t in zip(drawn.signers, words.signers, strict=True)
    ]
    with audit.unit_of_work("dossier.paper.make"):
        made = DossierPaper.objects.create(
            code=code,
            number=drawn.number,
            day=on,
            title=words.title_vi,
            places=json.dumps(places, ensure_ascii=False),
            boxes=json.dumps([asdict(b) for b in page.boxes]),
            fingerprint=settings_fingerprint(),
            docx=word,
            pdf=digest,
            made_at=now,
            by_name=actor.full_name,
            by_title=actor.job_title,
        )
        audit.record("dossier.paper.make", object_type="dossierpaper", object_id=str(made.pk), detail={"code": code})
    return made


def _evidence(code: str) -> list[Attachment]:
    """The figures behind the self-assessment ride inside its PDF, for programs (no numbers of records: the paper leaves the house)."""
    last = readiness.latest()
    if code != "self_assessment" or last is None:
        return []
    data = canonical(report.as_json(last, samples=False))
    return [Attachment("evidence.json", data, "application/json", "data", "Số đo của từng tiêu chí")]


def _may_fill(who: str, actor: Actor) -> bool:
    return actor.position == "director" if who == "director" else ROLE_OF[who] in actor.roles


def sign(one: DossierPaper, *, pin: str, actor: Actor) -> PaperSignature:
    """Sign the place whose turn it is with one's own certificate; the last signature issues the paper."""
    gate.require(actor, "dossier.paper.sign")
    place = queries.next_place(one)
    if place is None:
        raise Refused("Văn bản này đã đủ chữ ký", code="all_signed")
    if not _may_fill(place["who"], actor):
        raise Refused(f"Vị trí “{place['label']}” không do bạn ký", code="not_your_place")
    certificate, identity = certificates.unlock(actor, pin)
    shown = SignerShown(actor.full_name, actor.job_title, clock.now())
    boxes = [SignatureBox(**b) for b in json.loads(one.boxes)]
    signed = sign_pdf(
        records.files().get(queries.file_of(one)),
        identity,
        position_id=place["id"],
        box=next((b for b in boxes if b.position_id == place["id"]), None),
        shown=shown,
        drawn=False,
        reason=f"{one.title} – {place['label']}",
        crl=certificates.current_crl() if certificate.origin == "internal" else None,
    )
    digest = records.files().put(signed)
    with audit.unit_of_work("dossier.paper.sign"):
        fresh = DossierPaper.objects.select_for_update().get(pk=one.pk)
        if queries.next_place(fresh) != place:
            raise Conflict("Vị trí này vừa được ký; hãy tải lại", code="not_waiting")
        made = PaperSignature.objects.create(
            paper=fresh,
            place=place["id"],
            staff_id=actor.staff_id,
            certificate=certificate,
            signer_name=actor.full_name,
            signer_title=actor.job_title,
            pdf=digest,
            signed_at=shown.at,
        )
        if queries.next_place(fresh) is None:
            fresh.issued_at = shown.at
            fresh.save(update_fields=["issued_at"])
        audit.record(
            "dossier.paper.sign",
            object_type="dossierpaper",
            object_id=str(fresh.pk),
            detail={"code": fresh.code, "place": place["id"], "issued": fresh.issued_at is not None},
        )
    return made


def register_outside(code: str, *, number: str, day: date, note: str, file: bytes, actor: Actor) -> DossierPaper:
    """Register a paper that was edited and signed outside (with a stamp or another signature): the PDF is kept as it is and counts as
    issued on its day. Said to be so: it is not verified here."""
    gate.require(actor, "dossier.paper.make")
    words = template(code)
    number, note = clean_line(number), clean(note).strip()
    faults = []
    if not number or len(number) > 60:
        faults.append(FieldError("number", "required", "Ghi số, ký hiệu văn bản (đến 60 ký tự)"))
    if day > clock.today():
        faults.append(FieldError("day", "future", "Ngày văn bản ở tương lai"))
    if len(note) < 5 or len(note) > 1_000:
        faults.append(FieldError("note", "required", "Ghi ai ký, ký bằng cách nào (5 đến 1.000 ký tự)"))
    if not file.startswith(b"%PDF-") or len(file) > UPLOAD_BYTES_MAX:
        faults.append(FieldError("file", "pdf", "Chọn tệp PDF không quá 20 MB"))
    if faults:
        raise Invalid(faults)
    digest, now = records.files().put(file), clock.now()
    with audit.unit_of_work("dossier.paper.make"):
        made = DossierPaper.objects.create(
            code=code,
            number=number,
            day=day,
            title=words.title_vi,
            origin="outside",
            fingerprint=settings_fingerprint(),
            pdf=digest,
            note=note,
            made_at=now,
            by_name=actor.full_name,
            by_title=actor.job_title,
            issued_at=now,
        )
        audit.record(
            "dossier.paper.make",
            object_type="dossierpaper",
            object_id=str(made.pk),
            detail={"code": code, "origin": "outside", "sha256": digest},
        )
    return made
