"""What the code promises, the database refuses: triggers for append-only tables, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.migrations import RunPython

REFUSAL = "benhan: append-only table"


def append_only(tables: Sequence[str]) -> RunPython:
    """A reversible migration step: UPDATE and DELETE (and TRUNCATE on PostgreSQL) of these tables are refused."""
    return RunPython(_each(tables, _create), _each(tables, _drop))


def _each(tables: Sequence[str], step: Callable[[Any, str], None]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            step(schema_editor, table)

    return run


def _create(schema_editor: Any, table: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL} {table}'); END"
            )
        return
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION benhan_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL} %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
        params=None,  # the % is plpgsql's own
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION benhan_append_only()"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION benhan_append_only()"
    )


def _drop(schema_editor: Any, table: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
