"""What goes in and out: the exchange file, the channels the law names, imported data."""

from __future__ import annotations

from django.conf import settings

from benhan.exchange.bhyt.models import ImportRun
from benhan.exchange.cv365 import exporting
from benhan.records.models import MedicalRecord
from benhan.rollout.readiness.judging import Finding, Look, measures

RECORDS_LOOKED_AT = 10
# A channel is a room of its own; the house has it when the room is installed. Today none of them is: the figure says so.
CHANNELS = {
    "prescriptions_sent": ("benhan.exchange.prescription", "hệ thống đơn thuốc quốc gia"),
    "insurance_sent": ("benhan.exchange.insurance", "cổng giám định BHYT"),
    "papers_sent": ("benhan.exchange.papers", "cổng BHXH và dịch vụ công"),
}


@measures("cv365_export")
def cv365_export(look: Look) -> Finding:
    """The newest records leave as valid JSON and XML of the exchange annex."""
    rows = list(MedicalRecord.objects.filter(encounter__source="").order_by("-opened_at")[:RECORDS_LOOKED_AT])
    bad = [f"{r.record_number}: {faults[0].said}" for r in rows if (faults := exporting.faults_of(r))]
    return look.share(len(rows) - len(bad), len(rows), "hồ sơ xuất hợp lệ", bad)


def _channel(look: Look) -> Finding:
    room, name = CHANNELS[look.criterion.code]
    there = room in settings.INSTALLED_APPS
    return look.judged(there, f"có kênh gửi {name}" if there else f"phần mềm chưa có kênh gửi {name}")


for _code in CHANNELS:
    measures(_code)(_channel)


@measures("data_imported")
def data_imported(look: Look) -> Finding:
    """Data of the system before came in, or there was none."""
    episodes = sum(ImportRun.objects.filter(finished_at__isnull=False).values_list("created", flat=True))
    return look.judged(True, f"{episodes} đợt điều trị đã nhập") if episodes else look.asks("chưa nhập dữ liệu nào")


@measures("announced")
def announced(look: Look) -> Finding:
    """The announcement stands on another site."""
    return look.asks("cần ngày và đường dẫn công bố")


@measures("level_approved")
def level_approved(look: Look) -> Finding:
    """An approval is a paper of somebody else."""
    return look.asks("cần số quyết định phê duyệt cấp độ")
