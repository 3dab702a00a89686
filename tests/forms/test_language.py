"""The words of the language that think: shared blocks, conditions, scores, diagrams, parts."""

from __future__ import annotations

from typing import Any

import pytest

from benhan.forms.build import build
from benhan.forms.conditions import as_data, is_shown
from benhan.forms.definition import Field, FormVersion
from benhan.forms.extract import extract
from benhan.forms.shared import used_names
from benhan.forms.validate import clean, validate

BLOCKS: dict[str, Any] = {
    "inner": {"fields": [{"id": "x", "label_vi": "X", "type": "text"}, {"id": "y", "label_vi": "Y", "type": "text"}]},
    "outer": {
        "id": "outer",
        "title_vi": "Khối",
        "title_en": "Block",
        "fields": [
            {"use": "inner", "without": ["y"]},
            {"id": "z", "label_vi": "Z", "type": "choice", "choices": "yes_no"},
        ],
    },
}
LISTS: dict[str, Any] = {"yes_no": [{"code": "1", "label_vi": "Có"}, {"code": "0", "label_vi": "Không"}]}


def form(*sections: dict[str, Any], **more: Any) -> FormVersion:
    raw = {"code": "t", "name_vi": "Thử", "valid_from": "2025-01-01", "sections": list(sections), **more}
    return build(raw, form_hash="", folder="", blocks=BLOCKS, choices=LISTS)


def section(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "s", "title_vi": "Phần", "fields": [{"label_vi": f["id"], **f} for f in fields], **more}


def number(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "type": "number", **more}


def test_blocks_stand_in_blocks_and_the_call_may_leave_out_and_add() -> None:
    made = form(
        {
            "use": "outer",
            "title_vi": "Tên khác",
            "part": "A",
            "more_fields": [{"id": "w", "label_vi": "W", "type": "text"}],
        }
    )
    (only,) = made.sections
    assert [f.id for f in only.fields] == ["x", "z", "w"]
    assert (only.title_vi, only.part, only.block) == ("Tên khác", "A", "outer")
    assert [c.code for c in only.fields[1].choices] == ["1", "0"]


def test_the_hash_covers_what_is_reached_through_another_block() -> None:
    blocks, lists = used_names({"sections": [{"use": "outer"}]}, BLOCKS, LISTS)
    assert set(blocks) == {"outer", "inner"}
    assert set(lists) == {"yes_no"}


@pytest.mark.parametrize(
    ("condition", "row", "shown"),
    [
        ("a == 1", {"a": "1"}, True),
        ("a == 1", {"a": 1}, True),
        ("a == 1", {"a": ["0", "1"]}, True),
        ("a == 1", {}, False),
        ("a != 1", {}, True),
        ("a != 1", {"a": ["1", "2"]}, False),
        ("a in (1, 2)", {"a": "2"}, True),
        ("a in (1, 2)", {"a": "3"}, False),
        ("a > 5", {"a": 5.5}, True),
        ("a > 5", {"a": "nhiều"}, False),
        ("a >= 5 and b == x", {"a": 5, "b": "x"}, True),
        ("a >= 5 and b == x", {"a": 5, "b": "y"}, False),
        ("a < 1 or b == x and c == 1", {"b": "x", "c": "1"}, True),
        ("a < 1 or b == x and c == 1", {"b": "x"}, False),
        ("a == Rỉ dịch", {"a": "Rỉ dịch"}, True),
        ("a == 'Có'", {"a": "Có"}, True),
        ("other.b == 1", {"b": "1"}, False),
        ("other.b == 2", {}, True),
        ("other.list == 2", {}, False),
    ],
)
def test_a_condition_is_read_as_it_is_written(condition: str, row: dict[str, Any], shown: bool) -> None:
    thing = Field(id="f", label_vi="F", label_en="", type="text", show_if=condition)
    assert is_shown(thing, row, {"other": {"b": "2"}, "rows": [{"list": "2"}]}) is shown
    assert as_data(condition)[0][0]["name"]


def test_nothing_of_a_hidden_section_is_missing() -> None:
    asks = section(number("n", required="signing"), show_if="q.a == 1")
    made = form({"id": "q", "title_vi": "Q", "fields": [{"id": "a", "label_vi": "A", "type": "text"}]}, asks)
    assert [e.path for e in validate(made, {"q": {"a": "1"}}, purpose="signing")] == ["s.n"]
    assert validate(made, {"q": {"a": "2"}}, purpose="signing") == []
    assert [e.code for e in validate(made, {"s": {"n": "ba"}})] == ["type"]


@pytest.mark.parametrize(
    ("formula", "given", "value"),
    [
        ("sum", {"a": 2, "b": 3.5}, 5.5),
        ("sum", {"a": 2}, None),
        ("difference", {"a": 1500, "b": 2000}, -500),
        ("bmi", {"a": 50, "b": 160}, 19.53),
        ("bmi", {"a": 50, "b": 0}, None),
        ("mean_pressure", {"a": 120, "b": 80}, 93),
        ("body_surface", {"a": 60, "b": 170}, 1.68),
    ],
)
def test_scores_are_computed_and_never_typed(formula: str, given: dict[str, Any], value: Any) -> None:
    made = form(section(number("a"), number("b"), {"id": "t", "type": "score", "formula": formula, "of": ["a", "b"]}))
    for typed in ({}, {"t": 999}, {"t": "hostile"}):
        content = clean(made, {"s": {**given, **typed}})
        assert content["s"].get("t") == value
        assert validate(made, content) == []
    forged = {"s": {**given, "t": 999}}
    assert [e.code for e in validate(made, forged)] == ["score"]


