"""Actions of this room, and the facts it tells the gate about ready-made texts."""

from __future__ import annotations

from benhan.access.actors import Actor
from benhan.access.gate import Action, Facts
from benhan.phrases.models import Snippet

# Who keeps the texts of a department: the positions that answer for what is written there.
KEEPERS = frozenset({"department_head", "head_nurse", "technician_head", "director"})
ACTIONS = (
    Action("phrases.snippet.read", "Xem các câu mẫu"),
    Action("phrases.snippet.use", "Chèn câu mẫu khi viết"),
    Action("phrases.snippet.write", "Mở trang soạn câu mẫu", kind="write"),
    Action("phrases.snippet.own", "Soạn câu mẫu của mình", kind="write"),
    Action("phrases.snippet.department", "Soạn câu mẫu của khoa", kind="write"),
    Action("phrases.snippet.facility", "Soạn câu mẫu của cơ sở", kind="write"),
    Action("phrases.abbreviation.read", "Xem danh mục chữ viết tắt"),
    Action("phrases.abbreviation.manage", "Soạn và ban hành danh mục chữ viết tắt", kind="admin"),
)


def snippet_facts(actor: Actor, snippet: Snippet) -> Facts:
    """An own text belongs to its writer; a department's to those who answer for that department."""
    if snippet.account_id is not None:
        return Facts(frozenset({"author"}) if snippet.account_id == actor.account_id else frozenset())
    keeps = snippet.department_id in actor.department_ids and actor.position in KEEPERS
    return Facts(frozenset({"department"}) if keeps else frozenset())
