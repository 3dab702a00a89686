"""An episode as the content of the form `imported_episode`. Pure; nothing of the file is lost."""

from __future__ import annotations

from typing import Any

from benhan.exchange.bhyt.episode import Interpreted, birth, moment, vital_signs
from benhan.exchange.bhyt.reader import Episode, Row

FORM = "imported_episode"
SHOWN = {"XML0", "XML1", "XML2", "XML3", "XML4", "XML5", "XML7", "XML8"}
LINES_MAX = 500
VITAL_LABELS = {
    "pulse": "Mạch",
    "temperature": "Nhiệt độ",
    "blood_pressure": "Huyết áp",
    "respiratory_rate": "Nhịp thở",
    "awareness": "Tri giác (mã)",
}
OTHER_TEXT_MAX = 20_000


def content_of(episode: Episode, said: Interpreted) -> dict[str, Any]:
    """Map tables to sections. Tables without a section of their own are kept word for word under `others`."""
    general = (episode.tables.get("XML1") or episode.tables.get("XML0") or [{}])[0]
    content: dict[str, Any] = {
        "source": {
            "link_code": said.link_code,
            "file": episode.file[-255:],
            "sha256": episode.sha256,
            "tables": ", ".join(episode.tables),
        },
        "patient": _patient(general),
        "encounter": _encounter(general),
        "diagnoses": _diagnoses(general),
        "drugs": [_drug(r) for r in episode.tables.get("XML2", [])],
        "services": [_service(r) for r in episode.tables.get("XML3", [])],
        "results": [_result(r) for r in episode.tables.get("XML4", [])],
        "progress": [_progress(r) for r in episode.tables.get("XML5", [])],
        "discharge": _discharge(episode.tables.get("XML7", [])),
        "summary": _summary(episode.tables.get("XML8", [])),
        "others": [
            {"table": t, "row": str(n), "field": f, "value": v[:OTHER_TEXT_MAX]}
            for t, rows in episode.tables.items()
            if t not in SHOWN
            for n, r in enumerate(rows, 1)
            for f, v in r.items()
            if v
        ],
    }
    for section in ("drugs", "services", "results", "progress", "diagnoses", "others"):
        if len(content[section]) > LINES_MAX:
            episode.warn(
                "",
                len(content[section]),
                section,
                "cut_for_page",
                f"Trên giấy giữ {LINES_MAX} dòng đầu của phần này; tệp nguồn còn đủ",
            )
            content[section] = content[section][:LINES_MAX]
    return {k: v for k, v in content.items() if v}


def _time(text: str) -> str:
    at = moment(text)
    return at.isoformat() if at else ""


def _birth(text: str) -> str:
    """A birth as people read it, no more exact than it was told; what cannot be read stays as it came."""
    born, precision = birth(text)
    if born is None:
        return text
    return born.strftime({"year": "%Y", "month": "%m/%Y"}.get(precision, "%d/%m/%Y"))


def _patient(r: Row) -> dict[str, str]:
    return {
        "full_name": r.get("HO_TEN", ""),
        "birth": _birth(r.get("NGAY_SINH", "")),
        "sex": r.get("GIOI_TINH", ""),
        "patient_code": r.get("MA_BN", ""),
        "citizen_id": r.get("SO_CCCD", ""),
        "insurance_card": r.get("MA_THE_BHYT", ""),
        "address": r.get("DIA_CHI", "")[:500],
        "phone": r.get("DIEN_THOAI", ""),
    }


def _encounter(r: Row) -> dict[str, str]:
    return {
        "kind": r.get("MA_LOAI_KCB", ""),
        "department": r.get("MA_KHOA", ""),
        "started_at": _time(r.get("NGAY_VAO", "")),
        "ended_at": _time(r.get("NGAY_RA", "")),
        "reason": r.get("LY_DO_VV", ""),
        "admission_diagnosis": r.get("CHAN_DOAN_VAO", ""),
        "discharge_diagnosis": r.get("CHAN_DOAN_RV", ""),
        "main_icd": r.get("MA_BENH_CHINH", ""),
        "other_icd": r.get("MA_BENH_KT", ""),
        "treatment": r.get("PP_DIEU_TRI", ""),
        "result": r.get("KET_QUA_DTRI", ""),
        "discharge_type": r.get("MA_LOAI_RV", ""),
        "weight": r.get("CAN_NANG", ""),
        "revisit": r.get("NGAY_TAI_KHAM", ""),
        "record_code": r.get("MA_HSBA", ""),
        "total_cost": r.get("T_TONGCHI_BV", ""),
    }


