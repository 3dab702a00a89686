"""The life of a record is one table: (state, event) → state. A pair that is not here is refused."""

from __future__ import annotations

from benhan.kernel.errors import Refused

OPEN, DISCHARGED, CLOSED, SEALED, SUPPLEMENTING = "open", "discharged", "closed", "sealed", "supplementing"
RECORD_STATES = {
    OPEN: "Đang điều trị",
    DISCHARGED: "Đã ra viện, đang hoàn thiện",
    CLOSED: "Đã kết thúc, chờ niêm phong",
    SEALED: "Đã niêm phong",
    SUPPLEMENTING: "Đang bổ sung sau niêm phong",
}
EVENTS = {
    "write": "ghi giấy tờ",
    "amend": "đính chính",
    "cancel": "hủy giấy tờ",
    "restore": "khôi phục giấy tờ",
    "sign": "ký",
    "confirm": "xác nhận của người bệnh",
    "assign": "phân công",
    "transfer": "chuyển khoa",
    "medium": "đổi hình thức hồ sơ",
    "discharge": "cho ra viện",
    "undo_discharge": "hủy ra viện",
    "close": "kết thúc hồ sơ",
    "reopen": "mở lại hồ sơ",
    "seal": "niêm phong",
    "supplement": "bổ sung sau niêm phong",
}
_WRITING = ("write", "amend", "cancel", "restore", "sign", "confirm")

TRANSITIONS: dict[tuple[str, str], str] = {
    **{(state, event): state for state in (OPEN, DISCHARGED, SUPPLEMENTING) for event in _WRITING},
    (OPEN, "assign"): OPEN,
    (DISCHARGED, "assign"): DISCHARGED,
    (OPEN, "transfer"): OPEN,
    (OPEN, "medium"): OPEN,
    (DISCHARGED, "medium"): DISCHARGED,
    (OPEN, "discharge"): DISCHARGED,
    (DISCHARGED, "undo_discharge"): OPEN,
    (DISCHARGED, "close"): CLOSED,
    (CLOSED, "reopen"): DISCHARGED,
    (CLOSED, "seal"): SEALED,
    (SEALED, "supplement"): SUPPLEMENTING,
    (SUPPLEMENTING, "seal"): SEALED,
}


def next_state(state: str, event: str) -> str:
    """Return the state after `event`, or refuse with the reason in Vietnamese (REC-13, INT-06)."""
    after = TRANSITIONS.get((state, event))
    if after is None:
        raise Refused(
            f"Hồ sơ ở trạng thái “{RECORD_STATES[state]}” nên không thể {EVENTS[event]}",
            code=f"record_{state}",
            law="R-55",
        )
    return after
