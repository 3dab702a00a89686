"""Does the log prove a task? Reads what the person did since the task began; nobody ticks anything off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from benhan.audit import queries as audit
from benhan.audit.models import AuditEvent
from benhan.law.training import Fact, Task
from benhan.patients.models import Identifier
from benhan.records.models import Document, DocumentVersion, MedicalRecord
from benhan.rollout.training.models import Attempt

EVENTS_MAX = 400  # of one person since one task began; what lies beyond is asked for by beginning again


def proven(attempt: Attempt, task: Task) -> list[int]:
    """The log lines that prove the facts of the task, in order, as far as they are there (all of them: the task is done)."""
    actions = sorted({a for f in task.facts for a in f.actions})
    events = audit.done_by(attempt.account_id, after=attempt.began_seq, actions=actions, limit=EVENTS_MAX)
    return [e.seq for e in _Proof(attempt, _forms(events)).longest(task.facts, events, None)]


@dataclass(frozen=True)
class _Proof:
    """One look: whose attempt, and the form of every paper the events are about."""

    attempt: Attempt
    forms: dict[str, str]

    def longest(
        self, facts: Sequence[Fact], events: Sequence[AuditEvent], before: AuditEvent | None
    ) -> list[AuditEvent]:
        """The longest run of facts from the first on: another paper may carry the rest, so every candidate is tried."""
        best: list[AuditEvent] = []
        for number, event in enumerate(events if facts else ()):
            fits = _fits(self.attempt, facts[0], event, before)
            if not fits or (facts[0].forms and self.forms.get(event.object_id) not in facts[0].forms):
                continue
            found = [event, *self.longest(facts[1:], events[number + 1 :], event)]
            if len(found) > len(best):
                best = found
            if len(best) == len(facts):
                break
        return best


def _fits(attempt: Attempt, fact: Fact, event: AuditEvent, before: AuditEvent | None) -> bool:
    if event.action not in fact.actions or (fact.object and event.object_type != fact.object):
        return False
    if fact.about == "case" and not _of_case(attempt, event):
        return False
    if fact.about == "same" and (before is None or event.object_id != before.object_id):
        return False
    detail = json.loads(event.detail)
    if any(detail.get(key) != value for key, value in fact.detail):
        return False
    return _of_thing(fact, event)


def _of_case(attempt: Attempt, event: AuditEvent) -> bool:
    """Is the event about the patient, or the record, made ready for this task?"""
    if attempt.record_id is not None and event.record_id:
        return event.record_id == str(attempt.record_id)
    return str(attempt.patient_id) in {event.patient_id, *event.subjects.split(",")}


def _of_thing(fact: Fact, event: AuditEvent) -> bool:
    """Conditions on the thing itself, as the rooms know it."""
    if fact.temporary and not Identifier.objects.filter(patient_id=event.patient_id, system="temporary").exists():
        return False
    if not fact.record_type:
        return True
    return MedicalRecord.objects.filter(pk=event.record_id, record_type__startswith=fact.record_type).exists()


def _forms(events: Sequence[AuditEvent]) -> dict[str, str]:
    """The form of each paper (and version of one) the events name. Two queries."""
    found = {}
    for kind, model in (("document", Document), ("documentversion", DocumentVersion)):
        ids = {e.object_id for e in events if e.object_type == kind}
        rows = model.objects.filter(pk__in=ids).values_list("pk", "form_code") if ids else ()
        found.update({str(pk): form for pk, form in rows})
    return found
