"""What the pages load lies in the house, and nothing is written inline (the content policy would refuse it)."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "benhan"
STATIC = SOURCE / "ui" / "static"
TEMPLATES = sorted(SOURCE.glob("*/templates/**/*.html")) + sorted(SOURCE.glob("*/*/templates/**/*.html"))
VENDOR = STATIC / "ui" / "vendor"
INLINE = re.compile(
    r"""\s(?:style|on[a-z]+|hx-on[:\w-]*)\s*=|javascript:|<style|<script(?![^>]*\ssrc=)""", re.IGNORECASE
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_template_has_no_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not INLINE.search(text), INLINE.search(text)
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_static_file_and_icon_of_a_template_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"""static\(['"]([^'"]+)['"]\)""", text):
        assert any(folder.joinpath(name).exists() for folder in SOURCE.glob("*/static")), name
    sprite = (VENDOR / "bootstrap-icons" / "icons.svg").read_text(encoding="utf-8")
    for name in re.findall(r"""icon\("([a-z0-9-]+)\"""", text):
        assert f'id="{name}"' in sprite, name


def test_nothing_is_loaded_from_another_host() -> None:
    for path in [*TEMPLATES, *STATIC.glob("ui/*.css"), *STATIC.glob("ui/*.js")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", text), path


def test_the_vendored_files_are_those_written_down() -> None:
    listed = dict(
        reversed(line.split("  ", 1))
        for line in (VENDOR / "VENDORED.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"^[0-9a-f]{64}  ", line)
    )
    present = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file() and p.name != "VENDORED.md"}
    assert present == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_letter_of_vietnamese_is_in_the_vendored_type() -> None:
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", (STATIC / "ui" / "benhan.css").read_text(encoding="utf-8"))
    covered = {c for low, high in ranges for c in range(int(low, 16), int(high or low, 16) + 1)}
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
    assert {c for c in letters + letters.upper() if ord(c) not in covered} == set()
