"""What the code promises, the database refuses: triggers for append-only tables, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.migrations import RunPython

REFUSAL = "benhan: append-only table"


def append_only(tables: Sequence[str]) -> RunPython:
    """A reversible migration step: UPDATE and DELETE (and TRUNCATE on PostgreSQL, and the silent delete of INSERT OR
    REPLACE on SQLite) of these tables are refused. On SQLite a later migration that changes such a table's columns
    rebuilds it and loses the triggers: repeat this step after it; `missing` tells."""
    return RunPython(_each(tables, _create), _each(tables, _drop))


def growing_only(table: str, column: str) -> RunPython:
    """A reversible migration step: rows of `table` are never deleted and `column` never becomes smaller."""

    def create(apps: Any, schema_editor: Any) -> None:
        shrinks = f"NEW.{column} < OLD.{column}"
        if schema_editor.connection.vendor == "sqlite":
            _sqlite(schema_editor, table, "update", f"BEFORE UPDATE ON {table} WHEN {shrinks}")
            _sqlite(schema_editor, table, "delete", f"BEFORE DELETE ON {table}")
            _sqlite(schema_editor, table, "replace", _replacing(schema_editor, table))
            return
        _function(schema_editor)
        _postgres(schema_editor, table, "update", f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({shrinks})")
        _postgres(schema_editor, table, "delete", f"BEFORE DELETE ON {table} FOR EACH ROW")
        _postgres(schema_editor, table, "truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT")

    return RunPython(create, _each([table], _drop))


def missing(connection: Any, tables: Sequence[str]) -> list[str]:
    """The tables among `tables` that have lost a guard (dropped or switched off)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        names = {row[0] for row in cursor.fetchall()}
    last = "replace" if connection.vendor == "sqlite" else "truncate"
    return [t for t in tables if not {f"{t}_no_update", f"{t}_no_delete", f"{t}_no_{last}"} <= names]


def _each(tables: Sequence[str], step: Callable[[Any, str], None]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            step(schema_editor, table)

    return run


def _create(schema_editor: Any, table: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        _sqlite(schema_editor, table, "update", f"BEFORE UPDATE ON {table}")
        _sqlite(schema_editor, table, "delete", f"BEFORE DELETE ON {table}")
        _sqlite(schema_editor, table, "replace", _replacing(schema_editor, table))
        return
    _function(schema_editor)
    _postgres(schema_editor, table, "update", f"BEFORE UPDATE ON {table} FOR EACH ROW")
    _postgres(schema_editor, table, "delete", f"BEFORE DELETE ON {table} FOR EACH ROW")
    _postgres(schema_editor, table, "truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT")


def _replacing(schema_editor: Any, table: str) -> str:
    """INSERT OR REPLACE deletes without firing DELETE triggers unless the connection asked for recursive triggers."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_column(cursor, table)
    return f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - names from models


def _sqlite(schema_editor: Any, table: str, verb: str, when: str) -> None:
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_{verb} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL} {table}'); END"
    )


def _function(schema_editor: Any) -> None:
    schema_editor.execute(
        f"CREATE OR REPLACE FUNCTION benhan_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL} %', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        params=None,  # the % above belongs to plpgsql
    )


def _postgres(schema_editor: Any, table: str, verb: str, when: str) -> None:
    schema_editor.execute(f"CREATE TRIGGER {table}_no_{verb} {when} EXECUTE FUNCTION benhan_append_only()")


def _drop(schema_editor: Any, table: str) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    for verb in ("update", "delete", "replace" if sqlite else "truncate"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}" + ("" if sqlite else f" ON {table}"))
