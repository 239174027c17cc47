"""What one person keeps on the server for themselves, sealed in rows under a key of theirs. Nothing of it is a fact."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guiju.kernel.ids import PersonId
from guiju.ledger.keystore import KeyStore
from guiju.ledger.seal import NONCE


class Notes:
    """Seals and opens. Safe from any thread; the first note of a person makes a key, so never in the write lane."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def seal(self, person: PersonId, label: str, plain: bytes, now: int) -> bytes:
        """`plain` as a row keeps it; it opens only as this person's and under this label.

        Raises KeyAlteredError or DatabaseUnavailableError.
        """
        nonce = os.urandom(NONCE)
        cipher: AESGCM = self._keys.make(_key(person), now)
        return nonce + cipher.encrypt(nonce, plain, _associated(person, label))

    def open(self, person: PersonId, label: str, sealed: bytes) -> bytes | None:
        """The opposite of `seal`; None for what does not open: altered, another's, or its key is gone."""
        cipher = self._keys.cipher(_key(person))
        if cipher is None:
            return None
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _associated(person, label))
        except (InvalidTag, ValueError):
            return None


def _key(person: PersonId) -> str:
    return f"n:{person}"


def _associated(person: PersonId, label: str) -> bytes:
    return b"guiju/note/1\0%s\0%s" % (person.encode(), label.encode())
