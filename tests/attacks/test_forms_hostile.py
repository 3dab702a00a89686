"""Whatever is put into a form: it is kept as typed, named at its field, drawn as text, and never a fault of the server."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.forms.definition import FormVersion
from benhan.forms.sample import sample_content
from benhan.kernel import clock
from benhan.kernel.text import clean as clean_text
from benhan.law import registry
from benhan.records import services
from benhan.records.models import Draft
from tests.forms.contents import posted
from tests.people import Cast

pytestmark = pytest.mark.django_db
FORMS = {  # each kind of field is in one of them
    "anaesthesia_record": "inpatient_surgery",
    "outpatient_dental": "outpatient_dental",
    "inpatient_eye_glaucoma": "inpatient_eye_glaucoma",
    "surgery_consent": "inpatient_medicine",
    "prescription": "outpatient",
}
TEXTS = {
    "html": '</textarea></script><script>alert(1)</script><svg onload="x()">\'"&amp;',
    "typst": '#read("/etc/passwd") #panic("x") $x$ *b* `c` <a> @b \\ // /* = t [x]',
    "formula": "=cmd|'/C calc'!A0",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "direction": "an\u202egnoh\u200f\u2066x\u2069",
    "signs": "😀👩‍⚕️ 漢字 עברית \u0000\u0007\ufeff\u00ad z̷̢a̴l̸g̵o",
    "json": '{"a": 1}, [null], \\u0000',
}


def begun(cast: Cast, code: str, record_type: str) -> tuple[Client, Draft, FormVersion]:
    client = Client()
    client.force_login(cast.accounts["doctor"])
    record = cast.open(record_type)
    client.post(reverse("records:begin", args=[record.pk, code]))
    return client, Draft.objects.get(record=record), registry.form(code, clock.today())


def poisoned(form: FormVersion, text: str) -> dict[str, list[str]]:
    """What a browser would post with the text in every field, whatever the field is for."""
    typed = posted(form, sample_content(form, parts=registry.diagram_parts))
    return {name: [text] for name in typed}


def strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {s for v in value.values() for s in strings(v)}
    if isinstance(value, list):
        return {s for v in value for s in strings(v)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("kind", sorted(TEXTS))
@pytest.mark.parametrize("code", sorted(FORMS))
def test_hostile_text_in_every_field_is_kept_named_and_never_run(cast: Cast, code: str, kind: str) -> None:
    client, draft, form = begun(cast, code, FORMS[code])
    typed = poisoned(form, TEXTS[kind])
    kept = client.post(reverse("records:autosave", args=[draft.pk]), typed)
    assert kept.status_code == 200, kept.content[:300]
    draft.refresh_from_db()
    assert clean_text(TEXTS[kind]).strip() in strings(json.loads(draft.content)), "nothing typed is lost"
    saved = client.post(reverse("records:save", args=[draft.pk]), typed)
    assert saved.status_code == 422, "a date that is no date is refused"
    assert "has-error" in saved.content.decode(), "at its field"
    for page in (saved.content.decode(), client.get(reverse("records:editor", args=[draft.pk])).content.decode()):
        assert "<script>alert" not in page
        assert "<svg onload" not in page


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_hostile_text_is_printed_as_text(cast: Cast, kind: str, tmp_path: Any) -> None:
    record = cast.open("inpatient_medicine")
    version = services.write(record, "free_note", {"note": {"text": TEXTS[kind]}}, actor=cast.doctor)
    client = Client()
    client.force_login(cast.accounts["doctor"])
    pdf = client.get(reverse("records:pdf", args=[version.document_id, 1]))
    assert pdf.status_code == 200
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf.content)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert "root:" not in text
    drawn = "".join(text.split()).replace("”", '"').replace("“", '"').replace("’", "'").replace("‘", "'")
    for word in ("alert(1)", "/etc/passwd", "cmd|", "7*7"):
        if word in TEXTS[kind]:
            assert "".join(word.split()) in drawn
    page = client.get(reverse("records:document", args=[version.document_id])).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_a_paste_that_is_too_long_is_kept_and_named(cast: Cast, size: int) -> None:
    client, draft, form = begun(cast, "surgery_consent", "inpatient_medicine")
    section, field = next((s, f) for s in form.sections for f in s.fields if f.type in ("text", "longtext"))
    text = "ề" * size
    kept = client.post(reverse("records:autosave", args=[draft.pk]), {f"{section.id}.{field.id}": text})
    assert kept.status_code == 200
    draft.refresh_from_db()
    assert json.loads(draft.content)[section.id][field.id] == text
    saved = client.post(reverse("records:save", args=[draft.pk]), {f"{section.id}.{field.id}": text})
    assert saved.status_code == 422
    assert field.label_vi in saved.content.decode()
    assert "ký tự" in saved.content.decode()


def test_a_table_of_five_thousand_lines_is_refused_in_words(cast: Cast) -> None:
    client, draft, _form = begun(cast, "anaesthesia_record", "inpatient_surgery")
    typed = {f"course.readings.{n}.pulse": "80" for n in range(5000)}
    kept = client.post(reverse("records:autosave", args=[draft.pk]), typed)
    assert kept.status_code in (200, 413, 422)
    saved = client.post(reverse("records:save", args=[draft.pk]), typed)
    assert saved.status_code in (413, 422)
    assert "dòng" in saved.content.decode() or "quá" in saved.content.decode()


@pytest.mark.parametrize(
    "names",
    [
        {"course.readings.999999.pulse": "80", "course.readings.__row__.pulse": "1", "course.readings.-1.pulse": "1"},
        {"course..pulse": "1", ".": "1", "": "1", "course": "x", "course.readings": "x", "a.b.c.d.e.f": "1"},
        {"course.readings.0.mean": "12", "fluids.balance": "99999"},
        {"__proto__.x": "1", "constructor": "1", "course.readings.0.__row__": "1", "course.readings.0.row": "x"},
        {f"x{n}": "1" for n in range(3000)},
    ],
    ids=["numbers", "dots", "scores", "strange", "many"],
)
def test_names_that_are_no_field_do_nothing(cast: Cast, names: dict[str, str]) -> None:
    client, draft, _form = begun(cast, "anaesthesia_record", "inpatient_surgery")
    assert client.post(reverse("records:autosave", args=[draft.pk]), names).status_code in (200, 413, 422)
    draft.refresh_from_db()
    content = json.loads(draft.content)
    assert "mean" not in str(content)
    assert "99999" not in str(content)
    assert client.get(reverse("records:editor", args=[draft.pk])).status_code == 200


@pytest.mark.parametrize(
    "mark",
    ["18|caries|x|y|z", "|", "18|", "|caries", "18|nothing", "99|caries", "<b>|<i>|<u>", "18|caries|" + "x" * 5000],
)
def test_strange_marks_of_a_diagram_come_back_and_are_named(cast: Cast, mark: str) -> None:
    client, draft, _form = begun(cast, "outpatient_dental", "outpatient_dental")
    typed = {"dental_exam.teeth": mark}
    assert client.post(reverse("records:autosave", args=[draft.pk]), typed).status_code == 200
    page = client.get(reverse("records:editor", args=[draft.pk]))
    assert page.status_code == 200
    assert "<b>" not in page.content.decode().split('id="f-dental_exam-teeth"')[1][:200]
    assert client.post(reverse("records:save", args=[draft.pk]), typed).status_code in (302, 422)


@pytest.mark.parametrize(
    "path",
    ['M0 0"/><script>x</script>', "M" + "9" * 300_000, "url(javascript:1)", "M 1 1 L 2 2", "A 1 1 0 0 1 2 2 onload=1"],
)
def test_a_drawing_is_a_path_and_nothing_else(cast: Cast, path: str) -> None:
    client, draft, form = begun(cast, "inpatient_eye_glaucoma", "inpatient_eye_glaucoma")
    name = next(f"{s.id}.{f.id}" for s in form.sections for f in s.fields if f.type == "drawing")
    assert client.post(reverse("records:autosave", args=[draft.pk]), {name: path}).status_code == 200
    page = client.get(reverse("records:editor", args=[draft.pk])).content.decode()
    assert "<script>x" not in page
    saved = client.post(reverse("records:save", args=[draft.pk]), {name: path})
    assert saved.status_code == (302 if path == "M 1 1 L 2 2" else 422)
