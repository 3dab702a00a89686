"""What the papers say about this facility, taken from the running system. Every name a template may use stands here."""

from __future__ import annotations

import platform
from datetime import date

from django.conf import settings
from django.db import connection

from benhan import __version__
from benhan.access.models import Account
from benhan.archive.models import BackupRun
from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.canonical import canonical, sha256_hex
from benhan.law import registry
from benhan.law.rollout import criteria
from benhan.patients.models import Patient
from benhan.patients.services import PATIENT_NUMBER_PATTERN
from benhan.phrases import queries as phrases
from benhan.records.closing import ARCHIVE_PATTERN
from benhan.records.models import Document, MedicalRecord
from benhan.records.opening import types_opened
from benhan.rollout.dossier import queries
from benhan.rollout.papers.letterhead import letterhead
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.readiness.checks_machine import LOOPBACK
from benhan.rollout.readiness.checks_records import CLOSE_DAYS_DEFAULT, CLOSE_DAYS_RULE
from benhan.rollout.readiness.judging import PASS
from benhan.rollout.stopping import queries as stopping
from benhan.rollout.survey import queries as survey
from benhan.rollout.training import queries as training
from benhan.signing.models import Certificate

_PATTERNS = {
    "patient_pattern": ("patients.number_pattern", PATIENT_NUMBER_PATTERN),
    "archive_pattern": ("numbers.archive", ARCHIVE_PATTERN),
}
BLANK = "……………………"
POINTS = 9
ONLINE_LEVEL_3_PEOPLE = 10_000  # NĐ 331/2026 as read in R-145: an online service with so many people's sensitive data


def facts(on: date) -> dict[str, str]:
    """Every fact as text."""
    return {**_place(), **_counts(), **_assessment(), **_rules(), **_machine(), **_steps(on)}


def _place() -> dict[str, str]:
    head, place = letterhead(), facility.facility()
    answers = survey.answers(("treatment_kinds", "server_place", "patient_way"))
    kinds = answers["treatment_kinds"]
    where = answers["server_place"]
    return {
        "facility": head.facility,
        "governing_body": head.governing_body or BLANK,
        "code": head.code,
        "head_title": head.head_title,
        "receiver": head.receiver,
        "address": place.address or BLANK,
        "phone": place.phone or BLANK,
        "treatment_kinds": kinds.question.said(kinds.value).lower(),
        "server_place": where.question.said(where.value).lower() if where.value else "máy chủ của cơ sở",
        "patient_ways": _ways(answers["patient_way"]),
    }


def _ways(answered: survey.Answered) -> str:
    said = answered.question.said(answered.value)
    return said.lower() if answered.value else "dấu vẽ và mã dùng một lần trên màn hình, có nhân viên chứng kiến"


def _counts() -> dict[str, str]:
    standings = stopping.standings()
    electronic = [s.department.name for s in standings if s.phase == "electronic"]
    paraclinical = facility.departments(kind="paraclinical").count()
    newest = MedicalRecord.objects.filter(encounter__source="").order_by("-opened_at")[:5]
    return {
        "clinical_departments": str(len(standings)),
        "paraclinical_departments": str(paraclinical),
        "staff": str(Account.objects.filter(is_active=True, staff__isnull=False).count()),
        "patients": _number(Patient.objects.filter(merged_into__isnull=True).count()),
        "records": _number(MedicalRecord.objects.count()),
        "documents": _number(Document.objects.count()),
        "electronic_departments": ", ".join(electronic) or "chưa có khoa nào",
        "phases": "; ".join(f"{s.department.name}: {s.phase_name.lower()}" for s in standings) or BLANK,
        "sample_records": ", ".join(r.record_number for r in newest) or BLANK,
    }


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _assessment() -> dict[str, str]:
    last = readiness.latest()
    if last is None:
        none = dict.fromkeys(("met", "passed", "stated", "failed", "open_statements", "points_met"), "0")
        said = "Chưa chạy đánh giá mức sẵn sàng; báo cáo này chưa có giá trị."
        texts = {"assessed_at": BLANK, "conclusion": said, "acceptance_conclusion": said, "dpia_conclusion": said}
        return {**none, **texts, "criteria_total": str(len(criteria()))}
    points = sum(s.result == PASS for s in readiness.by_point(last))
    heavy = [line.criterion.title_vi for line in readiness.lines(last) if not line.met and line.criterion.weight == 5]
    return {
        "met": str(last.passed + last.stated),
        "passed": str(last.passed),
        "stated": str(last.stated),
        "failed": str(last.failed),
        "open_statements": str(last.open_statements),
        "points_met": str(points),
        "criteria_total": str(len(last.found)),
        "assessed_at": f"{clock.local(last.begun_at):%H:%M ngày %d/%m/%Y}",
        **_conclusions(points, "; ".join(heavy)),
    }


