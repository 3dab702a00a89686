"""Every form the house ships, from the button to the signed file: begun, filled by what its definition says, saved, signed at every
place, drawn as PDF/A-3, and read back from the file as it was typed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.forms.definition import FormVersion
from benhan.forms.page import parse_post
from benhan.forms.sample import sample_content
from benhan.forms.validate import clean
from benhan.kernel import clock
from benhan.law import registry
from benhan.proof.embedded import read_embedded
from benhan.proof.verify import verify_pdf
from benhan.records import queries, signatures
from benhan.records.models import Document, DocumentVersion, Draft, MedicalRecord
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing.services import ConfirmingPerson
from tests.conformance.pdfa import faults
from tests.forms.contents import FORMS, ZONE, posted
from tests.people import PIN, ROLES, SIGNERS, Cast

pytestmark = pytest.mark.django_db
MARK = "M10 10L200 100"
PATIENT = ConfirmingPerson("Nguyễn Thị Đào", "Bản thân", "Thẻ căn cước")
GROWN = re.compile(r"\.[1-9][0-9]*\.")  # a line the page makes when somebody asks for it
WRITTEN = sorted(code for code, form in FORMS.items() if form.writers and form.used_in != {"imported"})
POSITIONS = {name: position for name, (_n, _t, position, _r, _h) in ROLES.items()}


def told(page: str) -> list[str]:
    """What a refusing page says."""
    return [
        re.sub("<[^>]+>", " ", m).strip() for m in re.findall(r'class="field-error"[^>]*>(?!</p>)(.*?)</p', page)
    ] or [page[:3000]]


def writer_of(cast: Cast, form: FormVersion) -> str:
    """Who of the cast may write a form; the doctor when there is a choice."""
    able = [
        n
        for n in ("doctor", "nurse", "technician", "pharmacist")
        if form.writers & (cast.actors[n].roles | {POSITIONS[n]})
    ]
    assert able, f"nobody of the ward may write {form.code}: {sorted(form.writers)}"
    return able[0]


def record_for(cast: Cast, form: FormVersion) -> MedicalRecord:
    """A record of a type in which the form is written."""
    types = registry.record_types()
    own = [t for t, kind in types.items() if kind["form"] == form.code and t != "imported"]
    fitting = own or [t for t, kind in types.items() if kind["used_in"] in form.used_in and t != "imported"]
    assert fitting, f"{form.code} can be written into no record: {sorted(form.used_in)}"
    return cast.open(fitting[0])


def filled(form: FormVersion, known: dict[str, Any]) -> dict[str, Any]:
    """What is known already as a page shows it (times to the minute), and an answer to everything else."""
    sample = sample_content(form, parts=registry.diagram_parts)
    for section_id, row in known.items():
        if isinstance(row, dict) and isinstance(sample.get(section_id, {}), dict):
            sample[section_id] = {
                **sample.get(section_id, {}),
                **parse_post(form, posted(form, {section_id: row}), ZONE)[section_id],
            }
    return clean(form, sample)


def sign_everywhere(cast: Cast, document: Document) -> None:
    """Staff sign in turn, the patient confirms, until no place is left."""
    for _ in range(12):
        version = queries.current_version(queries.document(document.pk))
        waiting = [r for r in signing.requests_of(version.pk) if r.request_state == "ready"]
        if not waiting:
            return
        one = waiting[0]
        if one.kind == "confirmation":
            challenge, code = signatures.begin_confirmation(document, one.position_id, actor=cast.nurse)
            signatures.confirm(challenge, code, MARK, PATIENT, actor=cast.nurse)
        else:
            able = [n for n in cast.actors if POSITIONS[n] in signing.positions_for(one.role)]
            assert able, f"nobody fills {one.role}"
            signatures.sign(one, actor=cast.actors[able[0]], pin=PIN)
    raise AssertionError("the places to sign never come to an end")


@pytest.fixture
def signing_cast(cast: Cast) -> Cast:
    """Everybody who signs any form has a certificate."""
    for name in ("technician", "pharmacist"):
        if name not in SIGNERS:
            certificates.issue_certificate(cast.staff[name], PIN, actor=cast.actors[name])
    return cast


@pytest.mark.parametrize("code", WRITTEN)
def test_a_form_goes_from_the_button_to_a_signed_file_that_says_what_was_typed(code: str, signing_cast: Cast) -> None:
    cast, form = signing_cast, registry.form(code, clock.today())
    record, client = record_for(cast, form), Client()
    client.force_login(cast.accounts[writer_of(cast, form)])

    begun = client.post(reverse("records:begin", args=[record.pk, code]))
    assert begun.status_code == 302, begun.content.decode()[:2000]
    page = client.get(begun["Location"]).content.decode()
    draft = Draft.objects.get()
    content = filled(form, json.loads(draft.content))
    typed = posted(form, content)
    assert [name for name in typed if f'name="{name}"' not in page and not GROWN.search(name)] == []

    saved = client.post(reverse("records:save", args=[draft.pk]), typed | {"reviewed": draft.unreviewed_paths})
    assert saved.status_code == 302, told(saved.content.decode())
    document, version = Document.objects.get(), DocumentVersion.objects.get()
    assert json.loads(version.payload)["content"] == content, "what is stored is what was typed"

    sign_everywhere(cast, document)
    document.refresh_from_db()
    assert document.signature_state == "signed"
    pdf = client.get(reverse("records:pdf", args=[document.pk, 1])).content
    assert faults(pdf) == []
    assert json.loads(read_embedded(pdf)["content.json"])["content"] == content, (
        "the signed file carries what was typed"
    )
    verdict = verify_pdf(
        pdf, anchors=certificates.anchors(), crls=[certificates.current_crl()], content_sha256=version.payload_hash
    )
    assert verdict.holds, verdict.as_text()
    assert len(verdict.signers) == sum(p.kind != "confirmation" for p in form.positions)
    assert client.get(reverse("records:document", args=[document.pk])).status_code == 200
