"""Verbs of the department: enrol places, take reports however they come, remind. Every refusal is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.kernel.text import clean, clean_line
from benhan.records import queries as records
from benhan.rollout import status_report
from benhan.rollout.authority import stages
from benhan.rollout.authority.models import DayTotal, Place, Refusal, Reminder, Report, Standing
from benhan.rollout.status_report import KINDS, Opened

FILES_A_DAY_MAX = 100
TEXTS = {"name": 160, "commune": 120, "contact": 200, "email": 200}


def add_place(typed: dict[str, str], *, actor: Actor) -> tuple[Place, str]:
    """Add a facility; returns it with the token of its web form (told once; kept as a hash)."""
    gate.require(actor, "authority.place.manage")
    values, faults = _read_place(typed)
    if not faults and Place.objects.filter(code=values["code"]).exists():
        faults.append(FieldError("code", "taken", "Mã cơ sở này đã có trong danh sách"))
    if faults:
        raise Invalid(faults)
    token = secrets.token_urlsafe(24)
    with audit.unit_of_work("authority.place.manage"):
        place = Place.objects.create(**values, link_hash=_hash(token), made_at=clock.now())
        Standing.objects.create(place=place)
        total = _today()
        total.silent += 1
        total.save()
        audit.record("authority.place.manage", object_type="place", object_id=place.code)
    return place, token


def _read_place(typed: dict[str, str]) -> tuple[dict[str, Any], list[FieldError]]:
    values: dict[str, Any] = {"code": clean_line(typed.get("code", "")).upper(), "kind": typed.get("kind", "")}
    faults = []
    if len(values["code"]) != 5 or not values["code"].isascii() or not values["code"].isalnum():
        faults.append(FieldError("code", "code", "Mã cơ sở gồm 5 chữ hoặc số"))
    if values["kind"] not in KINDS:
        faults.append(FieldError("kind", "choice", "Chọn loại hình cơ sở"))
    for name, most in TEXTS.items():
        values[name] = clean_line(typed.get(name, ""))
        if len(values[name]) > most or (name == "name" and not values[name]):
            faults.append(
                FieldError(
                    name, "length", f"Ghi từ 1 đến {most} ký tự" if name == "name" else f"Không quá {most} ký tự"
                )
            )
    for name, low, high in (("latitude", 8.0, 24.0), ("longitude", 102.0, 110.0)):
        text = typed.get(name, "").strip().replace(",", ".")
        try:
            values[name] = float(text) if text else None
        except ValueError:
            values[name] = 0.0
        if values[name] is not None and not low <= values[name] <= high:
            faults.append(FieldError(name, "range", f"Tọa độ trong khoảng {low:g}–{high:g}"))
    values["uses_benhan"] = typed.get("uses_benhan", "1") == "1"
    return values, faults


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def new_link(place: Place, *, actor: Actor) -> str:
    """A new token for the web form of a place; the old one ends."""
    gate.require(actor, "authority.place.manage")
    token = secrets.token_urlsafe(24)
    with audit.unit_of_work("authority.place.manage"):
        Place.objects.filter(pk=place.pk).update(link_hash=_hash(token))
        audit.record("authority.place.manage", object_type="place", object_id=place.code, detail={"link": "new"})
    return token


def place_of_link(token: str) -> Place | None:
    """Whose web form a token opens."""
    return Place.objects.filter(link_hash=_hash(token)).first() if 20 <= len(token) <= 60 else None


def enrol(place: Place, seal: str, *, actor: Actor) -> Report | None:
    """Pin the seal of a place, after the officer compared the fingerprint with the facility. A report that waited for it is taken
    now; returns it when there was one."""
    gate.require(actor, "authority.place.manage")
    seal = seal.replace(":", "").replace(" ", "").lower()
    if len(seal) != 64 or not all(c in "0123456789abcdef" for c in seal):
        raise Invalid([FieldError("seal", "fingerprint", "Vân tay gồm 64 chữ số và chữ a–f")])
    with audit.unit_of_work("authority.place.manage"):
        fresh = Place.objects.select_for_update().get(pk=place.pk)
        waited = fresh.offered_file if fresh.offered_seal == seal else ""
        fresh.seal, fresh.enrolled_at, fresh.enrolled_by = seal, clock.now(), actor.full_name
        fresh.offered_seal = fresh.offered_file = ""
        fresh.save()
        audit.record("authority.place.manage", object_type="place", object_id=place.code, detail={"seal": seal})
    return take(records.files().get(waited), origin="file", source="chờ ghi danh") if waited else None


@contextmanager
def keeping_refusal(origin: str, source: str, data: bytes = b"", code: str = "", size: int = 0) -> Iterator[None]:
    """What is refused inside is kept with reason, hash and place, and the file too; then the refusal goes on to whoever asked."""
    try:
        yield
    except Refused as no:
        small = 0 < len(data) <= status_report.BYTES_MAX and (origin != "https" or not _pesters(source))
        digest = records.files().put(data) if small else hashlib.sha256(data).hexdigest() if data else ""
        with audit.unit_of_work("authority.report.take"):
            Refusal.objects.create(
                at=clock.now(),
                code=no.code,
                message=no.message[:400],
                origin=origin,
                source=source[:120],
                facility_code=code[:5],
                sha256=digest,
                size=size or len(data),
            )
            audit.record("authority.report.take", outcome="refused", reason=no.code, object_type="report")
        raise


def _pesters(source: str) -> bool:
    """Did that address send so much today that keeping its files would fill the disk? Their hashes are still kept."""
    since = clock.now() - timedelta(days=1)
    return Refusal.objects.filter(source=source, at__gte=since).count() >= FILES_A_DAY_MAX


def refuse_big(size: int, *, origin: str, source: str) -> None:
    """Refuse a body by its announced length, before a byte of it is read."""
    with keeping_refusal(origin, source, size=size):
        raise Refused(f"Báo cáo lớn hơn {status_report.BYTES_MAX // 1024} KB", code="too_big")


def take(data: bytes, *, origin: str, source: str, by: str = "") -> Report:
    """Take a signed report: shape, whose it is, seal, times, serial; then the place's standing follows."""
    code = ""
    try:
        opened = status_report.parse(data)
    except Refused:
        with keeping_refusal(origin, source, data):
            raise
    code = str(opened.report["facility"]["code"]).upper()
    with keeping_refusal(origin, source, data, code):
        place = Place.objects.filter(code=code).first()
        if place is None:
            raise Refused(f"Cơ sở mã {code} không có trong danh sách của Sở", code="unknown_place")
        _assert_enrolled(place, opened, data)
        status_report.assert_signed(opened, pinned=place.seal, now=clock.now())
        return _accept(place, opened.report, origin=origin, sha256=hashlib.sha256(data).hexdigest(), by=by)


