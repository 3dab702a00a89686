"""A form before anybody wrote it: its page with invented answers, empty, or as the editor will show it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from benhan.facility import queries as facility
from benhan.forms.definition import FormVersion
from benhan.forms.page import PageSection, sections
from benhan.forms.print import print_sections
from benhan.forms.sample import sample_content
from benhan.kernel import clock
from benhan.law import codes, registry
from benhan.proof.render import render

MARK = "MẪU THỬ"
PERSON = "NGUYỄN THỊ MẪU"


def sample(form: FormVersion) -> dict[str, Any]:
    """Invented answers to every item."""
    return sample_content(form, parts=registry.diagram_parts)


def pdf(form: FormVersion, *, empty: bool = False) -> bytes:
    """The printed page with invented answers, or with none, marked so that it passes for nobody's paper."""
    place = facility.facility_or_none()
    content = {} if empty else sample(form)
    data = {
        "title": form.name_vi,
        "letterhead": {
            "governing_body": place.governing_body if place else "",
            "facility": place.name if place else "",
            "department": "Khoa Mẫu",
        },
        "form": {
            "name": form.name_vi,
            "official_number": form.official_number,
            "paper": form.paper,
            "sheet": form.sheet,
        },
        "person": "" if empty else PERSON,
        "numbers": [{"label": "Số HSBA", "value": "…………"}],
        "positions": [
            {"id": p.id, "label": p.label_vi, "hint": "(ký, ghi rõ họ tên)", "part": p.part, "signed": None}
            for p in form.positions
            if p.kind != "confirmation"
        ],
        "sections": print_sections(form, content, zone(), codes.name, registry.diagram),
        "mark": MARK,
        "footer": f"{form.code} · {form.valid_from:%d/%m/%Y} · {form.form_hash[:16]}",
    }
    return render(registry.page_layout(form), data, at=clock.now()).pdf


def screen(form: FormVersion) -> list[PageSection]:
    """The inputs as the editor draws them, with invented answers."""
    return sections(form, sample(form), [], zone())


def zone() -> ZoneInfo:
    """The facility's zone."""
    return ZoneInfo(settings.TIME_ZONE)
