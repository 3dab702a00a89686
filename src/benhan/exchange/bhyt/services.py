"""Verbs of the import. Steps are whole batches of whole episodes; a stopped import goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import DatabaseError

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.exchange.bhyt import document
from benhan.exchange.bhyt.episode import Interpreted, interpret
from benhan.exchange.bhyt.models import ImportedContent, ImportedEpisode, ImportProblem, ImportRun
from benhan.exchange.bhyt.reader import Episode, Problem, files_of, read_file, read_parts
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused, SaysNo
from benhan.kernel.text import fold
from benhan.kernel.xml import XML_FILE_BYTES_MAX
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
        run.total, run.refused = len(read.episodes), len(read.problems)
        _keep_problems(run, read.problems)
    part = read.episodes[run.done : run.done + STEP_EPISODES]
    for start in range(0, len(part), BATCH_EPISODES):
        if not _import(run, part[start : start + BATCH_EPISODES]):
            return ImportRun.objects.get(pk=run.pk)
    if run.done >= run.total:
        _finish(run)
    return run


def import_files(
    paths: list[Path], *, actor: Actor, progress: Callable[[ImportRun, str], None] | None = None
) -> ImportRun:
    """Import files and folders from the command line, one run for all."""
    gate.require(actor, "bhyt.import.run")
    run = _begin(", ".join(p.name for p in paths), actor)
    for name, path in files_of(paths):
        try:
            data = path.read_bytes() if path.stat().st_size <= XML_FILE_BYTES_MAX else None
        except OSError:
            _refuse_file(run, name, "unreadable", "Không mở được tệp")
            continue
        if data is None:
            _refuse_file(run, name, "xml_too_big", f"Tệp lớn hơn {XML_FILE_BYTES_MAX} byte")
            continue
        _import_one(run, name, data)
        if progress:
            progress(run, name)
    _finish(run)
    return run


def import_data(named: Iterable[tuple[str, bytes]], *, source: str, actor: Actor) -> ImportRun:
    """Import files given as (name, bytes)."""
    gate.require(actor, "bhyt.import.run")
    run = _begin(source, actor)
    for name, data in named:
        _import_one(run, name, data)
    _finish(run)
    return run


def _import_one(run: ImportRun, name: str, data: bytes) -> None:
    """One file, batch by batch as it is read: a file of any allowed length needs the memory of one batch."""
    batch: list[Episode] = []
    for part in read_parts(data, name):
        if isinstance(part, Problem):
            _keep_problems(run, [part])
            run.refused += 1
            continue
        batch.append(part)
        run.total += 1
        if len(batch) == BATCH_EPISODES:
            _import(run, batch)
            batch = []
    _import(run, batch)


def _refuse_file(run: ImportRun, name: str, code: str, reason: str) -> None:
    run.refused += 1
    _keep_problems(run, [Problem(name, "", 0, "", code, "refused", reason)])


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


def _import(run: ImportRun, batch: list[Episode]) -> bool:
    """One batch in one transaction; when the database will not have it, its episodes one by one, so that one bad episode
    costs no good one. False when somebody else has moved this run on meanwhile: then nothing was done."""
    if not batch:
        return True
    kept = [len(e.problems) for e in batch]
    try:
        return _import_together(run, batch)
    except (DatabaseError, SaysNo, ValueError, ArithmeticError):
        for episode, count in zip(batch, kept, strict=True):
            del episode.problems[count:]
    return all(_import_alone(run, episode) for episode in batch)


def _import_alone(run: ImportRun, episode: Episode) -> bool:
    try:
        return _import_together(run, [episode])
    except (DatabaseError, SaysNo, ValueError, ArithmeticError) as fault:
        reason = f"Không lưu được hồ sơ ({type(fault).__name__}); hồ sơ không được nhập"
        episode.refuse("XML1", 1, "", "not_stored", reason)
    return _import_together(run, [episode])


def _import_together(run: ImportRun, batch: list[Episode]) -> bool:
    before = run.created, run.updated, run.unchanged, run.refused, run.warnings, run.done
    try:
        with audit.unit_of_work("bhyt.import.run"):
            if ImportRun.objects.select_for_update().values_list("done", flat=True).get(pk=run.pk) != run.done:
                return False
            _import_batch(run, batch)
            run.done += len(batch)
            run.save()
    except BaseException:
        run.created, run.updated, run.unchanged, run.refused, run.warnings, run.done = before
        raise
    return True


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
    contents = set(
        ImportedContent.objects.filter(episode__in=known.values()).values_list("episode_id", "content_sha256")
    )
    fresh: dict[tuple[str, str], tuple[Episode, Interpreted]] = {}
    for episode, said in good:
        key = (said.facility_code, said.link_code)
        if key in known:
            _known_again(run, episode, said, known[key], contents)
        elif key in fresh:
            run.unchanged += 1  # word for word the same: the reader refuses a second one with other content
        else:
            fresh[key] = (episode, said)
    _create(run, list(fresh.values()))
    run.refused += sum(e.is_refused for e in batch)
    _keep_problems(run, [p for e in batch for p in e.problems])


def _is_other_person(said: Interpreted, patient: Patient) -> bool:
    """Another name and another birth date under a known number: nobody's page may land in somebody else's record."""
    person = said.person
    return fold(person.full_name) != patient.name_folded and person.birth_date != patient.birth_date


def _refuse_other_person(episode: Episode) -> None:
    reason = "Mã người bệnh (hoặc MA_LK) này đang thuộc người có họ tên và ngày sinh khác; hãy kiểm tra ở nơi xuất tệp"
    episode.refuse("XML1", 1, "MA_BN", "other_person", reason)


def _create(run: ImportRun, fresh: list[tuple[Episode, Interpreted]]) -> None:
    if not fresh:
        return
    found = match_or_register([_arrival(s) for _, s in fresh], source=SYSTEM)
    patients = []
    for (episode, said), patient in zip(fresh, found, strict=True):
        if _is_other_person(said, patient):
            _refuse_other_person(episode)
        else:
            patients.append(patient)
    fresh = [(e, s) for e, s in fresh if not e.is_refused]
    if not fresh:
        return
    arrived = [_arrived(e, s, p) for (e, s), p in zip(fresh, patients, strict=True)]
    taken = importing.import_batch(
        arrived, system=SYSTEM, form_code=document.FORM, facility_code=fresh[0][1].facility_code
    )
    rows = [_episode_row(e, s, t) for (e, s), t in zip(fresh, taken, strict=True)]
    ImportedEpisode.objects.bulk_create(rows, batch_size=500)
    ImportedContent.objects.bulk_create(
        [ImportedContent(episode=row, content_sha256=row.content_sha256) for row in rows], batch_size=500
    )
    run.created += len(fresh)
    audit.record(
        "bhyt.import.episodes",
        also_patients=ids(patients),
        object_type="importrun",
        object_id=str(run.pk),
        detail={"episodes": len(fresh)},
    )


def _known_again(
    run: ImportRun, episode: Episode, said: Interpreted, known: ImportedEpisode, contents: set[tuple[int, str]]
) -> None:
    if known.content_sha256 == episode.content_sha256:
        run.unchanged += 1
        return
    if (known.pk, episode.content_sha256) in contents:
        # Old and corrected files lie in the same folder: read again, they must not take turns as new versions.
        run.unchanged += 1
        episode.warn(
            "XML1", 1, "MA_LK", "older_content", "Nội dung này đã nhập trước đây và đã có bản mới hơn; giữ nguyên"
        )
        return
    if not episode.tables.get("XML1") and not known.is_check_in:
        run.unchanged += 1
        episode.warn("XML0", 1, "MA_LK", "check_in_late", "Tệp check-in đến sau hồ sơ đầy đủ; giữ hồ sơ đầy đủ")
        return
    patient = records.document(known.document_id).record.person
    if _is_other_person(said, patient):
        _refuse_other_person(episode)
        return
    try:
        with audit.unit_of_work("bhyt.import.again"):
            importing.import_again(
                known.document_id, _arrived(episode, said, patient), system=SYSTEM, facility_code=said.facility_code
            )
    except Refused as no:
        episode.refuse("XML1", 1, "MA_LK", no.code, no.message)
        return
    contents.add((known.pk, episode.content_sha256))
    ImportedContent.objects.create(episode=known, content_sha256=episode.content_sha256)
    known.is_check_in = not episode.tables.get("XML1")
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
        is_check_in=not episode.tables.get("XML1"),
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
