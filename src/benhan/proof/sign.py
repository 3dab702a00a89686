"""Sign a PDF with PAdES: name, job title and time shown, several signers one after another."""

from __future__ import annotations

import binascii
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.content import PdfContent, RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko.stamp.noop import NoOpStampStyle

from benhan.kernel.errors import Refused, Unavailable
from benhan.proof.authority import KeyPair, assert_may_sign
from benhan.proof.cms import KeptSigner
from benhan.proof.embedded import DAMAGE
from benhan.proof.render import SignatureBox, render
from benhan.proof.timestamp import TimeStamper, TimestampRequestError

__all__ = ["SignerShown", "SigningIdentity", "TimeStamper", "add_evidence", "sign", "signed_positions"]

CONTAINER_BYTES = 1_200  # what a signature holds beside certificates and the raw signature: names, digests, attributes
TIME_STAMP_BYTES = 14_000
STAMP_LAYOUT = "proof/layout/stamp.typ"
STAMPS_KEPT = 64


@dataclass(frozen=True)
class SignerShown:
    """What people read in the signature's box."""

    name: str
    title: str
    at: datetime
    zone: str = "Asia/Ho_Chi_Minh"

    @property
    def at_text(self) -> str:
        """The time as printed, in the facility's zone."""
        return self.at.astimezone(ZoneInfo(self.zone)).strftime("%d/%m/%Y %H:%M:%S")


class SigningIdentity:
    """A certificate with its unlocked key, kept loaded while several documents are signed."""

    def __init__(self, pair: KeyPair) -> None:
        self.pair = pair
        self.signer = KeptSigner(pair)


def sign(
    pdf: bytes,
    identity: SigningIdentity,
    *,
    position_id: str,
    box: SignatureBox | None,
    shown: SignerShown,
    drawn: bool,
    reason: str = "",
    location: str = "",
    tsa: TimeStamper | None = None,
    crl: bytes | None = None,
    anchors: Sequence[bytes] = (),
) -> bytes:
    """Add one signature as an incremental update and return the whole file.

    `drawn` says that the page already shows this signer in the box (the first signer is drawn when rendering);
    otherwise the signature brings its own look. With `crl` (DER, of the signer's issuer) the signer's status is checked
    first, and list and chain go into the file, so that it speaks for itself later; with `tsa` the signature is stamped.
    Refused when the certificate may not sign now (R-81), the file is damaged or the position is taken; Unavailable
    when the time-stamp authority gives no stamp."""
    assert_may_sign(identity.pair, at=shown.at, crl=crl, anchors=anchors)
    field = SigFieldSpec(sig_field_name=position_id, on_page=box.page if box else 0, box=_corners(box))
    metadata = signers.PdfSignatureMetadata(
        field_name=position_id,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=shown.name,
        reason=reason or None,
        location=location or None,
    )
    style = NoOpStampStyle() if box is None else _empty_look() if drawn else _look(box, shown)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
        if crl is not None:
            _store_evidence(writer, identity, crl)
        signer = _SignerAt(
            shown.at, metadata, signer=identity.signer, timestamper=tsa, stamp_style=style, new_field_spec=field
        )
        out = signer.sign_pdf(writer, bytes_reserved=_room_for(identity, tsa))
    except TimestampRequestError as error:
        raise Unavailable("Cơ quan cấp dấu thời gian không cấp dấu", code="tsa_answer") from error
    except (SigningError, *DAMAGE) as error:
        raise Refused("Không ký được tệp này: tệp hỏng hoặc vị trí ký đã có chữ ký", code="not_signable") from error
    return bytes(out.getvalue())


def _room_for(identity: SigningIdentity, tsa: TimeStamper | None) -> int:
    """Hex digits to keep free for a signature. Space decides in a big hospital; too little is refused."""
    pair = identity.pair
    certificates = len(pair.certificate) + sum(len(c) for c in pair.chain)
    raw = pair.key.key_size // 8 + 80
    return 2 * (CONTAINER_BYTES + certificates + raw + (TIME_STAMP_BYTES if tsa else 0))


class _SignerAt(signers.PdfSigner):
    """Writes the moment that people read in the box into the signature too, not a second one a moment later."""

    def __init__(self, at: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        """Start as pyHanko does, at our moment."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def add_evidence(pdf: bytes, *, certificates: Sequence[bytes], crls: Sequence[bytes]) -> bytes:
    """Add proof of validity to a signed file afterwards (B-LT in a background job); signatures stay as they are."""
    out = io.BytesIO(pdf)
    try:
        DocumentSecurityStore.add_dss(
            out,
            sig_contents=None,
            certs=[asn1_x509.Certificate.load(c) for c in certificates],
            crls=[asn1_crl.CertificateList.load(c) for c in crls],
        )
    except DAMAGE as error:
        raise Refused("Không thêm được bằng chứng vào tệp này: tệp hỏng", code="not_signable") from error
    return out.getvalue()


def _store_evidence(writer: IncrementalPdfFileWriter, identity: SigningIdentity, crl: bytes) -> None:
    """Before signing, so that the signature covers it and no revision hangs behind the last signature."""
    certificates = [asn1_x509.Certificate.load(c) for c in identity.pair.chain]
    DocumentSecurityStore.supply_dss_in_writer(
        writer, sig_contents=None, certs=certificates, crls=[asn1_crl.CertificateList.load(crl)]
    )


def _empty_look() -> StaticStampStyle:
    """Nothing over what the page shows already; PDF/A (6.3.3) still wants every field with a box to have a look."""
    return StaticStampStyle(border_width=0, background_opacity=1, background=RawContent(b"", box=BoxConstraints(1, 1)))


def _look(box: SignatureBox, shown: SignerShown) -> StaticStampStyle:
    return StaticStampStyle(border_width=0, background_opacity=1, background=_Picture(_stamp(box, shown)))


def _corners(box: SignatureBox | None) -> tuple[int, int, int, int] | None:
    return (round(box.x0), round(box.y0), round(box.x1), round(box.y1)) if box else None


def _stamp(box: SignatureBox, shown: SignerShown) -> bytes:
    return _draw_stamp(round(box.x1 - box.x0), round(box.y1 - box.y0), shown.name, shown.title, shown.at_text, shown.at)


@lru_cache(maxsize=STAMPS_KEPT)
def _draw_stamp(width: int, height: int, name: str, title: str, at_text: str, at: datetime) -> bytes:
    return render(
        STAMP_LAYOUT, {"width": width, "height": height, "name": name, "title": title, "at": at_text}, at=at
    ).pdf


class _Picture(PdfContent):
    """A page of another PDF, taken from memory, as the look of a signature."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        super().__init__()

    def render(self) -> bytes:
        """Import the page and return the operator that draws it."""
        drawn = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)), page_ix=0)
        name = "/Import" + binascii.hexlify(uuid.uuid4().bytes).decode("ascii")
        self.resources.xobject[name] = drawn
        x1, y1, x2, y2 = drawn.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(x1 - x2), height=abs(y1 - y2))
        return name.encode("ascii") + b" Do"


def signed_positions(pdf: bytes) -> list[str]:
    """Names of the positions signed in a file, in order."""
    return [s.field_name for s in PdfFileReader(io.BytesIO(pdf)).embedded_signatures]
