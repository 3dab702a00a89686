"""The criterion of readiness this room measures."""

from __future__ import annotations

from benhan.rollout.readiness.judging import Finding, Look, measures
from benhan.rollout.training import queries


@measures("training_done")
def training_done(look: Look) -> Finding:
    """Everybody with an account did the tasks of each of their roles (certificates of the tasks in use today)."""
    rows = queries.learners()
    behind = [f"{x.username} ({x.role_name})" for x in rows if x.certified_at is None]
    return look.share(len(rows) - len(behind), len(rows), "vai trò của nhân viên", behind)
