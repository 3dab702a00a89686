"""The facility's own rules: checked, logged, used."""

from __future__ import annotations

import pytest

from benhan.kernel.errors import Invalid
from benhan.records import manifest, queries, services
from benhan.site import rules
from tests.people import Cast, note, vitals

pytestmark = pytest.mark.django_db


def test_a_pattern_counts_for_the_next_record(cast: Cast) -> None:
    assert rules.change({"numbers.record.outpatient": "{facility}/{year}/{serial:04d}"}, by="x") == 1
    number = cast.open().record_number
    assert number.startswith("00001/")
    assert number.endswith("/0001")


@pytest.mark.parametrize(
    "pattern",
    [
        "khong-so",
        "{ai}",
        "{serial",
        "{serial.__class__}",
        "{0}",
        "x" * 60 + "{serial}",
        "",
        "{serial:099999999d}",
        "{serial!r}",
        "{month}.{serial}",
        "{serial:{serial}}",
        "a\n{serial}",
        "{serial}\0",
        '"{serial}',
        "<b>{serial}",
    ],
)
def test_a_pattern_that_could_double_or_break_is_refused(cast: Cast, pattern: str) -> None:
    with pytest.raises(Invalid):
        rules.change({"numbers.record.outpatient": pattern, "numbers.archive": "{serial}"}, by="x")
    assert cast.open().record_number.startswith("NGT")


def test_a_time_stamp_authority_has_an_address(cast: Cast) -> None:
    with pytest.raises(Invalid):
        rules.change({"signing.tsa_url": "file:///etc/passwd"}, by="x")
    assert rules.change({"signing.tsa_url": "https://tsa.example"}, by="x") == 1


def test_papers_stand_in_the_order_the_facility_set(cast: Cast) -> None:
    record = cast.open()
    for form in ("free_note", "vital_signs_chart"):
        services.write(
            record,
            form,
            note() if form == "free_note" else vitals(),
            actor=cast.nurse if form != "free_note" else cast.doctor,
        )
    volume = queries.open_volume(record)
    assert volume is not None
    by_default = [d.form_code for d in manifest._ordered(record, volume)]
    assert by_default == ["vital_signs_chart", "free_note"], "nursing stands before other papers"
    rules.change({"records.order.outpatient": "free_note, record, nursing"}, by="Quản trị")
    assert [d.form_code for d in manifest._ordered(record, volume)] == ["free_note", "vital_signs_chart"]


@pytest.mark.parametrize("value", ["", "record, record", "record, nothing_there", "record; nursing"])
def test_an_order_of_papers_names_groups_or_forms_once(cast: Cast, value: str) -> None:
    with pytest.raises(Invalid) as no:
        rules.change({"records.order.outpatient": value}, by="Quản trị")
    assert no.value.errors[0].path == "records.order.outpatient"
