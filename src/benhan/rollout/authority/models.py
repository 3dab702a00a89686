"""Tables of the health department."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from benhan.kernel.identifiers import new_id
from benhan.rollout.status_report import KINDS

STAGES = {
    "silent": "Chưa báo cáo",
    "started": "Mới bắt đầu",
    "advancing": "Đang triển khai",
    "ready": "Đạt chín điểm",
    "announced": "Đã công bố",
}
ORIGINS = {"https": "Qua mạng", "file": "Tệp", "form": "Biểu mẫu", "sheet": "Excel"}


class Place(models.Model):
    """A facility of the province."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=list(KINDS.items()))
    commune = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    contact = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=200, blank=True)
    uses_benhan = models.BooleanField(default=True)
    seal = models.CharField(max_length=64, blank=True, help_text="fingerprint of the enrolled seal")
    offered_seal = models.CharField(max_length=64, blank=True, help_text="of the last report that waits for an officer")
    offered_file = models.CharField(max_length=64, blank=True, help_text="digest of that report")
    link_hash = models.CharField(max_length=64, blank=True, db_index=True, help_text="of the token of its web form")
    enrolled_at = models.DateTimeField(null=True)
    enrolled_by = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """The newest of a place. Derived from its last report."""

    place = models.OneToOneField(Place, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    stage = models.CharField(max_length=10, choices=list(STAGES.items()), default="silent")
    last_serial = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    points = models.CharField(max_length=200, default="{}", help_text="point → result")
    points_met = models.PositiveSmallIntegerField(default=0)
    blocking = models.TextField(default="[]", help_text="codes of gaps and failing checks")
    departments = models.PositiveIntegerField(default=0)
    departments_electronic = models.PositiveIntegerField(default=0)
    records_open = models.PositiveIntegerField(default=0)
    records_paper = models.PositiveIntegerField(default=0)
    prints = models.PositiveIntegerField(default=0)
    plan_due = models.DateField(null=True)
    plan_late = models.PositiveIntegerField(default=0)
    announced_on = models.DateField(null=True)

    @property
    def results(self) -> dict[str, str]:
        """Point → result."""
        return dict(json.loads(self.points))

    @property
    def blocks(self) -> list[str]:
        """Codes that block."""
        return list(json.loads(self.blocking))


class Report(models.Model):
    """A report that was taken. Append-only."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="reports")
    serial = models.PositiveIntegerField()
    origin = models.CharField(max_length=6, choices=list(ORIGINS.items()))
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    points_met = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    body = models.TextField(help_text="canonical JSON of the report")
    by_name = models.CharField(max_length=255, blank=True)

    class Meta:
        unique_together = [("place", "serial", "origin")]
        indexes = [models.Index(fields=["place", "-received_at"])]

    @property
    def content(self) -> dict[str, Any]:
        """The report."""
        return dict(json.loads(self.body))


class DayTotal(models.Model):
    """How many places stood where at the end of a day. Derived; each day begins with the day before."""

    day = models.DateField(primary_key=True)
    silent = models.PositiveIntegerField(default=0)
    started = models.PositiveIntegerField(default=0)
    advancing = models.PositiveIntegerField(default=0)
    ready = models.PositiveIntegerField(default=0)
    announced = models.PositiveIntegerField(default=0)
    reports = models.PositiveIntegerField(default=0)


class Refusal(models.Model):
    """A report that was not taken, with the reason; the file is kept when it was small enough. Append-only."""

    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=400)
    origin = models.CharField(max_length=6)
    source = models.CharField(max_length=120, blank=True)
    facility_code = models.CharField(max_length=5, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["source", "-at"])]


class Reminder(models.Model):
    """A reminder that was written to a place."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="reminders")
    reason = models.CharField(max_length=20)
    text = models.TextField()
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=255)

    class Meta:
        ordering = ["-pk"]
