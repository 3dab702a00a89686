"""Every criterion can fail and can pass; statements count for what they are; the history tells what was seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from benhan.cli import main
from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Refused
from benhan.law import codes, rollout
from benhan.law.acts import acts, in_force, repealed_in
from benhan.law.rollout import criteria, functions, points
from benhan.rollout.readiness import queries, report, services
from benhan.rollout.readiness.checks_machine import opens_on_ipv6, retrieval
from benhan.rollout.readiness.judging import FAIL, PASS, STATEMENT, Look, look, measured
from tests.people import Cast
from tests.rollout.houses import HOUSES, STATED, House

pytestmark = pytest.mark.django_db
ELSEWHERE = {"retrieval"}  # tried below: its figure is a time


@pytest.fixture
def house(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, data_directory: Path) -> Iterator[House]:
    yield House(cast, settings, monkeypatch, data_directory)
    monkeypatch.undo()
    for cached in (codes._all, codes._by_code, codes._index):
        cached.cache_clear()


def test_every_criterion_is_measured_and_tried() -> None:
    assert measured() == criteria().keys()
    assert HOUSES.keys() | STATED.keys() | ELSEWHERE == criteria().keys()


@pytest.mark.parametrize("code", HOUSES)
def test_a_criterion_fails_where_it_should(house: House, code: str) -> None:
    HOUSES[code][0](house)
    seen = look(code, at=house.at)
    assert seen.result == FAIL, seen


@pytest.mark.parametrize("code", HOUSES)
def test_a_criterion_passes_where_it_should(house: House, code: str) -> None:
    HOUSES[code][1](house)
    seen = look(code, at=house.at)
    assert seen.result == PASS, seen


@pytest.mark.parametrize("code", STATED)
def test_what_no_program_sees_needs_a_person(house: House, code: str) -> None:
    assert look(code).result == STATEMENT, look(code)
    told = look(code).as_dict()
    assert not queries.met(told)
    services.state(code, holds=False, text="Chưa có, đang mua sắm.", actor=house.cast.administrator)
    assert services._judged(code)["statement"]["holds"] is False  # type: ignore[index]  # a statement in force
    assert not queries.met(services._judged(code))
    services.state(code, holds=True, text="Biên bản số 5 ngày 01/11/2026.", actor=house.cast.administrator)
    assert queries.met(services._judged(code))
    with clock.held_at(clock.now() + timedelta(days=criteria()[code].valid_days + 1)):
        assert queries.statement_in_force(code) is None
    turn = STATED[code]
    if turn is not None:
        turn(house)
        assert look(code).result == PASS, look(code)


def test_a_slow_search_does_not_pass(cast: Cast) -> None:
    line = criteria()["retrieval"]
    assert retrieval(Look(replace(line, aim=60_000), clock.now())).result == PASS
    assert retrieval(Look(replace(line, aim=0), clock.now())).result == FAIL


def test_an_address_that_is_not_here_opens_no_port() -> None:
    assert not opens_on_ipv6("2001:db8::1")


def test_a_word_never_replaces_a_measurement(cast: Cast) -> None:
    with pytest.raises(Invalid):
        services.state("icd_list", holds=True, text="Danh mục đã đủ rồi.", actor=cast.administrator)
    with pytest.raises(Invalid):
        services.state("hosting", holds=True, text="có", actor=cast.administrator)
    with pytest.raises(Refused):
        services.state("hosting", holds=True, text="Máy chủ ở phòng 201.", actor=cast.doctor)


def test_a_check_that_cannot_measure_fails_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from benhan.rollout.readiness import judging

    def broken(look: Look) -> Any:
        raise OSError("disk")

    monkeypatch.setitem(judging._measures, "tls", broken)
    seen = look("tls")
    assert seen.result == FAIL
    assert "không đo được" in seen.figure


def test_a_look_is_kept_and_the_nine_points_follow_from_it(cast: Cast) -> None:
    first = services.run(actor=cast.planning)
    assert first.passed + first.failed + first.stated + first.open_statements == len(criteria())
    services.state("hosting", holds=True, text="Máy chủ tại phòng 201.", actor=cast.administrator)
    second = services.run(actor=cast.planning)
    assert second.stated == first.stated + 1
    assert [r.pk for r in queries.history()] == [first.pk, second.pk]
    assert {s.subject.code: s.result for s in queries.by_point(second)}["1.2"] == FAIL
    told = report.as_json(second)
    assert [p["code"] for p in told["points"]] == [p.code for p in points()]
    hosting = next(c for c in told["criteria"] if c["code"] == "hosting")
    assert hosting["met"] is True
    assert json.loads(json.dumps(told)) == told


def test_a_look_goes_on_where_it_was_left(cast: Cast) -> None:
    begun = services.begin(actor=cast.planning)
    part = services.step(begun.pk, actor=cast.planning, seconds=0)
    assert len(part.found) == 1
    assert part.finished_at is None
    assert queries.unfinished() == begun
    while part.finished_at is None:
        part = services.step(begun.pk, actor=cast.planning, seconds=5)
    assert len(part.found) == len(criteria())


def test_the_nine_points_trace_to_requirements() -> None:
    """R-10: each point has its article, its R-numbers and criteria that speak for it; CV 365 likewise."""
    known = (Path(rollout.__file__).parents[3] / "docs" / "rollout.vi.md").read_text(encoding="utf-8")
    assert [p.code for p in points()] == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "3"]
    for point in points():
        speaking = [c for c in criteria().values() if point.code in c.points]
        assert speaking, point
        assert {r for c in speaking for r in c.requirements} & set(point.requirements), point
        line = next(row for row in known.splitlines() if row.startswith(f"| {point.code} |"))
        assert all(requirement in line for requirement in point.requirements), line
    for function in functions():
        assert any(function.code in c.functions for c in criteria().values()), function


def test_no_repealed_act_is_cited_as_in_force() -> None:
    day = clock.today()
    for code in ("tt_46_2018", "nd_85_2016", "nd_13_2023", "nd_130_2018", "tt_53_2017", "nd_117_2020"):
        with pytest.raises(Refused):
            in_force(code, day)
        assert repealed_in(f"theo {acts()[code].number}", day)
    assert not repealed_in("theo 13/2025/TT-BYT", day)


def test_the_pages_lead_through_a_look(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["planning"])
    began = client.post(reverse("readiness:begin"))
    address = began["Location"]
    for _ in range(200):
        answer = client.post(address + "step")
        if "hx-post" not in answer.content.decode():
            break
    assert "Xem chín điểm" in answer.content.decode()
    page = client.get(reverse("readiness:overview")).content.decode()
    assert "Thông tư 13/2025/TT-BYT" in page
    assert client.get(address + "report.pdf").content.startswith(b"%PDF")
    stated = {"holds": "1", "text": "Phòng máy chủ tầng 2, có khóa."}
    assert client.post(reverse("readiness:criterion", kwargs={"criterion": "hosting"}), stated).status_code == 302
    assert client.get(reverse("readiness:criterion", kwargs={"criterion": "no_such"})).status_code == 404


@pytest.mark.sqlite_only
def test_the_command_reports_and_answers_no(cast: Cast, tmp_path: Path) -> None:
    """Exit code 1: a new house is not ready."""
    asked = CliRunner().invoke(main, ["readiness", "--format", "json"])
    assert asked.exit_code == 1, asked.output
    told = json.loads(asked.output[asked.output.index("{") :])
    assert told["failed"] > 0
    assert CliRunner().invoke(main, ["readiness", "--format", "pdf"]).exit_code == 2
    CliRunner().invoke(main, ["readiness", "--format", "pdf", "-o", str(tmp_path / "r.pdf")])
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
