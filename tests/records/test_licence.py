"""Which types of record a facility opens, and what is counted when a record is handed over."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from benhan.kernel.errors import Invalid
from benhan.records import opening, queries, services
from benhan.records.films import films_and_papers
from benhan.site import rules
from benhan.site.demo import complete
from tests.people import Cast, note

pytestmark = pytest.mark.django_db


def test_only_the_types_of_the_licence_are_offered_and_opened(cast: Cast) -> None:
    assert {"outpatient", "inpatient_obstetrics"} <= opening.types_opened().keys()
    kept = cast.open("inpatient_obstetrics")
    assert rules.change({"records.types": "outpatient, outpatient_dental"}, by="x") == 1
    assert set(opening.types_opened()) == {"outpatient", "outpatient_dental"}
    client = Client()
    client.force_login(cast.accounts["clerk"])
    page = client.get(reverse("records:open", args=[cast.patient.pk])).content.decode()
    assert 'value="outpatient_dental"' in page
    assert 'value="inpatient_obstetrics"' not in page
    with pytest.raises(Invalid) as refused:
        cast.open("inpatient_obstetrics")
    assert refused.value.errors[0].code == "not_licensed"
    services.write(queries.record(kept.pk), "free_note", note(), actor=cast.doctor)  # what is open goes on


@pytest.mark.parametrize("value", ["", "nothing", "outpatient, nothing", "imported"])
def test_a_list_that_makes_no_sense_is_refused(cast: Cast, value: str) -> None:
    with pytest.raises(Invalid):
        rules.change({"records.types": value}, by="x")
    assert len(opening.types_opened()) > 40


def test_the_page_of_rules_sets_the_types(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["administrator"])
    posted = {r.key: rules.listed(r.value) if r.kind in ("positions", "types") else r.value for r in rules.rules()}
    client.post(reverse("site:settings"), posted | {"records.types": ["outpatient"]})
    assert set(opening.types_opened()) == {"outpatient"}


def test_films_and_papers_are_counted_from_the_record(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    assert films_and_papers(record) == []
    for form in (
        "xray_result",
        "ultrasound_result",
        "ultrasound_result",
        "lab_general_result",
        "mri_result",
        "free_note",
    ):
        content = note() if form == "free_note" else complete(record, form, {})
        last = services.write(record, form, content, actor=cast.doctor)
    services.cancel(last.document, reason="nhầm người bệnh", actor=cast.doctor)
    assert films_and_papers(queries.record(record.pk)) == [
        {"row": "xray", "sheets": 1},
        {"row": "ultrasound", "sheets": 2},
        {"row": "lab", "sheets": 1},
        {"row": "other", "sheets": 1},
        {"row": "total", "sheets": 5},
    ]
    client = Client()
    client.force_login(cast.accounts["doctor"])
    begun = client.post(reverse("records:begin", args=[record.pk, "inpatient_general_medicine"]))
    assert 'name="b_summary.films_and_papers.2.sheets" value="2"' in client.get(begun["Location"]).content.decode()
