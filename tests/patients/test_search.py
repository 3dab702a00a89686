"""Finding people: the same answer on both databases, whatever part is typed and in whatever order."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from benchmarks.invented_patients import people

from benhan.kernel import clock
from benhan.kernel.text import fold
from benhan.patients import indexing, queries, search, services
from benhan.patients.models import NameIndex, Patient
from benhan.patients.person import Person
from benhan.patients.question import understand, words_of
from tests.people import Cast

pytestmark = pytest.mark.django_db
COUNT = 600


@pytest.fixture
def crowd(cast: Cast) -> list[Patient]:
    """Six hundred invented people beside the cast."""
    rows = [
        Patient(
            id=p.id,
            patient_number=p.patient_number.replace("BN26", "BM26"),
            full_name=p.full_name,
            name_folded=fold(p.full_name),
            birth_date=p.birth_date,
            birth_precision=p.precision,
            sex=p.sex,
            phone=p.phone,
            recorded_at=clock.now(),
        )
        for p in people(COUNT)
    ]
    Patient.objects.bulk_create(rows)
    indexing.index_patients(rows)
    return rows


def found(cast: Cast, typed: str, limit: int = 1000) -> set[Any]:
    return set(search.find(understand(typed), limit))


def test_words_in_any_order_and_their_beginnings_find_exactly_those_who_have_them(
    cast: Cast, crowd: list[Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RECENT_ROWS", 50)
    monkeypatch.setattr(search, "RECENT_ROWS_SHORT", 50)
    deal = random.Random(3)
    everybody = [*crowd, cast.patient, cast.other_patient]
    for person in deal.sample(crowd, 60):
        words = words_of(fold(person.full_name))
        typed = [w[: deal.randrange(1, len(w) + 1)] for w in deal.sample(words, deal.randrange(1, len(words) + 1))]
        expected = {p.pk for p in everybody if all(_has(p, w) for w in typed)}
        assert found(cast, " ".join(typed)) == expected, typed
        year = person.birth_date.year if person.birth_date else 0
        expected = {pk for pk in expected if next(p for p in everybody if p.pk == pk).birth_date.year == year}  # type: ignore[union-attr]
        assert found(cast, f"{' '.join(typed)} {year}") == expected, (typed, year)


def _has(person: Patient, word: str) -> bool:
    return any(w.startswith(word) for w in search.index_row(person.full_name, None, "").forwards.split(" "))


def test_a_birth_day_or_month_narrows(cast: Cast) -> None:
    assert queries.search(cast.clerk, "dao 02/05/1960") == [cast.patient]
    assert queries.search(cast.clerk, "dao 5/1960") == [cast.patient]
    assert queries.search(cast.clerk, "dao 03/05/1960") == []


def test_a_name_with_the_marks_typed_comes_first(cast: Cast) -> None:
    names = ["Nguyễn Văn An", "Nguyễn Văn Ẩn", "Nguyễn Văn Ân"]
    made = {n: services.register(Person(n), actor=cast.clerk) for n in names}
    for name, patient in made.items():
        assert queries.search(cast.clerk, name)[0] == patient if name != "Nguyễn Văn An" else True
        assert set(queries.search(cast.clerk, name)) == set(made.values())


@pytest.mark.parametrize("typed", ["h'hen niê", "hhen nie", "h hen", "nie hhen", "H’HEN"])
def test_names_with_an_apostrophe_are_found_joined_and_parted(cast: Cast, typed: str) -> None:
    patient = services.register(Person("H'Hen Niê"), actor=cast.clerk)
    assert queries.search(cast.clerk, typed) == [patient]


def test_names_in_other_scripts_are_found(cast: Cast) -> None:
    patient = services.register(Person("김철수"), actor=cast.clerk)
    assert queries.search(cast.clerk, "김철") == [patient]


@pytest.mark.parametrize(
    "typed", ["900000001", "000001", "0900 000 001", "+84900000001", "000160000001", "160000001", "00016"]
)
def test_numbers_are_found_by_beginning_and_by_end(cast: Cast, typed: str) -> None:
    assert cast.patient in queries.search(cast.clerk, typed)


def test_a_new_card_with_ten_digits_finds_the_old_one_with_fifteen(cast: Cast) -> None:
    patient = services.register(Person("Lê Văn Thẻ"), actor=cast.clerk, insurance_card="DN4000123456789")
    assert queries.search(cast.clerk, "0123456789") == [patient]
    assert queries.search(cast.clerk, "dn4000123456789") == [patient]
    assert queries.search(cast.clerk, "the 0123456789") == [patient]
    assert queries.search(cast.clerk, "khac 0123456789") == []


def test_a_record_number_finds_its_patient_for_who_may(cast: Cast) -> None:
    record = cast.open()
    assert queries.search(cast.clerk, record.record_number) == [cast.patient]
    assert queries.search(cast.doctor, record.record_number) == [cast.patient]
    assert queries.search(cast.stranger, record.record_number) == []


def test_a_ward_searches_as_richly_among_its_own(cast: Cast) -> None:
    cast.open()
    for typed in ("dao nguyen", "Đào", "1960", "dao 02/05/1960", "0900000001", "00016", "000001"):
        assert queries.search(cast.doctor, typed) == [cast.patient], typed
        assert queries.search(cast.stranger, typed) == [], typed


def test_a_merged_chain_is_found_as_the_last_survivor_once(cast: Cast) -> None:
    third = services.register(Person("Nguyễn Thị Đào", date(1960, 1, 1), "year", "2"), actor=cast.clerk)
    services.merge(cast.other_patient, cast.patient, reason="một người", actor=cast.clerk)
    services.merge(third, cast.other_patient, reason="một người", actor=cast.clerk)
    assert queries.search(cast.clerk, "nguyen thi dao") == [third]
    assert queries.search(cast.clerk, "000160000001") == [third]


@pytest.mark.parametrize("typed", ["nguyen", "dao nguyen", "n t d", "dao 1960", "0900000001", "Nguyễn Thị Đào"])
def test_a_search_costs_a_bounded_number_of_queries(
    cast: Cast, crowd: list[Patient], typed: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(11):
        queries.search(cast.clerk, typed)


def test_the_index_is_derived_and_rebuilt_to_the_same(cast: Cast, crowd: list[Patient]) -> None:
    before = set(NameIndex.objects.values_list("patient_id", *indexing.COLUMNS))
    NameIndex.objects.update(written="", forwards="x", backwards="x", birth_year=None, phone_backwards="")
    assert indexing.rebuild() == Patient.objects.count()
    assert set(NameIndex.objects.values_list("patient_id", *indexing.COLUMNS)) == before
    assert cast.patient.pk in found(cast, "dao nguyen")


def test_an_update_leaves_the_old_name_out_of_the_search(cast: Cast) -> None:
    services.update(cast.patient, Person("Trịnh Thu Lành", sex="2"), actor=cast.clerk)
    assert queries.search(cast.clerk, "dao thi") == []
    assert queries.search(cast.clerk, "lanh thu") == [cast.patient]
