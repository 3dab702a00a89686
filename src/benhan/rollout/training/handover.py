"""Certificates from the practice house to the real one: a signed list, as a file. Nothing else goes that way.

The practice house signs with its own key (the one of its log); the real house trusts the keys in `anchors/practice`, where
`benhan practice` on the same machine puts the public half, and a person puts it by hand for another machine."""

from __future__ import annotations

import base64
import binascii
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.access.models import ROLES
from benhan.audit import keys
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import Refused
from benhan.law import training as law
from benhan.rollout.training import queries
from benhan.rollout.training.house import require_practice, require_real
from benhan.rollout.training.models import Certificate, PracticeHouse

FORMAT = "benhan-practice/1"
BYTES_MAX = 4 * 1024 * 1024
FILE = "handover.json"
_TEXT = {"type": "string", "maxLength": 255}
_ENTRY = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "username",
        "full_name",
        "job_title",
        "department_code",
        "department_name",
        "role",
        "edition",
        "tasks",
    ],
    "properties": {
        "username": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9._-]{2,59}$"},
        "full_name": _TEXT,
        "job_title": {"type": "string", "maxLength": 120},
        "department_code": {"type": "string", "maxLength": 50},
        "department_name": _TEXT,
        "role": {"enum": sorted(ROLES)},
        "edition": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
        "tasks": {
            "type": "array",
            "minItems": 1,
            "maxItems": 40,
            "items": {"type": "array", "minItems": 3, "maxItems": 3, "items": _TEXT},
        },
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["format", "list", "key_id", "signature"],
    "properties": {
        "format": {"const": FORMAT},
        "key_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "signature": {"type": "string", "maxLength": 200},
        "list": {
            "type": "object",
            "additionalProperties": False,
            "required": ["facility_code", "made_at", "certificates"],
            "properties": {
                "facility_code": {"type": "string", "maxLength": 5},
                "made_at": {"type": "string", "maxLength": 40},
                "certificates": {"type": "array", "maxItems": 20_000, "items": _ENTRY},
            },
        },
    },
}


def trusted_folder() -> Path:
    """Where the real house keeps the public keys of its practice houses."""
    return Path(settings.BENHAN_HOME) / "anchors" / "practice"


def signed_list() -> bytes:
    """Everything earned in this practice house, signed with its key."""
    require_practice()
    house = PracticeHouse.objects.get()
    rows = [
        {
            **{k: getattr(c, k) for k in ("username", "full_name", "job_title", "department_code", "department_name")},
            "role": c.role,
            "edition": c.edition,
            "tasks": c.tasks_done,
        }
        for c in Certificate.objects.all()
    ]
    told = {"facility_code": house.facility_code, "made_at": clock.now().isoformat(), "certificates": rows}
    key = keys.signing_key()
    signature = base64.b64encode(key.sign(_signed_bytes(told))).decode("ascii")
    envelope = {"format": FORMAT, "list": told, "key_id": keys.key_id(key.public_key()), "signature": signature}
    return json.dumps(envelope, ensure_ascii=False, indent=1).encode("utf-8")


def put_beside() -> Path:
    """Write the list where the real house of the same machine looks for it; whole or not at all."""
    target = Path(settings.BENHAN_HOME) / FILE
    fresh = target.with_name(f".{FILE}.{os.getpid()}")
    fresh.write_bytes(signed_list())
    os.replace(fresh, target)
    return target


def beside() -> Path | None:
    """The list of the practice house on this machine, when there is one."""
    path = Path(settings.BENHAN_HOME) / "practice" / FILE
    return path if path.is_file() else None


def _signed_bytes(told: dict[str, Any]) -> bytes:
    return b"benhan.practice/1\n" + canonical(told)


def take(data: bytes, *, actor: Actor) -> tuple[int, list[str]]:
    """Take over a signed list into the real house. All lines are checked before any is kept; a line about somebody this house
    does not know, or about tasks that are not a whole role's, is told and left out.

    Returns (how many were new, what was left out and why). Refused (nothing kept): not readable, not ours, wrong signature."""
    require_real()
    gate.require(actor, "training.certificate.take")
    with audit.unit_of_work("training.certificate.take"):
        envelope = _opened(data)
        told = envelope["list"]
        place = facility.facility()
        if told["facility_code"] != place.code:
            raise Refused("Danh sách này của cơ sở khác", code="other_facility")
        good, left_out = _sorted(told["certificates"])
        new = sum(_keep(entry, envelope["key_id"]) for entry in good)
        detail = {"new": new, "known": len(good) - new, "left_out": len(left_out), "key": envelope["key_id"]}
        audit.record("training.certificate.take", detail=detail)
    return new, left_out


def _opened(data: bytes) -> dict[str, Any]:
    """The envelope, its shape and its signature checked."""
    if len(data) > BYTES_MAX:
        raise Refused("Tệp quá lớn, không phải danh sách chứng nhận thực hành", code="too_large")
    try:
        envelope: dict[str, Any] = json.loads(data.decode("utf-8"))
        jsonschema.validate(envelope, SCHEMA)
        signature = base64.b64decode(envelope["signature"], validate=True)
    except (UnicodeDecodeError, ValueError, RecursionError, binascii.Error, jsonschema.ValidationError) as error:
        raise Refused("Tệp không phải danh sách chứng nhận thực hành", code="format") from error
    key = keys.trusted(trusted_folder()).get(envelope["key_id"])
    if key is None:
        raise Refused("Không biết khóa của nhà thực hành đã ký danh sách này", code="unknown_key")
    try:
        key.verify(signature, _signed_bytes(envelope["list"]))
    except InvalidSignature as error:
        raise Refused("Chữ ký của danh sách không đúng: nội dung đã bị sửa", code="signature") from error
    return envelope


def _sorted(entries: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    held, good, left_out = queries.held_roles(), [], []
    for entry in entries:
        why = _fault(entry, held)
        if why:
            left_out.append(f"{entry['full_name']} ({entry['username']}, {ROLES[entry['role']]}): {why}")
        else:
            good.append(entry)
    return good, left_out


def _fault(entry: dict[str, Any], held: set[tuple[str, str]]) -> str:
    """Why a line cannot be taken; empty when it can."""
    if (entry["username"], entry["role"]) not in held:
        return "không có tài khoản đang hoạt động với vai trò này"
    if entry["edition"] == law.edition() and {c for c, _, _ in entry["tasks"]} != {
        t.code for t in law.of_role(entry["role"])
    }:
        return "không đủ các việc của vai trò"
    try:
        times = [datetime.fromisoformat(at) for _, _, at in entry["tasks"]]
    except ValueError:
        return "thời điểm không đọc được"
    if any(t.tzinfo is None or t > clock.now() for t in times):
        return "thời điểm ở tương lai"
    return ""


def _keep(entry: dict[str, Any], key_id: str) -> bool:
    """Keep one line; False when it was there already."""
    _, made = Certificate.objects.get_or_create(
        username=entry["username"],
        role=entry["role"],
        edition=entry["edition"],
        defaults={
            **{k: entry[k] for k in ("full_name", "job_title", "department_code", "department_name")},
            "tasks": json.dumps(entry["tasks"], ensure_ascii=False),
            "completed_at": max(datetime.fromisoformat(at) for _, _, at in entry["tasks"]),
            "key_id": key_id,
            "recorded_at": clock.now(),
        },
    )
    return made
