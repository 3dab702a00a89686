"""Paper stops department by department, through gates, with nobody's treatment cut in two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from benhan.archive.models import BackupRun
from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Refused
from benhan.records import opening, services
from benhan.records.models import LookupCode, MedicalRecord, RecordEvent
from benhan.rollout.stopping import queries
from benhan.rollout.stopping import services as stopping
from benhan.rollout.stopping.gates import TRIAL_PAPERS_MIN, gates_for
from benhan.rollout.stopping.models import PhaseChange
from benhan.signing import certificates
from tests.people import PIN, Cast, note
from tests.stories import sign_all

pytestmark = pytest.mark.django_db
WHY = "Khoa nhỏ, đã thỏa thuận với giám đốc"


def _parallel(cast: Cast) -> None:
    stopping.change_phase(cast.departments["ward"], "parallel", reason=WHY, actor=cast.planning)


def test_a_new_record_is_what_its_department_is(cast: Cast) -> None:
    assert cast.open().medium == "electronic"
    _parallel(cast)
    assert cast.open().medium == "mixed"
    stopping.change_phase(cast.departments["ward"], "electronic", reason=WHY, actor=cast.planning)
    assert cast.open().medium == "electronic"
    stopping.change_phase(cast.departments["ward"], "parallel", reason=WHY, actor=cast.planning)
    stopping.change_phase(cast.departments["ward"], "paper", reason="máy chủ hỏng", actor=cast.planning)
    assert cast.open().medium == "paper"


def test_nobody_goes_from_paper_to_electronic_without_having_tried(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        stopping.change_phase(cast.departments["ward"], "electronic", reason=WHY, actor=cast.planning)
    assert refused.value.code == "skipped_phase"
    with pytest.raises(Refused):
        stopping.change_phase(cast.departments["office"], "parallel", reason=WHY, actor=cast.planning)
    with pytest.raises(Refused):
        stopping.change_phase(cast.departments["ward"], "parallel", reason=WHY, actor=cast.doctor)


def test_a_gate_that_is_not_met_needs_a_reason_that_stays(cast: Cast) -> None:
    ward = cast.departments["ward"]
    with pytest.raises(Invalid) as refused:
        stopping.change_phase(ward, "parallel", reason="", actor=cast.planning)
    assert "chứng thư" in refused.value.errors[0].message
    made = stopping.change_phase(ward, "parallel", reason=WHY, actor=cast.planning)
    assert made.against_gates
    assert [g["code"] for g in made.gates_seen] == ["accounts", "certificates"]
    with pytest.raises(DatabaseError), transaction.atomic():
        PhaseChange.objects.filter(pk=made.pk).update(reason="khác")


def test_a_department_that_is_ready_passes_every_gate(cast: Cast, settings: Any) -> None:
    """The whole way: certificates, a trial with signed papers, copies taken and proven."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    for name in ("technician", "pharmacist"):
        certificates.issue_certificate(cast.staff[name], PIN, actor=cast.actors[name])
    ward = cast.departments["ward"]
    assert all(g.good for g in gates_for(ward, "parallel"))
    made = stopping.change_phase(ward, "parallel", reason="", actor=cast.planning)
    assert not made.against_gates
    assert not all(g.good for g in gates_for(ward, "electronic"))
    record = cast.open()
    for n in range(TRIAL_PAPERS_MIN):
        services.write(record, "free_note", note(f"ngày {n}"), actor=cast.doctor)
    sign_all(cast, "doctor")
    later = clock.now() + timedelta(days=2)
    for kind in ("backup", "prove"):
        BackupRun.objects.create(kind=kind, path="x", succeeded=True, started_at=later, finished_at=later)
    with clock.held_at(later):
        unmet = [g for g in gates_for(ward, "electronic") if not g.good]
        assert unmet == []
        stopping.change_phase(ward, "electronic", reason="", actor=cast.planning)
    assert queries.phase_of(ward) == "electronic"


def test_an_unsigned_trial_closes_the_gate(cast: Cast) -> None:
    record = cast.open()
    for n in range(TRIAL_PAPERS_MIN):
        services.write(record, "free_note", note(f"ngày {n}"), actor=cast.doctor)
    services.save_draft(record, "free_note", note(), actor=cast.doctor, client_key="k")
    with clock.held_at(clock.now() + timedelta(days=3)):
        found = {g.code: g.good for g in gates_for(cast.departments["ward"], "electronic")}
    assert found["trial"]
    assert not found["signed"]
    assert not found["drafts"]


def test_a_patient_in_treatment_goes_on_electronically_or_ends_on_paper(cast: Cast) -> None:
    record = cast.open()
    opening.set_medium(record, "paper", reason="vào viện trên giấy", actor=cast.planning)
    mixed = opening.set_medium(record, "mixed", reason="ghi điện tử từ hôm nay", actor=cast.planning)
    assert mixed.medium == "mixed"
    assert RecordEvent.objects.filter(record=record, event="medium").count() == 2
    with pytest.raises(Refused):
        opening.set_medium(record, "electronic", reason="bỏ phần giấy", actor=cast.planning)
    services.write(record, "free_note", note(), actor=cast.doctor)
    with pytest.raises(Refused):
        opening.set_medium(record, "paper", reason="quay lại giấy", actor=cast.planning)
    with pytest.raises(Refused):
        opening.set_medium(record, "mixed", reason="không có quyền", actor=cast.doctor)
    with pytest.raises(Invalid):
        opening.set_medium(record, "mixed", reason="", actor=cast.planning)


def test_paper_still_open_is_listed_without_names(cast: Cast) -> None:
    record = cast.open()
    opening.set_medium(record, "paper", reason="vào viện trên giấy", actor=cast.planning)
    assert [r.pk for r in queries.paper_open()] == [record.pk]
    client = Client()
    client.force_login(cast.accounts["administrator"])
    board = client.get(reverse("stopping:board")).content.decode()
    assert record.record_number in board
    page = client.get(
        reverse("stopping:department", kwargs={"department_id": cast.departments["ward"].pk})
    ).content.decode()
    assert record.record_number in page
    assert cast.patient.full_name not in page
    client.force_login(cast.accounts["planning"])
    page = client.get(
        reverse("stopping:department", kwargs={"department_id": cast.departments["ward"].pk})
    ).content.decode()
    assert cast.patient.full_name in page


def test_prints_are_counted_by_week_and_asked_why(cast: Cast) -> None:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    for n, weeks in enumerate((0, 1, 1, 3)):
        LookupCode.objects.create(
            code=f"W{n}", version=version, kind="paper", made_at=clock.now() - timedelta(weeks=weeks)
        )
    weeks = [n for _, n in queries.prints_by_week(4)]
    assert weeks == [1, 0, 2, 1]
    name, count, reason = queries.printed_forms()[0]
    assert count == 4
    assert reason is None
    assert "discharge_paper" in queries.print_reasons()
    assert name


def test_the_pages_move_a_department(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["planning"])
    ward = {"department_id": cast.departments["ward"].pk}
    refused = client.post(reverse("stopping:change", kwargs=ward), {"to_phase": "parallel", "reason": ""})
    assert refused.status_code == 422
    assert "Chưa đạt" in refused.content.decode()
    assert (
        client.post(reverse("stopping:change", kwargs=ward), {"to_phase": "parallel", "reason": WHY}).status_code == 302
    )
    record = cast.open()
    answer = client.post(
        reverse("stopping:medium", kwargs={"record_id": record.pk}), {"medium": "paper", "reason": "hết đợt trên giấy"}
    )
    assert answer.status_code == 302
    assert MedicalRecord.objects.get(pk=record.pk).medium == "paper"
