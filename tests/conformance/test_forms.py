"""A page signed at every place in turn, with marks of patients on it, stays PDF/A-3b and every signature holds. Every form that
ships is signed in tests/records/test_every_form.py and checked filled, empty and over-full in tests/forms/test_print.py."""

from __future__ import annotations

import pytest

from benhan.forms.print import print_sections
from benhan.kernel.canonical import canonical, sha256_hex
from benhan.law import codes, registry
from benhan.proof.render import Attachment, Rendered, render
from benhan.proof.verify import verify_pdf
from tests.conformance.pdfa import faults
from tests.forms.contents import FORMS, ZONE, examples
from tests.forms.test_print import page_data
from tests.proof import house as trust

MARK = "M10 90 C 40 10, 65 10, 95 80 S 150 150, 180 80"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 140"><path d="{MARK}" stroke="#123f80"/></svg>'
CONFIRMED = {
    "person_name": "Lê Văn Thử", "relation": "người bệnh", "at": "23/11/2026 15:30", "method": "mã một lần",
    "identity": "CCCD", "checked_by": "Đỗ Thị Ngọc Ánh", "shown_hash": "0" * 64, "mark": SVG,
}  # fmt: skip


def drawn(code: str, **more: object) -> Rendered:
    form = FORMS[code]
    content = examples(form)[0]
    data = page_data(form, sections=print_sections(form, content, ZONE, codes.name, registry.diagram), **more)
    file = Attachment("content.json", canonical(content), "application/json", "source", "Nội dung có cấu trúc")
    return render(registry.page_layout(form), data, attachments=[file], at=trust.AT)


@pytest.mark.parametrize(
    "code",
    ["surgery_consent", "inpatient_general_medicine", "outpatient_dental", "anaesthesia_record", "birth_certificate"],
)
def test_a_signed_form_stays_pdf_a_and_holds(code: str, house: trust.House) -> None:
    page = drawn(code, confirmations=[CONFIRMED])
    pdf = page.pdf
    for number, box in enumerate(page.boxes):
        signer = house.head if number % 2 else house.doctor
        pdf = trust.sign_page(page, signer, box.position_id, pdf=pdf, crl=house.crl())
    assert faults(pdf) == []
    if page.boxes:
        digest = sha256_hex(canonical(examples(FORMS[code])[0]))
        verdict = verify_pdf(pdf, anchors=house.anchors, content_sha256=digest)
        assert verdict.holds, verdict.as_text()
        assert len(verdict.signers) == len(page.boxes)
