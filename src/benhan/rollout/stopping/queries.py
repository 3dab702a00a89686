"""Reads: phases, paper still open, prints a week and why."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery

from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.law import registry
from benhan.law.rollout import FOLDER
from benhan.records.models import LookupCode, MedicalRecord
from benhan.rollout.stopping.models import PHASES, PhaseChange

WEEKS = 12
MEDIUM_OF = {"paper": "paper", "parallel": "mixed", "electronic": "electronic"}
OPEN_STATES = ("open", "discharged")
ROWS_MAX = 200


@dataclass(frozen=True)
class Standing:
    """One clinical department: its phase since when, and its open records by medium."""

    department: Department
    phase: str
    since: datetime | None
    open_by_medium: dict[str, int]

    @property
    def phase_name(self) -> str:
        """The phase in words."""
        return PHASES[self.phase]

    @property
    def paper_open(self) -> int:
        """Records still (also) on paper."""
        return self.open_by_medium.get("paper", 0) + self.open_by_medium.get("mixed", 0)


@dataclass(frozen=True)
class PrintReason:
    """Why a form may still be printed."""

    form_code: str
    reason_vi: str
    source: str


def is_begun() -> bool:
    """Did anybody decide a phase yet? Until then the house is as it always was: electronic."""
    return PhaseChange.objects.exists()


def phase_of(department: Department) -> str:
    """The phase of a department; `paper` until somebody decided."""
    return phase_of_id(department.pk)


def phase_of_id(department_id: UUID) -> str:
    """The same by id."""
    last = PhaseChange.objects.filter(department_id=department_id).first()
    return last.to_phase if last else "paper"


def medium_of_new(department_id: UUID) -> str:
    """What a record opened now is: by the department's phase, electronic where nobody ever decided one (a house that never
    had paper needs no phases)."""
    last = PhaseChange.objects.filter(department_id=department_id).first()
    return MEDIUM_OF[last.to_phase] if last else "electronic"


def department(department_id: UUID) -> Department:
    """A clinical department; NotFound."""
    found = Department.objects.filter(pk=department_id, kind="clinical").first()
    if found is None:
        raise NotFound
    return found


def standings() -> list[Standing]:
    """Every active clinical department. Three queries however many there are."""
    last = PhaseChange.objects.filter(department=OuterRef("pk")).order_by("-pk")
    rows = Department.objects.filter(is_active=True, kind="clinical").annotate(
        phase=Subquery(last.values("to_phase")[:1]), since=Subquery(last.values("made_at")[:1])
    )
    counts: dict[UUID, dict[str, int]] = {}
    records = MedicalRecord.objects.filter(record_state__in=OPEN_STATES).exclude(medium="imported")
    for row in records.values("department_id", "medium").annotate(n=Count("pk")):
        counts.setdefault(row["department_id"], {})[row["medium"]] = row["n"]
    return [Standing(d, d.phase or "paper", d.since, counts.get(d.pk, {})) for d in rows]


def paper_open(of: Department | None = None) -> list[MedicalRecord]:
    """Open records that are (also) on paper, oldest first: who still has to finish there, and since when."""
    rows = MedicalRecord.objects.filter(record_state__in=OPEN_STATES, medium__in=("paper", "mixed"))
    rows = rows.filter(department=of) if of is not None else rows
    return list(rows.select_related("department", "encounter").order_by("opened_at")[:ROWS_MAX])


def in_treatment(of: Department) -> list[MedicalRecord]:
    """Everybody's record in treatment there, with its medium."""
    rows = MedicalRecord.objects.filter(department=of, record_state="open").exclude(medium="imported")
    return list(rows.select_related("patient", "encounter").order_by("medium", "opened_at")[:ROWS_MAX])


def changes(of: Department) -> list[PhaseChange]:
    """All decisions about a department, newest first."""
    return list(PhaseChange.objects.filter(department=of))


def prints_by_week(weeks: int = WEEKS) -> list[tuple[date, int]]:
    """(Monday, printed copies) of the last weeks, the running one last."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    first = monday - timedelta(weeks=weeks - 1)
    made = LookupCode.objects.filter(kind="paper", made_at__gte=clock.now() - timedelta(weeks=weeks + 1))
    counted = Counter(
        (day := clock.day_of(at)) - timedelta(days=day.weekday()) for at in made.values_list("made_at", flat=True)
    )
    return [(week, counted.get(week, 0)) for week in (first + timedelta(weeks=n) for n in range(weeks))]


@cache
def print_reasons() -> dict[str, PrintReason]:
    """Which printed copies are still needed, by form, with the reason and its source."""
    with (FOLDER / "prints.csv").open(encoding="utf-8", newline="") as file:
        return {row["form_code"]: PrintReason(**row) for row in csv.DictReader(file)}


def printed_forms(days: int = 30) -> list[tuple[str, int, PrintReason | None]]:
    """(form's name, copies, why it is needed) of the last days, most printed first."""
    made = LookupCode.objects.filter(kind="paper", made_at__gte=clock.now() - timedelta(days=days))
    rows: Any = made.values("version__form_code").annotate(n=Count("pk")).order_by("-n")[:40]
    found = []
    for row in rows:
        code = row["version__form_code"]
        known = registry.versions(code)
        found.append((known[-1].name_vi if known else code, row["n"], print_reasons().get(code)))
    return found
