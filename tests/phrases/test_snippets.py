"""Ready-made texts: whose they are, who may change them, what may stand in them, what is offered to whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.access import services as access
from benhan.access.actors import Actor, actor_for
from benhan.access.models import Account
from benhan.audit.models import AuditEvent
from benhan.kernel.errors import Invalid, NotFound, Refused
from benhan.phrases import queries, services
from benhan.phrases.models import Snippet
from tests.people import Cast

pytestmark = pytest.mark.django_db


def add(cast: Cast, actor: Actor, scope: str = "own", place: str = "ward", **more: str) -> Snippet:
    given = {"key": "khamphoi", "title": "Khám phổi bình thường", "text": "Phổi thông khí đều, ran ___."} | more
    where = cast.departments[place] if scope == "department" else None
    return services.add(scope=scope, department=where, **given, actor=actor)


def log_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def test_own_texts_are_offered_to_their_writer_alone(cast: Cast) -> None:
    made = add(cast, cast.doctor)
    assert queries.offered(cast.doctor) == [made]
    assert queries.offered(cast.head) == []
    assert queries.shown(cast.planning) == []
    with pytest.raises(NotFound):
        services.change(made, key="x", title="x", text="x", actor=cast.head)
    with pytest.raises(NotFound):
        services.remove(made, actor=cast.administrator)


def test_a_departments_texts_are_kept_by_its_head_and_offered_to_its_people(cast: Cast) -> None:
    with pytest.raises(Refused):
        add(cast, cast.doctor, "department")
    with pytest.raises(NotFound):
        add(cast, cast.head, "department", "other")
    made = add(cast, cast.head, "department")
    assert queries.offered(cast.nurse) == [made]
    assert queries.offered(cast.stranger) == []
    with pytest.raises(Refused):
        services.remove(made, actor=cast.nurse)
    with pytest.raises(NotFound):
        services.remove(made, actor=cast.stranger)
    assert made in queries.shown(cast.planning)
    services.change(made, key="phoi", title="Phổi", text="Phổi trong.", actor=cast.planning)
    assert queries.offered(cast.doctor)[0].key == "phoi"


def test_a_charge_nurse_keeps_the_texts_of_her_department(cast: Cast) -> None:
    cast.staff["nurse"].position = "head_nurse"
    cast.staff["nurse"].save()
    head_nurse = actor_for(Account.objects.get(pk=cast.accounts["nurse"].pk))
    assert add(cast, head_nurse, "department").department == cast.departments["ward"]


def test_the_facilitys_texts_are_kept_by_planning_and_offered_to_everybody_who_writes(cast: Cast) -> None:
    for actor in (cast.doctor, cast.head):
        with pytest.raises(Refused):
            add(cast, actor, "facility")
    made = add(cast, cast.planning, "facility")
    assert queries.offered(cast.doctor) == queries.offered(cast.stranger) == [made]
    with pytest.raises(Refused):
        add(cast, cast.planning, "own")


def test_own_ones_stand_before_the_departments_and_the_facilitys(cast: Cast) -> None:
    third, second = add(cast, cast.planning, "facility"), add(cast, cast.head, "department")
    first = add(cast, cast.doctor)
    assert queries.offered(cast.doctor) == [first, second, third]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("key", "hai từ"),
        ("key", "a" * 21),
        ("key", "<b>"),
        ("title", ""),
        ("title", "x" * 121),
        ("text", "  \n "),
        ("text", "x" * 4001),
        ("text", "Số CCCD 000160000001"),
        ("text", "gọi 0900 000 001 khi cần"),
        ("text", "thẻ DN4790000000001"),
        ("title", "anh An 0900000001"),
    ],
)
def test_what_cannot_be_a_text_is_told_at_its_field(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as no:
        add(cast, cast.doctor, **{field: value})
    assert {e.path for e in no.value.errors} == {field}
    assert Snippet.objects.count() == 0


def test_plain_numbers_of_medicine_may_stand_in_a_text(cast: Cast) -> None:
    text = "Huyết áp ___/___ mmHg, mạch 80; NaCl 0,9% 500 ml; J18.9; hẹn 24/11/2026; Glasgow 15 (E4V5M6)"
    assert add(cast, cast.doctor, text=text).text == text


def test_one_key_of_each_per_owner_with_or_without_marks(cast: Cast) -> None:
    add(cast, cast.doctor, key="khám")
    with pytest.raises(Invalid) as no:
        add(cast, cast.doctor, key="/KHAM")
    assert no.value.errors[0].path == "key"
    add(cast, cast.head, key="khám")
    add(cast, cast.head, "department", key="khám")


def test_every_write_is_in_the_log_without_the_text(cast: Cast) -> None:
    made = add(cast, cast.doctor, text="Bí mật nghề ___")
    services.change(made, key="b", title="c", text="d", actor=cast.doctor)
    services.remove(made, actor=cast.doctor)
    logged = list(AuditEvent.objects.filter(action__startswith="phrases.snippet.").order_by("pk"))
    assert [e.action.rsplit(".", 1)[1] for e in logged] == ["add", "change", "remove"]
    assert not any("Bí mật" in str(vars(e)) for e in logged)


def test_the_pages_add_change_and_remove(cast: Cast) -> None:
    client = log_in(cast, "doctor")
    typed: dict[str, Any] = {"scope": "own", "key": "phoi", "title": "Phổi", "text": "Ran {ở đâu} <b>"}
    bad = client.post(reverse("phrases:add"), typed | {"key": ""})
    assert bad.status_code == 422
    assert "Ran {ở đâu} &lt;b&gt;" in bad.content.decode(), "nothing typed is lost, nothing is interpreted"
    assert client.post(reverse("phrases:add"), typed).status_code == 302
    page = client.get(reverse("phrases:snippets")).content.decode()
    assert "/phoi" in page
    assert "Không đưa thông tin của người bệnh" in page
    assert "Của cơ sở" not in page, "what nobody has is not headed"
    made = Snippet.objects.get()
    change = reverse("phrases:change", args=[made.pk])
    assert client.post(change, {"key": "phoi", "title": "", "text": "x"}).status_code == 422
    assert client.post(change, {"key": "phoi", "title": "Phổi 2", "text": "x"}).status_code == 302
    assert client.get(reverse("phrases:snippets"), {"q": "pho 2"}).content.decode().count("Phổi 2") == 0
    assert "Phổi 2" in client.get(reverse("phrases:snippets"), {"q": "phoi 2"}).content.decode()
    assert log_in(cast, "head").get(change).status_code == 404
    assert client.post(reverse("phrases:remove", args=[made.pk])).status_code == 302
    assert not Snippet.objects.exists()


def test_the_editor_is_offered_texts_only_when_one_may_write(cast: Cast) -> None:
    add(cast, cast.planning, "facility")
    told = log_in(cast, "doctor").get(reverse("phrases:offered")).json()
    assert [s["key"] for s in told["snippets"]] == ["khamphoi"]
    assert told["snippets"][0]["from"] == "Của cơ sở"
    for name in ("planning", "administrator", "clerk", "archivist"):
        assert log_in(cast, name).get(reverse("phrases:offered")).status_code == 403


def test_a_house_account_without_staff_may_keep_the_facilitys_texts(cast: Cast) -> None:
    account = access.add_account(username="tinhoc", password="mot-cau-dai-khac-nua", staff=None, display_name="IT")
    access.assign_role(account, "administrator", None)
    actor = actor_for(Account.objects.get(pk=account.pk))
    assert add(cast, actor, "facility").scope == "facility"
