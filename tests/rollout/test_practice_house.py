"""The practice house as the operator starts it: beside the real one, never in it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.house_process import House

# The real house of these tests may be on PostgreSQL; the practice house beside it is on SQLite then.
SETUP = """
from benhan.cli.django_up import up
up()
from benhan.access import services as access
from benhan.facility import services as places
from benhan.site.setup import FirstRun, first_run
place, account = first_run(FirstRun("Phòng khám Thử Một", "87001", "Sở Y tế Thử", "1 đường Thử", (("K01", "Khoa Khám"),),
    "quantri", "mot-cau-rat-dai-de-nho", "Người Quản Trị"))
from benhan.facility.models import Department
staff = places.add_staff(full_name="Lý Thị Điều Dưỡng", job_title="CNĐD.", position="nurse",
    department=Department.objects.get())
nurse = access.add_account(username="dieuduong", password="mot-cau-rat-dai-de-nho", staff=staff, must_change_password=True)
access.assign_role(nurse, "nurse", Department.objects.get())
"""
INSIDE = """
import json, sys
from benhan.cli.django_up import up
up()
from django.conf import settings
from benhan.access.actors import actor_for
from benhan.access.models import Account
from benhan.facility.models import Facility
from benhan.rollout.training import services
from benhan.signing.models import Certificate
from benhan.records import rendering
from benhan.records.queries import record, current_version, files
from benhan.records.models import Document
nurse = Account.objects.get(username="dieuduong")
attempt = services.begin("nurse_vitals", actor=actor_for(nurse))
paper = Document.objects.filter(record_id=attempt.record_id, form_code="admission_exam").get()
open(sys.argv[1], "wb").write(rendering.preview(paper, current_version(paper)).pdf)
print(json.dumps({"name": Facility.objects.get().name, "code": Facility.objects.get().code,
    "cookie": settings.SESSION_COOKIE_NAME, "logs_in": nurse.check_password("mot-cau-rat-dai-de-nho"),
    "certified": Certificate.objects.filter(staff=nurse.staff).count()}))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A small real clinic with its practice house."""
    made = House(tmp_path_factory.mktemp("real"))
    made.run("setup")
    python(made, SETUP)
    made.run("practice", "prepare")
    yield made
    made.end()


def python(house: House, code: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**house.environment, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def in_practice(house: House, *, database: str = "") -> dict[str, str]:
    found = {k: v for k, v in house.environment.items() if k != "BENHAN_DATABASE_URL"}
    found["BENHAN_HOME"] = str(house.home / "practice")
    return found | ({"BENHAN_DATABASE_URL": database} if database else {})


def rows(house: House, table: str) -> int:
    """How many rows the real house's table holds, asked past the program."""
    question = f'SELECT count(*) FROM "{table}"'
    address = house.environment.get("BENHAN_DATABASE_URL", "")
    if address:
        with psycopg.connect(address) as connection:
            return int(connection.execute(question).fetchone()[0])  # type: ignore[index]  # a count always answers
    with closing(sqlite3.connect(house.home / "benhan.sqlite3")) as file:
        return int(file.execute(question).fetchone()[0])


def command(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "benhan", *arguments], env=environment, capture_output=True, text=True, timeout=240
    )
    return done.returncode, done.stdout + done.stderr


WATCHED = (
    "patients_patient",
    "records_medicalrecord",
    "records_document",
    "audit_auditevent",
    "signing_certificate",
    "training_attempt",
)


def test_practice_never_reaches_the_real_database(house: House, tmp_path: Path) -> None:
    before = {t: rows(house, t) for t in WATCHED}
    pdf = tmp_path / "paper.pdf"
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, str(pdf)], env=in_practice(house), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert said == {
        "name": "Phòng khám Thử Một (THỰC HÀNH)",
        "code": "00000",
        "cookie": "benhan_practice_session",
        "logs_in": True,
        "certified": 0,
    }
    assert {t: rows(house, t) for t in WATCHED} == before
    assert not rows(house, "training_practicehouse")
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert "KHÔNG PHẢI HỒ SƠ THẬT" in text
    keys = [(house.home / f / "keys" / "master.key").read_text() for f in ("", "practice")]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("arguments", [("setup",), ("serve", "--port", "1"), ("demo", "load")], ids=lambda a: a[0])
def test_a_practice_directory_with_the_real_database_is_refused(house: House, arguments: tuple[str, ...]) -> None:
    real = house.environment.get("BENHAN_DATABASE_URL") or f"sqlite:///{house.home / 'benhan.sqlite3'}"
    code, said = command(in_practice(house, database=real), *arguments)
    assert code != 0, said
    if arguments != ("demo", "load"):
        assert "phải tách rời" in said


def test_the_real_directory_with_the_practice_database_is_refused(house: House) -> None:
    practice = f"sqlite:///{house.home / 'practice' / 'benhan.sqlite3'}"
    code, said = command({**house.environment, "BENHAN_DATABASE_URL": practice}, "serve", "--port", "1")
    assert code == 1
    assert "phải tách rời" in said


def test_one_database_for_both_is_refused(house: House) -> None:
    real = f"sqlite:///{house.home / 'benhan.sqlite3'}"
    both = {**house.environment, "BENHAN_DATABASE_URL": real, "BENHAN_PRACTICE_DATABASE_URL": real}
    code, said = command(both, "practice", "prepare")
    assert code == 2
    assert "BENHAN_PRACTICE_DATABASE_URL" in said


def test_real_data_is_not_brought_into_the_practice_house(house: House, tmp_path: Path) -> None:
    file = tmp_path / "x.xml"
    file.write_text("<x/>")
    for arguments in (("import", "bhyt", str(file)), ("restore", str(file))):
        code, said = command(in_practice(house), *arguments)
        assert code == 1
        assert "nhà thật" in said


def test_the_practice_house_begins_anew_and_knows_new_people(house: House) -> None:
    database = house.home / "practice" / "benhan.sqlite3"
    before = database.stat().st_ino
    code, said = command(house.environment, "practice", "reset", "--yes")
    assert code == 0, said
    assert database.stat().st_ino != before
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("SELECT count(*) FROM patients_patient").fetchone() == (0,)
        names = {row[0] for row in file.execute("SELECT username FROM access_account")}
    assert {"quantri", "dieuduong"} <= names


def test_nobody_resets_a_house_people_are_in(house: House) -> None:
    hold = "import fcntl, sys; f = open(sys.argv[1], 'a+b'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    path = house.home / "practice" / "serving.lock"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        code, said = command(house.environment, "practice", "reset", "--yes")
        holder.communicate("\n")
    assert code == 2
    assert "đang chạy" in said


def test_a_folder_that_is_something_else_is_not_made_a_practice_house(tmp_path: Path) -> None:
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / "letters.txt").write_text("x")
    environment = {**os.environ, "BENHAN_HOME": str(tmp_path), "PYTHONPATH": "src"}
    environment.pop("BENHAN_DATABASE_URL", None)
    code, said = command(environment, "practice", "prepare")
    assert code == 2
    assert "không phải nhà thực hành" in said
