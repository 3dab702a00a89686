"""The web server: granian where it runs, waitress elsewhere; one background thread signs the log's tree heads."""

from __future__ import annotations

import os
import sys
import threading

import click

TREE_HEAD_SECONDS = 600
THREADS = 8


def run(host: str, port: int) -> None:
    """Serve until Ctrl-C. One process with threads on SQLite; two processes when PostgreSQL carries the data."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    workers = 2 if os.environ.get("BENHAN_DATABASE_URL", "").startswith("postgres") else 1
    stop = threading.Event()
    threading.Thread(target=_keep_signing, args=(stop,), daemon=True, name="tree-heads").start()
    click.echo(f"benhan: http://{host}:{port}  (Ctrl-C để dừng)")
    try:
        if sys.platform == "win32":
            _waitress(host, port)
        else:
            _granian(host, port, workers)
    finally:
        stop.set()


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


def _keep_signing(stop: threading.Event) -> None:
    import django

    django.setup()
    from django.db import close_old_connections

    from benhan.audit.services import sign_tree_head

    while not stop.wait(TREE_HEAD_SECONDS):
        sign_tree_head()
        close_old_connections()
