"""What a careless or hostile exporter writes: each with the exact line of the report, and nothing lost without a word."""

from __future__ import annotations

import base64
import copy
from pathlib import Path

import pytest

from benhan.access.actors import system_actor
from benhan.exchange.bhyt import document, generator, services
from benhan.exchange.bhyt.episode import birth, interpret, moment, money, vital_signs
from benhan.exchange.bhyt.models import ImportProblem
from benhan.exchange.bhyt.reader import WARNINGS_MAX, Episode, read_file
from benhan.kernel.errors import SaysNo
from benhan.patients.models import Patient
from benhan.records import importing
from benhan.records.models import DocumentVersion, Encounter, MedicalRecord
from tests.people import Cast

IMPORTER = system_actor("thử")
Tables = dict[str, list[dict[str, str]]]


def b64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def entry(kind: str, content: str) -> str:
    return f"<FILEHOSO><LOAIHOSO>{kind}</LOAIHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE></FILEHOSO>"


def inner(kind: str, number: int = 1) -> str:
    return generator.table_xml(kind, generator.episode_tables(number)[kind])


def hoso(*entries: str) -> str:
    return f"<HOSO>{''.join(entries)}</HOSO>"


def file_of(*records: str) -> bytes:
    return f"<GIAMDINHHS><THONGTINHOSO><DANHSACHHOSO>{''.join(records)}</DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>".encode()


GENERAL = entry("XML1", b64(inner("XML1")))
GOOD = hoso(entry("XML1", b64(inner("XML1", 2))))


def lines(data: bytes) -> list[tuple[str, str, int, str, str]]:
    read = read_file(data, "t.xml")
    problems = read.problems + [p for e in read.episodes for p in e.problems]
    return [(p.file, p.table, p.row, p.field, p.code) for p in problems if p.severity == "refused"]


def first(data: bytes) -> Episode:
    return read_file(data, "t.xml").episodes[0]


ROW = "<CHI_TIET_THUOC><MA_LK>00001.000000001</MA_LK><TEN_THUOC>A</TEN_THUOC></CHI_TIET_THUOC>"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((entry("XML99", b64("<a/>")),), ("XML99", 0, "LOAIHOSO", "unknown_table")),
        ((entry("XML12", b64("<a/>")),), ("XML12", 0, "LOAIHOSO", "unknown_table")),
        ((entry("XML2", "AAAA="),), ("XML2", 0, "NOIDUNGFILE", "base64")),
        ((entry("XML2", "Tiếng Việt"),), ("XML2", 0, "NOIDUNGFILE", "base64")),
        ((entry("XML2", b64("<a>\n<b>\n</a>")),), ("XML2", 3, "NOIDUNGFILE", "xml_syntax")),
        (
            (entry("XML2", b64('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')),),
            ("XML2", 0, "NOIDUNGFILE", "xml_dtd"),
        ),
        (
            (entry("XML2", b64('<?xml version="1.0" encoding="utf-8"?><a>é</a>'.encode("latin-1"))),),
            ("XML2", 1, "NOIDUNGFILE", "xml_encoding"),
        ),
        (
            (entry("XML2", b64('<?xml version="1.0" encoding="utf-16"?><a/>')),),
            ("XML2", 1, "NOIDUNGFILE", "xml_encoding"),
        ),
        ((entry("XML2", b64("<a>" * 80 + "</a>" * 80)),), ("XML2", 1, "NOIDUNGFILE", "xml_too_deep")),
        ((entry("XML2", "<a/><b/>"),), ("XML2", 0, "NOIDUNGFILE", "several_roots")),
        (
            ("<FILEHOSO><LOAIHOSO>XML2</LOAIHOSO><NOIDUNGFILE/><NOIDUNGFILE/></FILEHOSO>",),
            ("XML2", 0, "NOIDUNGFILE", "content_twice"),
        ),
        (("<FILEHOSO><LOAIHOSO>XML2</LOAIHOSO></FILEHOSO>",), ("XML2", 0, "NOIDUNGFILE", "no_content")),
        ((entry("XML2", b64(inner("XML3"))),), ("XML2", 0, "CHITIEU_CHITIET_DVKT_VTYT", "wrong_table")),
        (
            (entry("XML2", ROW.replace("<TEN_THUOC>", "<TEN_THUOC>B</TEN_THUOC><TEN_THUOC>")),),
            ("XML2", 1, "TEN_THUOC", "field_twice"),
        ),
        ((entry("XML2", ROW + ROW.replace("00001.", "00002.")),), ("XML2", 2, "MA_LK", "link_code_differs")),
        (
            (entry("XML2", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd">a</x:include>'),),
            ("XML2", 0, "include", "wrong_table"),
        ),
    ],
)
def test_a_broken_table_refuses_its_episode_alone_and_says_where(
    entries: tuple[str, ...], expected: tuple[str, int, str, str]
) -> None:
    read = read_file(file_of(hoso(GENERAL, *entries), GOOD), "t.xml")
    assert ("t.xml", *expected) in lines(file_of(hoso(GENERAL, *entries), GOOD))
    assert [e.is_refused for e in read.episodes] == [True, False]


