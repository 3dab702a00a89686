"""The printed page: every form, filled, empty and over-full, whatever was typed; the places to sign never alone."""

from __future__ import annotations

import io
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from benhan.forms.definition import FormVersion
from benhan.forms.print import SheetEntry, breakable, print_sections, print_sheet
from benhan.law import codes, registry
from benhan.proof.render import Rendered, render
from tests.conformance.pdfa import faults
from tests.forms.contents import FORMS, NOW, ZONE, contents, examples

PLAIN_SHEET_BYTES_MAX = 45_000
PICTURE_BYTES_MAX = 8_000  # the outlines of a body or a set of teeth
SHEETS = sorted(code for code, form in FORMS.items() if registry.sheet_layout(form))
HOSTILE = [
    '#panic("x") $x$ *b* _i_ `c` <label> @ref [content] \\ // /* */ = title',
    "≥ 38,5 °C → ↑ ± µ ♀ ✓ ☐ ½ ² ₂ β ① ★ │ ■",
    "漢字 😀 עברית العربية \u200f\u202e\ufeff\u00ad",
    "x" * 480,
    '{"a": 1}\n\n\n\t</script><svg onload="x">%PDF-1.7 endobj',
]


def page_data(form: FormVersion, **more: Any) -> dict[str, Any]:
    data = {
        "title": form.name_vi, "subtitle": "", "mark": "", "notice": "", "footer": "x", "confirmations": [],
        "letterhead": {"governing_body": "Sở Y tế", "facility": "Bệnh viện Thử", "department": "Khoa Nội"},
        "form": {
            "name": form.name_vi, "official_number": form.official_number, "paper": form.paper, "sheet": form.sheet,
        },
        "numbers": [{"label": "Số HSBA", "value": "BA25.000001"}],
        "positions": [
            {"id": p.id, "label": p.label_vi, "hint": "(ký)", "signed": None, "part": p.part}
            for p in form.positions
            if p.kind != "confirmation"
        ],
    }  # fmt: skip
    return data | more


def printed(form: FormVersion, content: dict[str, Any], **more: Any) -> Rendered:
    sections = print_sections(form, content, ZONE, codes.name, registry.diagram)
    return render(registry.page_layout(form), page_data(form, sections=sections, **more), at=NOW)


def pages(rendered: Rendered) -> int:
    return int(PdfFileReader(io.BytesIO(rendered.pdf)).root["/Pages"]["/Count"])


def overfull(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: overfull(v) for k, v in value.items()}
    if isinstance(value, list):
        return [overfull(v) for v in value for _ in range(6 if isinstance(v, dict) else 1)]
    return (value + " ") * 12 if isinstance(value, str) and len(value) > 25 else value


@pytest.mark.parametrize("code", sorted(FORMS))
def test_every_form_prints_with_all_its_places_to_sign(code: str) -> None:
    form = FORMS[code]
    wanted = {p.id for p in form.positions if p.kind != "confirmation"}
    for content in (*examples(form), {}, overfull(examples(form)[0])):
        rendered = printed(form, content, mark="NHÁP – CHƯA KÝ")
        assert faults(rendered.pdf) == [], "PDF/A-3b"
        assert {b.position_id for b in rendered.boxes} == wanted
        assert all(0 <= b.x0 < b.x1 <= 596 and 0 <= b.y0 < b.y1 <= 842 for b in rendered.boxes)
        pictures = sum(f.type == "diagram" for s in form.sections for f in s.fields)
        paper = PLAIN_SHEET_BYTES_MAX * max(1, pages(rendered) - 1)
        assert len(rendered.pdf) < paper + pictures * PICTURE_BYTES_MAX


@pytest.mark.parametrize("lines", range(0, 60, 7))
def test_the_places_to_sign_are_never_alone_on_a_page(lines: int) -> None:
    """What stands above the first box of a page with boxes is text of the form: the box is not at the top."""
    form = FORMS["inpatient_general_medicine"]
    content = {**examples(form)[0], "a5_prognosis": {"prognosis": "dòng\n" * lines}}
    boxes = printed(form, content).boxes
    for part in form.parts:
        mine = {p.id for p in form.positions if p.part == part}
        assert len({b.page for b in boxes if b.position_id in mine}) == 1, part
    top_of_paper, margin_and_label = 841.89, 75
    assert max(b.y1 for b in boxes) < top_of_paper - margin_and_label


