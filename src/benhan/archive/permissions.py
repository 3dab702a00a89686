"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("archive.record.export", "Xuất gói hồ sơ đã niêm phong", kind="export", subject="record"),
    Action("archive.backup.read", "Xem tình trạng sao lưu"),
)
