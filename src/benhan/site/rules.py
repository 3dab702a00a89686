"""Rules the facility sets for itself (quy chế): patterns of numbers, who may sign which place, the time-stamp
authority. Each is checked before it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.facility.models import POSITIONS
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid
from benhan.law import registry
from benhan.patients.services import PATIENT_NUMBER_PATTERN
from benhan.records.closing import ARCHIVE_PATTERN
from benhan.records.manifest import ORDER_RULE
from benhan.records.opening import TYPES_RULE

# The words a pattern may use, and letters, digits and separators between them: a number is read aloud, printed, typed.
_PATTERN = re.compile(r"(?:[\w./-]|\{(?:serial(?::0[1-9]d)?|year|yy|month|facility)\})+")


GROUPS = {
    "record": "bệnh án",
    "progress": "theo dõi điều trị",
    "orders": "chỉ định",
    "results": "kết quả",
    "nursing": "chăm sóc",
    "consent": "cam kết",
    "discharge": "ra viện",
    "other": "khác",
    "imported": "nhập từ hệ thống khác",
}


@dataclass(frozen=True)
class Rule:
    """One rule: where it is kept, what it is called, what counts when nobody set it."""

    key: str
    label: str
    default: str
    kind: str = "pattern"
    stored: Any = None
    facility_code: str = ""

    @property
    def of_a_type(self) -> bool:
        """Does it hold for one type of record? There are dozens."""
        return self.key.startswith(("numbers.record.", "numbers.admission.", ORDER_RULE))

    @property
    def value(self) -> str:
        """What counts now; of a list its codes with commas."""
        stored = self.default if self.stored is None else self.stored
        return self.tidy(", ".join(stored) if isinstance(stored, list) else str(stored))

    def tidy(self, text: str) -> str:
        """A value as it is compared: who may sign in one order, the order of papers as it is."""
        if self.kind in ("positions", "types"):
            return ", ".join(sorted(listed(text)))
        return ", ".join(listed(text)) if self.kind == "order" else text.strip()

    @property
    def sample(self) -> str:
        """How the first number of the pattern that counts now looks; nothing for what is no pattern."""
        if not self.kind.startswith("pattern") or not self.value:
            return ""
        return numbers.format_number(self.value, 1, on=clock.today(), facility_code=self.facility_code)


def listed(text: str) -> list[str]:
    """The codes of a text with commas."""
    return [code.strip() for code in text.split(",") if code.strip()]


def rules() -> list[Rule]:
    """All rules a page may change, each with what the facility has set."""
    kept, place = facility.settings_kept(), facility.facility_or_none()
    code = place.code if place else ""
    return [replace(rule, stored=kept.get(rule.key), facility_code=code) for rule in _known()]


def _known() -> list[Rule]:
    found = [
        Rule("patients.number_pattern", "Mã người bệnh", PATIENT_NUMBER_PATTERN),
        Rule("numbers.archive", "Số lưu trữ", ARCHIVE_PATTERN),
    ]
    types = [code for code in registry.record_types() if code != "imported"]
    found.append(Rule(TYPES_RULE, "Loại hồ sơ cơ sở mở", ", ".join(types), "types"))
    for code, kind in registry.record_types().items():
        if code != "imported":
            found.append(Rule(f"numbers.record.{code}", f"Số hồ sơ – {kind['name_vi']}", kind["number_pattern"]))
            found.append(
                Rule(
                    f"numbers.admission.{code}",
                    f"Số vào viện – {kind['name_vi']}",
                    kind["admission_pattern"],
                    "pattern or empty",
                )
            )
            order = f"Thứ tự giấy – {kind['name_vi']}"
            found.append(Rule(f"{ORDER_RULE}{code}", order, ", ".join(kind["order"]), "order"))
    for role, matrix in registry.signer_roles().items():
        if matrix["positions"]:
            label = f"Ai được ký – {matrix['name_vi']}"
            found.append(Rule(f"signing.positions.{role}", label, ", ".join(matrix["positions"]), "positions"))
    found.append(Rule("signing.tsa_url", "Địa chỉ cơ quan cấp dấu thời gian (TSA)", "", "address or empty"))
    return found


def fault(rule: Rule, value: str) -> FieldError | None:
    """What is wrong with a new value; None when it may count."""
    if not value and rule.kind.endswith("or empty"):
        return None
    if rule.kind.startswith("address"):
        good = value.startswith(("https://", "http://"))
        return (
            None
            if good
            else FieldError(rule.key, "format", f"{rule.label}: địa chỉ bắt đầu bằng https:// hoặc http://")
        )
    if rule.kind == "order":
        return _fault_of_order(rule, listed(value))
    if rule.kind == "types":
        unknown = set(listed(value)) - (registry.record_types().keys() - {"imported"})
        said = f"{rule.label}: chọn ít nhất một loại trong danh sách"
        return FieldError(rule.key, "types", said) if unknown or not value else None
    if rule.kind == "positions":
        unknown = set(listed(value)) - set(POSITIONS)
        good = bool(value) and not unknown
        return (
            None
            if good
            else FieldError(rule.key, "positions", f"{rule.label}: chọn ít nhất một vị trí trong danh sách")
        )
    if not _PATTERN.fullmatch(value):
        return FieldError(
            rule.key,
            "pattern",
            f"{rule.label}: chỉ dùng chữ, số, . / - và {{serial:06d}}, {{year}}, {{yy}}, {{month}}, {{facility}}",
        )
    if "{month}" in value and not {"{year}", "{yy}"} & set(re.findall(r"\{\w+\}", value)):
        # Numbers begin again with each month: without the year they would come back, and nobody could open a record.
        return FieldError(rule.key, "pattern", f"{rule.label}: có {{month}} thì phải có {{year}} hoặc {{yy}}")
    one, two = (numbers.format_number(value, n, on=clock.today(), facility_code="00001") for n in (1, 2))
    if one == two or len(one) > 40:
        return FieldError(rule.key, "pattern", f"{rule.label}: phải có {{serial}} và không dài quá 40 ký tự")
    return None


def _fault_of_order(rule: Rule, names: list[str]) -> FieldError | None:
    known = GROUPS.keys() | {f.code for f in registry.all_versions()}
    strange = [n for n in names if n not in known] + [n for n in names if names.count(n) > 1]
    if names and not strange:
        return None
    what = f"“{strange[0]}” không phải nhóm hay mã mẫu, hoặc bị lặp" if strange else "chưa có nhóm nào"
    return FieldError(rule.key, "order", f"{rule.label}: {what}. Các nhóm: {', '.join(GROUPS)}")


def change(values: dict[str, str], *, by: str) -> int:
    """Set every rule whose value changed; returns how many. One fault stops all."""
    given = [(r, r.tidy(values[r.key])) for r in rules() if r.key in values]
    wanted = [(r, value) for r, value in given if value != r.value]
    faults = [f for r, v in wanted if (f := fault(r, v))]
    if faults:
        raise Invalid(faults)
    for rule, value in wanted:
        places.set_setting(rule.key, listed(value) if rule.kind in ("positions", "order", "types") else value, by=by)
    return len(wanted)
