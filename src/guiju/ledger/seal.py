"""Sealed bodies: AES-256-GCM under the key of (group, month, class), with a salted commitment in the leaf.

GCM does not commit to its key, so the leaf carries both the hash of what is stored and an HMAC of the plaintext; the salt is
sealed with the body, so "yes" and "no" cannot be guessed from the leaf after the key is gone.
"""

import functools
import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from guiju.kernel.clock import DAY, utc
from guiju.kernel.facts import Content
from guiju.ledger.keystore import KeyStore

SALT, NONCE = 32, 12


@dataclass(frozen=True, slots=True)
class Body:
    """An opened body: what was sealed, and the salt of its commitment."""

    plaintext: bytes
    salt: bytes


def key_id(content: Content, group: str | None, person: str | None, at: int) -> str:
    """Which key seals a body: by group and month, by month, or by person."""
    month = _month(at // DAY)
    match content:
        case Content.CONTENT:
            return f"c:{group}:{month}"
        case Content.REGISTER:
            return f"r:{month}"
        case Content.PERSON:
            return f"p:{person}"


@functools.lru_cache(maxsize=64)
def _month(day: int) -> str:
    return utc(day * DAY).strftime("%Y-%m")


def commitment(origin: str, index: int, plaintext: bytes, salt: bytes) -> str:
    """HMAC-SHA-256 over context and plaintext, in hex."""
    context = b"guiju/body/1\0%s\0%d\0" % (origin.encode(), index)
    return hmac.digest(salt, context + plaintext, "sha256").hex()


def _associated(origin: str, index: int) -> bytes:
    return b"guiju/seal/1\0%s\0%d" % (origin.encode(), index)


def seal(
    keys: KeyStore, key: str, now: int, origin: str, index: int, plaintext: bytes
) -> tuple[bytes, dict[str, str | int]]:
    """(the sealed blob, the leaf's `b`)."""
    random = os.urandom(SALT + NONCE)
    salt, nonce = random[:SALT], random[SALT:]
    blob = nonce + keys.make(key, now).encrypt(nonce, salt + plaintext, _associated(origin, index))
    return blob, {
        "c": commitment(origin, index, plaintext, salt),
        "h": hashlib.sha256(blob).hexdigest(),
        "k": key,
        "l": len(blob),
    }


def open_body(keys: KeyStore, key: str, origin: str, index: int, blob: bytes) -> Body | None:
    """The opened body; None when its key is gone or the blob was altered."""
    cipher = keys.cipher(key)
    if cipher is None:
        return None
    try:
        salted = cipher.decrypt(blob[:NONCE], blob[NONCE:], _associated(origin, index))
    except InvalidTag:
        return None
    return Body(salted[SALT:], salted[:SALT])
