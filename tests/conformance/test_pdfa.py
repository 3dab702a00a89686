"""What we draw and sign stays PDF/A-3b, and the check itself finds what breaks it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest

from benhan.proof.render import Rendered
from benhan.proof.sign import SignerShown, SigningIdentity, add_evidence, sign
from benhan.proof.timestamp import HttpTimeStamper
from tests.conformance.pdfa import faults
from tests.proof import house as trust
from tests.proof.tsa import Tsa


def test_a_page_with_embedded_content_is_pdf_a(page: Rendered) -> None:
    assert faults(page.pdf) == []


def test_it_stays_so_after_each_signature(signed: bytes, signed_twice: bytes) -> None:
    assert faults(signed) == []
    assert faults(signed_twice) == []


def test_it_stays_so_with_a_time_stamp_and_later_evidence(page: Rendered, house: trust.House, tsa: Tsa) -> None:
    stamped = trust.sign_page(page, house.doctor, "doctor", crl=house.crl(), tsa=HttpTimeStamper(tsa.url))
    assert faults(stamped) == []
    assert faults(add_evidence(stamped, certificates=[tsa.root], crls=[house.crl()])) == []


@pytest.mark.parametrize("drawn", [True, False])
def test_it_stays_so_when_the_page_shows_the_signer_or_nothing(drawn: bool, page: Rendered, house: trust.House) -> None:
    shown = SignerShown("Đỗ Thị Ngọc Ánh", "Bác sĩ", trust.AT)
    for box in (page.box("doctor"), None):
        out = sign(page.pdf, SigningIdentity(house.doctor), position_id="x", box=box, shown=shown, drawn=drawn)
        assert faults(out) == []


def test_a_manifest_is_pdf_a(house: trust.House) -> None:
    assert faults(trust.volume(house).manifest_pdf) == []


def _without_fonts(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary):
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in thing:
                    del thing[key]


def _with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x"))


def _hidden(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots[0].F = 2


def _without_relationship(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF[0].AFRelationship


def _delete(key: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        del pdf.Root[key]

    return change


BAD: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    "a font that is not embedded": (_without_fonts, "6.2.11.4"),
    "a script": (_with_script, "6.6.1"),
    "no output intent": (_delete("/OutputIntents"), "6.2.3"),
    "no metadata": (_delete("/Metadata"), "6.6.2"),
    "a hidden signature field": (_hidden, "6.3.2"),
    "an embedded file without relationship": (_without_relationship, "6.8"),
    "an embedded file of nothing": (_delete("/AF"), "6.8"),
}


@pytest.mark.parametrize("name", BAD)
def test_the_check_finds_what_breaks_it(name: str, signed: bytes) -> None:
    change, rule = BAD[name]
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        change(pdf)
        pdf.save(out)
    assert any(f.startswith(rule) for f in faults(out.getvalue()))


def test_the_check_finds_encryption_and_a_tail(page: Rendered) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(page.pdf)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert "6.1.3 encrypted" in faults(out.getvalue())
    assert "6.1.3 data after the end" in faults(page.pdf + b"\nx")
