"""Every kind of item on paper, on every size of paper: where it stands, what is repeated, what is never alone."""

from __future__ import annotations

import copy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from benhan.forms.build import build
from benhan.forms.definition import FormVersion
from benhan.forms.paper import HALF, LETTER_TIGHT_MM, PAGE_MM, THIRD, WHOLE, column_widths, span_of, with_unit
from benhan.forms.print import print_sections
from benhan.law import codes, registry
from benhan.proof.render import Rendered, render
from tests.forms.contents import NOW, ZONE
from tests.forms.test_print import page_data

DEFINITION: dict[str, Any] = yaml.safe_load("""
code: every_kind
valid_from: 2024-01-01
name_vi: Mọi loại mục
kind: sheet
signatures:
- {id: first, label_vi: Người ký phần A, role: record_doctor, order: 1, part: A}
- {id: second, label_vi: Người ký phần B, role: treating_doctor, order: 1, part: B}
- {id: third, label_vi: Giám đốc bệnh viện, role: director, order: 2, part: B}
sections:
- {id: header, title_vi: Hành chính, fields: [{id: bed, label_vi: Giường, type: text}]}
- id: a
  title_vi: A. BỆNH ÁN
  part: A
  fields:
  - {id: declaration, label_vi: Tôi tự nguyện đồng ý phẫu thuật., type: statement}
  - {id: began, label_vi: Bắt đầu, type: time}
  - {id: eyes, label_vi: Mở mắt, type: number}
  - {id: total, label_vi: Tổng điểm, type: score, of: [eyes], bands: [{from: 0, to: 9, label_vi: Nguy cơ cao}]}
  - {id: pregnant, label_vi: Có thai, type: choice, choices: [Có, Không]}
  - {id: weeks, label_vi: Tuổi thai, type: number, show_if: pregnant == Có}
  - {id: teeth, label_vi: Răng, type: diagram, diagram: teeth, choices: [Sâu răng, Mất răng]}
  - {id: sketch, label_vi: Lược đồ, type: drawing, background: eyes}
- id: obstetric
  title_vi: SẢN KHOA
  part: A
  show_if: a.pregnant == Có
  fields: [{id: gravida, label_vi: Lần mang thai, type: number}]
- id: b
  title_vi: B. THEO DÕI
  part: B
  fields:
  - id: watched
    label_vi: Bảng theo dõi
    type: table
    layout: columns
    chart: {height: 40, x: time, curves: [{field: pulse, label_vi: Mạch, axis: [40, 180], join: true}]}
    columns:
    - {id: at, label_vi: Giờ đo, type: time}
    - {id: pulse, label_vi: Mạch, type: number, unit: lần/phút}
    - {id: drug, label_vi: Thuốc dùng, type: text}
    - {id: unused, label_vi: Không ai ghi, type: text}
""")
CONTENT: dict[str, Any] = {
    "a": {
        "began": "08:05", "eyes": 4, "total": 4, "pregnant": "Không",
        "teeth": [{"part": "36", "mark": "Sâu răng", "note": "mặt nhai"}],
    },
    "b": {"watched": [{"at": f"{8 + n // 4:02d}:{n % 4 * 15:02d}", "pulse": 80 + n} for n in range(30)]},
}  # fmt: skip


def form(**paper: Any) -> FormVersion:
    return build({**DEFINITION, "paper": paper}, form_hash="", folder="", blocks={})


def drawn(which: FormVersion, content: dict[str, Any]) -> Rendered:
    sections = print_sections(which, content, ZONE, codes.name, registry.diagram)
    return render(registry.DEFAULT_PAGE, page_data(which, sections=sections, person="PHẠM THỊ THỬ"), at=NOW)


