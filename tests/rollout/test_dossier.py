"""The papers of the file: true to the settings, in the order of the law, signed for real."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from docx import Document

from benhan.facility import services as places
from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Refused
from benhan.law import rollout
from benhan.law.acts import acts
from benhan.proof.embedded import read_embedded
from benhan.proof.verify import verify_pdf
from benhan.records import queries as records
from benhan.rollout.dossier import build, queries, services
from benhan.rollout.dossier.facts import facts, settings_fingerprint
from benhan.rollout.dossier.models import PaperSignature
from benhan.rollout.dossier.tables import TABLES
from benhan.rollout.dossier.templates_of_papers import template, templates
from benhan.rollout.papers import docx, letterhead, pdf
from benhan.rollout.readiness import services as readiness
from benhan.signing import certificates
from tests.people import PIN, Cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only,
]  # plain rows and papers: the other rooms try both databases


@pytest.mark.parametrize("code", sorted(p.stem for p in (rollout.FOLDER / "papers").glob("*.yaml")))
def test_every_paper_is_whole_in_word_and_pdf(cast: Cast, code: str) -> None:
    """Every placeholder is filled, every act holds today, nothing of the source's marks is left; both files say the same."""
    readiness.run(actor=cast.planning)
    made = build.paper(template(code), day=clock.today())
    text = made.text()
    assert "{" not in text
    assert made.dead_acts() == []
    word = Document(io.BytesIO(docx.draw(made, at=clock.now())))
    words = "\n".join(p.text for p in word.paragraphs) + "\n".join(
        cell.text for table in word.tables for row in table.rows for cell in row.cells
    )
    for line in [made.subject, *made.basis_lines()]:
        assert line in words
    drawn = pdf.draw(made, at=clock.now())
    assert {b.position_id for b in drawn.boxes} == {s.id for s in made.signers}
    assert "paper.json" in " ".join(read_embedded(drawn.pdf))


def test_the_words_use_only_facts_and_tables_that_exist(cast: Cast) -> None:
    used = {line["table"] for t in templates().values() for line in t.blocks if "table" in line}
    assert used == TABLES.keys()
    assert facts(clock.today()).keys() >= {"facility", "met", "phases", "regulation"}
    assert {n for t in templates().values() for n in t.needs} <= templates().keys()
    assert all(a in acts() for t in templates().values() for a in t.basis)


