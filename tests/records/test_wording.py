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
from benhan.records import services, signatures, wording
from benhan.records.models import Draft, MedicalRecord
from benhan.signing import queries as signing
from benhan.site.demo import complete
from tests.people import PIN, Cast, note

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
    shown = client.post(reverse("records:save", args=[draft.pk]), posted, follow=True).content.decode()
    assert shown.count(WORDS) == 1
    assert "Còn chỗ của câu mẫu chưa điền: Cần mang theo, chuẩn bị" in shown


WORDS = "không viết tắt. Cần mang theo, chuẩn bị: BN = bệnh nhân"


def test_it_is_told_until_somebody_has_signed(cast: Cast) -> None:
    record = cast.open()
    content = slip(record, bring="BN mang phim, uống thuốc QZT", revisit_on="2030-01-02")
    document = services.write(record, "revisit_appointment", content, actor=cast.doctor).document
    page, queue = reverse("records:document", args=[document.pk]), reverse("records:queue")
    doctor = log_in(cast, "doctor")
    for address in (page, queue):
        assert f"{WORDS}, QZT" in doctor.get(address).content.decode(), address
    wait = signing.waiting_for(cast.doctor)
    signatures.sign(wait.get(document_id=document.pk), actor=cast.doctor, pin=PIN)
    assert WORDS not in doctor.get(queue).content.decode()
    plain = services.write(record, "free_note", note("BN ổn"), actor=cast.doctor).document
    assert "nên không viết tắt" not in doctor.get(reverse("records:document", args=[plain.pk])).content.decode()


def test_hostile_words_are_only_words(cast: Cast) -> None:
    record = cast.open()
    content = slip(record, bring="<script>DEG</script> \u202eCD {{x}} " + "A" * 5000 + " ẮẶÂ 👩‍⚕️BN")
    found = wording.short_words(form_of("revisit_appointment"), content, record)
    assert [w.word for w in found] == ["DEG", "CD", "ẮẶÂ", "BN"]
    draft = draft_of(cast, record, "revisit_appointment", content)
    page = log_in(cast, "doctor").get(reverse("records:editor", args=[draft.pk])).content.decode()
    assert "<script>DEG" not in page
