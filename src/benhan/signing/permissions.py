"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("signing.queue.read", "Xem danh sách chờ ký"),
    Action("signing.certificate.own", "Quản lý chứng thư của mình", kind="write"),
    Action("signing.certificate.manage", "Cấp và thu hồi chứng thư", kind="admin"),
)
