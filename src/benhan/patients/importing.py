"""Taking over people from another system, many at once: match by numbers, else register. Part of the room's verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.text import clean_line, fold
from benhan.patients.indexing import index_patients
from benhan.patients.merging import survivors
from benhan.patients.models import Identifier, Patient
from benhan.patients.question import normalise_number
from benhan.patients.services import PATIENT_NUMBER_PATTERN, Person


@dataclass(frozen=True)
class Arrival:
    """A person as another system knows them. `external` is that system's own number with its facility."""

    person: Person
    external: str
    citizen_id: str
    insurance_card: str


def match_or_register(arrivals: Sequence[Arrival], *, source: str) -> list[Patient]:
    """Return a patient for each arrival, in order. The same external number, or the same active 12-digit number with the
    same name, is the same person; a number held by somebody of another name is not taken over (R-103).

    A constant number of queries a batch. Must run inside a unit of work."""
    known = _known(arrivals)
    fresh: list[tuple[str, Arrival]] = []
    keys = []
    for arrival in arrivals:
        key = _match(arrival, known) or f"ext:{arrival.external}"
        if key not in known:
            fresh.append((key, arrival))
            known[key] = None
        keys.append(key)
    known |= _register(fresh, known, source)
    found = [known[key] for key in keys]
    return [p for p in found if p is not None]


def _known(arrivals: Sequence[Arrival]) -> dict[str, Patient | None]:
    values = {normalise_number(a.external)[:60] for a in arrivals} | {a.citizen_id for a in arrivals if a.citizen_id}
    rows = list(
        Identifier.objects.select_related("patient").filter(
            normalised__in=values, system__in=["external", "citizen_id"], identifier_state="active"
        )
    )
    living = survivors([row.patient for row in rows])
    known: dict[str, Patient | None] = {}
    by_external = {normalise_number(a.external)[:60]: a.external for a in arrivals}
    for row in rows:
        patient = living[row.patient.pk]
        key = (
            f"ext:{by_external[row.normalised]}"
            if row.system == "external" and row.normalised in by_external
            else f"cid:{row.normalised}"
        )
        known[key] = patient
    return known


def _match(arrival: Arrival, known: dict[str, Patient | None]) -> str | None:
    if f"ext:{arrival.external}" in known:
        return f"ext:{arrival.external}"
    holder = known.get(f"cid:{arrival.citizen_id}") if arrival.citizen_id else None
    return (
        f"cid:{arrival.citizen_id}"
        if holder is not None and holder.name_folded == fold(arrival.person.full_name)
        else None
    )


def _register(
    fresh: list[tuple[str, Arrival]], known: dict[str, Patient | None], source: str
) -> dict[str, Patient | None]:
    if not fresh:
        return {}
    now, today = clock.now(), clock.today()
    pattern = facility.setting("patients.number_pattern", PATIENT_NUMBER_PATTERN)
    code = facility.facility().code
    first = numbers.next_number("patient", numbers.period_of(pattern, today), count=len(fresh))
    made: dict[str, Patient | None] = {}
    rows: list[Patient] = []
    taken: set[str] = set()
    identifiers: list[Identifier] = []
    for offset, (key, arrival) in enumerate(fresh):
        p = arrival.person
        patient = Patient(
            full_name=clean_line(p.full_name),
            name_folded=fold(p.full_name),
            birth_date=p.birth_date,
            birth_precision=p.birth_precision,
            sex=p.sex,
            phone=p.phone,
            address_line=clean_line(p.address_line),
            province_code=p.province_code,
            commune_code=p.commune_code,
            ethnicity=p.ethnicity,
            occupation=p.occupation,
            nationality="000",
            source=source,
            recorded_at=now,
            patient_number=numbers.format_number(pattern, first + offset, on=today, facility_code=code),
        )
        rows.append(patient)
        made[key] = patient
        given = [("external", arrival.external), ("insurance_card", arrival.insurance_card)]
        if arrival.citizen_id and f"cid:{arrival.citizen_id}" not in known and arrival.citizen_id not in taken:
            taken.add(arrival.citizen_id)
            given.append(("citizen_id", arrival.citizen_id))
        identifiers += [
            Identifier(
                patient=patient,
                system=s,
                value=v[:60],
                normalised=normalise_number(v)[:60],
                normalised_backwards=normalise_number(v)[:60][::-1],
                source=source,
                recorded_at=now,
            )
            for s, v in given
            if v
        ]
    Patient.objects.bulk_create(rows, batch_size=500)
    Identifier.objects.bulk_create(identifiers, batch_size=500)
    index_patients(rows)
    return made


def ids(patients: Sequence[Patient]) -> list[UUID]:
    """Ids of patients, each once, in order."""
    return list(dict.fromkeys(p.pk for p in patients))