def _assert_enrolled(place: Place, opened: Opened, data: bytes) -> None:
    """The first report of a place offers its seal; it is believed when an officer has compared it."""
    if place.seal:
        return
    if opened.certificate is not None:
        offered = status_report.fingerprint(opened.certificate)
        status_report.assert_signed(opened, pinned=offered, now=clock.now())
        with audit.unit_of_work("authority.report.take"):
            Place.objects.filter(pk=place.pk).update(offered_seal=offered, offered_file=records.files().put(data))
    raise Refused(
        "Con dấu của cơ sở chờ cán bộ Sở ghi danh; báo cáo được giữ lại và nhận sau khi ghi danh", code="not_enrolled"
    )


def _accept(place: Place, report: dict[str, Any], *, origin: str, sha256: str, by: str = "") -> Report:
    with audit.unit_of_work("authority.report.take"):
        standing = Standing.objects.select_for_update().get(place=place)
        taken = _judged(place, standing, report, origin=origin, sha256=sha256, by=by)
        before = standing.stage
        taken.save(force_insert=True)
        _follow(standing, report, taken)
        standing.save()
        _count([(before, taken.stage)])
        audit.record("authority.report.take", object_type="report", object_id=f"{place.code}/{taken.serial}")
    return taken


def _judged(place: Place, standing: Standing, report: dict[str, Any], *, origin: str, sha256: str, by: str) -> Report:
    """Is the report new, and of a time that can be? Refused (`future`, `replayed`, `older`), else the row to be kept."""
    now, made_at = clock.now(), status_report.moment(report["made_at"])
    if made_at > now + status_report.FUTURE_MAX:
        raise Refused("Báo cáo ghi thời điểm ở tương lai; kiểm tra đồng hồ máy chủ của cơ sở", code="future")
    if report["serial"] <= standing.last_serial:
        raise Refused(f"Báo cáo số {report['serial']} đã nhận hoặc cũ hơn số {standing.last_serial}", code="replayed")
    if standing.made_at is not None and made_at < standing.made_at:
        raise Refused("Báo cáo lập trước báo cáo đã nhận", code="older")
    return Report(
        place=place,
        serial=report["serial"],
        origin=origin,
        made_at=made_at,
        received_at=now,
        points_met=stages.points_met(report),
        stage=stages.stage(report),
        sha256=sha256,
        body=canonical(report).decode("utf-8"),
        by_name=by,
    )


