"""Papers that leave the house are not abbreviated: told while typing, at saving and before signing, and never refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benhan.forms.definition import FormVersion
from benhan.kernel import clock
from benhan.law import registry
from benhan.phrases import abbreviations
from benhan.records import services, wording
from benhan.records.models import Draft, MedicalRecord
from benhan.site.demo import complete
from tests.people import Cast, note

pytestmark = pytest.mark.django_db


def slip(record: MedicalRecord, **visit: Any) -> dict[str, Any]:
    return complete(record, "revisit_appointment", {"visit": visit})


def form_of(code: str) -> FormVersion:
    return registry.form(code, clock.today())


def log_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def draft_of(cast: Cast, record: MedicalRecord, code: str, content: dict[str, Any]) -> Draft:
    return services.save_draft(record, code, content, actor=cast.doctor, client_key="w")


def test_the_words_of_a_paper_that_leaves_are_found_item_by_item(cast: Cast) -> None:
    record = cast.open()
    content = slip(
        record, bring="BN nhịn ăn, mang phim XQ; đo HA. BN gọi QZT khi cần. Test HIV.", where="Phòng khám IV"
    )
    found = wording.short_words(form_of("revisit_appointment"), content, record)
    told = [(w.word, w.expansion) for w in found if w.label == "Cần mang theo, chuẩn bị"]
    assert told == [("BN", "bệnh nhân"), ("XQ", "X-quang"), ("HA", "huyết áp"), ("QZT", "")]
    assert [w for w in found if w.label != "Cần mang theo, chuẩn bị"] == []


def test_names_and_addresses_are_no_sentences(cast: Cast) -> None:
    record = cast.open()
    content = slip(record, bring="Phim chụp cũ")
    content["patient"] |= {"full_name": "LÊ AN", "address": "KDC XYZ, P. 3"}
    assert wording.short_words(form_of("revisit_appointment"), content, record) == []


def test_papers_that_stay_in_the_house_are_left_alone(cast: Cast) -> None:
    record = cast.open()
    content = note("BN ổn định, HA 120/80, QZT")
    assert wording.told(form_of("free_note"), content, record) == []
    assert wording.for_editor(form_of("free_note"), record) is None
    draft = draft_of(cast, record, "free_note", content)
    page = log_in(cast, "doctor").get(reverse("records:editor", args=[draft.pk])).content.decode()
    assert "data-abbreviations" not in page
    assert f'data-phrases="{reverse("phrases:offered")}"' in page


def test_the_departments_meaning_is_the_one_that_is_offered(cast: Cast) -> None:
    given: dict[str, Any] = {"abbreviation": "TC", "actor": cast.planning}
    abbreviations.put(**given, expansion="tiểu cầu", department=None)
    abbreviations.put(**given, expansion="tử cung", department=cast.departments["other"])
    abbreviations.publish(actor=cast.planning)
    for record, full in ((cast.open(), "tiểu cầu"), (cast.open_elsewhere(), "tử cung")):
        kept = wording.for_editor(form_of("revisit_appointment"), record)
        assert kept is not None
        assert json.loads(kept["words"]) == {"TC": full}
        assert "HIV" in json.loads(kept["allowed"])


def test_saving_and_signing_tell_and_do_not_refuse(cast: Cast) -> None:
    record = cast.open()
    content = slip(record, bring="BN mang ___ phim", revisit_on="2030-01-02")
    draft = draft_of(cast, record, "revisit_appointment", content)
    client = log_in(cast, "doctor")
    page = client.get(reverse("records:editor", args=[draft.pk])).content.decode()
    assert "data-abbreviations=" in page
    assert "&#34;BN&#34;: &#34;bệnh nhân&#34;" in page
    posted = {"visit.bring": "BN mang ___ phim", "visit.revisit_on": "02/01/2030"}
    answer = client.post(reverse("records:save", args=[draft.pk]), posted, follow=True)
    assert answer.redirect_chain, answer.content.decode()[:500]
    told = [str(m) for m in answer.context["messages"]] if answer.context else []
    shown = answer.content.decode()
    words = "Hãy viết đầy đủ: BN = bệnh nhân (Cần mang theo, chuẩn bị)"
    assert words in shown, told
    assert "Còn chỗ của câu mẫu chưa điền: Cần mang theo, chuẩn bị" in shown
    again = client.get(answer.redirect_chain[-1][0]).content.decode()
    assert words in again, "who may sign is told on the page itself"
    assert words not in log_in(cast, "nurse").get(answer.redirect_chain[-1][0]).content.decode()


def test_hostile_words_are_only_words(cast: Cast) -> None:
    record = cast.open()
    content = slip(record, bring="<script>DEG</script> \u202eCD {{x}} " + "A" * 5000 + " ẮẶÂ 👩‍⚕️BN")
    found = wording.short_words(form_of("revisit_appointment"), content, record)
    assert [w.word for w in found] == ["DEG", "CD", "ẮẶÂ", "BN"]
    draft = draft_of(cast, record, "revisit_appointment", content)
    page = log_in(cast, "doctor").get(reverse("records:editor", args=[draft.pk])).content.decode()
    assert "<script>DEG" not in page
