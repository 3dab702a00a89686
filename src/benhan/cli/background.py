"""What the house does by itself while it serves: signs the log's tree heads, takes and proves the daily back-up."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

from benhan.cli.django_up import up
from benhan.config.orphan import end_with_server

DUTY_SECONDS = 600
LOOK_SECONDS = 5
log = logging.getLogger("benhan.background")


def main() -> None:
    """Run until the server that started us is gone."""
    end_with_server()
    if sys.platform == "win32":
        threading.Thread(target=_end_with_pipe, daemon=True).start()
    up()
    due = time.monotonic() + DUTY_SECONDS
    while True:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() >= due:
            do(duties())
            due = time.monotonic() + DUTY_SECONDS


def duties() -> list[Callable[[], object]]:
    """What is due every ten minutes, in this order."""
    from django.conf import settings

    from benhan.archive.backups.services import duty
    from benhan.audit.services import sign_tree_head
    from benhan.kernel import clock
    from benhan.rollout.reporting.services import duty as report

    def daily_back_up() -> None:
        duty(clock.now())

    def daily_report() -> None:
        report(clock.now())

    if settings.BENHAN_AUTHORITY or settings.BENHAN_PRACTICE:
        return [sign_tree_head, daily_back_up]
    return [sign_tree_head, daily_back_up, daily_report]


def do(tasks: Sequence[Callable[[], object]]) -> None:
    """Do each. One that fails is told in the server's log and tried again next time; it takes none of the others with it,
    and a database that was away for a minute does not end them all until the next start."""
    from django.db import connections

    for task in tasks:
        try:
            task()
        except Exception:
            log.exception("%s failed; tried again in %d s", task.__name__, DUTY_SECONDS)
        finally:
            connections.close_all()


def _end_with_pipe() -> None:
    """Windows tells no orphan of its parent's end; the pipe the server holds does."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
