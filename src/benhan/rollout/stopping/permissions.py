"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("stopping.phase.read", "Xem tiến độ dừng dùng giấy của các khoa"),
    Action("stopping.phase.change", "Chuyển khoa giữa giấy, song song và điện tử", kind="admin"),
)
