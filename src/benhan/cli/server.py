"""The web server: granian where it runs, waitress elsewhere; a process beside it signs the log's tree heads."""

from __future__ import annotations

import os
import subprocess
import sys

import click

THREADS = 4


def run(host: str, port: int) -> None:
    """Serve until Ctrl-C. One process with threads on SQLite; two processes when PostgreSQL carries the data."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    workers = 2 if os.environ.get("BENHAN_DATABASE_URL", "").startswith("postgres") else 1
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
    return subprocess.Popen([sys.executable, "-m", "benhan.cli.background"])
