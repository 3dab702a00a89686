"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("readiness.run.read", "Xem kết quả đánh giá mức sẵn sàng"),
    Action("readiness.run.make", "Chạy đánh giá mức sẵn sàng", kind="write"),
    Action("readiness.statement.make", "Xác nhận tiêu chí mà máy không đo được", kind="write"),
)
