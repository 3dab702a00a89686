"""What the house aims at on two cores, beside what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Aim:
    """One line of the table. `at_most` says in which direction the figure is good; None: only reported."""

    what: str
    figure: str  # path into the results, dotted
    unit: str
    aim: float | None = None
    at_most: bool = True

    def line(self, found: dict[str, Any]) -> tuple[str, str, str, str]:
        """(what, measured, aim, verdict), verdict being "", "reached" or "MISSED"."""
        value: Any = found
        for step in self.figure.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return self.what, "not measured", "", ""
        aim = "" if self.aim is None else f"{'≤' if self.at_most else '≥'} {self.aim:,.0f} {self.unit}"
        reached = self.aim is None or (value <= self.aim if self.at_most else value >= self.aim)
        verdict = "" if self.aim is None else ("reached" if reached else "MISSED")
        return self.what, f"{value:,} {self.unit}".strip(), aim, verdict


AIMS = (
    Aim("search among 1,000,000 patients, p50", "search.all.p50", "ms"),
    Aim("search among 1,000,000 patients, p95", "search.all.p95", "ms", 10),
    Aim("whole results page while typing, p95", "search.page.p95", "ms"),
    Aim("open a record of 2,000 documents, p95", "open_record_page.p95_ms", "ms", 100),
    Aim("  its last page, p95", "open_record_last_page.p95_ms", "ms", 100),
    Aim("open its patient's page, p95", "open_patient_page.p95_ms", "ms", 100),
    Aim("  700 visits printed as one sheet, p50", "print_sheet_of_all_visits.p50_ms", "ms"),
    Aim("save a document, p95", "save.p95_ms", "ms", 50),
    Aim("slowest form opened in the editor, p50", "forms.open.slowest_ms", "ms", 150),
    Aim("slowest form validated, p50", "forms.validate.slowest_ms", "ms"),
    Aim("slowest form saved, p50", "forms.save.slowest_ms", "ms"),
    Aim("slowest form drawn, p50", "forms.render.slowest_ms", "ms", 50),
    Aim("  the form in the middle", "forms.render.p50_ms", "ms"),
    Aim("render and sign one, p50", "render_sign_one.p50_ms", "ms"),
    Aim("render and sign 500, a second and core", "render_sign_batch.per_core_second", "documents", 30, at_most=False),
    Aim("seal 200 documents", "seal.p50_ms", "ms"),
    Aim("export them as a package", "export_package.p50_ms", "ms"),
    Aim("verify the package", "verify_package.p50_ms", "ms"),
    Aim("import encounters, a minute", "import.per_minute", "encounters", 10_000, at_most=False),
    Aim("audit, events appended a second", "audit_append.per_second", "events", 5_000, at_most=False),
    Aim("audit, one event and commit, p50", "audit_one_commit.p50_ms", "ms"),
    Aim("audit, part of the record page", "audit_share_of_page.percent", "%", 5),
    Aim("audit, rows verified a second", "audit_verify.per_second", "rows"),
    Aim("back-up made", "backup.seconds", "s"),
    Aim("back-up restored and compared", "backup.restore_and_compare_seconds", "s"),
    Aim("idle memory of all processes", "mixed_load.idle_memory_mb", "MB", 250),
    Aim("mixed load, people", "mixed_load.people", ""),
    Aim("mixed load, errors", "mixed_load.errors", "", 0),
    Aim("mixed load, processor a request", "mixed_load.cpu_ms_a_request", "ms"),
    Aim("mixed load, requests a second", "mixed_load.requests_a_second", ""),
    Aim("mixed load, everybody logging in, p95", "mixed_load.login.p95_ms", "ms"),
    Aim("mixed load at work, p50", "mixed_load.at_work.p50_ms", "ms"),
    Aim("mixed load at work, p95", "mixed_load.at_work.p95_ms", "ms"),
    Aim("mixed load at work, p99", "mixed_load.at_work.p99_ms", "ms"),
)


def table(found: dict[str, Any]) -> str:
    """The results as aligned text, one line a figure."""
    lines = [("", "measured", "aim", ""), *(aim.line(found) for aim in AIMS)]
    widths = [max(len(line[i]) for line in lines) for i in range(3)]
    return "\n".join(
        f"{what:{widths[0]}}  {value:>{widths[1]}}  {aim:>{widths[2]}}  {verdict}".rstrip()
        for what, value, aim, verdict in lines
    )
