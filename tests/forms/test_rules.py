"""What the server computes and what the browser shows while somebody types are the same: one list of cases, run by both."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benhan.forms import conditions, page, scores
from benhan.forms.definition import Band, Field
from benhan.forms.wording import finder, gaps
from benhan.kernel.text import fold

HERE = Path(__file__).parent
SCRIPT = HERE.parents[1] / "src" / "benhan" / "ui" / "static" / "ui" / "rules.js"
NODE = shutil.which("node")
KINDS = ("numbers", "times", "conditions", "scores", "bands", "short_words", "gaps", "folds")
DRAWN = 400  # random scores besides those written down


@cache
def cases() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "rules.json").read_text(encoding="utf-8"))
    for case in found["conditions"]:
        case["groups"] = conditions.as_data(case["if"])
    return found


def _score(case: dict[str, Any]) -> float | None:
    names = [f"f{n}" for n in range(len(case["points"]))]
    field = Field("s", "", "", "score", formula=case["formula"], of=tuple(names), partial=case.get("partial", False))
    row = {n: p for n, p in zip(names, case["points"], strict=True) if p is not None}
    return scores.score(field, {n: Field(n, "", "", "number") for n in names}, row)


def _shown(case: dict[str, Any]) -> bool:
    field = Field("x", "", "", "text", show_if=case["if"])
    content: dict[str, Any] = {}
    for name, value in case["values"].items():
        section, dot, inner = name.partition(".")
        if dot:
            content.setdefault(section, {})[inner] = value
    return conditions.is_shown(field, case["values"], content)


def _read(kind: str, text: str) -> Any:
    """A typed text as the server reads it; what stays as typed was not understood."""
    value = page.read(Field("x", "", "", kind), text, None)  # type: ignore[arg-type]  # numbers and times know no zone
    return None if (kind == "number" and isinstance(value, str)) or (kind == "time" and not _is_time(value)) else value


def _is_time(text: str) -> bool:
    return re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) is not None


def on_the_server() -> dict[str, Any]:
    given = cases()
    short = given["short_words"]
    find = finder(short["words"], short["allowed"])
    bands = [
        (
            Field("x", "", "", "score", bands=tuple(Band(a, b, str(n)) for n, (a, b) in enumerate(c["bands"]))),
            c["value"],
        )
        for c in given["bands"]
    ]
    found = [scores.band(f, value) for f, value in bands]
    return {
        "numbers": [_read("number", text) for text, _ in given["numbers"]],
        "times": [_read("time", text) for text, _ in given["times"]],
        "conditions": [_shown(c) for c in given["conditions"]],
        "scores": [_score(c) for c in given["scores"]],
        "bands": [int(b.label_vi) if b else None for b in found],
        "short_words": [[[w.at, w.word, w.listed] for w in find(text)] for text, _ in short["cases"]],
        "gaps": [gaps(text) for text, _ in given["gaps"]],
        "folds": [fold(text) for text, _ in given["folds"]],
    }


def in_the_browser(given: dict[str, Any], where: Path) -> dict[str, Any]:
    if NODE is None:
        pytest.skip("no Node on this machine")
    written = where / "cases.json"
    written.write_text(json.dumps(given), encoding="utf-8")
    command = [NODE, str(HERE / "rules_cases.js"), str(SCRIPT), str(written)]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def wanted() -> dict[str, list[Any]]:
    given = cases()
    return {
        **{k: [answer for _, answer in given[k]] for k in ("numbers", "times", "gaps", "folds")},
        "conditions": [c["shown"] for c in given["conditions"]],
        "scores": [c["is"] for c in given["scores"]],
        "bands": [c["is"] for c in given["bands"]],
        "short_words": [answer for _, answer in given["short_words"]["cases"]],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_says_what_is_written_down(kind: str) -> None:
    assert on_the_server()[kind] == wanted()[kind]


def test_the_browser_says_the_same(tmp_path: Path) -> None:
    told = in_the_browser(cases(), tmp_path)
    assert {kind: told[kind] for kind in KINDS} == wanted()


def test_scores_drawn_at_random_come_to_the_same(tmp_path: Path) -> None:
    dice = random.Random(3)
    drawn = [
        {"formula": formula, "points": [round(dice.uniform(1, 250), dice.randrange(4)) for _ in range(2)]}
        for formula in ("bmi", "body_surface", "mean_pressure", "difference", "sum")
        for _ in range(DRAWN // 5)
    ]
    told = in_the_browser({**cases(), "scores": drawn}, tmp_path)["scores"]
    assert told == [_score(case) for case in drawn]


def test_every_kind_of_case_is_asked_of_both() -> None:
    assert set(cases()) == set(KINDS)
