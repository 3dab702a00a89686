"""The log in the words of the house: what its codes mean to the person who reads who looked at a record."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benhan.access import gate
from benhan.access.models import ROLES
from benhan.kernel.text import fold

# What is logged besides the actions of the gate, which carry their own names.
EVENTS = {
    "access.account.add": gettext_noop("Thêm tài khoản"),
    "access.account.disable": gettext_noop("Khóa tài khoản"),
    "access.login": gettext_noop("Đăng nhập"),
    "access.logout": gettext_noop("Đăng xuất"),
    "access.password.set": gettext_noop("Đặt mật khẩu"),
    "access.role.assign": gettext_noop("Giao vai trò"),
    "access.role.withdraw": gettext_noop("Rút vai trò"),
    "access.sessions.end": gettext_noop("Kết thúc các phiên đăng nhập"),
    "archive.backup": gettext_noop("Sao lưu"),
    "archive.backup.backup": gettext_noop("Sao lưu"),
    "archive.backup.prove": gettext_noop("Thử khôi phục bản sao lưu"),
    "archive.backup.restore": gettext_noop("Khôi phục từ bản sao lưu"),
    "archive.record.export.made": gettext_noop("Đã xuất gói hồ sơ"),
    "audit.events.read": gettext_noop("Xem nhật ký truy cập"),
    "audit.events.export": gettext_noop("Xuất nhật ký truy cập"),
    "audit.log.export": gettext_noop("Xuất nhật ký truy cập"),
    "audit.verify": gettext_noop("Kiểm tra toàn vẹn nhật ký"),
    "bhyt.import.again": gettext_noop("Nhập lại hồ sơ bị từ chối"),
    "bhyt.import.begin": gettext_noop("Bắt đầu nhập dữ liệu"),
    "bhyt.import.episodes": gettext_noop("Nhập các đợt điều trị"),
    "bhyt.import.finish": gettext_noop("Nhập dữ liệu xong"),
    "clinical.rebuild": gettext_noop("Dựng lại dữ liệu tổng hợp"),
    "facility.department.add": gettext_noop("Thêm khoa, phòng"),
    "facility.set_up": gettext_noop("Khai báo cơ sở"),
    "facility.setting.set": gettext_noop("Đổi quy tắc của cơ sở"),
    "facility.staff.add": gettext_noop("Thêm nhân viên"),
    "patients.patient.search.shown": gettext_noop("Hiện trong kết quả tìm kiếm"),
    "patients.patient.unmerge": gettext_noop("Tách người bệnh đã gộp"),
    "phrases.abbreviation.drop": gettext_noop("Bỏ một chữ viết tắt khỏi bản soạn"),
    "phrases.abbreviation.import": gettext_noop("Nhập tệp chữ viết tắt"),
    "phrases.abbreviation.propose": gettext_noop("Lấy gợi ý chữ viết tắt"),
    "phrases.abbreviation.publish": gettext_noop("Ban hành danh mục chữ viết tắt"),
    "phrases.abbreviation.put": gettext_noop("Thêm hoặc sửa một chữ viết tắt"),
    "phrases.snippet.add": gettext_noop("Thêm câu mẫu"),
    "phrases.snippet.change": gettext_noop("Sửa câu mẫu"),
    "phrases.snippet.remove": gettext_noop("Bỏ câu mẫu"),
    "records.document.show_for_confirmation": gettext_noop("Cho người bệnh xem để xác nhận"),
    "records.document.printed": gettext_noop("Chuyển giấy đã ký ra bản giấy"),
    "records.document.looked_up": gettext_noop("Tra cứu mã in trên giấy"),
    "records.draft.discard": gettext_noop("Bỏ bản nháp"),
    "records.draft.save": gettext_noop("Bắt đầu bản nháp"),
    "records.record.transfer": gettext_noop("Chuyển khoa"),
    "records.record.undo_discharge": gettext_noop("Hủy ra viện"),
    "signing.authority.set_up": gettext_noop("Tạo CA nội bộ"),
    "signing.certificate.import": gettext_noop("Nhập chứng thư"),
    "signing.certificate.issue": gettext_noop("Cấp chứng thư"),
    "facility.rename": gettext_noop("Đổi thông tin cơ sở"),
    "signing.seal.renew": gettext_noop("Cấp con dấu số mới"),
    "signing.certificate.revoke": gettext_noop("Thu hồi chứng thư"),
    "signing.confirm": gettext_noop("Người bệnh xác nhận"),
    "signing.pin.change": gettext_noop("Đổi mã PIN"),
    "signing.pin.wrong": gettext_noop("Nhập sai mã PIN"),
    "site.demo": gettext_noop("Nạp dữ liệu mẫu"),
    "site.first_run": gettext_noop("Thiết lập lần đầu"),
}
OBJECTS = {
    "abbreviation": gettext_noop("Chữ viết tắt"),
    "abbreviationedition": gettext_noop("Danh mục chữ viết tắt"),
    "account": gettext_noop("Tài khoản"),
    "backup": gettext_noop("Bản sao lưu"),
    "certificate": gettext_noop("Chứng thư"),
    "department": gettext_noop("Khoa, phòng"),
    "document": gettext_noop("Giấy tờ"),
    "documentversion": gettext_noop("Giấy tờ"),
    "draft": gettext_noop("Bản nháp"),
    "facility": gettext_noop("Cơ sở"),
    "identifier": gettext_noop("Số giấy tờ"),
    "importrun": gettext_noop("Lần nhập dữ liệu"),
    "medicalrecord": gettext_noop("Hồ sơ bệnh án"),
    "merge": gettext_noop("Gộp người bệnh"),
    "patient": gettext_noop("Người bệnh"),
    "record": gettext_noop("Hồ sơ bệnh án"),
    "representative": gettext_noop("Người đại diện"),
    "setting": gettext_noop("Quy tắc"),
    "snippet": gettext_noop("Câu mẫu"),
    "staff": gettext_noop("Nhân viên"),
}
REASONS = {
    "not_permitted": gettext_noop("không có quyền"),
    "credentials": gettext_noop("sai tên đăng nhập hoặc mật khẩu"),
    "locked": gettext_noop("tạm khóa vì nhập sai quá nhiều lần"),
    "invalid": gettext_noop("nội dung chưa hợp lệ"),
    "not_found": gettext_noop("không tìm thấy"),
    "conflict": gettext_noop("có người vừa thay đổi"),
    "once_per_record": gettext_noop("hồ sơ đã có giấy này"),
    "volume_sealed": gettext_noop("hồ sơ đã niêm phong"),
    "not_a_writer": gettext_noop("vai trò không ghi được mẫu này"),
}


def action_name(code: str) -> str:
    """What was done, in words; a code nobody named shows itself, so that nothing in the log is hidden."""
    if code in EVENTS:
        return _(EVENTS[code])
    known = gate.actions().get(code.removesuffix(".shown"))
    if known is None:
        return code
    return _("Mở trang: %(name)s") % {"name": _(known.label)} if code.endswith(".shown") else _(known.label)


def action_choices() -> list[tuple[str, str]]:
    """Everything the log may hold, in words and in their order, to choose from."""
    return sorted(((code, action_name(code)) for code in {*EVENTS, *gate.actions()}), key=lambda c: fold(c[1]))


def reason_name(code: str) -> str:
    """Why it was refused, in words."""
    return _(REASONS[code]) if code in REASONS else code


def object_name(code: str) -> str:
    """What it was done to, in words."""
    return _(OBJECTS[code]) if code in OBJECTS else code


def role_names(roles: str | Iterable[str]) -> str:
    """The roles somebody acted in, in words."""
    codes = roles.replace(",", " ").split() if isinstance(roles, str) else list(roles)
    return ", ".join(_(ROLES[c]) if c in ROLES else _("Hệ thống") if c == "system" else c for c in codes)
