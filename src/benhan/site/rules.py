"""Rules the facility sets for itself (quy chế): patterns of numbers, the time-stamp authority. Each is checked before it counts."""

from __future__ import annotations

from dataclasses import dataclass

from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid
from benhan.law import registry
from benhan.patients.services import PATIENT_NUMBER_PATTERN
from benhan.records.closing import ARCHIVE_PATTERN


@dataclass(frozen=True)
class Rule:
    """One rule: where it is kept, what it is called, what counts when nobody set it."""

    key: str
    label: str
    default: str
    kind: str = "pattern"

    @property
    def value(self) -> str:
        """What counts now."""
        return str(facility.setting(self.key, self.default))

    @property
    def sample(self) -> str:
        """How the first number of the pattern that counts now looks; nothing for what is no pattern."""
        if not self.kind.startswith("pattern") or not self.value:
            return ""
        place = facility.facility_or_none()
        return numbers.format_number(self.value, 1, on=clock.today(), facility_code=place.code if place else "")


def rules() -> list[Rule]:
    """All rules a page may change."""
    found = [
        Rule("patients.number_pattern", "Mã người bệnh", PATIENT_NUMBER_PATTERN),
        Rule("numbers.archive", "Số lưu trữ", ARCHIVE_PATTERN),
    ]
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
    try:
        one, two = (numbers.format_number(value, n, on=clock.today(), facility_code="00001") for n in (1, 2))
    except (KeyError, IndexError, ValueError, AttributeError):
        return FieldError(
            rule.key, "pattern", f"{rule.label}: chỉ dùng {{serial:06d}}, {{year}}, {{yy}}, {{month}}, {{facility}}"
        )
    if one == two or len(one) > 40:
        return FieldError(rule.key, "pattern", f"{rule.label}: phải có {{serial}} và không dài quá 40 ký tự")
    return None


def change(values: dict[str, str], *, by: str) -> int:
    """Set every rule whose value changed; returns how many. One fault stops all."""
    wanted = [(r, values[r.key].strip()) for r in rules() if r.key in values and values[r.key].strip() != r.value]
    faults = [f for r, v in wanted if (f := fault(r, v))]
    if faults:
        raise Invalid(faults)
    for rule, value in wanted:
        places.set_setting(rule.key, value, by=by)
    return len(wanted)
