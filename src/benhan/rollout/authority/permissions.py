"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("authority.board.read", "Xem tiến độ các cơ sở trong tỉnh"),
    Action("authority.place.manage", "Quản lý danh sách cơ sở, ghi danh con dấu", kind="admin"),
    Action("authority.report.take", "Nhận báo cáo của cơ sở từ tệp", kind="write"),
    Action("authority.reminder.write", "Nhắc cơ sở", kind="write"),
)