def test_answers_count_their_points_line_by_line_and_in_the_sum_of_sums() -> None:
    eye = {
        "id": "eye",
        "type": "choice",
        "choices": [
            {"code": "4", "label_vi": "Tự nhiên", "points": 4},
            {"code": "1", "label_vi": "Không", "points": 1},
        ],
    }
    both = {
        "id": "signs",
        "type": "choice",
        "multiple": True,
        "choices": [{"code": "a", "label_vi": "A", "points": 1}, {"code": "b", "label_vi": "B", "points": 2}],
    }
    first = {
        "id": "one",
        "type": "score",
        "of": ["eye", "signs"],
        "bands": [{"from": 0, "to": 6, "label_vi": "thấp"}, {"from": 7, "to": 9, "label_vi": "cao", "level": "danger"}],
    }
    second = {"id": "two", "type": "score", "of": ["one", "signs"], "partial": True}
    table = {"id": "t", "type": "table", "columns": [{"label_vi": f["id"], **f} for f in (eye, both, first, second)]}
    made = form(section(table))
    content = clean(made, {"s": {"t": [{"eye": "4", "signs": ["a", "b"]}, {"signs": ["b"]}]}})
    assert content["s"]["t"] == [{"eye": "4", "signs": ["a", "b"], "one": 7, "two": 10}, {"signs": ["b"], "two": 2}]
    assert validate(made, content) == []


def test_marks_of_a_diagram_name_a_part_and_a_choice_once() -> None:
    field = {
        "id": "d",
        "type": "diagram",
        "diagram": "teeth",
        "choices": [{"code": "S", "label_vi": "Sâu"}, {"code": "M", "label_vi": "Mất"}],
    }
    made = form(section(field))

    def codes(marks: Any) -> list[str]:
        found = validate(made, {"s": {"d": marks}}, part_known=lambda name, part: (name, part) == ("teeth", "18"))
        return [e.code for e in found]

    assert codes([{"part": "18", "mark": "S", "note": "mặt nhai"}, {"part": "18", "mark": "M"}]) == []
    assert codes([{"part": "99", "mark": "S"}]) == ["part"]
    assert codes([{"part": "18", "mark": "X"}]) == ["choice"]
    assert codes([{"part": "18", "mark": "S"}, {"part": "18", "mark": "S"}]) == ["double"]
    assert codes([{"part": "18", "mark": "S", "note": "x" * 301}]) == ["too_long"]
    assert codes([{"part": "18", "mark": "S", "colour": "red"}]) == ["shape"]
    assert codes("18") == ["shape"]
    assert codes([{"part": "18", "mark": "S"}] * 201) == ["too_many_rows"]


@pytest.mark.parametrize("typed", ["24:00", "8:05", "08:60", 805, "08:05:00"])
def test_an_hour_that_is_none_is_refused(typed: Any) -> None:
    made = form(section({"id": "t", "type": "time"}))
    assert [e.code for e in validate(made, {"s": {"t": typed}})] == ["format"]
    assert validate(made, {"s": {"t": "08:05"}}) == []


def test_a_statement_is_read_and_never_content() -> None:
    made = form(section({"id": "t", "type": "statement", "label_vi": "Tôi cam đoan"}))
    assert [e.code for e in validate(made, {"s": {"t": "khác"}})] == ["statement"]


def test_a_part_whose_turn_has_not_come_may_be_empty() -> None:
    made = form(
        {
            "id": "head",
            "title_vi": "H",
            "fields": [{"id": "h", "label_vi": "H", "type": "text", "required": "signing"}],
        },
        section(number("a", required="signing"), part="A"),
        {**section(number("b", required="signing"), part="B"), "id": "end"},
        signatures=[{"id": p, "label_vi": p, "role": "doctor", "order": 1, "part": p} for p in ("A", "B")],
    )
    assert made.parts == ("A", "B")
    in_turn = validate(made, {}, purpose="signing", parts=frozenset({"A"}))
    assert [e.path for e in in_turn] == ["head.h", "s.a"]
    assert [e.path for e in validate(made, {}, purpose="signing")] == ["head.h", "s.a", "end.b"]


@pytest.mark.parametrize(("value", "counted"), [(8, 3), (8.5, 1), (11, 1), (20, 0), (24, 2), (25, 3), (90, 3)])
def test_a_number_counts_by_its_interval(value: float, counted: int) -> None:
    upto = [(8, 3), (11, 1), (20, 0), (24, 2)]
    points = [{"upto": end, "points": p} for end, p in upto] + [{"points": 3}]
    made = form(section(number("a", points=points), {"id": "t", "type": "score", "of": ["a"]}))
    assert clean(made, {"s": {"a": value}})["s"]["t"] == counted


def test_a_number_outside_all_intervals_counts_nothing() -> None:
    made = form(section(number("a", points=[{"upto": 8, "points": 3}]), {"id": "t", "type": "score", "of": ["a"]}))
    assert "t" not in clean(made, {"s": {"a": 9}})["s"]


def test_a_single_field_is_extracted_only_where_its_section_says_so() -> None:
    rule = {"kind": "allergy", "path": "s.a", "where": {"b": "0"}, "absent": ["0"]}
    made = form(section({"id": "a", "type": "text"}, {"id": "b", "type": "text"}), extract=[rule])
    assert not extract(made, {"s": {"a": "0", "b": "1"}})
    assert [e.role for e in extract(made, {"s": {"a": "0", "b": "0"}})] == ["absent"]
