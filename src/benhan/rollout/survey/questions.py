"""The survey's questions as typed values, and what may be answered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from benhan.kernel.errors import FieldError
from benhan.kernel.text import clean
from benhan.law import rollout

NUMBER_MAX = 10_000_000
TEXT_MAX = 2_000
YES_NO = {"yes": "Có", "no": "Không"}


@dataclass(frozen=True)
class GapRule:
    """When an answer means that something is missing."""

    when: str
    gap: str
    value: Any = None

    def holds(self, answer: Any) -> bool:
        """Is it missing? An unanswered question proves nothing, except where `empty` itself is the sign."""
        if answer in (None, "", []):
            return self.when == "empty"
        if self.when in ("no", "yes"):
            return bool(answer == self.when)
        if self.when == "below":
            return bool(answer < self.value)
        if self.when == "above":
            return bool(answer > self.value)
        chosen = set(answer) if isinstance(answer, list) else {answer}
        if self.when == "any_of":
            return bool(chosen & set(self.value))
        return self.when == "none_of" and not chosen & set(self.value)


@dataclass(frozen=True)
class Question:
    """One question. `type` number | text | choice | multiple | yes_no; `measured` names who answers by itself."""

    id: str
    section: str
    label_vi: str
    type: str
    options: dict[str, str]
    measured: str = ""
    source: str = ""
    gaps: tuple[GapRule, ...] = ()

    def read(self, typed: list[str]) -> tuple[Any, FieldError | None]:
        """What was typed as a value; None for "no answer". A fault names the field and the mend."""
        given = [clean(t).strip() for t in typed if clean(t).strip()]
        if not given:
            return None, None
        if self.type == "number":
            digits = given[0].replace(".", "").replace(" ", "")
            if not digits.isascii() or not digits.isdigit() or int(digits[:12]) > NUMBER_MAX:
                return None, FieldError(self.id, "number", f"{self.label_vi}: ghi một số nguyên từ 0 đến {NUMBER_MAX}")
            return int(digits), None
        if self.type == "text":
            if len(given[0]) > TEXT_MAX:
                return None, FieldError(self.id, "too_long", f"{self.label_vi}: không dài quá {TEXT_MAX} ký tự")
            return given[0], None
        if set(given) - set(self.options) or (self.type != "multiple" and len(given) > 1):
            return None, FieldError(self.id, "choice", f"{self.label_vi}: chọn trong danh sách")
        return (sorted(given, key=list(self.options).index) if self.type == "multiple" else given[0]), None

    def said(self, answer: Any) -> str:
        """An answer in words."""
        if answer in (None, "", []):
            return "chưa trả lời"
        if isinstance(answer, list):
            return ", ".join(self.options[a] for a in answer if a in self.options)
        if isinstance(answer, int):
            return f"{answer:,}".replace(",", ".")
        return self.options.get(answer, str(answer))


@cache
def sections() -> tuple[tuple[str, str, tuple[Question, ...]], ...]:
    """(id, title, questions) in order."""
    return tuple(
        (s["id"], s["title_vi"], tuple(_question(s["id"], q) for q in s["questions"])) for s in rollout.survey()
    )


def _question(section: str, line: dict[str, Any]) -> Question:
    options = YES_NO if line["type"] == "yes_no" else line.get("options", {})
    rules = tuple(GapRule(**rule) for rule in line.get("gaps", ()))
    known = {k: v for k, v in line.items() if k not in ("options", "gaps")}
    return Question(section=section, options=options, gaps=rules, **known)


@cache
def questions() -> dict[str, Question]:
    """All questions by id."""
    return {q.id: q for _, _, found in sections() for q in found}
