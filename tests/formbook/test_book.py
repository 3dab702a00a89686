"""The facility's own forms and additions: nothing official is hidden, nothing published changes, nothing written is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from benhan.formbook import preview, published, queries, services
from benhan.formbook.models import OwnForm
from benhan.forms.diff import changes
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused
from benhan.law import registry
from benhan.records import queries as records
from benhan.records import rendering
from benhan.records import services as writing
from tests.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db
WOUND = """code: own_wound
name_vi: Phiếu theo dõi vết thương
name_en: Wound sheet
kind: nursing
used_in: [outpatient, inpatient]
legal_basis: Mẫu của cơ sở
certainty: own
repeats: event
group: nursing
writers: [doctor, nurse]
signatures:
- {id: author, label_vi: Người ghi, role: clinical_staff, order: 1}
sections:
- use: sheet_header
- id: wound
  title_vi: Vết thương
  title_en: Wound
  fields:
  - {id: length, label_vi: Chiều dài, label_en: Length, type: number, unit: cm, minimum: 0, maximum: 100}
  - {id: state, label_vi: Tình trạng, label_en: State, type: choice, choices: yes_no, required: signing}
"""
MORE = """adds_to: free_note
sections:
- section: note
  more_fields:
  - {id: own_pain, label_vi: Đau (0–10), label_en: Pain, type: number, minimum: 0, maximum: 10}
- id: own_house
  title_vi: Mục của cơ sở
  title_en: Ours
  fields:
  - {id: own_tag, label_vi: Nhãn, label_en: Tag, type: text}
