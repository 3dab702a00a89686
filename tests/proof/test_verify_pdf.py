"""A verdict finds every change, says who and when, and never crashes."""

from __future__ import annotations

import io
import random
import re
from datetime import timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from benhan.kernel.canonical import canonical, sha256_hex
from benhan.proof import authority
from benhan.proof.render import Rendered, SignatureBox
from benhan.proof.sign import SignerShown, SigningIdentity, add_evidence, sign
from benhan.proof.verdict import Verdict
from benhan.proof.verify import pdf_signers, read_embedded, verify_pdf
from tests.proof import house as trust


def bad(verdict: Verdict) -> set[str]:
    return {f.code for f in verdict.findings if f.severity == "bad"}


def flip(data: bytes, at: int) -> bytes:
    out = bytearray(data)
    out[at] ^= 0x01
    return bytes(out)


def test_an_unsigned_page_is_invalid(page: Rendered, house: trust.House) -> None:
    assert bad(verify_pdf(page.pdf, anchors=house.anchors)) == {"unsigned"}


def test_the_content_is_compared_with_the_hash_on_record(signed: bytes, house: trust.House) -> None:
    right = sha256_hex(canonical(trust.CONTENT))
    assert verify_pdf(signed, anchors=house.anchors, content_sha256=right).holds
    assert bad(verify_pdf(signed, anchors=house.anchors, content_sha256="0" * 64)) == {"content_differs"}
    assert bad(verify_pdf(signed, anchors=house.anchors, manifest_sha256=right)) == {"content_missing"}


def test_without_anchors_nobody_knows_who_signed(signed: bytes) -> None:
    verdict = verify_pdf(signed, anchors=[])
    assert verdict.answer == "unknown"
    assert "intact" in verdict.codes


def test_an_authority_of_the_same_name_is_not_the_same(signed: bytes) -> None:
    assert "untrusted" in bad(verify_pdf(signed, anchors=trust.found().anchors))


def test_any_flipped_byte_of_the_signed_part_is_found(signed: bytes, house: trust.House) -> None:
    dice = random.Random(20261123)
    start, end = [int(n) for n in re.findall(rb"/ByteRange \[0 (\d+) (\d+)", signed)[0]]
    places = [n for n in dice.sample(range(10, len(signed) - 10), 60) if not start <= n < end]
    for place in places:
        verdict = verify_pdf(flip(signed, place), anchors=house.anchors)
        assert verdict.is_invalid, place


def test_a_flipped_byte_of_the_signature_is_found_or_says_nothing_else(signed: bytes, house: trust.House) -> None:
    """A handful of bytes of the container (its version, a list of digests) carry no meaning and may differ unseen."""
    start = int(re.findall(rb"/ByteRange \[0 (\d+)", signed)[0])
    used = len(signed[start : signed.index(b">", start)].rstrip(b"0"))
    genuine = verify_pdf(signed, anchors=house.anchors).as_dict()
    places = random.Random(7).sample(range(start + 1, start + used), 150)
    unseen = [
        p for p in places if (v := verify_pdf(flip(signed, p), anchors=house.anchors)).holds and v.as_dict() != genuine
    ]
    assert unseen == []


def test_bytes_hidden_behind_the_signature_are_found(signed: bytes, house: trust.House) -> None:
    end = signed.index(b"000>\n/ByteRange")
    hidden = signed[: end - 16] + b"4869" + signed[end - 12 :]
    assert bad(verify_pdf(hidden, anchors=house.anchors)) == {"stray_bytes"}


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.99, 0.9999])
def test_a_cut_off_file_is_invalid(share: float, signed_twice: bytes, house: trust.House) -> None:
    assert verify_pdf(signed_twice[: int(len(signed_twice) * share)], anchors=house.anchors).is_invalid


def test_a_file_cut_back_to_the_first_signer_has_one_signer(signed: bytes, signed_twice: bytes) -> None:
    assert len(pdf_signers(signed_twice[: len(signed)])) == 1  # what is missing is known to the manifest alone


