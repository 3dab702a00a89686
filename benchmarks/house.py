"""Measures inside one process, in a scratch installation: opening, saving, signing, sealing, importing, log, back-up.

Run by `benhan bench`, which sets BENHAN_HOME and BENHAN_DATABASE_URL. Prints one JSON object on its last line."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.timing import Stopwatch, times

PASSPHRASE = "mot cum mat khau rat dai"
NAME = "Người Đo Đạc"


def set_up() -> None:
    """Start Django on the scratch installation, with a small demo hospital in it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    os.environ["BENHAN_HOSTS"] = "testserver"
    import django

    django.setup()
    from django.core.management import call_command

    from benhan.site import demo

    call_command("migrate", verbosity=0, interactive=False)
    demo.EPISODES = 10
    demo.load()


class House:
    """The people who work in the measures, and the notes they write."""

    def __init__(self) -> None:
        from benhan.access.actors import actor_for
        from benhan.access.models import Account
        from benhan.facility.models import Department, Staff

        people = Account.objects.select_related("staff").prefetch_related("assignments")
        self.actors = {a.username: actor_for(a) for a in people}
        self.doctor, self.clerk = self.actors["bacsi"], self.actors["tiepdon"]
        self.planning, self.director = self.actors["khth"], self.actors["giamdoc"]
        self.ward = Department.objects.get(code="K03")
        self.staff = Staff.objects.get(full_name="Nguyễn Văn An")

    def record(self) -> Any:
        """A new outpatient record of a new person."""
        from benhan.patients import services as patients
        from benhan.records import opening

        patient = patients.register(patients.Person(NAME), actor=self.clerk)
        return opening.open_record(
            patient, record_type="outpatient", department=self.ward, attending=self.staff, actor=self.clerk
        )

    def note(self, record: Any, text: str = "Bệnh ổn định, tiếp tục theo dõi.") -> Any:
        """One free note by the doctor."""
        from benhan.records import services

        content = {"header": {"full_name": NAME}, "note": {"subject": "Theo dõi", "text": text}}
        return services.write(record, "free_note", content, actor=self.doctor)

    def visit(self, record: Any, number: int) -> Any:
        """One visit of the doctor: an entry of the treatment sheet."""
        from benhan.records import services
        from benhan.site import demo

        at = record.opened_at + timedelta(milliseconds=number)
        entry = {"at": at.isoformat(), "progress": f"Lượt khám {number}, tỉnh.", "orders_text": "Tiếp tục thuốc cũ."}
        content = demo.complete(record, "treatment_sheet", {"entry": entry})
        return services.write(record, "treatment_sheet", content, actor=self.doctor, clinical_at=at)


