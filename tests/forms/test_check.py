"""The checker finds what is wrong in a definition and says where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from benhan.forms.build import build
from benhan.forms.check import Around, RequiredItem, check_file, missing_items
from benhan.forms.definition import FormBroken
from tests.forms.contents import FORMS

AROUND = Around(
    blocks={
        "pair": {
            "fields": [{"id": "b", "label_vi": "B", "type": "text"}, {"id": "c", "label_vi": "C", "type": "text"}]
        },
        "round": {"fields": [{"use": "about"}]},
        "about": {"fields": [{"use": "round"}]},
    },
    choices={"yes_no": [{"code": "1", "label_vi": "Có"}, {"code": "0", "label_vi": "Không"}]},
    diagrams=frozenset({"teeth"}),
    roles=frozenset({"doctor"}),
    elements=frozenset({"ThongTinBenhNhan.nhommau"}),
)
GOOD: dict[str, Any] = {
    "code": "own", "name_vi": "Phiếu thử", "name_en": "Test sheet", "valid_from": "2025-01-01", "kind": "own",
    "used_in": ["inpatient"], "legal_basis": "mẫu của cơ sở", "certainty": "own", "repeats": "event", "group": "other",
    "writers": ["doctor"],
    "signatures": [{"id": "doctor", "label_vi": "Bác sĩ", "role": "doctor", "order": 1}],
    "sections": [{"id": "s", "title_vi": "Phần", "fields": [{"id": "a", "label_vi": "Mục", "type": "text"}]}],
}  # fmt: skip


def mistakes(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    path = tmp_path / "form.yaml"
    path.write_text(text, encoding="utf-8")
    return [(m.line, m.message) for m in check_file(path, AROUND)]


def form_text(**changes: Any) -> str:
    return yaml.safe_dump({**GOOD, **changes}, allow_unicode=True, sort_keys=False)


def test_a_good_form_has_no_mistakes(tmp_path: Path) -> None:
    assert mistakes(tmp_path, form_text()) == []


@pytest.mark.parametrize(("code", "faulty"), [("ThongTinBenhNhan.nhommau", 0), ("nhommau", 1), ("PhieuPhauThuat.x", 1)])
def test_an_element_of_the_exchange_file_must_exist(tmp_path: Path, code: str, faulty: int) -> None:
    found = mistakes(tmp_path, form_text(extract=[{"kind": "cv365", "path": "s.a", "code": code}]))
    assert len(found) == faulty
    assert all(code in message for _line, message in found)


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    ((line, message),) = mistakes(tmp_path, "code: x\nname_vi: [\n")
    assert line >= 2
    assert "YAML" in message


def test_an_unknown_word_is_told_with_its_line(tmp_path: Path) -> None:
    text = form_text().replace("    type: text\n", "    type: text\n    colour: red\n")
    ((line, message),) = mistakes(tmp_path, text)
    assert "colour" in message
    assert "id: a" in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ({"id": "a", "label_vi": "A", "type": "colour"}, "type"),
        ({"id": "A!", "label_vi": "A", "type": "text"}, "sai dạng"),
        ({"id": "a", "label_vi": "A", "type": "choice"}, "choices"),
        ({"id": "a", "label_vi": "A", "type": "table"}, "columns"),
        ({"id": "a", "label_vi": "A", "type": "number", "minimum": 5, "maximum": 1}, "minimum"),
        ({"id": "a", "label_vi": "A", "type": "text", "show_if": "b == 1"}, "điều kiện nói tới “b”"),
        ({"id": "a", "label_vi": "A", "type": "text", "show_if": "other.b == 1"}, "“other.b”"),
        ({"id": "a", "label_vi": "A", "type": "text", "show_if": "(b or c)"}, "không đọc được"),
        ({"id": "a", "label_vi": "A", "type": "text", "show_if": "b > nhiều"}, "phải là một số"),
        ({"id": "a", "label_vi": "A", "type": "choice", "choices": "colours"}, "colours"),
        ({"id": "a", "label_vi": "A", "type": "score"}, "thiếu “of”"),
        ({"id": "a", "label_vi": "A", "type": "score", "of": ["z"]}, "“z”"),
        ({"id": "a", "label_vi": "A", "type": "score", "of": ["a"]}, "chính nó"),
        ({"id": "a", "label_vi": "A", "type": "score", "of": ["t"], "formula": "root"}, "root"),
        ({"id": "a", "label_vi": "A", "type": "diagram", "diagram": "moon", "choices": "yes_no"}, "moon"),
        ({"id": "a", "label_vi": "A", "type": "drawing", "background": "moon"}, "moon"),
        (
            {
                "id": "a",
                "label_vi": "A",
                "type": "table",
                "layout": "columns",
                "columns": [{"id": "x", "label_vi": "X", "type": "text"}],
            },
            "cột đầu",
        ),
        (
            {
                "id": "a",
                "label_vi": "A",
                "type": "table",
                "columns": [{"id": "x", "label_vi": "X", "type": "text"}],
                "chart": {"curves": [{"field": "x"}]},
            },
            "biểu đồ",
        ),
        ({"id": "a", "label_vi": "A", "type": "choice", "choices": ["x", "x"]}, "cùng mã"),
        ({"id": "a", "label_vi": "A", "type": "number", "plausible": [9, 1]}, "plausible"),
        ({"id": "a", "label_vi": "A", "type": "text", "required": "always"}, "always"),
    ],
)
def test_mistakes_of_a_field_are_explained(tmp_path: Path, field: dict[str, Any], part: str) -> None:
    found = mistakes(tmp_path, form_text(sections=[{"id": "s", "title_vi": "S", "fields": [field]}]))
    assert found
    assert part in found[0][1]


@pytest.mark.parametrize(
    "changes",
    [
        {"clinical_at": "s.a"},
        {"extract": [{"kind": "observation", "path": "s.nothing"}]},
        {"extract": [{"kind": "medication", "path": "s", "columns": {"display": "nothing"}}]},
        {"sections": [{"use": "unknown_block"}]},
        {"sections": [{"id": "s", "title_vi": "S", "fields": [{"use": "unknown_block"}]}]},
        {"sections": [{"id": "s", "title_vi": "S", "fields": [{"use": "round"}]}]},
        {"sections": [{"id": "s", "title_vi": "S", "fields": [{"use": "pair", "without": ["z"]}]}]},
        {"sections": [{"id": "s", "title_vi": "S", "fields": [{"use": "pair"}, {"use": "pair"}]}]},
        {"signatures": [{"id": "x", "label_vi": "X", "role": "astronaut", "order": 1}]},
        {"signatures": [{"id": "x", "label_vi": "X", "role": "doctor", "order": 1, "part": "A"}]},
        {"sections": [{"id": "s", "part": "A", "title_vi": "S", "fields": [{"use": "pair"}]}]},
        {"signatures": [{"id": "x", "label_vi": "X", "role": "doctor", "order": 1}] * 2},
        {
            "signatures": [
                {"id": "d", "label_vi": "D", "role": "doctor", "order": 1},
                {"id": "p", "label_vi": "P", "role": "patient_or_relative", "order": 2},
            ]
        },
    ],
)
def test_what_only_the_whole_form_shows_is_found(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert len(mistakes(tmp_path, form_text(**changes))) == 1


def test_an_unknown_kind_of_extract_breaks_the_form() -> None:
    raw = {**GOOD, "extract": [{"kind": "wish", "path": "s.a"}]}
    with pytest.raises(FormBroken):
        build(raw, form_hash="", folder="", blocks={})


def test_an_item_the_law_asks_for_and_the_form_lacks_is_named() -> None:
    asked = [
        RequiredItem("free_note", "x", "note.text", "Nội dung", "test"),
        RequiredItem("free_note", "y", "note.gone", "Mất", "test"),
        RequiredItem("free_note", "z", "signature:author", "Người ghi", "test"),
    ]
    assert [i.field for i in missing_items(FORMS["free_note"], asked)] == ["y"]
