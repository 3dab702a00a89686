"""The acting person as plain values: what the gate and the verbs need to know, and nothing that can be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from benhan.access.models import Account


@dataclass(frozen=True)
class Actor:
    """Who acts. `job_title` and `position` are as of now; verbs store them with every entry (R-54)."""

    account_id: UUID | None
    username: str
    full_name: str
    staff_id: UUID | None = None
    job_title: str = ""
    position: str = ""
    licence_number: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    department_ids: frozenset[UUID] = field(default_factory=frozenset)
    kind: str = "person"


def actor_for(account: Account) -> Actor:
    """Build the actor of an account (two queries)."""
    assignments = list(account.assignments.all())
    staff = account.staff
    departments = {a.department_id for a in assignments if a.department_id}
    if staff is not None and staff.department_id and any(a.department_id is None for a in assignments):
        departments.add(staff.department_id)
    return Actor(
        account_id=account.pk,
        username=account.username,
        full_name=staff.full_name if staff else account.display_name,
        staff_id=staff.pk if staff else None,
        job_title=staff.job_title if staff else "",
        position=staff.position if staff else "",
        licence_number=staff.licence_number if staff else "",
        roles=frozenset(a.role for a in assignments),
        department_ids=frozenset(departments),
    )


def system_actor(purpose: str) -> Actor:
    """The house itself at work (import, set-up, seal in the background). `purpose` shows in the log."""
    return Actor(
        account_id=None,
        username=f"system:{purpose}",
        full_name=f"Hệ thống ({purpose})",
        roles=frozenset({"system"}),
        kind="system",
    )
