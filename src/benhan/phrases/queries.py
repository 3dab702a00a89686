"""Reads of ready-made texts and of the abbreviations in force."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q, QuerySet

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.kernel.errors import NotFound
from benhan.kernel.text import fold
from benhan.law import wording
from benhan.phrases.models import Abbreviation, AbbreviationEdition, Snippet

ORDER = {"own": 0, "department": 1, "facility": 2}
EDITIONS_SHOWN = 50
NUMBER_MAX = 2**31 - 1  # beyond it no database keeps the column


def offered(actor: Actor) -> list[Snippet]:
    """The texts a writer may put in: own ones first, then the department's, then the facility's."""
    rows = Snippet.objects.select_related("department").filter(
        Q(account_id=actor.account_id) | Q(department_id__in=actor.department_ids) | _of_facility()
    )
    if actor.account_id is None:
        rows = rows.filter(account__isnull=True)
    return sorted(rows, key=lambda s: (ORDER[s.scope], s.folded_key))


def shown(actor: Actor, typed: str = "") -> list[Snippet]:
    """The texts on the page of an actor: those offered, and all departments' for whoever keeps them all."""
    found = offered(actor)
    if gate.allowed(actor, "phrases.snippet.facility"):
        known = {s.pk for s in found}
        others = Snippet.objects.select_related("department").filter(department__isnull=False).exclude(pk__in=known)
        found = sorted([*found, *others], key=lambda s: (ORDER[s.scope], str(s.department or ""), s.folded_key))
    wanted = fold(typed[:100])
    return [s for s in found if wanted in fold(f"{s.key} {s.title} {s.text}")] if wanted else found


def _of_facility() -> Q:
    return Q(account__isnull=True, department__isnull=True)


def snippet(snippet_id: UUID) -> Snippet:
    """One text."""
    found = Snippet.objects.select_related("department").filter(pk=snippet_id).first()
    if found is None:
        raise NotFound("Không có câu mẫu này")
    return found


def is_visible(actor: Actor, one: Snippet) -> bool:
    """May the actor know of this text at all? Other people's own texts are not there."""
    if one.scope == "own":
        return one.account_id == actor.account_id
    if one.scope == "department":
        return one.department_id in actor.department_ids or gate.allowed(actor, "phrases.snippet.department", one)
    return True


def working_list(typed: str = "") -> list[Abbreviation]:
    """The list that is being worked on, to be published or already as published."""
    rows = sorted(Abbreviation.objects.select_related("department"), key=_alphabetical)
    wanted = fold(typed[:100])
    return [a for a in rows if wanted in fold(f"{a.abbreviation} {a.expansion}")] if wanted else rows


def _alphabetical(line: Abbreviation) -> tuple[str, str, str]:
    """Đ beside D, as people look words up; not as the database has its letters."""
    return fold(line.abbreviation), line.abbreviation, line.department.code if line.department else ""


def abbreviation(abbreviation_id: UUID) -> Abbreviation:
    """One line of the working list."""
    found = Abbreviation.objects.select_related("department").filter(pk=abbreviation_id).first()
    if found is None:
        raise NotFound("Danh mục không có dòng này")
    return found


def edition_in_force() -> AbbreviationEdition | None:
    """The newest published list."""
    return AbbreviationEdition.objects.order_by("-number").first()


def editions() -> QuerySet[AbbreviationEdition]:
    """The published lists, newest first, without what they hold."""
    return AbbreviationEdition.objects.defer("entries").order_by("-number")[:EDITIONS_SHOWN]


def edition(number: int) -> AbbreviationEdition:
    """One published list."""
    found = AbbreviationEdition.objects.filter(number=number).first() if number <= NUMBER_MAX else None
    if found is None:
        raise NotFound("Chưa ban hành danh mục số này")
    return found


def entries_of(rows: list[Abbreviation]) -> list[list[str]]:
    """Lines as an edition keeps them."""
    return [[a.abbreviation, a.expansion, a.department.code if a.department else ""] for a in rows]


def lists_in_force() -> Callable[[str], dict[str, str]]:
    """Department → abbreviations in force there with their full words, the published list read once: a department's own
    lines stand before the facility's. Before the first list is published the proposal of `law.wording` says what is meant."""
    found = edition_in_force()
    if found is None:
        proposed = {p.abbreviation: p.expansion for p in wording.proposal()}
        return lambda department_code: proposed
    general = {a: full for a, full, code in found.entries if not code}
    own: dict[str, dict[str, str]] = {}
    for a, full, code in found.entries:
        own.setdefault(code, {})[a] = full
    return lambda department_code: general | own.get(department_code, {})


def expansions(department_code: str) -> dict[str, str]:
    """Abbreviation → full words in force in one department."""
    return lists_in_force()(department_code)


def what_changed(rows: list[Abbreviation], last: AbbreviationEdition | None) -> tuple[int, int, int]:
    """How the working list differs from the published one: lines added, changed, removed."""
    before = {(a, code): full for a, full, code in last.entries} if last else {}
    now = {(a, code): full for a, full, code in entries_of(rows)}
    changed = sum(before[k] != now[k] for k in before.keys() & now.keys())
    return len(now.keys() - before.keys()), changed, len(before.keys() - now.keys())
