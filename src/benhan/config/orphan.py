"""A worker whose server was killed ends too: otherwise it would hold the port, and the next start would be refused."""

from __future__ import annotations

import os
import sys
import threading
import time

SERVER_PID = "HOUSE_SERVER_PID"  # set by `benhan serve` for its own processes, not by operators
LOOK_SECONDS = 1


def end_with_server() -> None:
    """Watch, in a thread of its own, the server this process was started by. Nothing to do when there is none."""
    server = os.environ.get(SERVER_PID, "")
    if sys.platform != "win32" and server.isdigit() and os.getpid() != int(server):
        threading.Thread(target=_watch, args=(int(server),), name="orphan", daemon=True).start()


def _watch(server: int) -> None:
    """The kernel gives an orphan another parent. Nobody is left to answer to, so there is nothing to wind down: a
    write that is under way is rolled back by the database, as in every crash."""
    while os.getppid() == server:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
