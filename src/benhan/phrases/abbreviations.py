"""Verbs of the facility's list of abbreviations: put, drop, take over the proposal, bring in a file, publish (R-53)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import Max

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility.columns import too_long
from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, FieldError, Invalid, NotFound
from benhan.kernel.text import clean_line
from benhan.law import wording
from benhan.phrases import queries
from benhan.phrases.models import Abbreviation, AbbreviationEdition
from benhan.phrases.tables import Line, read_table

MANAGE = "phrases.abbreviation.manage"
LINES_MAX = 3_000
CHARACTERS_MIN = 2
# One word; it may hold a point, a slash, a hyphen, a plus, and begins with a letter or digit: never a formula.
ABBREVIATION = re.compile(r"[^\W_][\w./+-]*")


@dataclass(frozen=True)
class Brought:
    """What a file brought in."""

    added: int
    changed: int


def put(
    *,
    abbreviation: str,
    expansion: str,
    department: Department | None,
    actor: Actor,
    line: Abbreviation | None = None,
) -> Abbreviation:
    """Add a line to the working list, or change `line`. Nothing is in force before it is published."""
    gate.require(actor, MANAGE)
    short, full = clean_line(abbreviation), clean_line(expansion)
    errors = faults(short, full)
    with audit.unit_of_work("phrases.abbreviation.put"):
        others = Abbreviation.objects.filter(abbreviation=short, department=department)
        if (others.exclude(pk=line.pk) if line else others).exists():
            errors.append(FieldError("abbreviation", "taken", f"Danh mục đã có “{short}”"))
        if line is None and Abbreviation.objects.count() >= LINES_MAX:
            errors.append(FieldError("abbreviation", "too_many", f"Danh mục đã đủ {LINES_MAX} dòng"))
        if errors:
            raise Invalid(errors)
        kept = _locked(line) if line else Abbreviation()
        kept.abbreviation, kept.expansion, kept.department = short, full, department
        kept.changed_at, kept.changed_by_name = clock.now(), actor.full_name
        try:
            kept.save()
        except IntegrityError as error:  # two people put the same word in at once
            raise Conflict(f"Danh mục vừa có “{short}”", code="taken") from error
        _record("phrases.abbreviation.put", kept)
    return kept


def faults(short: str, full: str) -> list[FieldError]:
    """What is wrong with a line."""
    found = too_long(Abbreviation, {"abbreviation": short, "expansion": full})
    if len(short) < CHARACTERS_MIN or not ABBREVIATION.fullmatch(short):
        message = f"Chữ viết tắt “{short}” phải là một từ từ {CHARACTERS_MIN} ký tự, bắt đầu bằng chữ hoặc số"
        found.append(FieldError("abbreviation", "format", message))
    if not full:
        found.append(FieldError("expansion", "required", "Chưa có phần viết đầy đủ"))
    elif full[0] in "=+-@":
        found.append(FieldError("expansion", "format", "Phần viết đầy đủ không bắt đầu bằng = + - @"))
    elif full == short:
        found.append(FieldError("expansion", "same", "Phần viết đầy đủ giống chữ viết tắt"))
    return found


def drop(line: Abbreviation, *, actor: Actor) -> None:
    """Take a line out of the working list."""
    gate.require(actor, MANAGE)
    with audit.unit_of_work("phrases.abbreviation.drop"):
        fresh = _locked(line)
        _record("phrases.abbreviation.drop", fresh)
        fresh.delete()


def take_proposal(*, actor: Actor) -> Brought:
    """Put the lines of the proposal into the working list that are not in it yet, to be read through and published."""
    gate.require(actor, MANAGE)
    with audit.unit_of_work("phrases.abbreviation.propose"):
        known = set(Abbreviation.objects.filter(department__isnull=True).values_list("abbreviation", flat=True))
        new = [p for p in wording.proposal() if p.abbreviation not in known]
        brought = _bring([Line(0, p.abbreviation, p.expansion, "") for p in new], {}, actor)
        audit.record("phrases.abbreviation.propose", detail={"added": brought.added})
    return brought


def import_csv(data: bytes, *, actor: Actor) -> Brought:
    """Add and change lines by a file (`queries`' own export, or one of a spreadsheet). All of it or nothing: every faulty
    line is told by its number."""
    gate.require(actor, MANAGE)
    lines = read_table(data)
    places = {d.code: d for d in facility.departments()}
    errors: list[FieldError] = []
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        said = [e.message for e in faults(line.abbreviation, line.expansion)]
        if line.department and line.department not in places:
            said.append(f"không có khoa mang mã “{line.department}”")
        first = seen.setdefault((line.abbreviation, line.department), line.number)
        if first != line.number:
            said.append(f"“{line.abbreviation}” đã có ở dòng {first}")
        errors += [FieldError("file", "line", f"dòng {line.number}: {text}") for text in said]
    if errors:
        raise Invalid(errors, "Tệp có dòng sai; chưa nhập dòng nào")
    with audit.unit_of_work("phrases.abbreviation.import"):
        brought = _bring(lines, places, actor)
        detail = {"added": brought.added, "changed": brought.changed}
        audit.record("phrases.abbreviation.import", detail=detail)
    return brought


def _bring(lines: Iterable[Line], places: dict[str, Department], actor: Actor) -> Brought:
    rows = Abbreviation.objects.select_for_update(of=("self",)).select_related("department")
    known = {(a.abbreviation, a.department.code if a.department else ""): a for a in rows}
    at, new, other = clock.now(), [], []
    for line in lines:
        found = known.get((line.abbreviation, line.department))
        if found is None:
            found = Abbreviation(abbreviation=line.abbreviation, department=places.get(line.department))
            new.append(found)
        elif found.expansion != line.expansion:
            other.append(found)
        found.expansion, found.changed_at, found.changed_by_name = line.expansion, at, actor.full_name
    if len(known) + len(new) > LINES_MAX:
        raise Invalid([FieldError("file", "too_many", f"Danh mục không quá {LINES_MAX} dòng")])
    Abbreviation.objects.bulk_create(new)
    Abbreviation.objects.bulk_update(other, ["expansion", "changed_at", "changed_by_name"])
    return Brought(len(new), len(other))


def publish(*, actor: Actor) -> AbbreviationEdition:
    """Publish (ban hành) the working list: from now on it is what may be used. The lists before it stay readable."""
    gate.require(actor, MANAGE)
    try:
        return _publish(actor)
    except IntegrityError as error:  # two people publish at once
        raise Conflict("Có người vừa ban hành danh mục", code="published") from error


def _publish(actor: Actor) -> AbbreviationEdition:
    with audit.unit_of_work("phrases.abbreviation.publish"):
        rows = queries.working_list()
        if not rows:
            raise Invalid([FieldError("", "empty", "Danh mục còn trống; chưa có gì để ban hành")])
        last = queries.edition_in_force()
        if last is not None and queries.what_changed(rows, last) == (0, 0, 0):
            raise Conflict("Danh mục không có gì thay đổi từ lần ban hành trước", code="unchanged")
        number = (AbbreviationEdition.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        made = AbbreviationEdition.objects.create(
            number=number,
            entries=queries.entries_of(rows),
            published_at=clock.now(),
            published_by_name=actor.full_name,
            published_by_title=actor.job_title,
        )
        detail = {"number": number, "lines": len(rows)}
        audit.record(
            "phrases.abbreviation.publish", object_type="abbreviationedition", object_id=str(number), detail=detail
        )
    return made


def _locked(line: Abbreviation) -> Abbreviation:
    found = Abbreviation.objects.select_for_update().filter(pk=line.pk).first()
    if found is None:
        raise NotFound("Dòng này đã bị bỏ khỏi danh mục")
    return found


def _record(action: str, line: Abbreviation) -> None:
    detail = {"abbreviation": line.abbreviation}
    audit.record(action, object_type="abbreviation", object_id=str(line.pk), detail=detail)
