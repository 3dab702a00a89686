"""No page asks the database more because the record, the patient or the house has grown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benhan.access.web import routes
from benhan.exchange.bhyt.models import ImportRun
from benhan.formbook import services as formbook
from benhan.kernel import clock
from benhan.law import registry
from benhan.patients import services as patients
from benhan.patients.models import Identifier, Merge
from benhan.phrases import abbreviations
from benhan.phrases import services as phrases
from benhan.records import queries, services
from benhan.site.demo import complete
from tests.access.test_routes import rollout_ids
from tests.people import Cast, note, vitals
from tests.stories import sealed

pytestmark = pytest.mark.django_db

QUERIES_MAX = 45  # a page's whole answer: session, gate, its own reads, the log's append
MEASURING_MAX = 75  # pages that measure the house itself ask one thing each; still the same for any size
MEASURING = ("survey:", "plan:docx", "plan:pdf", "dossier:preview", "reporting:reports")
WHO_READS = ("doctor", "planning", "clerk", "administrator")
SMALL, LARGE = 2, 130  # more than a page of a hundred


def _stay(cast: Cast, size: int, name: str) -> dict[str, Any]:
    """A patient with a life of some size: papers of several kinds, some amended and cancelled, drafts, other records."""
    person = patients.Person(name, phone=f"09{size:08d}")
    patient = patients.register(person, actor=cast.clerk, citizen_id=f"00016{size:07d}")
    record = cast.open(patient=patient)
    for n in range(size):
        at = record.opened_at + timedelta(microseconds=n)
        written = services.write(record, "free_note", note(f"dòng {n}"), actor=cast.doctor, clinical_at=at)
        services.write(record, "vital_signs_chart", vitals(pulse=60 + n), actor=cast.nurse, clinical_at=at)
        entry = complete(record, "treatment_sheet", {"entry": {"at": at.isoformat(), "progress": f"lượt {n}"}})
        services.write(record, "treatment_sheet", entry, actor=cast.doctor, clinical_at=at)
    for n in range(min(size, 12)):
        draft = services.save_draft(record, "free_note", note(), actor=cast.doctor, client_key=f"{name}{n}")
        cast.open(patient=patient)
        twin = patients.register(patients.Person(name), actor=cast.clerk)
        patients.merge(patient, twin, reason="trùng", actor=cast.clerk)
        ImportRun.objects.create(source="x", started_at=clock.now(), started_by="x", finished_at=clock.now())
    for n in range(min(size, 12)):
        fresh = queries.document(written.document_id)
        services.amend(fresh, note(f"sửa {n}"), reason="Ghi thiếu", actor=cast.doctor, base_version_no=fresh.version_no)
    for n in range(size):
        short = f"{name[-3:].upper()}{n}"
        line = abbreviations.put(abbreviation=short, expansion="x y", department=None, actor=cast.administrator)
        given = {"key": short, "title": "Khám", "text": "Khám ___."}
        phrases.add(scope="own", department=None, **given, actor=cast.doctor)
        shared = phrases.add(scope="facility", department=None, **given, actor=cast.planning)
    return {
        **rollout_ids(cast),
        "snippet_id": shared.pk,
        "line_id": line.pk,
        "number": abbreviations.publish(actor=cast.administrator).number,
        "record_id": record.pk,
        "document_id": written.document_id,
        "draft_id": draft.pk,
        "patient_id": patient.pk,
        "version_no": 1,
        "volume_no": 1,
        "form_code": "treatment_sheet",
        "merge_id": Merge.objects.filter(survivor=patient).first().pk,  # type: ignore[union-attr]  # made above
        "identifier_id": Identifier.objects.filter(patient=patient).first().pk,  # type: ignore[union-attr]  # made above
        "account_id": cast.accounts["doctor"].pk,
        "form_id": formbook.begin(actor=cast.administrator).pk,
        "code": "treatment_sheet",
        "day": registry.form("treatment_sheet", clock.today()).valid_from.isoformat(),
        "run_id": ImportRun.objects.order_by("-started_at").first().pk,  # type: ignore[union-attr]  # made above
    }


def _clients(cast: Cast) -> dict[str, Client]:
    clients = {name: Client() for name in WHO_READS}
    for name, client in clients.items():
        client.force_login(cast.accounts[name])
    return clients


def _counts(clients: dict[str, Client], ids: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """For every page that somebody may read: (queries, bytes), asked a second time so that caches are warm."""
    found = {}
    for route, pattern, view in routes():
        if hasattr(view, "benhan_public") or "GET" not in view.benhan_methods:
            continue
        needed = [part.split(">")[0].split(":")[-1] for part in pattern.split("<")[1:]]
        address = reverse(route, kwargs={n: ids[n] for n in needed})
        for name, client in clients.items():
            if client.get(address).status_code != 200:
                continue
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address)
            size = 0 if answer.streaming else len(answer.content)
            found[f"{route} ({name})"] = (len(asked), size)
    return found


def test_no_page_asks_more_of_a_larger_record(cast: Cast) -> None:
    clients = _clients(cast)
    small = _counts(clients, _stay(cast, SMALL, "Phạm Văn Nhỏ"))
    large = _counts(clients, _stay(cast, LARGE, "Phạm Thị Lớn"))
    assert large.keys() == small.keys()
    assert {"records:record (doctor)", "patients:patient (clerk)", "records:worklist (doctor)"} <= small.keys()
    grown = {page: (small[page][0], large[page][0]) for page in small if large[page][0] > small[page][0]}
    assert grown == {}
    most = {page: MEASURING_MAX if page.startswith(MEASURING) else QUERIES_MAX for page in large}
    assert {page: n for page, (n, _) in large.items() if n > most[page]} == {}


def test_a_record_of_many_papers_is_a_page_of_bounded_size(cast: Cast) -> None:
    clients = {"doctor": _clients(cast)["doctor"]}
    ids = _stay(cast, LARGE, "Phạm Thị Lớn")
    page = _counts(clients, ids)["records:record (doctor)"]
    assert page[1] < 150_000
    for _ in range(LARGE):
        services.write(queries.record(ids["record_id"]), "free_note", note(), actor=cast.doctor)
    again = _counts(clients, ids)["records:record (doctor)"]
    assert again[1] < page[1] * 1.05


def test_sealing_asks_no_more_for_each_paper(cast: Cast) -> None:
    """The pages of a sealed record too: its seal, its manifest, its package."""
    record = sealed(cast)
    clients = {"planning": _clients(cast)["planning"]}
    page = reverse("records:record", args=[record.pk])
    with CaptureQueriesContext(connection) as asked:
        assert clients["planning"].get(page).status_code == 200
    assert len(asked) <= QUERIES_MAX
