"""Invented insurance files to the specification: for demo data, tests and benchmarks. Nobody in them exists: personal
numbers begin with 000, which no province has."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from benhan.exchange.bhyt.cases import CASES, Case
from benhan.law.bhyt import tables

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
FAMILY_WEIGHTS = [38, 11, 9, 7, 5, 5, 4, 4, 4, 2, 2, 2, 2, 2, 2, 1]
MIDDLE = {
    "1": ["Văn", "Hữu", "Đức", "Minh", "Quốc", "Thanh", "Công", "Xuân"],
    "2": ["Thị", "Thị", "Thị", "Ngọc", "Thu", "Kim", "Thị Mỹ", "Thanh"],
}
GIVEN = {
    "1": [
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Đạt",
        "Hải",
        "Hiếu",
        "Hùng",
        "Khoa",
        "Long",
        "Nam",
        "Phúc",
        "Quân",
        "Sơn",
        "Tài",
        "Thắng",
        "Tuấn",
        "Vinh",
    ],
    "2": [
        "Anh",
        "Bích",
        "Chi",
        "Dung",
        "Đào",
        "Hà",
        "Hạnh",
        "Hoa",
        "Hồng",
        "Hương",
        "Lan",
        "Mai",
        "Nga",
        "Ngọc",
        "Phương",
        "Thảo",
        "Trang",
        "Yến",
    ],
}
STREETS = ["ấp 1", "ấp 2", "ấp Tân Phú", "ấp Bình Hòa", "khóm 3", "khóm Mỹ Tây", "đường Thử Nghiệm", "đường Số 5"]
COMMUNES = ["xã Thử Một", "xã Thử Hai", "phường Mẫu Đông", "phường Mẫu Tây"]


@dataclass(frozen=True)
class Person:
    """An invented patient."""

    code: str
    name: str
    birth: str
    sex: str
    citizen_id: str
    card: str
    phone: str
    address: str


def person(number: int, seed: int = 1) -> Person:
    """The invented patient of that number, always the same."""
    r = random.Random(seed * 1_000_003 + number)
    sex = r.choice("12")
    name = f"{r.choices(FAMILY, FAMILY_WEIGHTS)[0]} {r.choice(MIDDLE[sex])} {r.choice(GIVEN[sex])}"
    year = r.randint(1935, 2022)
    birth = f"{year}{r.randint(1, 12):02d}{r.randint(1, 28):02d}0000" if r.random() > 0.08 else f"{year}00000000"
    return Person(
        f"BN{number:08d}",
        name,
        birth,
        sex,
        f"000{r.randint(0, 3)}{year % 100:02d}{number % 1_000_000:06d}",
        f"DN4000{number % 1_000_000_000:09d}",
        f"09{r.randint(0, 99_999_999):08d}",
        f"{r.randint(1, 400)} {r.choice(STREETS)}, {r.choice(COMMUNES)}",
    )


def episode_tables(
    number: int, *, facility: str = "00001", people: int = 0, seed: int = 1, until: datetime | None = None
) -> dict[str, list[dict[str, str]]]:
    """The tables of one invented episode. `people` = how many different patients there are (0 = one each)."""
    r = random.Random(seed * 7_919 + number)
    who = person(number % people if people else number, seed)
    case = CASES[number % len(CASES)]
    end = until or datetime(2026, 11, 20, 17, 0)
    start = (end - timedelta(days=r.randint(1, 330), minutes=r.randint(0, 1400))).replace(second=0)
    finish = start + (
        timedelta(days=case.days, hours=r.randint(1, 5)) if case.days else timedelta(hours=r.randint(1, 4))
    )
    key = f"{facility}.{number:09d}"
    return _Tables(r, who, case, start, finish, key, facility).build()


class _Tables:
    """Builds the rows of one episode; money follows the rules of QĐ 3176."""

    def __init__(
        self, r: random.Random, who: Person, case: Case, start: datetime, finish: datetime, key: str, facility: str
    ) -> None:
        self.r, self.who, self.case, self.start, self.finish, self.key, self.facility = (
            r,
            who,
            case,
            start,
            finish,
            key,
            facility,
        )
        self.doctor = f"000{r.randint(100, 119)}/TT-CCHN"

    def build(self) -> dict[str, list[dict[str, str]]]:
        drugs = [self._drug(n, d) for n, d in enumerate(self.case.drugs, 1)]
        services = [self._service(n, s) for n, s in enumerate(self.case.services, 1)]
        results = [self._result(n, x) for n, x in enumerate(self.case.results, 1)]
        built = {
            "XML1": [self._general(drugs, services)],
            "XML2": drugs,
            "XML3": services,
            "XML4": results,
            "XML5": self._progress(),
        }
        if self.case.days:
            built["XML7"] = [self._discharge()]
        built["XML8"] = [self._summary()]
        return built

    def _t(self, hours: float = 0.0) -> str:
        return min(self.start + timedelta(hours=hours), self.finish).strftime("%Y%m%d%H%M")

    def _general(self, drugs: list[dict[str, str]], services: list[dict[str, str]]) -> dict[str, str]:
        w, c = self.who, self.case
        total = sum(float(x["THANH_TIEN_BV"]) for x in drugs + services)
        fund = sum(float(x["T_BHTT"]) for x in drugs + services)
        return {
            "MA_LK": self.key,
            "STT": "1",
            "MA_BN": w.code,
            "HO_TEN": w.name,
            "SO_CCCD": w.citizen_id,
            "NGAY_SINH": w.birth,
            "GIOI_TINH": w.sex,
            "MA_QUOCTICH": "000",
            "MA_DANTOC": "01",
            "MA_NGHE_NGHIEP": "00",
            "DIA_CHI": w.address,
            "MATINH_CU_TRU": "87",
            "MAXA_CU_TRU": "00000",
            "DIEN_THOAI": w.phone,
            "MA_THE_BHYT": w.card,
            "MA_DKBD": self.facility,
            "GT_THE_TU": "20260101",
            "GT_THE_DEN": "20261231",
            "LY_DO_VV": c.reason,
            "CHAN_DOAN_VAO": c.name,
            "CHAN_DOAN_RV": c.name,
            "MA_BENH_CHINH": c.icd,
            "MA_BENH_KT": ";".join(c.others),
            "MA_DOITUONG_KCB": "1.1",
            "MA_TAI_NAN": "0",
            "NGAY_VAO": self._t(),
            "NGAY_VAO_NOI_TRU": self._t() if c.days else "",
            "NGAY_RA": self.finish.strftime("%Y%m%d%H%M"),
            "SO_NGAY_DTRI": str(c.days + 1 if c.days else 1),
            "PP_DIEU_TRI": c.treatment,
            "KET_QUA_DTRI": "2",
            "MA_LOAI_RV": "1",
            "NGAY_TTOAN": self.finish.strftime("%Y%m%d%H%M"),
            "T_THUOC": _vnd(sum(float(x["THANH_TIEN_BV"]) for x in drugs)),
            "T_VTYT": "0",
            "T_TONGCHI_BV": _vnd(total),
            "T_TONGCHI_BH": _vnd(total),
            "T_BNTT": "0",
            "T_BNCCT": _vnd(total - fund),
            "T_BHTT": _vnd(fund),
            "T_NGUONKHAC": "0",
            "T_BHTT_GDV": "0",
            "NAM_QT": "2026",
            "THANG_QT": self.finish.strftime("%m"),
            "MA_LOAI_KCB": "03" if c.days else "01",
            "MA_KHOA": c.department,
            "MA_CSKCB": self.facility,
            "CAN_NANG": str(self.r.randint(42, 78)),
            "MA_HSBA": f"HS{self.key}",
            "MA_TTDV": "000001/TT-CCHN",
        }

    def _money(self, quantity: float, price: float) -> dict[str, str]:
        amount = quantity * price
        return {
            "THANH_TIEN_BV": _vnd(amount),
            "THANH_TIEN_BH": _vnd(amount),
            "T_NGUONKHAC_NSNN": "0",
            "T_NGUONKHAC_VTNN": "0",
            "T_NGUONKHAC_VTTN": "0",
            "T_NGUONKHAC_CL": "0",
            "T_NGUONKHAC": "0",
            "MUC_HUONG": "80",
            "T_BNTT": "0",
            "T_BNCCT": _vnd(amount * 0.2),
            "T_BHTT": _vnd(amount * 0.8),
        }

    def _drug(self, number: int, drug: tuple[str, str, str, str, int, str]) -> dict[str, str]:
        code, name, strength, unit, quantity, dose = drug
        price = 500 * self.r.randint(1, 12)
        return {
            "MA_LK": self.key,
            "STT": str(number),
            "MA_THUOC": code,
            "MA_NHOM": "4",
            "TEN_THUOC": name,
            "DON_VI_TINH": unit,
            "HAM_LUONG": strength,
            "DUONG_DUNG": "2.10" if unit in ("Lọ", "Chai", "Ống") else "1.01",
            "LIEU_DUNG": dose,
            "SO_DANG_KY": "VD-00000-00",
            "TT_THAU": "01/QĐ-TN;G1;N1;2026",
            "PHAM_VI": "1",
            "TYLE_TT_BH": "100",
            "SO_LUONG": str(quantity),
            "DON_GIA": str(price),
            **self._money(quantity, price),
            "MA_KHOA": self.case.department,
            "MA_BAC_SI": self.doctor,
            "NGAY_YL": self._t(0.5),
            "MA_PTTT": "1",
            "NGUON_CTRA": "1",
        }

    def _service(self, number: int, service: tuple[str, str, str, int]) -> dict[str, str]:
        code, name, group, price = service
        return {
            "MA_LK": self.key,
            "STT": str(number),
            "MA_DICH_VU": code,
            "MA_NHOM": group,
            "TEN_DICH_VU": name,
            "DON_VI_TINH": "Lần",
            "PHAM_VI": "1",
            "SO_LUONG": "1",
            "DON_GIA_BV": str(price),
            "DON_GIA_BH": str(price),
            "TYLE_TT_DV": "100",
            "TYLE_TT_BH": "100",
            **self._money(1, price),
            "MA_KHOA": self.case.department,
            "MA_BAC_SI": self.doctor,
            "NGUOI_THUC_HIEN": self.doctor,
            "MA_BENH": self.case.icd,
            "NGAY_YL": self._t(0.3),
            "NGAY_TH_YL": self._t(0.6),
            "NGAY_KQ": self._t(1),
            "MA_PTTT": "1",
        }

    def _result(self, number: int, result: tuple[str, str, float, float, str]) -> dict[str, str]:
        service, name, low, high, unit = result
        value = round(self.r.uniform(low, high), 1)
        return {
            "MA_LK": self.key,
            "STT": str(number),
            "MA_DICH_VU": service,
            "MA_CHI_SO": name.upper().replace(" ", "_")[:50],
            "TEN_CHI_SO": name,
            "GIA_TRI": f"{value:g}",
            "DON_VI_DO": unit,
            "KET_LUAN": "",
            "NGAY_KQ": self._t(1),
            "MA_BS_DOC_KQ": self.doctor,
        }

    def _progress(self) -> list[dict[str, str]]:
        rows = []
        for day in range(max(1, min(self.case.days, 5))):
            warmth, pressure = (
                self.r.choice(["36.8", "37", "37.5", "38.2"]),
                f"{self.r.randint(105, 155)}/{self.r.randint(60, 95)}",
            )
            signs = f"CSST<M{self.r.randint(68, 104)}_T{warmth}_HA{pressure}_NT{self.r.randint(16, 22)}_HL1>"
            rows.append(
                {
                    "MA_LK": self.key,
                    "STT": str(day + 1),
                    "DIEN_BIEN_LS": f"{signs} {self.case.progress[day % len(self.case.progress)]}",
                    "THOI_DIEM_DBLS": self._t(0.4 + 24 * day),
                    "NGUOI_THUC_HIEN": self.doctor,
                }
            )
        return rows

    def _discharge(self) -> dict[str, str]:
        return {
            "MA_LK": self.key,
            "SO_LUU_TRU": f"LT{self.key}",
            "MA_YTE": self.who.code,
            "MA_KHOA_RV": self.case.department,
            "NGAY_VAO": self._t(),
            "NGAY_RA": self.finish.strftime("%Y%m%d%H%M"),
            "CHAN_DOAN_RV": self.case.name,
            "PP_DIEUTRI": self.case.treatment,
            "GHI_CHU": "Tái khám khi có dấu hiệu bất thường",
            "MA_TTDV": "000001/TT-CCHN",
            "MA_BS": self.doctor,
            "TEN_BS": "Bác sĩ Mẫu",
            "NGAY_CT": self.finish.strftime("%Y%m%d"),
        }

    def _summary(self) -> dict[str, str]:
        return {
            "MA_LK": self.key,
            "MA_LOAI_KCB": "03" if self.case.days else "01",
            "NGAY_VAO": self._t(),
            "NGAY_RA": self.finish.strftime("%Y%m%d%H%M"),
            "CHAN_DOAN_VAO": self.case.name,
            "CHAN_DOAN_RV": self.case.name,
            "QT_BENHLY": f"{self.case.reason}. {self.case.progress[0]}",
            "TOMTAT_KQ": "Xem bảng kết quả cận lâm sàng",
            "PP_DIEUTRI": self.case.treatment,
            "KET_QUA_DTRI": "2",
            "MA_TTDV": "000001/TT-CCHN",
            "NGAY_CT": self.finish.strftime("%Y%m%d"),
        }


def _vnd(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def table_xml(name: str, rows: list[dict[str, str]]) -> str:
    """One inner table document: every field of the annex in order, empty ones as empty elements."""
    table = tables()[name]
    drawn = [
        "".join(f"<{f}>{escape(row.get(f, ''), quote=False)}</{f}>" if row.get(f) else f"<{f}/>" for f in table.fields)
        for row in rows
    ]
    if not table.item:
        return f"<{table.root}>{drawn[0] if drawn else ''}</{table.root}>"
    list_name = {
        "XML2": "DSACH_CHI_TIET_THUOC",
        "XML3": "DSACH_CHI_TIET_DVKT",
        "XML4": "DSACH_CHI_TIET_CLS",
        "XML5": "DSACH_CHI_TIET_DIEN_BIEN_BENH",
    }.get(name, "DSACH")
    return f"<{table.root}><{list_name}>{''.join(f'<{table.item}>{d}</{table.item}>' for d in drawn)}</{list_name}></{table.root}>"


def envelope(
    episodes: list[dict[str, list[dict[str, str]]]], *, facility: str = "00001", plain: bool = False, bom: bool = False
) -> bytes:
    """A whole file. `plain` puts the tables as child elements instead of Base64; `bom` writes byte order marks."""
    records = []
    for built in episodes:
        entries = []
        for name, rows in built.items():
            inner = table_xml(name, rows)
            if not plain:
                head = '<?xml version="1.0" encoding="utf-8"?>\r\n'
                inner = base64.b64encode((b"\xef\xbb\xbf" if bom else b"") + (head + inner).encode("utf-8")).decode(
                    "ascii"
                )
            entries.append(f"<FILEHOSO><LOAIHOSO>{name}</LOAIHOSO><NOIDUNGFILE>{inner}</NOIDUNGFILE></FILEHOSO>")
        records.append(f"<HOSO>{''.join(entries)}</HOSO>")
    text = (
        f"<GIAMDINHHS><THONGTINDONVI><MACSKCB>{facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20261120</NGAYLAP>"
        f"<SOLUONGHOSO>{len(episodes)}</SOLUONGHOSO><DANHSACHHOSO>{''.join(records)}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    )
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode("utf-8")


def files(
    count: int, *, per_file: int = 200, people: int = 0, facility: str = "00001", seed: int = 1
) -> Iterator[tuple[str, bytes]]:
    """`count` episodes in files of `per_file`, in the shapes real files have: Base64 or plain, with or without BOM."""
    for number, first in enumerate(range(0, count, per_file)):
        block = [
            episode_tables(n, facility=facility, people=people, seed=seed)
            for n in range(first, min(first + per_file, count))
        ]
        yield f"bhyt-{number:04d}.xml", envelope(block, facility=facility, plain=number % 3 == 1, bom=number % 4 == 2)
