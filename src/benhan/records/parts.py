"""A later version carries the signatures of parts it does not touch: part A, signed at admission, is not signed again when
part B is written at discharge. The carried signature stays where it was made, in the file of the earlier version; the new
version names that file by hash, and its own signers sign that with everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benhan.forms.definition import FormVersion
from benhan.forms.parts import content_of, sections_of
from benhan.records.models import DocumentVersion
from benhan.records.payload import moment, opened
from benhan.signing import queries as signing

CONTINUED = "Viết tiếp phần chưa ký"


@dataclass(frozen=True)
class CarriedPart:
    """A part signed in an earlier version and unchanged since."""

    part: str
    version_no: int
    payload_hash: str
    sections: tuple[str, ...]
    positions: tuple[dict[str, str], ...]  # id, label, name, title, signed_at

    def as_data(self) -> dict[str, Any]:
        """As it stands in the payload of the later version."""
        return {
            "part": self.part,
            "version_no": self.version_no,
            "sha256": self.payload_hash,
            "sections": list(self.sections),
            "positions": [dict(p) for p in self.positions],
        }


def carried(form: FormVersion, previous: DocumentVersion, content: dict[str, Any]) -> list[CarriedPart]:
    """The parts whose signatures a new version with this content takes over from the one before."""
    if not form.parts:
        return []
    payload = opened(previous)
    earlier = {entry["part"]: entry for entry in payload.get("signed_parts", [])}
    found = []
    for part in form.parts:
        same = content_of(form, payload["content"], part) == content_of(form, content, part)
        if same and part in earlier:
            found.append(from_data(earlier[part]))
        elif same and (positions := _signed_here(form, previous, part)):
            sections = sections_of(form, part)
            found.append(CarriedPart(part, previous.version_no, previous.payload_hash, sections, positions))
    return found


def from_data(entry: dict[str, Any]) -> CarriedPart:
    """A carried part as a payload tells it."""
    positions = tuple(dict(p) for p in entry["positions"])
    return CarriedPart(entry["part"], entry["version_no"], entry["sha256"], tuple(entry["sections"]), positions)


def _signed_here(form: FormVersion, version: DocumentVersion, part: str) -> tuple[dict[str, str], ...]:
    """Who signed the part in this version, when every needed place of it is signed; else nobody."""
    made = {s.position_id: s for s in signing.signatures_of(version.pk)}
    made_by_patient = {c.position_id: c for c in signing.confirmations_of(version.pk)}
    places = [p for p in form.positions if p.part == part]
    if any(p.required and p.id not in made and p.id not in made_by_patient for p in places):
        return ()
    signed: list[dict[str, str]] = []
    for p in places:
        if p.id in made:
            s = made[p.id]
            shown = {"name": s.signer_name, "title": s.signer_title, "signed_at": moment(s.signed_at)}
            signed.append({"id": p.id, "label": p.label_vi, **shown})
        elif p.id in made_by_patient:
            c = made_by_patient[p.id]
            shown = {"name": c.person_name, "title": c.relation, "signed_at": moment(c.confirmed_at)}
            signed.append({"id": p.id, "label": p.label_vi, **shown})
    return tuple(signed)


def continues(form: FormVersion, previous: DocumentVersion, content: dict[str, Any]) -> bool:
    """Is a new version only the next part, written where nothing is signed yet? Then it corrects nothing, and needs no reason
    of its own."""
    taken = {c.part for c in carried(form, previous, content)}
    payload = opened(previous)
    signed = {p for p in form.parts if _signed_here(form, previous, p)} | {
        e["part"] for e in payload.get("signed_parts", [])
    }
    return bool(form.parts) and bool(signed) and signed <= taken and len(signed) < len(form.parts)


def signed_elsewhere(payload: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Places whose signature stands in an earlier version: position → who and when."""
    return {
        p["id"]: {**p, "version_no": str(entry["version_no"])}
        for entry in payload.get("signed_parts", [])
        for p in entry["positions"]
    }


def faults(payload: dict[str, Any], earlier: Iterable[DocumentVersion], filled: set[tuple[Any, str]]) -> bool:
    """Does a carried part name a version that is not there, not signed so, or whose part says something else?"""
    by_number = {v.version_no: v for v in earlier}
    for entry in payload.get("signed_parts", []):
        version = by_number.get(entry["version_no"])
        if version is None or version.payload_hash != entry["sha256"]:
            return True
        before = opened(version)["content"]
        if any(before.get(name) != payload["content"].get(name) for name in entry["sections"]):
            return True
        if any((version.pk, p["id"]) not in filled for p in entry["positions"]):
            return True
    return False
