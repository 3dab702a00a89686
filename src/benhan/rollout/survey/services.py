"""Verbs of the survey: answers are saved as they are given, one at a time or a section at once."""

from __future__ import annotations

from collections.abc import Mapping

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import FieldError
from benhan.rollout.survey.models import Answer
from benhan.rollout.survey.questions import questions


def answer(typed: Mapping[str, list[str]], *, actor: Actor) -> list[FieldError]:
    """Save every good answer among those given (question → what was typed); an empty one takes an answer back. Returns the faults
    of the others: what was right is kept, what was wrong is told, nothing is lost."""
    gate.require(actor, "survey.survey.write")
    faults, good = [], {}
    for question in questions().values():
        if question.id not in typed:
            continue
        value, fault = question.read(typed[question.id])
        if fault is not None:
            faults.append(fault)
        else:
            good[question.id] = value
    _store(good, actor)
    return faults


def _store(values: Mapping[str, object], actor: Actor) -> None:
    kept = {a.question: a for a in Answer.objects.filter(question__in=list(values))}
    changed = {q: v for q, v in values.items() if v != (kept[q].value if q in kept else None)}
    if not changed:
        return
    with audit.unit_of_work("survey.survey.write"):
        for question, value in changed.items():
            if value is None:
                Answer.objects.filter(pk=question).delete()
                continue
            Answer.objects.update_or_create(
                pk=question,
                defaults={
                    "value": value,
                    "by_name": actor.full_name,
                    "by_title": actor.job_title,
                    "answered_at": clock.now(),
                },
            )
        audit.record(
            "survey.survey.write", object_type="survey", detail={"questions": len(changed), "first": min(changed)}
        )
