"""Verbs of practice: begin a task, look whether it is done (the certificate follows by itself)."""

from __future__ import annotations

import json

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.access.models import Account
from benhan.audit import queries as log
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.law import training as law
from benhan.rollout.training import cases, handover, proving, queries
from benhan.rollout.training.house import require_practice
from benhan.rollout.training.models import Attempt, Certificate


def begin(code: str, *, actor: Actor) -> Attempt:
    """Begin (or begin again) a task of one of the actor's roles: its invented patient is made ready, and from the present end
    of the log on the program looks for the facts that prove it."""
    require_practice()
    gate.require(actor, "training.task.practise")
    task = law.tasks().get(code)
    if task is None or task.role not in actor.roles or actor.account_id is None:
        raise NotFound("Việc thực hành này không thuộc vai trò của bạn")
    case = cases.make(task.case, actor)
    with audit.unit_of_work("training.task.practise"):
        made = Attempt.objects.create(
            account_id=actor.account_id,
            task=code,
            edition=law.edition(),
            began_at=clock.now(),
            began_seq=log.size(),
            patient_id=case.patient.pk if case.patient else None,
            record_id=case.record.pk if case.record else None,
        )
        audit.record("training.task.begin", object_type="task", object_id=code)
    return made


def look(actor: Actor) -> queries.Standing | None:
    """How far the actor's present task is, by the log; what is proven is kept, and with the last task of a role its certificate
    is made. None when no task was begun."""
    require_practice()
    attempt = queries.present(actor)
    if attempt is None:
        return None
    seqs = proving.proven(attempt, law.tasks()[attempt.task])
    if attempt.done_at is None and len(seqs) == len(law.tasks()[attempt.task].facts):
        _note_done(attempt, seqs, actor)
    return queries.standing(attempt, seqs)


def _note_done(attempt: Attempt, seqs: list[int], actor: Actor) -> None:
    certified = False
    with audit.unit_of_work("training.task.practise"):
        fresh = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if fresh.done_at is None:
            fresh.done_at, fresh.proof = clock.now(), json.dumps(seqs)
            fresh.save(update_fields=["done_at", "proof"])
            audit.record("training.task.done", object_type="task", object_id=fresh.task)
            certified = _certify(law.tasks()[fresh.task].role, actor)
    attempt.done_at = fresh.done_at
    if certified:
        handover.put_beside()


def _certify(role: str, actor: Actor) -> bool:
    """The certificate of a role, once its last task is done; True when it is new."""
    tasks, done = law.of_role(role), queries.done_at(actor)
    if any(t.code not in done for t in tasks):
        return False
    account = Account.objects.select_related("staff__department").get(username=actor.username)
    department = account.staff.department if account.staff else None
    _, made = Certificate.objects.get_or_create(
        username=account.username,
        role=role,
        edition=law.edition(),
        defaults={
            "full_name": actor.full_name,
            "job_title": actor.job_title,
            "department_code": department.code if department else "",
            "department_name": department.name if department else "",
            "tasks": json.dumps([[t.code, t.title_vi, done[t.code].isoformat()] for t in tasks], ensure_ascii=False),
            "completed_at": max(done[t.code] for t in tasks),
            "recorded_at": clock.now(),
        },
    )
    if made:
        audit.record("training.certificate.earn", object_type="certificate", detail={"role": role})
    return made
