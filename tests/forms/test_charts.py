"""Charts: what is measured is drawn, whatever it is, legible without colour, and nothing typed becomes markup."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benhan.forms.charts import chart_svg
from benhan.forms.definition import Field
from benhan.forms.guides import guide_lines
from benhan.forms.readings import Reading, positions, table_readings
from benhan.kernel.xml import parse

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 20, 7, 30, tzinfo=ZONE)
COLUMNS = (
    Field(id="at", label_vi="Giờ", label_en="", type="time"),
    Field(id="pulse", label_vi="Mạch", label_en="", type="number", unit="lần/phút", plausible=(50, 120)),
    Field(id="bp", label_vi="HA", label_en="", type="number", unit="mmHg"),
)
SPEC: dict[str, Any] = {
    "title_vi": "Thử",
    "curves": [{"field": "pulse", "axis": [40, 180], "join": True}, {"field": "bp", "mark": "cross", "join": True}],
}


def shapes(svg: str, tag: str) -> list[Any]:
    return list(parse(svg.encode()).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def words(svg: str) -> list[str]:
    return [t.text or "" for t in shapes(svg, "text")]


def hourly(*pulses: float | None) -> list[Reading]:
    return [
        Reading(START + timedelta(hours=n), str(n), {} if p is None else {"pulse": p}) for n, p in enumerate(pulses)
    ]


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "at": st.sampled_from(["08:00", "23:55", "00:05", "viết sai"]),
                "pulse": st.floats(-1e6, 1e6) | st.integers(0, 300) | st.text(max_size=3),
                "bp": st.integers(0, 300) | st.booleans(),
            },
        ),
        max_size=40,
    ),
    st.sampled_from(["time", "hours", "index"]),
)
def test_any_lines_make_a_chart_inside_its_frame(lines: list[dict[str, Any]], x: str) -> None:
    drawn = chart_svg({**SPEC, "x": x}, table_readings(COLUMNS, lines, ZONE), ZONE, fields=COLUMNS)
    width, height = (float(v) for v in parse(drawn.encode()).get("viewBox", "").split()[2:])
    for point in shapes(drawn, "circle"):
        assert 0 <= float(point.get("cx", "-1")) <= width
        assert 0 <= float(point.get("cy", "-1")) <= height


def test_a_clock_that_runs_backwards_has_passed_midnight() -> None:
    lines = [{"at": "23:50", "pulse": 80}, {"at": "00:10", "pulse": 250}, {"at": "viết sai"}, {"at": "00:30"}]
    found = table_readings(COLUMNS, lines, ZONE)
    assert [None if x is None else round(x, 2) for x in positions({"x": "hours"}, found)] == [0, 0.33, None, 0.67]


@pytest.mark.parametrize(("pulse", "said"), [(250, "250"), (13, "13")])
def test_a_value_off_its_axis_stands_at_the_edge_with_its_number(pulse: float, said: str) -> None:
    inside, outside = (chart_svg(SPEC, hourly(80, p), ZONE) for p in (90, pulse))
    assert said in words(outside)
    assert said not in words(inside)
    assert len(shapes(outside, "circle")) == len(shapes(inside, "circle")) - 1


def test_nobody_draws_a_line_over_a_long_pause() -> None:
    def strokes(readings: list[Reading]) -> int:
        lines = [
            p.get("d", "") for p in shapes(chart_svg(SPEC, readings, ZONE), "path") if p.get("stroke-width") == "1.5"
        ]
        return max(d.count("M") for d in lines)

    assert strokes(hourly(80, 82, None, 84, 85)) == 1
    assert strokes(hourly(80, 82, 81, *[None] * 6, 84, 85)) == 2


def test_curves_are_told_apart_without_colour() -> None:
    drawn = chart_svg(SPEC, [Reading(START + timedelta(hours=n), "", {"pulse": 80, "bp": 120}) for n in (0, 1)], ZONE)
    dashes = {p.get("stroke-dasharray") for p in shapes(drawn, "path") if p.get("stroke-linejoin")}
    assert len(dashes) == 2


def test_hundreds_of_points_stay_legible() -> None:
    drawn = chart_svg(SPEC, hourly(*[80.0 + n % 7 for n in range(600)]), ZONE)
    assert len(shapes(drawn, "circle")) < 160
    assert max(p.get("d", "").count("L") for p in shapes(drawn, "path")) == 599


@pytest.mark.parametrize(
    ("x", "ticks"),
    [
        ("time", ["08:00", "20/11"]),
        ("hours", ["0 giờ", "1 giờ"]),
        ("index", ["1", "2"]),
    ],
)
def test_across_stand_clock_hours_or_numbers(x: str, ticks: list[str]) -> None:
    drawn = chart_svg({**SPEC, "x": x}, hourly(80, 81, 82, 83), ZONE)
    assert set(ticks) <= set(words(drawn))


def test_growth_lines_are_those_of_the_childs_sex() -> None:
    guides = [{"label_vi": "giới " + s, "sex": s, "points": [[0, 50], [5, 60]]} for s in ("1", "2")]
    spec = {**SPEC, "guides": [*guides, {"label_vi": "chung", "points": [[0, 50], [5, 60]], "dashed": True}]}
    boy, unknown = (words(chart_svg(spec, hourly(80), ZONE, sex=sex)) for sex in ("1", ""))
    assert "giới 1" in boy
    assert "chung" in boy
    assert "giới 2" not in boy
    assert {"giới 1", "giới 2", "chung"} <= set(unknown)


ALERT = {"label_vi": "báo động", "points": [[0, 4], [6, 10]], "starts": {"field": "pulse", "reaches": 4}}
ACTION = ALERT | {"label_vi": "hành động", "points": [[4, 4], [10, 10]]}


@pytest.mark.parametrize(
    ("dilatation", "alert", "action"),
    [
        ([4], ((0, 4), (6, 10)), ((4, 4), (10, 10))),
        ([2, 3, 4, 6], ((2, 4), (8, 10)), ((6, 4), (12, 10))),
        (
            [3, 6],
            ((1, 6), (5, 10)),
            ((3, 4), (9, 10)),
        ),  # the first active examination lies on the line, at what it found
        ([9], ((0, 9), (1, 10)), ((0, 5), (5, 10))),
    ],
)
def test_the_alert_line_begins_where_the_active_phase_does(
    dilatation: list[float], alert: tuple[Any, ...], action: tuple[Any, ...]
) -> None:
    readings = hourly(*dilatation)
    xs = positions({"x": "hours"}, readings)
    found = guide_lines({"guides": [ALERT, ACTION]}, readings, xs)
    assert [g.points for g in found] == [alert, action]


def test_before_the_active_phase_there_is_no_alert_line_and_an_empty_chart_has_it() -> None:
    chart = SPEC | {"x": "hours", "x_axis": [0, 12], "guides": [ALERT]}
    assert "báo động" not in words(chart_svg(chart, hourly(2, 3), ZONE))
    assert "báo động" in words(chart_svg(chart, hourly(2, 3, 4), ZONE))
    assert "báo động" in words(chart_svg(chart, [], ZONE))


def test_a_long_labour_makes_the_chart_longer() -> None:
    chart = SPEC | {"x": "hours", "x_axis": [0, 12]}
    assert "18 giờ" not in words(chart_svg(chart, hourly(*[4] * 10), ZONE))
    assert "18 giờ" in words(chart_svg(chart, hourly(*[4] * 19), ZONE))


def test_who_cannot_see_the_chart_hears_its_values() -> None:
    drawn = chart_svg(SPEC, table_readings(COLUMNS, [{"at": "08:00", "pulse": 80.5}], ZONE), ZONE, fields=COLUMNS)
    said = shapes(drawn, "desc")[0].text or ""
    assert "Mạch (lần/phút): 08:00 80,5" in said
    assert "HA (mmHg): không có số liệu" in said


def test_words_of_a_chart_are_no_markup() -> None:
    hostile = '"/><script>&'
    spec = {
        "title_vi": hostile,
        "curves": [{"field": "pulse", "label_vi": hostile}],
        "guides": [{"label_vi": hostile, "points": [[0, 1], [2, 3]]}],
        "bands": [{"from": 1, "to": 2, "label_vi": hostile}],
    }
    assert "<script" not in chart_svg(spec, [Reading(START, hostile, {"pulse": 1})], ZONE)
