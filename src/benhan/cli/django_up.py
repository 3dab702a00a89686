"""Bring Django up for a command, and say a SaysNo, or what is wrong with the place, the way a command should."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import click

from benhan.kernel.errors import Invalid, SaysNo

CONNECT_SECONDS = 5
SCHEMES = {"sqlite", "postgres", "postgresql"}


class Unfit(click.ClickException):
    """The machine or its settings do not allow to go on: said in both languages, exit code 2."""

    exit_code = 2

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")

    def show(self, file: object = None) -> None:
        """One line each, without a trace."""
        for line in self.message.splitlines():
            click.echo(f"✗ {line}", err=True)


def up(*, database: bool = True) -> None:
    """Load the house. What is wrong with the data directory or the database is told, not thrown (Unfit)."""
    check_home()
    check_address(os.environ.get("BENHAN_DATABASE_URL", ""))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    import django

    django.setup()
    if database:
        check_database()


def check_home() -> None:
    """The data directory must be there, or be made, and be writable."""
    from benhan.config.home import home

    named = os.environ.get("BENHAN_HOME", "")
    try:
        path = home()
        with tempfile.TemporaryFile(dir=path):
            pass
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unfit(
            f"Không ghi được vào thư mục dữ liệu {named} ({why}). Đặt BENHAN_HOME là thư mục ghi được.",
            f"Cannot write to the data directory {named} ({why}). Set BENHAN_HOME to a directory you may write to.",
        ) from error


def check_address(address: str) -> None:
    """BENHAN_DATABASE_URL must name an engine this house knows. Its password is never repeated."""
    try:
        scheme, fits = urlsplit(address).scheme, True
        _ = urlsplit(address).port
    except ValueError:
        scheme, fits = "", False
    if address and not (fits and scheme in SCHEMES):
        raise Unfit(
            "BENHAN_DATABASE_URL chưa đúng: cần dạng postgresql://người-dùng:mật-khẩu@máy/tên (hoặc để trống cho SQLite).",
            "BENHAN_DATABASE_URL is wrong: it must look like postgresql://user:password@host/name (or be empty for SQLite).",
        )


def check_database() -> None:
    """The database must answer within seconds."""
    from django.db import Error, connection

    try:
        if connection.vendor == "postgresql":
            _knock(connection.settings_dict)
        connection.ensure_connection()
    except (Error, OSError) as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Unfit(
            f"Không kết nối được cơ sở dữ liệu: {why}. Xem lại BENHAN_DATABASE_URL và máy chủ cơ sở dữ liệu.",
            f"Cannot connect to the database: {why}. Check BENHAN_DATABASE_URL and the database server.",
        ) from error


def _knock(place: dict[str, object]) -> None:
    """One plain connection: the pool would try for a long time before it gives up."""
    import psycopg

    given = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    wanted = {name: str(place[key]) for name, key in given.items() if place.get(key)}
    try:
        psycopg.connect(connect_timeout=CONNECT_SECONDS, **wanted).close()  # type: ignore[arg-type]  # names of libpq
    except psycopg.Error as error:
        raise OSError(str(error)) from error


def speak_utf8() -> None:
    """Vietnamese words must not break a command whose output goes to a file or an old console."""
    for stream in (sys.stdout, sys.stderr):
        if (encoding := getattr(stream, "encoding", None)) and encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream with an encoding has it


@contextmanager
def saying_no() -> Iterator[None]:
    """A refusal ends the command with its message and exit code 1, not with a trace."""
    try:
        yield
    except SaysNo as no:
        click.echo(f"✗ {no.message} [{no.code}]", err=True)
        if isinstance(no, Invalid):
            for error in no.errors[:50]:
                click.echo(f"  {error.path}: {error.message}", err=True)
        sys.exit(1)
