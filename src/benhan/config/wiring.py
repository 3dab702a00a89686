"""Who listens to whom, and which room speaks for which object: every line of it, in one file.

Calls go down, news goes up. A room that must react to a fact of a lower room is named here and nowhere else; so is the
room that tells the gate about its objects.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from markupsafe import Markup

from benhan.access import gate
from benhan.clinical import pages as clinical_pages
from benhan.clinical import queries as clinical_queries
from benhan.clinical import services as clinical
from benhan.exchange.bhyt.models import ImportRun
from benhan.facility import queries as facility_queries
from benhan.facility.models import Department
from benhan.formbook import published
from benhan.formbook.models import OwnForm
from benhan.kernel import news
from benhan.law import registry
from benhan.patients import merging
from benhan.patients import queries as patient_queries
from benhan.patients.models import Identifier, Merge, Patient
from benhan.phrases import permissions as phrases
from benhan.phrases.models import Abbreviation, Snippet
from benhan.proof import render
from benhan.records import facts, known, media
from benhan.records import permissions as records
from benhan.records import queries as record_queries
from benhan.records.models import Document, DocumentVersion, Draft, MedicalRecord
from benhan.rollout.authority.models import Place
from benhan.rollout.dossier.models import DossierPaper
from benhan.rollout.plan import reminding
from benhan.rollout.plan.models import Task
from benhan.rollout.readiness.models import ReadinessRun
from benhan.rollout.reporting.models import SentReport
from benhan.rollout.stopping import queries as stopping
from benhan.rollout.training import house as practice
from benhan.rollout.training import panel as practice_panel
from benhan.ui import menu, slots

_connected = False


def connect() -> None:
    """Connect the house once. Called when all rooms are loaded."""
    global _connected
    if _connected:
        return
    _connected = True
    registry.add_source(published.definitions)
    register_actions()
    provide_facts()
    fill_pages()
    measure()
    subscribe()
    news.seal()


def register_actions() -> None:
    """Every room's `permissions.ACTIONS` becomes known to the gate."""
    for room in settings.ROOMS:
        if find_spec(room) and find_spec(f"{room}.permissions"):
            gate.register(*import_module(f"{room}.permissions").ACTIONS)


def provide_facts() -> None:
    """Which room tells relation and record state of which object."""
    gate.provide(Patient, records.patient_facts)
    gate.provide(Identifier, records.identifier_facts)
    gate.provide(Merge, records.merge_facts)
    gate.provide(MedicalRecord, records.record_facts)
    gate.provide(Document, records.document_facts)
    gate.provide(DocumentVersion, records.version_facts)
    gate.provide(Draft, records.draft_facts)
    gate.provide(OwnForm, lambda actor, form: gate.Facts())
    gate.provide(Snippet, phrases.snippet_facts)
    gate.provide(Abbreviation, lambda actor, line: gate.Facts())
    for kind in (ImportRun, ReadinessRun, Department, Task, DossierPaper, SentReport, Place):
        gate.provide(kind, lambda actor, obj: gate.Facts())
    patient_queries.restrict_with(records.visible_patient_ids)
    patient_queries.find_numbers_with(record_queries.patient_ids_by_number)
    known.add_from(clinical_queries.known_facts)
    media.medium_with(stopping.medium_of_new)
    for label in ("Encounter", "MedicalRecord", "Document"):
        merging.declare(f"records.{label}", "follow")


def measure() -> None:
    """The checks of readiness: loading a module of them makes them known."""
    for room in settings.ROOMS:
        if room.startswith("benhan.rollout."):
            folder = Path(str(find_spec(room).origin)).parent  # type: ignore[union-attr]  # an installed room has a spec
            for path in sorted(folder.glob("checks*.py")):
                import_module(f"{room}.{path.stem}")


def facility_name(**_: object) -> str:
    """The name in the frame of every page; nothing before the first run."""
    place = facility_queries.facility_or_none()
    return place.name if place else ""


def cv365_tool(request: HttpRequest, record: MedicalRecord, **_: object) -> Markup | None:
    """On the page of a record: the exchange file, for who may hand it out."""
    if not menu.may(request, "cv365.record.export"):
        return None
    address = reverse("cv365:export", kwargs={"record_id": record.pk})
    return Markup('<a class="btn btn-outline-secondary btn-sm" href="{}">CV 365</a>').format(address)


def fill_pages() -> None:
    """The menu, and who fills which slot of which page."""
    menu.judge_with(gate.allowed)
    menu.add(
        menu.MenuItem("Người bệnh", "patients:search", "patients.patient.search", 10),
        menu.MenuItem("Hồ sơ", "records:worklist", "records.record.list", 20),
        menu.MenuItem("Chờ ký", "records:queue", "signing.queue.read", 30),
        menu.MenuItem("Chứng thư", "site:my_certificate", "signing.certificate.own", 40),
        menu.MenuItem("Nhập dữ liệu", "bhyt:runs", "bhyt.import.read", 60, "upload"),
        menu.MenuItem("Mẫu giấy", "formbook:book", "formbook.form.read", 72, "file-earmark-text"),
        menu.MenuItem("Câu mẫu", "phrases:snippets", "phrases.snippet.read", 50, "journal-text"),
        menu.MenuItem("Chữ viết tắt", "phrases:abbreviations", "phrases.abbreviation.manage", 73, "list"),
        menu.MenuItem("Quy tắc", "site:settings", "site.settings.manage", 75, "gear"),
        menu.MenuItem("Sao lưu", "archive:backups", "archive.backup.read", 78, "cloud-check"),
        menu.MenuItem("Nhân viên", "site:staff", "site.staff.manage", 70),
        menu.MenuItem("Nhật ký", "site:audit", "site.audit.read", 80),
        menu.MenuItem("Tiến độ", "authority:board", "authority.board.read", 5, "bar-chart"),
        menu.MenuItem("Nhận báo cáo", "authority:taking", "authority.report.take", 8, "upload"),
        menu.MenuItem("Không giấy", "readiness:overview", "readiness.run.read", 74, "clipboard2-check"),
    )
    if practice.is_practice():
        menu.add(menu.MenuItem("Thực hành", "training:tasks", "training.task.read", 5, "clipboard2-check"))
        render.mark_every_page(practice.MARK)
    slots.provide("house_mark", practice.banner)
    slots.provide("work_panel", practice_panel.slot)
    slots.provide("facility_name", facility_name)
    slots.provide("patient_banner", clinical_pages.banner_allergies)
    slots.provide("record_page", clinical_pages.vital_signs_chart)
    slots.provide("record_tools", cv365_tool)
    slots.provide("home_page", reminding.on_first_page)
    slots.provide("patient_page", clinical_pages.patient_records)


def subscribe() -> None:
    """Fact → listener."""
    news.subscribe(facts.DocumentWritten, clinical.on_document_written)
    news.subscribe(facts.DocumentMarked, clinical.on_document_marked)
    news.subscribe(facts.DocumentsImported, clinical.on_documents_imported)
