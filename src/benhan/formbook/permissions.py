"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("formbook.form.read", "Xem các mẫu giấy và thay đổi của mẫu"),
    Action("formbook.form.manage", "Soạn và ban hành mẫu của cơ sở", kind="admin"),
)
