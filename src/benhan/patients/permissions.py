"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("patients.patient.search", "Tìm người bệnh"),
    Action("patients.patient.read", "Xem thông tin người bệnh", subject="patient"),
    Action("patients.patient.register", "Đăng ký người bệnh", kind="write"),
    Action("patients.patient.update", "Sửa thông tin người bệnh", kind="write", subject="patient"),
    Action("patients.patient.merge", "Gộp và tách người bệnh", kind="write", subject="patient"),
)
