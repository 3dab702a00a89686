"""Entries printed as one sheet: all of them, or the sheet says how many it leaves out."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from benhan.kernel.errors import NotFound
from benhan.records import services, sheets
from benhan.records.models import MedicalRecord
from benhan.site.demo import complete
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def visits(cast: Cast) -> MedicalRecord:
    record = cast.open()
    for n in range(6):
        at = record.opened_at + timedelta(microseconds=n)
        entry = {"at": at.isoformat(), "progress": f"Lượt khám số {n}."}
        content = complete(record, "treatment_sheet", {"entry": entry})
        services.write(record, "treatment_sheet", content, actor=cast.doctor, clinical_at=at)
    return record


def _text(pdf: bytes, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (folder / "sheet.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "sheet.pdf", "-"], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


def test_every_visit_is_on_the_sheet(cast: Cast, visits: MedicalRecord, tmp_path: Path) -> None:
    text = _text(sheets.entries_sheet(visits, "treatment_sheet", cast.doctor), tmp_path)
    assert all(f"Lượt khám số {n}." in text for n in range(6))
    assert "mục đầu" not in text


def test_a_sheet_that_cannot_hold_all_says_so(
    cast: Cast, visits: MedicalRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "ENTRIES_MAX", 4)
    text = " ".join(_text(sheets.entries_sheet(visits, "treatment_sheet", cast.doctor), tmp_path).split())
    assert "Lượt khám số 4." not in text
    assert "Bản in gồm 4 mục đầu trên tổng số 6 mục." in text


def test_no_sheet_of_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        sheets.entries_sheet(cast.open(), "treatment_sheet", cast.doctor)
