"""The province view: what is signed and new is taken, everything else is refused with a reason and kept."""

from __future__ import annotations

import base64
import copy
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, reverse, set_urlconf
from openpyxl import load_workbook

from benhan.access import gate
from benhan.access import services as access
from benhan.access.actors import Actor, actor_for
from benhan.access.models import Account
from benhan.access.web import assert_every_route_declared, routes
from benhan.audit.models import AuditEvent
from benhan.facility import services as places
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import Invalid, Refused
from benhan.law.rollout import DEADLINE, criteria, points
from benhan.proof import authority as ca
from benhan.rollout import status_report
from benhan.rollout.authority import committee, queries, services, sheet
from benhan.rollout.authority.models import DayTotal, Place, Refusal, Report, Standing
from benhan.rollout.authority.views_public import POSTS_MAX
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
WORDS = "Sở Y tế Thử"


@pytest.fixture
def department(db: None, settings: Any, data_directory: Any) -> Iterator[Actor]:
    """A health department with one officer."""
    settings.ROOT_URLCONF = "benhan.site.urls_authority"
    clear_url_caches()
    set_urlconf(None)
    places.set_up(name=WORDS, code="00000", governing_body="UBND tỉnh Thử")
    office = places.add_department(code="SYT", name="Phòng Nghiệp vụ", kind="office")
    person = places.add_staff(full_name="Cao Thị Sở", job_title="CV.", position="officer", department=office)
    account = access.add_account(username="canbo", password=PASSWORD, staff=person, must_change_password=False)
    access.assign_role(account, "authority")
    access.assign_role(account, "administrator")
    yield actor_for(Account.objects.get(pk=account.pk))
    clear_url_caches()


class Seal:
    """A facility's seal, made outside of the department."""

    def __init__(self, name: str = "Phòng khám Thử") -> None:
        at = clock.now() - timedelta(days=200)  # in force on every day the tests tell of
        self.pair = ca.issue(ca.create_root(name, at=at), common_name=name, organisation=name, at=at, years=10)
        self.fingerprint = status_report.fingerprint(self.pair.x509)
        self.pem = self.pair.x509.public_bytes(Encoding.PEM).decode()

    def quick(self, report: dict[str, Any]) -> bytes:
        """The envelope as `status_report.sign` makes it, without asking the schema first: for many, and for wrong ones."""
        assert isinstance(self.pair.key, ec.EllipticCurvePrivateKey)
        signature = self.pair.key.sign(canonical(report), ec.ECDSA(hashes.SHA256()))
        told = {
            "format": status_report.FORMAT,
            "report": report,
            "certificate": self.pem,
            "signature": base64.b64encode(signature).decode(),
        }
        return json.dumps(told, ensure_ascii=False).encode()


def said(code: str = "84001", serial: int = 1, met: int = 3, at: Any = None, **more: Any) -> dict[str, Any]:
    """A report of a facility."""
    made = (at or clock.now()).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "facility": {"code": code, "gln": "", "name": "Phòng khám Thử", "kind": "clinic", "beds": 0},
        "made_at": made,
        "serial": serial,
        "software": {"name": "benhan", "version": "0.1.0"},
        "points": [{"code": p.code, "result": "pass" if n < met else "fail"} for n, p in enumerate(points())],
        "checks": {"backup_recent": "pass" if met > 5 else "fail", "tls": "pass"},
        "departments": [{"code": "K01", "phase": "electronic" if met == 9 else "paper"}],
        "counts": dict.fromkeys(status_report.COUNTS, 5),
        "plan": {"due": "2026-12-31", "total": 20, "done": 5, "late": 0},
        "gaps": ["backup"] if met < 6 else [],
        "announced_on": None,
        **more,
    }


def enrolled(actor: Actor, seal: Seal, code: str = "84001") -> Place:
    place, _ = services.add_place({"code": code, "name": f"Phòng khám {code}", "kind": "clinic"}, actor=actor)
    services.enrol(place, seal.fingerprint, actor=actor)
    return Place.objects.get(pk=place.pk)


