"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("survey.survey.read", "Xem khảo sát hiện trạng và danh sách việc còn thiếu"),
    Action("survey.survey.write", "Trả lời khảo sát hiện trạng", kind="write"),
)
