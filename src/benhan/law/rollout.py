"""The way to a paperless facility as data: the nine points, the functions of CV 365, the criteria, the duties, the survey,
the tasks. Each line names its source and how sure we are."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "rollout"
DEADLINE = date(2026, 12, 31)  # TT 13/2025/TT-BYT Art. 4.2.b
PAPERLESS = date(2027, 1, 1)  # a plan's target, not the circular's
COSTS = {
    "none": "không tốn tiền",
    "low": "dưới 10 triệu đồng",
    "medium": "10–100 triệu đồng",
    "high": "trên 100 triệu đồng",
}


@dataclass(frozen=True)
class Point:
    """One of the nine points of TT 13/2025 Art. 1–3, with the R-numbers it traces to."""

    code: str
    title_vi: str
    article: str
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class Function:
    """One line of the functional list of CV 365 annex III."""

    code: str
    title_vi: str
    source: str
    requirement: str
    certainty: str


@dataclass(frozen=True)
class Criterion:
    """What a check is about. `aim`: what its figure is compared with; `valid_days`: how long a person's statement counts."""

    code: str
    title_vi: str
    advice_vi: str
    points: tuple[str, ...]
    functions: tuple[str, ...]
    requirements: tuple[str, ...]
    weight: int
    owner: str
    cost: str
    aim: int
    valid_days: int = 365


@dataclass(frozen=True)
class Duty:
    """A date the law or a plan sets, and what has to be done. `kind` law | plan | guide; `criteria`: checks that see it done."""

    code: str
    due: date
    every: str
    title_vi: str
    who: str
    what_to_do: str
    source: str
    act: str
    kind: str
    criteria: tuple[str, ...]
    certainty: str


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@cache
def points() -> tuple[Point, ...]:
    """The nine points in order."""
    return tuple(
        Point(r["code"], r["title_vi"], r["article"], tuple(r["requirements"].split())) for r in _rows("points.csv")
    )


@cache
def functions() -> tuple[Function, ...]:
    """The functions of CV 365 in order."""
    return tuple(Function(**r) for r in _rows("functions.csv"))


@cache
def criteria() -> dict[str, Criterion]:
    """All criteria by code, in the file's order."""
    return {code: _criterion(code, line) for code, line in _yaml("criteria.yaml").items()}


def _criterion(code: str, line: dict[str, Any]) -> Criterion:
    lists: dict[str, tuple[str, ...]] = {k: tuple(map(str, line[k])) for k in ("points", "functions", "requirements")}
    return Criterion(code=code, **{**line, **lists})


@cache
def duties() -> tuple[Duty, ...]:
    """The law calendar, by date."""
    made = [
        Duty(**{**r, "due": date.fromisoformat(r["due"]), "criteria": tuple(r["criteria"].split())})  # type: ignore[arg-type]  # a row of our own file
        for r in _rows("duties.csv")
    ]
    return tuple(sorted(made, key=lambda d: (d.due, d.code)))


@cache
def survey() -> list[dict[str, Any]]:
    """The survey: sections with their questions (survey.yaml says what each word means)."""
    return list(_yaml("survey.yaml"))


@cache
def tasks() -> list[dict[str, Any]]:
    """The tasks a plan is made from (tasks.yaml)."""
    return list(_yaml("tasks.yaml"))


@dataclass(frozen=True)
class GapKind:
    """Something that may be missing: what closes it, who, how dear, from which source, after which others."""

    code: str
    title_vi: str
    task_vi: str
    weight: int
    owner: str
    cost: str
    days: int
    source: str
    needs: tuple[str, ...] = ()
    budget: dict[str, Any] | None = None


@cache
def gap_kinds() -> dict[str, GapKind]:
    """Every gap the survey may find, by code."""
    return {
        code: GapKind(code=code, **{**line, "needs": tuple(line.get("needs", ()))})
        for code, line in _yaml("gaps.yaml").items()
    }
