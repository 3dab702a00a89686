"""What the system answers by itself. Each function looks now; None: nothing there to measure."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from benhan.access.models import Account
from benhan.archive.models import BackupRun
from benhan.audit.models import AuditEvent
from benhan.exchange.bhyt.models import ImportRun
from benhan.facility import queries as facility
from benhan.facility.models import Bed, Department, Staff
from benhan.formbook.models import OwnForm
from benhan.kernel import clock
from benhan.law import registry
from benhan.patients.models import Patient
from benhan.phrases import queries as phrases
from benhan.records.models import Document, Encounter, LookupCode, MedicalRecord
from benhan.records.opening import TYPES_RULE
from benhan.rollout.readiness import checks_machine as machine
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.readiness.checks_records import CLOSE_DAYS_DEFAULT, CLOSE_DAYS_RULE
from benhan.rollout.readiness.judging import PASS, look
from benhan.signing import certificates
from benhan.signing.models import Certificate

SIGNERS = ("doctor", "nurse", "technician", "pharmacist")


def _since(days: int) -> Any:
    return clock.now() - timedelta(days=days)


def _staff(*positions: str) -> int:
    return Staff.objects.filter(position__in=positions, to_date__isnull=True, account__is_active=True).count()


def _yes(good: bool) -> str:
    return "yes" if good else "no"


def _signers() -> Any:
    return Staff.objects.filter(account__is_active=True, account__assignments__role__in=SIGNERS).distinct()


def _certified() -> set[Any]:
    held = Certificate.objects.filter(kind="staff", not_after__gte=clock.now(), revocation__isnull=True)
    return set(held.values_list("staff_id", flat=True))


def _treatment_kinds() -> list[str] | None:
    kinds = set(Encounter.objects.filter(started_at__gte=_since(365)).values_list("kind", flat=True).distinct())
    return [k for k in ("examination", "outpatient", "day", "inpatient", "emergency") if k in kinds] or None


def _visits() -> int | None:
    count = Encounter.objects.filter(started_at__gte=_since(30)).count()
    return round(count / 30) if count else None


def _machines() -> int:
    logins = AuditEvent.objects.filter(action="access.login", outcome="ok", at__gte=_since(30))
    return logins.values("source_ip").distinct().count()


def _backup_hours() -> int | None:
    last = BackupRun.objects.filter(kind="backup", succeeded=True).first()
    return int((clock.now() - last.finished_at).total_seconds() // 3600) if last else None


def _restore_days() -> int | None:
    last = BackupRun.objects.filter(kind="prove", succeeded=True).first()
    return (clock.now() - last.finished_at).days if last else None


def _response() -> int | None:
    person = Patient.objects.order_by("-recorded_at").first()
    return round(machine.milliseconds(person)) if person else None


def _departments_without() -> int:
    seen = look("workstations")
    return len(seen.sample)


def _said(code: str) -> str | None:
    result = readiness.result_of(code)
    return None if result is None else _yes(result == PASS)


def _seal() -> str:
    now = clock.now()
    return _yes(any(not hasattr(c, "revocation") and c.not_after > now for c in certificates.seals()))


def _disk() -> Any:
    return shutil.disk_usage(settings.BENHAN_HOME)


MEASURES: dict[str, Callable[[], Any]] = {
    "treatment_kinds": _treatment_kinds,
    "clinical_departments": lambda: Department.objects.filter(is_active=True, kind="clinical").count(),
    "paraclinical_departments": lambda: Department.objects.filter(is_active=True, kind="paraclinical").count(),
    "beds": lambda: Bed.objects.count() or None,
    "visits_per_day": _visits,
    "record_types": lambda: len(facility.setting(TYPES_RULE, [c for c in registry.record_types() if c != "imported"])),
    "forms_used": lambda: (
        Document.objects.filter(recorded_at__gte=_since(90), source="").values("form_code").distinct().count()
    ),
    "own_forms": lambda: OwnForm.objects.values("code").distinct().count(),
    "abbreviations_list": lambda: _yes(phrases.edition_in_force() is not None),
    "doctors": lambda: _staff("doctor", "department_head", "director"),
    "nurses": lambda: _staff("nurse", "head_nurse"),
    "technicians": lambda: _staff("technician", "technician_head", "pharmacist"),
    "accounts": lambda: Account.objects.filter(is_active=True).count(),
    "machines_seen": _machines,
    "departments_without": _departments_without,
    "response_ms": _response,
    "ipv6": lambda: _yes(machine.opens_on_ipv6()),
    "tls": lambda: _yes(look("tls").result == PASS),
    "database_kind": lambda: f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}",
    "disk_free_gb": lambda: _disk().free // 1024**3,
    "disk_percent": lambda: round(100 * _disk().free / _disk().total),
    "backup_age_hours": _backup_hours,
    "restore_age_days": _restore_days,
    "imported_episodes": lambda: ImportRun.objects.aggregate(n=Sum("created"))["n"] or None,
    "staff_signing": lambda: len(_certified()),
    "staff_lacking": lambda: _signers().exclude(pk__in=_certified()).count(),
    "public_ca": lambda: Certificate.objects.filter(kind="staff", origin="pkcs12", not_after__gte=clock.now()).count(),
    "organisation_seal": _seal,
    "regulation": lambda: _said("regulation_issued"),
    "dpia": lambda: _said("dpia_made"),
    "close_days": lambda: int(facility.setting(CLOSE_DAYS_RULE, CLOSE_DAYS_DEFAULT)),
    "paper_records_open": lambda: MedicalRecord.objects.filter(medium="paper", record_state="open").count(),
    "prints_per_week": lambda: LookupCode.objects.filter(kind="paper", made_at__gte=_since(7)).count(),
}


def measure(name: str) -> Any:
    """The answer now."""
    return MEASURES[name]()
