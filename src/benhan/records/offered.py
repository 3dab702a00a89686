"""Which forms somebody may begin in a record: those of this kind of stay, what is nearly always wanted first, the rest by group."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from benhan.forms.definition import FormVersion
from benhan.kernel import clock
from benhan.kernel.text import fold
from benhan.law import registry
from benhan.records.models import MedicalRecord

# What nearly every stay needs, before anything of it is written; after that, what was written says it.
EVERYDAY = (
    "treatment_sheet", "vital_signs_chart", "nursing_care_level_2_3", "lab_general_request", "xray_request",
    "ultrasound_request", "free_note",
)  # fmt: skip
NO_BRACKETS = str.maketrans("(),“”", "     ")
GROUPS = {
    "record": _("Bệnh án và khám"),
    "progress": _("Theo dõi, điều trị"),
    "orders": _("Chỉ định, yêu cầu"),
    "results": _("Kết quả"),
    "nursing": _("Chăm sóc, thang điểm"),
    "consent": _("Cam kết, đồng ý"),
    "discharge": _("Ra viện, chuyển viện, tử vong"),
    "other": _("Giấy khác"),
    "imported": _("Nhập từ hệ thống khác"),
}


@dataclass(frozen=True)
class Offer:
    """One form to begin. `words` is what a search looks at, word by word: name, English name and number, folded."""

    code: str
    number: str
    name: str
    words: str


@dataclass(frozen=True)
class OfferGroup:
    """Offers under one head; the first group has no title and is always open."""

    title: str
    offers: tuple[Offer, ...]


def offered(record: MedicalRecord, roles: Collection[str], used: Mapping[str, int]) -> list[OfferGroup]:
    """The forms a person with these roles may write in this record. First the record form, what closing asks for, what this
    record holds already and what nearly every stay needs (`used`: how many of each); then the others, by their place in the record."""
    kind = registry.record_types()[record.record_type]
    wanted = [kind["form"], *kind.get("required_at_closing", [])]
    wanted += [code for code, _n in sorted(used.items(), key=lambda item: -item[1]) if code not in wanted]
    wanted += EVERYDAY
    may = {f.code: f for f in registry.forms_for(record.record_type, clock.today()) if not f.writers.isdisjoint(roles)}
    again = [may[c] for c in dict.fromkeys(wanted) if c in may and (may[c].repeats != "once" or c not in used)]
    first = OfferGroup("", tuple(_offer(f) for f in again))
    left = [f for f in may.values() if f not in again and (f.repeats != "once" or f.code not in used)]
    groups = [OfferGroup(str(title), _of_group(left, group)) for group, title in GROUPS.items()]
    return [g for g in (first, *groups) if g.offers]


def _of_group(forms: list[FormVersion], group: str) -> tuple[Offer, ...]:
    mine = [f for f in forms if f.group == group or (group == "other" and f.group not in GROUPS)]
    return tuple(_offer(f) for f in sorted(mine, key=lambda f: fold(f.name_vi)))


def _offer(form: FormVersion) -> Offer:
    words = f"{form.name_vi} {form.name_en} {form.official_number}"
    return Offer(form.code, form.official_number, form.name_vi, fold(words.translate(NO_BRACKETS)))
