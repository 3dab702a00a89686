"""The database in a back-up: SQLite by its own back-up interface, PostgreSQL as one consistent copy of every table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from benhan.kernel.errors import Refused

SQLITE_PAGES_A_STEP = 2_000


def tables() -> list[str]:
    """Every table of the house, in one order."""
    return sorted({m._meta.db_table for m in apps.get_models(include_auto_created=True)} | {"django_migrations"})


def dump(folder: Path) -> dict[str, int]:
    """Write a consistent copy into `folder` while people work; returns rows per table."""
    return _dump_sqlite(folder) if connection.vendor == "sqlite" else _dump_postgresql(folder)


def load(folder: Path) -> None:
    """Load a copy into the empty database of this installation."""
    kind = "sqlite" if (folder / "database.sqlite3").exists() else "postgresql"
    if kind != connection.vendor:
        raise Refused(
            f"Bản sao lưu từ {kind}, nơi khôi phục dùng {connection.vendor}; hãy dùng cùng loại cơ sở dữ liệu",
            code="other_database",
        )
    if kind == "sqlite":
        _load_sqlite(folder / "database.sqlite3")
    else:
        _load_postgresql(folder)


def counts() -> dict[str, int]:
    """Rows per table, now."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - names of our own models
            found[table] = int(cursor.fetchone()[0])
    return found


def is_empty() -> bool:
    """Has nobody set this installation up yet?"""
    existing = set(connection.introspection.table_names())
    if "facility_facility" not in existing:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM facility_facility")
        return int(cursor.fetchone()[0]) == 0


def _dump_sqlite(folder: Path) -> dict[str, int]:
    source = sqlite3.connect(
        str(connection.settings_dict["NAME"]), uri=str(connection.settings_dict["NAME"]).startswith("file:")
    )
    target = sqlite3.connect(folder / "database.sqlite3")
    try:
        source.backup(target, pages=SQLITE_PAGES_A_STEP)
        return {t: int(target.execute(f'SELECT COUNT(*) FROM "{t}"').fetchone()[0]) for t in tables()}  # noqa: S608 - our own names
    finally:
        target.close()
        source.close()


def _load_sqlite(copy: Path) -> None:
    if sqlite3.connect(copy).execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise Refused("Cơ sở dữ liệu trong bản sao lưu không toàn vẹn", code="backup_altered")
    target = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    for leftover in (target, target.with_name(target.name + "-wal"), target.with_name(target.name + "-shm")):
        leftover.unlink(missing_ok=True)
    copy.replace(target)


def _dump_postgresql(folder: Path) -> dict[str, int]:
    found = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        raw = connection.connection
        for table in tables():
            with raw.cursor() as cursor, (folder / f"{table}.copy").open("wb") as file:
                cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - names of our own models
                found[table] = int(cursor.fetchone()[0])
                with cursor.copy(f'COPY "{table}" ({_columns(table)}) TO STDOUT') as copy:
                    for block in copy:
                        file.write(block)
            (folder / f"{table}.columns").write_text(_columns(table), encoding="utf-8")
    return found


def _columns(table: str) -> str:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return ", ".join(f'"{c.name}"' for c in described)


def _load_postgresql(folder: Path) -> None:
    """All tables in one transaction: keys are checked at its end, our own triggers rest meanwhile."""
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        raw = connection.connection
        names = [t for t in tables() if (folder / f"{t}.copy").exists()]
        with connection.cursor() as cursor:
            for table in names:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            for table in names:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of our own models
        for table in names:
            columns = (folder / f"{table}.columns").read_text(encoding="utf-8")
            with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for block in _blocks(folder / f"{table}.copy"):
                    copy.write(block)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in names:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
            _continue_sequences()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1024 * 1024):
            yield block


def _continue_sequences() -> None:
    with connection.cursor() as own:
        for sequence in connection.introspection.sequence_list():
            table, column = sequence["table"], sequence["column"]
            own.execute(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), "  # noqa: S608 - names from the database's own catalogue
                f'COALESCE((SELECT MAX("{column}") FROM "{table}"), 0) + 1, false)'
            )
