"""The report for the provincial committee, and the board as XLSX."""

from __future__ import annotations

from typing import Any

from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.law.rollout import DEADLINE, points
from benhan.rollout.authority import queries
from benhan.rollout.authority.models import STAGES
from benhan.rollout.authority.queries import Row
from benhan.rollout.papers import xlsx
from benhan.rollout.papers.blocks import Heading, Paper, Paragraph, Signer, Table
from benhan.rollout.papers.letterhead import letterhead

RESULT_WORDS = {"pass": "đạt", "fail": "chưa đạt", "statement": "chờ xác nhận", "": ""}


def paper() -> Paper:
    """Where the province stands today."""
    head, rows = letterhead(), queries.board()
    totals = queries.totals(rows)
    silent = [r for r in rows if r.is_silent]
    done = totals["ready"] + totals["announced"]
    share = f"{100 * done / len(rows):.1f}".replace(".", ",") if rows else "0"
    left = (DEADLINE - clock.today()).days
    until = f"còn {left} ngày đến hạn {DEADLINE:%d/%m/%Y}" if left >= 0 else f"đã quá hạn {DEADLINE:%d/%m/%Y}"
    worst = sorted((r for r in rows if r.standing.points_met < 9), key=lambda r: (r.standing.points_met, r.place.name))
    return Paper(
        kind="BÁO CÁO",
        subject="Tiến độ triển khai hồ sơ bệnh án điện tử trên địa bàn",
        facility=facility.facility().name,
        governing_body=head.governing_body,
        number=head.number("BC"),
        place=head.place,
        day=clock.today(),
        basis=("tt_13_2025", "ct_04_2026"),
        blocks=[
            Heading("I. TÌNH HÌNH CHUNG"),
            Paragraph(
                f"Tính đến ngày {clock.today():%d/%m/%Y}, {until}: {done}/{len(rows)} cơ sở ({share} %) đạt chín điểm của Thông tư "
                f"13/2025/TT-BYT, trong đó {totals['announced']} cơ sở đã công bố; {totals['advancing']} cơ sở đang triển khai, "
                f"{totals['started']} cơ sở mới bắt đầu, {totals['silent']} cơ sở chưa báo cáo."
            ),
            Table(
                ["Loại hình", "Số cơ sở", "Đạt chín điểm", "Quá 7 ngày không báo cáo"],
                [[kind, str(n), str(met), str(quiet)] for kind, n, met, quiet in queries.by_kind(rows)],
                (4, 1.5, 2, 2.5),
                numeric=(1, 2, 3),
            ),
            Heading("II. VƯỚNG MẮC"),
            Table(
                ["Vướng mắc", "Số cơ sở"],
                [[title, str(count)] for _, title, count in queries.blocks(rows)],
                (6, 1.5),
                numeric=(1,),
            ),
            Heading("III. CƠ SỞ CẦN TẬP TRUNG HỖ TRỢ"),
            Table(
                ["TT", "Cơ sở", "Địa bàn", "Điểm đạt", "Tình trạng"],
                [
                    [str(n), r.place.name, r.place.commune, f"{r.standing.points_met}/9", r.stage_name]
                    for n, r in enumerate(worst[:40], 1)
                ],
                (0.9, 5, 3, 1.4, 2.4),
            ),
            Paragraph(f"Còn {len(silent)} cơ sở quá 7 ngày không báo cáo; danh sách đầy đủ trong bảng Excel kèm theo."),
            Heading("IV. KIẾN NGHỊ"),
            Paragraph(
                "Đề nghị Ủy ban nhân dân chỉ đạo các đơn vị bố trí kinh phí cho các vướng mắc tại Mục II "
                "và đôn đốc cơ sở tại Mục III."
            ),
        ],
        recipients=("Ủy ban nhân dân tỉnh", "Lưu: VT, NVY"),
        signers=(Signer("head", head.head_title, head.head_name),),
    )  # fmt: skip


def table(rows: list[Row]) -> bytes:
    """The board as XLSX."""
    columns = [
        "Mã", "Cơ sở", "Loại hình", "Địa bàn", "Tình trạng", "Điểm đạt", *(f"Điểm {p.code}" for p in points()),
        "Khoa", "Khoa điện tử", "Hồ sơ đang mở", "Còn giấy", "Bản in 30 ngày", "Hạn kế hoạch", "Việc quá hạn", "Báo cáo gần nhất",
    ]  # fmt: skip
    lines: list[list[Any]] = [
        [
            r.place.code, r.place.name, r.place.get_kind_display(), r.place.commune, r.stage_name, r.standing.points_met,
            *(RESULT_WORDS[result] for _, result in r.results),
            r.standing.departments, r.standing.departments_electronic, r.standing.records_open, r.standing.records_paper,
            r.standing.prints, r.standing.plan_due, r.standing.plan_late,
            clock.local(r.standing.received_at) if r.standing.received_at else None,
        ]
        for r in rows
    ]  # fmt: skip
    book = xlsx.book()
    xlsx.sheet(book, "Tiến độ", columns, lines)
    counts = queries.totals(rows)
    xlsx.sheet(book, "Tổng hợp", ["Tình trạng", "Số cơ sở"], [[STAGES[s], n] for s, n in counts.items()])
    xlsx.sheet(book, "Vướng mắc", ["Vướng mắc", "Số cơ sở"], [[t, n] for _, t, n in queries.blocks(rows, 60)])
    return xlsx.data(book)
