"""The rows of an episode as typed values: who, when, what. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from benhan.exchange.bhyt.reader import Episode, Row

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
KINDS = {
    "01": "examination",
    "02": "outpatient",
    "03": "inpatient",
    "04": "day",
    "05": "outpatient",
    "06": "inpatient",
    "07": "outpatient",
    "08": "outpatient",
    "09": "inpatient",
    **dict.fromkeys(("10", "11", "12", "13", "14", "15", "16"), "examination"),
}
YEARS = range(1900, 2101)
FACILITY_CODE_LENGTH_MAX = 5
_VITALS = re.compile(r"CSST(?:<|&lt;)([^>&]*)(?:>|&gt;)")
_VITAL = {"M": "pulse", "T": "temperature", "HA": "blood_pressure", "NT": "respiratory_rate", "HL": "awareness"}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_ZEROS = re.compile(r"0*")
MONEY_TOLERANCE = Decimal("0.05")


@dataclass(frozen=True)
class ImportedPerson:
    """The patient as the file says."""

    full_name: str
    birth_date: date | None
    birth_precision: str
    sex: str
    external_code: str
    citizen_id: str
    insurance_card: str
    phone: str
    address: str
    ethnicity: str
    occupation: str
    province_code: str
    commune_code: str


@dataclass(frozen=True)
class Interpreted:
    """What an episode says, as far as records need it."""

    link_code: str
    facility_code: str
    person: ImportedPerson
    kind: str
    department_code: str
    started_at: datetime
    ended_at: datetime | None
    reason: str
    discharge_result: str
    discharge_type: str


def interpret(episode: Episode) -> Interpreted | None:
    """Read the general table (or the check-in). What cannot be placed in time or has no name refuses the episode."""
    table = "XML1" if episode.tables.get("XML1") else "XML0"
    row = episode.tables[table][0]
    started = moment(row.get("NGAY_VAO", ""))
    if started is None:
        episode.refuse(table, 1, "NGAY_VAO", "bad_time", "Thời điểm vào không đọc được (cần yyyymmddHHMM)")
    if not row.get("HO_TEN"):
        episode.refuse(table, 1, "HO_TEN", "no_name", "Thiếu họ tên người bệnh")
    ended = moment(row.get("NGAY_RA", ""))
    if not _ZEROS.fullmatch(row.get("NGAY_RA", "")) and ended is None:
        episode.refuse(table, 1, "NGAY_RA", "bad_time", "Thời điểm ra không đọc được (cần yyyymmddHHMM)")
    if started and ended and ended < started:
        episode.refuse(table, 1, "NGAY_RA", "time_order", "Thời điểm ra trước thời điểm vào")
    facility_code = row.get("MA_CSKCB") or episode.facility_code
    if len(facility_code) > FACILITY_CODE_LENGTH_MAX:
        episode.refuse(table, 1, "MA_CSKCB", "bad_facility", "Mã cơ sở dài hơn 5 ký tự, không xác định được cơ sở")
    if episode.is_refused or started is None:
        return None
    kind = row.get("MA_LOAI_KCB", "").zfill(2)
    if kind not in KINDS:
        episode.warn(
            table, 1, "MA_LOAI_KCB", "unknown_code", "Mã loại hình KCB không có trong danh mục; coi là khám bệnh"
        )
    check_money(episode)
    return Interpreted(
        link_code=episode.link_code,
        facility_code=facility_code,
        person=_person(episode, table, row),
        kind=KINDS.get(kind, "examination"),
        department_code=row.get("MA_KHOA", "").split(";")[0],
        started_at=started,
        ended_at=ended,
        reason=row.get("LY_DO_VV", ""),
        discharge_result=row.get("KET_QUA_DTRI", "")[:2],
        discharge_type=row.get("MA_LOAI_RV", "")[:2],
    )


def moment(text: str) -> datetime | None:
    """Read yyyymmddHHMM (or a date alone) in the facility's zone."""
    digits = text.strip()
    for length, pattern in ((12, "%Y%m%d%H%M"), (8, "%Y%m%d"), (14, "%Y%m%d%H%M%S")):
        if len(digits) == length and digits.isascii() and digits.isdigit():
            try:
                at = datetime.strptime(digits, pattern).replace(tzinfo=ZONE)
            except ValueError:
                return None
            return at if at.year in YEARS else None  # beyond, a typing fault, and no time zone arithmetic holds
    return None


