"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("bhyt.import.read", "Xem các lần nhập dữ liệu BHYT"),
    Action("bhyt.import.run", "Nhập dữ liệu BHYT", kind="write"),
)
