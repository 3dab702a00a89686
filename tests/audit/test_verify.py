"""Every kind of tampering by somebody who owns the database is found, and where."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benhan.audit import anchors, appending, chain, export, services, verify
from benhan.audit.models import AuditEvent, AuditEventSubject, AuditHead, TreeHead
from benhan.audit.walk import LogReport
from benhan.kernel.errors import Refused
from benhan.kernel.merkle import Frontier, leaf_hash
from tests.flushing import unguarded

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 20


@pytest.fixture
def log() -> None:
    """Twenty events, signed after the tenth and at the end."""
    for half in range(2):
        with services.unit_of_work():
            for number in range(ROWS // 2):
                services.record("patients.patient.read", patient_id=f"p{half}{number}", also_patients=["shown"])
        assert services.sign_tree_head() is not None


def codes(report: LogReport) -> set[tuple[int | None, str]]:
    return {(finding.seq, finding.code) for finding in report.findings}


def rewrite_chain() -> None:
    """What a dishonest administrator with time does: make all hashes, the head and the frontier fit again."""
    frontier, last = Frontier(), chain.GENESIS
    for seq, row in enumerate(list(AuditEvent.objects.order_by("seq").values()), 1):
        body = chain.row_bytes({**row, "seq": seq})
        prev, last = last, chain.link(last, body)
        frontier.append(leaf_hash(bytes.fromhex(last)))
        AuditEvent.objects.filter(seq=row["seq"]).update(seq=seq, prev_hash=prev, hash=last)
    AuditHead.objects.update(size=frontier.size, last_hash=last, frontier=frontier.to_hex())


def cut_to(size: int) -> None:
    AuditEvent.objects.filter(seq__gt=size).delete()
    AuditEventSubject.objects.filter(seq__gt=size).delete()


def test_an_honest_log_holds(log: None) -> None:
    report = verify.verify()
    assert report.holds, report.findings
    assert (report.events, report.tree_heads, report.anchors, report.anchored_to) == (ROWS, 2, 2, ROWS)
    assert report.doubts == []
    services.record("more")
    assert [doubt.seq for doubt in verify.verify().doubts] == [ROWS + 1]


def test_an_empty_log_holds() -> None:
    assert verify.verify().holds
    assert services.sign_tree_head() is None


@pytest.mark.parametrize("model", [AuditEvent, AuditEventSubject, TreeHead])
def test_the_database_refuses_update_and_delete(log: None, model: type[AuditEvent]) -> None:
    first = model.objects.order_by("pk").first()
    assert first is not None
    table = model._meta.db_table
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=first.pk).update(**({"size": 3} if model is TreeHead else {"patient_id": "x"} if model is not AuditEvent else {"reason": "x"}))  # fmt: skip  # noqa: E501 - one statement, three tables
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=first.pk).delete()
    last_resort = f"TRUNCATE {table}"
    if connection.vendor == "sqlite":
        last_resort = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(last_resort)
    assert verify.verify().holds


def test_the_head_only_grows(log: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditHead.objects.update(size=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditHead.objects.all().delete()


def test_an_altered_row_is_found(log: None) -> None:
    with unguarded():
        AuditEvent.objects.filter(seq=7).update(account_name="somebody")
    assert codes(verify.verify()) == {(7, "altered")}


@pytest.mark.parametrize("name", [*chain.CHAINED_FIELDS[3:], "prev_hash", "hash"])
def test_no_column_can_change_unseen(log: None, name: str) -> None:
    value = {"source_port": 9, "hash": "0" * 64, "prev_hash": "1" * 64}.get(name, "x")
    with unguarded():
        AuditEvent.objects.filter(seq=7).update(**{name: value})
    assert (7, "altered") in codes(verify.verify())


def test_a_deleted_row_is_found(log: None) -> None:
    with unguarded():
        AuditEvent.objects.filter(seq__in=[4, 12, 13]).delete()
        AuditEventSubject.objects.filter(seq__in=[4, 12, 13]).delete()
    assert codes(verify.verify()) == {(4, "missing"), (12, "missing")}


def test_reordered_rows_are_found(log: None) -> None:
    with unguarded():
        for old, new in ((5, 999), (8, 5), (999, 8)):
            AuditEvent.objects.filter(seq=old).update(seq=new)
    found = codes(verify.verify())
    assert {(5, "reordered"), (8, "reordered")} <= found


def test_a_cut_tail_is_found(log: None) -> None:
    with unguarded():
        cut_to(15)
    assert codes(verify.verify()) == {(16, "truncated")}


def test_a_cut_tail_with_a_rewritten_head_is_found(log: None) -> None:
    with unguarded():
        cut_to(15)
        rewrite_chain()
    assert codes(verify.verify()) == {(16, "truncated")}


def test_a_cut_tail_with_head_and_tree_heads_rewritten_is_found_by_the_anchors(log: None) -> None:
    with unguarded():
        cut_to(15)
        rewrite_chain()
        TreeHead.objects.filter(size__gt=15).delete()
    report = verify.verify()
    assert codes(report) == {(16, "truncated")}
    assert "tệp neo" in report.findings[0].message


def test_a_rewritten_history_is_found_between_two_tree_heads(log: None) -> None:
    with unguarded():
        AuditEvent.objects.filter(seq=14).update(account_name="somebody")
        rewrite_chain()
    assert codes(verify.verify()) == {(11, "tree_differs")}


def test_a_rewritten_history_signed_again_is_found_by_the_anchors(log: None, house: Path) -> None:
    kept = anchors.anchor_path().read_bytes()
    with unguarded():
        AuditEvent.objects.filter(seq=14).update(account_name="somebody")
        rewrite_chain()
        TreeHead.objects.filter(size=ROWS).delete()
    appending.sign_tree_head()
    outside = house / "kept.jsonl"
    outside.write_bytes(kept)
    assert (11, "tree_differs") in codes(verify.verify(anchor_file=outside))


def test_a_forged_row_beyond_the_head_is_found(log: None) -> None:
    row = AuditEvent.objects.values().get(seq=ROWS)
    AuditEvent.objects.create(**{**row, "seq": ROWS + 1})
    assert (ROWS + 1, "beyond_head") in codes(verify.verify())


def test_a_forged_head_is_found(log: None) -> None:
    with unguarded():
        AuditHead.objects.update(last_hash="f" * 64)
    assert codes(verify.verify()) == {(None, "head_differs")}


def test_a_lost_head_is_found(log: None) -> None:
    with unguarded():
        AuditHead.objects.all().delete()
    assert (None, "head_missing") in codes(verify.verify())


def test_a_bad_signature_is_found(log: None) -> None:
    with unguarded():
        TreeHead.objects.filter(size=10).update(signature="00" * 64)
    assert (10, "bad_signature") in codes(verify.verify())


def test_a_signature_of_a_foreign_key_is_found(log: None, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert (10, "unknown_key") in codes(verify.verify(public_keys=tmp_path / "empty"))


def test_a_lost_or_torn_anchor_file_is_found(log: None) -> None:
    path = anchors.anchor_path()
    path.write_bytes(path.read_bytes() + b'{"size": 3')
    assert (None, "anchor_unreadable") in codes(verify.verify())
    services.record("more")
    services.sign_tree_head()
    assert anchors.last_size() == ROWS + 1
    path.unlink()
    assert (None, "anchors_missing") in codes(verify.verify())


def test_a_hidden_or_added_patient_is_found(log: None) -> None:
    with unguarded():
        AuditEventSubject.objects.filter(seq=6, patient_id="shown").delete()
    AuditEventSubject.objects.create(patient_id="extra", seq=3)
    found = codes(verify.verify())
    assert (6, "subjects_differ") in found
    assert (3, "subjects_differ") in found


def test_a_dropped_trigger_is_found(log: None) -> None:
    table = "" if connection.vendor == "sqlite" else " ON audit_auditevent"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_auditevent_no_delete'")
            kept = cursor.fetchone()[0]
        else:
            kept = "CREATE TRIGGER audit_auditevent_no_delete BEFORE DELETE ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION benhan_append_only()"  # noqa: E501 - one statement
        cursor.execute(f"DROP TRIGGER audit_auditevent_no_delete{table}")
        try:
            assert codes(verify.verify()) == {(None, "trigger_missing")}
        finally:
            cursor.execute(kept)


def test_an_exported_log_is_checked_without_a_database(
    log: None, tmp_path: Path, django_assert_num_queries: Callable[..., object]
) -> None:
    path = tmp_path / "log.jsonl"
    lines = list(export.json_lines())
    path.write_text("".join(lines), encoding="utf-8")
    with django_assert_num_queries(0):  # type: ignore[attr-defined]  # a pytest-django callable
        assert verify.verify_export(path).holds
    altered = [line.replace('"p03"', '"p99"') for line in lines]
    path.write_text("".join(altered), encoding="utf-8")
    assert codes(verify.verify_export(path)) == {(4, "altered")}
    path.write_text("".join(lines[:5] + lines[6:]), encoding="utf-8")
    assert (6, "missing") in codes(verify.verify_export(path))
    path.write_text("".join(lines[:15]), encoding="utf-8")
    assert (16, "truncated") in codes(verify.verify_export(path))
    path.write_text("no json", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        verify.verify_export(path)


def test_a_syslog_line_is_rfc_5424(doctor: services.Who) -> None:
    with services.acting_as(doctor):
        services.record("x.y", outcome="refused", reason='a "quoted] \\ reason')
    line = next(export.syslog_lines())
    assert line.startswith("<108>1 20")
    assert 'reason="a \\"quoted\\] \\\\ reason"' in line
    assert 'person_name="BS. Trần Thị Lan"' in line
    assert json.loads(next(export.json_lines()))["person_name"] == "BS. Trần Thị Lan"


def test_a_tree_head_is_signed_every_so_many_events() -> None:
    with services.unit_of_work():
        for _ in range(appending.SIGN_EVERY_EVENTS + 5):
            services.record("x")
    assert TreeHead.objects.get().size == anchors.last_size() == appending.SIGN_EVERY_EVENTS + 5
    assert verify.verify().holds


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_one_changed_value_anywhere_is_always_found(log: None, seed: int) -> None:
    pick = random.Random(seed)
    name = pick.choice([*chain.CHAINED_FIELDS[3:], "prev_hash", "hash"])
    seq = pick.randint(1, ROWS)
    before = getattr(AuditEvent.objects.get(seq=seq), name)
    with unguarded():
        AuditEvent.objects.filter(seq=seq).update(**{name: 77 if name == "source_port" else f"{str(before)[:-1]}~"})
    assert (seq, "altered") in codes(verify.verify())
    with unguarded():
        AuditEvent.objects.filter(seq=seq).update(**{name: before})
    assert verify.verify().holds


steps = st.lists(st.sampled_from(["record", "unit", "nested", "refuse", "bug", "collect", "sign"]), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=steps)
def test_any_sequence_keeps_the_chain_whole(sequence: list[str]) -> None:
    for step in sequence:
        _do(step)
    report = verify.verify()
    assert report.holds, report.findings


def _do(step: str) -> None:
    if step == "record":
        services.record("r", patient_id="p")
    elif step == "sign":
        services.sign_tree_head()
    elif step == "collect":
        with services.collect():
            services.record("a")
            services.record("b")
    else:
        try:
            with services.unit_of_work():
                services.record("u")
                with services.unit_of_work():
                    services.record("n", also_patients=["p", "q"])
                    if step == "bug":
                        raise ZeroDivisionError
                if step == "refuse":
                    raise Refused("không")
        except (ZeroDivisionError, Refused):
            pass
