"""Verbs of the facility's own definitions: begin, edit, check, publish."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import rfc8785
import yaml
from django.db import IntegrityError, transaction

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.formbook import published
from benhan.formbook.models import OwnForm
from benhan.forms.additions import PREFIX
from benhan.forms.check import Mistake, check_addition, check_text
from benhan.forms.definition import FormVersion
from benhan.forms.shared import expanded
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from benhan.law import registry
from benhan.law.coverage import around
from benhan.law.own import added_version, own_version

TEXT_CHARACTERS_MAX = 400_000
NAME = Path("mau.yaml")
NEW_FORM = """code: own_ten_mau                 # bắt đầu bằng own_
name_vi: Tên mẫu
name_en: Name of the form
kind: sheet
used_in: [inpatient, outpatient]
legal_basis: Mẫu của cơ sở
certainty: own
repeats: event                    # once | day | event | entry
group: other
writers: [doctor, nurse]
signatures:
- {id: author, label_vi: Người ghi, role: clinical_staff, order: 1}
sections:
- use: sheet_header
- id: note
  title_vi: Nội dung
  title_en: Content
  fields:
  - {id: text, label_vi: Nội dung, label_en: Content, type: longtext, required: signing}
"""
NEW_ADDITION = """adds_to: %s
sections:
- id: own_more
  title_vi: Mục thêm của cơ sở
  title_en: Added by the facility
  fields:
  - {id: own_text, label_vi: Nội dung, label_en: Content, type: longtext}
