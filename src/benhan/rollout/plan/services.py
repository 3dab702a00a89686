"""Verbs of the plan."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.kernel.identifiers import new_id
from benhan.kernel.text import clean, clean_line
from benhan.law.rollout import DEADLINE, gap_kinds, tasks
from benhan.rollout.plan import queries
from benhan.rollout.plan.models import Plan, Task
from benhan.rollout.plan.schedule import Job, fit, in_order, lay
from benhan.rollout.stopping import queries as stopping
from benhan.rollout.survey import queries as survey

DAYS_MAX, QUANTITY_MAX, PRICE_MAX = 250, 100_000, 100_000_000_000
HEAVY = 4  # gaps of this weight stand before the go-live


def make(*, due: date = DEADLINE, trial: Department | None = None, actor: Actor) -> Plan:
    """Make a plan from today's gaps and the backbone. The plan before stays as it was."""
    gate.require(actor, "plan.plan.write")
    today = clock.today()
    if due < today:
        raise Invalid([FieldError("due", "past", "Hạn của kế hoạch đã qua")])
    drafts = _drafts(trial)
    jobs = [Job(d["key"], d["days"], tuple(d["after"])) for d in drafts]
    placed, days = fit(jobs, today, due)
    with audit.unit_of_work("plan.plan.write"):
        made = Plan.objects.create(
            due=due, starts=today, trial_department=trial, made_at=clock.now(), by_name=actor.full_name
        )
        for position, draft in enumerate(drafts):
            _store(made, draft, position, placed[draft["key"]], days[draft["key"]])
        audit.record("plan.plan.write", object_type="plan", object_id=str(made.pk), detail={"tasks": len(drafts)})
    return made


def _store(plan: Plan, draft: dict[str, Any], position: int, place: tuple[date, date], days: int) -> Task:
    known = {k: v for k, v in draft.items() if k not in ("after", "days")}
    return Task.objects.create(
        plan=plan,
        starts=place[0],
        ends=place[1],
        days=days,
        after=json.dumps(draft["after"]),
        position=position,
        **known,
    )


def _drafts(trial: Department | None) -> list[dict[str, Any]]:
    """Every task of a new plan: backbone (some once per clinical department), one for each gap."""
    departments = [s.department for s in stopping.standings()]
    phases = {s.department.pk: s.phase for s in stopping.standings() if s.since}
    gaps = survey.gaps()
    codes = {g.code for g in gaps}
    heavy = [f"gap:{g.code}" for g in gaps if g.weight >= HEAVY]
    drafts: list[dict[str, Any]] = []
    each = {line["id"] for line in tasks() if line.get("per")}
    for line in tasks():
        for place in departments if line.get("per") else [trial if line["id"] == "trial" else None]:
            if line.get("per") and place is not None and _is_past(line["id"], phases.get(place.pk, "paper")):
                continue
            drafts.append(_backbone(line, place, departments, each, heavy))
    for gap in gaps:
        needs = [f"gap:{n}" for n in gap.needs if n in codes]
        kind = gap_kinds().get(gap.code)
        budget = (kind.budget if kind else None) or {}
        drafts.append(
            {
                "key": f"gap:{gap.code}",
                "kind": "gap",
                "title": gap.task[:500],
                "owner": gap.owner,
                "days": gap.days,
                "after": [*needs, "kickoff"],
                "source": gap.source[:300],
                "weight": gap.weight,
                "note": gap.advice or gap.title,
                "budget_item": budget.get("item_vi", ""),
                "budget_unit": budget.get("unit_vi", ""),
                "quantity": 1 if budget else 0,
                "price": budget.get("price", 0),
            }
        )
    return drafts


def _is_past(step: str, phase: str) -> bool:
    """Is the department beyond that step already?"""
    return (step == "parallel" and phase in ("parallel", "electronic")) or (
        step != "parallel" and phase == "electronic"
    )


def _backbone(
    line: dict[str, Any], place: Department | None, departments: list[Department], each: set[str], heavy: list[str]
) -> dict[str, Any]:
    per = bool(line.get("per"))
    after: list[str] = []
    for before in line["after"]:
        if before == "gaps":
            after += heavy
        elif before in each:
            after += [f"{before}:{place.code}"] if per and place else [f"{before}:{d.code}" for d in departments]
        else:
            after.append(before)
    suffix = f" – {place.name}" if place is not None else ""
    return {
        "key": f"{line['id']}:{place.code}" if per and place else line["id"],
        "kind": "backbone",
        "title": line["title_vi"] + suffix,
        "owner": line["owner"],
        "department": place,
        "days": line["days"],
        "after": after,
        "is_milestone": bool(line.get("milestone")),
        "source": line["source"],
        "weight": 5 if line.get("milestone") else 3,
    }


def refresh(plan: Plan, *, actor: Actor) -> tuple[int, int]:
    """Bring a plan up to today's gaps: (added, seen closed). What people changed stays; a gap that came back is open again."""
    gate.require(actor, "plan.plan.write")
    with audit.unit_of_work("plan.plan.write"):
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        kept = {t.key: t for t in plan.tasks.all()}
        drafts = {d["key"]: d for d in _drafts(plan.trial_department) if d["kind"] == "gap"}
        added = [d for key, d in drafts.items() if key not in kept]
        closed = [t for t in kept.values() if t.kind == "gap" and t.done_at is None and t.key not in drafts]
        for task in closed:
            task.done_at, task.done_by = clock.now(), "system"
            task.save(update_fields=["done_at", "done_by"])
        for task in kept.values():
            if task.kind == "gap" and task.done_by == "system" and task.key in drafts:
                task.done_at, task.done_by = None, ""
                task.save(update_fields=["done_at", "done_by"])
        for position, draft in enumerate(added, len(kept)):
            _store(plan, draft, position, (clock.today(), clock.today()), draft["days"])
        _lay_again(plan)
        audit.record(
            "plan.plan.write",
            object_type="plan",
            object_id=str(plan.pk),
            detail={"added": len(added), "closed": len(closed)},
        )
    return len(added), len(closed)


