"""The page of the facility's rules: who may sign, its name, its seal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from benhan.archive.packages import export
from benhan.audit.models import AuditEvent
from benhan.facility import queries as facility
from benhan.kernel.errors import NotFound, Refused
from benhan.proof.package import verify_package
from benhan.records import closing
from benhan.records import queries as records
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.site import rules
from tests.people import Cast
from tests.stories import closed, sealed

pytestmark = pytest.mark.django_db
NEW = "Bệnh viện Thử Nghiệm Tên Mới"


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def rename(client: Client, name: str = NEW) -> int:
    fields = {"name": name, "governing_body": "Sở Y tế Thử", "address": "Số 1", "phone": ""}
    return client.post(reverse("site:rename"), fields).status_code


def test_a_renamed_facility_is_offered_a_new_seal_and_the_old_one_still_verifies(cast: Cast, tmp_path: Path) -> None:
    administrator = client_of(cast, "administrator")
    before, later = sealed(cast), closed(cast)
    assert rename(administrator) == 302
    assert "mang tên khác" in administrator.get(reverse("site:settings")).content.decode()
    assert administrator.post(reverse("site:renew_seal")).status_code == 302
    page = administrator.get(reverse("site:settings")).content.decode()
    assert "mang tên khác" not in page
    assert "chỉ để kiểm tra những gì đã niêm phong" in page
    closing.seal(later, actor=cast.planning)
    anchors = certificates.anchors()
    for number, record in enumerate((before, records.record(later.pk))):
        verdict = verify_package(export(record, tmp_path / str(number)), anchors=anchors)
        assert verdict.answer == "valid", verdict.as_text(brief=True)
    assert [certificates.name_in(c) for c in certificates.seals()] == [NEW, cast.facility.name]
    (old,), (new,) = (records.seals(records.record(r.pk)) for r in (before, later))
    assert json.loads(old.manifest)["facility"]["name"] == cast.facility.name
    assert json.loads(new.manifest)["facility"]["name"] == NEW
    assert AuditEvent.objects.filter(action__in=["facility.rename", "signing.seal.renew"], outcome="ok").count() == 2


def test_a_facility_keeps_a_name(cast: Cast) -> None:
    assert rename(client_of(cast, "administrator"), "  ") == 422
    assert facility.facility().name == cast.facility.name


def test_only_who_manages_certificates_renews_the_seal(cast: Cast) -> None:
    for name in ("doctor", "planning"):
        assert client_of(cast, name).post(reverse("site:renew_seal")).status_code in (403, 404)
        with pytest.raises((Refused, NotFound)):
            certificates.renew_seal(actor=cast.actors[name])
    assert len(certificates.seals()) == 1
    assert rename(client_of(cast, "doctor")) in (403, 404)


def test_who_may_sign_a_place_is_a_rule_with_a_page(cast: Cast) -> None:
    administrator = client_of(cast, "administrator")
    page = administrator.get(reverse("site:settings")).content.decode()
    assert "Ai được ký – Trưởng khoa" in page
    values: dict[str, object] = {r.key: r.value for r in rules.rules() if r.kind != "positions"}
    values |= {r.key: rules.listed(r.value) for r in rules.rules() if r.kind == "positions"}
    assert not signing.may_fill("head_nurse", "department_head")
    values["signing.positions.department_head"] = ["department_head", "head_nurse"]
    assert administrator.post(reverse("site:settings"), values).status_code == 302
    assert signing.positions_for("department_head") == ["department_head", "head_nurse"]
    values["signing.positions.department_head"] = []
    assert administrator.post(reverse("site:settings"), values).status_code == 422
    values["signing.positions.department_head"] = ["thợ mộc"]
    assert administrator.post(reverse("site:settings"), values).status_code == 422
    assert signing.may_fill("department_head", "department_head")


def test_saving_the_rules_unchanged_changes_nothing(cast: Cast) -> None:
    assert rules.change({r.key: r.value for r in rules.rules()}, by="x") == 0
