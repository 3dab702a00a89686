"""Criteria of readiness that this room measures: papers issued, and the regulation still true."""

from __future__ import annotations

from benhan.rollout.dossier import queries
from benhan.rollout.dossier.facts import settings_fingerprint
from benhan.rollout.readiness.judging import Finding, Look, measures

PAPERS = {"decision_issued": "decision", "security_dossier": "security_dossier", "dpia_made": "dpia"}


def _issued(look: Look) -> Finding:
    one = queries.issued().get(PAPERS[look.criterion.code])
    return look.judged(one is not None, one.reference if one else "chưa ban hành")


for _code in PAPERS:
    measures(_code)(_issued)


@measures("regulation_issued")
def regulation_issued(look: Look) -> Finding:
    """Issued, and made from the settings that hold today."""
    one = queries.issued().get("regulation")
    if one is None:
        return look.judged(False, "chưa ban hành")
    same = one.fingerprint == settings_fingerprint()
    return look.judged(same, one.reference + ("" if same else "; thiết lập đã đổi sau khi ban hành"))
