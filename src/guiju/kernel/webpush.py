"""Web push: a message that only the browser can open (RFC 8291), and who asks for its delivery (RFC 8292)."""

import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LONGEST: Final = 3000
"""Bytes of a message; push services take 4096 with everything around it."""
_RECORD: Final = 4096
_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SECONDS: Final = 12 * 60 * 60


def to_url(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_url(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_keys(p256dh: bytes, auth: bytes) -> None:
    """Whether a browser's keys can be used. Raises ValueError."""
    ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, p256dh)
    if len(p256dh) != 65 or len(auth) != 16:
        raise ValueError("the keys have another length")


def encrypt(
    plain: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """One record of `aes128gcm` (RFC 8188) for the browser with these keys. Salt and key are fresh but in tests."""
    assert len(plain) <= LONGEST, "whoever writes a push keeps it short"
    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(_CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, p256dh)
    public = _point(own)
    shared = own.exchange(ec.ECDH(), theirs)
    ikm = _hkdf(auth, b"WebPush: info\0" + p256dh + public, 32, shared)
    key = _hkdf(salt, b"Content-Encoding: aes128gcm\0", 16, ikm)
    nonce = _hkdf(salt, b"Content-Encoding: nonce\0", 12, ikm)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\x02", None)
    return salt + struct.pack(">IB", _RECORD, len(public)) + public + sealed


def signing_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this server, from 32 secret bytes."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, _CURVE)


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """What a browser needs to subscribe."""
    return to_url(_point(key))


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, contact: str, now: int) -> str:
    """The header of a request to `endpoint`; `contact` is whom to ask, a mailto: or https: address, `now` in ms."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": now // 1000 + _SECONDS,
        "sub": contact,
    }
    token = ".".join(
        to_url(json.dumps(each).encode()) for each in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    r, s = decode_dss_signature(key.sign(token.encode(), ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"vapid t={token}.{to_url(signature)}, k={public_key(key)}"


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
