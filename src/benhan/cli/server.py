"""The web server: granian where it runs, waitress elsewhere; a process beside it signs the log's tree heads."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import nullcontext

import click

from benhan.cli.alone import only_one
from benhan.cli.django_up import Unfit, saying_no, up
from benhan.config.orphan import SERVER_PID

THREADS = 4
SERVING = "serving.lock"  # held by the server of a practice house, which is thrown away only when nobody is in it


def run(host: str, port: int) -> None:
    """Serve until Ctrl-C. One process with threads on SQLite; two processes when PostgreSQL carries the data."""
    up()
    from django.conf import settings

    from benhan.rollout.training.house import require_match

    with saying_no():
        require_match()
    _let_go()
    require_free(host, port)
    with only_one(settings.BENHAN_HOME / SERVING) if settings.BENHAN_PRACTICE else nullcontext():
        _serve(host, port)


def _serve(host: str, port: int) -> None:
    workers = 2 if os.environ.get("BENHAN_DATABASE_URL", "").startswith("postgres") else 1
    os.environ[SERVER_PID] = str(os.getpid())
    duties = _background()
    click.echo(f"benhan: http://{host}:{port}  (Ctrl-C để dừng)")
    try:
        if sys.platform == "win32":
            _waitress(host, port)
        else:
            _granian(host, port, workers)
    finally:
        duties.terminate()
        duties.wait()
        click.echo("benhan: đã dừng")


def _let_go() -> None:
    """Close what the look at the database opened: workers are forked, and two of them on one inherited connection would
    take each other's answers and wait for ever."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]  # of this vendor


def require_free(host: str, port: int) -> None:
    """Say plainly that the address is taken or not ours, before a server starts and fails inside."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":  # there it would mean "share the port", here "do not wait for old connections"
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        why = error.strerror or str(error)
        raise Unfit(
            f"Không mở được cổng {port} trên {host} ({why}). Có thể benhan đang chạy; chọn cổng khác: ./run --port {port + 1}",
            f"Cannot open port {port} on {host} ({why}). Perhaps benhan runs already; take another: ./run --port {port + 1}",
        ) from error


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "benhan.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


def _waitress(host: str, port: int) -> None:
    import waitress

    from benhan.config.wsgi import application

    waitress.serve(application, host=host, port=port, threads=THREADS, ident="benhan")


def _background() -> subprocess.Popen[bytes]:
    """The house's own duties run in a process beside the server: a thread here would be copied half-way into the
    server's worker processes when they fork."""
    return subprocess.Popen([sys.executable, "-m", "benhan.cli.background"], stdin=subprocess.PIPE)
