"""What is known goes into a new sheet and the banner, by what the forms' fields mean, whatever form said it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from benhan.clinical import queries
from benhan.forms.prefill import prefill
from benhan.kernel import clock
from benhan.law import registry
from benhan.patients import services as patients
from benhan.patients.models import Patient
from benhan.records import services as writing
from benhan.records.known import known_facts
from benhan.records.models import MedicalRecord
from benhan.site.demo import complete
from benhan.ui import slots
from tests.people import Cast

pytestmark = pytest.mark.django_db


def nursing(record: MedicalRecord, cast: Cast, allergy: str, **more: Any) -> None:
    content = complete(record, "nursing_care_level_1", {"header": {"allergy": allergy}})
    writing.write(record, "nursing_care_level_1", content, actor=cast.nurse, **more)


def banner(patient: Patient) -> str:
    return "".join(slots.fill("patient_banner", patient=patient))


def test_the_banner_tells_not_asked_from_denied_from_named(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    assert "Chưa hỏi về dị ứng" in banner(cast.patient)
    nursing(record, cast, "Không")
    denied = banner(cast.patient)
    assert "Không dị ứng" in denied
    assert "Chưa hỏi" not in denied
    nursing(record, cast, "Penicillin; <b>tôm</b>")
    named = banner(cast.patient)
    assert "Penicillin, &lt;b&gt;tôm&lt;/b&gt;" in named
    assert "Không dị ứng" not in named


def test_a_later_none_never_takes_a_named_allergy_away(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    nursing(record, cast, "Penicillin", clinical_at=clock.now() - timedelta(minutes=1))
    nursing(record, cast, "chưa phát hiện")
    assert queries.allergies(cast.patient).names == ("Penicillin",)


def test_a_form_that_asks_for_allergies_gets_those_of_every_merged_copy_each_once(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    nursing(record, cast, "Penicillin")
    other = cast.open("inpatient_medicine", patient=cast.other_patient)
    nursing(other, cast, "PENICILLIN; Tôm", clinical_at=clock.now() - timedelta(minutes=1))
    patients.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    fresh = cast.open("inpatient_medicine", patient=Patient.objects.get(pk=cast.patient.pk))
    content = prefill(registry.form("nursing_care_level_2_3", clock.today()), known_facts(fresh))
    assert content["header"]["allergy"] == "Penicillin; Tôm"


def test_a_denied_allergy_is_asked_again_rather_than_copied(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    nursing(record, cast, "Không")
    content = prefill(registry.form("nursing_care_level_1", clock.today()), known_facts(record))
    assert "allergy" not in content["header"]


def test_the_newest_diagnosis_comes_from_whatever_form_named_it(cast: Cast) -> None:
    record = cast.open("inpatient_medicine")
    assert "diagnosis" not in prefill(registry.form("xray_request", clock.today()), known_facts(record)).get(
        "header", {}
    )
    early = clock.now() - timedelta(minutes=5)
    exam = complete(record, "admission_exam", {"examination": {"admission_diagnosis": "Viêm phổi", "icd": "J18.9"}})
    writing.write(record, "admission_exam", exam, actor=cast.doctor, clinical_at=early)
    assert known_facts(record)["stay"]["diagnosis"] == "Viêm phổi"
    header = {"diagnosis": "Viêm phổi thùy dưới", "comorbidities": "Tăng huyết áp"}
    writing.write(record, "treatment_sheet", complete(record, "treatment_sheet", {"header": header}), actor=cast.doctor)
    assert known_facts(record)["stay"]["diagnosis"] == "Viêm phổi thùy dưới"
    assert known_facts(record)["stay"]["comorbidities"] == "Tăng huyết áp"


def test_the_diagnosis_of_an_earlier_stay_is_not_proposed_for_this_one(cast: Cast) -> None:
    before = cast.open("inpatient_medicine")
    exam = complete(before, "admission_exam", {"examination": {"admission_diagnosis": "Viêm phổi"}})
    writing.write(before, "admission_exam", exam, actor=cast.doctor)
    assert known_facts(cast.open())["stay"]["diagnosis"] == ""
    assert [c.display for c in queries.conditions(cast.patient)] == ["Viêm phổi"]
