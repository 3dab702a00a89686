"""Made-up data for the page of all components. Nobody on it exists."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from benhan.forms.build import build
from benhan.forms.definition import FormVersion
from benhan.forms.page import sections
from benhan.forms.print import print_sections
from benhan.kernel import clock
from benhan.kernel.errors import FieldError

ZONE = ZoneInfo(clock.FACILITY_ZONE_DEFAULT)
YES_NO = [{"code": "1", "label_vi": "Có"}, {"code": "0", "label_vi": "Không"}]
EVERY_TYPE: dict[str, Any] = {
    "code": "gallery",
    "name_vi": "Mẫu thử mọi loại mục",
    "valid_from": date(2024, 1, 1),
    "sections": [
        {
            "id": "exam",
            "title_vi": "Khám bệnh",
            "fields": [
                {"id": "at", "label_vi": "Khám lúc", "type": "datetime", "required": "saving", "printed_item": "1"},
                {"id": "onset", "label_vi": "Ngày khởi bệnh", "type": "date"},
                {
                    "id": "temperature",
                    "label_vi": "Nhiệt độ",
                    "type": "number",
                    "unit": "°C",
                    "minimum": 25,
                    "maximum": 45,
                    "plausible": [35, 41],
                    "required": "signing",
                },
                {"id": "reason", "label_vi": "Lý do vào viện", "type": "text", "required": "signing"},
                {"id": "icd", "label_vi": "Chẩn đoán (ICD-10)", "type": "icd10"},
                {"id": "route", "label_vi": "Đường dùng", "type": "code", "code_system": "duong_dung"},
                {"id": "allergic", "label_vi": "Dị ứng", "type": "choice", "choices": YES_NO},
                {"id": "allergen", "label_vi": "Dị ứng với", "type": "text", "show_if": "allergic == 1"},
                {
                    "id": "signs",
                    "label_vi": "Dấu hiệu",
                    "type": "choice",
                    "multiple": True,
                    "choices": ["Sốt", "Ho", "Khó thở", "Đau ngực", "Phù"],
                },
                {"id": "course", "label_vi": "Bệnh sử", "type": "longtext", "hint_vi": "Diễn tiến từ khi khởi bệnh"},
                {
                    "id": "drugs",
                    "label_vi": "Thuốc đã dùng",
                    "type": "table",
                    "columns": [
                        {"id": "name", "label_vi": "Tên thuốc", "type": "text"},
                        {"id": "amount", "label_vi": "Số lượng", "type": "number"},
                        {"id": "given", "label_vi": "Đã dùng", "type": "choice", "choices": YES_NO},
                    ],
                },
                {
                    "id": "checks",
                    "label_vi": "Bảng kiểm",
                    "type": "table",
                    "rows": [{"code": "a", "label_vi": "Đã ký cam kết"}, {"code": "b", "label_vi": "Đúng người bệnh"}],
                    "columns": [{"id": "done", "label_vi": "Kết quả", "type": "choice", "choices": YES_NO}],
                },
            ],
        },
        {
            "id": "visits",
            "title_vi": "Các lần khám trước",
            "repeated": True,
            "fields": [
                {"id": "day", "label_vi": "Ngày", "type": "date"},
                {"id": "note", "label_vi": "Ghi chú", "type": "text"},
            ],
        },
    ],
}
CONTENT: dict[str, Any] = {
    "exam": {
        "at": "2026-11-23T08:05:00+07:00",
        "temperature": 38.5,
        "icd": "J18.9",
        "allergic": "1",
        "allergen": "Penicillin",
        "signs": ["Sốt", "Ho"],
        "course": "Bệnh 3 ngày: sốt, ho khạc đờm trắng.\nUống thuốc ở nhà không đỡ.",
        "drugs": [{"name": "Paracetamol 500 mg", "amount": 6, "given": "1"}],
        "checks": [{"row": "a", "done": "1"}],
    }
}
FAULTS = [
    FieldError("exam.reason", "required", "Chưa nhập “Lý do vào viện”"),
    FieldError("exam.temperature", "too_large", "“Nhiệt độ” lớn hơn mức cho phép 45 °C"),
]


def form() -> FormVersion:
    """A form with every type of field."""
    return build(EVERY_TYPE, form_hash="", folder="gallery", blocks={})


def patient() -> Any:
    """A patient with a long name, as there are."""
    shown = SimpleNamespace(
        pk=None,
        full_name="Nguyễn Phan Hoàng Thị Như Quỳnh",
        birth_date=date(1958, 3, 14),
        birth_precision="day",
        sex="2",
        patient_number="BN26000017",
        identity_state="known",
    )
    shown.living = shown  # merged into nobody
    return shown


def context() -> dict[str, Any]:
    """What `ui/gallery.html` draws."""
    made = form()
    return {
        "patient": patient(),
        "record": SimpleNamespace(
            record_number="BA26.000123", record_state="open", department=SimpleNamespace(name="Khoa Nội tổng hợp")
        ),
        "faults": FAULTS,
        "drawn": sections(made, CONTENT, FAULTS, ZONE),
        "printed": print_sections(made, CONTENT, ZONE),
        "moments": [
            {
                "at": clock.now(),
                "title": "Đã niêm phong",
                "by": "Bs. Lê Văn Đặng",
                "icon": "file-earmark-lock2",
                "kind": "ok",
            },
            {
                "at": clock.now(),
                "title": "Đã hủy giấy",
                "text": "ghi nhầm người bệnh",
                "icon": "slash-circle",
                "kind": "danger",
            },
        ],
    }
