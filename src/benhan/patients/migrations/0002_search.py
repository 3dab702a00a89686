from django.db import migrations

from benhan.audit.triggers import append_only

SQLITE = [
    "CREATE VIRTUAL TABLE patients_name_fts USING fts5(forwards, content='patients_nameindex', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')",
    "CREATE TRIGGER patients_fts_insert AFTER INSERT ON patients_nameindex BEGIN "
    "INSERT INTO patients_name_fts(rowid, forwards) VALUES (NEW.id, NEW.forwards); END",
    "CREATE TRIGGER patients_fts_delete AFTER DELETE ON patients_nameindex BEGIN "
    "INSERT INTO patients_name_fts(patients_name_fts, rowid, forwards) VALUES ('delete', OLD.id, OLD.forwards); END",
    "CREATE TRIGGER patients_fts_update AFTER UPDATE ON patients_nameindex BEGIN "
    "INSERT INTO patients_name_fts(patients_name_fts, rowid, forwards) VALUES ('delete', OLD.id, OLD.forwards); "
    "INSERT INTO patients_name_fts(rowid, forwards) VALUES (NEW.id, NEW.forwards); END",
]
SQLITE_BACK = [
    "DROP TRIGGER patients_fts_insert", "DROP TRIGGER patients_fts_delete", "DROP TRIGGER patients_fts_update",
    "DROP TABLE patients_name_fts",
]
# Our own words become lexemes as they are: no parser, no dictionary, the same on every server's locale.
# The function forbids the sequential scan, which the planner would choose for two common words with a rare meeting.
POSTGRESQL = [
    "CREATE INDEX patients_nameindex_words ON patients_nameindex USING gin (array_to_tsvector(string_to_array(forwards, ' ')))",
    "CREATE FUNCTION patients_full_text(question tsquery, rows_max integer) RETURNS SETOF uuid LANGUAGE sql STABLE "
    "SET enable_seqscan = off SET enable_indexscan = off AS $$ SELECT patient_id FROM patients_nameindex "
    "WHERE array_to_tsvector(string_to_array(forwards, ' ')) @@ question LIMIT rows_max $$",
]
POSTGRESQL_BACK = ["DROP FUNCTION patients_full_text(tsquery, integer)", "DROP INDEX patients_nameindex_words"]


def forwards(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Search indexes, each database's own; the history of changes becomes append-only."""

    dependencies = [("patients", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(forwards, backwards), append_only(["patients_patientchange"])]