def test_random_bytes_never_crash(signed: bytes, house: trust.House) -> None:
    dice = random.Random(5)
    for _ in range(40):
        data = bytearray(signed)
        for _ in range(dice.randrange(1, 30)):
            data[dice.randrange(8, len(data))] = dice.randrange(256)
        verify_pdf(bytes(data), anchors=house.anchors)
        read_embedded(bytes(data))
        pdf_signers(bytes(data))
    for junk in (b"", b"%PDF-", b"%PDF-1.7\n" + bytes(dice.randrange(256) for _ in range(3000)), b"x" * 100):
        assert verify_pdf(junk, anchors=house.anchors).is_invalid


@pytest.mark.parametrize("tail", [b"junk", b"\n1 0 obj<</A 1>>endobj\n", b"\nstartxref\n0\n%%EOF\n"])
def test_what_hangs_behind_the_last_signature_is_found(tail: bytes, signed: bytes, house: trust.House) -> None:
    assert verify_pdf(signed + tail, anchors=house.anchors).is_invalid


def test_a_copied_trailer_behind_the_signature_is_found(signed: bytes, house: trust.House) -> None:
    end = signed[signed.rindex(b"startxref") :]
    assert verify_pdf(signed + b"hidden\n" + end, anchors=house.anchors).is_invalid


def test_white_space_at_the_end_changes_nothing(signed: bytes, house: trust.House) -> None:
    assert not bad(verify_pdf(signed + b"\n", anchors=house.anchors)) - {"changed_after"}


