"""Invented Vietnamese patients, any number of them, the same ones every time. Names are dealt as often as in life, so that
common words (Nguyễn, Thị, Văn) are as common as in a hospital's index. Numbers are impossible ones (province 000)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

SURNAMES = {
    "Nguyễn": 384,
    "Trần": 110,
    "Lê": 95,
    "Phạm": 71,
    "Hoàng": 26,
    "Huỳnh": 25,
    "Phan": 45,
    "Vũ": 20,
    "Võ": 19,
    "Đặng": 21,
    "Bùi": 20,
    "Đỗ": 14,
    "Hồ": 13,
    "Ngô": 13,
    "Dương": 10,
    "Lý": 5,
    "Đinh": 8,
    "Đoàn": 7,
    "Lương": 6,
    "Mai": 6,
    "Trịnh": 6,
    "Đào": 6,
    "Cao": 5,
    "Lâm": 5,
    "Phùng": 4,
    "Tạ": 3,
    "Thái": 3,
    "Hà": 4,
    "Châu": 3,
    "Tô": 3,
    "Quách": 2,
    "Kiều": 2,
    "Lưu": 3,
    "Nông": 2,
    "Lò": 3,
    "Vàng": 2,
    "Giàng": 2,
    "Thạch": 2,
    "Kim": 2,
    "Sơn": 1,
    "Danh": 1,
    "Chu": 3,
    "Tống": 2,
    "Nghiêm": 1,
    "Ksor": 1,
    "H'Hen": 1,
    "Y": 1,
    "Rơ": 1,
    "K'": 1,
    "Tôn": 1,
    "Từ": 1,
    "Văn": 1,
    "Ung": 1,
    "Vi": 1,
    "Viên": 1,
}
MIDDLES = {
    "1": {
        "Văn": 330,
        "Đức": 60,
        "Minh": 60,
        "Quang": 50,
        "Hữu": 50,
        "Công": 40,
        "Quốc": 40,
        "Xuân": 40,
        "Thanh": 40,
        "Ngọc": 40,
        "Đình": 40,
        "Anh": 30,
        "Gia": 30,
        "Hoàng": 30,
        "Tuấn": 30,
        "Trọng": 25,
        "Duy": 25,
        "Bá": 20,
        "Thế": 20,
        "Hải": 10,
    },
    "2": {
        "Thị": 540,
        "Ngọc": 60,
        "Thị Ngọc": 40,
        "Thị Thanh": 40,
        "Thị Thu": 40,
        "Thị Kim": 30,
        "Thị Hồng": 30,
        "Thu": 25,
        "Phương": 25,
        "Minh": 20,
        "Bảo": 20,
        "Thanh": 20,
        "Hồng": 20,
        "Kim": 20,
        "Mỹ": 15,
        "Diệu": 10,
        "Khánh": 15,
        "Thị Bích": 15,
    },
}
GIVEN_NAMES = """
Anh Hương Hùng Dũng Hà Linh Tuấn Minh Lan Hoa Nam Hải Trang Thảo Sơn Long Phương Thủy Hiền Hạnh Thu
Mai Bình Đức Cường Huy Nga Loan Hằng Yến Nhung Tâm Thành Trung Quang Tùng Khánh Vân Liên Hồng Ngọc
Phúc An Châu Giang Hiếu Hòa Hường Huệ Kiên Khoa Lâm Lộc Lợi Ly My Mỹ Nghĩa Nhân Nhi Nguyên Oanh
Phong Phú Quân Quý Quyên Quỳnh Tài Tân Thắng Thanh Thịnh Thọ Thơ Thoa Thư Thương Tiến Tín Toàn Trâm
Trí Trinh Trọng Trường Tú Tuyết Uyên Việt Vinh Vũ Vy Xuân Ý Đào Đạt Định Đông Bảo Bích Chi Chiến
Công Cúc Dung Duy Duyên Gấm Hậu Hoàn Hoàng Hợp Khang Khôi Kim Lệ Lĩnh Luân Lương Mạnh Mẫn Mến Ngân
Nhàn Nhã Nữ Phát Phụng Sang Sinh Sương Tấn Thạch Thái Thêm Thiện Thuận Thúy Tình Trà Triều Trúc
Tuyền Vương Xoan Xuyến Đan Đăng Điệp Đoan
"""
GIVEN = tuple(GIVEN_NAMES.split())
FIRST_BIRTH, BIRTH_DAYS = date(1925, 1, 1), 365 * 101


@dataclass(frozen=True)
class Invented:
    """One invented person."""

    id: UUID
    patient_number: str
    full_name: str
    birth_date: date
    precision: str
    sex: str
    phone: str
    citizen_id: str
    insurance_card: str


def people(count: int, seed: int = 1) -> Iterator[Invented]:
    """Deal `count` people; the same `seed` deals the same people."""
    deal = random.Random(seed)
    chunk = 10_000
    weights = [1000 // (rank + 12) for rank in range(len(GIVEN))]
    for start in range(0, count, chunk):
        size = min(chunk, count - start)
        surnames = deal.choices(list(SURNAMES), list(SURNAMES.values()), k=size)
        given = deal.choices(GIVEN, weights, k=size)
        middles = {sex: deal.choices(list(m), list(m.values()), k=size) for sex, m in MIDDLES.items()}
        for i in range(size):
            yield _person(start + i, surnames[i], middles, given[i], i, deal)


def _person(
    number: int, surname: str, middles: dict[str, list[str]], given: str, i: int, deal: random.Random
) -> Invented:
    sex = "1" if deal.random() < 0.48 else "2"
    middle = "" if deal.random() < 0.03 else f"{middles[sex][i]} "
    born = FIRST_BIRTH + timedelta(days=int(BIRTH_DAYS * deal.random() ** 0.7))
    precision = "year" if deal.random() < 0.08 else "day"
    year = f"{born.year % 100:02d}"
    return Invented(
        id=UUID(int=(0x0190_0000_0000 + number << 80) | (7 << 76) | (2 << 62) | deal.getrandbits(62)),
        patient_number=f"BM26{number + 1:07d}",
        full_name=f"{surname} {middle}{given}",
        birth_date=date(born.year, 1, 1) if precision == "year" else born,
        precision=precision,
        sex=sex,
        phone=f"0{deal.randrange(300_000_000, 999_999_999)}" if deal.random() < 0.8 else "",
        citizen_id=f"097{(born.year // 100 - 19) * 2 + int(sex == '2')}{year}{number % 1_000_000:06d}"
        if deal.random() < 0.85
        else "",
        insurance_card=f"DN400{deal.randrange(10**10):010d}" if deal.random() < 0.85 else "",
    )