def measure_record(house: House, scale: int) -> dict[str, Any]:
    """A record of 2,000 documents, 700 of them visits: save one more, and open its pages through the whole stack."""
    from django.test import Client

    from benhan.site import demo

    big = house.record()
    visits = 700 // scale
    for n in range(visits):
        house.visit(big, n)
    for n in range(2000 // scale - visits):
        house.note(big, f"dòng {n}")
    save = times(lambda: house.note(big), 60)
    client = Client()
    client.post("/login", {"username": "bacsi", "password": demo.PASSWORD})
    address = f"/records/{big.pk}/"
    pages = {
        "open_record_page": (address, 60),
        "open_record_last_page": (f"{address}?page=20", 20),
        "open_patient_page": (f"/patients/{big.patient_id}/", 20),
        "print_sheet_of_all_visits": (f"{address}sheet/treatment_sheet.pdf", 3),
    }
    found: dict[str, Any] = {"documents_in_record": 2000 // scale, "visits_in_record": visits, "save": save}
    for name, (page, repeats) in pages.items():
        answer = client.get(page)
        if answer.status_code != 200:
            raise SystemExit(f"{page} answered {answer.status_code}")
        found[name] = times(lambda page=page: client.get(page), repeats)  # type: ignore[misc]  # default binds the page
    found["audit_share_of_page"] = _audit_share(client, address)
    return found


def _audit_share(client: Any, address: str) -> dict[str, float]:
    """What part of the record page's time goes to the log: making the event, chaining, storing, committing."""
    with _clocked() as spent, Stopwatch() as watch:
        for _ in range(60):
            client.get(address)
    return {"percent": round(100 * sum(spent) / watch.seconds, 1), "ms": round(1000 * sum(spent) / 60, 2)}


@contextmanager
def _clocked() -> Iterator[list[float]]:
    """Seconds spent in the log's storing, which every event of a read passes through."""
    from benhan.audit import services

    spent: list[float] = []
    real = services._store

    def clocked(buffer: list[dict[str, Any]]) -> None:
        start = time.perf_counter()
        real(buffer)
        spent.append(time.perf_counter() - start)

    services._store = clocked
    try:
        yield spent
    finally:
        services._store = real
    if not spent:
        raise SystemExit("no event was stored: the share would be a made-up zero")


def measure_signing(house: House, scale: int) -> dict[str, Any]:
    """Render and sign a batch of 500 with one PIN, and single documents."""
    from benhan.records import signatures
    from benhan.signing import queries as signing
    from benhan.site import demo

    waiting = list(signing.waiting_for(house.doctor)[: 500 // scale])
    with Stopwatch() as watch:
        outcomes = signatures.sign_many(waiting, actor=house.doctor, pin=demo.PIN)
    done = sum(o.signature is not None for o in outcomes)
    singles = iter(list(signing.waiting_for(house.doctor)[:20]))
    return {
        "render_sign_batch": {
            "documents": done,
            "per_second": round(done / watch.seconds, 1),
            "per_core_second": round(done / watch.cpu_seconds, 1),
            "cpu_ms_each": round(watch.cpu_seconds / done * 1000, 1),
        },
        "render_sign_one": times(lambda: signatures.sign(next(singles), actor=house.doctor, pin=demo.PIN), 20),
    }


def measure_sealing(house: House, scale: int) -> dict[str, Any]:
    """Close, seal, export and verify a record of 200 signed documents."""
    from benhan.archive import packages
    from benhan.proof.package import verify_package
    from benhan.records import closing, queries, services, signatures
    from benhan.signing import certificates
    from benhan.signing import queries as signing
    from benhan.site import demo

    record = house.record()
    for n in range(200 // scale):
        house.note(record, f"số {n}")
    services.write(record, "outpatient_general", demo.complete(record, "outpatient_general", {}), actor=house.doctor)
    for person in (house.doctor, house.doctor, house.doctor, house.director, house.director):
        rows = [r for r in signing.waiting_for(person) if r.record_id == record.pk]
        signatures.sign_many(rows, actor=person, pin=demo.PIN)
    closing.discharge(queries.record(record.pk), actor=house.doctor, result="1", discharge_type="1")
    closing.close(queries.record(record.pk), actor=house.planning)
    seal = times(lambda: closing.seal(queries.record(record.pk), actor=house.planning), 1)
    with tempfile.TemporaryDirectory() as folder:
        written: list[Path] = []
        export = times(
            lambda: written.append(packages.export(queries.record(record.pk), Path(folder), actor=house.planning)), 1
        )
        verdicts: list[Any] = []
        verify = times(lambda: verdicts.append(verify_package(written[0], anchors=certificates.anchors())), 1)
    if not verdicts[0].holds:
        raise SystemExit("the sealed package does not verify: nothing to time")
    return {"seal_documents": 200 // scale + 1, "seal": seal, "export_package": export, "verify_package": verify}


def measure_import(scale: int) -> dict[str, Any]:
    """Take over 10,000 encounters from insurance files."""
    from benhan.access.actors import system_actor
    from benhan.exchange.bhyt import generator
    from benhan.exchange.bhyt import services as bhyt

    count = 10_000 // scale
    files = list(generator.files(count, people=count // 3))
    with Stopwatch() as watch:
        run = bhyt.import_data(files, source="bench", actor=system_actor("đo"))
    return {
        "encounters": run.created,
        "seconds": round(watch.seconds, 1),
        "per_minute": round(run.created / watch.seconds * 60),
        "cpu_ms_each": round(watch.cpu_seconds / count * 1000, 2),
    }


def measure_audit(scale: int) -> dict[str, Any]:
    """Add events in batches and one by one, then verify the whole log."""
    from benhan.audit import services as audit
    from benhan.audit import verify

    events = 20_000 // scale
    with Stopwatch() as append:
        for _ in range(events // 1000 or 1):
            with audit.unit_of_work("bench"):
                for _ in range(min(1000, events)):
                    audit.record("bench.event", object_type="bench")
    with Stopwatch() as check:
        report = verify.verify()
    return {
        "audit_append": {"events": events, "per_second": round(events / append.seconds)},
        "audit_one_commit": times(lambda: audit.record("bench.event"), 200),
        "audit_verify": {
            "rows": report.events,
            "holds": report.holds,
            "per_second": round(report.events / check.seconds),
        },
    }


def measure_copies() -> dict[str, Any]:
    """Back up, then restore into a scratch database and compare."""
    from benhan.archive.backups import services as backups

    with tempfile.TemporaryDirectory() as folder:
        with Stopwatch() as made:
            copy = backups.backup(Path(folder), PASSPHRASE)
        with Stopwatch() as proven:
            proof = backups.prove(Path(folder), PASSPHRASE)
    return {
        "mb": round(copy.size / 1e6, 1),
        "seconds": round(made.seconds, 1),
        "restore_and_compare_seconds": round(proven.seconds, 1),
        "proven": proof.succeeded,
    }


def main(quick: bool) -> dict[str, Any]:
    """Build the data and measure; `quick` takes a tenth of it."""
    scale = 10 if quick else 1
    set_up()
    house = House()
    from benchmarks.forms import measure_forms  # here: it takes its house from this file

    return {
        "forms": measure_forms(house),
        **measure_record(house, scale),
        **measure_signing(house, scale),
        **measure_sealing(house, scale),
        "import": measure_import(scale),
        **measure_audit(scale),
        "backup": measure_copies(),
    }


if __name__ == "__main__":
    print(json.dumps(main("--quick" in sys.argv)))