def take_many(files: Sequence[tuple[str, bytes]], *, by: str) -> list[tuple[str, Report | Refused]]:
    """Take many signed files at once (a district's e-mail, a USB stick): each is judged exactly as alone, what is good is stored
    together, what is not is refused by itself. Two files of one place follow each other in the order given."""
    outcomes: list[tuple[str, Report | Refused]] = []
    with audit.unit_of_work("authority.report.take"):
        standings = {
            s.place.code: s
            for s in Standing.objects.select_for_update(of=("self",)).select_related("place").order_by("place_id")
        }
        taken: list[Report] = []
        moves: list[tuple[str, str]] = []
        touched: dict[Any, Standing] = {}
        for name, data in files:
            try:
                opened = status_report.parse(data)
                standing = standings.get(str(opened.report["facility"]["code"]).upper())
                if standing is None or not standing.place.seal:
                    raise _Alone
                status_report.assert_signed(opened, pinned=standing.place.seal, now=clock.now())
                digest = hashlib.sha256(data).hexdigest()
                row = _judged(standing.place, standing, opened.report, origin="file", sha256=digest, by=by)
            except (_Alone, Refused):
                outcomes.append((name, _NOT_YET))
                continue
            moves.append((standing.stage, row.stage))
            _follow(standing, opened.report, row)
            touched[standing.pk] = standing
            taken.append(row)
            outcomes.append((name, row))
        Report.objects.bulk_create(taken, batch_size=500)
        changed = [f.name for f in Standing._meta.fields if not f.primary_key]
        Standing.objects.bulk_create(
            list(touched.values()), update_conflicts=True, unique_fields=["place"], update_fields=changed, batch_size=40
        )
        if moves:
            _count(moves)
        audit.record("authority.report.take", object_type="report", detail={"reports": len(taken)})
    data_of = dict(files)
    return [(name, _alone(name, data_of[name], by) if found is _NOT_YET else found) for name, found in outcomes]


class _Alone(Exception):
    """This file goes the way of a single one, where its refusal is kept."""


_NOT_YET = Refused("", code="not_yet")


def _alone(name: str, data: bytes, by: str) -> Report | Refused:
    try:
        return take(data, origin="file", source=name, by=by)
    except Refused as no:
        return no


def _today() -> DayTotal:
    """Today's line; a new day begins with the last one."""
    day = clock.today()
    found = DayTotal.objects.select_for_update().filter(pk=day).first()
    if found is not None:
        return found
    last = DayTotal.objects.filter(day__lt=day).order_by("-day").first()
    given = {s: getattr(last, s) for s in ("silent", "started", "advancing", "ready", "announced")} if last else {}
    return DayTotal.objects.create(day=day, **given)


def _count(moves: Sequence[tuple[str, str]]) -> None:
    """Places went from one stage to another today."""
    total = _today()
    total.reports += len(moves)
    for before, after in moves:
        setattr(total, before, max(0, getattr(total, before) - 1))
        setattr(total, after, getattr(total, after) + 1)
    total.save()


def _follow(standing: Standing, report: dict[str, Any], taken: Report) -> None:
    standing.stage, standing.last_serial = taken.stage, taken.serial
    standing.made_at, standing.received_at = taken.made_at, taken.received_at
    standing.points = json.dumps({p["code"]: p["result"] for p in report["points"]})
    standing.points_met = taken.points_met
    standing.blocking = json.dumps(stages.blocking(report))
    standing.departments = len(report["departments"])
    standing.departments_electronic = sum(d["phase"] == "electronic" for d in report["departments"])
    standing.records_open = report["counts"]["records_open"]
    standing.records_paper = report["counts"]["records_paper"]
    standing.prints = report["counts"]["prints_30d"]
    standing.plan_due = date.fromisoformat(report["plan"]["due"]) if report["plan"]["due"] else None
    standing.plan_late = report["plan"]["late"]
    standing.announced_on = date.fromisoformat(report["announced_on"]) if report["announced_on"] else None


def take_unsigned(place: Place, report: dict[str, Any], *, origin: str, source: str, by: str) -> Report:
    """Take what a facility without the program said by its own web form or an officer's sheet: the same schema and the same times;
    the link or the officer stands in for the seal, and the report says so."""
    with keeping_refusal(origin, source, code=place.code):
        status_report.assert_shape(report)
        return _accept(place, report, origin=origin, sha256=hashlib.sha256(canonical(report)).hexdigest(), by=by)


def next_serial(place: Place) -> int:
    """The serial of the next unsigned report."""
    return Standing.objects.get(place=place).last_serial + 1


def remind(place: Place, reason: str, text: str, *, actor: Actor) -> Reminder:
    """Note that a place was reminded (the officer sends the text by the department's own mail)."""
    gate.require(actor, "authority.reminder.write")
    text = clean(text).strip()
    if not 10 <= len(text) <= 4_000:
        raise Invalid([FieldError("text", "length", "Nội dung nhắc từ 10 đến 4.000 ký tự")])
    with audit.unit_of_work("authority.reminder.write"):
        made = Reminder.objects.create(
            place=place, reason=reason[:20], text=text, made_at=clock.now(), by_name=actor.full_name
        )
        audit.record("authority.reminder.write", object_type="place", object_id=place.code)
    return made
