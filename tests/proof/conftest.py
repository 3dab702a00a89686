"""The house of trust, made once: keys are slow, and nothing here changes them."""

from __future__ import annotations

import pytest

from benhan.proof.packing import Package
from benhan.proof.render import Rendered
from tests.proof import house as trust


@pytest.fixture(scope="session")
def house() -> trust.House:
    return trust.found()


@pytest.fixture(scope="session")
def page() -> Rendered:
    return trust.draw()


@pytest.fixture(scope="session")
def signed(house: trust.House, page: Rendered) -> bytes:
    return trust.sign_page(page, house.doctor, "doctor", crl=house.crl())


@pytest.fixture(scope="session")
def signed_twice(house: trust.House, page: Rendered, signed: bytes) -> bytes:
    return trust.sign_page(page, house.head, "head", pdf=signed, crl=house.crl())


@pytest.fixture(scope="session")
def package(house: trust.House) -> Package:
    return trust.package(house)