def _lay_again(plan: Plan) -> None:
    """Move what is not done so that nobody starts before what it waits for has ended."""
    rows = list(plan.tasks.all())
    jobs = [Job(t.key, t.days, tuple(t.after_keys), t.starts, fixed=t.fixed, done=t.done_at is not None) for t in rows]
    placed = lay(jobs, plan.starts)
    for task in rows:
        if (task.starts, task.ends) != placed[task.key]:
            task.starts, task.ends = placed[task.key]
            task.save(update_fields=["starts", "ends"])


def change_task(task: Task, typed: dict[str, str], *, actor: Actor) -> Task:
    """Change what a person typed: title, owner, person, start, days, note, quantity, price, done. Those after it move along."""
    gate.require(actor, "plan.plan.write")
    values, faults = _read(typed)
    if faults:
        raise Invalid(faults)
    with audit.unit_of_work("plan.plan.write"):
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=task.plan_id)
        fresh = Task.objects.get(pk=task.pk)
        for name, value in values.items():
            if name == "starts" and value != fresh.starts:
                fresh.fixed = True
            if name != "done":
                setattr(fresh, name, value)
        if "done" in values and values["done"] != (fresh.done_at is not None):
            fresh.done_at = clock.now() if values["done"] else None
            fresh.done_by = "person" if values["done"] else ""
        fresh.save()
        _lay_again(plan)
        audit.record(
            "plan.plan.write", object_type="task", object_id=str(fresh.pk), detail={"fields": " ".join(sorted(values))}
        )
    return Task.objects.get(pk=fresh.pk)


def add_task(plan: Plan, typed: dict[str, str], *, after: list[str], actor: Actor) -> Task:
    """Add an own task."""
    gate.require(actor, "plan.plan.write")
    values, faults = _read({"title": "", **typed})
    values.pop("done", None)
    known = set(plan.tasks.values_list("key", flat=True))
    if set(after) - known:
        faults.append(FieldError("after", "unknown", "Việc phải xong trước không có trong kế hoạch"))
    if faults:
        raise Invalid(faults)
    start = values.pop("starts", clock.today())
    with audit.unit_of_work("plan.plan.write"):
        made = Task.objects.create(
            plan=plan,
            key=f"own:{new_id()}",
            kind="own",
            starts=start,
            ends=start,
            after=json.dumps(after),
            fixed="starts" in typed and bool(typed["starts"]),
            position=len(known),
            **values,
        )
        in_order([Job(t.key, t.days, tuple(t.after_keys)) for t in plan.tasks.all()])
        _lay_again(plan)
        audit.record("plan.plan.write", object_type="task", object_id=str(made.pk))
    return Task.objects.get(pk=made.pk)


def drop_task(task: Task, *, actor: Actor) -> None:
    """Take an own task out. Those of the backbone and of gaps stay: a gap goes when it is closed."""
    gate.require(actor, "plan.plan.write")
    if task.kind != "own":
        raise Refused("Việc này do hệ thống lập; ghi đã xong khi hoàn thành", code="not_own")
    with audit.unit_of_work("plan.plan.write"):
        task.delete()
        audit.record("plan.plan.write", object_type="task", object_id=str(task.key), detail={"dropped": True})


def _read(typed: dict[str, str]) -> tuple[dict[str, Any], list[FieldError]]:
    """What was typed as values, with every fault named."""
    values: dict[str, Any] = {}
    faults: list[FieldError] = []
    for name, most, required in (("title", 500, True), ("person", 255, False), ("note", 2_000, False)):
        if name in typed:
            text = clean(typed[name]).strip() if name == "note" else clean_line(typed[name])
            if (required and not text) or len(text) > most:
                faults.append(
                    FieldError(
                        name, "length", f"Ghi từ 1 đến {most} ký tự" if required else f"Không dài quá {most} ký tự"
                    )
                )
            values[name] = text
    if "owner" in typed:
        if typed["owner"] not in queries.OWNERS:
            faults.append(FieldError("owner", "choice", "Chọn người phụ trách trong danh sách"))
        values["owner"] = typed["owner"]
    if typed.get("starts"):
        try:
            values["starts"] = date.fromisoformat(typed["starts"])
        except ValueError:
            faults.append(FieldError("starts", "date", "Ngày bắt đầu không hợp lệ"))
        else:
            if not 2025 <= values["starts"].year <= 2035:
                faults.append(FieldError("starts", "date", "Ngày bắt đầu ngoài khoảng 2025–2035"))
    for name, least, most, said in (
        ("days", 1, DAYS_MAX, "Số ngày làm việc"),
        ("quantity", 0, QUANTITY_MAX, "Số lượng"),
        ("price", 0, PRICE_MAX, "Đơn giá (đồng)"),
    ):
        if name in typed:
            digits = typed[name].replace(".", "").replace(" ", "").strip() or str(least)
            if not digits.isascii() or not digits.isdigit() or not least <= int(digits[:15]) <= most:
                faults.append(FieldError(name, "number", f"{said}: số nguyên từ {least} đến {most}"))
            else:
                values[name] = int(digits)
    if "done" in typed:
        values["done"] = typed["done"] == "1"
    return values, faults


def trial_default() -> Department | None:
    """The first clinical department, when nobody chose one."""
    return facility.departments(kind="clinical").first()