def text_of(rendered: Rendered, folder: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (folder / "page.pdf").write_bytes(rendered.pdf)
    done = subprocess.run(["pdftotext", "-layout", "page.pdf", "-"], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().split("\f")[:-1]


def items(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    sections = print_sections(form(), content, ZONE, codes.name, registry.diagram)
    return {i["id"]: i for s in sections for row in s["rows"] for i in row}


def test_each_kind_says_what_it_holds(tmp_path: Path) -> None:
    whole = " ".join(" ".join(text_of(drawn(form(), CONTENT), tmp_path)).split())
    for said in (
        "Tôi tự nguyện đồng ý phẫu thuật.", "Bắt đầu: 08:05", "Tổng điểm: 4 – Nguy cơ cao",
        "A – Sâu răng: 36 (mặt nhai)", "Mạch (lần/phút)", "☒ Không",
    ):  # fmt: skip
        assert said in whole
    assert "Không ai ghi" not in whole
    assert "SẢN KHOA" not in whole
    assert "Tuổi thai" not in whole


def test_a_paper_to_fill_in_by_hand_hides_nothing(tmp_path: Path) -> None:
    whole = " ".join(" ".join(text_of(drawn(form(), {}), tmp_path)).split())
    for said in ("SẢN KHOA", "Tuổi thai", "Không ai ghi", "A – Sâu răng", "Lược đồ"):
        assert said in whole


def test_a_drawing_shows_its_background_before_anybody_drew() -> None:
    assert "<path" in items({})["sketch"]["svg"]
    strokes = items({"a": {"sketch": "M 1 2 L 3 4"}})["sketch"]["svg"]
    assert 'd="M 1 2 L 3 4"' in strokes


def test_each_part_ends_with_its_own_places_to_sign() -> None:
    boxes = {b.position_id: b for b in drawn(form(), CONTENT).boxes}
    assert set(boxes) == {"first", "second", "third"}
    assert (boxes["first"].page, -boxes["first"].y0) < (boxes["second"].page, -boxes["second"].y0)
    assert boxes["second"].y0 == boxes["third"].y0


@pytest.mark.parametrize(
    ("paper", "size"),
    [
        ({}, (595.28, 841.89)),
        ({"flipped": True}, (841.89, 595.28)),
        ({"size": "a5"}, (419.53, 595.28)),
        ({"size": "a5", "flipped": True, "national": True}, (595.28, 419.53)),
    ],
)
def test_places_to_sign_lie_on_their_paper(paper: dict[str, Any], size: tuple[float, float]) -> None:
    """A box whose height is reckoned from another paper lies outside, or over the text."""
    for content in (CONTENT, {}):
        for box in drawn(form(**paper), content).boxes:
            assert 0 < box.x0 < box.x1 < size[0], box
            assert 36 < box.y0 < box.y1 < size[1] - 36, box


@pytest.mark.parametrize("lines", range(2, 60, 9))
@pytest.mark.parametrize("paper", [{}, {"size": "a5"}, {"flipped": True}], ids=["a4", "a5", "flipped"])
def test_places_to_sign_follow_their_table_onto_no_empty_page(
    paper: dict[str, Any], lines: int, tmp_path: Path
) -> None:
    content = copy.deepcopy(CONTENT)
    content["b"]["watched"] = [{"at": f"{n // 4:02d}:{n % 4 * 15:02d}", "pulse": 80} for n in range(lines)]
    rendered = drawn(form(**paper), content)
    page = next(b.page for b in rendered.boxes if b.position_id == "second")
    assert "Giờ đo" in text_of(rendered, tmp_path)[page]


def test_time_across_wraps_into_tables_with_the_same_heads(tmp_path: Path) -> None:
    pages = text_of(drawn(form(), CONTENT), tmp_path)
    heads = [line.split() for page in pages for line in page.splitlines() if line.strip().startswith("Giờ đo")]
    times = [word for head in heads for word in head if ":" in word]
    assert times == [line["at"] for line in CONTENT["b"]["watched"]]
    assert len(heads) >= 3
    assert len({len(head) for head in heads[:-1]}) == 1


def test_a_chart_stands_above_its_table() -> None:
    watched = items(CONTENT)["watched"]
    assert watched["chart"].startswith("<svg")
    assert watched["chart"].count("<circle") == 31, "thirty readings and the legend"


def test_a_broken_draft_still_prints() -> None:
    broken = {"a": {"teeth": "x", "eyes": "viết sai", "sketch": 5}, "b": {"watched": [3, {"at": "xx", "pulse": "y"}]}}
    assert drawn(form(), broken).pdf


def test_columns_get_room_for_their_words() -> None:
    widths = column_widths(["TT", "Tên thuốc", "Số lượng"], [["1", "Methylprednisolon", "2"]])
    assert widths[1] > 2 * widths[0]
    assert widths[0] <= widths[2] < widths[1] / 2


def test_a_letter_of_the_label_is_not_its_unit() -> None:
    assert with_unit("Cân nặng", "g") == "Cân nặng (g)"
    assert with_unit("Nhiệt độ (°C)", "°C") == "Nhiệt độ (°C)"
    assert with_unit("Số tờ", "") == "Số tờ"


def test_a_number_gets_room_for_its_unit() -> None:
    glucose = {"type": "number", "label": "Đường máu mao mạch", "value": "4,8", "unit": "mmol/l"}
    assert span_of(glucose) == HALF
    assert span_of({**glucose, "value": ""}) == HALF  # the blank form lies as the filled one
    assert span_of({**glucose, "label": "Nhịp thở", "value": "19"}) == THIRD
    assert span_of({**glucose, "label": "Cân nặng (bắt buộc với trẻ dưới 72 tháng tuổi)", "unit": "kg"}) == WHOLE
    assert span_of({**glucose, "type": "score", "label": "Tổng điểm (không tính cầu thang)", "unit": "/52"}) == HALF


def test_a_word_of_a_crowded_table_stays_whole() -> None:
    labels = [
        "Tên thuốc",
        "ĐVT",
        "Số lượng",
        "Liều",
        "Đường dùng",
        "Cách dùng",
        "Giờ y lệnh",
        "Giờ thực hiện",
        "Thực hiện",
    ]
    row = [
        "Paracetamol 500 mg",
        "viên",
        "1",
        "500 mg",
        "Uống",
        "Pha NaCl 0,9% truyền 30 phút",
        "08:00",
        "12/03/2026 08:12",
        "Đã dùng",
    ]
    widths = column_widths(labels, [row])
    page = sum(widths)
    for label, cell, width in zip(labels, row, widths, strict=True):
        longest = max(len(w) for w in f"{label} {cell}".split(" "))
        assert width / page * PAGE_MM >= longest * LETTER_TIGHT_MM, label
    assert page == pytest.approx(PAGE_MM, abs=0.5)


def test_what_does_not_fit_at_all_is_still_shared_out() -> None:
    many = ["Phương pháp"] * 20
    widths = column_widths(many, [["x"] * 20])
    assert len(set(widths)) == 1
