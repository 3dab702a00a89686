"""The house of trust, made once: keys are slow, and nothing here changes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from benhan.proof.packing import Package
from benhan.proof.render import Rendered
from tests.proof import house as trust
from tests.proof.tsa import Tsa, found, serve


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


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    made = found(tmp_path_factory.mktemp("tsa"))
    with serve(lambda query: (200, "application/timestamp-reply", made.answer(query))) as url:
        yield replace(made, url=url)
