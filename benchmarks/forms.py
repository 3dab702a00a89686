"""Every form in force: opened in the editor, validated, saved, drawn. Needs a house (`benchmarks.house`), or makes a small one.

Run by `benhan bench`; alone: `python -m benchmarks.forms` with BENHAN_HOME set to a scratch folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.house import House, set_up
from benchmarks.timing import percentile, times

REPEATS = 3
SLOWEST = 5


def measure_forms(house: House, repeats: int = REPEATS) -> dict[str, Any]:
    """Per step the median over all forms, and the slowest forms (median of their runs), in milliseconds."""
    from django.test import Client

    from benhan.kernel import clock
    from benhan.law import registry
    from benhan.site import demo

    record = house.record()
    client = Client()
    client.post("/login", {"username": "bacsi", "password": demo.PASSWORD})
    found: dict[str, dict[str, float]] = {"open": {}, "validate": {}, "save": {}, "render": {}}
    for form in registry.forms(clock.today()):
        content = registry.example(form)["content"]
        steps = {
            "open": _opening(house, client, record, form, content),
            "validate": _validating(form, content),
            "render": _rendering(form, content),
            "save": _saving(house, record, form, content),
        }
        for name, work in steps.items():
            if work is not None:
                work()  # what is made once a process does not count
                found[name][form.code] = times(work, repeats)["p50_ms"]
    return {name: _summary(figures) for name, figures in found.items()}


def _summary(figures: dict[str, float]) -> dict[str, Any]:
    slowest = sorted(figures, key=lambda code: -figures[code])[:SLOWEST]
    return {
        "forms": len(figures),
        "p50_ms": percentile(list(figures.values()), 0.5),
        "slowest_ms": figures[slowest[0]],
        "slowest": {code: figures[code] for code in slowest},
    }


def _opening(house: House, client: Any, record: Any, form: Any, content: Any) -> Callable[[], object]:
    """The editor's page through the whole stack, filled."""
    from benhan.kernel import clock
    from benhan.kernel.identifiers import new_id
    from benhan.records.models import Draft

    draft = Draft.objects.create(
        record=record,
        form_code=form.code,
        account_id=house.doctor.account_id,
        content=json.dumps(content, ensure_ascii=False),
        client_key=str(new_id()),
        updated_at=clock.now(),
    )

    def work() -> None:
        answer = client.get(f"/drafts/{draft.pk}/")
        if answer.status_code != 200:
            raise SystemExit(f"{form.code}: the editor answered {answer.status_code}")

    return work


def _validating(form: Any, content: Any) -> Callable[[], object]:
    from benhan.forms.validate import clean, validate
    from benhan.law import codes, registry

    return lambda: validate(
        form, clean(form, content), purpose="signing", code_known=codes.is_known, part_known=registry.has_part
    )


def _rendering(form: Any, content: Any) -> Callable[[], object]:
    """The PDF/A of one page. Each run has another footer, so that nothing is drawn from a cache."""
    from benhan.forms.print import print_sections
    from benhan.kernel import clock
    from benhan.law import codes, registry
    from benhan.proof.render import render
    from benhan.records import rendering

    runs = iter(range(sys.maxsize))
    positions = [
        {"id": p.id, "label": p.label_vi, "hint": "(ký)", "signed": None, "part": p.part}
        for p in form.positions
        if p.kind != "confirmation"
    ]

    def work() -> None:
        data = {
            "letterhead": {"governing_body": "Sở Y tế", "facility": "Bệnh viện Đo", "department": "Khoa Nội"},
            "form": {
                "name": form.name_vi, "official_number": form.official_number, "paper": form.paper, "sheet": form.sheet,
            },
            "numbers": [{"label": "Số HSBA", "value": "BA26.000001"}],
            "positions": positions,
            "footer": f"lần {next(runs)}",
            "sections": print_sections(form, content, rendering.zone(), codes.name, registry.diagram),
        }  # fmt: skip
        render(registry.page_layout(form), data, at=clock.now())

    return work


def _saving(house: House, record: Any, form: Any, content: Any) -> Callable[[], object] | None:
    """A document written; none for forms that this record may not hold, or hold only once."""
    from benhan.kernel.errors import SaysNo
    from benhan.records import services

    if form.repeats in ("once", "day"):
        return None
    try:
        services.write(record, form.code, content, actor=house.doctor)
    except SaysNo:
        return None
    return lambda: services.write(record, form.code, content, actor=house.doctor)


if __name__ == "__main__":
    set_up()
    print(json.dumps(measure_forms(House()), ensure_ascii=False, indent=1))
