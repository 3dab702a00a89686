"""Reads: the own tasks, the progress of everybody, and the certificates for the dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from benhan.access.actors import Actor
from benhan.access.models import ROLES, Account, RoleAssignment
from benhan.law import training as law
from benhan.law.training import Step, Task
from benhan.patients.models import Patient
from benhan.records.models import MedicalRecord
from benhan.rollout.training.cases import PREFIX
from benhan.rollout.training.models import Attempt, Certificate


@dataclass(frozen=True)
class Standing:
    """A task under way: how many of its facts the log proves, and its invented patient."""

    task: Task
    proven: int
    is_done: bool
    patient: Patient | None
    record: MedicalRecord | None

    @property
    def steps(self) -> list[tuple[Step, bool]]:
        """Each step with whether it lies behind: a step without a fact does when a later one is proven."""
        found, left = [], self.proven
        behind = len(self.task.steps) if self.is_done else 0
        for number, step in enumerate(self.task.steps):
            if step.fact is not None and left:
                left, behind = left - 1, max(behind, number + 1)
        for number, step in enumerate(self.task.steps):
            found.append((step, number < behind))
        return found

    def now(self, page: str) -> int:
        """Which step is at hand (its number from 0; the count of steps when all is done): the furthest one that belongs to the
        page shown, up to the next one that is proven by a fact."""
        steps = self.steps
        first = next((n for n, (_, behind) in enumerate(steps) if not behind), len(steps))
        for number in range(first, len(steps)):
            if steps[number][0].fact is not None or number == len(steps) - 1:
                return max([n for n in range(first, number + 1) if page in steps[n][0].pages], default=first)
        return first


@dataclass(frozen=True)
class Mine:
    """One task of the own roles: when it was done, whether it is the present one."""

    task: Task
    done_at: datetime | None
    is_present: bool


@dataclass(frozen=True)
class Learner:
    """Somebody who has to practise a role."""

    username: str
    full_name: str
    job_title: str
    department: str
    role: str
    done: int
    total: int
    certified_at: datetime | None

    @property
    def role_name(self) -> str:
        """The role in words."""
        return ROLES[self.role]


@dataclass(frozen=True)
class Earned:
    """A certificate: who, in which role, which tasks, when. `is_current`: of the tasks in use today."""

    username: str
    full_name: str
    job_title: str
    department: str
    role: str
    role_name: str
    tasks: tuple[tuple[str, datetime], ...]
    completed_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Trained:
    """A line of the dossier's list: who, in which role, which tasks, how many, finished when (None: not yet)."""

    person: str
    title: str
    department: str
    role_name: str
    tasks: tuple[str, ...]
    done: int
    total: int
    finished_at: datetime | None


def present(actor: Actor) -> Attempt | None:
    """The attempt the panel shows: the newest of this person, while its task still exists."""
    newest = Attempt.objects.filter(account_id=actor.account_id).first() if actor.account_id else None
    return newest if newest is not None and newest.task in law.tasks() else None


def standing(attempt: Attempt, proven: list[int]) -> Standing:
    """An attempt with what was proven so far."""
    return Standing(
        task=law.tasks()[attempt.task],
        proven=len(proven),
        is_done=attempt.done_at is not None,
        patient=Patient.objects.filter(pk=attempt.patient_id).first() if attempt.patient_id else None,
        record=MedicalRecord.objects.filter(pk=attempt.record_id).first() if attempt.record_id else None,
    )


def done_at(actor: Actor) -> dict[str, datetime]:
    """When each task was first done by this person (tasks in use today)."""
    return _done([actor.account_id]).get(actor.account_id, {}) if actor.account_id else {}


def _done(account_ids: list[UUID] | None = None) -> dict[UUID, dict[str, datetime]]:
    rows = Attempt.objects.filter(done_at__isnull=False, edition=law.edition()).order_by()
    rows = rows if account_ids is None else rows.filter(account_id__in=account_ids)
    found: dict[UUID, dict[str, datetime]] = {}
    for account_id, task, first in rows.values_list("account_id", "task").annotate(first=Min("done_at")):
        found.setdefault(account_id, {})[task] = first
    return found


def mine(actor: Actor) -> dict[str, list[Mine]]:
    """The tasks of the actor's roles, by role."""
    done, now = done_at(actor), present(actor)
    here = now.task if now is not None and now.done_at is None else ""
    return {
        role: [Mine(t, done.get(t.code), t.code == here) for t in law.of_role(role)]
        for role in ROLES
        if role in actor.roles and law.of_role(role)
    }


def learners() -> list[Learner]:
    """Everybody who has to practise, once for each role that has tasks, by department and name: active accounts, without
    instructors."""
    accounts = Account.objects.filter(is_active=True).exclude(username__startswith=PREFIX)
    people = accounts.select_related("staff__department").prefetch_related("assignments")
    done = _done()
    held = {(c.username, c.role): c.completed_at for c in Certificate.objects.filter(edition=law.edition())}
    found = []
    for account in people:
        staff = account.staff
        place = staff.department.name if staff and staff.department else ""
        for role in sorted({a.role for a in account.assignments.all()}):
            tasks = law.of_role(role)
            if not tasks:  # a health department's own people
                continue
            count = sum(t.code in done.get(account.pk, {}) for t in tasks)
            certified = held.get((account.username, role))
            found.append(
                Learner(
                    account.username,
                    staff.full_name if staff else account.display_name,
                    staff.job_title if staff else "",
                    place,
                    role,
                    len(tasks) if certified else count,
                    len(tasks),
                    certified,
                )
            )
    return sorted(found, key=lambda x: (x.department, x.full_name, x.role))


def certificates() -> list[Trained]:
    """For the dossier: everybody who must train, once for each role, by department and name, with how far they are. Tasks and
    moment come from the certificate, whose signed list the real house took over (in the practice house: as earned there)."""
    tasks = {(c.username, c.role): c.tasks_done for c in Certificate.objects.filter(edition=law.edition())}
    return [
        Trained(
            person=x.full_name,
            title=x.job_title,
            department=x.department,
            role_name=x.role_name,
            tasks=tuple(title for _, title, _ in tasks.get((x.username, x.role), ())),
            done=x.done,
            total=x.total,
            finished_at=x.certified_at,
        )
        for x in learners()
    ]


def earned() -> list[Earned]:
    """Every certificate there is, also of people who left and of older tasks, by department and name."""
    return [
        Earned(
            username=c.username,
            full_name=c.full_name,
            job_title=c.job_title,
            department=c.department_name,
            role=c.role,
            role_name=ROLES[c.role],
            tasks=tuple((title, datetime.fromisoformat(at)) for _, title, at in c.tasks_done),
            completed_at=c.completed_at,
            is_current=c.edition == law.edition(),
        )
        for c in Certificate.objects.all()
    ]


def held_roles() -> set[tuple[str, str]]:
    """(user name, role) of every active account."""
    rows = RoleAssignment.objects.filter(account__is_active=True)
    return set(rows.values_list("account__username", "role"))
