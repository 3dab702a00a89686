"""Verb: `change_phase` of a department."""

from __future__ import annotations

import json

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.kernel.text import clean
from benhan.rollout.stopping import queries
from benhan.rollout.stopping.gates import gates_for
from benhan.rollout.stopping.models import PHASES, PhaseChange

REASON_MIN = 20


def change_phase(department: Department, to_phase: str, *, reason: str, actor: Actor) -> PhaseChange:
    """Move a department a step on (or back). Against an unmet gate only with a reason of some length, which stays with the decision;
    two steps at once are refused: nobody goes from paper to electronic without having tried."""
    gate.require(actor, "stopping.phase.change")
    reason = clean(reason).strip()
    if to_phase not in PHASES:
        raise Invalid([FieldError("to_phase", "choice", "Chọn giai đoạn trong danh sách")])
    if department.kind != "clinical":
        raise Refused("Chỉ khoa lâm sàng có hồ sơ bệnh án để chuyển", code="not_clinical")
    with audit.unit_of_work("stopping.phase.change"):
        Department.objects.select_for_update().get(pk=department.pk)  # two who decide at once: one after the other
        before = queries.phase_of(department)
        _assert_step(before, to_phase)
        seen = gates_for(department, to_phase)
        unmet = [g for g in seen if not g.good]
        if unmet and len(reason) < REASON_MIN:
            said = "; ".join(f"{g.title} ({g.figure})" for g in unmet)
            raise Invalid(
                [
                    FieldError(
                        "reason", "gates", f"Chưa đạt: {said}. Vẫn chuyển thì ghi rõ lý do, ít nhất {REASON_MIN} ký tự"
                    )
                ]
            )
        made = PhaseChange.objects.create(
            department=department,
            from_phase=before,
            to_phase=to_phase,
            reason=reason,
            gates=json.dumps([g.as_dict() for g in seen], ensure_ascii=False),
            against_gates=bool(unmet),
            by_name=actor.full_name,
            by_title=actor.job_title,
            made_at=clock.now(),
        )
        audit.record(
            "stopping.phase.change",
            object_type="department",
            object_id=str(department.pk),
            detail={"from": before, "to": to_phase, "against_gates": bool(unmet)},
        )
    return made


def _assert_step(before: str, after: str) -> None:
    order = list(PHASES)
    if before == after:
        raise Refused(f"Khoa đã ở giai đoạn “{PHASES[after]}”", code="same_phase")
    if order.index(after) - order.index(before) > 1:
        raise Refused("Khoa phải chạy song song trước khi chuyển hẳn sang điện tử", code="skipped_phase")