@pytest.fixture(scope="module")
def seal() -> Seal:
    return Seal()


def test_what_is_signed_and_new_is_taken(department: Actor, seal: Seal) -> None:
    place = enrolled(department, seal)
    data = status_report.sign(said(), seal.pair)
    taken = services.take(data, origin="https", source="10.0.0.1")
    assert (taken.place, taken.stage, taken.points_met) == (place, "started", 3)
    standing = Standing.objects.get(place=place)
    assert standing.results["1.1"] == "pass"
    assert standing.blocks == ["backup"]  # the failing check says the same as the gap: once is enough
    assert DayTotal.objects.get().started == 1
    assert AuditEvent.objects.filter(action="authority.report.take", outcome="ok").exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.update(points_met=9)


def wrong(kind: str, seal: Seal) -> bytes:
    """A report that must not be taken."""
    report = said()
    if kind == "wrong_signature":
        told = json.loads(seal.quick(report))
        told["report"]["counts"]["records_paper"] = 0
        return json.dumps(told).encode()
    if kind == "other_seal":
        return Seal().quick(report)
    if kind == "unknown_place":
        return seal.quick(said(code="99999"))
    if kind == "future":
        return seal.quick(said(at=clock.now() + timedelta(hours=2)))
    if kind == "too_big":
        return b'{"x": "' + b"a" * status_report.BYTES_MAX + b'"}'
    if kind == "not_json":
        return b"\xff\xfe{"
    if kind == "not_a_report":
        return b'{"format": "benhan-status/1", "report": 1}'
    if kind == "patient_data":
        return seal.quick({**report, "facility": {**report["facility"], "name": "BN 079160000001 Nguyễn"}})
    changed: dict[str, Any] = copy.deepcopy(report)
    spoil = {
        "extra": lambda r: r.update(patients=[{"name": "Nguyễn Thị Đào"}]),
        "inner": lambda r: r["counts"].update(name="Nguyễn Thị Đào"),
        "text": lambda r: r["counts"].update(records_open="năm"),
        "code": lambda r: r["checks"].update({"Nguyễn Thị Đào": "fail"}),
        "gap": lambda r: r["gaps"].append("patient-12"),
        "points": lambda r: r["points"].reverse(),
        "negative": lambda r: r["counts"].update(records_open=-1),
        "day": lambda r: r["plan"].update(due="2026-02-31"),
    }
    spoil[kind](changed)
    return seal.quick(changed)


SCHEMA = ("extra", "inner", "text", "code", "gap", "points", "negative", "day")
OTHERS = (
    "wrong_signature",
    "other_seal",
    "unknown_place",
    "future",
    "too_big",
    "not_json",
    "not_a_report",
    "patient_data",
)


@pytest.mark.parametrize("kind", [*OTHERS, *SCHEMA])
def test_what_is_wrong_is_refused_with_its_reason_and_kept(department: Actor, seal: Seal, kind: str) -> None:
    enrolled(department, seal)
    with pytest.raises(Refused) as refused:
        services.take(wrong(kind, seal), origin="https", source="10.0.0.1")
    assert refused.value.code == ("report_schema" if kind in SCHEMA else kind)
    kept = Refusal.objects.get()
    assert (kept.code, kept.source) == (refused.value.code, "10.0.0.1")
    assert kept.sha256
    assert not Report.objects.exists()
    assert AuditEvent.objects.filter(action="authority.report.take", outcome="refused").exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Refusal.objects.all().delete()


def test_the_same_report_and_an_older_one_are_not_taken_twice(department: Actor, seal: Seal) -> None:
    enrolled(department, seal)
    data = seal.quick(said(serial=5))
    services.take(data, origin="https", source="x")
    for again, code in (
        (data, "replayed"),
        (seal.quick(said(serial=4)), "replayed"),
        (seal.quick(said(serial=6, at=clock.now() - timedelta(days=3))), "older"),
    ):
        with pytest.raises(Refused) as refused:
            services.take(again, origin="https", source="x")
        assert refused.value.code == code
    assert Report.objects.count() == 1


