"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("plan.plan.read", "Xem kế hoạch chuyển sang hồ sơ điện tử"),
    Action("plan.plan.write", "Lập và sửa kế hoạch", kind="write"),
)
