"""How fast the front desk finds somebody: search in 1,000,000 invented patients, p50 and p95 by kind of question.

    python benchmarks/patient_search.py --size 1000000 --database sqlite:////tmp/search.sqlite3
    python benchmarks/patient_search.py --size 1000000 --database postgresql://benhan@127.0.0.1/empty

A database with fewer patients is filled up to `size` first; one that already holds as many is used as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = 3000
WARM_UP = 300
PAGES = 500
SAMPLE = 20_000
CHUNK = 20_000
WORST = (
    "van thi",
    "thi van nguyen",
    "n v a",
    "t",
    "nguyen",
    "thi",
    "van",
    "1985",
    "nguyen xyz",
    "anh anh",
    "thi thi",
    "le nguyen tran",
    "hong hong thi",
    "nguyen t 1990",
    "th th",
    "y",
    "tran van thi",
    "an van nguyen",
    "0",
    "0912",
    "hhen",
    "duc van 1950",
)


def run(size: int, database: str) -> dict[str, Any]:
    """Measure in a process of its own (Django takes one database a process) and return the figures in milliseconds."""
    command = [sys.executable, str(Path(__file__).resolve()), "--size", str(size), "--database", database, "--json"]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def set_up(database: str) -> None:
    """Start Django on the database and bring its tables up to date."""
    os.environ["BENHAN_DATABASE_URL"] = database
    os.environ.setdefault("BENHAN_HOME", tempfile.mkdtemp(prefix="benhan-bench-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(size: int) -> float:
    """Load people past the verbs until there are `size`; the seconds it took. Never into a real house."""
    from benhan.facility import queries as facility
    from benhan.patients.models import NameIndex, Patient

    held = Patient.objects.count()
    if held >= size:
        return 0.0
    place = facility.facility_or_none()
    if held and (place is None or not place.is_demo):
        raise SystemExit(f"the database holds {held} patients that this benchmark did not invent: give an empty one")
    from django.db import connection

    last = NameIndex.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    began = time.perf_counter()
    (_fill_sqlite if connection.vendor == "sqlite" else _fill_postgresql)(size - held, last)
    return time.perf_counter() - began


def rows_of(size: int, last: int) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], list[tuple[Any, ...]]]]:
    """For each person the rows of patient, search and identifiers, in the order of COLUMNS."""
    from benchmarks.invented_patients import people
    from benhan.kernel import clock
    from benhan.kernel.text import fold
    from benhan.patients.search import index_row

    now = clock.now().isoformat(" ")
    for number, p in enumerate(people(size), last + 1):
        i = index_row(p.full_name, p.birth_date, p.phone)
        patient = (
            p.id,
            p.patient_number,
            p.full_name,
            fold(p.full_name),
            p.birth_date,
            p.precision,
            p.sex,
            p.phone,
            now,
            "",
            "",
            "",
            "",
            "",
            "000",
            "",
            "",
            "known",
            "",
            "benchmark",
        )
        search = (number, p.id, i.written, i.forwards, i.backwards, i.birth_year, i.phone_backwards)
        given = [
            (p.id, system, v, v, v[::-1], "active", "benchmark", now)
            for system, v in (("citizen_id", p.citizen_id), ("insurance_card", p.insurance_card))
            if v
        ]
        yield patient, search, given


COLUMNS = {
    "patients_patient": "id patient_number full_name name_folded birth_date birth_precision sex phone recorded_at address_line "
    "province_code commune_code ethnicity occupation nationality workplace blood_group identity_state "
    "description source",
    "patients_nameindex": "id patient_id written forwards backwards birth_year phone_backwards",
    "patients_identifier": "patient_id system value normalised normalised_backwards identifier_state source recorded_at",
}


def _chunks(size: int, last: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    rows = rows_of(size, last)
    while part := list(islice(rows, CHUNK)):
        yield {
            "patients_patient": [p for p, _, _ in part],
            "patients_nameindex": [s for _, s, _ in part],
            "patients_identifier": [g for _, _, given in part for g in given],
        }


def _learn(part: dict[str, list[tuple[Any, ...]]], known: set[str]) -> None:
    from benhan.patients.indexing import learn

    fresh = {w for row in part["patients_nameindex"] for w in row[3].split(" ")} - known
    if fresh:
        learn(fresh)
        known |= fresh


def _fill_sqlite(size: int, last: int) -> None:
    from django.db import connection, transaction

    known: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'patients_fts_insert'")
        trigger = cursor.fetchone()[0]
        with transaction.atomic():
            cursor.execute("DROP TRIGGER patients_fts_insert")
            for part in _chunks(size, last):
                for table, rows in part.items():
                    names = COLUMNS[table].split()
                    plain = [
                        tuple(v.hex if hasattr(v, "hex") else str(v) if hasattr(v, "year") else v for v in row)
                        for row in rows
                    ]
                    cursor.executemany(
                        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})", plain
                    )
                _learn(part, known)
            cursor.execute("INSERT INTO patients_name_fts(patients_name_fts) VALUES ('rebuild')")
            cursor.execute(trigger)
        cursor.execute("ANALYZE")


def _fill_postgresql(size: int, last: int) -> None:
    from django.db import connection, transaction

    known: set[str] = set()
    with connection.cursor() as cursor:
        with transaction.atomic():
            for part in _chunks(size, last):
                for table, rows in part.items():
                    with cursor.copy(f"COPY {table} ({', '.join(COLUMNS[table].split())}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                _learn(part, known)
            cursor.execute("SELECT setval(pg_get_serial_sequence('patients_nameindex', 'id'), %s)", [last + size])
        cursor.execute("VACUUM ANALYZE patients_patient, patients_nameindex, patients_identifier, patients_nameword")


def questions(sample: list[Any], deal: random.Random) -> Iterator[tuple[str, str]]:
    """What people type: (kind, text), the kinds in the order of a busy morning. Typing asks once for every two letters."""
    from benhan.kernel.text import fold

    def typing(p: Any) -> str:
        name = fold(p.full_name)
        return name[: deal.randrange(2, len(name) + 1)]

    def gap(p: Any) -> str:
        words = fold(p.full_name).split()
        return f"{words[0]} {words[-1]}"

    def turned(p: Any) -> str:
        words = fold(p.full_name).split()
        deal.shuffle(words)
        return " ".join(words)

    kinds: list[tuple[int, str, Callable[[Any], str]]] = [
        (30, "typing a name", typing),
        (10, "whole name, no marks", lambda p: fold(p.full_name)),
        (10, "whole name with marks", lambda p: p.full_name),
        (6, "last two words", lambda p: " ".join(fold(p.full_name).split()[-2:])),
        (6, "first and last word", gap),
        (4, "words in any order", turned),
        (8, "name and year", lambda p: f"{fold(p.full_name)} {p.birth_date.year}"),
        (4, "last word and year", lambda p: f"{fold(p.full_name).split()[-1]} {p.birth_date.year}"),
        (3, "name and day", lambda p: f"{fold(p.full_name)} {p.birth_date:%d/%m/%Y}"),
        (5, "phone", lambda p: p.phone or "0912345678"),
        (4, "end of the phone", lambda p: (p.phone or "0912345678")[-deal.randrange(4, 8) :]),
        (5, "personal number", lambda p: p.citizen_id or "000099000000"),
        (2, "insurance card", lambda p: p.insurance_card or "DN4000000000000"),
        (2, "patient number", lambda p: p.patient_number),
        (1, "hard ones", lambda p: deal.choice(WORST)),
    ]
    weights = [w for w, _, _ in kinds]
    while True:
        _, kind, make = deal.choices(kinds, weights)[0]
        yield kind, make(deal.choice(sample))


def measure(size: int) -> dict[str, Any]:
    """Ask QUESTIONS and all of WORST, each through the query that the page uses."""
    from benchmarks.invented_patients import people
    from benhan.access.actors import Actor
    from benhan.patients import queries

    clerk = Actor(None, "bench", "Đo", roles=frozenset({"receptionist"}))
    every = max(1, size // SAMPLE)
    sample = list(islice(people(size), 0, None, every))
    asked = questions(sample, random.Random(7))
    times: dict[str, list[float]] = {}
    for number, (kind, text) in enumerate(islice(asked, WARM_UP + QUESTIONS)):
        began = time.perf_counter()
        queries.search(clerk, text)
        if number >= WARM_UP:
            times.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
    worst = {}
    for text in WORST:
        took = []
        for _ in range(3):
            began = time.perf_counter()
            queries.search(clerk, text)
            took.append(1000 * (time.perf_counter() - began))
        worst[text] = round(sorted(took)[1], 2)
    page = _page(islice(asked, PAGES))
    warned = _duplicates(sample[:PAGES])
    together = [t for kind in times.values() for t in kind]
    return {
        "all": _figures(together),
        "page": _figures(page),
        "duplicates": _figures(warned),
        "kinds": {k: _figures(v) for k, v in sorted(times.items())},
        "worst": worst,
    }


def _duplicates(sample: list[Any]) -> list[float]:
    """The warning before saving: everybody in the sample is about to be registered a second time."""
    from benhan.patients import queries
    from benhan.patients.person import Person

    times = []
    for p in sample:
        person = Person(p.full_name, p.birth_date, p.precision, p.sex, p.phone)
        began = time.perf_counter()
        found = queries.duplicates_of(person, citizen_id=p.citizen_id, insurance_card=p.insurance_card)
        times.append(1000 * (time.perf_counter() - began))
        if str(p.id) not in {str(c.patient.pk) for c in found}:
            raise SystemExit(f"{p.patient_number} was not warned of")
    return times


def _page(asked: Iterator[tuple[str, str]]) -> list[float]:
    """The same questions through the whole page: session, permission, search, everybody shown noted in the log, HTML."""
    from django.test import Client
    from django.urls import reverse

    from benhan.access import services as access
    from benhan.access.models import Account

    account = Account.objects.filter(username="bench").first()
    if account is None:
        account = access.add_account(
            username="bench", password=secrets.token_urlsafe(20), display_name="Đo", must_change_password=False
        )
        access.assign_role(account, "receptionist")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(account)
    address, times = reverse("patients:results"), []
    for _, text in asked:
        began = time.perf_counter()
        answer = client.get(address, {"q": text})
        times.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"the page answered {answer.status_code}")
    return times


def _figures(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    return {"count": len(ordered), **{k: round(v, 2) for k, v in at.items()}, "max": round(ordered[-1], 2)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--database", required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    set_up(options.database)
    filled = fill(options.size)
    result = {"patients": options.size, "fill_seconds": round(filled, 1), **measure(options.size)}
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"{options.size} patients, filled in {filled:.0f} s; milliseconds")
    for kind, f in [
        *result["kinds"].items(),
        ("ALL", result["all"]),
        ("WHOLE PAGE", result["page"]),
        ("DUPLICATES", result["duplicates"]),
    ]:
        print(f"{kind:24} n {f['count']:5}", *(f"{name} {f[name]:8.2f}" for name in ("p50", "p95", "p99", "max")))
    for text, took in result["worst"].items():
        print(f"{text:24} {took:7.2f}")


if __name__ == "__main__":
    main()
