"""Measures inside one process, in a scratch installation: opening, saving, signing, sealing, importing, log, back-up.

Run by `benhan bench`, which sets BENHAN_HOME and BENHAN_DATABASE_URL. Prints one JSON object."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _times(work: Callable[[], object], repeats: int) -> dict[str, float]:
    wall, cpu = [], []
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - start_cpu) * 1000)
    wall.sort()
    return {
        "p50_ms": round(statistics.median(wall), 1),
        "p95_ms": round(wall[min(len(wall) - 1, int(len(wall) * 0.95))], 1),
        "cpu_ms": round(statistics.median(cpu), 1),
        "runs": repeats,
    }


def main(quick: bool) -> dict[str, Any]:
    """Build the data and measure; `quick` takes a tenth of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    os.environ["BENHAN_HOSTS"] = "testserver"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0, interactive=False)
    from benhan.access.actors import actor_for, system_actor
    from benhan.access.models import Account
    from benhan.archive import packages
    from benhan.archive.backups import services as backups
    from benhan.audit import services as audit
    from benhan.audit import verify
    from benhan.exchange.bhyt import generator
    from benhan.exchange.bhyt import services as bhyt
    from benhan.facility.models import Department, Staff
    from benhan.patients import services as patients
    from benhan.proof.package import verify_package
    from benhan.records import closing, opening, queries, services, signatures
    from benhan.records.models import MedicalRecord
    from benhan.signing import certificates
    from benhan.signing import queries as signing
    from benhan.site import demo

    scale = 10 if quick else 1
    demo.EPISODES = 10
    demo.load()
    actors = {a.username: actor_for(a) for a in Account.objects.select_related("staff").prefetch_related("assignments")}
    doctor, clerk, planning, director = actors["bacsi"], actors["tiepdon"], actors["khth"], actors["giamdoc"]
    ward, staff = Department.objects.get(code="K03"), Staff.objects.get(full_name="Nguyễn Văn An")
    found: dict[str, Any] = {}

    def new_record() -> MedicalRecord:
        patient = patients.register(patients.Person("Người Đo Đạc"), actor=clerk)
        return opening.open_record(patient, record_type="outpatient", department=ward, attending=staff, actor=clerk)

    def note(record: MedicalRecord, text: str = "Bệnh ổn định, tiếp tục theo dõi.") -> Any:
        content = {"header": {"full_name": "Người Đo Đạc"}, "note": {"subject": "Theo dõi", "text": text}}
        return services.write(record, "free_note", content, actor=doctor)

    big = new_record()
    for n in range(2000 // scale):
        note(big, f"dòng {n}")
    found["documents_in_record"] = 2000 // scale
    found["save"] = _times(lambda: note(big), 60)
    client = Client()
    client.post("/login", {"username": "bacsi", "password": demo.PASSWORD})
    address = f"/records/{big.pk}/"
    assert client.get(address).status_code == 200
    found["open_record_page"] = _times(lambda: client.get(address), 40)

    waiting = list(signing.waiting_for(doctor)[: 500 // scale])
    start, cpu = time.perf_counter(), time.process_time()
    outcomes = signatures.sign_many(waiting, actor=doctor, pin=demo.PIN)
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    done = sum(o.signature is not None for o in outcomes)
    found["render_sign_batch"] = {
        "documents": done,
        "per_second": round(done / seconds, 1),
        "per_core_second": round(done / used, 1),
        "cpu_ms_each": round(used / done * 1000, 1),
    }
    one = signing.waiting_for(doctor).first()
    found["render_sign_one"] = _times(lambda: signatures.sign(one, actor=doctor, pin=demo.PIN), 1)

    sealed = new_record()
    for n in range(200 // scale):
        note(sealed, f"số {n}")
    services.write(sealed, "outpatient_general", demo.complete(sealed, "outpatient_general", {}), actor=doctor)
    for person in (doctor, doctor, doctor, director, director):
        rows = [r for r in signing.waiting_for(person) if r.record_id == sealed.pk]
        signatures.sign_many(rows, actor=person, pin=demo.PIN)
    closing.discharge(queries.record(sealed.pk), actor=doctor, result="1", discharge_type="1")
    closing.close(queries.record(sealed.pk), actor=planning)
    found["seal_documents"] = 200 // scale + 1
    found["seal"] = _times(lambda: closing.seal(queries.record(sealed.pk), actor=planning), 1)
    with tempfile.TemporaryDirectory() as folder:
        written: list[Path] = []
        found["export_package"] = _times(
            lambda: written.append(packages.export(queries.record(sealed.pk), Path(folder), actor=planning)), 1
        )
        found["verify_package"] = _times(lambda: verify_package(written[0], anchors=certificates.anchors()), 1)

    count = 10_000 // scale
    files = list(generator.files(count, people=count // 3))
    start, cpu = time.perf_counter(), time.process_time()
    run = bhyt.import_data(files, source="bench", actor=system_actor("đo"))
    seconds = time.perf_counter() - start
    found["import"] = {
        "encounters": run.created,
        "per_minute": round(run.created / seconds * 60),
        "cpu_ms_each": round((time.process_time() - cpu) / count * 1000, 2),
    }

    events = 20_000 // scale
    start = time.perf_counter()
    for _ in range(events // 1000 or 1):
        with audit.unit_of_work("bench"):
            for _ in range(min(1000, events)):
                audit.record("bench.event", object_type="bench")
    found["audit_append"] = {"events": events, "per_second": round(events / (time.perf_counter() - start))}
    found["audit_one_commit"] = _times(lambda: audit.record("bench.event"), 50)
    start = time.perf_counter()
    report = verify.verify()
    found["audit_verify"] = {
        "rows": report.events,
        "holds": report.holds,
        "per_second": round(report.events / (time.perf_counter() - start)),
    }

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        copy = backups.backup(Path(folder), "mot cum mat khau rat dai")
        made = time.perf_counter() - start
        start = time.perf_counter()
        proof = backups.prove(Path(folder), "mot cum mat khau rat dai")
        found["backup"] = {
            "mb": round(copy.size / 1e6, 1),
            "seconds": round(made, 1),
            "restore_and_compare_seconds": round(time.perf_counter() - start, 1),
            "proven": proof.succeeded,
        }
    return found


if __name__ == "__main__":
    print(json.dumps(main("--quick" in sys.argv)))
