"""The seal as the database keeps it: no write to a sealed volume, whoever asks, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

MESSAGE = "benhan: sealed record"
SEALED_VOLUME = "EXISTS (SELECT 1 FROM records_seal s WHERE s.volume_id = {volume})"
OPEN_VOLUME = (
    "NOT EXISTS (SELECT 1 FROM records_volume v LEFT JOIN records_seal s ON s.volume_id = v.id "
    "WHERE v.record_id = {record} AND s.volume_id IS NULL)"
)
_BY_DOCUMENT = "(SELECT d.volume_id FROM records_document d WHERE d.id = {row}.document_id)"
_RECORD_OF_ENCOUNTER = "(SELECT r.id FROM records_medicalrecord r WHERE r.encounter_id = {row}.id)"

# table → (condition under which a write is refused, verbs it covers). {row} is NEW or OLD.
GUARDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "records_document": (SEALED_VOLUME.format(volume="{row}.volume_id"), ("INSERT", "UPDATE", "DELETE")),
    "records_documentversion": (SEALED_VOLUME.format(volume=_BY_DOCUMENT), ("INSERT", "UPDATE", "DELETE")),
    "records_documentmark": (SEALED_VOLUME.format(volume=_BY_DOCUMENT), ("INSERT", "UPDATE", "DELETE")),
    "signing_signature": (SEALED_VOLUME.format(volume="{row}.volume_id"), ("INSERT", "UPDATE", "DELETE")),
    "signing_confirmation": (SEALED_VOLUME.format(volume="{row}.volume_id"), ("INSERT", "UPDATE", "DELETE")),
    "records_volume": (SEALED_VOLUME.format(volume="{row}.id"), ("UPDATE", "DELETE")),
    # A record of which every volume is sealed: nothing of it moves until a supplement is opened.
    "records_medicalrecord": (
        f"EXISTS (SELECT 1 FROM records_volume x WHERE x.record_id = {{row}}.id) AND {OPEN_VOLUME.format(record='{row}.id')}",
        ("UPDATE", "DELETE"),
    ),
    "records_recordevent": (
        "EXISTS (SELECT 1 FROM records_volume x WHERE x.record_id = {row}.record_id) "
        f"AND {OPEN_VOLUME.format(record='{row}.record_id')}",
        ("INSERT",),
    ),
    "records_encounter": (
        f"EXISTS (SELECT 1 FROM records_volume x WHERE x.record_id = {_RECORD_OF_ENCOUNTER}) "
        f"AND {OPEN_VOLUME.format(record=_RECORD_OF_ENCOUNTER)}",
        ("UPDATE", "DELETE"),
    ),
}


def create(apps: Any, schema_editor: Any) -> None:
    """Create all guards."""
    for table, (condition, verbs) in GUARDS.items():
        for verb in verbs:
            rows = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}[verb]
            refused = " OR ".join(f"({condition.replace('{row}', row)})" for row in rows)
            _create_one(schema_editor, table, verb, refused)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop all guards (for a reversed migration)."""
    for table, (_, verbs) in GUARDS.items():
        for verb in verbs:
            name = f"{table}_sealed_{verb.lower()}"
            if schema_editor.connection.vendor == "sqlite":
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
            else:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _create_one(schema_editor: Any, table: str, verb: str, refused: str) -> None:
    name = f"{table}_sealed_{verb.lower()}"
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        return
    give_back = "OLD" if verb == "DELETE" else "NEW"
    schema_editor.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {give_back}; END $$"
    )
    schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
