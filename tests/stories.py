"""Stories that several tests begin with: a record that is signed, closed, sealed."""

from __future__ import annotations

from benhan.records import closing, signatures
from benhan.records import queries as records
from benhan.records import services as writing
from benhan.records.models import DocumentVersion, MedicalRecord
from benhan.signing import queries as signing
from benhan.site.demo import complete
from tests.people import PIN, Cast


def sign_all(cast: Cast, *names: str) -> None:
    """Everybody named signs what waits for them, in turn."""
    for name in names:
        actor = cast.actors[name]
        while waiting := list(signing.waiting_for(actor)):
            outcomes = signatures.sign_many(waiting, actor=actor, pin=PIN)
            assert all(o.signature for o in outcomes), [o.refusal for o in outcomes]


def written(cast: Cast, record: MedicalRecord) -> DocumentVersion:
    """The record form of an outpatient record, filled."""
    return writing.write(record, "outpatient_general", complete(record, "outpatient_general", {}), actor=cast.doctor)


def closed(cast: Cast) -> MedicalRecord:
    """An outpatient record, written, signed by everybody, discharged and closed."""
    record = cast.open()
    written(cast, record)
    sign_all(cast, "doctor", "director")
    closing.discharge(records.record(record.pk), actor=cast.doctor, result="1", discharge_type="1")
    closing.close(records.record(record.pk), actor=cast.doctor)
    return records.record(record.pk)


def sealed(cast: Cast) -> MedicalRecord:
    """…and sealed."""
    record = closed(cast)
    closing.seal(record, actor=cast.planning)
    return records.record(record.pk)
