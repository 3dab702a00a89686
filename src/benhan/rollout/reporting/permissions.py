"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("reporting.report.read", "Xem báo cáo gửi Sở Y tế"),
    Action("reporting.report.make", "Lập và gửi báo cáo tới Sở Y tế", kind="write"),
)
