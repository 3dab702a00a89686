"""The report of this facility, from what the house knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from benhan import __version__
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.errors import Refused
from benhan.law.rollout import criteria, gap_kinds
from benhan.records.models import Document, LookupCode, MedicalRecord
from benhan.rollout.dossier import queries as dossier
from benhan.rollout.plan import queries as plans
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.stopping import queries as stopping
from benhan.rollout.survey import queries as survey

OPEN = ("open", "discharged")


def report(serial: int) -> dict[str, Any]:
    """Everything the department asks, and nothing else. Refused before the first look of readiness."""
    last = readiness.latest()
    if last is None:
        raise Refused("Chạy đánh giá mức sẵn sàng trước khi lập báo cáo", code="no_run")
    place, answers = facility.facility(), survey.answers()
    plan = plans.current()
    progress = plans.progress(plan) if plan else {"total": 0, "done": 0, "late": 0}
    announced = dossier.issued().get("announcement")
    return {
        "facility": {
            "code": place.code,
            "gln": "",
            "name": place.name[:160],
            "kind": answers["facility_kind"].value or "other",
            "beds": int(answers["beds"].value or 0),
        },
        "made_at": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "serial": serial,
        "software": {"name": "benhan", "version": __version__},
        "points": [{"code": s.subject.code, "result": s.result} for s in readiness.by_point(last)],
        "checks": {
            line.criterion.code: "pass" if line.met else str(line.told["result"]) for line in readiness.lines(last)
        },
        "departments": [{"code": s.department.code, "phase": s.phase} for s in stopping.standings()],
        "counts": _counts(),
        "plan": {"due": plan.due.isoformat() if plan else None, **progress},
        "gaps": [g.code for g in survey.gaps(answers) if g.code in gap_kinds() or g.code in criteria()],
        "announced_on": announced.day.isoformat() if announced else None,
    }


def _counts() -> dict[str, int]:
    since = clock.now() - timedelta(days=30)
    records = MedicalRecord.objects.filter(record_state__in=OPEN).exclude(medium="imported")
    written = Document.objects.filter(recorded_at__gte=since, source="", document_state="active")
    return {
        "records_open": records.count(),
        "records_paper": records.filter(medium__in=("paper", "mixed")).count(),
        "records_electronic": records.filter(medium="electronic").count(),
        "documents_30d": written.count(),
        "unsigned_30d": written.filter(signature_state__in=("unsigned", "partly")).count(),
        "prints_30d": LookupCode.objects.filter(kind="paper", made_at__gte=since).count(),
    }
