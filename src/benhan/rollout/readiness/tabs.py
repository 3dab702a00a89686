"""The rooms of the way to a paperless facility, as one row of tabs on each of their pages."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from benhan.access import gate
from benhan.ui import menu

TABS = (
    ("Khảo sát", "survey:survey", "survey.survey.read"),
    ("Kế hoạch", "plan:plan", "plan.plan.read"),
    ("Mức sẵn sàng", "readiness:overview", "readiness.run.read"),
    ("Dừng dùng giấy", "stopping:board", "stopping.phase.read"),
    ("Thực hành", "training:overview", "training.progress.read"),
    ("Hồ sơ công bố", "dossier:papers", "dossier.paper.read"),
    ("Lịch pháp lý", "duties:calendar", "duties.calendar.read"),
    ("Báo cáo Sở", "reporting:reports", "reporting.report.read"),
)


def tabs(request: Any, current: str) -> list[tuple[str, str, bool, None]]:
    """What this person may open, as the tab row wants it; `current` is a url name. A room that is not there has no tab."""
    found = []
    for label, name, action in TABS:
        if action in gate.actions() and menu.may(request, action):
            with suppress(NoReverseMatch):
                found.append((gettext(label), reverse(name), name == current, None))
    return found
