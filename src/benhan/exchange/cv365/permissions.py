"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("cv365.record.export", "Xuất tệp trao đổi CV 365 của hồ sơ", kind="export", subject="record"),
    Action("cv365.import.read", "Xem các tệp CV 365 đã nhận"),
    Action("cv365.import.run", "Nhận tệp CV 365 từ hệ thống khác", kind="write"),
)
