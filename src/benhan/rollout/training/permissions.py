"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("training.task.read", "Xem việc thực hành của mình"),
    Action("training.task.practise", "Bắt đầu việc thực hành", kind="write"),
    Action("training.progress.read", "Xem tiến độ thực hành của các khoa"),
    Action("training.certificate.export", "Tải danh sách chứng nhận thực hành đã ký", kind="export"),
    Action("training.certificate.take", "Nhận danh sách chứng nhận từ nhà thực hành", kind="admin"),
)
