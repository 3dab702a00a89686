"""Sign a PDF with PAdES: name, job title and time shown, several signers one after another."""

from __future__ import annotations

import binascii
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from asn1crypto import keys as asn1_keys, x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.stamp import StaticStampStyle
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from benhan.kernel.errors import Refused
from benhan.proof.authority import KeyPair, assert_may_sign
from benhan.proof.render import SignatureBox, render

SIGNATURE_BYTES = 6_000
SIGNATURE_BYTES_STAMPED = 24_000
STAMP_LAYOUT = "proof/layout/stamp.typ"
STAMPS_KEPT = 64


class TimeStamper(Protocol):
    """What signing needs of a time-stamp authority: pyHanko's own interface."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """Return a time-stamp token over a digest."""


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
        certificate = asn1_x509.Certificate.load(pair.certificate)
        key = pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        registry = SimpleCertificateStore()
        registry.register_multiple([asn1_x509.Certificate.load(c) for c in pair.chain])
        self.signer = signers.SimpleSigner(
            signing_cert=certificate, signing_key=asn1_keys.PrivateKeyInfo.load(key), cert_registry=registry
        )


def sign(pdf: bytes, identity: SigningIdentity, *, position_id: str, box: SignatureBox | None, shown: SignerShown,
         drawn: bool, reason: str = "", location: str = "", tsa: TimeStamper | None = None, crl: bytes | None = None) -> bytes:
    """Add one signature as an incremental update and return the whole file.

    `drawn` says that the page already shows this signer in the box (the first signer is drawn when rendering); otherwise
    the signature brings its own look. Refused when the certificate may not sign now (R-81)."""
    assert_may_sign(identity.pair, at=shown.at, crl=crl)
    field = SigFieldSpec(sig_field_name=position_id, on_page=box.page if box else 0, box=_corners(box))
    metadata = signers.PdfSignatureMetadata(
        field_name=position_id, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=shown.name,
        reason=reason or None, location=location or None,
    )
    style = NoOpStampStyle() if drawn or box is None else StaticStampStyle(
        border_width=0, background_opacity=1, background=_Picture(_stamp(box, shown))
    )
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
        signer = signers.PdfSigner(metadata, signer=identity.signer, timestamper=tsa, stamp_style=style, new_field_spec=field)
        out = signer.sign_pdf(writer, bytes_reserved=2 * (SIGNATURE_BYTES_STAMPED if tsa else SIGNATURE_BYTES))
    except (SigningError, PdfError) as error:
        raise Refused("Không ký được tệp này: tệp hỏng hoặc vị trí ký đã có chữ ký", code="not_signable") from error
    return bytes(out.getvalue())


def _corners(box: SignatureBox | None) -> tuple[int, int, int, int] | None:
    return (round(box.x0), round(box.y0), round(box.x1), round(box.y1)) if box else None


def _stamp(box: SignatureBox, shown: SignerShown) -> bytes:
    return _draw_stamp(round(box.x1 - box.x0), round(box.y1 - box.y0), shown.name, shown.title, shown.at_text, shown.at)


@lru_cache(maxsize=STAMPS_KEPT)
def _draw_stamp(width: int, height: int, name: str, title: str, at_text: str, at: datetime) -> bytes:
    return render(STAMP_LAYOUT, {"width": width, "height": height, "name": name, "title": title, "at": at_text}, at=at).pdf


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


def signed_positions(pdf: bytes) -> Sequence[str]:
    """Names of the positions signed in a file, in order."""
    return [s.field_name for s in PdfFileReader(io.BytesIO(pdf)).embedded_signatures]
