"""A ward at work in a process of its own, which may be killed at any moment. Run as a module with an installation's
environment: `prepare` makes the house, `work` acknowledges each finished call with a line, `check` reads such lines and
prints what does not hold as JSON, `stage` makes a record ready to be fought over, `contend` waits for a word and then
does one thing together with others."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

CYCLES = 400


def _up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    django.setup()


def _say(kind: str, **what: object) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


def prepare() -> None:
    """Tables, people, certificates."""
    from django.core.management import call_command

    from tests.people import build

    call_command("migrate", verbosity=0, interactive=False)
    build()


def _cast() -> Any:
    """The people of the house that `prepare` made."""
    from benhan.access.actors import actor_for
    from benhan.access.models import Account
    from benhan.facility.models import Department, Facility, Staff
    from benhan.patients.models import Patient
    from tests.people import ROLES, Cast

    accounts = {a.username: a for a in Account.objects.select_related("staff").prefetch_related("assignments")}
    one, two = Patient.objects.order_by("pk")[:2]
    return Cast(
        Facility.objects.get(),
        {"ward": Department.objects.get(code="K03"), "other": Department.objects.get(code="K19")},
        {key: Staff.objects.get(full_name=name) for key, (name, *_) in ROLES.items()},
        accounts,
        {key: actor_for(account) for key, account in accounts.items()},
        one,
        two,
    )


def work(name: str) -> None:
    """Write, sign and seal one record after the other; a line for each call that came back."""
    from benhan.records import closing, queries, services
    from tests.people import note
    from tests.stories import sign_all, written

    cast = _cast()
    for cycle in range(CYCLES):
        record = cast.open()
        _say("opened", record=str(record.pk), number=record.record_number)
        draft = services.save_draft(
            record, "free_note", note("0"), actor=cast.doctor, client_key=f"{name}-{cycle}-{os.getpid()}"
        )
        for count in range(1, 4):
            services.update_draft(draft, note(str(count)), actor=cast.doctor)
            _say("draft", draft=str(draft.pk), key=draft.client_key, count=count)
        version = services.write(
            record,
            "free_note",
            note(f"lượt {cycle}"),
            actor=cast.doctor,
            client_key=draft.client_key,
            draft=draft,
        )
        _say("written", version=str(version.pk), sha256=version.payload_hash)
        form = written(cast, queries.record(record.pk))
        _say("written", version=str(form.pk), sha256=form.payload_hash)
        sign_all(cast, "doctor", "director")
        _say("signed", versions=[str(version.pk), str(form.pk)])
        closing.discharge(queries.record(record.pk), actor=cast.doctor, result="1", discharge_type="1")
        closing.close(queries.record(record.pk), actor=cast.doctor)
        _say("closed", record=str(record.pk))
        seal = closing.seal(queries.record(record.pk), actor=cast.planning)
        _say("sealed", record=str(record.pk), sha256=seal.manifest_hash)


def check() -> None:
    """Hold what was acknowledged against what is there; print the list of what does not hold."""
    from benhan.audit import verify
    from benhan.clinical import services as clinical
    from benhan.clinical.models import ClinicalFact
    from benhan.records.models import MedicalRecord

    told = [json.loads(line) for line in sys.stdin if line.strip()]
    wrong = [problem for one in told for problem in _missing(one)]
    for record in MedicalRecord.objects.all():
        wrong += _half_done(record)
    wrong += _files()
    if not verify.verify().holds:
        wrong.append("the log does not verify")
    names = [f.attname for f in ClinicalFact._meta.fields if f.attname != "id"]
    kept = sorted(map(repr, ClinicalFact.objects.values_list(*names)))
    clinical.rebuild()
    if sorted(map(repr, ClinicalFact.objects.values_list(*names))) != kept:
        wrong.append("what was derived is not what is derived again")
    print(json.dumps({"acknowledged": len(told), "wrong": wrong}))


def _missing(one: dict[str, Any]) -> list[str]:
    from benhan.records.models import DocumentVersion, Draft, MedicalRecord, Seal
    from benhan.signing.models import Signature

    match one["kind"]:
        case "opened":
            good = MedicalRecord.objects.filter(pk=one["record"], record_number=one["number"]).exists()
        case "draft":
            draft = Draft.objects.filter(pk=one["draft"]).first()
            if draft is None:  # taken in by a write, whether or not that came back
                good = DocumentVersion.objects.filter(client_key=one["key"]).exists()
            else:
                good = int(json.loads(draft.content)["note"]["text"]) >= one["count"]
        case "written":
            good = DocumentVersion.objects.filter(pk=one["version"], payload_hash=one["sha256"]).exists()
        case "signed":
            good = all(Signature.objects.filter(version_id=v).exists() for v in one["versions"])
        case "closed":
            good = MedicalRecord.objects.get(pk=one["record"]).record_state in ("closed", "sealed")
        case "sealed":
            good = Seal.objects.filter(record=one["record"], manifest_hash=one["sha256"]).exists() and _proves(one)
        case _:
            good = False
    return [] if good else [f"acknowledged and not there: {one}"]


def _proves(one: dict[str, Any]) -> bool:
    from benhan.archive import packages
    from benhan.proof.package import verify_package
    from benhan.records import queries
    from benhan.signing import certificates

    with tempfile.TemporaryDirectory() as folder:
        package = packages.export(queries.record(one["record"]), Path(folder), actor=_cast().planning)
        return verify_package(package, anchors=certificates.anchors()).holds


def _half_done(record: Any) -> list[str]:
    from benhan.records.models import Document, Seal, Volume

    volumes = set(Volume.objects.filter(record=record).values_list("pk", flat=True))
    sealed = set(Seal.objects.filter(record=record).values_list("volume_id", flat=True))
    wrong = []
    if (record.record_state == "sealed") != (volumes == sealed):
        wrong.append(f"{record.record_number} is half-sealed")
    if (record.sealed_at is None) != (not sealed):
        wrong.append(f"{record.record_number} has a seal without its time")
    if record.document_count != Document.objects.filter(record=record).count():
        wrong.append(f"{record.record_number} miscounts its documents")
    return wrong


def _files() -> list[str]:
    from benhan.kernel.canonical import sha256_hex
    from benhan.records import queries
    from benhan.records.models import Seal
    from benhan.signing.models import Signature

    store = queries.files()
    named = [*Signature.objects.values_list("pdf", flat=True), *Seal.objects.values_list("manifest_pdf", flat=True)]
    return [
        f"file {digest} is damaged or gone"
        for digest in named
        if not store.has(digest) or sha256_hex(store.get(digest)) != digest
    ]


def stage() -> None:
    """A record with an unsigned note, and one that is closed and waits for its seal."""
    from tests.people import note
    from tests.stories import closed

    cast = _cast()
    from benhan.records import services

    waiting_for_its_seal = closed(cast)  # in it everything is signed that waits
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    _say(
        "staged",
        document=str(version.document_id),
        open=str(version.document.record_id),
        record=str(waiting_for_its_seal.pk),
    )


def contend(verb: str, target: str) -> None:
    """Say `ready`, wait for a line, do it; then say what came of it. A refusal is an answer, an exception is not."""
    from benhan.kernel.errors import SaysNo

    cast = _cast()
    act = {
        "open": _opens,
        "sign": _signs,
        "amend": _amends,
        "seal": _seals,
        "cancel": _cancels,
        "write": _writes,
        "amend-again": _amends_again,
    }[verb]
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        _say("done", result=act(cast, target))
    except SaysNo as no:
        _say("refused", code=no.code)


def _opens(cast: Any, target: str) -> list[list[str]]:
    kinds = ("outpatient", "inpatient_medicine")
    opened = [cast.open(kinds[n % 2]) for n in range(int(target))]
    return [[r.record_type, r.record_number, r.admission_number or ""] for r in opened]


def _signs(cast: Any, target: str) -> str:
    from benhan.records import signatures
    from benhan.signing import queries as signing
    from tests.people import PIN

    request = signing.waiting_for(cast.doctor).filter(document_id=target).first()
    if request is None:
        return "nothing waits"
    return str(signatures.sign(request, actor=cast.doctor, pin=PIN).pk)


def _amends(cast: Any, target: str) -> int:
    from benhan.records import queries, services
    from tests.people import note

    made = services.amend(
        queries.document(target),  # type: ignore[arg-type]  # a text that is a UUID
        note(f"sửa bởi {os.getpid()}"),
        reason="Ghi nhầm",
        actor=cast.doctor,
        base_version_no=1,
    )
    return made.version_no


def _amends_again(cast: Any, target: str) -> str:
    """As a double click does: the same content with the same key."""
    from benhan.records import queries, services
    from tests.people import note

    made = services.amend(
        queries.document(target),  # type: ignore[arg-type]  # a text that is a UUID
        note("sửa"),
        reason="Ghi nhầm",
        actor=cast.doctor,
        base_version_no=1,
        client_key=f"again-{target}",
    )
    return str(made.pk)


def _writes(cast: Any, target: str) -> str:
    """As a double click does: the same sheet with the same key."""
    from benhan.records import queries, services
    from tests.people import note

    record = queries.record(target)  # type: ignore[arg-type]  # ditto
    return str(services.write(record, "free_note", note(), actor=cast.doctor, client_key=f"write-{target}").pk)


def _cancels(cast: Any, target: str) -> str:
    from benhan.records import queries, services

    return str(services.cancel(queries.document(target), reason="Nhầm", actor=cast.doctor).pk)  # type: ignore[arg-type]  # ditto


def _seals(cast: Any, target: str) -> str:
    from benhan.records import closing, queries

    return closing.seal(queries.record(target), actor=cast.planning).manifest_hash  # type: ignore[arg-type]  # ditto


if __name__ == "__main__":
    _up()
    if sys.argv[1] in ("work", "contend"):
        {"work": work, "contend": contend}[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]  # as the test calls them
    else:
        {"prepare": prepare, "check": check, "stage": stage}[sys.argv[1]]()
