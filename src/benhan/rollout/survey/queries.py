"""Reads: the survey with both kinds of answers, how far it is, and the gaps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from benhan.law.rollout import COSTS, criteria, gap_kinds
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.survey.measured import measure
from benhan.rollout.survey.models import Answer
from benhan.rollout.survey.questions import Question, questions, sections

OWNERS = {
    "director": "Lãnh đạo cơ sở",
    "planning": "Phòng Kế hoạch tổng hợp",
    "administrator": "Phụ trách công nghệ thông tin",
    "department_head": "Trưởng khoa",
    "reception": "Tiếp đón",
    "archivist": "Lưu trữ hồ sơ",
}


@dataclass(frozen=True)
class Answered:
    """One question with what the system saw and what a person said; the person's word counts where both are there."""

    question: Question
    seen: Any
    given: Any
    by: str = ""

    @property
    def value(self) -> Any:
        """What counts."""
        return self.given if self.given is not None else self.seen

    @property
    def is_answered(self) -> bool:
        """Does anything count?"""
        return self.value not in (None, "", [])


@dataclass(frozen=True)
class Gap:
    """Something missing: of the survey, or a criterion that is not met."""

    code: str
    title: str
    task: str
    weight: int
    owner: str
    cost: str
    source: str
    found_by: str
    days: int = 3
    needs: tuple[str, ...] = ()
    advice: str = ""

    @property
    def owner_name(self) -> str:
        """Who sees to it, in words."""
        return OWNERS.get(self.owner, self.owner)

    @property
    def cost_name(self) -> str:
        """The class of cost in words."""
        return COSTS[self.cost]


def answers(only: Collection[str] | None = None) -> dict[str, Answered]:
    """Every question (or those named) with its answers. Measures afresh."""
    given = {a.question: a for a in Answer.objects.all()}
    found = {}
    for question in (q for q in questions().values() if only is None or q.id in only):
        kept = given.get(question.id)
        found[question.id] = Answered(
            question,
            measure(question.measured) if question.measured else None,
            kept.value if kept else None,
            f"{kept.by_title} {kept.by_name}".strip() if kept else "",
        )
    return found


def shown(found: dict[str, Answered]) -> list[tuple[str, str, list[Answered], int]]:
    """Sections for the page: (id, title, answered questions, how many are open)."""
    rows = []
    for code, title, asked in sections():
        lines = [found[q.id] for q in asked]
        rows.append((code, title, lines, sum(not line.is_answered for line in lines)))
    return rows


def gaps(found: dict[str, Answered] | None = None) -> list[Gap]:
    """What is missing, heaviest first: by the survey's answers, then criteria of the last look that are not met. A gap two
    questions point at stands once; a criterion whose gap the survey found already stands once too."""
    found = found if found is not None else answers()
    by_code: dict[str, Gap] = {}
    for line in found.values():
        for rule in line.question.gaps:
            if rule.gap not in by_code and rule.holds(line.value):
                kind = gap_kinds()[rule.gap]
                by_code[rule.gap] = Gap(
                    kind.code, kind.title_vi, kind.task_vi, kind.weight, kind.owner, kind.cost, kind.source,
                    _found_by(line), kind.days, kind.needs,
                )  # fmt: skip
    for code, gap in _of_criteria().items():
        if SAME.get(code, code) not in by_code:
            by_code.setdefault(code, gap)
    return sorted(by_code.values(), key=lambda g: (-g.weight, g.title))


def _found_by(line: Answered) -> str:
    asked = line.question
    said = "không có" if asked.measured and not line.is_answered else asked.said(line.value)
    return f"{asked.label_vi}: {said}"


# A criterion of readiness and a gap of the survey that mean the same thing.
SAME = {
    "abbreviations_published": "abbreviations",
    "backup_recent": "backup",
    "backup_proved": "restore_drill",
    "backup_elsewhere": "second_copy",
    "staff_certificates": "certificates",
    "public_certificates": "public_ca",
    "seal_valid": "organisation_seal",
    "regulation_issued": "regulation",
    "level_approved": "security_level",
    "security_dossier": "security_level",
    "dpia_made": "dpia",
    "disk_free": "storage",
    "network_security": "firewall",
}
# What the plan's own backbone closes (trial, go-live, decision) is no gap beside it.
OF_THE_PLAN = {
    "departments_electronic",
    "paper_open",
    "decision_issued",
    "announced",
    "training_done",
    "records_electronic",
}


def _of_criteria() -> dict[str, Gap]:
    last = readiness.latest()
    if last is None:
        return {}
    found = {}
    for line in readiness.lines(last):
        criterion = line.criterion
        if line.met or criterion.code in OF_THE_PLAN:
            continue
        found[criterion.code] = Gap(
            criterion.code, f"{criterion.title_vi}: chưa đạt", f"Bảo đảm: {criterion.title_vi}", criterion.weight,
            criterion.owner, criterion.cost, ", ".join(criterion.requirements), str(line.told["figure"]),
            advice=criterion.advice_vi,
        )  # fmt: skip
    assert found.keys() <= criteria().keys()
    return found
