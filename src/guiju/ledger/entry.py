"""The leaf: one act as an immutable byte string in one canonical form.

The form is JSON with the rules of RFC 8785 narrowed further: UTF-8, sorted ASCII keys, no spaces,
no floats, integers below 2**53, no duplicate or unknown keys, at most 4096 bytes. What is stored is
what is hashed; nobody encodes again to verify, except to refuse a second form of the same meaning.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec

from guiju.ledger.errors import LeafError

MAX_LEAF: Final = 4096
MAX_DEPTH: Final = 8
"""How deep objects and lists may stand in each other in the metadata."""
_MAX_INT: Final = 2**53 - 1
_HEX: Final = b"0123456789abcdef"
_KIND: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_USE: Final = re.compile(r"[!-.0-~]+/[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_LISTS: Final = (list, tuple)
_PLAIN: Final = frozenset({str, bool, type(None)})
_NAME: Final = re.compile(r"[!-~]{1,255}")

_Count = Annotated[int, msgspec.Meta(ge=0, le=_MAX_INT)]
_Positive = Annotated[int, msgspec.Meta(ge=1, le=_MAX_INT)]
_Hex = Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leaf says of the sealed text of its fact, without saying the text."""

    c: _Hex
    """The commitment: HMAC-SHA-256 over context and plaintext, keyed with the sealed salt."""
    h: _Hex
    """SHA-256 of the sealed blob."""
    k: str
    """The id of the key that sealed it."""
    l: _Positive  # noqa: E741  # the leaf's key is its length
    """Length of the sealed blob in bytes."""


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf; the names are the keys of the stored JSON."""

    a: str | None
    """Actor: a person's id, `system:<job>`, or nobody."""
    b: Body | None
    g: str | None
    """Group id."""
    gs: _Positive | None
    """Gapless number within the group, from 1; present exactly when `g` is."""
    k: str
    """Kind, `module.what_happened`."""
    m: dict[str, Any]
    """Clear metadata: ids, numbers, enums; never free text."""
    n: _Count
    """Index in the ledger, from 0."""
    o: str
    """Origin of the ledger, with its epoch."""
    p: _Hex | None
    """Version (SHA-256) of the policy in force."""
    r: list[_Count]
    """Earlier positions that this entry refers to."""
    t: _Count
    """Time in milliseconds since 1970 UTC; never less than the entry before."""
    x: list[str]
    """Control uses that acted, each `clause/control`."""
    v: int = 1
    """Version of this format."""


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Leaf)


def encode_leaf(leaf: Leaf | Mapping[str, Any]) -> bytes:
    """The canonical bytes of a leaf, of which all keys MUST be given.

    Enums, tuples and dataclasses in the metadata become their values, lists and objects.
    LeafError for anything that `decode_leaf` would refuse: a leaf that nobody can read would stay
    for ever.
    """
    return encode_leaves([leaf])[0]


def encode_leaves(leaves: Sequence[Leaf | Mapping[str, Any]]) -> list[bytes]:
    """Like `encode_leaf`, for many: step by step, so that each step stays in the processor's cache."""
    try:
        # Checked before it is encoded: the encoder turns NaN into null and bytes into text.
        for leaf in leaves:
            _check_clear(leaf.m if isinstance(leaf, Leaf) else leaf["m"])
        encoded = [_encoder.encode(leaf) for leaf in leaves]
        for decoded in [_decoder.decode(data) for data in encoded]:
            _check(decoded)
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise LeafError(f"not a leaf: {error}") from error
    longest = max(map(len, encoded), default=0)
    if longest > MAX_LEAF:
        raise LeafError(f"a leaf of {longest} bytes is longer than {MAX_LEAF}")
    return encoded


def decode_leaf(data: bytes) -> Leaf:
    """The meaning of stored bytes. LeafError unless they are the one canonical form of a valid
    leaf.
    """
    if len(data) > MAX_LEAF:
        raise LeafError(f"a leaf of {len(data)} bytes is longer than {MAX_LEAF}")
    try:
        leaf = _decoder.decode(data)
        _check(leaf)
        _check_clear(leaf.m)
        again = _encoder.encode(leaf)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise LeafError(f"not a leaf: {error}") from error
    if again != data:
        raise LeafError("a leaf is not in its canonical form")
    return leaf


def _check(leaf: Leaf) -> None:
    """The rules that the types do not say."""
    if leaf.v != 1:
        raise LeafError(f"unknown version {leaf.v} of a leaf")
    if (leaf.g is None) != (leaf.gs is None):
        raise LeafError("a group and its number go together")
    body = leaf.b
    _check_names(leaf.o, leaf.k, leaf.p, leaf.a, leaf.g, body and body.k, *leaf.x)
    # Deleting all hex digits is four times as fast as matching them.
    if body is not None and (body.c + body.h).encode().translate(None, _HEX):
        raise LeafError("a hash is not lower-case hex")
    if leaf.r and max(leaf.r) >= leaf.n:
        raise LeafError("a leaf refers to itself or to a later one")


# A person writes many entries of one kind in one group: a remembered answer costs a tenth.
@lru_cache(maxsize=16384)
def _check_names(
    origin: str, kind: str, policy: str | None, /, *names_and_uses: str | None
) -> None:
    actor, group, key, *uses = names_and_uses
    for name in (origin, actor, group, key):
        if name is not None and _NAME.fullmatch(name) is None:
            raise LeafError("a malformed origin or id")
    if _KIND.fullmatch(kind) is None:
        raise LeafError("a malformed kind")
    if policy is not None and policy.encode().translate(None, _HEX):
        raise LeafError("a hash is not lower-case hex")
    if not all(use is not None and _USE.fullmatch(use) for use in uses):
        raise LeafError("a malformed control use")


def _check_clear(value: object, depth: int = MAX_DEPTH) -> None:
    """Refuse what has no single JSON form: floats, large integers, other keys than ASCII; and deep
    nesting.
    """
    if isinstance(value, int):
        if not -_MAX_INT <= value <= _MAX_INT:
            raise LeafError("an integer of 2**53 or more")
    elif isinstance(value, dict):
        if depth == 0 or not "".join(value).isascii():
            raise LeafError("metadata is nested too deeply, or a key of it is not ASCII")
        for item in value.values():
            if type(item) not in _PLAIN and item != ():
                _check_clear(item, depth - 1)
    elif isinstance(value, _LISTS):
        if depth == 0:
            raise LeafError("metadata is nested too deeply")
        for item in value:
            if type(item) not in _PLAIN and item != ():
                _check_clear(item, depth - 1)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            _check_clear(getattr(value, field.name), depth - 1)
    elif value is not None and not isinstance(value, str):
        raise LeafError(f"a value of type {type(value).__name__} has no place in a leaf")
