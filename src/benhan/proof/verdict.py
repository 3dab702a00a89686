"""A verdict is a value: every finding, good and bad. "Invalid", "cannot tell" and "could not reach" are three answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["good", "note", "unknown", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: a stable code, how it went, and a Vietnamese sentence. `place` is a file or position."""

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
        """Add a finding."""
        self.findings.append(Finding(code, severity, message, place))

    def take(self, other: Verdict, place: str) -> None:
        """Take over the findings of a part."""
        self.findings += [Finding(f.code, f.severity, f.message, f"{place}: {f.place}" if f.place else place) for f in other.findings]
        self.signers += [{**s, "file": place} for s in other.signers]

    @property
    def holds(self) -> bool:
        """True when nothing is bad and nothing stayed unknown."""
        return bool(self.findings) and all(f.severity in ("good", "note") for f in self.findings)

    @property
    def is_invalid(self) -> bool:
        """True when something is certainly wrong."""
        return any(f.severity == "bad" for f in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """For JSON output."""
        return {
            "holds": self.holds, "invalid": self.is_invalid, "signers": self.signers,
            "findings": [{"code": f.code, "severity": f.severity, "message": f.message, "place": f.place} for f in self.findings],
        }

    def as_text(self) -> str:
        """For people at a terminal."""
        mark = {"good": "✓", "note": "·", "unknown": "?", "bad": "✗"}
        lines = [f"{mark[f.severity]} {f.place + ': ' if f.place else ''}{f.message}" for f in self.findings]
        end = "TOÀN VẸN" if self.holds else "KHÔNG HỢP LỆ" if self.is_invalid else "CHƯA KẾT LUẬN ĐƯỢC"
        return "\n".join([*lines, end])
