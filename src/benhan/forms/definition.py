"""The definition of a form version as typed, frozen values. The language is described in docs/forms.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

FIELD_TYPES = frozenset(
    {
        "text", "longtext", "choice", "number", "date", "datetime", "time", "icd10", "code", "table", "score", "diagram",
        "drawing", "statement", "signature",
    }
)  # fmt: skip
NOT_ANSWERED = frozenset({"signature", "statement"})  # stands on the page and never in the content
FORMULAS = ("sum", "difference", "bmi", "mean_pressure", "body_surface")
REPEATS = ("once", "day", "event", "entry")
TABLE_LAYOUTS = ("rows", "columns")
SHEET_LAYOUTS = ("entries", "columns", "chart")
EXTRACT_KINDS = frozenset(
    {"condition", "observation", "medication", "allergy", "service_request", "result", "procedure", "cv365"}
)
EXTRACT_COLUMNS = frozenset({"code", "display", "value", "unit", "role", "at"})
ROW_KEY = "row"
REQUIRED_FOR = ("never", "saving", "signing", "closing")
TEXT_CHARACTERS_MAX = 500
LONGTEXT_CHARACTERS_MAX = 20_000
STATEMENT_CHARACTERS_MAX = 5_000
LINE_CHARACTERS_MAX = 200  # a text that may not be longer holds a word, a name, a number
TOLD_IN_SENTENCES = ("stay.diagnosis", "stay.comorbidities", "stay.reason", "patient.allergies", "request.tests")
DRAWING_CHARACTERS_MAX = 200_000
ROWS_MAX = 500


class FormBroken(Exception):
    """A form definition breaks the language; the message says where."""


@dataclass(frozen=True)
class Choice:
    """One possible answer."""

    code: str
    label_vi: str
    label_en: str = ""
    points: float | None = None  # what the answer counts in a score


@dataclass(frozen=True)
class Band:
    """What a score means: from and to are both inside. `level` is ok | warning | danger."""

    lowest: float
    highest: float
    label_vi: str
    level: str = "ok"


@dataclass(frozen=True)
class Interval:
    """What a number counts in a score when it is not more than `upto` (and more than the interval before). The last of a
    field's intervals may have no end."""

    upto: float
    points: float


@dataclass(frozen=True)
class Field:
    """One item of a form. `required` says at which step an empty value is a fault (the paper forms do not say it; it is
    our proposal). `rows` are the fixed rows of a table: a line of such a table names its row under the key `row`.
    `minimum`/`maximum` are refused beyond, `plausible` only asks again. A score is computed by `formula` from the fields
    named in `of`; the marks of a diagram are its `choices`; `chart` draws the lines of a table (words in docs/forms.md)."""

    id: str
    label_vi: str
    label_en: str
    type: str
    required: str = "never"
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    plausible: tuple[float, float] | None = None
    whole: bool = False  # counted, not measured
    length_max: int = TEXT_CHARACTERS_MAX
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    columns: tuple[Field, ...] = ()
    rows: tuple[Choice, ...] = ()
    code_system: str = ""
    hint_vi: str = ""
    prefill: str = ""
    show_if: str = ""
    printed_item: str = ""
    not_after_now: bool = False
    may_precede_birth: bool = False  # a day of somebody else's life
    copy_forward: bool = False
    added_by_us: bool = False
    formula: str = ""
    of: tuple[str, ...] = ()
    partial: bool = False
    bands: tuple[Band, ...] = ()
    points: tuple[Interval, ...] = ()  # of a number: what it counts in a score; without them it counts as itself
    diagram: str = ""
    background: str = ""
    layout: str = "rows"
    chart: dict[str, Any] = field(default_factory=dict)

    @property
    def is_content(self) -> bool:
        """Does its value stand in the content (signatures are made elsewhere, statements are only read)?"""
        return self.type not in NOT_ANSWERED

    @property
    def is_prose(self) -> bool:
        """Does a person write sentences in it? Names, addresses and numbers that the house knows are none."""
        if self.type == "longtext":
            return True
        told = self.prefill == "" or self.prefill in TOLD_IN_SENTENCES
        return self.type == "text" and self.length_max > LINE_CHARACTERS_MAX and told

    @property
    def is_filled_by_hand(self) -> bool:
        """Does a person type it? A score is in the content and still nobody's to type."""
        return self.is_content and self.type != "score"


@dataclass(frozen=True)
class Section:
    """A section of a form. A repeated section is a list of rows. `part` (A, B…) is signed apart from the others; a section
    without one belongs to every signer."""

    id: str
    title_vi: str
    title_en: str
    fields: tuple[Field, ...]
    repeated: bool = False
    block: str = ""
    collapsed: bool = False
    rows_max: int = ROWS_MAX
    part: str = ""
    show_if: str = ""

    def field(self, field_id: str) -> Field | None:
        """The field of that id."""
        return next((f for f in self.fields if f.id == field_id), None)


@dataclass(frozen=True)
class Position:
    """A place to sign. `kind` staff | confirmation (patient or representative) | facility (the seal of the house)."""

    id: str
    label_vi: str
    role: str
    order: int
    required: bool = True
    kind: str = "staff"
    parallel: bool = False
    part: str = ""


@dataclass(frozen=True)
class ExtractRule:
    """Which field means what: `kind` is one of EXTRACT_KINDS. `path` names a field (`section.field`), a table, or a
    section; `columns` says which field of the row gives code, display, value, unit, role or at; `where` picks rows.
    `absent` lists what people write when there is none: such an answer is a meaning too, with the role `absent`."""

    kind: str
    path: str
    code: str = ""
    system: str = ""
    display: str = ""
    unit: str = ""
    role: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormVersion:
    """One exact version of a form. `form_hash` covers its folder, so an answer keeps its version for ever (FRM-02)."""

    code: str
    valid_from: date
    valid_to: date | None
    form_hash: str
    official_number: str
    name_vi: str
    name_en: str
    kind: str
    used_in: frozenset[str]
    legal_basis: str
    certainty: str
    repeats: str
    group: str
    writers: frozenset[str]
    sections: tuple[Section, ...]
    positions: tuple[Position, ...]
    extracts: tuple[ExtractRule, ...]
    clinical_at: str
    folder: str
    answers: str = ""  # code of the request that a result form answers
    paper: dict[str, Any] = field(default_factory=dict)  # size, flipped, national, skip_empty, stamp
    sheet: dict[str, Any] = field(default_factory=dict)  # layout, width, flipped, chart: many entries as one sheet
    leaves_facility: bool = (
        False  # given to people outside: abbreviations are warned of, a look-up code is printed
    )
    origin: str = "official"  # official | added (the facility asks more) | facility (its own form)

    def section(self, section_id: str) -> Section | None:
        """The section of that id."""
        return next((s for s in self.sections if s.id == section_id), None)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are signed apart, in order; empty for a form that is signed as a whole."""
        return tuple(dict.fromkeys(s.part for s in self.sections if s.part))
