"""A time-stamp authority for tests: openssl behind a small web server, so that nothing of ours judges itself."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = tuple[int, str, bytes]
CONFIG = """
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Tsa:
    """An authority: its folder, root certificate (DER) and, once served, its address."""

    folder: Path
    root: bytes
    url: str = ""

    def query(self, data: bytes) -> bytes:
        """A request for a stamp over some data."""
        digest = hashlib.sha256(data).hexdigest()
        return _run("openssl", "ts", "-query", "-digest", digest, "-sha256", "-cert")

    def answer(self, query: bytes) -> bytes:
        """What the authority says to a request."""
        (self.folder / "query").write_bytes(query)
        config = str(self.folder / "tsa.cnf")
        return _run("openssl", "ts", "-reply", "-queryfile", str(self.folder / "query"), "-config", config)


def found(folder: Path) -> Tsa:
    """Make keys and certificates with openssl."""

    def openssl(*words: str) -> None:
        _run("openssl", *words)

    at = str(folder)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=at))
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        "req",
        "-x509",
        *new,
        "-keyout",
        f"{at}/root.key",
        "-out",
        f"{at}/root.pem",
        "-days",
        "3650",
        "-subj",
        "/CN=TSA goc",
    )
    openssl("req", *new, "-keyout", f"{at}/tsa.key", "-out", f"{at}/tsa.csr", "-subj", "/CN=TSA thu")
    openssl(
        "x509", "-req", "-in", f"{at}/tsa.csr", "-CA", f"{at}/root.pem", "-CAkey", f"{at}/root.key", "-CAcreateserial",
        "-out", f"{at}/tsa.pem", "-days", "3000", "-extfile", f"{at}/ext",
    )  # fmt: skip
    return Tsa(folder, _run("openssl", "x509", "-in", f"{at}/root.pem", "-outform", "DER"))


@contextmanager
def serve(respond: Callable[[bytes], Answer]) -> Iterator[str]:
    """A web server on this machine that answers each POST with `respond`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            code, kind, body = respond(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _run(*words: str) -> bytes:
    return subprocess.run(words, capture_output=True, check=True).stdout
