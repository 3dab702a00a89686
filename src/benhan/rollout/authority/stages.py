"""Where a place stands, from its report. Pure."""

from __future__ import annotations

from typing import Any

from benhan.law.rollout import criteria, gap_kinds
from benhan.rollout.survey.queries import SAME

STARTED_MAX = 3


def points_met(report: dict[str, Any]) -> int:
    """How many of the nine points are met."""
    return sum(p["result"] == "pass" for p in report["points"])


def stage(report: dict[str, Any]) -> str:
    """started | advancing | ready | announced. An announcement counts only with nine points: a paper without the substance is
    none."""
    met = points_met(report)
    if met == len(report["points"]):
        return "announced" if report["announced_on"] else "ready"
    electronic = any(d["phase"] != "paper" for d in report["departments"])
    return "advancing" if met > STARTED_MAX or electronic else "started"


def blocking(report: dict[str, Any]) -> list[str]:
    """What stands in the way: failing checks of weight four and five, and gaps of that weight."""
    failing = [c for c, result in report["checks"].items() if result == "fail" and criteria()[c].weight >= 4]
    kinds, known = gap_kinds(), criteria()
    weights = {g: kinds[g].weight if g in kinds else known[g].weight for g in report["gaps"]}
    said = {g for g, w in weights.items() if w >= 4}
    return sorted({*said, *(code for code in failing if SAME.get(code) not in said)})


def title(code: str) -> str:
    """A code that blocks, in words."""
    return gap_kinds()[code].title_vi if code in gap_kinds() else criteria()[code].title_vi
