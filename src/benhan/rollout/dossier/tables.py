"""Tables of the papers, drawn from the running system."""

from __future__ import annotations

from collections.abc import Callable

from benhan.access import gate
from benhan.access.models import ROLES
from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.facility.models import POSITIONS, Staff
from benhan.kernel import clock
from benhan.law import registry, retention
from benhan.records.lifecycle import RECORD_STATES
from benhan.records.opening import types_opened
from benhan.rollout.papers.blocks import Block, Table
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.readiness import report
from benhan.rollout.survey import queries as survey
from benhan.rollout.training import queries as training

RELATIONS = {"department": "khoa của mình", "care": "đang điều trị", "author": "người viết", "*": "toàn cơ sở"}


def assessment() -> list[Block]:
    """Nine points, CV 365, every criterion with its figure."""
    last = readiness.latest()
    return report.tables(last) if last else [Table(["Kết quả"], [["Chưa chạy đánh giá mức sẵn sàng"]])]


def points() -> list[Block]:
    """The nine points alone."""
    last = readiness.latest()
    rows = [
        [s.subject.code, s.subject.title_vi, f"{s.met}/{len(s.lines)}", s.result_name]
        for s in (readiness.by_point(last) if last else [])
    ]
    return [Table(["Điểm", "Yêu cầu", "Tiêu chí đạt", "Kết quả"], rows, (1.1, 6, 1.5, 2))]


def gaps() -> list[Block]:
    """What is missing."""
    rows = [[str(n), g.title, g.task, g.owner_name, g.source] for n, g in enumerate(survey.gaps(), 1)]
    return [Table(["TT", "Việc còn thiếu", "Việc phải làm", "Phụ trách", "Căn cứ"], rows, (0.9, 4, 4, 2.4, 2.4))]


def record_types() -> list[Block]:
    """Types of record the facility opens."""
    known, kept, place = registry.record_types(), facility.settings_kept(), facility.facility()

    def example(code: str) -> str:
        pattern = str(kept.get(f"numbers.record.{code}", known[code]["number_pattern"]))
        return numbers.format_number(pattern, 1, on=clock.today(), facility_code=place.code)

    rows = [
        [str(n), name, str(known[code].get("official_number", "")), example(code)]
        for n, (code, name) in enumerate(types_opened().items(), 1)
    ]
    return [Table(["TT", "Loại hồ sơ", "Mẫu số", "Số hồ sơ (ví dụ)"], rows, (0.9, 6, 1.6, 2.6))]


def signers() -> list[Block]:
    """Who may fill which place, as set."""
    kept = facility.settings_kept()
    rows = [
        [
            matrix["name_vi"],
            ", ".join(POSITIONS[p] for p in kept.get(f"signing.positions.{role}", matrix["positions"])),
        ]
        for role, matrix in registry.signer_roles().items()
        if matrix["positions"]
    ]
    return [Table(["Vị trí ký trên giấy", "Người được ký"], rows, (3, 6))]


def retentions() -> list[Block]:
    """Classes of retention."""
    rows = [
        [
            c.name_vi,
            "vĩnh viễn" if c.years is None else f"{c.years} năm",
            "ngày người bệnh tử vong" if c.counted_from == "death" else "năm kết thúc",
            c.source,
        ]
        for c in retention.classes().values()
    ]
    return [Table(["Loại tài liệu", "Thời hạn", "Tính từ", "Căn cứ"], rows, (5, 1.5, 2, 3))]


def access() -> list[Block]:
    """The matrix of permissions as it is enforced."""
    rows = []
    for code, action in sorted(gate.actions().items()):
        for rule in gate.rules().get(code, ()):
            if rule.roles == {"authority"}:
                continue  # a health department's own rooms are not in this house
            named = sorted(RECORD_STATES.get(s, s) for s in rule.record_states)
            states = "mọi trạng thái" if "*" in rule.record_states else ", ".join(named)
            rows.append(
                [
                    action.label,
                    ", ".join(ROLES.get(r, "hệ thống") for r in sorted(rule.roles)),
                    ", ".join(RELATIONS[r] for r in sorted(rule.relations)),
                    states,
                ]
            )
    return [Table(["Hành động", "Vai trò", "Phạm vi", "Trạng thái hồ sơ"], rows, (4, 4, 2, 3))]


