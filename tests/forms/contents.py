"""Contents for form tests: every example, and strategies that fill any form from its definition."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from benhan.forms.definition import ROW_KEY, Field, FormVersion, Section
from benhan.kernel import clock
from benhan.kernel.text import clean
from benhan.law import codes, registry

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BORN = date(1963, 4, 18)
FORMS = {f.code: f for f in registry.all_versions()}

_letters = st.characters(blacklist_categories=["Cs", "Cc", "Cn", "Co"], blacklist_characters="\u200e\u200f\u061c")
_words = st.text(_letters, min_size=1, max_size=40).map(lambda t: clean(t).strip()).filter(bool)
_moments = st.integers(0, 500_000).map(lambda m: (NOW - timedelta(minutes=m)).astimezone(ZONE))


def examples(form: FormVersion) -> list[dict[str, Any]]:
    """The worked example of a form and its further entries."""
    with clock.held_at(NOW):
        found = registry.example(form)
    return [found["content"], *found.get("entries", [])]


def contents(form: FormVersion) -> st.SearchStrategy[dict[str, Any]]:
    """Any valid content of a form, filled in anywhere or nowhere."""
    parts = {s.id: _section(s) for s in form.sections}
    return st.fixed_dictionaries({}, optional=parts).map(lambda c: {k: v for k, v in c.items() if v})


def _section(section: Section) -> st.SearchStrategy[Any]:
    row = _row(section.fields)
    return st.lists(row.filter(bool), min_size=1, max_size=3) if section.repeated else row


def _row(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    parts = {f.id: value(f) for f in fields if f.is_filled_by_hand}
    return st.fixed_dictionaries({}, optional=parts)


def value(f: Field) -> st.SearchStrategy[Any]:
    """Any valid value of a field."""
    if f.multiple:
        return st.lists(_choice(f), min_size=1, max_size=len(f.choices), unique=True)
    return {
        "text": _text, "longtext": _text, "choice": _choice, "number": _number, "date": _date, "datetime": _datetime,
        "icd10": _icd10, "code": _code, "table": _table, "drawing": _drawing, "time": _time, "diagram": _diagram,
    }[f.type](f)  # fmt: skip


def _text(f: Field) -> st.SearchStrategy[str]:
    return _words.filter(lambda t: len(t) <= f.length_max)


def _choice(f: Field) -> st.SearchStrategy[str]:
    return st.sampled_from([c.code for c in f.choices])


def _number(f: Field) -> st.SearchStrategy[Any]:
    low = math.ceil(f.minimum) if f.minimum is not None else -1000
    high = int(f.maximum) if f.maximum is not None else 100_000
    if f.whole:
        return st.integers(low, high)
    return st.integers(low, high) | st.integers(low * 10, high * 10).map(lambda n: n / 10)


def _date(f: Field) -> st.SearchStrategy[str]:
    return st.dates(BORN, NOW.date()).map(date.isoformat)


def _datetime(f: Field) -> st.SearchStrategy[str]:
    return _moments.map(lambda m: m.replace(second=0).isoformat())


def _icd10(f: Field) -> st.SearchStrategy[str]:
    return st.from_regex(r"[A-Z][0-9]{2}(\.[0-9])?", fullmatch=True)


def _code(f: Field) -> st.SearchStrategy[str]:
    known = [c.code for c in codes.entries(f.code_system)] if f.code_system else []
    return st.sampled_from(known) if known else _text(f)


def _drawing(f: Field) -> st.SearchStrategy[str]:
    return st.just("M 10 10 L 20 20 Q 5 5 1 2")


def _time(f: Field) -> st.SearchStrategy[str]:
    return st.times().map(lambda t: t.strftime("%H:%M"))


def _diagram(f: Field) -> st.SearchStrategy[list[dict[str, Any]]]:
    mark = st.fixed_dictionaries(
        {
            "part": st.sampled_from(sorted(registry.diagram_parts(f.diagram)) or ["?"]),
            "mark": st.sampled_from([c.code for c in f.choices]),
        },
        optional={"note": _words},
    )
    return st.lists(mark, min_size=1, max_size=4, unique_by=lambda m: (m["part"], m["mark"]))


def _table(f: Field) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = _row(f.columns).filter(bool)
    if not f.rows:
        return st.lists(row, min_size=1, max_size=4)
    named = st.permutations([r.code for r in f.rows])
    return st.tuples(named, st.lists(row, min_size=1, max_size=len(f.rows))).map(
        lambda pair: [
            {ROW_KEY: code, **line} for code, line in sorted(zip(pair[0], pair[1], strict=False), key=_place(f))
        ]
    )


def _place(f: Field) -> Any:
    order = [r.code for r in f.rows]
    return lambda pair: order.index(pair[0])


def posted(form: FormVersion, content: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser posts for a page that shows this content."""
    from benhan.forms.page import Input, sections  # here, so that the strategies stand without the page

    fields: dict[str, list[str]] = {}

    def put(item: Input) -> None:
        for row in item.rows:
            for cell in row:
                put(cell)
        if item.field.is_filled_by_hand and item.field.type != "table":
            fields[item.name] = item.value if isinstance(item.value, list) else [item.value]

    for section in sections(form, content, [], ZONE):
        for row in section.rows:
            for item in row:
                put(item)
    return fields
