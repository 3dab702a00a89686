"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("duties.calendar.read", "Xem lịch pháp lý"),
    Action("duties.calendar.note", "Ghi nghĩa vụ đã thực hiện", kind="write"),
)
