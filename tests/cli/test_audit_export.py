"""`benhan audit export` for an inspector and `benhan audit check` on another machine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from django.urls import reverse

from benhan.audit import extract
from benhan.audit.models import AuditEvent
from benhan.cli import main
from benhan.kernel import clock
from benhan.patients import services as patients
from tests.people import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def benhan(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def part(cast: Cast, tmp_path: Path) -> Path:
    """Everything about one patient, taken by an inspector together with the public keys."""
    cast.open()
    cast.open_elsewhere()
    path = tmp_path / "one.jsonl"
    done = benhan("audit", "export", path, "--patient", cast.patient.patient_number, "--reason", "Thanh tra Sở Y tế")
    assert done.exit_code == 0, done.output
    shutil.copytree(tmp_path / "anchors" / "keys", tmp_path / "inspector")
    return path


def check(path: Path) -> Result:
    return benhan("audit", "check", path, "--keys", path.parent / "inspector")


def test_the_log_of_one_patient_is_exported_with_its_proof(cast: Cast, part: Path) -> None:
    events = [line for line in lines_of(part) if line["type"] == "event"]
    assert {e["action"] for e in events} >= {"records.record.open", "audit.log.export"}
    assert all(str(cast.patient.pk) in f"{e['patient_id']},{e['subjects']}" for e in events)
    done = check(part)
    assert done.exit_code == 0, done.output
    assert "NGUYÊN VẸN" in done.output
    assert "[selection]" in done.output  # that rows were left out cannot be seen, and is said


def test_the_export_stands_in_the_log_with_its_reason(part: Path) -> None:
    event = AuditEvent.objects.filter(action="audit.log.export").get()
    assert event.reason == "Thanh tra Sở Y tế"


def test_the_copies_of_a_merged_patient_come_along(cast: Cast, tmp_path: Path) -> None:
    cast.open(patient=cast.other_patient)
    patients.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    benhan("audit", "export", tmp_path / "x", "--patient", cast.patient.patient_number)
    assert {e["patient_id"] for e in lines_of(tmp_path / "x") if e["type"] == "event"} >= {str(cast.other_patient.pk)}


def test_a_changed_added_or_cut_extract_is_found(part: Path) -> None:
    lines = part.read_text(encoding="utf-8").splitlines(keepends=True)
    second = json.loads(lines[2])
    altered = json.dumps({**second, "person_name": "Người khác"}, ensure_ascii=False)
    for broken, code in (
        ([*lines[:2], altered + "\n", *lines[3:]], "altered"),
        ([*lines[:2], *lines[3:]], "truncated"),
        (lines[:-1], "truncated"),
        ([*lines[:2], lines[1], *lines[2:]], "reordered"),
        ([*lines[:-2], lines[-2].replace('"size": ', '"size": 1'), lines[-1]], "bad_signature"),
    ):
        part.write_text("".join(broken), encoding="utf-8")
        done = check(part)
        assert done.exit_code == 1, code
        assert f"[{code}]" in done.output
    part.write_text('{"type": "extract"}\n', encoding="utf-8")
    assert check(part).exit_code == 2


def test_a_row_left_out_with_its_count_mended_breaks_the_proof(part: Path) -> None:
    lines = part.read_text(encoding="utf-8").splitlines(keepends=True)
    end = json.loads(lines[-1])
    mended = json.dumps({**end, "events": end["events"] - 1}) + "\n"
    part.write_text("".join([lines[0], *lines[2:-1], mended]), encoding="utf-8")
    assert "[tree_differs]" in check(part).output


def test_a_foreign_key_proves_nothing(part: Path) -> None:
    for key in (part.parent / "inspector").iterdir():
        key.unlink()
    assert "[unknown_key]" in check(part).output


def test_a_period_is_exported_whole_and_without_gaps(cast: Cast, tmp_path: Path) -> None:
    today = clock.today().isoformat()
    path = tmp_path / "period.jsonl"
    assert benhan("audit", "export", path, "--from", today, "--until", today).exit_code == 0
    report = extract.verify_extract(path)
    assert report.holds
    assert report.events == AuditEvent.objects.count()
    assert benhan("audit", "export", path, "--until", "1999-12-31").exit_code == 0
    assert extract.verify_extract(path).events == 0
    assert benhan("audit", "export", path, "--from", "2026-02-01", "--until", "2026-01-01").exit_code == 2


def test_without_a_choice_the_whole_log_is_exported(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    assert benhan("audit", "export", path).exit_code == 0
    done = benhan("audit", "check", path, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["events"] == AuditEvent.objects.count()


def test_a_patient_nobody_knows_and_a_place_nobody_can_write_are_said_plainly(cast: Cast, tmp_path: Path) -> None:
    nobody = benhan("audit", "export", tmp_path / "x", "--patient", "BN00")
    assert nobody.exit_code == 1
    assert "BN00" in nobody.output
    nowhere = benhan("audit", "export", tmp_path / "no" / "x")
    assert nowhere.exit_code == 1
    assert "Không ghi được" in nowhere.output


def test_the_page_shows_how_long_the_log_is_kept(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["administrator"])
    page = client.get(reverse("site:audit_verify")).content.decode()
    assert f"31/12/{clock.today().year + 5}" in page
    assert "Nhật ký truy cập hồ sơ bệnh án" in page
