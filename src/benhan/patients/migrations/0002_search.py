from django.db import migrations

from benhan.audit.triggers import append_only

SQLITE = [
    "CREATE VIRTUAL TABLE patients_name_fts USING fts5(words, content='patients_nameindex', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')",
    "CREATE INDEX patients_nameindex_forwards ON patients_nameindex (forwards)",
    "CREATE INDEX patients_nameindex_backwards ON patients_nameindex (backwards)",
    "CREATE INDEX patients_nameindex_phone ON patients_nameindex (phone_backwards)",
    "CREATE TRIGGER patients_fts_insert AFTER INSERT ON patients_nameindex BEGIN "
    "INSERT INTO patients_name_fts(rowid, words) VALUES (NEW.id, NEW.words); END",
    "CREATE TRIGGER patients_fts_delete AFTER DELETE ON patients_nameindex BEGIN "
    "INSERT INTO patients_name_fts(patients_name_fts, rowid, words) VALUES ('delete', OLD.id, OLD.words); END",
    "CREATE TRIGGER patients_fts_update AFTER UPDATE ON patients_nameindex BEGIN "
    "INSERT INTO patients_name_fts(patients_name_fts, rowid, words) VALUES ('delete', OLD.id, OLD.words); "
    "INSERT INTO patients_name_fts(rowid, words) VALUES (NEW.id, NEW.words); END",
]
SQLITE_BACK = [
    "DROP TRIGGER patients_fts_insert", "DROP TRIGGER patients_fts_delete", "DROP TRIGGER patients_fts_update",
    "DROP INDEX patients_nameindex_forwards", "DROP INDEX patients_nameindex_backwards", "DROP INDEX patients_nameindex_phone",
    "DROP TABLE patients_name_fts",
]
POSTGRESQL = [
    "CREATE INDEX patients_nameindex_forwards ON patients_nameindex (forwards text_pattern_ops)",
    "CREATE INDEX patients_nameindex_backwards ON patients_nameindex (backwards text_pattern_ops)",
    "CREATE INDEX patients_nameindex_phone ON patients_nameindex (phone_backwards text_pattern_ops)",
    "CREATE INDEX patients_nameindex_words ON patients_nameindex USING gin (to_tsvector('simple', words))",
    "CREATE INDEX patients_identifier_like ON patients_identifier (normalised text_pattern_ops)",
    "CREATE INDEX patients_patient_number_like ON patients_patient (patient_number text_pattern_ops)",
    "CREATE INDEX patients_patient_phone_like ON patients_patient (phone text_pattern_ops)",
]
POSTGRESQL_BACK = [
    "DROP INDEX patients_nameindex_forwards", "DROP INDEX patients_nameindex_backwards", "DROP INDEX patients_nameindex_phone",
    "DROP INDEX patients_nameindex_words", "DROP INDEX patients_identifier_like", "DROP INDEX patients_patient_number_like",
    "DROP INDEX patients_patient_phone_like",
]


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
