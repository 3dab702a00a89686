"""What the house does by itself while it serves: signs the log's tree heads, takes and proves the daily back-up."""

from __future__ import annotations

import os
import time

from benhan.cli.django_up import up

TREE_HEAD_SECONDS = 600
LOOK_SECONDS = 5


def main() -> None:
    """Run until the server that started us is gone."""
    up()
    from django.db import connections

    from benhan.archive.backups.services import duty
    from benhan.audit.services import sign_tree_head
    from benhan.kernel import clock

    parent, due = os.getppid(), time.monotonic() + TREE_HEAD_SECONDS
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() >= due:
            sign_tree_head()
            duty(clock.now())
            connections.close_all()
            due = time.monotonic() + TREE_HEAD_SECONDS


if __name__ == "__main__":
    main()
