"""Verbs of ready-made texts: add, change, remove."""

from __future__ import annotations

import re

from django.db import IntegrityError
from django.db.models import QuerySet

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.access.models import Account
from benhan.audit import services as audit
from benhan.facility.columns import too_long
from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, NotFound, Refused
from benhan.kernel.text import clean, clean_line, fold
from benhan.phrases import queries
from benhan.phrases.models import SCOPES, Snippet

TEXT_CHARACTERS_MAX = 4_000
PER_OWNER_MAX = 300
KEY = re.compile(r"[^\W_][\w-]*")
# A citizen's number, a telephone, a card of health insurance: a text for everybody holds nobody's.
OF_A_PERSON = re.compile(r"(?<!\d)(?:\d[ .]?){9,12}(?!\d)|\b[A-Z]{2}\d{13}\b")


def add(*, scope: str, department: Department | None, key: str, title: str, text: str, actor: Actor) -> Snippet:
    """Add a text for oneself, a department or the facility."""
    if scope not in SCOPES:
        raise Invalid([FieldError("scope", "unknown", "Chọn câu mẫu dùng cho ai")])
    if scope == "department" and department is None:
        raise Invalid([FieldError("department", "required", "Chọn khoa dùng câu mẫu")])
    writer = Account.objects.filter(pk=actor.account_id).first() if actor.account_id else None
    made = Snippet(account=writer if scope == "own" else None, department=department if scope == "department" else None)
    if scope == "own" and made.account is None:
        raise Refused("Tài khoản này không có câu mẫu riêng", code="no_account")
    assert_may_change(made, actor)
    with audit.unit_of_work("phrases.snippet.add"):
        if _of_owner(made).count() >= PER_OWNER_MAX:
            raise Refused(f"Đã có {PER_OWNER_MAX} câu mẫu; hãy bỏ bớt câu không dùng", code="too_many")
        return _keep(made, key, title, text, actor, "phrases.snippet.add")


def change(snippet: Snippet, *, key: str, title: str, text: str, actor: Actor) -> Snippet:
    """Change a text. What was written with it before stays as it is."""
    assert_may_change(snippet, actor)
    with audit.unit_of_work("phrases.snippet.change"):
        return _keep(_locked(snippet), key, title, text, actor, "phrases.snippet.change")


def remove(snippet: Snippet, *, actor: Actor) -> None:
    """Remove a text from the list."""
    assert_may_change(snippet, actor)
    with audit.unit_of_work("phrases.snippet.remove"):
        fresh = _locked(snippet)
        _record("phrases.snippet.remove", fresh)
        fresh.delete()


def assert_may_change(snippet: Snippet, actor: Actor) -> None:
    """Pass, or say no: other people's own texts are not there, the department's and the facility's have their keepers."""
    if not queries.is_visible(actor, snippet):
        raise NotFound("Không có câu mẫu này")
    gate.require(actor, f"phrases.snippet.{snippet.scope}", snippet)


def _keep(snippet: Snippet, key: str, title: str, text: str, actor: Actor, action: str) -> Snippet:
    snippet.key, snippet.title = clean_line(key).removeprefix("/"), clean_line(title)
    snippet.text, snippet.folded_key = clean(text).strip(), fold(snippet.key)
    errors = _faults(snippet)
    if errors:
        raise Invalid(errors)
    snippet.changed_at, snippet.changed_by_name = clock.now(), actor.full_name
    try:
        snippet.save()
    except IntegrityError as error:  # two people add the same key at once
        raise Invalid([_taken(snippet)]) from error
    _record(action, snippet)
    return snippet


def _faults(snippet: Snippet) -> list[FieldError]:
    found = too_long(Snippet, {"key": snippet.key, "title": snippet.title})
    if not KEY.fullmatch(snippet.key):
        found.append(
            FieldError("key", "format", "Tên tắt gồm chữ, số, dấu gạch, không có khoảng trống, ví dụ: khamphoi")
        )
    if not snippet.title:
        found.append(FieldError("title", "required", "Nhập tên câu mẫu"))
    if not snippet.text:
        found.append(FieldError("text", "required", "Nhập nội dung câu mẫu"))
    if len(snippet.text) > TEXT_CHARACTERS_MAX:
        found.append(FieldError("text", "too_long", f"Nội dung dài quá {TEXT_CHARACTERS_MAX} ký tự"))
    for name in ("title", "text"):
        if OF_A_PERSON.search(getattr(snippet, name)):
            message = "Câu mẫu không chứa số định danh, số điện thoại, số thẻ của ai"
            found.append(FieldError(name, "personal", message))
    if _of_owner(snippet).filter(folded_key=snippet.folded_key).exclude(pk=snippet.pk).exists():
        found.append(_taken(snippet))
    return found


def _taken(snippet: Snippet) -> FieldError:
    return FieldError("key", "taken", f"Đã có câu mẫu mang tên tắt /{snippet.key}")


def _of_owner(snippet: Snippet) -> QuerySet[Snippet]:
    return Snippet.objects.filter(account=snippet.account, department=snippet.department)


def _locked(snippet: Snippet) -> Snippet:
    found = Snippet.objects.select_for_update().filter(pk=snippet.pk).first()
    if found is None:
        raise NotFound("Câu mẫu này đã bị bỏ")
    return found


def _record(action: str, snippet: Snippet) -> None:
    detail = {"key": snippet.key, "scope": snippet.scope}
    audit.record(action, object_type="snippet", object_id=str(snippet.pk), detail=detail)
