"""A page is drawn the same way every time, and nothing that people type is ever read as anything but text."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from benhan.kernel.canonical import canonical
from benhan.proof import render as rendering
from benhan.proof.embedded import read_embedded
from benhan.proof.render import Attachment, RenderFailed, render
from tests.proof import house as trust

HOSTILE = [
    '#read("/etc/passwd")',
    "#import sys: *; #panic()",
    "$ x^2 + integral $ *b* _i_ `code` // comment /* more */",
    "= Heading #set page(width: 1pt)",
    "<script>alert(1)</script> &amp; \\u{41} \\",
    '"]) #eval("1") #[',
    "@preview/evil:0.1.0 <signature-box> @ref",
]
ODD = [
    "\u202eđảo ngược\u202c",
    "😀🏥 cười",
    "\x00\x07chuông",
    "\x1b[31m\x7f",
    "\ud800 lẻ",
    "漢字 العربية",
    "a\u0323\u0302\u0301 tổ hợp",
    "\ufeff\u200b",
]


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True)
    return done.stdout


def with_text(text: str) -> rendering.Rendered:
    data = trust.page_data()
    data["sections"][0]["rows"][0][0]["value"] = text
    data["letterhead"]["facility"] = text[:40]
    return render(trust.LAYOUT, data, at=trust.AT)


def test_equal_input_gives_equal_bytes() -> None:
    assert trust.draw().pdf == trust.draw().pdf


def test_another_moment_gives_another_file(page: rendering.Rendered) -> None:
    later = render(trust.LAYOUT, trust.page_data(), at=trust.AT + timedelta(hours=1))
    assert later.pdf != page.pdf


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_stays_text(text: str, tmp_path: Path) -> None:
    drawn = with_text(text)
    assert len(drawn.boxes) == 2
    words = "".join(text_of(drawn.pdf, tmp_path).split())
    assert "".join(text.split()) in words


@pytest.mark.parametrize("text", ODD)
def test_odd_characters_never_stop_a_page(text: str) -> None:
    assert with_text(text).pdf.startswith(b"%PDF-")


def test_the_content_comes_back_byte_for_byte(page: rendering.Rendered) -> None:
    assert read_embedded(page.pdf)["content.json"] == canonical(trust.CONTENT)


def test_odd_characters_stay_whole_in_the_content() -> None:
    content = {"format": "x", "text": "".join(ODD).replace("\ud800", "")}
    assert json.loads(read_embedded(trust.draw(content).pdf)["content.json"]) == content


def test_places_to_sign_lie_on_the_page_and_apart(page: rendering.Rendered) -> None:
    doctor, head = page.box("doctor"), page.box("head")
    assert doctor is not None
    assert head is not None
    for box in (doctor, head):
        assert 0 < box.x0 < box.x1 < rendering.POINTS_A4[0]
        assert 0 < box.y0 < box.y1 < rendering.POINTS_A4[1]
    assert doctor.x1 <= head.x0
    assert page.box("nobody") is None


def test_a_layout_reads_nothing_outside_its_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(rendering, "ROOT", tmp_path / "root")
    for number, path in enumerate(("../secret.txt", "/../secret.txt", str(tmp_path / "secret.txt"), "/etc/passwd")):
        (tmp_path / "root" / f"page{number}.typ").write_text(f'#read("{path}")')
        with pytest.raises(RenderFailed):
            render(f"page{number}.typ", {}, at=trust.AT)


def test_many_threads_draw_the_same_page(page: rendering.Rendered) -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: trust.draw().pdf, range(12)))
    assert set(drawn) == {page.pdf}


def test_an_attachment_keeps_its_relationship_and_type() -> None:
    drawn = render(
        trust.LAYOUT,
        trust.page_data(),
        attachments=[Attachment("a.json", b"{}", "application/json", "source")],
        at=trust.AT,
    )
    assert read_embedded(drawn.pdf) == {"a.json": b"{}"}