def test_a_record_hidden_inside_a_table_is_no_record() -> None:
    hidden = hoso(GENERAL, entry("XML2", f"<CHITIEU_CHITIET_THUOC>{GOOD}</CHITIEU_CHITIET_THUOC>"))
    assert len(read_file(file_of(hidden), "t.xml").episodes) == 1


def test_a_file_cut_off_keeps_the_episodes_that_were_whole() -> None:
    whole = file_of(hoso(GENERAL), GOOD)
    read = read_file(whole[: whole.rindex(b"<FILEHOSO>")], "t.xml")
    assert [e.is_refused for e in read.episodes] == [False]
    assert [p.code for p in read.problems] == ["xml_syntax"]


def test_the_same_key_twice_with_other_content_is_refused_and_the_first_is_kept() -> None:
    other = hoso(entry("XML1", b64(inner("XML1").replace("<T_VTYT>0<", "<T_VTYT>9<"))))
    assert lines(file_of(hoso(GENERAL), other)) == [("t.xml", "XML1", 1, "MA_LK", "link_code_twice")]


@pytest.mark.parametrize("label", ["utf-8", "utf-16", "windows-1258"])
def test_escaped_text_is_read_whatever_its_declaration_says(label: str) -> None:
    text = f'\ufeff<?xml version="1.0" encoding="{label}"?>{inner("XML1")}'
    for content in (f"<![CDATA[{text}]]>", text.replace("&", "&amp;").replace("<", "&lt;")):
        episode = first(file_of(hoso(entry("XML1", content))))
        assert not episode.is_refused
        assert episode.tables["XML1"][0]["HO_TEN"] == generator.person(1).name


def test_utf16_namespaces_and_rows_without_their_frame_are_read() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + inner("XML1").replace("<TONG_HOP>", '<TONG_HOP xmlns="urn:x">')
    episode = first(file_of(hoso(entry("XML1", b64(text.encode("utf-16"))), entry("XML2", ROW + ROW))))
    assert not episode.is_refused
    assert len(episode.tables["XML2"]) == 2


def test_the_older_names_of_table_13_are_read_as_the_newer() -> None:
    old = (
        "<CHI_TIEU_GIAYCHUYENTUYEN><MA_NOI_DI>00001</MA_NOI_DI><PP_DIEU_TRI>x</PP_DIEU_TRI></CHI_TIEU_GIAYCHUYENTUYEN>"
    )
    row = first(file_of(hoso(GENERAL, entry("XML13", old)))).tables["XML13"][0]
    assert (row["MA_CSKCB_DI"], row["TINH_TRANG_CT"]) == ("00001", "x")


