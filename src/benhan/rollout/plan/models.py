"""Tables of the plan."""

from __future__ import annotations

import json

from django.db import models

from benhan.facility.models import Department
from benhan.kernel.identifiers import new_id

DONE_BY = {"": "", "person": "người phụ trách ghi", "system": "hệ thống thấy"}


class Plan(models.Model):
    """One plan; the newest counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    due = models.DateField(help_text="the deadline the plan is measured by")
    starts = models.DateField()
    trial_department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=255)

    class Meta:
        ordering = ["-made_at"]


class Task(models.Model):
    """One task, milestone or gap to close. Dates are working days, both ends included. Money is whole đồng."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=100, help_text="from what it was made: backbone id, gap code, department")
    kind = models.CharField(
        max_length=10, choices=[("backbone", "Khung"), ("gap", "Việc còn thiếu"), ("own", "Tự thêm")]
    )
    title = models.CharField(max_length=500)
    owner = models.CharField(max_length=40)
    person = models.CharField(max_length=255, blank=True, help_text="who exactly")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    starts = models.DateField()
    days = models.PositiveSmallIntegerField(default=1)
    ends = models.DateField()
    fixed = models.BooleanField(default=False, help_text="a person set the start: the schedule leaves it there")
    after = models.TextField(default="[]", help_text="keys of tasks that end before")
    is_milestone = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(default=3)
    budget_item = models.CharField(max_length=200, blank=True)
    budget_unit = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField(default=0)
    price = models.BigIntegerField(default=0, help_text="whole đồng for one")
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=10, default="", blank=True, choices=list(DONE_BY.items()))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        unique_together = [("plan", "key")]
        ordering = ["starts", "position", "pk"]

    @property
    def after_keys(self) -> list[str]:
        """Keys of the tasks before."""
        return list(json.loads(self.after))

    @property
    def cost(self) -> int:
        """Whole đồng."""
        return self.quantity * self.price
