"""Requests and their results: which request waits, which result form answers it, what of it goes into the result."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Exists, OuterRef

from benhan.access.actors import Actor
from benhan.forms.definition import FormVersion
from benhan.forms.extract import extract
from benhan.kernel import clock
from benhan.law import registry
from benhan.records import queries
from benhan.records.models import Document
from benhan.records.services import content_of

REQUEST_TEXTS_MAX = 40
WAITING_SHOWN = 50
_LINES = re.compile(r"[\n;,]+")


def forms_answering(document: Document, actor: Actor) -> list[FormVersion]:
    """The result forms that answer this request and that the actor may write."""
    return [f for f in _result_forms(actor) if f.answers == document.form_code]


def results_of(document: Document) -> list[Document]:
    """What was answered to a request, in order; cancelled results too, for they stay readable."""
    return list(Document.objects.filter(replies_to=document, record=document.record_id).order_by("order_no"))


def waiting_for_result(actor: Actor) -> list[Document]:
    """Requests of the actor's departments, in records still open, that have no result yet; the oldest first. Only those
    that the actor's role may answer."""
    asked = {f.answers for f in _result_forms(actor)}
    if not asked or not actor.department_ids:
        return []
    answered = Document.objects.filter(replies_to=OuterRef("pk"), document_state="active")
    rows = Document.objects.select_related("record__patient__merged_into", "department").filter(
        record__record_state__in=("open", "discharged"),
        record__department__in=actor.department_ids,
        form_code__in=asked,
        document_state="active",
        source="",
    )
    return list(rows.filter(~Exists(answered)).order_by("clinical_at")[:WAITING_SHOWN])


def requested(document: Document) -> list[str]:
    """What was asked for, as lines."""
    version = queries.current_version(document)
    form = registry.form_version(version.form_code, version.form_valid_from)
    texts = [str(e.value or e.display) for e in extract(form, content_of(version)) if e.kind == "service_request"]
    lines = [line.strip(" -•\t") for text in texts for line in _LINES.split(text)]
    return [line for line in lines if line][:REQUEST_TEXTS_MAX]


def facts(document: Document | None) -> dict[str, Any]:
    """The group `request` of what is known when a result is begun: a row for each test asked for."""
    if document is None:
        return {}
    return {"tests": [{"test": line} for line in requested(document)]}


def _result_forms(actor: Actor) -> list[FormVersion]:
    roles = actor.roles | {actor.position}
    return [f for f in registry.forms(clock.today()) if f.answers and f.writers & roles]
