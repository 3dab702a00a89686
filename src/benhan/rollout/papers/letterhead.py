"""What stands at the head and foot of the facility's papers, as the facility set it (number's symbol, place, who signs)."""

from __future__ import annotations

from dataclasses import dataclass

from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean_line

KEYS = ("place", "symbol", "head_title", "head_name", "receiver")
LABELS = {
    "place": "Địa danh ghi trên văn bản (xã, phường hoặc tỉnh)",
    "symbol": "Ký hiệu cơ sở trong số văn bản (ví dụ BVST)",
    "head_title": "Chức vụ người ký (ví dụ GIÁM ĐỐC)",
    "head_name": "Họ tên người ký",
    "receiver": "Cơ quan nhận báo cáo (ví dụ Sở Y tế Đồng Tháp)",
}
LENGTH_MAX = 120


@dataclass(frozen=True)
class Letterhead:
    """The facility's name and what it set."""

    facility: str
    governing_body: str
    code: str
    place: str
    symbol: str
    head_title: str
    head_name: str
    receiver: str

    def number(self, kind: str, number: str = "") -> str:
        """Number and symbol: 12/QĐ-BVST; room to write where the number is not given yet."""
        return f"{number or '……'}/{kind}-{self.symbol}"


def letterhead() -> Letterhead:
    """As set, with what can be guessed: initials of the name for the symbol, GIÁM ĐỐC for the head."""
    place = facility.facility()
    initials = "".join(word[0].upper() for word in place.name.split() if word[0].isalpha())
    stored = facility.settings_kept()
    kept = {key: str(stored.get(f"rollout.{key}", "")) for key in KEYS}
    return Letterhead(
        place.name,
        place.governing_body,
        place.code,
        kept["place"],
        kept["symbol"] or initials,
        kept["head_title"] or "GIÁM ĐỐC",
        kept["head_name"],
        kept["receiver"] or "Sở Y tế",
    )


def change(values: dict[str, str], *, by: str) -> None:
    """Set what was given. The verb of the page that asks has checked the permission."""
    tidy = {key: clean_line(values.get(key, "")) for key in KEYS}
    faults = [
        FieldError(key, "too_long", f"{LABELS[key]}: không dài quá {LENGTH_MAX} ký tự")
        for key, text in tidy.items()
        if len(text) > LENGTH_MAX
    ]
    if faults:
        raise Invalid(faults)
    for key, text in tidy.items():
        if text != str(facility.setting(f"rollout.{key}", "")):
            places.set_setting(f"rollout.{key}", text, by=by)
