"""Several processes at once: numbers without gaps or doubles, one winner for what can be had once, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house_process import House
from tests.properties.processes import finish, found, start

pytestmark = pytest.mark.xdist_group("together")
PROCESSES, EACH = 4, 8


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = found(tmp_path_factory.mktemp("together") / "house")
    yield made
    made.end()


def _together(house: House, *calls: tuple[str, str]) -> list[dict[str, Any]]:
    """Start a worker for each call, let all go at the same word, return what came of each."""
    workers = [start(house, "contend", *call) for call in calls]
    for worker in workers:
        assert worker.stdout is not None
        line = worker.stdout.readline()
        assert line == "ready\n", worker.stderr.read()[-2000:] if worker.stderr else line
    return [json.loads(said.splitlines()[-1]) for said in _all_said(workers)]


def _all_said(workers: list[Any]) -> list[str]:
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [finish(worker) for worker in workers]


def _staged(house: House) -> dict[str, str]:
    staged: dict[str, str] = json.loads(finish(start(house, "stage")).splitlines()[-1])
    return staged


def _wrong(house: House) -> list[str]:
    """Records half done, files damaged, a log that does not hold, facts that are not those of the papers."""
    wrong: list[str] = json.loads(finish(start(house, "check")).splitlines()[-1])["wrong"]
    return wrong


def test_numbers_have_no_gaps_and_no_doubles(house: House) -> None:
    answers = _together(house, *[("open", str(EACH))] * PROCESSES)
    opened = [one for answer in answers for one in answer["result"]]
    assert len(opened) == PROCESSES * EACH
    for kind in {row[0] for row in opened}:
        for column in (1, 2):
            numbers = [row[column] for row in opened if row[0] == kind and row[column]]
            assert len(set(numbers)) == len(numbers)
            serials = sorted(int(re.findall(r"\d+", number)[-1]) for number in numbers)
            assert serials == [serials[0] + n for n in range(len(serials))] if serials else column == 2, (kind, serials)


def test_one_place_is_signed_once(house: House) -> None:
    document = _staged(house)["document"]
    answers = _together(house, ("sign", document), ("sign", document))
    won = [a for a in answers if a["kind"] == "done" and a["result"] != "nothing waits"]
    assert len(won) == 1, answers
    others = {a.get("code") or a.get("result") for a in answers if a not in won}
    assert others <= {"not_waiting", "signed_meanwhile", "nothing waits"}, answers


def test_one_amendment_wins_and_the_other_hears_of_it(house: House) -> None:
    document = _staged(house)["document"]
    answers = _together(house, ("amend", document), ("amend", document))
    assert sorted(a["kind"] for a in answers) == ["done", "refused"], answers
    assert [a["result"] for a in answers if a["kind"] == "done"] == [2]
    assert [a["code"] for a in answers if a["kind"] == "refused"] == ["newer_version"]
    assert _wrong(house) == []


@pytest.mark.parametrize(("verb", "target"), [("write", "open"), ("amend-again", "document")])
def test_a_double_click_is_one_entry_and_both_hear_of_it(house: House, verb: str, target: str) -> None:
    staged = _staged(house)[target]
    answers = _together(house, (verb, staged), (verb, staged), (verb, staged))
    assert [a["kind"] for a in answers] == ["done"] * 3, answers
    assert len({a["result"] for a in answers}) == 1, answers
    assert _wrong(house) == []


def test_cancelling_and_amending_at_once_leaves_one_story(house: House) -> None:
    document = _staged(house)["document"]
    answers = _together(house, ("cancel", document), ("amend", document))
    assert "done" in {a["kind"] for a in answers}
    assert {a["code"] for a in answers if a["kind"] == "refused"} <= {"document_cancelled", "newer_version", "conflict"}
    assert _wrong(house) == []


def test_signing_and_amending_at_once_never_signs_what_was_replaced(house: House) -> None:
    document = _staged(house)["document"]
    answers = _together(house, ("sign", document), ("amend", document))
    assert any(a["kind"] == "done" for a in answers), answers
    assert _wrong(house) == []


def test_a_record_gets_one_seal(house: House) -> None:
    record = _staged(house)["record"]
    answers = _together(house, ("seal", record), ("seal", record))
    assert sorted(a["kind"] for a in answers) == ["done", "refused"], answers
    assert {a["code"] for a in answers if a["kind"] == "refused"} <= {"record_sealed", "changed_meanwhile"}, answers
    assert _wrong(house) == []
