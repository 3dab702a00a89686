"""Diagrams: whole, symmetrical, told apart without colour, and deaf to markup in what people type."""

from __future__ import annotations

import pytest

from benhan.forms.definition import Choice, FormBroken
from benhan.forms.diagrams import Diagram, build_diagram, diagram_svg, drawing_svg, letters, marks_in_words
from benhan.kernel.xml import parse
from benhan.law import registry

NAMES = ["body", "ear_nose_throat", "eyes", "face", "fundus", "teeth", "teeth_child"]
CHOICES = (Choice("1", "Sâu răng"), Choice("2", "Mất răng"))
HOSTILE = '"><script>alert(1)</script>&'


def diagram(name: str) -> Diagram:
    found = registry.diagram(name)
    assert found is not None
    return found


def test_the_diagrams_of_the_language_are_there() -> None:
    assert registry.diagram_names() == set(NAMES)
    assert registry.diagram("../forms/released") is None


@pytest.mark.parametrize("name", NAMES)
def test_every_part_lies_on_the_paper_and_is_named(name: str) -> None:
    drawn = diagram(name)
    for part in drawn.parts:
        assert 0 <= part.at[0] <= drawn.width, part.id
        assert 0 <= part.at[1] <= drawn.height, part.id
        assert part.label_vi, part.id
        assert part.label_en, part.id
    parse(diagram_svg(drawn, [{"part": p.id, "mark": "2"} for p in drawn.parts], CHOICES).encode())


def test_teeth_are_the_teeth_of_the_fdi() -> None:
    assert registry.diagram_parts("teeth") == {f"{q}{n}" for q in range(1, 5) for n in range(1, 9)}
    assert registry.diagram_parts("teeth_child") == {f"{q}{n}" for q in range(5, 9) for n in range(1, 6)}


@pytest.mark.parametrize("name", ["body", "face", "eyes", "fundus", "ear_nose_throat"])
def test_what_one_side_has_the_other_has(name: str) -> None:
    ids = registry.diagram_parts(name)
    swapped = {"_r": "_l", "_l": "_r", "r_": "l_", "l_": "r_"}
    for part in ids:
        for end, other in (("_r", "_l"), ("_l", "_r")):
            if part.endswith(end):
                assert part[:-2] + other in ids
        if part[:2] in ("r_", "l_"):
            assert swapped[part[:2]] + part[2:] in ids


def test_a_marked_part_has_hatching_letter_and_words() -> None:
    marks = [{"part": "18", "mark": "1"}, {"part": "18", "mark": "2"}, {"part": "26", "mark": "1", "note": "mặt nhai"}]
    svg = diagram_svg(diagram("teeth"), marks, CHOICES, key="mouth.teeth")
    assert svg.count(' fill="url(#mouth-teeth-0)"') == 3  # two teeth and the legend
    assert ">A+B</text>" in svg
    assert marks_in_words(diagram("teeth"), marks, CHOICES) == [
        "A – Sâu răng: 18; 26 (mặt nhai)",
        "B – Mất răng: 18",
    ]


def test_a_mark_that_is_none_is_left_out_and_typed_text_is_no_markup() -> None:
    marks = [{"part": HOSTILE, "mark": HOSTILE}, {"part": "18", "mark": HOSTILE, "note": HOSTILE}]
    choices = (Choice(HOSTILE, HOSTILE), Choice("2", "b"))
    for interactive in (False, True):
        svg = diagram_svg(diagram("teeth"), marks, choices, key=HOSTILE, interactive=interactive)
        assert "<script" not in svg
        parse(svg.encode())
    assert "<script" not in drawing_svg(HOSTILE)


def test_on_a_page_every_part_is_a_button_with_a_name() -> None:
    svg = diagram_svg(diagram("eyes"), [{"part": "r_lens", "mark": "1"}], CHOICES, interactive=True)
    assert svg.count('role="button"') == len(diagram("eyes").parts)
    assert 'data-part="r_lens" data-marks="1" tabindex="0" role="button" aria-pressed="true"' in svg
    assert "MP: thể thủy tinh: Sâu răng" in svg
    assert 'data-mark="2" data-letter="B" data-fill="url(#d-1)"' in svg


def test_letters_are_the_codes_where_these_are_letters() -> None:
    assert letters((Choice("S", ""), Choice("M", ""))) == {"S": "S", "M": "M"}
    many = letters([Choice(str(n), "") for n in range(30)])
    assert (many["0"], many["25"], many["26"], many["29"]) == ("A", "Z", "AA", "AD")


@pytest.mark.parametrize(
    "part",
    [
        {"id": "a", "label_vi": "a", "at": [1, 1], "path": 'M0 0"/><script>'},
        {"id": "a", "label_vi": "a", "at": [1, 1]},
        {"id": "a", "label_vi": "a", "at": [1, 1], "circle": [1, 2]},
    ],
)
def test_a_broken_diagram_is_refused(part: dict[str, object]) -> None:
    with pytest.raises(FormBroken):
        build_diagram("x", {"title_vi": "x", "size": [10, 10], "parts": [part]})


def test_a_background_is_fitted_into_the_canvas() -> None:
    svg = drawing_svg("M 1 1 L 9 9", diagram("body"))
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"')
    assert "scale(0.6452)" in svg
    parse(svg.encode())
