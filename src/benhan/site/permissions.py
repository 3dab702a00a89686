"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("site.home.read", "Trang chính"),
    Action("site.staff.manage", "Quản lý khoa, nhân viên và tài khoản", kind="admin"),
    Action("site.settings.manage", "Đặt quy tắc của cơ sở", kind="admin"),
    Action("site.audit.patient", "Xem ai đã xem người bệnh", subject="patient"),
    Action("site.audit.read", "Xem nhật ký truy cập"),
)
