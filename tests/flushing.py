"""Append-only tables refuse to be emptied, also by the test runner: lift the guards while a test's tables are flushed
or while a test plays a dishonest database administrator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection as default_connection


@contextmanager
def unguarded(connection: Any = default_connection) -> Iterator[None]:
    """No trigger fires inside the block: what somebody with all rights over the database can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND (name LIKE '%%_no_%%' OR name LIKE '%%_sealed_%%')"
        )
        kept = cursor.fetchall()
        for name, _ in kept:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _, sql in kept:
                cursor.execute(sql)


def let_tests_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the flush between transactional tests lift the guards."""
    operations = type(default_connection.ops)
    flush = operations.execute_sql_flush

    def lifted(self: Any, sql_list: list[str]) -> Any:
        with unguarded(self.connection):
            return flush(self, sql_list)

    monkeypatch.setattr(operations, "execute_sql_flush", lifted)