def birth(text: str) -> tuple[date | None, str]:
    """Read NGAY_SINH: unknown parts are zeros; hours and minutes are not used."""
    digits = text.strip()
    if not re.fullmatch(r"[0-9]{4}|[0-9]{8}|[0-9]{12}", digits):
        return None, "unknown"
    year, month, day = int(digits[:4]), int(digits[4:6] or 0), int(digits[6:8] or 0)
    if year not in YEARS:
        return None, "unknown"
    try:
        if month and day:
            return date(year, month, day), "day"
        return (date(year, month, 1), "month") if month else (date(year, 1, 1), "year")
    except ValueError:
        return None, "unknown"


def _person(episode: Episode, table: str, row: Row) -> ImportedPerson:
    born, precision = birth(row.get("NGAY_SINH", ""))
    if born is None:
        episode.warn(table, 1, "NGAY_SINH", "bad_birth", "Ngày sinh không đọc được; để trống")
    citizen_id = row.get("SO_CCCD", "")
    return ImportedPerson(
        full_name=row["HO_TEN"][:255],
        birth_date=born,
        birth_precision=precision,
        sex=row.get("GIOI_TINH", "3") if row.get("GIOI_TINH") in ("1", "2", "3") else "3",
        external_code=row.get("MA_BN", ""),
        citizen_id=citizen_id if re.fullmatch(r"[0-9]{12}", citizen_id) else "",
        insurance_card=row.get("MA_THE_BHYT", "").split(";")[0],
        phone=re.sub(r"[^0-9]", "", re.split(r"[;,/]", row.get("DIEN_THOAI", ""))[0])[:15],
        address=row.get("DIA_CHI", "")[:500],
        ethnicity=row.get("MA_DANTOC", "")[:2],
        occupation=row.get("MA_NGHE_NGHIEP", "")[:5],
        province_code=row.get("MATINH_CU_TRU", "")[:3],
        commune_code=row.get("MAXA_CU_TRU", "")[:5],
    )


def vital_signs(text: str) -> dict[str, str]:
    """Vital signs inside DIEN_BIEN_LS: `CSST<M75_T37_HA120/70_NT18_HL2>`."""
    found = _VITALS.search(text)
    values: dict[str, str] = {}
    for part in found.group(1).split("_") if found else []:
        matched = re.fullmatch(r"(HA|NT|HL|M|T)([\d./,]+)", part.strip())
        if matched and matched.group(1) in _VITAL:
            values[_VITAL[matched.group(1)]] = matched.group(2)
    return values


def money(text: str) -> Decimal | None:
    """An amount, never a float; None when it is no plain number (no NaN, no exponent, no thousands mark)."""
    if not text:
        return Decimal(0)
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def check_money(episode: Episode) -> None:
    """Line and total rules of QĐ 3176 as warnings: the money is the insurer's business, not ours."""
    total = Decimal(0)
    for table, price in (("XML2", "DON_GIA"), ("XML3", "DON_GIA_BV")):
        for number, row in enumerate(episode.tables.get(table, []), 1):
            amounts = [money(row.get(k, "")) for k in ("SO_LUONG", price, "THANH_TIEN_BV")]
            if any(a is None for a in amounts):
                episode.warn(
                    table, number, "THANH_TIEN_BV", "not_a_number", "Số lượng, đơn giá hoặc thành tiền không phải số"
                )
                continue
            quantity, unit_price, amount = (a or Decimal(0) for a in amounts)
            stated_rate = money(row.get("TYLE_TT_DV") or "100") if table == "XML3" else Decimal(100)
            rate = (Decimal(100) if stated_rate is None else stated_rate) / 100
            if abs(quantity * unit_price * rate - amount) > max(MONEY_TOLERANCE, amount / 10_000):
                episode.warn(table, number, "THANH_TIEN_BV", "money_line", "Thành tiền khác số lượng × đơn giá")
            total += amount
    general = episode.tables.get("XML1") or []
    stated = money(general[0].get("T_TONGCHI_BV", "")) if general else None
    if stated is not None and stated and abs(stated - total) > max(Decimal(1), total / 1000):
        episode.warn("XML1", 1, "T_TONGCHI_BV", "money_total", "Tổng chi phí khác tổng các dòng XML2 và XML3")