def change(signed: bytes, what: str) -> bytes:
    """An incremental update that pretends to belong to the document."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    if what == "content":
        stream = StreamObject(stream_data=b"BT ET 0 0 600 900 re f")
        page["/Contents"] = ArrayObject([page.raw_get("/Contents"), writer.add_object(stream)])
        writer.update_container(page)
    elif what == "annotation":
        note = DictionaryObject(
            {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Square")}
        )
        page["/Annots"] = ArrayObject([*page.get("/Annots", []), writer.add_object(note)])
        writer.update_container(page)
    elif what == "attachment":
        spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
        file = StreamObject(stream_data=canonical({"format": "benhan.document/1", "content": {"note": "khác"}}))
        spec["/EF"]["/F"] = writer.add_object(file)
        writer.update_container(spec["/EF"])
    elif what == "javascript":
        action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): NameObject("/x")})
        writer.root["/OpenAction"] = writer.add_object(action)
        writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("what", ["content", "annotation", "attachment", "javascript"])
def test_an_update_after_signing_is_found(what: str, signed: bytes, house: trust.House) -> None:
    changed = change(signed, what)
    assert changed.startswith(signed)
    verdict = verify_pdf(changed, anchors=house.anchors)
    assert "changed_after" in bad(verdict), verdict.as_text()


def test_a_second_signature_does_not_cover_up_a_change(page: Rendered, signed: bytes, house: trust.House) -> None:
    changed = change(signed, "content")
    twice = trust.sign_page(page, house.head, "head", pdf=changed, crl=house.crl())
    verdict = verify_pdf(twice, anchors=house.anchors)
    assert ("changed_after", "doctor") in {(f.code, f.place) for f in verdict.findings}


def test_a_rewritten_file_loses_its_signature(signed: bytes, house: trust.House) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.save(out)
    assert verify_pdf(out.getvalue(), anchors=house.anchors).is_invalid


def test_moved_byte_ranges_are_found(signed: bytes, house: trust.House) -> None:
    match = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *", signed)
    assert match is not None
    first, second, length = (int(n) for n in match.groups())
    for ranges in (
        (0, first - 200, second, length),
        (10, first - 10, second, length),
        (0, first, second + 50, length - 50),
    ):
        text = b"/ByteRange [%d %d %d %d]" % ranges
        moved = signed[: match.start()] + text.ljust(match.end() - match.start()) + signed[match.end() :]
        assert verify_pdf(moved, anchors=house.anchors).is_invalid


def test_a_signature_wrapped_around_other_bytes_is_found(signed: bytes, house: trust.House) -> None:
    """The attacker moves the signed end of the file back and puts new objects into the gap."""
    match = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *", signed)
    assert match is not None
    first, second, length = (int(n) for n in match.groups())
    gap = b"\n99 0 obj<</Evil true>>endobj\n".ljust(64)
    text = (b"/ByteRange [0 %d %d %d]" % (first, second + len(gap), length)).ljust(match.end() - match.start())
    wrapped = signed[:second] + gap + signed[second:]
    wrapped = wrapped[: match.start() + len(gap)] + text + wrapped[match.end() + len(gap) :]
    assert verify_pdf(wrapped, anchors=house.anchors).is_invalid


def test_a_box_over_the_whole_page_is_found(page: Rendered, signed: bytes, house: trust.House) -> None:
    shown = SignerShown("Trần Quốc Khánh", "Trưởng khoa", trust.AT)
    box = SignatureBox("head", 0, 0, 0, 595, 842)
    out = sign(
        signed, SigningIdentity(house.head), position_id="head", box=box, shown=shown, drawn=False, crl=house.crl()
    )
    assert bad(verify_pdf(out, anchors=house.anchors)) == {"covers_page"}


def test_revoked_before_is_bad_and_after_is_only_told(page: Rendered, house: trust.House) -> None:
    bare = trust.sign_page(page, house.doctor, "doctor")
    number = house.doctor.x509.serial_number
    before = house.crl((number, trust.AT - timedelta(days=1)), at=trust.AT + timedelta(days=1))
    after = house.crl((number, trust.AT + timedelta(days=1)), at=trust.AT + timedelta(days=1))
    assert bad(verify_pdf(bare, anchors=house.anchors, crls=[before])) == {"revoked"}
    later = verify_pdf(bare, anchors=house.anchors, crls=[after])
    assert later.holds
    assert "revoked_later" in later.codes


def test_status_that_cannot_be_told_is_unknown(page: Rendered, house: trust.House) -> None:
    bare = trust.sign_page(page, house.doctor, "doctor")
    none = verify_pdf(bare, anchors=house.anchors)
    assert none.answer == "unknown"
    assert "revocation_unknown" in none.codes
    old = house.crl(at=trust.AT - timedelta(days=authority.CRL_DAYS + 1))
    stale = verify_pdf(bare, anchors=house.anchors, crls=[old])
    assert stale.answer == "unknown"
    assert "revocation_stale" in stale.codes


def test_a_forged_list_is_bad(page: Rendered, house: trust.House) -> None:
    bare = trust.sign_page(page, house.doctor, "doctor")
    forged = trust.found().crl()
    assert "crl_forged" in bad(verify_pdf(bare, anchors=house.anchors, crls=[forged]))
    hidden = add_evidence(bare, certificates=[], crls=[forged])
    assert "crl_forged" in bad(verify_pdf(hidden, anchors=house.anchors))
    assert "crl_unreadable" in verify_pdf(bare, anchors=house.anchors, crls=[b"x"]).codes


def test_a_certificate_out_of_force_when_signing_is_bad(signed: bytes, house: trust.House) -> None:
    verdict = verify_pdf(signed, anchors=house.anchors, at=trust.AT + timedelta(days=365 * 4))
    assert "not_in_force" in bad(verdict)


def test_an_old_signature_stays_good_after_the_certificate_ran_out(signed: bytes, house: trust.House) -> None:
    assert verify_pdf(signed, anchors=house.anchors).holds  # judged at its own time, whatever today is


def test_a_verdict_prints_for_people_and_for_machines(signed: bytes, house: trust.House) -> None:
    verdict = verify_pdf(signed, anchors=house.anchors)
    assert verdict.as_text().endswith("0 chưa rõ)")
    assert verdict.as_text(brief=True).startswith("HỢP LỆ")
    data = verdict.as_dict()
    assert data["answer"] == "valid"
    assert data["signers"][0]["name"] == "Đỗ Thị Ngọc Ánh"
    assert Verdict().answer == "unknown"
