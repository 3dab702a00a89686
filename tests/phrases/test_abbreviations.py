"""The facility's list of abbreviations: worked on, brought in by files, published; what is in force where."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from benhan.audit.models import AuditEvent
from benhan.kernel.errors import Conflict, Invalid, Refused
from benhan.law import wording
from benhan.phrases import abbreviations, queries
from benhan.phrases.models import Abbreviation, AbbreviationEdition
from benhan.phrases.tables import read_table, written
from tests.people import Cast

pytestmark = pytest.mark.django_db
HEAD = "viet_tat,viet_day_du,ma_khoa\n"


def put(cast: Cast, short: str, full: str, place: str = "") -> Abbreviation:
    where = cast.departments[place] if place else None
    return abbreviations.put(abbreviation=short, expansion=full, department=where, actor=cast.planning)


def bring(cast: Cast, text: str | bytes) -> abbreviations.Brought:
    return abbreviations.import_csv(text if isinstance(text, bytes) else text.encode(), actor=cast.planning)


def faults_of(cast: Cast, text: str | bytes) -> list[str]:
    with pytest.raises(Invalid) as no:
        bring(cast, text)
    assert not Abbreviation.objects.exists(), "all of it or nothing"
    return [e.message for e in no.value.errors]


def log_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def test_the_proposal_holds_what_every_ward_writes_and_says_how_sure_it_is() -> None:
    lines = wording.proposal()
    known = {p.abbreviation: p.expansion for p in lines}
    assert len(known) == len(lines) >= 60
    assert known["BN"] == "bệnh nhân"
    assert known["CTSN"] == "chấn thương sọ não", "an expansion, not a word to search codes by"
    assert {p.certainty for p in lines} == {"likely", "unsure"}
    assert all(p.note for p in lines if p.certainty == "unsure")
    assert not known.keys() & wording.capitals()
    assert [e for p in lines for e in abbreviations.faults(p.abbreviation, p.expansion)] == []


def test_before_anything_is_published_the_proposal_says_what_is_meant(cast: Cast) -> None:
    put(cast, "ZZ", "chưa ban hành")
    assert queries.expansions("K03")["BN"] == "bệnh nhân"
    assert "ZZ" not in queries.expansions("K03")


def test_only_what_is_published_is_in_force_and_a_departments_meaning_comes_first(cast: Cast) -> None:
    put(cast, "TC", "tiểu cầu")
    put(cast, "TC", "tử cung", "other")
    first = abbreviations.publish(actor=cast.planning)
    assert queries.expansions("K03") == {"TC": "tiểu cầu"}
    assert queries.expansions("K19") == {"TC": "tử cung"}
    line = put(cast, "BN", "bệnh nhân")
    assert "BN" not in queries.expansions("K03")
    second = abbreviations.publish(actor=cast.administrator)
    assert queries.expansions("K03")["BN"] == "bệnh nhân"
    abbreviations.drop(line, actor=cast.planning)
    assert queries.expansions("K03")["BN"] == "bệnh nhân"
    assert [e.number for e in queries.editions()] == [second.number, first.number] == [2, 1]
    assert queries.edition(1).entries == [["TC", "tiểu cầu", ""], ["TC", "tử cung", "K19"]]


def test_a_list_without_change_or_without_lines_is_not_published(cast: Cast) -> None:
    with pytest.raises(Invalid):
        abbreviations.publish(actor=cast.planning)
    put(cast, "BN", "bệnh nhân")
    abbreviations.publish(actor=cast.planning)
    with pytest.raises(Conflict):
        abbreviations.publish(actor=cast.planning)
    assert AbbreviationEdition.objects.count() == 1


def test_who_treats_patients_does_not_keep_the_list(cast: Cast) -> None:
    for actor in (cast.doctor, cast.head, cast.clerk):
        with pytest.raises(Refused):
            abbreviations.put(abbreviation="BN", expansion="bệnh nhân", department=None, actor=actor)
        with pytest.raises(Refused):
            abbreviations.publish(actor=actor)


@pytest.mark.parametrize(
    ("short", "full", "field"),
    [
        ("B", "bệnh", "abbreviation"),
        ("", "bệnh", "abbreviation"),
        ("hai từ", "x y", "abbreviation"),
        ("=A1", "công thức", "abbreviation"),
        ("x" * 21, "dài", "abbreviation"),
        ("BN", "", "expansion"),
        ("BN", "=cmd|' /C calc'!A0", "expansion"),
        ("BN", "BN", "expansion"),
        ("BN", "x" * 201, "expansion"),
    ],
)
def test_what_cannot_be_a_line_is_told_at_its_field(cast: Cast, short: str, full: str, field: str) -> None:
    with pytest.raises(Invalid) as no:
        put(cast, short, full)
    assert {e.path for e in no.value.errors} == {field}


def test_the_same_letters_twice_are_refused_in_one_place_only(cast: Cast) -> None:
    line = put(cast, "BN", "bệnh nhân")
    with pytest.raises(Invalid):
        put(cast, "BN", "bệnh nặng")
    put(cast, "BN", "bỏng nặng", "other")
    abbreviations.put(abbreviation="BN", expansion="người bệnh", department=None, actor=cast.planning, line=line)
    assert Abbreviation.objects.get(pk=line.pk).expansion == "người bệnh"


def test_a_file_comes_back_as_it_went_out(cast: Cast) -> None:
    put(cast, "TC", 'tiểu cầu, "platelet"')
    put(cast, "TC", "tử cung", "other")
    entries = queries.entries_of(queries.working_list())
    data = written(entries)
    Abbreviation.objects.all().delete()
    assert bring(cast, data) == abbreviations.Brought(2, 0)
    assert queries.entries_of(queries.working_list()) == entries
    assert bring(cast, data) == abbreviations.Brought(0, 0)


def test_a_file_changes_what_stands_and_adds_the_rest(cast: Cast) -> None:
    put(cast, "BN", "bệnh nhân")
    assert bring(cast, HEAD + "BN,người bệnh,\nHA,huyết áp,K03\n") == abbreviations.Brought(1, 1)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_and_other_heads_are_understood(mark: str) -> None:
    text = f"Chữ viết tắt{mark}Nghĩa\r\nBN{mark}bệnh  nhân\r\n\r\n"
    assert [(x.number, x.abbreviation, x.expansion) for x in read_table(text.encode("utf-8-sig"))] == [
        (2, "BN", "bệnh nhân")
    ]


def test_every_faulty_line_is_told_by_its_number(cast: Cast) -> None:
    text = HEAD + "BN,bệnh nhân,\nHA,,\nB,bệnh,\n\nBN,bệnh nặng,\nTC,tử cung,K99\n"
    told = faults_of(cast, text)
    assert told == [
        "dòng 3: Chưa có phần viết đầy đủ",
        "dòng 4: Chữ viết tắt “B” phải là một từ từ 2 ký tự, bắt đầu bằng chữ hoặc số",
        "dòng 6: “BN” đã có ở dòng 2",
        "dòng 7: không có khoa mang mã “K99”",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "có nội dung"),
        (b"  \n", "có nội dung"),
        (HEAD.encode(), "chỉ có dòng tên cột"),
        (b"a,b\nBN,x\n", "dòng 1: phải là tên cột"),
        (HEAD.encode() + "BN,bệnh".encode("utf-16"), "UTF-8"),
        (HEAD.encode() + b'BN,"b\n', "dấu ngoặc kép"),
        (b"x" * 600_000, "lớn quá 512 KB"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_none_is_told(cast: Cast, data: bytes, said: str) -> None:
    assert said in " ".join(faults_of(cast, data))


def test_a_very_long_list_is_refused_whole(cast: Cast) -> None:
    text = HEAD + "".join(f"A{n},nghĩa {n},\n" for n in range(abbreviations.LINES_MAX + 1))
    assert "không quá" in faults_of(cast, text)[0]


def test_the_pages_of_the_list(cast: Cast) -> None:
    client = log_in(cast, "planning")
    page = client.get(reverse("phrases:abbreviations")).content.decode()
    assert "chưa ban hành" in page
    assert client.post(reverse("phrases:propose")).status_code == 302
    assert Abbreviation.objects.count() == len(wording.proposal())
    file = SimpleUploadedFile("a.csv", (HEAD + "HA,,\n").encode())
    bad = client.post(reverse("phrases:upload"), {"file": file})
    assert bad.status_code == 422
    assert "dòng 2: Chưa có phần viết đầy đủ" in bad.content.decode()
    typed = {"abbreviation": "ZQ", "expansion": "", "department": "K03"}
    bad = client.post(reverse("phrases:abbreviation_add"), typed)
    assert (bad.status_code, 'value="ZQ"' in bad.content.decode()) == (422, True)
    assert client.post(reverse("phrases:abbreviation_add"), typed | {"expansion": "thử"}).status_code == 302
    line = Abbreviation.objects.get(abbreviation="ZQ")
    change = reverse("phrases:abbreviation", args=[line.pk])
    assert client.post(change, {"abbreviation": "ZQ", "expansion": "thử hai", "department": ""}).status_code == 302
    assert client.post(reverse("phrases:publish")).status_code == 302
    assert "Đang dùng danh mục số 1" in client.get(reverse("phrases:abbreviations")).content.decode()
    assert client.post(reverse("phrases:drop", args=[line.pk])).status_code == 302
    csv = client.get(reverse("phrases:edition_csv", kwargs={"number": 1}))
    assert "ZQ,thử hai," in csv.content.decode("utf-8-sig")
    assert "ZQ" not in client.get(reverse("phrases:working_csv")).content.decode("utf-8-sig")
    assert client.get(reverse("phrases:edition_csv", kwargs={"number": 10**30})).status_code == 404
    reader = log_in(cast, "nurse")
    assert "thử hai" in reader.get(reverse("phrases:abbreviations"), {"q": "thu hai"}).content.decode()
    assert reader.post(reverse("phrases:publish")).status_code == 403


def test_every_write_is_in_the_log(cast: Cast) -> None:
    abbreviations.take_proposal(actor=cast.planning)
    line = put(cast, "ZZ", "thử")
    bring(cast, HEAD + "ZQ,thử,\n")
    abbreviations.publish(actor=cast.planning)
    abbreviations.drop(line, actor=cast.planning)
    logged = AuditEvent.objects.filter(action__startswith="phrases.abbreviation.").order_by("pk")
    assert [e.action.rsplit(".", 1)[1] for e in logged] == ["propose", "put", "import", "publish", "drop"]
