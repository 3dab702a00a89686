"""The law calendar: dates as data, returning ones included, and what is seen done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from benhan.kernel import clock
from benhan.kernel.errors import Invalid
from benhan.law.acts import acts
from benhan.law.rollout import criteria, duties
from benhan.rollout.dossier import services as dossier
from benhan.rollout.duties import queries, services
from benhan.rollout.readiness import services as readiness
from benhan.rollout.survey import services as survey
from tests.people import Cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only,
]  # plain rows and papers: the other rooms try both databases


def test_every_duty_names_its_act_and_known_criteria() -> None:
    for duty in duties():
        assert duty.act == "" or duty.act in acts(), duty
        assert set(duty.criteria) <= criteria().keys(), duty
        assert duty.kind in queries.KINDS
        assert duty.who in ("all", "hospital", "other", "insured", "new")
    days = {d.due for d in duties()}
    assert {date(2026, 12, 31), date(2027, 1, 1), date(2027, 4, 10), date(2027, 7, 1), date(2029, 1, 1)} <= days


def test_a_returning_duty_comes_again_on_its_own_day() -> None:
    yearly = next(d for d in duties() if d.every == "year")
    half = next(d for d in duties() if d.every == "half_year")
    assert queries.occurrence(yearly, date(2026, 12, 25)) == date(2026, 12, 25)
    assert queries.occurrence(yearly, date(2026, 12, 26)) == date(2027, 12, 25)
    assert queries.occurrence(half, date(2027, 1, 1)) == date(2027, 6, 30)
    assert queries.occurrence(half, date(2027, 7, 1)) == date(2027, 12, 31)


def test_what_concerns_others_is_left_out_once_the_survey_says_so(cast: Cast) -> None:
    codes = {e.duty.code for e in queries.entries()}
    assert {"emr_hospital", "emr_other"} <= codes
    survey.answer({"facility_kind": ["clinic"], "insured": ["no"]}, actor=cast.planning)
    codes = {e.duty.code for e in queries.entries()}
    assert "emr_hospital" not in codes
    assert "result_reuse" not in codes
    assert "emr_other" in codes


def test_the_system_sees_a_duty_done(cast: Cast) -> None:
    def dpia() -> queries.Entry:
        return next(e for e in queries.entries() if e.duty.code == "dpia")

    assert dpia().seen == "unknown"
    readiness.run(actor=cast.planning)
    assert dpia().seen == "open"
    assert dpia().urgency == "late"
    dossier.register_outside(
        "dpia", number="1", day=clock.today(), note="Giám đốc ký", file=b"%PDF-", actor=cast.planning
    )
    readiness.run(actor=cast.planning)
    assert dpia().seen == "done"


def test_a_person_notes_what_no_system_sees_for_this_year_only(cast: Cast) -> None:
    with clock.held_at(datetime(2026, 12, 1, tzinfo=UTC)):
        with pytest.raises(Invalid):
            services.note_done(
                "security_report", date(2026, 12, 24), evidence="Báo cáo số 5 ngày 20/12", actor=cast.planning
            )
        with pytest.raises(Invalid):
            services.note_done("security_report", date(2026, 12, 25), evidence="đã gửi", actor=cast.planning)
        client = Client()
        client.force_login(cast.accounts["planning"])
        given = {"code": "security_report", "due": "2026-12-25", "evidence": "Báo cáo số 5 ngày 20/12/2026"}
        assert client.post(reverse("duties:note"), given).status_code == 302
        assert client.post(reverse("duties:note"), {**given, "due": "mai"}).status_code == 422
        entry = next(e for e in queries.entries() if e.duty.code == "security_report")
        assert entry.seen == "done"
    with clock.held_at(datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=60)):
        entry = next(e for e in queries.entries() if e.duty.code == "security_report")
        assert (entry.due, entry.seen) == (date(2027, 12, 25), "unknown")
