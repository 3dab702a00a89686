"""The plan keeps order and deadline, moves what follows, and becomes an official paper."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from benhan.archive.models import BackupRun
from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Refused
from benhan.rollout.papers import docx, pdf
from benhan.rollout.papers.blocks import money, place_and_date
from benhan.rollout.plan import paper, queries, services
from benhan.rollout.plan.models import Plan, Task
from benhan.rollout.plan.schedule import Job, end_of, fit, in_order, is_working_day, lay
from benhan.rollout.survey import services as survey
from tests.people import Cast

MONDAY = date(2026, 11, 23)
jobs = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        *(
            st.builds(
                lambda days, before, k=k: Job(f"j{k}", days, tuple(f"j{b}" for b in before)),
                st.integers(1, 9),
                st.sets(st.integers(0, max(k - 1, 0)), max_size=3) if k else st.just(set()),
            )
            for k in range(n)
        )
    )
)


@settings(max_examples=80, deadline=None)
@given(jobs)
def test_nobody_begins_before_what_he_waits_for_has_ended(given_jobs: tuple[Job, ...]) -> None:
    placed = lay(given_jobs, MONDAY)
    for job in given_jobs:
        start, end = placed[job.key]
        assert is_working_day(start)
        assert is_working_day(end)
        assert end == end_of(start, job.days)
        assert all(placed[b][1] < start for b in job.after)


@settings(max_examples=40, deadline=None)
@given(jobs, st.integers(5, 60))
def test_a_plan_is_shortened_only_when_it_must_and_never_below_a_day(given_jobs: tuple[Job, ...], room: int) -> None:
    due = MONDAY + timedelta(days=room)
    placed, days = fit(given_jobs, MONDAY, due)
    longest = max(end for _, end in lay(given_jobs, MONDAY).values())
    if longest <= due:
        assert all(days[j.key] == j.days for j in given_jobs)
    assert all(1 <= days[j.key] <= j.days for j in given_jobs)
    assert placed.keys() == {j.key for j in given_jobs}


def test_a_circle_is_refused_with_its_way() -> None:
    with pytest.raises(Refused, match="a → b → a"):
        in_order([Job("a", 1, ("b",)), Job("b", 1, ("a",))])


@pytest.fixture
def plan(cast: Cast) -> Plan:
    survey.answer({"lan": ["no"], "ups": ["no"], "second_copy": ["no"]}, actor=cast.planning)
    with clock.held_at(clock.now().replace(year=2026, month=11, day=24)):
        return services.make(due=date(2026, 12, 31), trial=cast.departments["ward"], actor=cast.planning)


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only,
]  # plain rows and papers: the other rooms try both databases


def test_a_plan_leads_every_department_from_trial_to_the_stop_of_paper(cast: Cast, plan: Plan) -> None:
    by_key = {t.key: t for t in plan.tasks.all()}
    for code in ("K03", "K19"):
        parallel, live, stop = (by_key[f"{step}:{code}"] for step in ("parallel", "go_live", "stop_paper"))
        assert by_key["trial"].ends < parallel.starts
        assert parallel.ends < live.starts <= live.ends < stop.starts
    assert by_key["gap:lan"].ends < by_key["go_live:K03"].starts
    assert by_key["gap:backup"].ends < by_key["gap:second_copy"].starts
    assert by_key["decision"].ends > by_key["acceptance"].ends
    assert queries.overdue_days(plan) == 0
    assert max(t.ends for t in by_key.values()) <= plan.due


def test_a_deadline_that_cannot_be_met_is_said(cast: Cast) -> None:
    made = services.make(due=clock.today() + timedelta(days=3), actor=cast.planning)
    assert queries.overdue_days(made) > 0
    assert "sau hạn" in paper.made(made).text()
    with pytest.raises(Invalid):
        services.make(due=clock.today() - timedelta(days=1), actor=cast.planning)


def test_moving_a_task_moves_what_waits_for_it(cast: Cast, plan: Plan) -> None:
    training = plan.tasks.get(key="training")
    before = plan.tasks.get(key="trial").starts
    services.change_task(training, {"days": "20", "person": "Đỗ Thị Hoa"}, actor=cast.planning)
    after = plan.tasks.get(key="trial").starts
    assert after > before
    assert plan.tasks.get(key="training").ends < after
    fixed = plan.tasks.get(key="gap:lan")
    late = fixed.starts + timedelta(days=14)
    services.change_task(fixed, {"starts": late.isoformat()}, actor=cast.planning)
    assert plan.tasks.get(key="gap:lan").starts >= late


def test_what_is_done_stays_where_it_was(cast: Cast, plan: Plan) -> None:
    kickoff = services.change_task(plan.tasks.get(key="kickoff"), {"done": "1"}, actor=cast.planning)
    assert kickoff.done_at is not None
    assert queries.progress(plan)["done"] == 1
    services.change_task(plan.tasks.get(key="survey"), {"days": "9"}, actor=cast.planning)
    assert plan.tasks.get(key="kickoff").starts == kickoff.starts


def test_wrong_typing_is_told_field_by_field_and_changes_nothing(cast: Cast, plan: Plan) -> None:
    task = plan.tasks.get(key="kickoff")
    wrong = {"title": "", "days": "0", "starts": "hôm qua", "price": "-5", "owner": "king", "quantity": "1e9"}
    with pytest.raises(Invalid) as refused:
        services.change_task(task, wrong, actor=cast.planning)
    assert {e.path for e in refused.value.errors} == {"title", "days", "starts", "price", "owner", "quantity"}
    assert Task.objects.get(pk=task.pk).title == task.title


def test_an_own_task_is_added_after_others_and_taken_out(cast: Cast, plan: Plan) -> None:
    made = services.add_task(
        plan,
        {"title": "Mua tủ đựng máy chủ", "owner": "administrator", "days": "2"},
        after=["kickoff"],
        actor=cast.planning,
    )
    assert made.starts > plan.tasks.get(key="kickoff").ends
    with pytest.raises(Invalid):
        services.add_task(plan, {"title": "x", "owner": "planning"}, after=["no_such"], actor=cast.planning)
    services.drop_task(made, actor=cast.planning)
    with pytest.raises(Refused):
        services.drop_task(plan.tasks.get(key="kickoff"), actor=cast.planning)


def test_a_gap_that_was_closed_is_seen_and_one_that_comes_back_is_open_again(cast: Cast, plan: Plan) -> None:
    now = clock.now()
    run = BackupRun.objects.create(kind="backup", path="x", succeeded=True, started_at=now, finished_at=now)
    added, closed = services.refresh(plan, actor=cast.planning)
    assert closed == 1
    assert plan.tasks.get(key="gap:backup").done_by == "system"
    run.delete()
    services.refresh(plan, actor=cast.planning)
    assert plan.tasks.get(key="gap:backup").done_at is None
    assert added == 0
    survey.answer({"firewall": ["no"]}, actor=cast.planning)
    assert services.refresh(plan, actor=cast.planning)[0] == 1


def test_the_official_paper_has_head_tasks_and_a_sum_that_adds_up(cast: Cast, plan: Plan) -> None:
    services.change_task(plan.tasks.get(key="gap:ups"), {"quantity": "3", "price": "4.000.000"}, actor=cast.planning)
    made = paper.made(plan)
    lines, total = queries.budget(plan)
    assert total == sum(t.quantity * t.price for t in lines)
    text = made.text()
    assert money(total) in text
    assert not made.dead_acts()
    word = Document(io.BytesIO(docx.draw(made, at=clock.now())))
    words = "\n".join(p.text for p in word.paragraphs) + "\n".join(
        cell.text for table in word.tables for row in table.rows for cell in row.cells
    )
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "KẾ HOẠCH",
        "IV. KINH PHÍ",
        money(total),
        "Nơi nhận:",
    ):
        assert said in words, said
    drawn = pdf.draw(made, at=clock.now())
    assert drawn.pdf.startswith(b"%PDF")
    assert [b.position_id for b in drawn.boxes] == ["head"]


def test_dates_and_money_are_written_as_the_decree_says() -> None:
    assert place_and_date("Cao Lãnh", date(2026, 12, 5)) == "Cao Lãnh, ngày 05 tháng 12 năm 2026"
    assert place_and_date("Huế", date(2027, 2, 15)) == "Huế, ngày 15 tháng 02 năm 2027"
    assert place_and_date("Huế", date(2027, 3, 15)) == "Huế, ngày 15 tháng 3 năm 2027"
    assert money(12_500_000) == "12.500.000"


def test_the_calendar_file_is_read_by_others_and_updates_itself(cast: Cast, plan: Plan) -> None:
    client = Client()
    client.force_login(cast.accounts["planning"])
    first = Calendar.from_ical(client.get(reverse("plan:ics")).content)
    again = Calendar.from_ical(client.get(reverse("plan:ics")).content)
    events = list(first.walk("VEVENT"))
    assert len(events) == plan.tasks.count()
    assert [str(e["uid"]) for e in events] == [str(e["uid"]) for e in again.walk("VEVENT")]
    kickoff = next(e for e in events if "khởi động" in str(e["summary"]))
    task = plan.tasks.get(key="kickoff")
    assert kickoff.decoded("dtstart") == task.starts
    assert kickoff.decoded("dtend") == task.ends + timedelta(days=1)


def test_what_is_due_stands_on_the_first_page_of_who_keeps_the_plan(cast: Cast, plan: Plan) -> None:
    client = Client()
    with clock.held_at(clock.now().replace(year=2026, month=11, day=27)):
        client.force_login(cast.accounts["planning"])
        page = client.get(reverse("site:home")).content.decode()
        assert "Họp khởi động" in page
        assert "quá hạn" in page
        client.force_login(cast.accounts["doctor"])
        assert "Họp khởi động" not in client.get(reverse("site:home")).content.decode()


def test_the_page_draws_and_changes_the_plan(cast: Cast, plan: Plan) -> None:
    client = Client()
    client.force_login(cast.accounts["planning"])
    page = client.get(reverse("plan:plan")).content.decode()
    assert page.count("<title>") >= plan.tasks.count()
    task = plan.tasks.get(key="kickoff")
    address = reverse("plan:task", kwargs={"task_id": task.pk})
    assert client.post(address, {"title": "Họp mở đầu", "owner": "director", "days": "1"}).status_code == 302
    assert client.post(address, {"title": "", "owner": "director", "days": "1"}).status_code == 422
    assert Task.objects.get(pk=task.pk).title == "Họp mở đầu"
    assert client.post(reverse("plan:make"), {"due": "x"}).status_code == 422
    assert client.get(reverse("plan:docx")).status_code == 200
    assert json.loads(task.after) == []
