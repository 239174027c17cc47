"""A browser that takes pushes: its keys, and how it opens what comes, written from RFC 8291 and 8188 and not from the server."""

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typing_extensions import override

from guiju.kernel.webpush import from_url, to_url

Json = dict[str, Any]
_KEY = ec.generate_private_key(ec.SECP256R1())
_AUTH = bytes(range(16))


def _derive(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def push_body(endpoint: str, lang: str = "zh-CN") -> Json:
    """What a browser registers."""
    keys = {"p256dh": to_url(_point(_KEY.public_key())), "auth": to_url(_AUTH)}
    return {"endpoint": endpoint, "keys": keys, "lang": lang}


def opened(body: bytes, key: ec.EllipticCurvePrivateKey = _KEY, auth: bytes = _AUTH) -> bytes:
    """The text of one encrypted record."""
    salt, (size, length) = body[:16], struct.unpack(">IB", body[16:21])
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(sealed) <= size, "one record"
    shared = key.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
    )
    ikm = _derive(auth, b"WebPush: info\0" + _point(key.public_key()) + sender, 32, shared)
    content = _derive(salt, b"Content-Encoding: aes128gcm\0", 16, ikm)
    nonce = _derive(salt, b"Content-Encoding: nonce\0", 12, ikm)
    plain = AESGCM(content).decrypt(nonce, sealed, None).rstrip(b"\0")
    assert plain[-1:] == b"\x02", "the last record"
    return plain[:-1]


@dataclass
class Push:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Json:
        found: Json = json.loads(opened(self.body))
        return found

    def claims(self) -> Json:
        """What the sender says of itself; its signature must hold."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        signed, _, signature = fields["t"].rpartition(".")
        raw = from_url(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        curve = ec.SECP256R1()
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve, from_url(fields["k"]))
        public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
        assert scheme == "vapid"
        found: Json = json.loads(from_url(signed.partition(".")[2]))
        return found


@dataclass
class PushService:
    """A real HTTP server in the place of a browser's push service. `statuses` are answered first, then 201.

    It answers nobody as long as `goes` is not set.
    """

    port: int = 0
    pushes: list[Push] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    goes: threading.Event = field(default_factory=threading.Event)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/push/{name}"


@contextmanager
def push_service() -> Iterator[PushService]:
    found = PushService()
    found.goes.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.pushes.append(Push(self.path, headers, body))
            found.goes.wait()
            self.send_response(found.statuses.pop(0) if found.statuses else 201)
            self.send_header("content-length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        found.goes.set()
        server.shutdown()
        server.server_close()
        thread.join()