def _conclusions(points: int, heavy: str) -> dict[str, str]:
    """What the figures come to: never better than they are."""
    rest = f"Rủi ro còn lại phải xử lý trước khi mở rộng: {heavy}." if heavy else ""
    dpia = {"dpia_conclusion": rest or "Mức rủi ro còn lại thấp khi các biện pháp tại Mục VI được duy trì."}
    if points == POINTS:
        return {
            **dpia,
            "conclusion": "Cơ sở đạt cả chín điểm; đề nghị Hội đồng họp nghiệm thu.",
            "acceptance_conclusion": "Hội đồng thống nhất hệ thống đạt chín điểm của Thông tư 13/2025/TT-BYT "
            "và đề nghị ký quyết định sử dụng.",
        }
    first = f" Việc phải làm trước khi dừng giấy: {heavy}." if heavy else ""
    return {
        **dpia,
        "conclusion": f"Cơ sở chưa đạt {POINTS - points} điểm, nêu tại Mục II và Mục III.{first}",
        "acceptance_conclusion": f"Hội đồng ghi nhận {points}/{POINTS} điểm đạt; chưa đủ căn cứ nghiệm thu toàn bộ. "
        "Các tiêu chí chưa đạt được khắc phục theo kế hoạch và đánh giá lại.",
    }


def _first(rule: str, default: str) -> str:
    """How the first number of a pattern looks: people read numbers, not patterns."""
    place = facility.facility()
    return numbers.format_number(str(facility.setting(rule, default)), 1, on=clock.today(), facility_code=place.code)


def _rules() -> dict[str, str]:
    edition = phrases.edition_in_force()
    published = f"danh mục số {edition.number} ngày {clock.day_of(edition.published_at):%d/%m/%Y}" if edition else ""
    issuers = (
        Certificate.objects.filter(kind="staff", revocation__isnull=True).values_list("origin", flat=True).distinct()
    )
    names = {"internal": "hệ thống chứng thực nội bộ của cơ sở", "pkcs12": "tổ chức chứng thực chữ ký số công cộng"}
    return {
        "record_types_count": str(len(types_opened())),
        "patient_pattern": _first("patients.number_pattern", PATIENT_NUMBER_PATTERN),
        "archive_pattern": _first("numbers.archive", ARCHIVE_PATTERN),
        "close_days": str(facility.setting(CLOSE_DAYS_RULE, CLOSE_DAYS_DEFAULT)),
        "abbreviations": published or "chưa ban hành",
        "certificate_issuers": " và ".join(names[i] for i in issuers) or "cơ sở chưa cấp",
    }


def _machine() -> dict[str, str]:
    backup = BackupRun.objects.filter(kind="backup", succeeded=True).first()
    prove = BackupRun.objects.filter(kind="prove").first()
    outside = [h for h in settings.ALLOWED_HOSTS if h not in LOOPBACK]
    people = Patient.objects.filter(merged_into__isnull=True).count()
    reaches_out = bool(settings.BENHAN_LOOKUP_URL)
    three = reaches_out and people >= ONLINE_LEVEL_3_PEOPLE
    kind = "dịch vụ trực tuyến cho người bệnh" if reaches_out else "hệ thống nội bộ"
    copied = f"bản gần nhất {clock.day_of(backup.finished_at):%d/%m/%Y}, {backup.files} tệp" if backup else ""
    proved = f"lần gần nhất {clock.day_of(prove.finished_at):%d/%m/%Y}, " if prove else ""
    return {
        "version": __version__,
        "platform": f"{platform.system()} {platform.machine()}",
        "database": f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}",
        "exposure": "mạng nội bộ: " + ", ".join(outside) if outside else "chỉ máy chủ này",
        "level": "3" if three else "2",
        "level_reason": f"{kind} xử lý dữ liệu sức khỏe của {_number(people)} người",
        "backup": copied or "chưa có bản sao lưu nào",
        "restore": proved + ("đạt" if prove.succeeded else "không đạt") if prove else "chưa thử lần nào",
    }


def _steps(on: date) -> dict[str, str]:
    found = training.certificates()
    done = [c for c in found if c.finished_at is not None]
    days = sorted(clock.day_of(c.finished_at) for c in done if c.finished_at is not None)
    issued = queries.issued()
    return {
        "day": f"{on:%d/%m/%Y}",
        "effective": f"{on:%d/%m/%Y}",
        "trained": str(len(done)),
        "trainees": str(len(found)),
        "training_from": f"{days[0]:%d/%m/%Y}" if days else BLANK,
        "training_to": f"{days[-1]:%d/%m/%Y}" if days else BLANK,
        **{
            name: issued[code].reference if code in issued else f"số {BLANK}"
            for name, code in (
                ("regulation", "regulation"),
                ("acceptance", "acceptance_minutes"),
                ("self_assessment", "self_assessment"),
                ("decision", "decision"),
            )
        },
    }


RULES_OF_THE_REGULATION = ("signing.positions.", "numbers.", "patients.", "records.", CLOSE_DAYS_RULE)


def settings_fingerprint() -> str:
    """The settings a regulation is made from, as one hash: when it differs, the regulation in force says something else than the
    system does (R-24). A rule set to what it is by default changes nothing."""
    kept = facility.settings_kept()
    defaults = {f"signing.positions.{role}": matrix["positions"] for role, matrix in registry.signer_roles().items()}
    defaults |= dict(_PATTERNS.values()) | {CLOSE_DAYS_RULE: CLOSE_DAYS_DEFAULT}
    rules = {k: v for k, v in kept.items() if k.startswith(RULES_OF_THE_REGULATION) and v != defaults.get(k)}
    edition = phrases.edition_in_force()
    return sha256_hex(canonical({"rules": rules, "abbreviations": edition.number if edition else 0}))
