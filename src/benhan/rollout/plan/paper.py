"""The plan as an official paper (KẾ HOẠCH): where we stand, what is done until when by whom, what it costs."""

from __future__ import annotations

from benhan.kernel import clock
from benhan.rollout.papers.blocks import Block, Heading, Paper, Paragraph, Signer, Table, money
from benhan.rollout.papers.letterhead import letterhead
from benhan.rollout.plan import queries
from benhan.rollout.plan.models import Plan
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.stopping.queries import standings
from benhan.rollout.survey import queries as survey


def made(plan: Plan) -> Paper:
    """The paper of a plan as it stands today."""
    head = letterhead()
    return Paper(
        kind="KẾ HOẠCH",
        subject="Triển khai hồ sơ bệnh án điện tử, dừng sử dụng hồ sơ bệnh án giấy",
        facility=head.facility,
        governing_body=head.governing_body,
        number=head.number("KH"),
        place=head.place,
        day=clock.today(),
        basis=("luat_kcb_2023", "tt_32_2023", "tt_13_2025", "ct_04_2026", "cv_365_2025"),
        blocks=[*_purpose(plan), *_standing(), *_tasks(plan), *_budget(plan), *_organisation(plan)],
        recipients=(f"{head.receiver} (để báo cáo)", "Các khoa, phòng", "Lưu: VT, KHTH"),
        signers=(Signer("head", head.head_title, head.head_name),),
    )


def _purpose(plan: Plan) -> list[Block]:
    return [
        Heading("I. MỤC ĐÍCH, YÊU CẦU"),
        Paragraph(
            f"1. Hoàn thành triển khai hồ sơ bệnh án điện tử theo Thông tư 13/2025/TT-BYT trước ngày {plan.due:%d/%m/%Y}; "
            "dừng sử dụng hồ sơ bệnh án giấy tại từng khoa khi đạt các điều kiện chuyển đổi."
        ),
        Paragraph(
            "2. Bảo đảm an toàn người bệnh trong thời gian chuyển đổi: mỗi khoa chạy song song trước khi dừng giấy; "
            "người bệnh đang điều trị theo hồ sơ giấy được dùng hồ sơ giấy đến hết đợt."
        ),
        Paragraph("3. Mỗi việc có người phụ trách, thời hạn, kết quả đo được trên hệ thống."),
    ]


def _standing() -> list[Block]:
    last, gaps = readiness.latest(), survey.gaps()
    blocks: list[Block] = [Heading("II. HIỆN TRẠNG")]
    if last is not None:
        met = last.passed + last.stated
        blocks.append(
            Paragraph(
                f"Kết quả tự đánh giá ngày {clock.day_of(last.begun_at):%d/%m/%Y}: {met} tiêu chí đạt, "
                f"{last.failed} tiêu chí chưa đạt, "
                f"{last.open_statements} tiêu chí chờ xác nhận."
            )
        )
    rows = [[str(n), g.title, g.task, g.owner_name, g.cost_name, g.source] for n, g in enumerate(gaps, 1)]
    blocks.append(
        Table(
            ["TT", "Việc còn thiếu", "Việc phải làm", "Phụ trách", "Mức kinh phí", "Căn cứ"],
            rows,
            (0.9, 3.5, 4, 2.2, 1.8, 2.2),
            title=f"Danh sách việc còn thiếu ({len(gaps)} việc)",
        )
    )
    return blocks


def _tasks(plan: Plan) -> list[Block]:
    found = queries.rows(plan)
    rows = [
        [
            str(n),
            r.task.title + (" (mốc)" if r.task.is_milestone else ""),
            r.owner_name,
            f"{r.task.starts:%d/%m/%Y}",
            f"{r.task.ends:%d/%m/%Y}",
            "xong" if r.standing == "done" else r.task.source,
        ]
        for n, r in enumerate(found, 1)
    ]
    late = queries.overdue_days(plan)
    said = (
        f"Lưu ý: với thời lượng tối thiểu, kế hoạch vẫn kết thúc sau hạn {late} ngày; cần thêm nhân lực hoặc rút việc."
    )
    warning = [Paragraph(said)]
    phases = "; ".join(f"{s.department.name} (đang ở giai đoạn {s.phase_name.lower()})" for s in standings())
    return [
        Heading("III. NỘI DUNG VÀ TIẾN ĐỘ"),
        Table(
            ["TT", "Nội dung", "Phụ trách", "Bắt đầu", "Kết thúc", "Căn cứ, kết quả"],
            rows,
            (0.9, 5, 2.4, 2.2, 2.2, 2.2),
        ),
        *(warning if late else []),
        Paragraph(f"Các khoa lâm sàng: {phases}."),
    ]


def _budget(plan: Plan) -> list[Block]:
    lines, total = queries.budget(plan)
    blocks: list[Block] = [Heading("IV. KINH PHÍ")]
    if not lines:
        return [*blocks, Paragraph("Không phát sinh kinh phí mua sắm.")]
    rows = [
        [str(n), t.budget_item or t.title, t.budget_unit, str(t.quantity), money(t.price), money(t.cost)]
        for n, t in enumerate(lines, 1)
    ]
    rows.append(["", "Cộng", "", "", "", money(total)])
    columns = ["TT", "Nội dung", "Đơn vị", "Số lượng", "Đơn giá (đồng)", "Thành tiền (đồng)"]
    return [
        *blocks,
        Table(columns, rows, (0.9, 5, 1.5, 1.4, 2.2, 2.4), numeric=(3, 4, 5)),
        Paragraph("Đơn giá là dự kiến để lập dự toán; nguồn kinh phí do cơ sở bố trí theo quy định."),
    ]


def _organisation(plan: Plan) -> list[Block]:
    by_owner: dict[str, int] = {}
    for row in queries.rows(plan):
        name = queries.OWNERS.get(row.task.owner, row.task.owner)
        by_owner[name] = by_owner.get(name, 0) + 1
    lines = [
        Paragraph(f"{n}. {name}: chủ trì {count} việc tại Mục III.")
        for n, (name, count) in enumerate(by_owner.items(), 1)
    ]
    return [
        Heading("V. TỔ CHỨC THỰC HIỆN"),
        *lines,
        Paragraph(
            "Tiến độ được theo dõi trên phần mềm và báo cáo lãnh đạo hằng tuần; vướng mắc báo ngay về Phòng Kế hoạch tổng hợp."
        ),
    ]
