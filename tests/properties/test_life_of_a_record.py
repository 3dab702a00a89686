"""Whatever people do, in whatever order: what was signed stays, what is sealed is shut, what was written says by whom.

A machine plays a ward on a bad day: it writes, signs with right and wrong PINs, amends, cancels, lets patients leave,
closes, reopens, seals, supplements, merges patients, and writes to the tables behind the program's back. A call may be
refused; nothing else may go wrong. After every step what the test remembers must still be what the house holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from benhan.audit import verify
from benhan.clinical import services as clinical
from benhan.clinical.models import ClinicalFact
from benhan.kernel import clock
from benhan.kernel.canonical import sha256_hex
from benhan.kernel.errors import SaysNo
from benhan.patients import services as patients
from benhan.patients.models import Merge
from benhan.records import closing, queries, services, signatures
from benhan.records.models import Document, DocumentVersion, MedicalRecord, Seal, Volume
from benhan.signing import queries as signing
from benhan.signing.models import Signature
from benhan.site.demo import complete
from tests.people import PIN, Cast, note, vitals

pytestmark = pytest.mark.django_db
SIGNERS = ("doctor", "head", "nurse", "director")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(str.strip)


def _savepoint() -> transaction.Atomic:
    """A transaction that the units of work inside take for the test's own (they insist on being the outermost)."""
    block = transaction.atomic()
    block._from_testcase = True  # what Django's TestCase marks its own with
    return block