@pytest.mark.parametrize("rows", range(38, 62, 4))
def test_a_long_last_table_keeps_rows_beside_the_place_to_sign(rows: int) -> None:
    form = FORMS["vital_signs_chart"]
    content = examples(form)[0]
    extra = [{"name": "Nước tiểu", "value": f"{n} ml"} for n in range(rows)]
    reading = content["reading"] | {"extra": extra}
    box = printed(form, content | {"reading": reading}).boxes[0]
    top_of_paper, margin, label, four_rows = 841.89, 37, 28, 48
    assert box.page == 0 or box.y1 < top_of_paper - margin - label - four_rows


def test_a_second_page_says_whose_it_is(tmp_path: Path) -> None:
    form = FORMS["inpatient_general_medicine"]
    file = tmp_path / "page.pdf"
    file.write_bytes(printed(form, examples(form)[0], person="PHẠM THỊ THỬ").pdf)
    for page, said in ((1, False), (2, True), (3, True)):
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-layout", str(file), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert ("PHẠM THỊ THỬ · Số HSBA BA25.000001" in text) == said


@pytest.mark.parametrize(("code", "stamps"), [("discharge_paper", 1), ("transfer_paper", 1), ("free_note", 0)])
def test_a_paper_that_bears_a_stamp_says_where(code: str, stamps: int, tmp_path: Path) -> None:
    file = tmp_path / "page.pdf"
    file.write_bytes(printed(FORMS[code], examples(FORMS[code])[0]).pdf)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert text.count("đóng dấu)") == stamps


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("nursing_care_level_2_3", "CHĂM SÓC\nCẤP 2 -\u2060 3"),
        ("treatment_sheet", "THEO DÕI ĐIỀU TRỊ\n(TỜ ĐIỀU TRỊ)"),
    ],
)
def test_a_title_breaks_where_a_person_would_break_it(code: str, lines: str, tmp_path: Path) -> None:
    file = tmp_path / "page.pdf"
    file.write_bytes(printed(FORMS[code], examples(FORMS[code])[0]).pdf)
    text = subprocess.run(["pdftotext", "-l", "1", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert lines in text.replace("\u00a0", " ")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("code", ["free_note", "treatment_sheet", "lab_general_result", "imported_episode"])
def test_no_typed_text_breaks_or_becomes_markup(code: str, text: str) -> None:
    def poisoned(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: poisoned(v) for k, v in value.items()}
        if isinstance(value, list):
            return [poisoned(v) for v in value]
        return text if isinstance(value, str) and not value[:4].isdigit() and len(value) > 2 else value

    assert printed(FORMS[code], poisoned(examples(FORMS[code])[0])).pdf.startswith(b"%PDF")


@pytest.mark.parametrize("code", sorted(FORMS))
@settings(max_examples=1, deadline=None)  # two hundred forms: many contents in all
@given(data=st.data())
def test_any_valid_content_prints(code: str, data: st.DataObject) -> None:
    assert printed(FORMS[code], data.draw(contents(FORMS[code]))).pdf


@pytest.mark.parametrize("code", SHEETS)
@pytest.mark.parametrize("times", [0, 1, 12])
def test_many_entries_print_as_one_sheet(code: str, times: int) -> None:
    form = FORMS[code]
    section, field = form.clinical_at.split(".")
    entries = [
        SheetEntry(c, datetime.fromisoformat(c[section][field]), "Đã ký điện tử", "Bác sĩ Trần Văn Giả")
        for c in examples(form) * times
    ]
    data = page_data(form, **print_sheet(form, entries, ZONE, codes.name, registry.diagram))
    assert render(registry.sheet_layout(form), data, at=NOW).pdf


@pytest.mark.parametrize("code", [c for c in SHEETS if FORMS[c].sheet])
def test_a_sheet_without_a_layout_of_its_own_is_drawn_and_not_written_out(code: str, tmp_path: Path) -> None:
    form = FORMS[code]
    section, field = form.clinical_at.split(".")
    entries = [
        SheetEntry(c, datetime.fromisoformat(c[section][field]), "Đã ký điện tử", "Bác sĩ Trần Văn Giả")
        for c in examples(form)
    ]
    file = tmp_path / "sheet.pdf"
    data = page_data(form, **print_sheet(form, entries, ZONE, codes.name))
    file.write_bytes(render(registry.sheet_layout(form), data, at=NOW).pdf)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert "else" not in text
    assert "Văn" in text  # the writer, broken over lines in narrow columns


def test_a_sheet_keeps_the_order_of_time_and_the_newest_header() -> None:
    form = FORMS["vital_signs_chart"]
    early, late = (datetime(2025, 9, d, 8, tzinfo=ZONE) for d in (2, 3))
    first = {"header": {"bed": "1"}, "reading": {"pulse": 80}}
    second = {"header": {"bed": "2"}, "reading": {"pulse": 90}}
    data = print_sheet(form, [SheetEntry(second, late), SheetEntry(first, early)], ZONE)
    assert [e["values"]["pulse"] for e in data["entries"]] == [80, 90]
    assert [e["hours"] for e in data["entries"]] == [0, 24]
    assert next(i["value"] for i in data["header"] if i["id"] == "bed") == "2"


def test_a_sheet_that_runs_over_years_says_the_year() -> None:
    form = FORMS["growth_chart"]
    content = examples(form)[0]
    at = [datetime(year, 5, 2, 8, tzinfo=ZONE) for year in (2024, 2025)]
    assert [e["day"] for e in print_sheet(form, [SheetEntry(content, a) for a in at], ZONE)["entries"]] == [
        "02/05/2024",
        "02/05/2025",
    ]
    assert print_sheet(form, [SheetEntry(content, at[0])], ZONE)["entries"][0]["day"] == "02/05"


@pytest.mark.parametrize("code", SHEETS)
def test_a_cancelled_entry_stays_on_the_sheet(code: str) -> None:
    form = FORMS[code]
    entries = [
        SheetEntry(c, NOW, "ĐÃ HỦY" if cancelled else "", "Trần Văn Giả", cancelled=cancelled)
        for c in examples(form)
        for cancelled in (True, False)
    ]
    data = print_sheet(form, entries, ZONE, codes.name, registry.diagram)
    assert [e["cancelled"] for e in data["entries"]].count(True) == len(examples(form))
    for layout in (registry.sheet_layout(form), "law/layout/sheet.typ"):
        assert render(layout, page_data(form, **data), at=NOW).pdf


def test_values_are_shown_as_people_read_them() -> None:
    form = FORMS["treatment_sheet"]
    sections = print_sections(form, examples(form)[0], ZONE, codes.name)
    items = {i["id"]: i for s in sections for row in s["rows"] for i in row}
    assert items["at"]["value"] == "02/09/2025 10:15"
    assert items["care_level"]["value"] == "Cấp II"
    assert items["drug_orders"]["value"][0][4] == codes.name("duong_dung", "2.15")
    assert sections[0]["header"]


def test_a_table_with_fixed_rows_prints_every_row() -> None:
    form = FORMS["inpatient_general_medicine"]
    sections = print_sections(form, examples(form)[0], ZONE)
    table = next(i for s in sections for row in s["rows"] for i in row if i["id"] == "related_characteristics")
    assert [r[0] for r in table["value"]][:2] == ["Dị ứng (dị nguyên)", "Ma tuý"]
    assert table["value"][0][1:] == ["Có", "120", "Penicillin: nổi mề đay"]
    assert table["value"][1][1:] == ["", "", ""]


def test_a_very_long_word_gets_places_to_break_and_a_drawing_none() -> None:
    assert breakable("x" * 80).split("\u200b") == ["x" * 36, "x" * 36, "x" * 8]
    assert breakable("Viêm phổi thùy dưới phải " * 9) == "Viêm phổi thùy dưới phải " * 9
