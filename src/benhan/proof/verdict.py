"""A verdict is a value: every finding, good and bad. "Invalid" and "cannot tell" are two answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from benhan.kernel.text import clean_line

Severity = Literal["good", "note", "unknown", "bad"]
Answer = Literal["valid", "invalid", "unknown"]
MARKS: dict[Severity, str] = {"good": "✓", "note": "·", "unknown": "?", "bad": "✗"}
ANSWERS: dict[Answer, str] = {"valid": "HỢP LỆ", "invalid": "KHÔNG HỢP LỆ", "unknown": "CHƯA KẾT LUẬN ĐƯỢC"}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: a stable code, how it went, a Vietnamese sentence. `place` is a file or position."""

    code: str
    severity: Severity
    message: str
    place: str = ""


@dataclass
class Verdict:
    """What holds, what does not, and why."""

    findings: list[Finding] = field(default_factory=list)
    signers: list[dict[str, Any]] = field(default_factory=list)

    def add(self, code: str, severity: Severity, message: str, place: str = "") -> None:
        """Add a finding. Names come from files nobody trusts: a line break in one would forge a line of the verdict."""
        self.findings.append(Finding(code, severity, clean_line(message), clean_line(place)))

    def take(self, other: Verdict, place: str) -> None:
        """Take over the findings of a part."""
        for f in other.findings:
            self.add(f.code, f.severity, f.message, f"{place}: {f.place}" if f.place else place)
        self.signers += [{**s, "file": place} for s in other.signers]

    @property
    def holds(self) -> bool:
        """True when nothing is bad and nothing stayed unknown."""
        return self.answer == "valid"

    @property
    def is_invalid(self) -> bool:
        """True when something is certainly wrong."""
        return self.answer == "invalid"

    @property
    def answer(self) -> Answer:
        """The verdict in one word; what was not checked at all is not known."""
        found = {f.severity for f in self.findings}
        if "bad" in found:
            return "invalid"
        return "valid" if "good" in found and "unknown" not in found else "unknown"

    @property
    def anchored(self) -> bool:
        """False when no root was given from elsewhere: then nobody knows whose file it is, however sound it is."""
        return "no_anchor" not in self.codes

    @property
    def codes(self) -> set[str]:
        """The codes of all findings."""
        return {f.code for f in self.findings}

    @property
    def exit_code(self) -> int:
        """For commands: 0 everything holds against a root from elsewhere, 1 something is wrong, 3 it cannot be told."""
        return {"valid": 0, "invalid": 1, "unknown": 3}[self.answer]

    def as_dict(self) -> dict[str, Any]:
        """For JSON output."""
        return {
            "answer": self.answer,
            "holds": self.holds,
            "invalid": self.is_invalid,
            "anchored": self.anchored,
            "signers": self.signers,
            "findings": [
                {"code": f.code, "severity": f.severity, "message": f.message, "place": f.place} for f in self.findings
            ],
        }

    def as_text(self, *, brief: bool = False) -> str:
        """For people at a terminal. `brief` leaves out what is good, but counts it."""
        shown = [f for f in self.findings if not brief or f.severity in ("bad", "unknown")]
        lines = [f"{MARKS[f.severity]} {f.place + ': ' if f.place else ''}{f.message}" for f in shown]
        count = Counter(f.severity for f in self.findings)
        answer = ANSWERS[self.answer]
        if self.answer == "unknown" and not self.anchored:
            answer += ": CHƯA BIẾT CỦA AI (cần chứng thư gốc của cơ sở: --anchor)"
        total = f"({count['good']} đúng, {count['bad']} sai, {count['unknown']} chưa rõ)"
        return "\n".join([*lines, f"{answer} {total}"])
