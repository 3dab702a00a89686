"""What this room announces, in the past tense. Listeners are named in config/wiring.py."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class RecordOpened:
    """A record was opened."""

    record_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class DocumentWritten:
    """A first or an amended version was written."""

    document_id: UUID
    version_id: UUID
    record_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class DocumentSigned:
    """One more position of a version was signed; `complete` when no required one is open."""

    document_id: UUID
    version_id: UUID
    record_id: UUID
    complete: bool


@dataclass(frozen=True)
class DocumentMarked:
    """A document was cancelled or restored."""

    document_id: UUID
    record_id: UUID
    cancelled: bool


@dataclass(frozen=True)
class RecordDischarged:
    """The patient left."""

    record_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class RecordSealed:
    """A volume of the record was sealed."""

    record_id: UUID
    volume_id: UUID


@dataclass(frozen=True)
class DocumentsImported:
    """Many documents were taken over from another system at once."""

    document_ids: tuple[UUID, ...]
