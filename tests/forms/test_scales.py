"""The scales of the hospital sheets give the points their authors published, and their warnings stand where they must."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from benhan.forms.conditions import is_shown
from benhan.forms.scores import band, with_scores
from tests.forms.contents import FORMS

WELL = {"respiratory_rate": 16, "scale": "1", "oxygen": "air", "spo2": 97, "bp_systolic": 120, "pulse": 75,
        "consciousness": "A", "temperature": 36.8}  # fmt: skip


def scored(code: str, section: str, answers: dict[str, Any], name: str = "total") -> tuple[Any, str]:
    """The score and what it means."""
    row = with_scores(FORMS[code], {section: answers})[section]
    f = FORMS[code].section(section).field(name)  # type: ignore[union-attr] - a missing section should fail the test
    assert f is not None
    meant = band(f, row.get(name))
    return row.get(name), meant.level if meant else ""


def shown(code: str, section: str, field: str, answers: dict[str, Any]) -> bool:
    found = FORMS[code].section(section).field(field)  # type: ignore[union-attr] - as above
    assert found is not None
    row = with_scores(FORMS[code], {section: answers})[section]
    return is_shown(found, row, {section: row})


@pytest.mark.parametrize(
    ("change", "total", "level"),
    [
        ({}, 0, "ok"),
        ({"respiratory_rate": 8}, 3, "ok"),
        ({"respiratory_rate": 9}, 1, "ok"),
        ({"respiratory_rate": 21, "temperature": 38.1}, 3, "ok"),
        ({"spo2": 91, "oxygen": "oxygen"}, 5, "warning"),
        ({"bp_systolic": 219}, 0, "ok"),
        ({"bp_systolic": 220}, 3, "ok"),
        ({"pulse": 131, "bp_systolic": 90, "consciousness": "C"}, 9, "danger"),
        ({"pulse": 40}, 3, "ok"),
        ({"temperature": 35.0}, 3, "ok"),
        ({"temperature": 39.1}, 2, "ok"),
        ({"scale": "2", "spo2": None, "spo2_2_air": 93}, 0, "ok"),
        ({"scale": "2", "spo2": None, "oxygen": "oxygen", "spo2_2_oxygen": 90}, 2, "ok"),
        ({"scale": "2", "spo2": None, "oxygen": "oxygen", "spo2_2_oxygen": 97}, 5, "warning"),
        ({"pulse": None}, None, ""),
    ],
)
def test_news2(change: dict[str, Any], total: int | None, level: str) -> None:
    answers = {k: v for k, v in {**WELL, **change}.items() if v is not None}
    assert scored("early_warning_score", "news", answers) == (total, level)


@pytest.mark.parametrize(
    ("change", "red"),
    [({}, False), ({"pulse": 130}, False), ({"pulse": 131}, True), ({"temperature": 35}, True), ({"spo2": 91}, True)],
)
def test_one_measurement_of_three_points_is_a_warning_of_its_own(change: dict[str, Any], red: bool) -> None:
    assert shown("early_warning_score", "news", "red", {**WELL, **change}) is red


@pytest.mark.parametrize(("unit", "patient"), list(itertools.product(("O", "A", "B", "AB"), repeat=2)))
def test_red_cells_of_another_group_are_warned_of(unit: str, patient: str) -> None:
    fits = set(unit.replace("O", "")) <= set(patient.replace("O", ""))
    answers = {"bedside_group_unit": unit, "bedside_group_patient": patient}
    assert shown("blood_transfusion", "bedside", "mismatch", answers) is not fits


def chosen(code: str, section: str, most: bool) -> dict[str, Any]:
    """The answers of most (or least) points to every choice of a scale."""
    pick = max if most else min
    fields = [f for f in FORMS[code].section(section).fields if f.type == "choice"]  # type: ignore[union-attr]
    return {
        f.id: [c.code for c in f.choices if most or not c.points]
        if f.multiple
        else pick(f.choices, key=lambda c: c.points or 0).code
        for f in fields
    }


@pytest.mark.parametrize(
    ("code", "section", "least", "most"),
    [
        ("pressure_ulcer_risk", "braden", 6, 23),
        ("fall_risk", "morse", 0, 125),
        ("nihss", "nihss", 0, 42),
        ("pain_assessment", "flacc", 0, 10),
        ("swallowing_assessment", "guss", 0, 20),
        ("vte_risk", "padua", 0, 20),
        ("nutrition_screening", "nrs_final", 0, 7),
        ("nutrition_screening", "strongkids", 0, 5),
    ],
)
def test_a_scale_runs_from_its_least_to_its_most(code: str, section: str, least: int, most: int) -> None:
    assert scored(code, section, chosen(code, section, most=False))[0] == least
    assert scored(code, section, chosen(code, section, most=True))[0] == most


@pytest.mark.parametrize(("eyes", "motor", "total", "level"), [("4", "6", 15, "ok"), ("1", "1", 7, "danger")])
def test_glasgow_takes_the_verbal_answer_of_the_age(eyes: str, motor: str, total: int, level: str) -> None:
    for verbal in ("verbal_adult", "verbal_infant"):
        assert scored("glasgow_scale", "glasgow", {"eyes": eyes, verbal: "5", "motor": motor}) == (total, level)
    assert scored("glasgow_scale", "glasgow", {"eyes": eyes, "motor": motor}) == (None, "")


def test_swallowing_stops_at_saliva_when_it_fails() -> None:
    answers = {"vigilance": "1", "cough": "1", "swallow": "1", "drooling": "1", "voice": "0"}
    assert scored("swallowing_assessment", "guss", answers) == (4, "danger")
    assert not shown("swallowing_assessment", "guss", "semi_swallow", answers)
    assert shown("swallowing_assessment", "guss", "semi_swallow", {**answers, "voice": "1"})


def test_caprini_adds_what_is_ticked() -> None:
    answers = {"age": "2", "surgery": "open", "one": ["bmi", "varices"], "two": ["cancer"], "three": ["none"]}
    assert scored("vte_risk", "caprini", {**answers, "five": ["none"]}) == (8, "danger")
    assert scored("vte_risk", "caprini", answers) == (None, "")


def test_who_leaves_recovery_below_nine_points_is_explained() -> None:
    full = dict.fromkeys(("activity", "breathing", "circulation", "awareness", "oxygenation"), "2")
    assert scored("recovery_room_monitoring", "leaving", full, "aldrete") == (10, "ok")
    poor = {**full, "oxygenation": "0"}
    assert scored("recovery_room_monitoring", "leaving", poor, "aldrete") == (8, "danger")
    assert shown("recovery_room_monitoring", "leaving", "reason_below", poor)
    assert not shown("recovery_room_monitoring", "leaving", "reason_below", full)
