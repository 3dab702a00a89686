"""A look at the house as JSON and as a paper (self-assessment with figures)."""

from __future__ import annotations

from typing import Any

from benhan import __version__
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.rollout.papers import pdf as drawn
from benhan.rollout.papers.blocks import Block, Heading, Paper, Paragraph, Table
from benhan.rollout.readiness import queries
from benhan.rollout.readiness.models import ReadinessRun


def as_json(run: ReadinessRun, *, samples: bool = True) -> dict[str, Any]:
    """Everything of a look, for other programs. `sample` holds numbers of records: it stays in the house, so what goes out is made
    without."""
    place = facility.facility_or_none()
    return {
        "format": "benhan-readiness/1",
        "facility": {"code": place.code, "name": place.name} if place else None,
        "software": {"name": "benhan", "version": __version__},
        "begun_at": run.begun_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "met": run.passed + run.stated,
        "failed": run.failed,
        "open_statements": run.open_statements,
        "points": [
            {"code": s.subject.code, "result": s.result, "met": s.met, "of": len(s.lines)}
            for s in queries.by_point(run)
        ],
        "functions": [
            {"code": s.subject.code, "result": s.result, "met": s.met, "of": len(s.lines)}
            for s in queries.by_function(run)
        ],
        "criteria": [
            {
                "code": line.criterion.code,
                "title": line.criterion.title_vi,
                "points": list(line.criterion.points),
                "requirements": list(line.criterion.requirements),
                "weight": line.criterion.weight,
                "met": line.met,
                "advice": "" if line.met else line.criterion.advice_vi,
                **{k: v for k, v in line.told.items() if samples or k != "sample"},
            }
            for line in queries.lines(run)
        ],
    }


def tables(run: ReadinessRun) -> list[Block]:
    """The nine points, the functions of CV 365, every criterion with its figure: for the report and the dossier."""
    blocks: list[Block] = [
        Table(
            ["Điểm", "Yêu cầu của Thông tư 13/2025/TT-BYT", "Căn cứ", "Tiêu chí đạt", "Kết quả"],
            [
                [
                    s.subject.code,
                    s.subject.title_vi,
                    getattr(s.subject, "article", ""),
                    f"{s.met}/{len(s.lines)}",
                    s.result_name,
                ]
                for s in queries.by_point(run)
            ],
            (1.2, 6, 2, 1.5, 2),
            title="1. Chín điểm của Thông tư 13/2025/TT-BYT (Điều 1 đến Điều 3)",
        ),
        Table(
            ["Mục", "Chức năng theo Công văn 365/TTYQG-GPQLCL", "Mục của công văn", "Tiêu chí đạt", "Kết quả"],
            [
                [
                    s.subject.code,
                    s.subject.title_vi,
                    getattr(s.subject, "source", ""),
                    f"{s.met}/{len(s.lines)}",
                    s.result_name,
                ]
                for s in queries.by_function(run)
            ],
            (1.2, 6, 2, 1.5, 2),
            title="2. Bảng chức năng của Công văn 365/TTYQG-GPQLCL",
        ),
    ]
    for summary in queries.by_point(run):
        rows = []
        for line in summary.lines:
            told, said = line.told, ""
            if statement := told.get("statement"):
                said = f"\nXác nhận: {statement['text']} ({statement['by']}, đến {statement['valid_to']})"
            rows.append(
                [
                    line.criterion.title_vi,
                    f"{told['figure']}{said}",
                    line.result_name,
                    "" if line.met else line.criterion.advice_vi,
                ]
            )
        blocks.append(
            Table(
                ["Tiêu chí", "Số đo, bằng chứng", "Kết quả", "Việc phải làm"],
                rows,
                (4, 4, 1.6, 4),
                title=f"Điểm {summary.subject.code}: {summary.subject.title_vi}",
            )
        )
    return blocks


def pdf(run: ReadinessRun) -> bytes:
    """The look as a paper of the facility."""
    place = facility.facility()
    day = clock.day_of(run.begun_at)
    paper = Paper(
        kind="KẾT QUẢ ĐÁNH GIÁ",
        subject="Mức sẵn sàng sử dụng hồ sơ bệnh án điện tử thay hồ sơ giấy",
        facility=place.name,
        governing_body=place.governing_body,
        number="…… ",
        place="",
        day=day,
        basis=("tt_13_2025", "cv_365_2025"),
        blocks=[
            Paragraph(
                f"Hệ thống tự đo lúc {clock.local(run.begun_at):%H:%M ngày %d/%m/%Y}: {run.passed} tiêu chí đạt, "
                f"{run.stated} tiêu chí đã được xác nhận, "
                f"{run.failed} tiêu chí chưa đạt, {run.open_statements} tiêu chí còn chờ người có thẩm quyền xác nhận."
            ),
            *tables(run),
            Heading("Ghi chú"),
            Paragraph(
                "Số đo lấy từ hệ thống đang chạy và dữ liệu của nó; tiêu chí mà máy không thấy được do người có trách nhiệm xác nhận, "
                "có tên, chức danh và thời hạn. Chưa có dữ liệu để xem được tính là chưa đạt."
            ),
        ],
    )
    return drawn.draw(paper, at=run.begun_at).pdf
