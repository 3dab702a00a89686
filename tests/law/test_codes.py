"""Code lists and their search."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest

from benhan.law import codes, icd10, retention

SYSTEMS = sorted(p.stem for p in codes.CODES.glob("*.csv"))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_entry_has_a_name_and_says_where_it_comes_from(system: str) -> None:
    listed = codes.entries(system)
    assert listed
    assert len({(c.code, c.valid_from) for c in listed}) == len(listed)
    assert all(c.code and c.source and c.certainty for c in listed)
    assert all(c.name_vi or "NAME NOT FOUND" in c.certainty for c in listed)  # said openly, not invented


def test_the_starter_list_holds_common_diagnoses_in_order() -> None:
    listed = codes.entries("icd10")
    assert len(listed) > 450
    assert [c.code for c in listed] == sorted(c.code for c in listed)
    assert all(re.fullmatch(r"[A-Z]\d\d(\.\d)?", c.code) for c in listed)
    assert codes.resolve("icd10", "O80.9").flags == {"sex:f"}  # type: ignore[union-attr] # it is in the list


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("J18.9", "J18.9"), ("j189", "J18.9"), ("E11.", "E11.0"), ("tăng huyết áp", "I10"), ("tang huyet ap", "I10"),
        ("áp huyết vô căn", "I10"), ("THA", "I10"), ("viem ruot thua cap khac", "K35.8"), ("gay co xuong dui", "S72.0"),
        ("dengue", "A90"), ("đái thao đường thai", "O24.4"), ("appendicitis unspecified", "K37"), ("sot det", None),
        ("COPD", "J44.9"), ("   ", None), ("😀", None),
    ],
)  # fmt: skip
def test_the_search_finds_by_code_and_words(typed: str, first: str | None) -> None:
    found = [c.code for c in codes.search("icd10", typed)]
    assert found[0] == first if first else found == []


def test_every_diagnosis_is_found_by_its_own_name() -> None:
    for entry in codes.entries("icd10"):
        assert entry in codes.search("icd10", entry.name_vi, limit=5), entry.code


def test_the_search_is_quick_and_bounded() -> None:
    codes.search("icd10", "viem")
    begun = time.perf_counter()
    for typed in ("viem", "J", "dai thao duong", "zzzz"):
        assert len(codes.search("icd10", typed * 50, limit=20)) <= 20
        assert len(codes.search("icd10", typed, limit=20)) <= 20
    assert (time.perf_counter() - begun) / 8 < 0.02  # the aim is 2 ms; a loaded test machine gets ten times that


def test_an_unknown_list_is_empty_and_opens_no_other_file() -> None:
    assert codes.entries("../retention") == ()
    assert codes.search("nothing", "x") == []
    assert codes.is_known("nothing", "anything")


def test_the_list_of_the_ministry_stands_in_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["x"] * 29, ["1", "A00", *[""] * 27], ["2", "a90", "Sốt dengue", *[""] * 26]]
    rows.append(["3", "O80", "Đẻ thường", *[""] * 20, "x", *[""] * 3, "", "x"])
    source = tmp_path / "ministry.csv"
    source.write_text("\n".join(",".join(r) for r in rows), encoding="utf-8-sig")
    taken, left_out = icd10.convert(source, tmp_path / "icd10.csv", code=2, name_vi=3)
    assert taken == 2
    assert [line.split(":")[0] for line in left_out] == ["dòng 1", "dòng 2"]
    monkeypatch.setattr(codes, "_own_folders", [])
    try:
        codes.use_folder(tmp_path)
        found = codes.resolve("icd10", "O80")
        assert found is not None
        assert found.flags == {"not_main", "sex:f"}
        assert codes.resolve("icd10", "A90", date(2026, 6, 30)) is None
        assert codes.entries("icd10", date(2026, 7, 1)) == codes.entries("icd10")
        assert codes.entries("gioi_tinh")
    finally:
        codes._own_folders.clear()
        codes.use_folder(codes.CODES)


def test_records_are_kept_to_the_end_of_the_last_year() -> None:
    assert retention.longest(set()).until(date(2024, 2, 29)) == date(2034, 12, 31)
    assert retention.longest({"mental_or_accident"}).years == 20
    assert retention.longest({"mental_or_accident", "death"}).code == "RET-03"
    assert retention.longest({"death", "incident"}).until(date(2025, 1, 1)) is None