def test_left_out_and_empty_fields_are_the_same_content() -> None:
    empty = first(file_of(hoso(entry("XML1", b64(inner("XML1"))), entry("XML2", ""))))
    left_out = first(file_of(hoso(entry("XML1", b64(inner("XML1").replace("<DU_PHONG/>", ""))))))
    assert empty.content_sha256 == left_out.content_sha256


def test_warnings_do_not_grow_without_limit() -> None:
    odd = inner("XML1").replace("</TONG_HOP>", "".join(f"<LA_{n}>1</LA_{n}>" for n in range(5_000)) + "</TONG_HOP>")
    problems = first(file_of(hoso(entry("XML1", b64(odd))))).problems
    assert len(problems) == WARNINGS_MAX
    assert problems[-1].code == "more_warnings"


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999999", "1_000", "1.000,5", "١٢", "-", " "])
def test_odd_numbers_are_told_and_never_counted(text: str) -> None:
    assert money(text) is None
    tables = generator.episode_tables(1)
    tables["XML2"][0]["SO_LUONG"] = text
    episode = Episode("t", "0", 1, "00001", tables)
    assert interpret(episode) is not None
    assert ("XML2", 1, "not_a_number") in {(p.table, p.row, p.code) for p in episode.problems}


@pytest.mark.parametrize("text", ["000101010000", "999912312359", "٢٠٢٦٠١٠١٠٠٠٠", "202602300000", "202601012400", ""])
def test_times_that_cannot_be_are_no_times(text: str) -> None:
    assert moment(text) is None
    assert birth(text)[0] is None or text == "202601012400"


def test_vital_signs_escaped_twice_are_read_and_printed_in_vietnamese() -> None:
    assert vital_signs("CSST&lt;M75_HL1&gt; tỉnh") == {"pulse": "75", "awareness": "1"}
    tables = generator.episode_tables(1)
    episode = Episode("t", "0", 1, "00001", tables)
    said = interpret(episode)
    assert said is not None
    assert "Mạch" in document.content_of(episode, said)["progress"][0]["text"]


def changed(number: int, **fields: str) -> Tables:
    tables = copy.deepcopy(generator.episode_tables(number))
    tables["XML1"][0].update(fields)
    return tables


def take(*files: Tables) -> services.ImportRun:
    named = [(f"{n}.xml", generator.envelope([f])) for n, f in enumerate(files)]
    return services.import_data(named, source="x", actor=IMPORTER)


