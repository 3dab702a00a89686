"""Reading certificates from files a person names."""

from __future__ import annotations

from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def read_certificates(path: Path) -> list[bytes]:
    """Certificates of a PEM or DER file as DER; wrong input ends the command with exit code 2."""
    data = path.read_bytes()
    try:
        found = (
            x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
        )
    except ValueError as error:
        raise click.UsageError(f"{path} không phải chứng thư") from error
    return [c.public_bytes(Encoding.DER) for c in found]
