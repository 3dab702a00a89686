"""Certificates of public authorities from PKCS#12 files: what is refused at the door, and what stays unknown afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from benhan.audit.models import AuditEvent
from benhan.kernel import clock
from benhan.kernel.errors import Refused
from benhan.proof import authority
from benhan.proof.verify import verify_pdf
from benhan.records import queries as records
from benhan.records import services as writing
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing.models import Certificate
from tests.people import PIN, Cast, note
from tests.stories import sign_all

pytestmark = pytest.mark.django_db
SECRET = "mat-khau-tep"


@pytest.fixture(scope="module")
def public() -> authority.KeyPair:
    """The root of an invented public authority."""
    return authority.create_root("CA công cộng thử", at=clock.now() - timedelta(days=900))


def p12(public: authority.KeyPair, **wish: Any) -> bytes:
    """A file as a public authority hands it out; `wish` changes one thing about it."""
    now, key = clock.now(), ec.generate_private_key(ec.SECP256R1())
    sign = wish.get("sign", True)
    usage = x509.KeyUsage(sign, sign, not sign, False, False, wish.get("ca", False), False, False, False)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nguyễn Văn An")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(public.x509.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + wish.get("begin", timedelta(days=-30)))
        .not_valid_after(now + wish.get("end", timedelta(days=300)))
        .add_extension(x509.BasicConstraints(wish.get("ca", False), None), critical=True)
        .add_extension(usage, critical=True)
    )
    if purpose := wish.get("purpose"):
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    made = builder.sign(public.key, hashes.SHA256())  # type: ignore[arg-type]  # a key of our own kind
    stranger = authority.create_root("Người lạ", at=now - timedelta(days=1)).x509
    return pkcs12.serialize_key_and_certificates(
        b"x", key, made, [stranger, public.x509], BestAvailableEncryption(SECRET.encode())
    )


REFUSED = [
    ({"begin": timedelta(days=-300), "end": timedelta(days=-1)}, "certificate_expired", "chỉ có hiệu lực đến"),
    ({"begin": timedelta(days=2)}, "certificate_not_yet", "chỉ có hiệu lực từ"),
    ({"sign": False}, "certificate_usage", "không dùng để ký"),
    ({"ca": True}, "certificate_is_ca", "không dùng để ký giấy tờ"),
    ({"purpose": ExtendedKeyUsageOID.SERVER_AUTH}, "certificate_usage", "máy chủ web"),
]


@pytest.mark.parametrize(
    ("wish", "code", "words"), REFUSED, ids=[code + str(n) for n, (_, code, _) in enumerate(REFUSED)]
)
def test_a_certificate_that_may_not_sign_is_refused_at_the_door(
    cast: Cast, public: authority.KeyPair, wish: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(Refused) as no:
        certificates.import_certificate(cast.staff["doctor"], p12(public, **wish), SECRET, PIN, actor=cast.doctor)
    assert no.value.code == code
    client = Client()
    client.force_login(cast.accounts["doctor"])
    file = SimpleUploadedFile("an.p12", p12(public, **wish))
    page = client.post(
        reverse("site:my_certificate"), {"file": file, "password": SECRET, "pin": PIN, "again": PIN}
    ).content.decode()
    assert words in page
    assert not Certificate.objects.filter(origin="pkcs12").exists()


def test_the_chain_is_put_in_order_and_strangers_are_left_out(cast: Cast, public: authority.KeyPair) -> None:
    stored = certificates.import_certificate(cast.staff["doctor"], p12(public), SECRET, PIN, actor=cast.doctor)
    assert certificates.chain_of(stored) == [public.certificate]
    assert public.certificate in certificates.anchors()
    assert len(certificates.anchors()) == 2
    assert AuditEvent.objects.filter(action="signing.certificate.import", outcome="ok").count() == 1


def test_whether_an_imported_certificate_was_revoked_is_said_to_be_unknown(
    cast: Cast, public: authority.KeyPair
) -> None:
    certificates.import_certificate(cast.staff["doctor"], p12(public), SECRET, PIN, actor=cast.doctor)
    version = writing.write(cast.open(), "free_note", note(), actor=cast.doctor)
    sign_all(cast, "doctor")
    signed = signing.last_signature(version.pk)
    assert signed
    pdf = records.files().get(signed.pdf)
    verdict = verify_pdf(pdf, anchors=certificates.anchors())
    assert {"intact", "trusted", "revocation_unknown"} <= verdict.codes
    assert verdict.answer == "unknown"
    assert "Không biết chứng thư đã bị thu hồi hay chưa" in verdict.as_text()
    assert "CHƯA KẾT LUẬN ĐƯỢC" in verdict.as_text()
    crl = authority.issue_crl(public, [], number=1, at=clock.now())
    assert verify_pdf(pdf, anchors=certificates.anchors(), crls=[crl]).answer == "valid"
    client = Client()
    client.force_login(cast.accounts["doctor"])
    assert "Không kiểm tra được" in client.get(reverse("site:my_certificate")).content.decode()
