"""Put the newest figures of benchmarks/results/ into docs/benchmarks.md, between its two marks: `python -m benchmarks.report`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.aims import AIMS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def table(sqlite: dict[str, Any], postgresql: dict[str, Any]) -> str:
    """Both databases side by side, with the aim."""
    lines = ["| | aim | SQLite | | PostgreSQL | |", "|---|---:|---:|---|---:|---|"]
    for aim in AIMS:
        what, one, wanted, reached_one = aim.line(sqlite)
        _, two, _, reached_two = aim.line(postgresql)
        lines.append(f"| {what.strip()} | {wanted} | {one} | {reached_one} | {two} | {reached_two} |")
    return "\n".join(lines)


def main() -> None:
    """Rewrite the page."""
    found = {
        name: json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("sqlite", "postgresql")
    }
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = table(found["sqlite"], found["postgresql"])
    PAGE.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