@pytest.mark.django_db
class TestTaking:
    def test_values_longer_than_the_database_refuse_one_episode_not_all(self, cast: Cast) -> None:
        files = [
            changed(1, MA_CSKCB="0000123"),
            changed(2, MA_BN="B" * 300, DIEN_THOAI="0900000001;0900000002", MA_THE_BHYT="x" * 200, MA_DANTOC="123456"),
            changed(3),
        ]
        run = services.import_data([("t.xml", generator.envelope(files))], source="x", actor=IMPORTER)
        assert (run.created, run.refused) == (2, 1)
        assert ImportProblem.objects.get(run=run, severity="refused").code == "bad_facility"
        assert Patient.objects.filter(phone="0900000001").exists()

    def test_an_episode_that_cannot_be_stored_costs_no_other(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = importing.import_batch

        def failing(arrived: list[importing.Arrived], **more: str) -> list[importing.TakenOver]:
            taken = whole(arrived, **more)
            if any(a.link_code.endswith("2") for a in arrived):
                raise ValueError("cannot be stored")
            return taken

        monkeypatch.setattr(importing, "import_batch", failing)
        data = generator.envelope([generator.episode_tables(n) for n in (1, 2, 3)])
        run = services.import_data([("t.xml", data)], source="x", actor=IMPORTER)
        assert (run.created, run.refused, run.done) == (2, 1, 3)
        assert MedicalRecord.objects.filter(medium="imported").count() == 2
        assert not Encounter.objects.filter(link_code__endswith="2").exists()
        assert ImportProblem.objects.get(run=run, severity="refused").code == "not_stored"

    def test_old_and_corrected_files_side_by_side_do_not_take_turns(self, cast: Cast) -> None:
        files = (changed(1), changed(1, CHAN_DOAN_RV="Sửa lại"))
        assert take(*files).updated == 1
        again = take(*files)
        assert (again.updated, again.unchanged) == (0, 2)
        assert DocumentVersion.objects.filter(document__source="bhyt").count() == 2

    def test_a_check_in_never_replaces_the_full_episode(self, cast: Cast) -> None:
        general = generator.episode_tables(1)["XML1"][0]
        row = {
            k: v for k, v in general.items() if k in ("MA_LK", "HO_TEN", "NGAY_SINH", "NGAY_VAO", "MA_CSKCB", "MA_BN")
        }
        check_in = generator.table_xml("XML0", [row]).encode()
        assert take(changed(1)).created == 1
        late = services.import_data([("c.xml", check_in)], source="x", actor=IMPORTER)
        assert (late.created, late.updated, late.unchanged) == (0, 0, 1)

    def test_a_check_in_is_followed_by_the_full_episode_once(self, cast: Cast) -> None:
        general = generator.episode_tables(1)["XML1"][0]
        row = {
            k: v for k, v in general.items() if k in ("MA_LK", "HO_TEN", "NGAY_SINH", "NGAY_VAO", "MA_CSKCB", "MA_BN")
        }
        files = [("c.xml", generator.table_xml("XML0", [row]).encode()), ("f.xml", generator.envelope([changed(1)]))]
        run = services.import_data(files, source="x", actor=IMPORTER)
        assert (run.created, run.updated) == (1, 1)
        again = services.import_data(files, source="x", actor=IMPORTER)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 2)

    def test_a_patient_code_used_for_somebody_else_is_refused(self, cast: Cast) -> None:
        code = generator.episode_tables(1)["XML1"][0]["MA_BN"]
        run = take(changed(1), changed(2, MA_BN=code, HO_TEN="Người Khác Hẳn", NGAY_SINH="193003030000"))
        assert (run.created, run.refused) == (1, 1)
        assert ImportProblem.objects.get(run=run, severity="refused").code == "other_person"
        assert Encounter.objects.filter(source="bhyt").count() == 1

    def test_a_known_episode_does_not_change_its_person(self, cast: Cast) -> None:
        run = take(changed(1), changed(1, HO_TEN="Người Khác Hẳn", NGAY_SINH="193003030000"))
        assert (run.created, run.updated, run.refused) == (1, 0, 1)

    def test_two_people_pressing_the_same_step_import_once(self, cast: Cast) -> None:
        data = generator.envelope([generator.episode_tables(n) for n in range(3)])
        run = services.begin_upload(data, "t.xml", actor=cast.planning)
        stale = services.ImportRun.objects.get(pk=run.pk)
        services.step(run, actor=cast.planning)
        seen = services.step(stale, actor=cast.planning)
        assert (seen.done, seen.created, seen.unchanged) == (3, 3, 0)

    def test_only_some_may_import(self, cast: Cast) -> None:
        for verb in (
            lambda: services.import_data([], source="x", actor=cast.nurse),
            lambda: services.import_files([], actor=cast.nurse),
            lambda: services.begin_upload(b"<a/>", "x", actor=cast.nurse),
        ):
            with pytest.raises(SaysNo):
                verb()

    def test_files_below_a_folder_are_named_by_their_way(self, cast: Cast, tmp_path: Path) -> None:
        for place in ("01", "02"):
            (tmp_path / place).mkdir()
            (tmp_path / place / "a.XML").write_bytes(b"<KHAC/>")
        run = services.import_files([tmp_path, tmp_path / "thieu.xml"], actor=IMPORTER)
        told = set(ImportProblem.objects.filter(run=run).values_list("file", "code"))
        assert told == {("01/a.XML", "unknown_root"), ("02/a.XML", "unknown_root"), ("thieu.xml", "unreadable")}
