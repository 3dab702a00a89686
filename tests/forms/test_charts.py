"""Charts: what is measured is drawn, whatever it is, and nothing typed becomes markup."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benhan.forms import charts
from benhan.forms.definition import Field
from benhan.kernel.xml import parse

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
