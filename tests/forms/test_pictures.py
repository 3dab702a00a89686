"""Diagrams and charts: what is marked and measured is drawn, whatever it is, and nothing typed becomes markup."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benhan.forms import charts, diagrams
from benhan.forms.definition import Choice, Field, FormBroken
from benhan.kernel.xml import parse
from benhan.proof.render import render
from tests.forms.contents import FORMS, NOW
from tests.forms.test_print import page_data

MARKS = (Choice("S", "Sâu"), Choice("M", "Mất"), Choice("chấm lửng", "<b>Lạ & lẫm</b>"))
COLUMNS = (
    Field(id="at", label_vi="Giờ", label_en="", type="time"),
    Field(id="pulse", label_vi="Mạch", label_en="", type="number", unit="lần/phút", plausible=(50, 120)),
    Field(id="bp", label_vi="HA", label_en="", type="number", unit="mmHg"),
)
SPEC: dict[str, Any] = {"title_vi": "Thử", "curves": [{"field": "pulse", "axis": [40, 180]}, {"field": "bp"}]}


def shapes(svg: str, tag: str) -> list[Any]:
    return list(parse(svg.encode()).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def words(svg: str) -> list[str]:
    return [t.text or "" for t in shapes(svg, "text")]


@pytest.mark.parametrize("name", sorted(diagrams.names()))
def test_every_part_of_a_picture_can_be_marked_and_is_named_once(name: str) -> None:
    picture = diagrams.diagram(name)
    assert len({p.id for p in picture.parts}) == len(picture.parts) > 15
    assert len({p.label_vi for p in picture.parts}) == len(picture.parts), "two parts with one name"
    width, height = picture.size
    for part in picture.parts:
        assert 0 <= part.at[0] <= width
        assert 0 <= part.at[1] <= height
        drawn = diagrams.svg(picture, MARKS, [{"part": part.id, "mark": "S"}], for_screen=True)
        assert any(
            p.get("data-part") == part.id and str(p.get("fill")).startswith("url(") for p in shapes(drawn, "path")
        )
        assert "A" in words(drawn), "a sign that needs no colour"


def test_two_marks_on_one_place_both_show_and_strangers_do_not() -> None:
    teeth = diagrams.diagram("teeth")
    marks = [
        {"part": "18", "mark": "S"},
        {"part": "18", "mark": "M"},
        {"part": "99", "mark": "S"},
        {"part": "17", "mark": "?"},
        "x",
    ]
    drawn = diagrams.svg(teeth, MARKS[:2], marks)
    assert "S+M" in words(drawn)
    assert len([p for p in shapes(drawn, "path") if str(p.get("fill")).startswith("url(")]) == 1
    assert diagrams.svg(teeth, MARKS, "no list") == diagrams.svg(teeth, MARKS, [])


def test_labels_are_text_and_a_name_is_no_path() -> None:
    drawn = diagrams.svg(diagrams.diagram("teeth"), MARKS, [])
    assert not shapes(drawn, "b")
    assert any("<b>Lạ" in w for w in words(drawn))
    for name in ("../teeth", "", "moon"):
        with pytest.raises(FormBroken):
            diagrams.diagram(name)
        assert diagrams.part_ids(name) == frozenset()


def test_teeth_have_their_numbers() -> None:
    assert diagrams.part_ids("teeth") == {f"{q}{n}" for q in "1234" for n in range(1, 9)}
    assert diagrams.part_ids("teeth_child") == {f"{q}{n}" for q in "5678" for n in range(1, 6)}


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "at": st.sampled_from(["08:00", "23:55", "00:05", "viết sai"]),
                "pulse": st.floats(-1e6, 1e6) | st.integers(0, 300) | st.text(max_size=3),
                "bp": st.integers(0, 300),
            },
        ),
        max_size=40,
    ),
    st.sampled_from(["time", "hours", "index"]),
)
def test_any_lines_make_a_chart_inside_its_frame(lines: list[dict[str, Any]], x: str) -> None:
    drawn = charts.svg({**SPEC, "x": x}, COLUMNS, charts.readings_of_lines(COLUMNS, lines, x))
    for point in shapes(drawn, "circle"):
        assert 0 <= float(point.get("cx", "-1")) <= charts.WIDTH
        assert float(point.get("cy", "-1")) >= 0
    numbers = sum(isinstance(line.get("pulse"), int | float) for line in lines)
    assert len(shapes(drawn, "circle")) == numbers + 1, "a dot for each value, and the one of the legend"


def test_past_midnight_time_goes_on_and_a_value_off_the_scale_is_told() -> None:
    lines = [{"at": "23:50", "pulse": 80}, {"at": "00:10", "pulse": 250}, {"at": "00:30", "pulse": 90}]
    readings = charts.readings_of_lines(COLUMNS, lines, "time")
    assert [round(r.x, 2) for r in readings] == [23.83, 24.17, 24.5]
    drawn = charts.svg(SPEC, COLUMNS, readings)
    assert "↑250" in words(drawn)
    hours = charts.readings_of_lines(COLUMNS, lines, "hours")
    assert [round(r.x, 2) for r in hours] == [0, 0.33, 0.67]


def test_who_cannot_see_the_chart_hears_its_values() -> None:
    drawn = charts.svg(SPEC, COLUMNS, charts.readings_of_lines(COLUMNS, [{"at": "08:00", "pulse": 80}], "time"))
    assert "Mạch (lần/phút): 08:00: 80" in (shapes(drawn, "desc")[0].text or "")
    assert "chưa có" in (shapes(charts.svg(SPEC, COLUMNS, []), "desc")[0].text or "")


@pytest.mark.parametrize("name", sorted(diagrams.names()))
def test_a_picture_prints(name: str) -> None:
    form = FORMS["free_note"]
    drawn = diagrams.svg(diagrams.diagram(name), MARKS, [])
    item = {
        "id": "d", "label": "Hình", "type": "diagram", "unit": "", "number": "", "empty": True, "ours": False,
        "value": "", "svg": drawn,
    }  # fmt: skip
    section = {
        "id": "s",
        "title": "Hình",
        "block": "",
        "part": "",
        "repeated": False,
        "header": False,
        "rows": [[item]],
    }
    assert render("law/layout/page.typ", page_data(form, sections=[section]), at=NOW).pdf.startswith(b"%PDF")
