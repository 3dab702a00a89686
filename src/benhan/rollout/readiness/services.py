"""Verbs: `begin`, `step`, `run` a look at the house, and `state` what only a person knows."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from uuid import UUID

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean
from benhan.law.rollout import criteria
from benhan.rollout.readiness import queries
from benhan.rollout.readiness.judging import FAIL, PASS, STATEMENT, look
from benhan.rollout.readiness.models import ReadinessRun, Statement

STEP_SECONDS = 0.7
TEXT_MAX = 2_000


def begin(*, actor: Actor) -> ReadinessRun:
    """Begin a look; `step` goes on with it, so that a page can show how far it is."""
    gate.require(actor, "readiness.run.make")
    with audit.unit_of_work("readiness.run.make"):
        made = ReadinessRun.objects.create(begun_at=clock.now(), by_name=actor.full_name or actor.username)
        audit.record("readiness.run.make", object_type="readinessrun", object_id=str(made.pk))
    return made


def step(run_id: UUID, *, actor: Actor, seconds: float = STEP_SECONDS) -> ReadinessRun:
    """Judge further criteria for about so many seconds (at least one). The last one finishes the look."""
    gate.require(actor, "readiness.run.make")
    run = queries.run(run_id)
    if run.finished_at is not None:
        return run
    found, end = run.found, time.monotonic() + seconds
    for code in criteria():
        if code in found:
            continue
        found[code] = _judged(code)
        if time.monotonic() >= end:
            break
    with audit.unit_of_work("readiness.run.make"):
        run = ReadinessRun.objects.select_for_update().get(pk=run.pk)
        if run.finished_at is not None:
            return run
        merged = run.found | found
        run.findings = json.dumps({code: merged[code] for code in criteria() if code in merged}, ensure_ascii=False)
        if len(merged) == len(criteria()):
            _finish(run)
        run.save()
    return run


def run(*, actor: Actor) -> ReadinessRun:
    """A whole look at once (command line, background)."""
    made = begin(actor=actor)
    while made.finished_at is None:
        made = step(made.pk, actor=actor, seconds=60)
    return made


def _judged(code: str) -> dict[str, object]:
    finding = look(code)
    told = finding.as_dict()
    if finding.result == STATEMENT and (statement := queries.statement_in_force(code)) is not None:
        told["statement"] = {
            "holds": statement.holds,
            "text": statement.text,
            "by": f"{statement.by_title} {statement.by_name}".strip(),
            "at": statement.made_at.isoformat(),
            "valid_to": statement.valid_to.isoformat(),
        }
    return told


def _finish(run: ReadinessRun) -> None:
    met = [queries.met(told) for told in run.found.values()]
    run.passed = sum(told["result"] == PASS for told in run.found.values())
    run.failed = sum(told["result"] == FAIL for told in run.found.values())
    run.stated = sum(met) - run.passed
    run.open_statements = len(met) - run.passed - run.failed - run.stated
    run.finished_at = clock.now()


def state(code: str, *, holds: bool, text: str, actor: Actor) -> Statement:
    """Record what a person states: signed with name and title, counted for as long as the criterion says. A statement never
    turns a failed measurement into a passed one: only criteria that nobody can measure take one."""
    gate.require(actor, "readiness.statement.make")
    text = clean(text).strip()
    criterion = criteria().get(code)
    if criterion is None or not queries.takes_statement(code):
        raise Invalid([FieldError("code", "unknown", "Tiêu chí này do máy đo, không nhận xác nhận")])
    if not 10 <= len(text) <= TEXT_MAX:
        raise Invalid(
            [FieldError("text", "length", f"Nêu căn cứ từ 10 đến {TEXT_MAX} ký tự: văn bản, số, ngày, nơi xem")]
        )
    with audit.unit_of_work("readiness.statement.make"):
        made = Statement.objects.create(
            code=code,
            holds=holds,
            text=text,
            by_name=actor.full_name,
            by_title=actor.job_title,
            made_at=clock.now(),
            valid_to=clock.today() + timedelta(days=criterion.valid_days),
        )
        audit.record("readiness.statement.make", object_type="criterion", object_id=code, detail={"holds": holds})
    return made
