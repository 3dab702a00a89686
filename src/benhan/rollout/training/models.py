"""Tables of practice: which house this is, tasks begun and done, certificates earned or taken over."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from benhan.access.models import ROLES, Account
from benhan.kernel.identifiers import new_id


class PracticeHouse(models.Model):
    """One row in the database of a practice house, none in a real one: a database tells by itself what it is."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    facility_code = models.CharField(
        max_length=5, help_text="of the real facility whose people practise; empty: the demo hospital"
    )
    facility_name = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField()


class Attempt(models.Model):
    """A task somebody began: from which line of the log on it is looked for, with which invented patient, and when it was
    seen done. The newest of a person is the one the panel shows."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=60)
    edition = models.CharField(max_length=12)
    began_at = models.DateTimeField()
    began_seq = models.BigIntegerField(help_text="size of the log when it began")
    patient_id = models.UUIDField(null=True)
    record_id = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    proof = models.TextField(default="[]", help_text="numbers of the log lines that prove it")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["account", "task"], name="training_attempt_of")]


class Certificate(models.Model):
    """Somebody did every task of a role. In the practice house as earned there, in the real one as taken over from a signed
    list. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60)
    full_name = models.CharField(max_length=255)
    job_title = models.CharField(max_length=120, blank=True)
    department_code = models.CharField(max_length=50, blank=True)
    department_name = models.CharField(max_length=255, blank=True)
    role = models.CharField(max_length=20, choices=list(ROLES.items()))
    edition = models.CharField(max_length=12)
    tasks = models.TextField(help_text="[[code, title, when done]…]")
    completed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16, blank=True, help_text="whose signature it came under; empty: earned here")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["department_code", "full_name", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["username", "role", "edition"], name="training_certificate_once"),
        ]

    @property
    def tasks_done(self) -> list[list[Any]]:
        """Code, title and moment (ISO) of each task."""
        return list(json.loads(self.tasks))
