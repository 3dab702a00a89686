"""Table of what people noted as done."""

from __future__ import annotations

from django.db import models


class DutyDone(models.Model):
    """Somebody noted a duty as done, for the date it was due, with the evidence. Append-only."""

    code = models.CharField(max_length=60)
    due = models.DateField(help_text="which occurrence of a returning duty")
    evidence = models.TextField()
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["code", "-due"])]
