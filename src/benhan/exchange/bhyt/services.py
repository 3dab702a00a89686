"""Verbs of the import. Steps are whole batches of whole episodes; a stopped import goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.exchange.bhyt import document
from benhan.exchange.bhyt.episode import Interpreted, interpret
from benhan.exchange.bhyt.models import ImportedEpisode, ImportProblem, ImportRun
from benhan.exchange.bhyt.reader import Episode, Problem, files_of, read_file
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.patients.importing import Arrival, ids, match_or_register
from benhan.patients.models import Patient
from benhan.patients.services import Person
from benhan.records import importing
from benhan.records import queries as records

SYSTEM = "bhyt"
BATCH_EPISODES = 200
STEP_EPISODES = 1_000
UPLOAD_BYTES_MAX = 64 * 1024 * 1024
PROBLEMS_KEPT_MAX = 5_000


def begin_upload(data: bytes, name: str, *, actor: Actor) -> ImportRun:
    """Take an uploaded file; `step` imports it bit by bit, so a page can show how far it is."""
    gate.require(actor, "bhyt.import.run")
    if not data:
        raise Invalid([FieldError("file", "empty", "Tệp trống")])
    if len(data) > UPLOAD_BYTES_MAX:
        raise Invalid(
            [FieldError("file", "too_big", "Tệp lớn hơn 64 MB; hãy chia nhỏ hoặc dùng lệnh benhan import bhyt")]
        )
    run = _begin(name, actor)
    run.stored_as = records.files().put(data)
    run.save(update_fields=["stored_as"])
    return run


def step(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Import the next part of an uploaded file."""
    gate.require(actor, "bhyt.import.run")
    if run.finished_at is not None:
        return run
    read = read_file(records.files().get(run.stored_as), run.source)
    if run.done == 0:
        run.total = len(read.episodes)
        _keep_problems(run, read.problems)
    part = read.episodes[run.done : run.done + STEP_EPISODES]
    _import(run, part, actor)
    if run.done >= run.total:
        _finish(run)
    return run


def import_files(
    paths: list[Path], *, actor: Actor, progress: Callable[[ImportRun, str], None] | None = None
) -> ImportRun:
    """Import files and folders from the command line, one run for all."""
    gate.require(actor, "bhyt.import.run")
    return import_data(
        ((p.name, p.read_bytes()) for p in files_of(paths)),
        source=", ".join(p.name for p in paths)[:255],
        actor=actor,
        progress=progress,
    )


def import_data(
    named: Iterable[tuple[str, bytes]],
    *,
    source: str,
    actor: Actor,
    progress: Callable[[ImportRun, str], None] | None = None,
) -> ImportRun:
    """Import files given as (name, bytes)."""
    run = _begin(source, actor)
    for name, data in named:
        read = read_file(data, name)
        run.total += len(read.episodes)
        _keep_problems(run, read.problems)
        _import(run, read.episodes, actor)
        if progress:
            progress(run, name)
    _finish(run)
    return run


def _begin(source: str, actor: Actor) -> ImportRun:
    with audit.unit_of_work("bhyt.import.run"):
        run = ImportRun.objects.create(source=source[-255:], started_at=clock.now(), started_by=actor.full_name)
        audit.record("bhyt.import.begin", object_type="importrun", object_id=str(run.pk))
    return run


def _finish(run: ImportRun) -> None:
    with audit.unit_of_work("bhyt.import.run"):
        run.finished_at = clock.now()
        run.save()
        audit.record(
            "bhyt.import.finish",
            object_type="importrun",
            object_id=str(run.pk),
            detail={"created": run.created, "updated": run.updated, "unchanged": run.unchanged, "refused": run.refused},
        )


def _import(run: ImportRun, episodes: list[Episode], actor: Actor) -> None:
    for start in range(0, len(episodes), BATCH_EPISODES):
        batch = episodes[start : start + BATCH_EPISODES]
        with audit.unit_of_work("bhyt.import.run"):
            _import_batch(run, batch)
            run.done += len(batch)
            run.save()


