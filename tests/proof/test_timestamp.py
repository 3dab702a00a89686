"""Time stamps: a real one makes the time certain; none, a wrong one and silence are three different things."""

from __future__ import annotations

import socket

import pytest

from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Unavailable
from benhan.proof.render import Rendered
from benhan.proof.timestamp import HttpTimeStamper
from benhan.proof.verify import verify_pdf
from tests.proof import house as trust
from tests.proof.tsa import Tsa, serve


def test_a_stamped_signature_tells_a_certain_time(page: Rendered, house: trust.House, tsa: Tsa) -> None:
    out = trust.sign_page(page, house.doctor, "doctor", crl=house.crl(), tsa=HttpTimeStamper(tsa.url))
    verdict = verify_pdf(out, anchors=[*house.anchors, tsa.root], crls=[house.crl(at=clock.now())])
    assert "time_stamp" in verdict.codes, verdict.as_text()
    assert verdict.signers[0]["time_stamped"]
    assert not verdict.is_invalid


def test_a_stamp_of_an_unknown_authority_is_not_known_to_be_good(page: Rendered, house: trust.House, tsa: Tsa) -> None:
    out = trust.sign_page(page, house.doctor, "doctor", crl=house.crl(), tsa=HttpTimeStamper(tsa.url))
    verdict = verify_pdf(out, anchors=house.anchors)
    assert "time_stamp_untrusted" in verdict.codes
    assert verdict.answer == "unknown"


def test_silence_is_unavailable_and_nothing_is_signed(page: Rendered, house: trust.House) -> None:
    with socket.socket() as hole:  # a port that takes no connection
        hole.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{hole.getsockname()[1]}/"
        with pytest.raises(Unavailable) as no:
            trust.sign_page(page, house.doctor, "doctor", tsa=HttpTimeStamper(url, timeout_seconds=0.5))
    assert no.value.code == "tsa_unreachable"


def test_a_server_that_never_answers_is_given_up(page: Rendered, house: trust.House) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        with pytest.raises(Unavailable):
            trust.sign_page(page, house.doctor, "doctor", tsa=HttpTimeStamper(url, timeout_seconds=0.3))


@pytest.mark.parametrize(
    ("code", "kind", "body"),
    [
        (500, "text/plain", b""),
        (200, "text/html", b"<html>"),
        (200, "application/timestamp-reply", b"junk"),
        (200, "application/timestamp-reply", b""),
        (200, "application/timestamp-reply", bytes.fromhex("30053003020102")),
        (200, "application/timestamp-reply", b"0" * 100_000),
    ],
)
def test_an_answer_that_is_no_stamp_is_unavailable(
    code: int, kind: str, body: bytes, page: Rendered, house: trust.House
) -> None:
    with serve(lambda _: (code, kind, body)) as url, pytest.raises(Unavailable) as no:
        trust.sign_page(page, house.doctor, "doctor", tsa=HttpTimeStamper(url))
    assert no.value.code == "tsa_answer"


def test_a_stamp_over_something_else_is_not_taken(page: Rendered, house: trust.House, tsa: Tsa) -> None:
    replay = tsa.answer(tsa.query(b"something else"))
    with serve(lambda _: (200, "application/timestamp-reply", replay)) as url, pytest.raises(Unavailable) as no:
        trust.sign_page(page, house.doctor, "doctor", tsa=HttpTimeStamper(url))
    assert no.value.code == "tsa_answer"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "", "tsa"])
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(Invalid):
        HttpTimeStamper(url)
