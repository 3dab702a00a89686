"""The log speaks to people: no code of the program stands on the pages that tell who looked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import benhan
from benhan.access import gate
from benhan.audit.queries import Filters, events
from benhan.site import log_words
from tests.people import Cast
from tests.stories import sealed

SOURCE = Path(benhan.__file__).parent
ROOMS = "access|archive|audit|bhyt|clinical|facility|patients|records|signing|site"
LOGGED = re.compile(rf'(?:unit_of_work|\brecord|_mark|log)\(\s*f?"((?:{ROOMS})(?:\.[a-z_]+)+)"')


def test_everything_that_is_logged_has_a_name() -> None:
    codes = {c for file in SOURCE.rglob("*.py") for c in LOGGED.findall(file.read_text(encoding="utf-8"))}
    assert len(codes) > 30, "the search finds nothing any more"
    assert sorted(c for c in codes if log_words.action_name(c) == c) == []


def test_what_the_backups_note_has_a_name() -> None:
    services = (SOURCE / "archive" / "backups" / "services.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'_note\(\s*"([a-z]+)"', services))
    assert {"prove", "restore"} <= kinds
    assert sorted(k for k in kinds if f"archive.backup.{k}" not in log_words.EVENTS) == []


def test_every_action_and_role_has_a_name() -> None:
    assert [c for c in gate.actions() if log_words.action_name(c) == c] == []
    assert log_words.role_names("doctor,planning") == "Bác sĩ, Phòng Kế hoạch tổng hợp"
    assert log_words.action_name("site.staff.manage.shown") == "Mở trang: Quản lý khoa, nhân viên và tài khoản"
    assert log_words.action_name("something.new") == "something.new"


@pytest.mark.django_db(transaction=True)
def test_who_looked_names_the_papers_and_no_codes(cast: Cast, client: Client) -> None:
    record = sealed(cast)
    client.force_login(cast.accounts["planning"])
    client.get(f"/records/{record.pk}/")
    page = client.get(f"/patients/{record.patient_id}/audit").content.decode()
    words = re.sub(r"<[^>]*>", " ", page)
    assert "Bệnh án Ngoại trú chung" in words
    assert "Niêm phong hồ sơ" in words
    assert not re.search(rf"\b(?:{ROOMS})\.[a-z_]+", words)
    unknown = {
        e.object_type
        for e in events(Filters()).events
        if e.object_type and log_words.object_name(e.object_type) == e.object_type
    }
    assert not unknown


@pytest.mark.django_db(transaction=True)
def test_the_administrator_reads_the_log_without_titles_of_papers(cast: Cast, client: Client) -> None:
    sealed(cast)
    client.force_login(cast.accounts["administrator"])
    page = client.get("/audit/").content.decode()
    assert "Giấy tờ" in page
    assert "Bệnh án Ngoại trú chung" not in page
