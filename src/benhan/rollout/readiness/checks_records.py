"""What the records themselves say: forms there, filled, signed, closed, electronic, joined to a personal number."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.law import codes, registry
from benhan.patients.models import Identifier, Patient
from benhan.phrases import queries as phrases
from benhan.records import completeness
from benhan.records.models import Document, MedicalRecord
from benhan.records.opening import TYPES_RULE
from benhan.rollout.readiness.judging import Finding, Look, measures
from benhan.signing.models import SignatureRequest

RECORDS_LOOKED_AT = 40
CLOSE_DAYS_RULE = "rollout.close_days"
CLOSE_DAYS_DEFAULT = 7  # no act sets one: the facility's regulation does
PERSONAL_NUMBERS = ("citizen_id", "eid_foreigner")


@measures("record_types_covered")
def record_types_covered(look: Look) -> Finding:
    """Every type of record the facility opens has its main form in force today."""
    on = clock.day_of(look.at)
    known = registry.record_types()
    chosen = facility.setting(TYPES_RULE, [code for code in known if code != "imported"])
    in_force = {form.code for form in registry.forms(on)}
    bare = [code for code in chosen if code not in known or known[code]["form"] not in in_force]
    return look.share(len(chosen) - len(bare), len(chosen), "loại hồ sơ", bare)


@measures("forms_complete")
def forms_complete(look: Look) -> Finding:
    """Of the records that were discharged lately: how many lack nothing that closing asks for (signatures are another check)."""
    rows = (
        MedicalRecord.objects.filter(discharged_at__gte=look.at - timedelta(days=60), encounter__source="")
        .select_related("patient", "encounter")
        .order_by("-discharged_at")[:RECORDS_LOOKED_AT]
    )
    lacking = [
        r.record_number
        for r in rows
        if any(gap.code in ("missing", "invalid", "draft") for gap in completeness.gaps(r))
    ]
    return look.share(len(rows) - len(lacking), len(rows), "hồ sơ ra viện trong 60 ngày", lacking)


@measures("documents_signed")
def documents_signed(look: Look) -> Finding:
    """Papers older than a day and younger than a month carry all their signatures."""
    written = Document.objects.filter(
        document_state="active",
        source="",
        recorded_at__lt=look.at - timedelta(hours=24),
        recorded_at__gte=look.at - timedelta(days=31),
    )
    waiting = written.filter(signature_state__in=("unsigned", "partly"))
    total, bad = written.count(), waiting.count()
    numbers = waiting.order_by("recorded_at").values_list("record__record_number", "title")[:20]
    return look.share(total - bad, total, "giấy", [f"{number}: {title}" for number, title in numbers])


@measures("records_closed_in_time")
def records_closed_in_time(look: Look) -> Finding:
    """Nobody's record lies open longer after discharge than the facility's regulation allows."""
    days = int(facility.setting(CLOSE_DAYS_RULE, CLOSE_DAYS_DEFAULT))
    since = look.at - timedelta(days=days)
    discharged = MedicalRecord.objects.filter(
        encounter__source="", discharged_at__lt=since, discharged_at__gte=look.at - timedelta(days=180)
    )
    late = discharged.filter(record_state="discharged")
    total, bad = discharged.count(), late.count()
    numbers = late.order_by("discharged_at").values_list("record_number", flat=True)[:20]
    return look.share(total - bad, total, f"hồ sơ ra viện quá {days} ngày", numbers)


@measures("records_electronic")
def records_electronic(look: Look) -> Finding:
    """Records opened in the last thirty days are electronic."""
    opened = MedicalRecord.objects.filter(opened_at__gte=look.at - timedelta(days=30)).exclude(medium="imported")
    other = opened.exclude(medium="electronic")
    numbers = other.order_by("-opened_at").values_list("record_number", flat=True)[:20]
    return look.share(opened.count() - other.count(), opened.count(), "hồ sơ mở trong 30 ngày", numbers)


def _seen_lately(look: Look) -> QuerySet[Patient]:
    """Everybody with a record of the last ninety days: from the few records to their people, not from a million people."""
    lately = MedicalRecord.objects.filter(opened_at__gte=look.at - timedelta(days=90))
    return Patient.objects.filter(pk__in=lately.values("patient"), merged_into__isnull=True)


@measures("personal_id")
def personal_id(look: Look) -> Finding:
    """Citizens (and foreigners with an electronic identity) with a record of the last ninety days have their number here.
    People whose identity is not known yet stay in the count: they lack one."""
    has_number = Exists(
        Identifier.objects.filter(patient=OuterRef("pk"), system__in=PERSONAL_NUMBERS, identifier_state="active")
    )
    people = _seen_lately(look).filter(Q(nationality__in=("", "000")) | has_number)
    with_number = people.filter(has_number)
    lacking = people.exclude(has_number).values_list("patient_number", flat=True)[:20]
    return look.share(with_number.count(), people.count(), "người bệnh", lacking)


@measures("coded_data")
def coded_data(look: Look) -> Finding:
    """Ethnic group and occupation of patients with a record of the last ninety days stand in the ministry's lists."""
    people = _seen_lately(look)
    ethnic = [c.code for c in codes.entries("dan_toc")]
    work = [c.code for c in codes.entries("nghe_nghiep")]
    coded = people.filter(ethnicity__in=ethnic, occupation__in=work)
    lacking = people.exclude(pk__in=coded.values("pk")).values_list("patient_number", flat=True)[:20]
    return look.share(coded.count(), people.count(), "người bệnh", lacking)


@measures("icd_list")
def icd_list(look: Look) -> Finding:
    """The ministry's list has 15,844 rows (TT 06/2026); the starter list that comes with the program is no substitute."""
    there = len(codes.entries("icd10", clock.day_of(look.at)))
    return look.judged(there >= look.aim, f"{there} mã đang có hiệu lực (cần từ {look.aim})")


@measures("abbreviations_published")
def abbreviations_published(look: Look) -> Finding:
    """The facility's own list was published."""
    edition = phrases.edition_in_force()
    return look.judged(edition is not None, f"danh mục số {edition.number}" if edition else "chưa ban hành lần nào")


@measures("patients_confirm")
def patients_confirm(look: Look) -> Finding:
    """Places of patients and representatives on papers of the last ninety days were confirmed. No such paper at all is fine
    only where nobody needed one; then a person says so."""
    asked = SignatureRequest.objects.filter(
        kind="confirmation", required=True, created_at__gte=look.at - timedelta(days=90)
    ).exclude(request_state__in=("withdrawn", "later"))
    asked = asked.filter(created_at__lt=look.at - timedelta(hours=24))
    total = asked.count()
    if total == 0:
        return look.asks("90 ngày qua chưa có giấy nào cần người bệnh xác nhận")
    waiting = asked.filter(request_state__in=("waiting", "ready"))
    titles = waiting.order_by("created_at").values_list("title", flat=True)[:20]
    return look.share(total - waiting.count(), total, "chỗ xác nhận", titles)
