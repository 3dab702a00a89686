"""What the house does by itself while it serves: signs the log's tree heads, takes and proves the daily back-up."""

from __future__ import annotations

import os
import sys
import threading
import time

from benhan.cli.django_up import up
from benhan.config.orphan import end_with_server

TREE_HEAD_SECONDS = 600
LOOK_SECONDS = 5


def main() -> None:
    """Run until the server that started us is gone."""
    end_with_server()
    if sys.platform == "win32":
        threading.Thread(target=_end_with_pipe, daemon=True).start()
    up()
    from django.db import connections

    from benhan.archive.backups.services import duty
    from benhan.audit.services import sign_tree_head
    from benhan.kernel import clock

    due = time.monotonic() + TREE_HEAD_SECONDS
    while True:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() >= due:
            sign_tree_head()
            duty(clock.now())
            connections.close_all()
            due = time.monotonic() + TREE_HEAD_SECONDS


def _end_with_pipe() -> None:
    """Windows tells no orphan of its parent's end; the pipe the server holds does."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