"""


@dataclass(frozen=True)
class Checked:
    """A text that was read: the form it makes, or what is wrong with it, line by line."""

    form: FormVersion | None = None
    definition: dict[str, Any] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def begin(*, actor: Actor, adds_to: str = "", text: str = "") -> OwnForm:
    """Begin an own form, or an addition to an official one. `text` takes over an earlier definition."""
    gate.require(actor, "formbook.form.manage")
    kind = "addition" if adds_to else "form"
    if adds_to and not any(f.origin == "official" for f in registry.versions(adds_to)):
        raise NotFound("Không có mẫu này")
    written = text or (NEW_ADDITION % adds_to if adds_to else NEW_FORM)
    name = registry.form(adds_to, clock.today()).name_vi if adds_to else "Mẫu mới"
    with audit.unit_of_work("formbook.form.begin"):
        made = OwnForm.objects.create(
            kind=kind,
            code=adds_to or "own_",
            name=name,
            text=written,
            edited_at=clock.now(),
            edited_by_name=actor.full_name,
        )
        _record("formbook.form.begin", made)
    return made


def again(form: OwnForm, *, actor: Actor) -> OwnForm:
    """Begin the next version of a published definition: the same text, to be changed."""
    return begin(actor=actor, adds_to=form.code if form.kind == "addition" else "", text=form.text)


def edit(form: OwnForm, text: str, *, actor: Actor) -> Checked:
    """Keep the text of a draft, good or not, and say what is wrong with it."""
    gate.require(actor, "formbook.form.manage")
    if len(text) > TEXT_CHARACTERS_MAX:
        raise Invalid([FieldError("text", "too_long", f"Định nghĩa dài quá {TEXT_CHARACTERS_MAX} ký tự")])
    text = text.replace("\r\n", "\n")
    checked = check(form, text)
    with audit.unit_of_work("formbook.form.edit"):
        fresh = _locked(form)
        if fresh.published_at is not None:
            raise Refused("Mẫu đã ban hành không sửa được; hãy tạo phiên bản mới", code="published")
        fresh.text, fresh.edited_at, fresh.edited_by_name = text, clock.now(), actor.full_name
        if checked.form is not None:
            fresh.code, fresh.name = checked.form.code, checked.form.name_vi
        fresh.save(update_fields=["text", "edited_at", "edited_by_name", "code", "name"])
        _record("formbook.form.edit", fresh)
    return checked


def check(form: OwnForm, text: str) -> Checked:
    """Read a text: the form it makes, or every mistake with its line."""
    return _check_addition(form, text) if form.kind == "addition" else _check_form(text)


def _check_form(text: str) -> Checked:
    day = clock.today()
    text_with_day = text if "valid_from:" in text else f"valid_from: {day.isoformat()}\n{text}"
    shift = text_with_day.count("\n") - text.count("\n")
    mistakes = [Mistake(m.file, max(m.line - shift, 1), m.message) for m in check_text(text_with_day, NAME, around())]
    if mistakes:
        return Checked(mistakes=mistakes)
    raw = json.loads(json.dumps(yaml.safe_load(text_with_day), default=str))  # dates as text, as it will be kept
    if not str(raw["code"]).startswith(PREFIX):
        return Checked(
            mistakes=[Mistake(NAME, _line(text, "code:"), f"“code” của mẫu riêng phải bắt đầu bằng {PREFIX}")]
        )
    whole = expanded({**raw, "valid_from": day.isoformat()}, registry.blocks(), registry.choice_lists())
    return _made(text, whole, lambda: own_version(whole, day))


def _check_addition(form: OwnForm, text: str) -> Checked:
    official = next((f for f in reversed(registry.versions(form.code)) if f.origin == "official"), None)
    if official is None:
        return Checked(mistakes=[Mistake(NAME, 1, f"không có mẫu “{form.code}” của Bộ để thêm vào")])
    raw = registry.expanded_of(official)
    whole, mistakes = check_addition(text, NAME, around(), raw)
    if whole is None:
        return Checked(mistakes=mistakes)
    if whole["adds_to"] != form.code:
        return Checked(mistakes=[Mistake(NAME, _line(text, "adds_to:"), f"“adds_to” phải là {form.code}")])
    return _made(text, whole, lambda: added_version(official, raw, whole, clock.today()))


def _made(text: str, whole: dict[str, Any], make: Callable[[], FormVersion]) -> Checked:
    """The form, unless it holds what cannot be kept."""
    try:
        form = make()
    except (rfc8785.CanonicalizationError, ValueError) as error:
        return Checked(mistakes=[Mistake(NAME, 1, f"có số hoặc ngày không lưu được: {error}")])
    return Checked(form, whole)


def publish(form: OwnForm, valid_from: date, *, actor: Actor) -> OwnForm:
    """Publish (ban hành) a definition from a day on: today or later, because what was written before keeps its version.
    From then on it is never edited."""
    gate.require(actor, "formbook.form.manage")
    try:
        return _publish(form, valid_from, actor)
    except IntegrityError as error:  # two drafts of one form, published for one day at once
        raise _taken(valid_from) from error


def _publish(form: OwnForm, valid_from: date, actor: Actor) -> OwnForm:
    with audit.unit_of_work("formbook.form.publish"):
        fresh = _locked(form)
        if fresh.published_at is not None:
            raise Conflict("Mẫu này đã được ban hành", code="published")
        checked = check(fresh, fresh.text)
        if checked.form is None:
            raise Invalid([FieldError("text", "mistakes", f"dòng {m.line}: {m.message}") for m in checked.mistakes])
        _assert_day(checked.form.code, valid_from)
        fresh.code, fresh.name = checked.form.code, checked.form.name_vi
        fresh.definition = canonical(checked.definition).decode("utf-8")
        fresh.valid_from, fresh.published_at, fresh.published_by_name = valid_from, clock.now(), actor.full_name
        fresh.save()
        _record("formbook.form.publish", fresh)
        transaction.on_commit(published.forget)
    return fresh


def _assert_day(code: str, day: date) -> None:
    if day < clock.today():
        raise Invalid([FieldError("valid_from", "past", "Ngày có hiệu lực phải từ hôm nay trở đi")])
    taken = OwnForm.objects.filter(code=code, valid_from=day, published_at__isnull=False).exists()
    if taken or any(f.valid_from == day for f in registry.versions(code)):
        raise _taken(day)


def _taken(day: date) -> Invalid:
    text = f"Mẫu này đã có phiên bản có hiệu lực từ {day:%d/%m/%Y}; chọn ngày khác"
    return Invalid([FieldError("valid_from", "taken", text)])


def discard(form: OwnForm, *, actor: Actor) -> None:
    """Throw a draft away. What was published stays."""
    gate.require(actor, "formbook.form.manage")
    with audit.unit_of_work("formbook.form.discard"):
        fresh = _locked(form)
        if fresh.published_at is not None:
            raise Refused("Mẫu đã ban hành thì giữ lại, không xóa", code="published")
        _record("formbook.form.discard", fresh)
        fresh.delete()


def _locked(form: OwnForm) -> OwnForm:
    found = OwnForm.objects.select_for_update().filter(pk=form.pk).first()
    if found is None:
        raise NotFound("Bản soạn này đã bị bỏ")
    return found


def _record(action: str, form: OwnForm) -> None:
    audit.record(action, object_type="ownform", object_id=str(form.pk), detail={"code": form.code})


def _line(text: str, word: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith(word)), 1)
