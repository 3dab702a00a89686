"""Insurance XML: generous in reading, exact in reporting, whole episodes or none, twice changes nothing."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from benhan.access.actors import system_actor
from benhan.exchange.bhyt import generator, services
from benhan.exchange.bhyt.document import _birth
from benhan.exchange.bhyt.episode import birth, interpret, moment, vital_signs
from benhan.exchange.bhyt.models import ImportedEpisode, ImportProblem
from benhan.exchange.bhyt.reader import read_file
from benhan.patients.models import Patient
from benhan.records.models import Document, DocumentVersion, MedicalRecord
from tests.people import Cast

IMPORTER = system_actor("thử")


def one(number: int = 1, **shape: bool) -> bytes:
    return generator.envelope([generator.episode_tables(number)], **shape)  # type: ignore[arg-type]


@given(number=st.integers(0, 500), plain=st.booleans(), bom=st.booleans())
@hypothesis_settings(max_examples=25, deadline=None)
def test_what_is_written_is_read_in_every_shape(number: int, plain: bool, bom: bool) -> None:
    tables = generator.episode_tables(number)
    read = read_file(generator.envelope([tables], plain=plain, bom=bom), "x.xml")
    assert not [p for p in read.problems + read.episodes[0].problems if p.severity == "refused"]
    for name, rows in tables.items():
        got = [{k: v for k, v in r.items() if v} for r in read.episodes[0].tables[name]]
        assert got == [{k: v for k, v in r.items() if v} for r in rows]


def test_the_same_content_in_another_shape_has_the_same_fingerprint() -> None:
    prints = {
        read_file(one(3, plain=p, bom=b), "x").episodes[0].content_sha256 for p in (True, False) for b in (True, False)
    }
    assert len(prints) == 1


BOMB = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><GIAMDINHHS>&y;</GIAMDINHHS>'


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _entry(kind: str, content: str) -> str:
    return f"<FILEHOSO><LOAIHOSO>{kind}</LOAIHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE></FILEHOSO>"


def _file(*entries: str) -> bytes:
    return f"<GIAMDINHHS><DANHSACHHOSO><HOSO>{''.join(entries)}</HOSO></DANHSACHHOSO></GIAMDINHHS>".encode()


GENERAL = _entry("XML1", _b64(generator.table_xml("XML1", generator.episode_tables(1)["XML1"])))


@pytest.mark.parametrize(
    ("data", "code", "table"),
    [
        (BOMB, "xml_dtd", ""),
        (b"<GIAMDINHHS>", "xml_syntax", ""),
        (b"", "xml_syntax", ""),
        (b"\xff\xfe\x00bad", "xml_syntax", ""),
        (b'<?xml version="1.0" encoding="utf-16"?><GIAMDINHHS/>', "xml_encoding", ""),
        ('<?xml version="1.0" encoding="utf-8"?><GIAMDINHHS>é</GIAMDINHHS>'.encode("latin-1"), "xml_encoding", ""),
        (b"<KHAC/>", "unknown_root", ""),
        (b"<GIAMDINHHS/>", "no_episode", ""),
        ("<a>\u1ea1</a>".encode("utf-16")[:7], "unknown_root", ""),
        (_file(GENERAL, _entry("XML99", "eA==")), "unknown_table", "XML99"),
        (_file(GENERAL, _entry("XML2", "@@@")), "base64", "XML2"),
        (_file(GENERAL, _entry("XML2", _b64("<a><b></a>"))), "xml_syntax", "XML2"),
        (_file(GENERAL, _entry("XML2", _b64(BOMB.decode()))), "xml_dtd", "XML2"),
        (_file(GENERAL, GENERAL), "table_twice", "XML1"),
        (_file(_entry("XML2", "")), "no_link_code", "XML1"),
        (_file(_entry("XML1", "")), "no_link_code", "XML1"),
        (
            _file(
                GENERAL,
                _entry(
                    "XML5",
                    _b64(
                        "<CHITIEU_CHITIET_DIENBIENLAMSANG><D><CHI_TIET_DIEN_BIEN_BENH><MA_LK>khac</MA_LK></CHI_TIET_DIEN_BIEN_BENH></D></CHITIEU_CHITIET_DIENBIENLAMSANG>"
                    ),
                ),
            ),
            "link_code_differs",
            "XML5",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data: bytes, code: str, table: str) -> None:
    read = read_file(data, "xau.xml")
    problems = read.problems + [p for e in read.episodes for p in e.problems]
    refused = [(p.code, p.table, p.file) for p in problems if p.severity == "refused"]
    assert (code, table, "xau.xml") in refused


def test_lengths_over_the_annex_and_unknown_fields_are_kept_and_told() -> None:
    tables = generator.episode_tables(1)
    tables["XML1"][0]["DIEN_THOAI"] = "0" * 40
    episode = read_file(generator.envelope([tables]), "x").episodes[0]
    assert episode.tables["XML1"][0]["DIEN_THOAI"] == "0" * 40
    assert ("too_long", "DIEN_THOAI") in {(p.code, p.field) for p in episode.problems}
    assert not episode.is_refused


def test_empty_tables_are_fine() -> None:
    episode = read_file(_file(GENERAL, _entry("XML2", ""), _entry("XML4", "")), "x").episodes[0]
    assert not episode.is_refused
    assert episode.tables["XML2"] == []


@given(st.binary(max_size=400))
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    read_file(data, "x")


@given(st.integers(0, 10_000))
@hypothesis_settings(max_examples=40, deadline=None)
def test_a_damaged_file_is_reported_not_crashed_on(seed: int) -> None:
    data = bytearray(one(2))
    r = random.Random(seed)
    for _ in range(3):
        data[r.randrange(len(data))] = r.randrange(256)
    for episode in read_file(bytes(data), "x").episodes:
        if not episode.is_refused:
            interpret(episode)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("196005020000", "day"),
        ("196005000000", "month"),
        ("196000000000", "year"),
        ("x", "unknown"),
        ("199913400000", "unknown"),
    ],
)
def test_birth_dates_keep_their_precision(text: str, expected: str) -> None:
    assert birth(text)[1] == expected


def test_times_and_vital_signs_are_read() -> None:
    at = moment("202611230805")
    assert at is not None
    assert at.isoformat() == "2026-11-23T08:05:00+07:00"
    assert moment("20261340") is None
    assert vital_signs("CSST<M75_T37_HA120/70_NT18_HL2> tỉnh") == {
        "pulse": "75",
        "temperature": "37",
        "blood_pressure": "120/70",
        "respiratory_rate": "18",
        "awareness": "2",
    }


@pytest.mark.django_db
class TestImport:
    def test_episodes_become_imported_records_marked_with_their_source(self, cast: Cast) -> None:
        run = services.import_data(generator.files(12, per_file=5, people=4), source="x", actor=IMPORTER)
        assert (run.created, run.refused) == (12, 0)
        assert MedicalRecord.objects.filter(medium="imported").count() == 12
        version = DocumentVersion.objects.filter(document__source="bhyt").first()
        assert version is not None
        assert version.source_file.startswith("bhyt-")
        assert len(version.source_sha256) == 64
        assert not Document.objects.filter(source="bhyt").exclude(signature_state="none").exists()
        assert Patient.objects.filter(source="bhyt").count() == 4

    def test_importing_twice_changes_nothing_under_another_name_too(self, cast: Cast) -> None:
        services.import_data([("a.xml", one(1)), ("b.xml", one(2))], source="x", actor=IMPORTER)
        before = (Patient.objects.count(), DocumentVersion.objects.count())
        run = services.import_data(
            [("khac.xml", one(1, plain=True)), ("b.xml", one(2, bom=True))], source="x", actor=IMPORTER
        )
        assert (run.created, run.updated, run.unchanged) == (0, 0, 2)
        assert (Patient.objects.count(), DocumentVersion.objects.count()) == before

    def test_a_changed_episode_becomes_a_new_version(self, cast: Cast) -> None:
        tables = generator.episode_tables(1)
        services.import_data([("a.xml", generator.envelope([tables]))], source="x", actor=IMPORTER)
        tables["XML1"][0]["CHAN_DOAN_RV"] = "Chẩn đoán sửa lại"
        run = services.import_data([("b.xml", generator.envelope([tables]))], source="x", actor=IMPORTER)
        assert run.updated == 1
        assert [
            v.version_no for v in DocumentVersion.objects.filter(document__source="bhyt").order_by("version_no")
        ] == [1, 2]

    def test_good_episodes_are_not_lost_with_bad_ones(self, cast: Cast) -> None:
        good, bad, late = (generator.episode_tables(n) for n in (1, 2, 3))
        bad["XML1"][0]["NGAY_VAO"] = "hôm qua"
        run = services.import_data([("x.xml", generator.envelope([good, bad, late]))], source="x", actor=IMPORTER)
        assert (run.created, run.refused) == (2, 1)
        problem = ImportProblem.objects.get(run=run, severity="refused")
        assert (problem.file, problem.table, problem.row, problem.field, problem.code) == (
            "x.xml",
            "XML1",
            1,
            "NGAY_VAO",
            "bad_time",
        )
        assert not ImportedEpisode.objects.filter(link_code=bad["XML1"][0]["MA_LK"]).exists()

    def test_an_upload_is_imported_step_by_step(self, cast: Cast) -> None:
        run = services.begin_upload(
            generator.envelope([generator.episode_tables(n) for n in range(3)]), "x.xml", actor=cast.planning
        )
        assert run.done == 0
        services.step(run, actor=cast.planning)
        assert (run.done, run.created, run.percent) == (3, 3, 100)

    def test_an_imported_document_is_not_amended_here(self, cast: Cast) -> None:
        from benhan.kernel.errors import SaysNo
        from benhan.records import services as writing

        services.import_data([("a.xml", one(1))], source="x", actor=IMPORTER)
        document = Document.objects.get(source="bhyt")
        with pytest.raises(SaysNo):
            writing.amend(document, {}, reason="x", actor=cast.doctor, base_version_no=1)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("201404280000", "28/04/2014"),
        ("20140428", "28/04/2014"),
        ("201404000000", "04/2014"),
        ("201400000000", "2014"),
        ("2014", "2014"),
        ("28.4.2014", "28.4.2014"),
        ("", ""),
    ],
)
def test_a_birth_is_printed_as_people_read_it(told: str, read: str) -> None:
    assert _birth(told) == read