def test_a_seal_counts_only_after_an_officer_compared_it(department: Actor, seal: Seal) -> None:
    place, _ = services.add_place({"code": "84001", "name": "Phòng khám", "kind": "clinic"}, actor=department)
    with pytest.raises(Refused) as refused:
        services.take(seal.quick(said()), origin="https", source="x")
    assert refused.value.code == "not_enrolled"
    assert queries.waiting() == [place]
    with pytest.raises(Invalid):
        services.enrol(place, "abc", actor=department)
    taken = services.enrol(place, seal.fingerprint.upper(), actor=department)
    assert taken is not None
    assert taken.serial == 1
    assert queries.waiting() == []


def test_the_door_for_programs_answers_with_codes(department: Actor, seal: Seal) -> None:
    enrolled(department, seal)
    client = Client(enforce_csrf_checks=True)
    address = reverse("authority:receive")
    good = client.post(address, seal.quick(said()), content_type="application/json")
    assert (good.status_code, good.json()["accepted"]) == (201, True)
    again = client.post(address, seal.quick(said()), content_type="application/json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "replayed")
    assert client.get(address).status_code == 405
    big = client.post(address, b"x" * (status_report.BYTES_MAX + 1), content_type="application/json")
    assert (big.status_code, big.json()["error"]["code"]) == (413, "too_big")
    announced = client.generic(
        "POST", address, b"", content_type="application/json", CONTENT_LENGTH=str(50 * 1024 * 1024)
    )
    assert announced.status_code == 413
    assert Refusal.objects.filter(code="too_big", size=50 * 1024 * 1024).exists()


def test_who_knocks_too_often_waits(department: Actor) -> None:
    client = Client(REMOTE_ADDR="10.9.9.9")
    for _ in range(POSTS_MAX):
        assert client.post(reverse("authority:receive"), b"{", content_type="application/json").status_code == 422
    assert client.post(reverse("authority:receive"), b"{", content_type="application/json").status_code == 429


def test_an_address_that_sends_rubbish_all_day_does_not_fill_the_disk(
    department: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benhan.records import queries as records

    monkeypatch.setattr(services, "FILES_A_DAY_MAX", 3)
    for n in range(5):
        with pytest.raises(Refused):
            services.take(b'{"n": %d}' % n, origin="https", source="10.6.6.6")
    kept = list(Refusal.objects.order_by("pk"))
    assert [records.files().has(r.sha256) for r in kept] == [True, True, True, False, False]
    assert all(r.sha256 for r in kept)


@pytest.mark.sqlite_only
def test_five_hundred_facilities_report_for_ninety_days(department: Actor, django_assert_max_num_queries: Any) -> None:
    """45,000 signed reports, each judged like any other, into one department; the board stays one page of few questions."""
    seals = [Seal(f"Con dấu {n}") for n in range(10)]
    facilities = [f"{n:05d}" for n in range(1, 501)]
    first = clock.now() - timedelta(days=90)
    with clock.held_at(first):
        for n, code in enumerate(facilities):
            typed = {
                "code": code,
                "name": f"Cơ sở {code}",
                "kind": "clinic",
                "commune": f"Xã {n % 40}",
                "latitude": f"{10 + n % 25 / 50}",
                "longitude": f"{105 + n // 25 / 50}",
            }
            place, _ = services.add_place(typed, actor=department)
            Place.objects.filter(pk=place.pk).update(seal=seals[n % 10].fingerprint)
    for day in range(90):
        with clock.held_at(first + timedelta(days=day)):
            files = []
            for n, code in enumerate(facilities):
                met = min(9, day * 9 // (45 + n % 90))
                announced = "2026-12-01" if met == 9 and n % 2 else None
                files.append((code, seals[n % 10].quick(said(code, serial=day + 1, met=met, announced_on=announced))))
            outcomes = services.take_many(files, by="thử")
            assert not [r for _, r in outcomes if isinstance(r, Refused)]
    assert Report.objects.count() == 45_000
    days = queries.trend()
    assert [d.reports for d in days] == [500] * 90
    assert days[0].started == 500
    assert days[-1].ready + days[-1].announced > 100
    client = Client()
    client.force_login(Account.objects.get(username="canbo"))
    with django_assert_max_num_queries(20):
        page = client.get(reverse("authority:board"))
    assert page.status_code == 200
    with django_assert_max_num_queries(20):
        assert client.get(reverse("authority:map")).content.decode().count("<polygon") >= 400
    totals = queries.totals(queries.board())
    assert sum(totals.values()) == 500
    last = DayTotal.objects.order_by("-day")[0]
    assert {s: getattr(last, s) for s in totals} == totals
    replay = services.take_many([("x", files[0][1])], by="thử")[0][1]
    assert isinstance(replay, Refused)
    assert replay.code == "replayed"


def test_the_projections_follow_from_the_reports(department: Actor, seal: Seal) -> None:
    """What the board shows is what the last report of each place says."""
    for n in range(4):
        place = enrolled(department, seal, f"8400{n}")
        for serial in range(1, 4):
            services.take(seal.quick(said(place.code, serial, met=n * 3)), origin="file", source="x")
    for row in queries.board():
        last = Report.objects.filter(place=row.place).order_by("-serial")[0]
        assert row.standing.stage == last.stage
        assert row.standing.points_met == last.points_met
        assert dict(row.results) == {p["code"]: p["result"] for p in last.content["points"]}


def test_an_announcement_without_the_nine_points_is_none(department: Actor, seal: Seal) -> None:
    place = enrolled(department, seal)
    services.take(seal.quick(said(met=8, announced_on="2026-11-01")), origin="file", source="x")
    assert Standing.objects.get(place=place).stage == "advancing"
    services.take(seal.quick(said(serial=2, met=9, announced_on="2026-11-01")), origin="file", source="x")
    assert Standing.objects.get(place=place).stage == "announced"


def _filled(**changes: Any) -> bytes:
    book = load_workbook(io.BytesIO(sheet.template(list(Place.objects.all()))))
    page = book[sheet.TITLE]
    names = sheet.columns()
    given = (
        {f"Điểm {p.code}": "đạt" for p in points()}
        | {"Khoa điện tử": 2, "Hồ sơ đang mở": 12, "Tổng số việc": 5}
        | changes
    )
    for name, value in given.items():
        page.cell(row=2, column=names.index(name) + 1, value=value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _upload(client: Client, data: bytes) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client.post(reverse("authority:sheet"), {"sheet": SimpleUploadedFile("x.xlsx", data)})
    return answer.content.decode()


@pytest.fixture
def officer(department: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username="canbo"))
    return client


def test_a_facility_without_the_program_reports_by_sheet(department: Actor, officer: Client) -> None:
    services.add_place(
        {"code": "84777", "name": "Phòng khám Giấy", "kind": "clinic", "uses_benhan": "0"}, actor=department
    )
    assert "84777" in str(
        list(load_workbook(io.BytesIO(officer.get(reverse("authority:template")).content))[sheet.TITLE].values)
    )
    assert "đã nhận" in _upload(officer, _filled(**{"Hạn của kế hoạch (ngày)": "31/12/2026"}))
    taken = Report.objects.get()
    assert (taken.origin, taken.points_met, taken.stage) == ("sheet", 9, "ready")
    assert taken.content["plan"]["due"] == "2026-12-31"
    assert "đã nhận" in _upload(officer, _filled())
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Điểm 1.1": "tốt"}, "value"),
        ({"Hồ sơ đang mở": "=1+1"}, "formula"),
        ({"Hồ sơ đang mở": "nhiều"}, "value"),
        ({"Hồ sơ đang mở": 1.5}, "value"),
        ({"Hạn của kế hoạch (ngày)": "cuối năm"}, "value"),
        ({"Mã cơ sở (5 ký tự)": "ZZZZZ"}, "unknown_place"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(
    department: Actor, officer: Client, changes: dict[str, Any], code: str
) -> None:
    services.add_place(
        {"code": "84777", "name": "Phòng khám Giấy", "kind": "clinic", "uses_benhan": "0"}, actor=department
    )
    page = _upload(officer, _filled(**changes))
    assert "từ chối" in page
    assert not Report.objects.exists()
    kept = Refusal.objects.get()
    assert kept.code == "value" if code in ("value", "formula") else kept.code == code
    assert code == "unknown_place" or "Dòng 2" in kept.message


def test_shifted_columns_and_strange_files_are_refused_whole(department: Actor, officer: Client) -> None:
    services.add_place(
        {"code": "84777", "name": "Phòng khám Giấy", "kind": "clinic", "uses_benhan": "0"}, actor=department
    )
    book = load_workbook(io.BytesIO(_filled()))
    book[sheet.TITLE].insert_cols(3)
    out = io.BytesIO()
    book.save(out)
    assert "Cột C phải là" in _upload(officer, out.getvalue())
    assert "Không phải tệp Excel" in _upload(officer, b"PK\x03\x04 nothing")
    assert "Không phải tệp Excel" in _upload(officer, b"")
    empty = io.BytesIO()
    other = load_workbook(io.BytesIO(_filled()))
    other[sheet.TITLE].title = "Khac"
    other.save(empty)
    assert "Thiếu trang tính" in _upload(officer, empty.getvalue())
    assert {r.code for r in Refusal.objects.all()} == {"shifted_columns", "not_a_sheet"}
    assert not Report.objects.exists()


def test_a_facility_without_the_program_reports_by_its_link(department: Actor) -> None:
    place, token = services.add_place({"code": "84777", "name": "Phòng khám Giấy", "kind": "clinic"}, actor=department)
    client = Client()
    address = reverse("authority:form", kwargs={"token": token})
    assert place.name in client.get(address).content.decode()
    typed = {f"point-{p.code}": "pass" for p in points()} | {
        "electronic": "1",
        "records_open": "7",
        "by": "BS. Lê Văn Báo, phụ trách",
    }
    assert client.post(address, {**typed, "point-1.1": "tốt"}).status_code == 422
    assert client.post(address, {**typed, "by": ""}).status_code == 422
    assert client.post(address, {**typed, "records_open": "nhiều"}).status_code == 422
    assert "Sở đã nhận" in client.post(address, typed).content.decode()
    assert Report.objects.get().origin == "form"
    assert client.get(reverse("authority:form", kwargs={"token": "x" * 32})).status_code == 404
    services.new_link(place, actor=department)
    assert client.get(address).status_code == 404


def test_reminders_say_why_and_are_kept(department: Actor, seal: Seal, officer: Client) -> None:
    silent, _ = services.add_place({"code": "84009", "name": "Phòng khám Im", "kind": "clinic"}, actor=department)
    late = enrolled(department, seal)
    services.take(seal.quick(said(plan={"due": None, "total": 9, "done": 1, "late": 4})), origin="file", source="x")
    due = {d.row.place.code: d for d in queries.due(queries.board())}
    assert due["84009"].reason == "silent"
    assert due["84001"].reason == "late"
    assert "4 việc" in due["84001"].text
    answer = officer.post(
        reverse("authority:remind", kwargs={"place_id": late.pk}), {"reason": "late", "text": due["84001"].text}
    )
    assert answer.status_code == 302
    assert len(queries.reminders_of(late)) == 1
    with clock.held_at(clock.now() + timedelta(days=9)):
        assert {d.row.place.code: d.reason for d in queries.due(queries.board())}["84001"] == "silent"
    assert silent.name in officer.get(reverse("authority:reminders")).content.decode()


def test_the_pages_and_files_of_the_department(department: Actor, seal: Seal, officer: Client) -> None:
    place = enrolled(department, seal)
    services.take(seal.quick(said(met=9)), origin="file", source="x")
    board = officer.get(reverse("authority:board"), {"q": "84001", "sort": "-points"}).content.decode()
    assert place.name in board
    assert officer.get(reverse("authority:board"), {"q": "không có"}).content.decode().count(place.name) == 0
    assert "ghi danh" in officer.get(reverse("authority:place", kwargs={"place_id": place.pk})).content.decode()
    table = load_workbook(io.BytesIO(officer.get(reverse("authority:board_xlsx")).content))
    assert next(table.worksheets[0].iter_rows(min_row=2, values_only=True))[0] == "84001"
    assert officer.get(reverse("authority:committee_docx")).content.startswith(b"PK")
    assert officer.get(reverse("authority:committee_pdf")).content.startswith(b"%PDF")
    assert not committee.paper().dead_acts()
    added = officer.post(
        reverse("authority:add"),
        {"code": "84002", "name": "Trạm y tế", "kind": "commune", "uses_benhan": "0"},
        follow=True,
    )
    assert "/report/" in added.content.decode()
    assert (
        officer.post(reverse("authority:add"), {"code": "84002", "name": "", "kind": "x", "latitude": "99"}).status_code
        == 422
    )
    enrol = reverse("authority:enrol", kwargs={"place_id": place.pk})
    assert officer.post(enrol, {"seal": "x"}).status_code == 422
    assert officer.get("/").status_code == 302


def test_routes_of_the_department_are_guarded(department: Actor) -> None:
    assert_every_route_declared()
    place, _ = services.add_place({"code": "84009", "name": "Phòng khám", "kind": "clinic"}, actor=department)
    nobody, client = Client(), Client()
    office = places.add_department(code="X", name="X", kind="office")
    person = places.add_staff(full_name="Người Ngoài", job_title="CN.", position="clerk", department=office)
    account = access.add_account(username="ngoai", password=PASSWORD, staff=person, must_change_password=False)
    access.assign_role(account, "receptionist")
    client.force_login(account)
    for name, pattern, view in routes():
        if not name.startswith("authority:") or hasattr(view, "benhan_public"):
            continue
        address = reverse(name, kwargs={"place_id": place.pk} if "place_id" in pattern else {})
        method = view.benhan_methods[0].lower()
        assert getattr(nobody, method)(address).status_code == 302, name
        assert getattr(client, method)(address).status_code == 403, name
    assert not gate.allowed(actor_for(account), "authority.board.read")


def test_the_first_run_of_a_department(db: None, settings: Any, data_directory: Any) -> None:
    settings.ROOT_URLCONF = "benhan.site.urls_authority"
    clear_url_caches()
    client = Client()
    assert client.get("/")["Location"] == "/setup"
    typed = {"name": WORDS, "full_name": "Cao Thị Sở", "username": "canbo", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/setup", {**typed, "again": "khác"}).status_code == 422
    assert client.post("/setup", {**typed, "password": "ngan", "again": "ngan"}).status_code == 422
    assert client.post("/setup", typed).status_code == 302
    client.post("/login", {"username": "canbo", "password": PASSWORD})
    assert client.get("/", follow=True).status_code == 200
    assert "Chưa có cơ sở nào" in client.get("/board/").content.decode()
    assert client.get("/admin/staff").status_code == 200
    assert client.get("/patients/").status_code == 404
    clear_url_caches()


def test_the_board_asks_the_same_for_few_and_many(department: Actor, officer: Client) -> None:
    def asked() -> int:
        officer.get(reverse("authority:board"))
        with CaptureQueriesContext(connection) as found:
            officer.get(reverse("authority:board"))
        return len(found)

    services.add_place({"code": "84100", "name": "Một", "kind": "clinic"}, actor=department)
    few = asked()
    for n in range(30):
        services.add_place({"code": f"85{n:03d}", "name": f"Cơ sở {n}", "kind": "clinic"}, actor=department)
    assert asked() == few


def test_each_kind_of_house_offers_its_own_roles(settings: Any) -> None:
    from benhan.site.views_admin import roles_offered

    assert "authority" not in roles_offered()
    settings.BENHAN_AUTHORITY = True
    assert roles_offered().keys() == {"administrator", "authority"}


def test_the_deadline_and_the_weights_are_the_laws() -> None:
    assert date(2026, 12, 31) == DEADLINE
    assert criteria()["backup_recent"].weight >= 4
