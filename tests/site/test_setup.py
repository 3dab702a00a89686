"""First run: a facility, departments, an authority, one administrator with a password of their own; demo data keeps away."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from benhan.access.models import Account
from benhan.facility.models import Facility
from benhan.kernel.errors import Refused
from benhan.signing.models import Certificate
from benhan.site import demo
from benhan.site.setup import offered_departments
from tests.people import Cast

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Phòng khám Thử",
    "code": "00009",
    "governing_body": "",
    "address": "",
    "departments": ["K01"],
    "username": "quanly",
    "password": "mot-cau-that-dai-nhe",
    "again": "mot-cau-that-dai-nhe",
    "full_name": "Người Quản Lý",
}


def test_an_empty_house_leads_to_the_wizard_and_has_no_account() -> None:
    assert not Account.objects.exists()
    assert Client().get("/")["Location"] == reverse("site:setup")


def test_the_wizard_sets_the_house_up_once() -> None:
    client = Client()
    assert client.post(reverse("site:setup"), GOOD).status_code == 302
    assert Facility.objects.get().code == "00009"
    assert Certificate.objects.filter(kind__in=["authority", "seal"]).count() == 2
    assert client.post(reverse("access:login"), {"username": "quanly", "password": GOOD["password"]}).status_code == 302
    again = Client().post(reverse("site:setup"), {**GOOD, "username": "kexau"})
    assert again["Location"] == reverse("access:login")
    assert not Account.objects.filter(username="kexau").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"code": "12"},
        {"name": ""},
        {"password": "ngan", "again": "ngan"},
        {"again": "khac"},
        {"departments": []},
        {"username": "Có Dấu"},
    ],
)
def test_a_fault_leaves_the_house_empty(change: dict[str, object]) -> None:
    assert Client().post(reverse("site:setup"), {**GOOD, **change}).status_code == 422
    assert not Facility.objects.exists()
    assert not Account.objects.exists()


def test_demo_data_refuses_a_real_house(cast: Cast) -> None:
    with pytest.raises(Refused):
        demo.load()
    assert demo.log_ins() == []


def test_every_department_that_is_offered_has_a_name() -> None:
    offered = offered_departments()
    assert offered[0] == ("K01", "Khoa Khám bệnh")
    assert [code for code, name in offered if not name.strip()] == []
