"""What the book of forms holds, for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from benhan.formbook.models import OwnForm
from benhan.forms.definition import FormVersion
from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.kernel.text import fold
from benhan.law import registry
from benhan.law.coverage import coverage


@dataclass(frozen=True)
class Entry:
    """A form in the list: the version in force (or the next one), how many versions, how many items it lacks."""

    form: FormVersion
    versions: int
    fields: int
    lacking: int


def entries(text: str = "", certainty: str = "") -> list[Entry]:
    """All forms by number and name; `text` is looked for in number, name and code, without marks."""
    wanted = fold(text).split()
    lacking = coverage()
    found = []
    for code in {f.code for f in registry.all_versions()}:
        form = shown_version(code)
        words = fold(f"{form.official_number} {form.name_vi} {form.code}")
        if all(w in words for w in wanted) and certainty in ("", form.certainty):
            count = sum(len(s.fields) for s in form.sections)
            found.append(Entry(form, len(registry.versions(code)), count, len(lacking.get(code, (0, []))[1])))
    return sorted(
        found,
        key=lambda e: (not e.form.official_number, e.form.official_number[3:], e.form.official_number, e.form.name_vi),
    )


def shown_version(code: str) -> FormVersion:
    """The version in force today, else the newest. NotFound for no form."""
    versions = registry.versions(code)
    if not versions:
        raise NotFound("Không có mẫu này")
    day = clock.today()
    return next((f for f in reversed(versions) if f.valid_from <= day), versions[-1])


def version(code: str, day: str) -> FormVersion:
    """One version by its day, as an address names it."""
    try:
        return registry.form_version(code, date.fromisoformat(day))
    except ValueError as error:
        raise NotFound("Không có phiên bản này") from error


def drafts() -> list[OwnForm]:
    """Definitions that are being written."""
    return list(OwnForm.objects.filter(published_at__isnull=True).order_by("-edited_at")[:100])


def own_form(form_id: UUID) -> OwnForm:
    """One definition of the facility."""
    found = OwnForm.objects.filter(pk=form_id).first()
    if found is None:
        raise NotFound("Không có bản soạn này")
    return found


def published_of(code: str) -> list[OwnForm]:
    """What the facility published under a code, newest first."""
    return list(OwnForm.objects.filter(code=code, published_at__isnull=False).order_by("-valid_from"))