class Ward(RuleBasedStateMachine):
    """One record of one patient, and everybody who has to do with it."""

    cast: Cast  # set by the test

    @initialize()
    def arrive(self) -> None:
        """The patient arrives; all that follows is undone after the example."""
        self.block = _savepoint()
        self.block.__enter__()
        self.began = clock.now()
        self.record_id = self.cast.open().pk
        self.versions: dict[Any, tuple[Any, ...]] = {}
        self.signed: dict[Any, tuple[str, str]] = {}
        self.sealed: dict[Any, tuple[Any, ...]] = {}

    # what people do

    @rule(text=TEXTS)
    def doctor_writes(self, text: str) -> None:
        self._try(lambda: services.write(self.record, "free_note", note(text), actor=self.cast.doctor))

    @rule(pulse=st.integers(20, 250))
    def nurse_measures(self, pulse: int) -> None:
        self._try(lambda: services.write(self.record, "vital_signs_chart", vitals(pulse=pulse), actor=self.cast.nurse))

    @rule()
    def doctor_fills_the_record_form(self) -> None:
        form = "outpatient_general"
        self._try(lambda: services.write(self.record, form, complete(self.record, form, {}), actor=self.cast.doctor))

    @rule(who=st.sampled_from(SIGNERS), right=st.booleans())
    def somebody_signs(self, who: str, right: bool) -> None:
        actor = self.cast.actors[who]
        self._try(
            lambda: signatures.sign_many(list(signing.waiting_for(actor)), actor=actor, pin=PIN if right else "000000")
        )

    @rule(pick=st.integers(0, 20), text=TEXTS, reason=st.sampled_from(["", "Ghi nhầm"]))
    def somebody_amends(self, pick: int, text: str, reason: str) -> None:
        document = self._document(pick)
        if document is not None:
            self._try(
                lambda: services.amend(
                    document, note(text), reason=reason, actor=self.cast.doctor, base_version_no=document.version_no
                )
            )

    @rule(pick=st.integers(0, 20), verb=st.sampled_from([services.cancel, services.restore]))
    def somebody_cancels_or_restores(self, pick: int, verb: Callable[..., object]) -> None:
        document = self._document(pick)
        if document is not None:
            self._try(lambda: verb(document, reason="Nhầm người bệnh", actor=self.cast.doctor))

    @rule(text=TEXTS)
    def a_draft_begins_and_is_thrown_away(self, text: str) -> None:
        def begin() -> None:
            draft = services.save_draft(
                self.record, "free_note", note(text), actor=self.cast.doctor, client_key=f"k{text}"
            )
            services.update_draft(draft, note(text + "…"), actor=self.cast.doctor)
            services.discard_draft(draft, actor=self.cast.doctor)

        self._try(begin)

    @rule()
    def the_patient_leaves(self) -> None:
        self._try(lambda: closing.discharge(self.record, actor=self.cast.doctor, result="1", discharge_type="1"))

    @rule()
    def the_leave_was_a_mistake(self) -> None:
        self._try(lambda: closing.undo_discharge(self.record, actor=self.cast.doctor, reason="Bấm nhầm"))

    @rule()
    def the_record_is_closed(self) -> None:
        self._try(lambda: closing.close(self.record, actor=self.cast.doctor))

    @rule()
    def the_record_is_reopened(self) -> None:
        self._try(lambda: closing.reopen(self.record, actor=self.cast.planning, reason="Thiếu giấy"))

    @rule()
    def the_record_is_sealed(self) -> None:
        self._try(lambda: closing.seal(self.record, actor=self.cast.planning))

    @rule()
    def everything_until_the_seal(self) -> None:
        """The way that a random walk finds too seldom."""
        self.doctor_fills_the_record_form()
        for who in (*SIGNERS, *SIGNERS):
            self.somebody_signs(who, True)
        self.the_patient_leaves()
        self.the_record_is_closed()
        self.the_record_is_sealed()

    @rule(text=TEXTS)
    def a_late_result_comes(self, text: str) -> None:
        self._try(lambda: closing.supplement(self.record, actor=self.cast.planning, reason="Kết quả về muộn"))
        self.doctor_writes(text)

    @rule()
    def the_patient_turns_out_to_be_another(self) -> None:
        one, two = self.cast.patient, self.cast.other_patient
        self._try(lambda: patients.merge(two, one, reason="Một người", actor=self.cast.clerk))

    @rule()
    def and_then_not(self) -> None:
        link = Merge.objects.filter(undone_at=None).order_by("-pk").first()
        if link is not None:
            self._try(lambda: patients.unmerge(link, reason="Hai người", actor=self.cast.clerk))

    # what nobody may do

    @precondition(lambda self: self.versions)
    @rule(
        statement=st.sampled_from(
            [
                "UPDATE records_documentversion SET payload = payload WHERE id = %s",
                "UPDATE records_documentversion SET author_name = 'Ai đó' WHERE id = %s",
                "DELETE FROM records_documentversion WHERE id = %s",
            ]
        ),
        pick=st.integers(0, 50),
    )
    def somebody_changes_a_version_in_the_database(self, statement: str, pick: int) -> None:
        self._refused_by_the_database(statement, list(self.versions)[pick % len(self.versions)])

    @precondition(lambda self: self.signed)
    @rule(
        statement=st.sampled_from(
            [
                "UPDATE signing_signature SET pdf = 'x' WHERE id = %s",
                "UPDATE signing_signature SET signer_name = 'Ai đó' WHERE id = %s",
                "DELETE FROM signing_signature WHERE id = %s",
            ]
        ),
        pick=st.integers(0, 50),
    )
    def somebody_changes_a_signature_in_the_database(self, statement: str, pick: int) -> None:
        self._refused_by_the_database(statement, list(self.signed)[pick % len(self.signed)])

    @precondition(lambda self: self.sealed)
    @rule(
        statement=st.sampled_from(
            [
                "UPDATE records_document SET title = 'khác' WHERE volume_id = %s",
                "DELETE FROM records_document WHERE volume_id = %s",
                "UPDATE records_volume SET no = 9 WHERE id = %s",
                "DELETE FROM records_volume WHERE id = %s",
                "UPDATE records_seal SET manifest_hash = 'x' WHERE volume_id = %s",
                "DELETE FROM records_seal WHERE volume_id = %s",
            ]
        ),
        pick=st.integers(0, 9),
    )
    def somebody_changes_a_sealed_volume_in_the_database(self, statement: str, pick: int) -> None:
        self._refused_by_the_database(statement, list(self.sealed)[pick % len(self.sealed)])

    # what always holds

    @invariant()
    def versions_stay_and_say_by_whom_and_when(self) -> None:
        held = {v.pk: v for v in DocumentVersion.objects.filter(document__record_id=self.record_id)}
        for pk, before in self.versions.items():
            assert _frozen(held[pk]) == before
        for pk, version in held.items():
            assert version.author_name, "every entry has an author"
            assert version.author_title, "and the author's title"
            assert self.began <= version.recorded_at <= clock.now(), "the time is our clock's"
            assert version.clinical_at.tzinfo is not None
            self.versions.setdefault(pk, _frozen(version))
        for document in Document.objects.filter(record_id=self.record_id):
            numbers = sorted(v.version_no for v in held.values() if v.document_id == document.pk)
            assert numbers == list(range(1, document.version_no + 1)), "no version is missing"

    @invariant()
    def signed_files_stay(self) -> None:
        for pk, (digest, _) in self.signed.items():
            assert Signature.objects.filter(pk=pk, pdf=digest).exists()
        for made in Signature.objects.filter(version_id__in=list(self.versions)):
            content = queries.files().get(made.pdf)
            known = self.signed.setdefault(made.pk, (made.pdf, sha256_hex(content)))
            assert known == (made.pdf, sha256_hex(content))

    @invariant()
    def a_sealed_volume_is_shut(self) -> None:
        for volume in Volume.objects.filter(record_id=self.record_id, seal__isnull=False):
            assert self.sealed.setdefault(volume.pk, _contents(volume)) == _contents(volume)

    @invariant()
    def state_and_seals_agree(self) -> None:
        record = self.record
        volumes = Volume.objects.filter(record=record).count()
        seals = Seal.objects.filter(record=record)
        assert (record.record_state == "sealed") == (seals.count() == volumes), "half-sealed"
        assert record.document_count == Document.objects.filter(record=record).count()
        for seal in seals:
            assert queries.files().has(seal.manifest_pdf)

    def teardown(self) -> None:
        """The log holds, and what is derived is what would be derived again."""
        if not hasattr(self, "block"):
            return
        try:
            report = verify.verify()
            assert report.holds, report
            kept = _facts()
            clinical.rebuild()
            assert _facts() == kept
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @property
    def record(self) -> MedicalRecord:
        """The record as it is now."""
        return queries.record(self.record_id)

    def _document(self, pick: int) -> Document | None:
        ids = list(Document.objects.filter(record_id=self.record_id).order_by("order_no").values_list("pk", flat=True))
        return queries.document(ids[pick % len(ids)]) if ids else None

    def _try(self, call: Callable[[], object]) -> None:
        """A refusal is an answer; every other exception is a defect and fails the example."""
        with suppress(SaysNo):
            call()

    def _refused_by_the_database(self, statement: str, key: Any) -> None:
        value = key.hex if connection.vendor == "sqlite" and hasattr(key, "hex") else key
        with pytest.raises(DatabaseError):
            self._execute(statement, value)

    @staticmethod
    def _execute(statement: str, value: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [value])
            assert cursor.rowcount != 0, "the row was not found: nothing was tried"


def _frozen(version: DocumentVersion) -> tuple[Any, ...]:
    return tuple(
        bytes(v) if isinstance(v, memoryview) else v
        for v in (getattr(version, f.attname) for f in version._meta.fields)
    )


def _contents(volume: Volume) -> tuple[Any, ...]:
    rows = Document.objects.filter(volume=volume).order_by("order_no").values_list()
    marks = [list(d.marks.order_by("pk").values_list()) for d in Document.objects.filter(volume=volume)]
    seal = Seal.objects.filter(volume=volume).values_list().get()
    return (list(rows), marks, [bytes(v) if isinstance(v, memoryview) else v for v in seal])


def _facts() -> list[tuple[Any, ...]]:
    names = [f.attname for f in ClinicalFact._meta.fields if f.attname != "id"]
    return sorted(map(repr, ClinicalFact.objects.values_list(*names)))


def test_nothing_signed_or_sealed_ever_changes(cast: Cast) -> None:
    Ward.cast = cast
    run_state_machine_as_test(
        Ward,
        settings=settings(
            max_examples=12,
            stateful_step_count=22,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
