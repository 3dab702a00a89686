"""Which form holds on which day; what was released stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from benhan.forms.definition import REQUIRED_FOR
from benhan.kernel.errors import NotFound
from benhan.law import codes, coverage, registry, releases

ON = date(2026, 11, 23)
FORMS = registry.all_versions()


def test_the_version_of_the_day_is_found() -> None:
    assert registry.form("discharge_paper", date(2025, 7, 1)).valid_from == date(2025, 7, 1)
    with pytest.raises(NotFound):
        registry.form("discharge_paper", date(2025, 7, 1) - timedelta(days=1))
    with pytest.raises(NotFound):
        registry.form("nothing", ON)


def test_an_exact_version_is_found_for_ever() -> None:
    for form in FORMS:
        assert registry.form_version(form.code, form.valid_from) is form
    with pytest.raises(NotFound):
        registry.form_version("discharge_paper", date(1999, 1, 1))


def test_no_released_version_was_edited_and_none_is_unreleased() -> None:
    assert releases.edited() == []
    assert releases.current() == releases.released()


def test_the_definitions_have_no_mistakes_and_every_item_of_the_field_lists() -> None:
    assert coverage.mistakes() == []
    assert {code: missing for code, (_, missing) in coverage.coverage().items() if missing} == {}
    assert sum(asked for asked, _ in coverage.coverage().values()) > 1400


def test_every_paper_of_the_catalogue_has_a_form_or_a_reason() -> None:
    papers, forms = coverage.catalogue(), {f.code for f in FORMS}
    assert coverage.unaccounted(papers, forms) == []
    numbers = {p.official_number for p in papers if p.forms}
    assert {f"{n:02d}/BV1" for n in range(1, 30)} | {f"{n:02d}/BV2" for n in range(1, 52)} <= numbers
    whole = next(p for p in papers if p.forms)
    for broken, said in [
        (replace(whole, forms=(), reason=" "), "cần mẫu, hoặc lý do"),
        (replace(whole, forms=("nothing",)), "nothing"),
    ]:
        assert said in coverage.unaccounted([broken], forms)[0]
    assert "hai lần" in coverage.unaccounted([whole, whole], forms)[0]


def test_every_signing_role_is_known_and_every_code_list_exists() -> None:
    roles = registry.signer_roles()
    for form in FORMS:
        assert {p.role for p in form.positions} <= set(roles)
        for section in form.sections:
            for field in section.fields:
                for f in (field, *field.columns):
                    assert not f.code_system or codes.entries(f.code_system), (form.code, f.id)
                    assert f.required in REQUIRED_FOR


def test_confirmations_come_before_the_staff() -> None:
    consent = registry.form("surgery_consent", ON)
    assert [p.kind for p in consent.positions] == ["confirmation", "staff", "staff"]


@pytest.mark.parametrize("record_type", sorted(registry.record_types()))
def test_a_record_type_names_forms_that_exist_and_may_be_written_in_it(record_type: str) -> None:
    kind = registry.record_types()[record_type]
    fitting = [f.code for f in registry.forms_for(record_type, ON)]
    assert {kind["form"], *kind["required_at_closing"]} <= set(fitting)
    assert {f.group for f in registry.forms_for(record_type, ON)} <= set(kind["order"])


def test_an_outpatient_record_takes_no_inpatient_papers() -> None:
    fitting = {f.code for f in registry.forms_for("outpatient", ON)}
    assert "prescription" in fitting
    assert not fitting & {"inpatient_general_medicine", "treatment_sheet", "discharge_paper", "imported_episode"}
