"""Verb: `note_done`."""

from __future__ import annotations

from datetime import date

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean
from benhan.rollout.duties import queries
from benhan.rollout.duties.models import DutyDone

EVIDENCE_MIN, EVIDENCE_MAX = 10, 1_000


def note_done(code: str, due: date, *, evidence: str, actor: Actor) -> DutyDone:
    """Note that a duty was done for that date, with the paper that shows it."""
    gate.require(actor, "duties.calendar.note")
    evidence = clean(evidence).strip()
    if (code, due) not in {(e.duty.code, e.due) for e in queries.entries(everybody=True)}:
        raise Invalid([FieldError("code", "unknown", "Không có nghĩa vụ này vào ngày ấy")])
    if not EVIDENCE_MIN <= len(evidence) <= EVIDENCE_MAX:
        said = f"Nêu văn bản, số, ngày làm bằng chứng ({EVIDENCE_MIN} đến {EVIDENCE_MAX} ký tự)"
        raise Invalid([FieldError("evidence", "length", said)])
    with audit.unit_of_work("duties.calendar.note"):
        made = DutyDone.objects.create(
            code=code,
            due=due,
            evidence=evidence,
            by_name=actor.full_name,
            by_title=actor.job_title,
            made_at=clock.now(),
        )
        audit.record("duties.calendar.note", object_type="duty", object_id=code, detail={"due": due.isoformat()})
    return made
