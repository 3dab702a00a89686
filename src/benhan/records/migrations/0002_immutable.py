from django.db import migrations

from benhan.audit.triggers import append_only
from benhan.records import sealing_triggers


class Migration(migrations.Migration):
    """Versions, marks, events, seals, signatures and confirmations never change; a sealed volume takes no write."""

    dependencies = [("records", "0001_initial"), ("signing", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        append_only([
            "records_documentversion", "records_documentmark", "records_recordevent", "records_seal",
            "signing_signature", "signing_confirmation",
        ]),
        migrations.RunPython(sealing_triggers.create, sealing_triggers.drop),
    ]
