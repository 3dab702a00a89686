"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("access.password.change", "Đổi mật khẩu của mình", kind="write"),
    Action("access.account.manage", "Quản lý tài khoản và vai trò", kind="admin"),
)
