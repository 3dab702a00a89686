"""Table of phases. Append-only: the newest line of a department counts."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from benhan.facility.models import Department

PHASES = {"paper": "Giấy", "parallel": "Song song", "electronic": "Điện tử"}


class PhaseChange(models.Model):
    """A department went from one phase to another: who decided, why, and how the gates stood."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    from_phase = models.CharField(max_length=10, choices=list(PHASES.items()))
    to_phase = models.CharField(max_length=10, choices=list(PHASES.items()))
    reason = models.TextField(blank=True)
    gates = models.TextField(default="[]", help_text="code, whether it held, figure: as seen at the decision")
    against_gates = models.BooleanField(default=False)
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["department", "-made_at"])]

    @property
    def gates_seen(self) -> list[dict[str, Any]]:
        """The gates at the decision."""
        return list(json.loads(self.gates))
