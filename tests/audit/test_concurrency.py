"""Many processes write at once, one of them is killed: the chain stays whole and no acknowledged event is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from benhan.audit import verify
from benhan.audit.models import AuditEvent, AuditHead

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 4
UNITS = 60

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(house: Path) -> dict[str, str]:
    """Processes cannot share the in-memory test database of SQLite: they get a file; on PostgreSQL the tests' own."""
    here = {**os.environ, "BENHAN_HOME": str(house), "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    if connection.vendor == "sqlite":
        here["BENHAN_DATABASE_URL"] = f"sqlite:///{house / 'benhan.sqlite3'}"
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "audit"], cwd=ROOT, env=here, check=True, capture_output=True
        )
    else:
        base = os.environ["BENHAN_DATABASE_URL"].rpartition("/")[0]
        here["BENHAN_DATABASE_URL"] = f"{base}/{connection.settings_dict['NAME']}"
    here["DJANGO_SETTINGS_MODULE"] = os.environ.get("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    return here


def start(name: str, environment: dict[str, str], units: int = UNITS) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.audit.appender", name, str(units)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def opened() -> Iterator[None]:
    """The database that the processes wrote to, as this process's own."""
    if connection.vendor != "sqlite":
        yield
        return
    held, kept = connections["default"], connections.databases["default"]
    connections.databases["default"] = {**kept, "NAME": str(settings.BENHAN_HOME / "benhan.sqlite3")}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.databases["default"] = kept
        connections["default"] = held


def whole_log() -> list[tuple[str, str, str]]:
    """Verify the log that the processes wrote and give back its rows."""
    with opened():
        report = verify.verify()
        assert report.holds, report.findings
        assert AuditHead.objects.get().size == report.events
        return list(AuditEvent.objects.order_by("seq").values_list("object_id", "action", "outcome"))


def test_many_processes_keep_the_chain_whole(environment: dict[str, str]) -> None:
    processes = [start(f"w{n}", environment) for n in range(PROCESSES)]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    rows = whole_log()
    written = [name for name, action, _ in rows if action == "test.write"]
    assert len(written) == len(set(written)) == PROCESSES * UNITS * 4 // 5
    assert sum(outcome == "refused" for _, _, outcome in rows) == PROCESSES * UNITS // 5


def test_a_killed_process_loses_nothing_it_acknowledged(environment: dict[str, str]) -> None:
    victim, witness = start("victim", environment, 100_000), start("witness", environment)
    assert victim.stdout is not None
    acknowledged = [victim.stdout.readline().strip() for _ in range(40)]
    victim.kill()
    acknowledged += victim.communicate(timeout=60)[0].split("\n")[:-1]
    witness.communicate(timeout=120)
    written = {name for name, action, _ in whole_log() if action == "test.write"}
    assert {f"victim-{number}" for number in acknowledged} <= written
    assert sum(name.startswith("witness") for name in written) == UNITS * 4 // 5
