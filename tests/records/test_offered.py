"""The forms a record offers to begin, and the charts that follow what is typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from benhan.kernel import clock, xml
from benhan.kernel.errors import NotFound
from benhan.law import registry
from benhan.records import services
from benhan.records.live_charts import SHEET, chart_paths, live_chart
from benhan.records.models import Draft, MedicalRecord
from benhan.records.offered import Offer, OfferGroup, offered
from benhan.site.demo import complete
from tests.people import Cast

pytestmark = pytest.mark.django_db


def offers(groups: list[OfferGroup]) -> dict[str, Offer]:
    return {o.code: o for g in groups for o in g.offers}


def test_what_is_nearly_always_wanted_stands_first_and_open(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    groups = offered(record, cast.doctor.roles, {"vital_signs_chart": 3, "free_note": 9})
    first = [o.code for o in groups[0].offers]
    assert not groups[0].title
    assert first[0] == "inpatient_general_medicine"
    assert first.index("free_note") < first.index("vital_signs_chart"), "what was used more stands before"
    assert all(g.title for g in groups[1:])


def test_every_form_is_offered_once_and_only_to_who_may_write_it(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    codes = [o.code for g in offered(record, cast.nurse.roles, {}) for o in g.offers]
    assert len(codes) == len(set(codes))
    assert codes
    for code in codes:
        assert registry.form(code, clock.today()).writers & cast.nurse.roles
    assert "inpatient_general_medicine" not in codes, "a nurse writes no medical record"


def test_another_record_form_is_not_offered_nor_one_of_another_kind_of_stay(cast: Cast) -> None:
    mine = offers(offered(cast.open("inpatient_medicine"), cast.doctor.roles, {}))
    assert "inpatient_surgery" not in mine
    for code in mine:
        assert "inpatient" in registry.form(code, clock.today()).used_in


def test_what_is_written_once_is_not_offered_again(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    once = [f.code for f in registry.forms(clock.today()) if f.repeats == "once" and "doctor" in f.writers]
    assert offers(offered(record, cast.doctor.roles, {})).keys() & set(once)
    assert not offers(offered(record, cast.doctor.roles, dict.fromkeys(once, 1))).keys() & set(once)


def test_a_search_finds_names_without_marks_english_and_numbers(cast: Cast) -> None:
    sheet = offers(offered(cast.open("inpatient_medicine"), cast.doctor.roles, {}))["treatment_sheet"]
    assert {"dieu", "tri", "36/bv2"} <= set(sheet.words.split())


def test_the_page_has_one_form_and_a_button_for_each(cast: Cast, client: Client) -> None:
    record = cast.open("inpatient_medicine")
    client.force_login(cast.accounts["doctor"])
    page = client.get(f"/records/{record.pk}/").content.decode()
    count = len(offers(offered(record, cast.doctor.roles, {})))
    assert page.count("data-words=") == count > 100
    assert page.count('class="picker"') == 1


def anaesthesia(cast: Cast, lines: list[dict[str, Any]]) -> Draft:
    record = cast.open("inpatient_medicine")
    content = {"course": {"readings": lines}}
    return services.save_draft(record, "anaesthesia_record", content, actor=cast.doctor, client_key="k")


def test_the_chart_of_a_table_follows_the_draft(cast: Cast, client: Client) -> None:
    draft = anaesthesia(cast, [{"at": "08:00", "pulse": 88}])
    form = registry.form("anaesthesia_record", clock.today())
    assert chart_paths(form) == ["course.readings"]
    before = live_chart(draft, form, "course.readings")
    services.update_draft(
        draft, {"course": {"readings": [{"at": "08:00", "pulse": 88}, {"at": "08:05", "pulse": 92}]}}, actor=cast.doctor
    )
    after = live_chart(draft, form, "course.readings")
    assert "08:05 92" not in before
    assert "08:05 92" in after
    client.force_login(cast.accounts["doctor"])
    page = client.get(f"/drafts/{draft.pk}/").content.decode()
    assert f"/drafts/{draft.pk}/chart.svg?of=course.readings" in page
    answer = client.get(f"/drafts/{draft.pk}/chart.svg", {"of": "course.readings"})
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.decode() == after


@pytest.mark.parametrize(
    "lines", ["x", [1, "a", None], [{"at": "<b>", "pulse": "<script>"}], [{"at": {"a": 1}}], {"a": 1}]
)
def test_half_typed_and_strange_lines_draw_an_empty_chart(cast: Cast, lines: Any) -> None:
    drawn = live_chart(anaesthesia(cast, lines), registry.form("anaesthesia_record", clock.today()), "course.readings")
    assert xml.parse(drawn.encode()).tag.endswith("svg"), "well formed: nothing of the text is markup"
    assert "<script" not in drawn


@pytest.mark.parametrize("path", ["", "sheet", "course.events", "course", "x.y", "../a"])
def test_what_has_no_chart_is_not_found(cast: Cast, client: Client, path: str) -> None:
    draft = anaesthesia(cast, [])
    with pytest.raises(NotFound):
        live_chart(draft, registry.form("anaesthesia_record", clock.today()), path)
    client.force_login(cast.accounts["doctor"])
    assert client.get(f"/drafts/{draft.pk}/chart.svg", {"of": path}).status_code == 404


def test_a_sheet_of_entries_shows_the_earlier_ones_too(cast: Cast) -> None:
    record: MedicalRecord = cast.open("inpatient_medicine")
    form = next(f for f in registry.forms(clock.today()) if SHEET in chart_paths(f) and "nurse" in f.writers)
    field = next(
        s.field(c["field"]) for c in form.sheet["chart"]["curves"] for s in form.sections if s.field(c["field"])
    )
    assert field is not None
    section = next(s for s in form.sections if s.field(field.id))
    value = round((float(field.minimum or 0) + float(field.maximum or 100)) / 2)
    draft = services.save_draft(record, form.code, {section.id: {field.id: value}}, actor=cast.nurse, client_key="k")
    alone = live_chart(draft, form, SHEET)
    assert str(value) in alone
    at = clock.now() - timedelta(hours=2)
    services.write(record, form.code, complete(record, form.code, {}), actor=cast.nurse, clinical_at=at)
    assert live_chart(draft, form, SHEET) != alone
    assert all(live_chart(draft, form, SHEET).count(c) for c in ("<svg", "</svg>"))


def test_a_stranger_sees_no_chart(cast: Cast, client: Client) -> None:
    draft = anaesthesia(cast, [{"at": "08:00", "pulse": 88}])
    client.force_login(cast.accounts["stranger"])
    assert client.get(f"/drafts/{draft.pk}/chart.svg", {"of": "course.readings"}).status_code in (403, 404)
