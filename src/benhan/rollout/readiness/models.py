"""Tables of readiness: each look at the house as it was, and what people stated."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from benhan.kernel.identifiers import new_id


class ReadinessRun(models.Model):
    """One look at every criterion. `findings` grows while it runs; no verb changes a finished one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    begun_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=255)
    findings = models.TextField(default="{}")
    passed = models.PositiveSmallIntegerField(default=0)
    failed = models.PositiveSmallIntegerField(default=0)
    stated = models.PositiveSmallIntegerField(default=0, help_text="needed a statement and had one in force")
    open_statements = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-begun_at"]

    @property
    def found(self) -> dict[str, Any]:
        """Code → result, figure, sample, and the statement that counted."""
        return dict(json.loads(self.findings))


class Statement(models.Model):
    """What a person states about a criterion no program can measure, until when it counts. Append-only."""

    code = models.CharField(max_length=60)
    holds = models.BooleanField(help_text="yes: it is so; no: it is not")
    text = models.TextField()
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    valid_to = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["code", "-made_at"])]