def _import_batch(run: ImportRun, batch: list[Episode]) -> None:
    """One transaction: what is in it is whole, or none of it is there."""
    good: list[tuple[Episode, Interpreted]] = []
    for episode in batch:
        said = interpret(episode) if not episode.is_refused else None
        if said is not None:
            good.append((episode, said))
    known = {
        (e.facility_code, e.link_code): e
        for e in ImportedEpisode.objects.filter(link_code__in=[s.link_code for _, s in good])
    }
    fresh: dict[tuple[str, str], tuple[Episode, Interpreted]] = {}
    for episode, said in good:
        key = (said.facility_code, said.link_code)
        if key in known:
            _known_again(run, episode, said, known[key])
        elif key in fresh:
            episode.refuse("XML1", 1, "MA_LK", "link_code_twice", "MA_LK lặp lại trong cùng tệp; chỉ nhận hồ sơ đầu")
        else:
            fresh[key] = (episode, said)
    _create(run, list(fresh.values()))
    run.refused += sum(e.is_refused for e in batch)
    _keep_problems(run, [p for e in batch for p in e.problems])


def _create(run: ImportRun, fresh: list[tuple[Episode, Interpreted]]) -> None:
    if not fresh:
        return
    patients = match_or_register([_arrival(s) for _, s in fresh], source=SYSTEM)
    arrived = [_arrived(e, s, p) for (e, s), p in zip(fresh, patients, strict=True)]
    taken = importing.import_batch(
        arrived, system=SYSTEM, form_code=document.FORM, facility_code=fresh[0][1].facility_code
    )
    ImportedEpisode.objects.bulk_create(
        [_episode_row(e, s, t) for (e, s), t in zip(fresh, taken, strict=True)], batch_size=500
    )
    run.created += len(fresh)
    audit.record(
        "bhyt.import.episodes",
        also_patients=ids(patients),
        object_type="importrun",
        object_id=str(run.pk),
        detail={"episodes": len(fresh)},
    )


def _known_again(run: ImportRun, episode: Episode, said: Interpreted, known: ImportedEpisode) -> None:
    if known.content_sha256 == episode.content_sha256:
        run.unchanged += 1
        return
    patient = records.document(known.document_id).record.patient
    try:
        importing.import_again(
            known.document_id, _arrived(episode, said, patient), system=SYSTEM, facility_code=said.facility_code
        )
    except Refused as no:
        episode.refuse("XML1", 1, "MA_LK", no.code, no.message)
        return
    known.content_sha256, known.source_file, known.source_sha256 = (
        episode.content_sha256,
        episode.file[-255:],
        episode.sha256,
    )
    known.save()
    run.updated += 1
    audit.record(
        "bhyt.import.again",
        patient_id=patient.pk,
        record_id=known.record_id,
        object_type="document",
        object_id=str(known.document_id),
    )


def _arrival(said: Interpreted) -> Arrival:
    p = said.person
    person = Person(
        p.full_name,
        p.birth_date,
        p.birth_precision,
        p.sex,
        phone=p.phone,
        address_line=p.address,
        province_code=p.province_code,
        commune_code=p.commune_code,
        ethnicity=p.ethnicity,
        occupation=p.occupation,
    )
    external = f"{said.facility_code}:{p.external_code or said.link_code}"
    return Arrival(person, external, p.citizen_id, p.insurance_card)


def _arrived(episode: Episode, said: Interpreted, patient: Patient) -> importing.Arrived:
    return importing.Arrived(
        patient=patient,
        kind=said.kind,
        department_code=said.department_code,
        started_at=said.started_at,
        ended_at=said.ended_at,
        reason=said.reason,
        discharge_result=said.discharge_result,
        discharge_type=said.discharge_type,
        link_code=said.link_code,
        content=document.content_of(episode, said),
        source_file=episode.file,
        source_sha256=episode.sha256,
    )


def _episode_row(episode: Episode, said: Interpreted, taken: importing.TakenOver) -> ImportedEpisode:
    return ImportedEpisode(
        link_code=said.link_code,
        facility_code=said.facility_code,
        content_sha256=episode.content_sha256,
        source_file=episode.file[-255:],
        source_sha256=episode.sha256,
        document_id=taken.document_id,
        record_id=taken.record_id,
        imported_at=clock.now(),
    )


def _keep_problems(run: ImportRun, problems: list[Problem]) -> None:
    run.warnings += sum(p.severity == "warning" for p in problems)
    room = PROBLEMS_KEPT_MAX - ImportProblem.objects.filter(run=run).count()
    ordered = sorted(problems, key=lambda p: p.severity != "refused")[: max(0, room)]
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run=run,
                severity=p.severity,
                file=p.file[-255:],
                table=p.table[:20],
                row=p.row,
                field=p.field[:60],
                code=p.code[:30],
                reason=p.reason[:500],
                link_code=p.link_code[:100],
            )
            for p in ordered
        ],
        batch_size=500,
    )
    if not run.done and not run.total and any(p.severity == "refused" for p in problems):
        run.refused += 1
