"""Signed tree heads: C2SP signed-note, tlog-checkpoint and the key strings that go with them, with
Ed25519.

A note is text, an empty line, and signature lines `— name base64(key id ‖ signature)`. A checkpoint
is a note whose text is origin, size and root, one a line. Formats: C2SP signed-note and
tlog-checkpoint.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guiju.ledger.errors import CheckpointError
from guiju.ledger.tree import HASH_SIZE

MAX_NOTE: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_ED25519: Final = b"\x01"
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,19}")
_PRIVATE: Final = "PRIVATE+KEY+"
_DASH: Final = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may have signed: a name and an Ed25519 public key (32 bytes)."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != 32:
            raise CheckpointError("an Ed25519 public key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each of its signatures."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def encode(self) -> str:
        """The vkey: `name+key id in hex+base64(0x01 ‖ public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{_to_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """The key of a vkey. CheckpointError for a malformed one, another algorithm or a key id
        that is wrong.
        """
        name, key_id, secret = _split_key(vkey)
        key = cls(name, secret)
        if key.key_id != key_id:
            raise CheckpointError(f"the key id of {name} does not fit its key")
        return key

    def has_signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def verifier_key(name: str, public: Ed25519PublicKey) -> str:
    """The vkey of a public key."""
    return VerifierKey(name, public.public_bytes_raw()).encode()


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A name and the private key that signs under it."""

    name: str
    private: Ed25519PrivateKey

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def encode(self) -> str:
        """The skey: `PRIVATE+KEY+name+key id in hex+base64(0x01 ‖ seed)`, as Go's note package
        writes it.
        """
        secret = _to_base64(_ED25519 + self.private.private_bytes_raw())
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{secret}"

    @classmethod
    def parse(cls, skey: str) -> Self:
        """The key of an skey. CheckpointError for a malformed one; the message never shows it."""
        if not skey.startswith(_PRIVATE):
            raise CheckpointError("not a signer key")
        name, key_id, seed = _split_key(skey.removeprefix(_PRIVATE))
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.verifier.key_id != key_id:
            raise CheckpointError(f"the key id of {name} does not fit its key")
        return key

    def sign(self, text: str) -> str:
        """The signature line for the text of a note."""
        signature = self.private.sign(text.encode())
        return f"{_DASH} {self.name} {_to_base64(self.verifier.key_id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note that at least one trusted key signed."""

    text: str
    signed_by: tuple[VerifierKey, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the ledger `origin` had `size` leaves under `root`."""

    origin: str
    size: int
    root: bytes


def sign_note(text: str, *keys: SignerKey) -> str:
    """The note with one signature of each key. CheckpointError when the text cannot be a note's."""
    _check_text(text)
    return f"{text}\n{''.join(key.sign(text) for key in keys)}"


def open_note(note: str, keys: Iterable[VerifierKey]) -> Note:
    """The text of a note and which of `keys` signed it.

    Lines of unknown keys are ignored, as the format demands. CheckpointError for a malformed note,
    for a line of a known key whose signature is wrong, and when no known key signed.
    """
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed_by: dict[VerifierKey, None] = {}
    for name, key_id, signature in lines:
        key = known.get((name, key_id))
        if key is None or key in signed_by:
            continue
        if not key.has_signed(text, signature):
            raise CheckpointError(f"the signature of {name} is wrong")
        signed_by[key] = None
    if not signed_by:
        raise CheckpointError("no trusted key signed this note")
    return Note(text, tuple(signed_by))


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a note and its lines (name, key id, signature), unverified. CheckpointError when
    malformed.
    """
    if len(note) > MAX_NOTE:
        raise CheckpointError("a note is too long")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise CheckpointError("a note has no signatures")
    _check_text(text + "\n")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise CheckpointError("a note has too many signatures")
    return text + "\n", [_parse_line(line) for line in lines]


def _parse_line(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != _DASH:
        raise CheckpointError("a signature line does not begin with a dash")
    _check_name(name)
    data = _from_base64(encoded)
    if len(data) <= 4:
        raise CheckpointError("a signature is too short")
    return name, data[:4], data[4:]


def sign_checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """The head signed by the log itself, whose key bears the name of the origin, without extension
    lines.
    """
    return sign_note(checkpoint_text(Checkpoint(origin, size, root)), SignerKey(origin, key))


def open_checkpoint(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The head in a note that a trusted key signed. CheckpointError otherwise, and for extension
    lines.
    """
    return parse_checkpoint(open_note(note, keys).text)


def checkpoint_text(head: Checkpoint) -> str:
    """What is signed. CheckpointError when the parts cannot make a checkpoint."""
    text = f"{head.origin}\n{head.size}\n{_to_base64(head.root)}\n"
    if parse_checkpoint(text) != head:
        raise CheckpointError("not a tree head")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """The head in the text of a note, unverified. CheckpointError when malformed or with extension
    lines.
    """
    _check_text(text)
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0]:
        raise CheckpointError("a checkpoint has three lines: origin, size and root")
    origin, size, encoded, _ = lines
    if not _SIZE.fullmatch(size) or int(size) >= 2**64:
        raise CheckpointError("a malformed tree size")
    root = _from_base64(encoded)
    if len(root) != HASH_SIZE:
        raise CheckpointError("a malformed root hash")
    return Checkpoint(origin, int(size), root)


def _split_key(text: str) -> tuple[str, bytes, bytes]:
    """(name, key id, key) of `name+hex+base64`. Only base64 may hold plus signs."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise CheckpointError("a malformed key")
    data = _from_base64(parts[2])
    if data[:1] != _ED25519 or len(data) != 33:
        raise CheckpointError("a key is not for Ed25519")
    return parts[0], bytes.fromhex(parts[1]), data[1:]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() or ord(char) < 0x20 for char in name):
        raise CheckpointError("a malformed key name")
    _check_encodable(name)


def _check_text(text: str) -> None:
    """A note's text ends with a line feed and holds no other control character."""
    if not text.endswith("\n") or any(ord(char) < 0x20 and char != "\n" for char in text):
        raise CheckpointError("a malformed text of a note")
    _check_encodable(text)


def _check_encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CheckpointError("a text is not valid Unicode") from error


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_base64(text: str) -> bytes:
    """The bytes; only the one canonical spelling is accepted."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointError("malformed base64") from error
    if _to_base64(data) != text:
        raise CheckpointError("base64 is not in its canonical form")
    return data