def test_a_paper_that_rests_on_a_dead_act_is_not_made(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        build.paper(template("security_dossier"), day=date(2026, 6, 1)).basis_lines()
    assert refused.value.code == "act_not_in_force"


def test_papers_come_in_the_order_of_the_law(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        services.make("decision", number="9", actor=cast.planning)
    assert refused.value.code == "needs_paper"
    with pytest.raises(Invalid):
        services.make("regulation", number="", actor=cast.planning)
    with pytest.raises(Invalid):
        services.make("regulation", number="1", day=clock.today() + timedelta(days=1), actor=cast.planning)


def test_a_regulation_is_signed_by_the_head_and_verifies_outside(cast: Cast) -> None:
    one = services.make("regulation", number="12", actor=cast.planning)
    with pytest.raises(Refused) as refused:
        services.sign(one, pin=PIN, actor=cast.planning)
    assert refused.value.code == "not_your_place"
    services.sign(one, pin=PIN, actor=cast.director)
    issued = queries.issued()["regulation"]
    assert issued.pk == one.pk
    assert issued.reference.startswith("số 12/QC-")
    verdict = verify_pdf(records.files().get(queries.file_of(one)), anchors=certificates.anchors())
    assert verdict.exit_code == 0, verdict.as_text()
    with pytest.raises(Refused):
        services.sign(one, pin=PIN, actor=cast.director)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperSignature.objects.update(signer_name="khác")


def test_the_figures_ride_inside_the_self_assessment(cast: Cast) -> None:
    record = cast.open()
    run = readiness.run(actor=cast.planning)
    one = services.make("self_assessment", number="3", actor=cast.planning)
    inside = read_embedded(records.files().get(one.pdf))
    evidence = json.loads(next(data for name, data in inside.items() if name.endswith("evidence.json")))
    assert {c["code"]: c["result"] for c in evidence["criteria"]} == {
        c: told["result"] for c, told in run.found.items()
    }
    assert not any("sample" in c for c in evidence["criteria"])
    assert record.record_number not in json.dumps(evidence)


def test_a_wrong_pin_signs_nothing(cast: Cast) -> None:
    one = services.make("regulation", number="12", actor=cast.planning)
    client = Client()
    client.force_login(cast.accounts["director"])
    answer = client.post(reverse("dossier:sign", kwargs={"paper_id": one.pk}), {"pin": "000001"})
    assert answer.status_code == 422
    assert not PaperSignature.objects.exists()
    assert client.post(reverse("dossier:sign", kwargs={"paper_id": one.pk}), {"pin": PIN}).status_code == 302
    assert queries.next_place(queries.paper(one.pk)) is None


def test_a_regulation_is_out_of_date_when_the_settings_change(cast: Cast) -> None:
    one = services.make("regulation", number="12", actor=cast.planning)
    services.sign(one, pin=PIN, actor=cast.director)
    row = next(r for r in queries.rows(settings_fingerprint()) if r.template.code == "regulation")
    assert not row.outdated
    places.set_setting("signing.positions.nurse", ["nurse"], by="x")
    row = next(r for r in queries.rows(settings_fingerprint()) if r.template.code == "regulation")
    assert row.outdated
    with clock.held_at(clock.now() + timedelta(days=400)):
        before = settings_fingerprint()
    assert before == settings_fingerprint()  # a new year alone changes no rule


def test_a_paper_signed_outside_is_kept_and_said_to_be_so(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        services.register_outside(
            "dpia", number="", day=clock.today() + timedelta(days=1), note="", file=b"MZ", actor=cast.planning
        )
    assert {e.path for e in refused.value.errors} == {"number", "day", "note", "file"}
    client = Client()
    client.force_login(cast.accounts["planning"])
    upload = SimpleUploadedFile("x.pdf", b"%PDF-1.7 signed elsewhere", content_type="application/pdf")
    given = {"number": "3/HS-BV", "day": clock.today().isoformat(), "note": "Giám đốc ký tay, đóng dấu", "file": upload}
    answer = client.post(reverse("dossier:outside", kwargs={"template_code": "dpia"}), given)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "không kiểm tra chữ ký" in page
    assert queries.issued()["dpia"].origin == "outside"


def test_head_and_foot_are_the_facilitys(cast: Cast) -> None:
    letterhead.change(
        {"place": "Cao Lãnh", "symbol": "BVT", "head_title": "GIÁM ĐỐC", "head_name": "Ngô Văn Khánh"}, by="x"
    )
    made = build.paper(template("decision"), day=date(2026, 12, 5), number="7", draft=False)
    assert made.number == "7/QĐ-BVT"
    assert made.as_data()["place_and_date"] == "Cao Lãnh, ngày 05 tháng 12 năm 2026"
    assert made.signers[-1].name == "Ngô Văn Khánh"
    with pytest.raises(Invalid):
        letterhead.change({"place": "x" * 200}, by="x")


def test_the_pages_show_make_and_hand_out(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["planning"])
    page = client.get(reverse("dossier:papers")).content.decode()
    assert all(t.title_vi in page for t in templates().values())
    assert client.get(reverse("dossier:preview", kwargs={"template_code": "regulation"})).content.startswith(b"%PDF")
    assert client.get(reverse("dossier:preview", kwargs={"template_code": "no_such"})).status_code == 404
    wrong = client.post(reverse("dossier:make", kwargs={"template_code": "regulation"}), {"number": "", "day": "x"})
    assert wrong.status_code == 422
    made = client.post(
        reverse("dossier:make", kwargs={"template_code": "regulation"}),
        {"number": "4", "day": clock.today().isoformat()},
    )
    assert made.status_code == 302
    assert client.get(made["Location"] + "file.docx").content.startswith(b"PK")
    set_head = client.post(reverse("dossier:letterhead"), {"place": "Sa Đéc"})
    assert set_head.status_code == 302
    assert letterhead.letterhead().place == "Sa Đéc"
