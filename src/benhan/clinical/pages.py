"""What this room puts on pages of rooms below: allergies in the banner, vital signs and records on their pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from markupsafe import Markup

from benhan.access import gate
from benhan.clinical import queries
from benhan.clinical.models import ClinicalFact
from benhan.patients.models import Patient
from benhan.records import queries as records
from benhan.records.models import MedicalRecord

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 180, 56, 22
SCALES = {"8867-4": ("pulse", 40.0, 160.0), "8310-5": ("temp", 35.0, 41.0)}
SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
# The order in which a ward reads them aloud; what is not named here follows.
READ_FIRST = ("8867-4", "8310-5", SYSTOLIC, "9279-1", "59408-5", "2708-6")
# UCUM is for machines; the ward writes units as its own sheets print them.
WARD_UNITS = {"/min": "lần/phút", "mm[Hg]": "mmHg", "Cel": "°C", "kg/m2": "kg/m²"}


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

    @property
    def spots(self) -> list[tuple[str, ...]]:
        """The single readings."""
        return [tuple(p.split(",")) for p in self.points.split()]


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
            "left": LEFT,
            "latest": _latest({code: series[-1] for code, series in signs.items() if series}),
        },
    )


def _latest(signs: dict[str, ClinicalFact]) -> list[tuple[str, str]]:
    """The newest value of each sign as name and words, blood pressure as one pair."""
    order = [c for c in READ_FIRST if c in signs] + [c for c in signs if c not in READ_FIRST]
    both = SYSTOLIC in signs and DIASTOLIC in signs
    found = []
    for code in order:
        name, value, unit = signs[code].display, f"{signs[code].number_value:g}", signs[code].unit
        if both and code == DIASTOLIC:
            continue
        if both and code == SYSTOLIC:
            name, value = _("Huyết áp"), f"{value}/{signs[DIASTOLIC].number_value:g}"
        found.append((name, f"{value.replace('.', ',')} {WARD_UNITS.get(unit, unit)}".strip()))
    return found


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
