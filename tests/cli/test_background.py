"""The duties beside the server: one that fails is told and tried again, and takes no other with it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from benhan.audit.models import TreeHead
from benhan.cli import background

pytestmark = pytest.mark.django_db


def test_a_failing_duty_is_told_and_takes_no_other_with_it(caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> None:
    from django.db import OperationalError, connections

    monkeypatch.setattr(connections, "close_all", lambda: None)  # the test's own connection holds its transaction
    done: list[str] = []

    def fails() -> None:
        raise OperationalError("the database went away")

    with caplog.at_level(logging.ERROR, logger="benhan.background"):
        background.do([fails, lambda: done.append("after")])
    assert done == ["after"]
    assert "fails failed" in caplog.text
    assert "the database went away" in caplog.text


def test_the_duties_are_real() -> None:
    before = TreeHead.objects.count()
    names = [task.__name__ for task in background.duties()]
    assert names == ["sign_tree_head", "daily_back_up", "daily_report"]
    background.duties()[0]()
    assert TreeHead.objects.count() >= before


@pytest.mark.parametrize("kind", ["BENHAN_PRACTICE", "BENHAN_AUTHORITY"])
def test_only_a_real_facility_reports_to_its_department(settings: Any, kind: str) -> None:
    setattr(settings, kind, True)
    assert [task.__name__ for task in background.duties()] == ["sign_tree_head", "daily_back_up"]