def _diagnoses(r: Row) -> list[dict[str, str]]:
    rows = (
        [{"role": "main", "icd": r["MA_BENH_CHINH"], "name": r.get("CHAN_DOAN_RV", "")[:500]}]
        if r.get("MA_BENH_CHINH")
        else []
    )
    return rows + [{"role": "other", "icd": c.strip()} for c in r.get("MA_BENH_KT", "").split(";") if c.strip()]


def _drug(r: Row) -> dict[str, str]:
    return {
        "code": r.get("MA_THUOC", ""),
        "name": r.get("TEN_THUOC", ""),
        "strength": r.get("HAM_LUONG", ""),
        "unit": r.get("DON_VI_TINH", ""),
        "quantity": r.get("SO_LUONG", ""),
        "route": r.get("DUONG_DUNG", ""),
        "dose": r.get("LIEU_DUNG", ""),
        "use": r.get("CACH_DUNG", ""),
        "ordered_at": _time(r.get("NGAY_YL", "")),
        "doctor": r.get("MA_BAC_SI", ""),
    }


def _service(r: Row) -> dict[str, str]:
    return {
        "code": r.get("MA_DICH_VU") or r.get("MA_VAT_TU", ""),
        "name": r.get("TEN_DICH_VU") or r.get("TEN_VAT_TU", ""),
        "quantity": r.get("SO_LUONG", ""),
        "unit": r.get("DON_VI_TINH", ""),
        "ordered_at": _time(r.get("NGAY_YL", "")),
        "resulted_at": _time(r.get("NGAY_KQ", "")),
        "doctor": r.get("MA_BAC_SI", ""),
    }


def _result(r: Row) -> dict[str, str]:
    return {
        "service": r.get("MA_DICH_VU", ""),
        "code": r.get("MA_CHI_SO", ""),
        "name": r.get("TEN_CHI_SO", ""),
        "value": r.get("GIA_TRI", ""),
        "unit": r.get("DON_VI_DO", ""),
        "description": r.get("MO_TA", ""),
        "conclusion": r.get("KET_LUAN", ""),
        "at": _time(r.get("NGAY_KQ", "")),
        "doctor": r.get("MA_BS_DOC_KQ", ""),
    }


def _progress(r: Row) -> dict[str, str]:
    text = r.get("DIEN_BIEN_LS", "")
    signs = "; ".join(f"{VITAL_LABELS[k]} {v}" for k, v in vital_signs(text).items())
    return {
        "at": _time(r.get("THOI_DIEM_DBLS", "")),
        "text": f"{text}\n[{signs}]" if signs else text,
        "consultation": r.get("HOI_CHAN", ""),
        "surgery": r.get("PHAU_THUAT", ""),
        "author": r.get("NGUOI_THUC_HIEN", ""),
    }


def _discharge(rows: list[Row]) -> dict[str, str]:
    r = rows[0] if rows else {}
    return {
        k: v
        for k, v in {
            "archive_number": r.get("SO_LUU_TRU", ""),
            "diagnosis": r.get("CHAN_DOAN_RV", ""),
            "treatment": r.get("PP_DIEUTRI", ""),
            "note": r.get("GHI_CHU", ""),
            "doctor": r.get("TEN_BS", ""),
            "issued_on": r.get("NGAY_CT", ""),
        }.items()
        if v
    }


def _summary(rows: list[Row]) -> dict[str, str]:
    r = rows[0] if rows else {}
    return {
        k: v
        for k, v in {
            "course": r.get("QT_BENHLY", ""),
            "results": r.get("TOMTAT_KQ", ""),
            "treatment": r.get("PP_DIEUTRI", ""),
            "note": r.get("GHI_CHU", ""),
        }.items()
        if v
    }
