"""Reads: the plan that counts, its tasks with what they mean today, reminders, the budget."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.rollout.plan.models import Plan, Task
from benhan.rollout.survey.queries import OWNERS as SURVEY_OWNERS

OWNERS = {**SURVEY_OWNERS, "everybody": "Mọi nhân viên"}
SOON_DAYS = 7


@dataclass(frozen=True)
class Row:
    """A task as it stands today: done | late | running | soon | later."""

    task: Task

    @property
    def standing(self) -> str:
        """How it stands."""
        today = clock.today()
        if self.task.done_at is not None:
            return "done"
        if self.task.ends < today:
            return "late"
        if self.task.starts <= today:
            return "running"
        return "soon" if (self.task.starts - today).days <= SOON_DAYS else "later"

    @property
    def owner_name(self) -> str:
        """Who, in words; the person when one is named."""
        role = OWNERS.get(self.task.owner, self.task.owner)
        return f"{self.task.person} ({role})" if self.task.person else role


def current() -> Plan | None:
    """The newest plan."""
    return Plan.objects.select_related("trial_department").first()


def task(task_id: UUID) -> Task:
    """A task; NotFound."""
    found = Task.objects.select_related("plan", "department").filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found


def rows(plan: Plan) -> list[Row]:
    """All tasks in the order of their dates."""
    return [Row(t) for t in plan.tasks.select_related("department")]


def reminders(limit: int = 12) -> list[Row]:
    """What is late, running or about to begin: for the first page."""
    plan = current()
    found = [r for r in rows(plan) if r.standing in ("late", "running", "soon")] if plan else []
    order = {"late": 0, "running": 1, "soon": 2}
    return sorted(found, key=lambda r: (order[r.standing], r.task.ends))[:limit]


def overdue_days(plan: Plan) -> int:
    """By how many days the plan ends after its deadline; 0 when it holds."""
    last = plan.tasks.order_by("-ends").first()
    return max(0, (last.ends - plan.due).days) if last else 0


def budget(plan: Plan) -> tuple[list[Task], int]:
    """Budget lines and their sum in whole đồng."""
    lines = [t for t in plan.tasks.all() if t.quantity and t.price]
    return lines, sum(t.cost for t in lines)


def progress(plan: Plan) -> dict[str, int]:
    """How many tasks there are, done, late."""
    found = [r.standing for r in rows(plan)]
    return {"total": len(found), "done": found.count("done"), "late": found.count("late")}
