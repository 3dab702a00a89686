"""Every printed page says what it said when somebody last looked at it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.forms.contents import FORMS
from tests.forms.snapshots import KEPT, file_of, snapshot


@pytest.mark.parametrize("code", sorted(FORMS))
def test_a_form_prints_as_it_was_looked_at(code: str) -> None:
    """When this fails after a change that is meant: `python -m tests.forms.snapshots`, and look at the page."""
    assert snapshot(FORMS[code]) == file_of(code).read_text(encoding="utf-8")


def test_no_snapshot_is_left_of_a_form_that_is_gone() -> None:
    assert {f.stem for f in KEPT.glob("*.txt")} == set(FORMS)


def test_a_changed_label_or_a_lost_place_to_sign_is_seen() -> None:
    form = FORMS["treatment_sheet"]
    kept = file_of("treatment_sheet").read_text(encoding="utf-8")
    section = next(s for s in form.sections if s.fields)
    field = replace(section.fields[0], label_vi="Nhãn khác")
    other = replace(section, fields=(field, *section.fields[1:]))
    assert snapshot(replace(form, sections=tuple(other if s is section else s for s in form.sections))) != kept
    assert snapshot(replace(form, positions=())) != kept