def measures() -> list[Block]:
    """Security measures: criteria of points 1.4, 2.1 and 2.4 with what was seen."""
    last = readiness.latest()
    rows = [
        [line.criterion.title_vi, str(line.told["figure"]), line.result_name, ", ".join(line.criterion.requirements)]
        for line in (readiness.lines(last) if last else [])
        if {"1.4", "2.1", "2.4"} & set(line.criterion.points)
    ]
    return [Table(["Biện pháp", "Hiện trạng đo được", "Kết quả", "Yêu cầu"], rows, (4, 4, 1.6, 2))]


def trained() -> list[Block]:
    """Who finished which practice."""
    rows = [
        [
            str(n),
            c.person,
            c.title,
            c.role_name,
            f"{c.done}/{c.total}",
            f"{clock.day_of(c.finished_at):%d/%m/%Y}" if c.finished_at else "chưa xong",
        ]
        for n, c in enumerate(training.certificates(), 1)
    ]
    return [Table(["TT", "Họ tên", "Chức danh", "Vai trò", "Bài đã làm", "Hoàn thành"], rows, (0.9, 4, 2, 2.5, 1.5, 2))]


def council() -> list[Block]:
    """The council: who leads the house, the planning office, heads of departments; blanks for others."""
    people = Staff.objects.filter(position__in=("director", "department_head"), account__is_active=True)
    people = people.select_related("department").order_by("position", "full_name")
    rows = [
        [str(n), p.full_name, POSITIONS[p.position], p.department.name if p.department else ""]
        for n, p in enumerate(people, 1)
    ]
    rows += [[str(n), "", "", ""] for n in range(len(rows) + 1, len(rows) + 3)]
    return [Table(["TT", "Họ tên", "Chức vụ", "Khoa, phòng"], rows, (0.9, 4, 3, 4))]


def data_kinds() -> list[Block]:
    """Kinds of personal data the system holds."""
    rows = [
        ["Nhân thân, giấy tờ định danh, liên hệ", "cơ bản", "người bệnh, người đại diện"],
        ["Tình trạng sức khỏe, chẩn đoán, kết quả, thuốc", "nhạy cảm", "người bệnh"],
        ["Dấu vẽ xác nhận (không phải mẫu sinh trắc)", "cơ bản", "người bệnh, người đại diện"],
        ["Thẻ bảo hiểm y tế", "cơ bản", "người bệnh"],
        ["Họ tên, chức danh, giấy phép hành nghề, chứng thư", "cơ bản", "nhân viên"],
        ["Nhật ký truy cập: ai, lúc nào, từ máy nào, xem gì", "cơ bản", "nhân viên"],
    ]
    return [Table(["Loại dữ liệu", "Phân loại", "Chủ thể"], rows, (6, 2, 3))]


def risks() -> list[Block]:
    """Risks with the measure that meets each."""
    rows = [
        [
            "Người không có nhiệm vụ xem hồ sơ",
            "trung bình",
            "phân quyền theo khoa và quan hệ điều trị; nhật ký mọi lần xem; người bệnh được hỏi ai đã xem",
        ],
        ["Sửa, xóa nội dung đã ghi", "cao", "phiên bản không sửa được, khóa của cơ sở dữ liệu, chữ ký, niêm phong"],
        ["Mất dữ liệu do hỏng máy, mã độc", "cao", "sao lưu mã hóa hằng ngày, thử khôi phục, bản thứ hai ở nơi khác"],
        ["Lộ dữ liệu khi in, xuất", "trung bình", "quyền in và xuất riêng; bản in có người in, mã tra cứu; nhật ký"],
        ["Đánh cắp máy chủ, ổ đĩa", "trung bình", "mã hóa ổ đĩa, khóa phòng máy"],
        ["Nhầm người bệnh", "trung bình", "số định danh, quét thẻ, cảnh báo trùng, gộp có nhật ký và tách lại được"],
    ]
    return [Table(["Rủi ro", "Mức", "Biện pháp"], rows, (3, 1.2, 6))]


TABLES: dict[str, Callable[[], list[Block]]] = {
    "assessment": assessment,
    "points": points,
    "gaps": gaps,
    "record_types": record_types,
    "signers": signers,
    "retention": retentions,
    "access": access,
    "measures": measures,
    "training": trained,
    "council": council,
    "data_kinds": data_kinds,
    "risks": risks,
}