"""


@pytest.fixture(autouse=True)
def fresh_book() -> Iterator[None]:
    published.forget()
    registry.add_source(published.definitions)
    yield
    registry.add_source(tuple)
    published.forget()


def publish(cast: Cast, text: str, day: date | None = None, adds_to: str = "") -> OwnForm:
    draft = services.begin(actor=cast.administrator, adds_to=adds_to)
    checked = services.edit(draft, text, actor=cast.administrator)
    assert checked.mistakes == [], checked.mistakes
    made = services.publish(draft, day or clock.today(), actor=cast.administrator)
    published.forget()
    return made


def test_an_own_form_is_written_signed_for_and_printed_like_any_other(cast: Cast) -> None:
    publish(cast, WOUND)
    record = cast.open()
    assert "own_wound" in {f.code for f in registry.forms_for("outpatient", clock.today())}
    version = writing.write(record, "own_wound", {"wound": {"length": 4, "state": "1"}}, actor=cast.doctor)
    pdf = rendering.preview(version.document, version).pdf
    assert pdf.startswith(b"%PDF")


def test_a_document_keeps_the_version_it_was_written_with(cast: Cast) -> None:
    publish(cast, WOUND)
    record = cast.open()
    version = writing.write(record, "own_wound", {"wound": {"length": 4, "state": "1"}}, actor=cast.doctor)
    before = rendering.preview(version.document, version).pdf
    tomorrow = clock.today() + timedelta(days=1)
    without = WOUND.replace(
        "  - {id: length, label_vi: Chiều dài, label_en: Length, type: number, unit: cm, minimum: 0, maximum: 100}\n",
        "",
    )
    publish(cast, without, tomorrow)
    assert [v.valid_from for v in registry.versions("own_wound")] == [clock.today(), tomorrow]
    again = records.current_version(records.document(version.document_id))
    assert rendering.preview(again.document, again).pdf == before, "byte for byte"
    with clock.held_at(clock.now() + timedelta(days=1, hours=1)):
        assert registry.form("own_wound", clock.today()).section("wound").field("length") is None  # type: ignore[union-attr]
        with pytest.raises(Invalid):
            writing.write(record, "own_wound", {"wound": {"length": 4, "state": "1"}}, actor=cast.doctor)
        late = writing.write(
            record,
            "own_wound",
            {"wound": {"length": 4, "state": "1"}},
            actor=cast.doctor,
            clinical_at=version.clinical_at,
        )
        assert late.form_valid_from == version.form_valid_from, "the form of the day of the event"


def test_an_addition_asks_more_and_hides_nothing(cast: Cast) -> None:
    official = registry.form("free_note", clock.today())
    publish(cast, MORE, adds_to="free_note")
    form = registry.form("free_note", clock.today())
    assert (form.origin, form.official_number, form.folder) == ("added", official.official_number, official.folder)
    for section in official.sections:
        here = form.section(section.id)
        assert here is not None
        assert here.fields[: len(section.fields)] == section.fields
    assert [x.kind for x in changes(official, form)] == ["added", "added"]
    content = {"note": {"subject": "Theo dõi", "text": "Ổn", "own_pain": 3}, "own_house": {"own_tag": "A"}}
    version = writing.write(cast.open(), "free_note", content, actor=cast.doctor)
    assert version.form_hash == form.form_hash != official.form_hash
    assert rendering.preview(version.document, version).pdf


def test_additions_go_onto_the_next_official_version_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from benhan.law import own

    publish(cast, MORE, adds_to="free_note")
    (definition,) = published.definitions()
    now = registry.versions("free_note")[0]
    later = replace(now, valid_from=clock.today() + timedelta(days=30), form_hash="f" * 64)
    merged = own.with_own({"free_note": (now, later)}, (definition,), registry.expanded_of)["free_note"]
    assert [(v.valid_from, v.origin) for v in merged] == [
        (now.valid_from, "official"),
        (clock.today(), "added"),
        (later.valid_from, "added"),
    ]
    assert len({v.form_hash for v in merged}) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("adds_to: free_note\nsections: []\n", "sections"),
        ("adds_to: free_note\nsections:\n- {section: note, fields: []}\n", "sections.0"),
        (
            "adds_to: free_note\nsections:\n- section: note\n  more_fields:\n  - {id: text, label_vi: X, type: text}\n",
            "own_",
        ),
        (
            "adds_to: free_note\nsections:\n- section: gone\n  more_fields:\n  - {id: own_x, label_vi: X, type: text}\n",
            "gone",
        ),
        (
            "adds_to: free_note\nsections:\n- {id: mine, title_vi: M, fields: [{id: own_x, label_vi: X, type: text}]}\n",
            "own_",
        ),
        (
            "adds_to: treatment_sheet\nsections:\n- {id: own_m, title_vi: M, fields: [{id: own_x, label_vi: X, type: text}]}\n",
            "adds_to",
        ),
        (
            "adds_to: free_note\nremove: [a]\nsections:\n- {id: own_m, title_vi: M, fields: [{id: own_x, label_vi: X, type: text}]}\n",
            "remove",
        ),
        ("adds_to: [", "YAML"),
    ],
)
def test_an_addition_has_no_words_to_hide_or_change(cast: Cast, text: str, said: str) -> None:
    draft = services.begin(actor=cast.administrator, adds_to="free_note")
    checked = services.edit(draft, text, actor=cast.administrator)
    assert checked.form is None
    assert any(said in str(m) for m in checked.mistakes), checked.mistakes
    with pytest.raises(Invalid):
        services.publish(draft, clock.today(), actor=cast.administrator)
    assert queries.own_form(draft.pk).text == text, "typing is kept, good or not"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("code: own_wound", "code: treatment_sheet"), "own_"),
        (("use: sheet_header", "use: nothing_there"), "nothing_there"),
        (("role: clinical_staff", "role: astronaut"), "astronaut"),
        (("choices: yes_no", "choices: maybe"), "maybe"),
        (("minimum: 0, maximum: 100", "minimum: 9, maximum: 1"), "minimum"),
    ],
)
def test_a_bad_own_form_is_told_with_its_line_and_never_published(
    cast: Cast, change: tuple[str, str], said: str
) -> None:
    draft = services.begin(actor=cast.administrator)
    text = WOUND.replace(*change)
    checked = services.edit(draft, text, actor=cast.administrator)
    assert any(said in m.message for m in checked.mistakes), checked.mistakes
    line = next(n for n, row in enumerate(text.splitlines(), 1) if change[1].split(",")[0] in row)
    assert abs(checked.mistakes[0].line - line) <= 2
    with pytest.raises(Invalid):
        services.publish(draft, clock.today(), actor=cast.administrator)


def test_what_is_published_is_neither_edited_nor_thrown_away_nor_backdated(cast: Cast) -> None:
    made = publish(cast, WOUND)
    for act in (
        lambda: services.edit(made, MORE, actor=cast.administrator),
        lambda: services.discard(made, actor=cast.administrator),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(Conflict):
        services.publish(made, clock.today(), actor=cast.administrator)
    second = services.again(made, actor=cast.administrator)
    for day in (clock.today(), clock.today() - timedelta(days=1)):
        with pytest.raises(Invalid):
            services.publish(second, day, actor=cast.administrator)
    with pytest.raises(NotFound):
        services.begin(actor=cast.administrator, adds_to="own_wound")


def test_who_may_not_manage_does_not(cast: Cast) -> None:
    for actor in (cast.doctor, cast.nurse):
        with pytest.raises(Refused):
            services.begin(actor=actor)


def test_a_definition_that_fits_no_more_takes_no_other_with_it(cast: Cast) -> None:
    made = publish(cast, WOUND)
    OwnForm.objects.filter(pk=made.pk).update(definition='{"code": "own_wound"}')
    published.forget()
    assert registry.versions("own_wound") == ()
    assert registry.form("free_note", clock.today()).origin == "official"


def test_the_pages_show_list_changes_checks_and_previews(cast: Cast, client: Client) -> None:
    client.post("/login", {"username": "administrator", "password": PASSWORD})
    assert "36/BV2" in client.get("/forms/").content.decode()
    assert "Tờ ghi thêm" in client.get("/forms/?q=to ghi them").content.decode()
    begun = client.post("/forms/own", {"adds_to": "free_note"})
    page = client.post(begun["Location"], {"text": MORE})
    assert "Không có lỗi" in page.content.decode()
    assert "Đau (0–10)" in page.content.decode()
    assert client.get(f"{begun['Location']}preview.pdf").content.startswith(b"%PDF")
    broken = client.post(begun["Location"], {"text": "adds_to: free_note\n<script>alert(1)</script>"})
    assert "<script>alert" not in broken.content.decode()
    client.post(begun["Location"], {"text": MORE})
    refused = client.post(f"{begun['Location']}publish", {"valid_from": "31/02/2027"})
    assert refused.status_code == 422
    done = client.post(f"{begun['Location']}publish", {"valid_from": clock.today().strftime("%d/%m/%Y")})
    assert done.status_code == 302
    published.forget()
    shown = client.get("/forms/free_note/").content.decode()
    assert "Mục của cơ sở" in shown
    assert "cơ sở có thêm mục" in shown
    assert client.get(f"/forms/free_note/{clock.today().isoformat()}.pdf?empty=1").content.startswith(b"%PDF")
    assert client.get("/forms/free_note/2001-01-01.pdf").status_code == 404
    assert client.get("/forms/nothing/").status_code == 404


def test_every_form_has_a_preview(cast: Cast) -> None:
    for form in registry.forms(clock.today())[:8]:
        assert preview.pdf(form).startswith(b"%PDF")
        assert preview.screen(form)


def test_what_changed_is_told_item_by_item() -> None:
    from tests.forms.test_language import form, number, section

    old = form(section(number("a", unit="kg"), number("b"), {"id": "c", "type": "choice", "choices": ["x", "y"]}))
    new = form(
        section(number("b"), number("a", unit="g"), {"id": "c", "type": "choice", "choices": ["x", "z"]}, number("d")),
        {"id": "t", "title_vi": "T", "fields": [{"id": "z", "label_vi": "Z", "type": "text"}]},
    )
    found: list[Any] = [(x.kind, x.place, x.before, x.after) for x in changes(old, new)]
    assert ("changed", "s.a", "kg", "g") in found
    assert ("changed", "s.c", "x; y", "x; z") in found
    assert ("added", "s.d", "", "number") in found
    assert ("added", "t", "", "Z") in found
    assert ("moved", "s", "", "") in found
    assert changes(old, old) == []
    assert ("removed", "s.d") in {(x.kind, x.place) for x in changes(new, old)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x [1, 2]\nb: [*x, *x]\n", "& và *"),
        ("a: " + "[" * 5000, "lồng quá sâu"),
        (WOUND.replace("maximum: 100", "maximum: .nan"), "không lưu được"),
        (WOUND.replace("repeats: event", "repeats: event\nvalid_to: 2099-13-45"), ""),
        (WOUND.replace("type: number, unit: cm, minimum: 0, maximum: 100", "type: score, of: [depth]"), ""),
    ],
    ids=["aliases", "depth", "nan", "no day", "score"],
)
def test_what_would_break_the_house_is_refused(cast: Cast, text: str, said: str) -> None:
    draft = services.begin(actor=cast.administrator)
    checked = services.edit(draft, text, actor=cast.administrator)
    assert checked.form is None
    assert any(said in m.message for m in checked.mistakes), checked.mistakes


def test_an_own_form_may_end(cast: Cast) -> None:
    last = clock.today() + timedelta(days=3)
    publish(cast, WOUND.replace("repeats: event", f"repeats: event\nvalid_to: {last}"))
    assert registry.form("own_wound", clock.today()).valid_to == last
    with pytest.raises(NotFound):
        registry.form("own_wound", last + timedelta(days=1))


def test_two_drafts_of_one_form_for_one_day_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(cast, WOUND)
    second = services.begin(actor=cast.administrator, text=WOUND)
    monkeypatch.setattr(services, "_assert_day", lambda code, day: None)  # the other published between look and write
    with pytest.raises(Invalid) as no:
        services.publish(second, clock.today(), actor=cast.administrator)
    assert no.value.errors[0].code == "taken"


def test_what_is_published_is_what_stands_in_the_box(cast: Cast, client: Client) -> None:
    client.post("/login", {"username": "administrator", "password": PASSWORD})
    page = client.post("/forms/own", {"adds_to": "free_note"})["Location"]
    today = clock.today().strftime("%d/%m/%Y")
    refused = client.post(f"{page}publish", {"text": "adds_to: [", "valid_from": today})
    assert refused.status_code == 422
    client.post(f"{page}publish", {"text": MORE, "valid_from": today})
    published.forget()
    found = registry.form("free_note", clock.today()).section("own_house")
    assert found is not None, "the text typed last, not the one saved before"


def test_the_book_begins_with_the_records_of_the_ministry() -> None:
    numbers = [e.form.official_number for e in queries.entries()]
    assert numbers[0] == "01/BV1"
    assert numbers.index("01/BV2") > numbers.index("15/BV1")
    assert numbers.index("Mẫu 02") > numbers.index("38/BV2")


@pytest.mark.parametrize(
    "text",
    [
        WOUND.replace("type: number, unit: cm, minimum: 0, maximum: 100", "type: statement"),
        WOUND.replace(
            "type: number, unit: cm, minimum: 0, maximum: 100", "type: diagram, diagram: body, choices: [Loét, Bỏng]"
        ),
        WOUND.replace("repeats: event", "repeats: event\npaper: {size: a5, flipped: true}"),
        WOUND.replace("repeats: event", "repeats: entry\nsheet: {layout: columns, width: 6}"),
        WOUND.replace("choices: yes_no", "choices: yes_no, show_if: length > 5 and header.sex == 1"),
        WOUND.replace("title_vi: Vết thương", "title_vi: Vết thương\n  show_if: header.sex == 1"),
    ],
    ids=["statement", "diagram", "paper", "sheet", "condition", "section"],
)
def test_an_own_form_may_say_what_official_ones_say(cast: Cast, text: str) -> None:
    draft = services.begin(actor=cast.administrator)
    checked = services.edit(draft, text, actor=cast.administrator)
    assert not checked.mistakes
    assert checked.form is not None
    assert preview.screen(checked.form)
    assert preview.pdf(checked.form).startswith(b"%PDF")
