"""Actions of this room."""

from benhan.access.gate import Action

ACTIONS = (
    Action("dossier.paper.read", "Xem hồ sơ công bố (báo cáo, quy chế, quyết định)"),
    Action("dossier.paper.make", "Lập văn bản của hồ sơ công bố", kind="write"),
    Action("dossier.paper.sign", "Ký văn bản của hồ sơ công bố", kind="write"),
)
