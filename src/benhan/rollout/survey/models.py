"""Table of the survey."""

from __future__ import annotations

from django.db import models


class Answer(models.Model):
    """What a person answered to one question; what the system measures is asked anew each time and never stored."""

    question = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField()
