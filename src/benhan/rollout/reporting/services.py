"""Verbs: make a report, send it, and the daily duty when an address was named."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from benhan.access import gate
from benhan.access.actors import Actor, system_actor
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused, SaysNo
from benhan.records import queries as records
from benhan.rollout import status_report
from benhan.rollout.readiness import services as readiness
from benhan.rollout.reporting import building, sending
from benhan.rollout.reporting.models import SentReport
from benhan.signing import certificates

log = logging.getLogger("benhan.reporting")
ADDRESS_RULE = "rollout.report_url"
LOCAL = {"127.0.0.1", "localhost", "::1"}


def set_address(address: str, *, actor: Actor) -> None:
    """Name the department's address. Only https leaves the house; http only to the own machine (tests, a proxy beside us)."""
    gate.require(actor, "reporting.report.make")
    facility.require_real()
    address = address.strip()
    parts = urlsplit(address)
    good = not address or parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if not good or len(address) > 300 or (address and not parts.hostname):
        raise Invalid([FieldError("address", "address", "Địa chỉ nhận báo cáo bắt đầu bằng https://")])
    places.set_setting(ADDRESS_RULE, address, by=actor.full_name)


def make(*, actor: Actor) -> SentReport:
    """Make and sign the next report. Never of a house where people only practise."""
    gate.require(actor, "reporting.report.make")
    facility.require_real()
    with audit.unit_of_work("reporting.report.make"):
        last = SentReport.objects.select_for_update().first()
        serial = last.serial + 1 if last else 1
        _, identity = certificates.seal_identity()
        data = status_report.sign(building.report(serial), identity.pair)
        made = SentReport.objects.create(
            serial=serial,
            made_at=clock.now(),
            payload=records.files().put(data),
            by_name=actor.full_name or actor.username,
        )
        audit.record("reporting.report.make", object_type="sentreport", object_id=str(serial))
    return made


def send(one: SentReport, *, actor: Actor) -> SentReport:
    """Send a report to the address that was named; the answer is kept."""
    gate.require(actor, "reporting.report.make")
    facility.require_real()
    address = str(facility.setting(ADDRESS_RULE, ""))
    if not address:
        raise Refused("Chưa khai địa chỉ nhận báo cáo của Sở; tải tệp và gửi qua thư", code="no_address")
    answer = sending.post(address, records.files().get(one.payload))
    with audit.unit_of_work("reporting.report.send"):
        one.sent_at, one.sent_to = clock.now(), address
        one.answer, one.accepted = answer.said, answer.accepted
        one.save(update_fields=["sent_at", "sent_to", "answer", "accepted"])
        audit.record(
            "reporting.report.send",
            outcome="ok" if answer.accepted else "failed",
            object_type="sentreport",
            object_id=str(one.serial),
        )
    return one


def duty(now: datetime) -> str | None:
    """Once a day, when an address was named: look, make, send. What fails is kept and told, and tried again tomorrow."""
    if not facility.setting(ADDRESS_RULE, ""):
        return None
    last = SentReport.objects.first()
    if last is not None and now - last.made_at < timedelta(hours=23):
        return None
    actor = system_actor("báo cáo Sở Y tế")
    try:
        readiness.run(actor=actor)
        return "sent" if send(make(actor=actor), actor=actor).accepted else "not accepted"
    except SaysNo as no:
        log.warning("report of the day: %s", no.code)
        return "failed"
