"""What this room puts on pages of rooms below: allergies in the banner, vital signs and records on their pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from markupsafe import Markup

from benhan.access import gate
from benhan.clinical import queries
from benhan.clinical.models import ClinicalFact
from benhan.patients.models import Patient
from benhan.records import queries as records
from benhan.records.models import MedicalRecord

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 180, 34, 22
SCALES = {"8867-4": ("pulse", 40.0, 160.0), "8310-5": ("temp", 35.0, 41.0)}


def _markup(template: str, context: dict[str, Any]) -> Markup:
    """A fragment drawn by an escaping template: safe to be put into another page."""
    drawn = render_to_string(template, context)
    return Markup(drawn)  # noqa: S704 - the template escaped everything


def banner_allergies(patient: Patient) -> str:
    """The allergies of a person as one line: named, asked and denied, or never asked."""
    return _markup("clinical/allergies.html", {"allergies": queries.allergies(patient)})


@dataclass(frozen=True)
class Line:
    """One curve of the chart: a CSS class and SVG points."""

    name: str
    points: str


def vital_signs_chart(record: MedicalRecord) -> str:
    """Pulse and temperature of a stay as a small chart; nothing when there are fewer than two readings."""
    signs = queries.vital_signs(record)
    points = [p for code in SCALES for p in signs.get(code, [])]
    if len(points) < 2:
        return ""
    first, last = min(p.clinical_at for p in points), max(p.clinical_at for p in points)
    seconds = max(1.0, (last - first).total_seconds())
    lines = [Line(SCALES[c][0], _curve(signs.get(c, []), c, first, seconds)) for c in SCALES if signs.get(c)]
    return _markup(
        "clinical/vital_signs.html",
        {
            "lines": lines,
            "first": first,
            "last": last,
            "width": WIDTH,
            "height": HEIGHT,
            "latest": {p.display: f"{p.number_value:g} {p.unit}" for series in signs.values() for p in series[-1:]},
        },
    )


def _curve(points: list[ClinicalFact], code: str, first: Any, seconds: float) -> str:
    _, low, high = SCALES[code]
    spots = []
    for p in points:
        x = LEFT + (WIDTH - LEFT - 10) * (p.clinical_at - first).total_seconds() / seconds
        y = (HEIGHT - BOTTOM) * (1 - (min(max(p.number_value or low, low), high) - low) / (high - low)) + 4
        spots.append(f"{x:.0f},{y:.0f}")
    return " ".join(spots)


def patient_records(patient: Patient, request: Any) -> str:
    """The records and diagnoses of a person, on the person's page, for whom may see them."""
    listed = [r for r in records.records_of(patient) if gate.allowed(request.actor, "records.record.read", r)]
    found = records.records_of(patient, limit=1)
    if not listed:
        return _markup("clinical/no_records.html", {"some": bool(found)})
    return _markup("clinical/records.html", {"records": listed, "conditions": queries.conditions(patient, limit=12)})
