#!/usr/bin/env python3
"""Verify what a Guiju ledger gave out, offline: an export package (.gjx), a proof, or a tree head.

核验规矩账本给出的内容：证据包（.gjx）、单条证明或树头。不需要网络，也不需要服务器。

    python3 guiju_verify.py PACKAGE --policy policy.json [--json]

This file stands alone: standard library only, Python 3.8 or newer, nothing from the server. Keys
and heads are trusted only from the policy, which must come from a source other than the package:

    {"origin": "guiju.example/9f2c", "log_keys": ["name+id+key"],
     "heads": ["signed note", ...], "quorum": 1}

`heads` are signed tree heads that independent witnesses kept. The result is anchored when `quorum`
of them agree with the ledger in the package and reach beyond its last entry.

Exit codes: 0 verified and anchored; 3 consistent, but UNANCHORED (only the ledger's own key vouches
for it); 1 tampered; 2 malformed or unsupported.

The checks have the numbers that the code carries:
 1 archive     the archive is in its one allowed form
 2 manifest    every file has its length and hash
 3 signature   a trusted key signed the tree head; witnesses agree
 4 tiles       each hash tile fits its parent, and all together the root
 5 leaves      each entry is canonical and in its place
 6 inclusion   each entry is in the tree
 7 numbers     no gap in a group; the neighbours prove the borders of the period
 8 bodies      disclosed texts fit their commitments
 9 approvals   those that the manifest names are there, before the export
10 withheld    each statement about a withheld text is about a real entry
11 accounted   nothing else is in the archive
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import io
import json
import os
import re
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NoReturn, Tuple  # noqa: UP035  # see Point

VERIFIED, TAMPERED, MALFORMED, UNANCHORED = 0, 1, 2, 3
STEPS = {
    1: "archive",
    2: "manifest",
    3: "signature",
    4: "tiles",
    5: "leaves",
    6: "inclusion",
    7: "numbers",
    8: "bodies",
    9: "approvals",
    10: "withheld",
    11: "accounted",
}
NULL = type(None)
MAX_SIZE = 2**64 - 1
MAX_INT = 2**53 - 1
MAX_LEAF = 4096
MAX_DEPTH = 8
MAX_LINE = 4 * 1024 * 1024
MAX_DOCUMENT = 32 * 1024 * 1024
MAX_NOTE = 1000000


class MalformedError(Exception):
    """Not in a form that this program can judge."""


class RefusedError(Exception):
    """A proof, a signature or a leaf that is not what it claims to be."""


# ---- Ed25519, verification only (RFC 8032, 5.1.7) ------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]  # noqa: UP006  # evaluated, and Python 3.8 has no tuple[…]
NEUTRAL = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(a: Point) -> Point:
    x, y, z, _ = a
    xx, yy = x * x % P, y * y % P
    h = xx + yy
    e = h - (x + y) * (x + y) % P
    g = xx - yy
    f = 2 * z * z % P + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _decode_point(data: bytes) -> Point | None:
    """The point that 32 bytes stand for; None for anything but its one encoding."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encode_point(a: Point) -> bytes:
    x, y, z, _ = a
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


BASE = _decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is of the key `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key = _decode_point(public)
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    minus_key = (P - key[0], key[1], 1, P - key[3])
    # s·B - k·A in one pass over the bits of both numbers; it must be the R of the signature.
    table = (None, BASE, minus_key, _add(BASE, minus_key))
    result: Point = NEUTRAL
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        result = _double(result)
        step = table[s >> bit & 1 | (k >> bit & 1) << 1]
        if step is not None:
            result = _add(result, step)
    return _encode_point(result) == signature[:32]


# ---- signed notes, keys and checkpoints (C2SP signed-note, tlog-checkpoint) ----------------------


def from_base64(text: str) -> bytes:
    """The bytes, from the one canonical spelling only."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError("malformed base64") from None
    if base64.b64encode(data).decode() != text:
        raise MalformedError("base64 is not in its canonical form")
    return data


def _name_ok(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 0x20 for c in name)


def parse_vkey(vkey: str) -> tuple[str, bytes, bytes]:
    """(name, key id, Ed25519 public key) of `name+hex id+base64`."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not _name_ok(parts[0]):
        raise MalformedError("malformed key")
    name, data = parts[0], from_base64(parts[2])
    if len(data) != 33 or data[0] != 1:
        raise MalformedError("a key is not for Ed25519")
    key_id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if key_id.hex() != parts[1]:
        raise MalformedError("a key id does not fit its key")
    return name, key_id, data[1:]


def open_note(note: str, vkeys: Sequence[str]) -> tuple[str, list[str]]:
    """(text, names of the trusted keys that signed it); RefusedError if none or one wrongly did."""
    text, gap, tail = note.rpartition("\n\n")
    text += "\n"
    if len(note) > MAX_NOTE or not gap or not tail.endswith("\n") or text == "\n":
        raise MalformedError("not a signed note")
    if any(ord(char) < 0x20 and char != "\n" for char in text):
        raise MalformedError("a control character in a signed note")
    lines = tail[:-1].split("\n")
    if len(lines) > 100:
        raise MalformedError("too many signatures")
    trusted = {(name, key_id): public for name, key_id, public in map(parse_vkey, vkeys)}
    signed_by: list[str] = []
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not _name_ok(parts[1]):
            raise MalformedError("malformed signature line")
        data = from_base64(parts[2])
        if len(data) <= 4:
            raise MalformedError("a signature is too short")
        public = trusted.get((parts[1], data[:4]))
        if public is None:  # the format wants lines of unknown keys to be ignored
            continue
        if not ed25519_verify(public, text.encode(), data[4:]):
            raise RefusedError(f"the signature of {parts[1]} is wrong")
        signed_by.append(parts[1])
    if not signed_by:
        raise RefusedError("no trusted key signed the tree head")
    return text, signed_by


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:
    """(origin, size, root) of the text of a checkpoint without extension lines."""
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or lines[3]:
        raise MalformedError("a tree head has three lines")
    if not re.match(r"(0|[1-9][0-9]{0,19})\Z", lines[1]) or int(lines[1]) > MAX_SIZE:
        raise MalformedError("malformed tree size")
    root = from_base64(lines[2])
    if len(root) != 32:
        raise MalformedError("malformed root hash")
    return lines[0], int(lines[1]), root


# ---- the tree (RFC 6962; verification as in RFC 9162, 2.1.3.2 and 2.1.4.2) -----------------------

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _check_proof(numbers: Sequence[int], hashes: Sequence[bytes]) -> None:
    if any(type(n) is not int or not 0 <= n <= MAX_SIZE for n in numbers):
        raise RefusedError("not an unsigned 64-bit number")
    if any(len(value) != 32 for value in hashes):
        raise RefusedError("a hash is not 32 bytes long")


def _climb(
    position: int, last: int, results: tuple[bytes, bytes], path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Hash upwards; the first result takes only siblings on its left, the second takes all."""
    left_only, full = results
    for sibling in path:
        if last == 0:
            raise RefusedError("the proof is too long")
        if position & 1 or position == last:
            left_only, full = node_hash(sibling, left_only), node_hash(sibling, full)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            full = node_hash(full, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise RefusedError("the proof is too short")
    return left_only, full


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Accept when the proof shows that `leaf_hash` is leaf `index`; else RefusedError."""
    _check_proof((index, size), [leaf_hash, root, *proof])
    if index >= size:
        raise RefusedError("the index is outside the tree")
    if _climb(index, size - 1, (leaf_hash, leaf_hash), proof)[1] != root:
        raise RefusedError("the proof leads to another root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Accept when the proof shows that the new tree begins with the old one, which is not empty."""
    _check_proof((old, new), proof)
    if not 0 < old <= new:
        raise RefusedError("no consistency between these sizes")
    if old == new:
        if proof or old_root != new_root:
            raise RefusedError("two heads of one size differ")
        return
    _check_proof((), [old_root, new_root])
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise RefusedError("the proof is empty")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    if _climb(position, last, (path[0], path[0]), path[1:]) != (old_root, new_root):
        raise RefusedError("the proof leads to other roots")


def fold_tile(data: bytes) -> list[bytes]:
    """The roots of the complete subtrees over the hashes of a tile, from left to right."""
    hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
    peaks: list[bytes] = []
    while hashes:
        if len(hashes) & 1:
            peaks.append(hashes.pop())
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return peaks[::-1]


def tile_path(level: int, index: int, width: int) -> str:
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    return f"tiles/{level}/{path}" + ("" if width == 256 else f".p/{width}")


# ---- JSON in its one form ------------------------------------------------------------------------


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_float(text: str) -> NoReturn:
    raise ValueError("not an integer: " + text[:20])


def _integer(text: str) -> int:
    if len(text) > 20:
        raise ValueError("a number is too large")
    return int(text)


# Made once: making them anew for each row would take longer than the rows.
_decode = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float, parse_int=_integer
).decode
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def read_json(data: bytes, what: str, canonical: bool = True) -> Any:
    """The value of JSON without floats and duplicate keys; if `canonical`, in its one spelling."""
    try:
        value = _decode(data.decode("utf-8"))
        if _encode(value).encode("utf-8") != data and canonical:
            raise ValueError("not in canonical form")
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{what}: {error}") from None
    return value


def shape(value: Any, what: str, **types: Any) -> dict[str, Any]:
    """An object with exactly these keys and types; else MalformedError."""
    if type(value) is not dict or value.keys() != types.keys():
        raise MalformedError(f"{what} has other fields than expected")
    for name, allowed in types.items():
        kind = type(value[name])
        if kind is not allowed and not (type(allowed) is tuple and kind in allowed):
            raise MalformedError(f"{what}: {name} has another type than expected")
    return dict(value)


def _list_of(value: Any, kind: type, what: str) -> list[Any]:
    if type(value) is not list or any(type(item) is not kind for item in value):
        raise MalformedError(f"{what} is not a list as expected")
    return list(value)


# ---- the leaf ------------------------------------------------------------------------------------

NAME = re.compile(r"[!-~]{1,255}\Z")
KIND = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
USE = re.compile(r"[!-.0-~]+/[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
HEX = re.compile(r"[0-9a-f]{64}\Z")
TEXT = (str, NULL)


def read_leaf(data: bytes, origin: str, index: int) -> dict[str, Any]:
    """The fields of a leaf; RefusedError unless it is the valid leaf `index` of `origin`."""
    if len(data) > MAX_LEAF:
        raise RefusedError(f"longer than {MAX_LEAF} bytes")
    try:
        leaf = shape(
            read_json(data, "leaf"), "leaf", a=TEXT, b=(dict, NULL), g=TEXT, gs=(int, NULL), k=str,
            m=dict, n=int, o=str, p=TEXT, r=list, t=int, v=int, x=list,
        )  # fmt: skip
        refs, uses = _list_of(leaf["r"], int, "r"), _list_of(leaf["x"], str, "x")
        body = leaf["b"] and shape(leaf["b"], "b", c=str, h=str, k=str, l=int)
    except MalformedError as error:
        raise RefusedError(str(error)) from None
    if (leaf["o"], leaf["n"], leaf["v"]) != (origin, index, 1):
        raise RefusedError("it states another ledger, index or version")
    names = [leaf["o"], leaf["a"], leaf["g"]] + ([body["k"]] if body else [])
    hashes = [leaf["p"]] + ([body["c"], body["h"]] if body else [])
    good = (
        all(name is None or NAME.match(name) for name in names)
        and all(value is None or HEX.match(value) for value in hashes)
        and KIND.match(leaf["k"])
        and all(map(USE.match, uses))
        and (leaf["g"] is None) == (leaf["gs"] is None)
        and (leaf["gs"] is None or 1 <= leaf["gs"] <= MAX_INT)
        and all(0 <= ref < index for ref in refs)
        and 0 <= leaf["t"] <= MAX_INT
        and leaf["b"] != {}
        and (not body or 1 <= body["l"] <= MAX_INT)
        and _clear(leaf["m"])
    )
    if not good:
        raise RefusedError("a field of the leaf is not as it must be")
    return leaf


def _clear(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Whether metadata has only ASCII keys, numbers below 2**53, and at most `depth` levels."""
    if type(value) is dict:
        items = list(value.values())
        return (
            depth > 0
            and all(map(str.isascii, value))
            and all(_clear(item, depth - 1) for item in items)
        )
    if type(value) is list:
        return depth > 0 and all(_clear(item, depth - 1) for item in value)
    return type(value) is not int or -MAX_INT <= value <= MAX_INT


def commitment(origin: str, index: int, plaintext: bytes, salt: bytes) -> str:
    context = b"guiju/body/1\0%s\0%d\0" % (origin.encode(), index)
    return hmac.new(salt, context + plaintext, hashlib.sha256).hexdigest()


# ---- the archive ---------------------------------------------------------------------------------


class Archive:
    """Step 1. A zip in the one form that Guiju writes: stored, contiguous, fixed attributes.

    Every byte outside the contents is compared with what it must be, so none of them can carry or
    hide anything; there is nothing to unpack, hence no bomb, and names lead nowhere, hence no
    traversal.
    """

    LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
    NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\Z")

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.members: dict[str, tuple[int, int, int]] = {}
        """Name → (offset of the content, length, CRC-32)."""
        length = file.seek(0, os.SEEK_END)
        if length < 22 or length > 2**32:
            raise MalformedError("not an archive of a possible size")
        end = self._read(length - 22, 22)
        count, size, start = struct.unpack("<10xHLL2x", end)
        if end != struct.pack("<4s4H2LH", self.END, 0, 0, count, count, size, start, 0):
            raise MalformedError("not an archive of the expected form")
        if start + size + 22 != length or size > MAX_DOCUMENT:
            raise MalformedError("something stands between the parts of the archive")
        directory = self._read(start, size)
        at = place = 0
        for _ in range(count):
            at, place = self._member(directory, at, place)
        if at != len(directory) or place != start:
            raise MalformedError("something stands between the parts of the archive")

    def _member(self, directory: bytes, at: int, place: int) -> tuple[int, int]:
        """Take in the directory entry at `at`, whose file must begin at `place`; where both end."""
        if len(directory) < at + 46:
            raise MalformedError("the directory of the archive is cut off")
        method, crc, packed, size, width = struct.unpack_from("<10xH4xLLLH", directory, at)
        raw = directory[at + 46 : at + 46 + width]
        name = raw.decode("ascii", "replace")
        if not self.NAME.match(name) or len(name) > 255:
            raise MalformedError(f"a file name that is not allowed: {name[:80]!r}")
        if name in self.members:
            raise MalformedError(f"two files have the name {name}")
        if method != 0 or packed != size:
            raise MalformedError(f"{name} is compressed")
        central = struct.pack(
            "<4s4B4HLLL5HLL", self.CENTRAL, 20, 3, 20, 0, 0, 0, 0, 33, crc, size, size,
            width, 0, 0, 0, 0, 0o100600 << 16, place,
        )  # fmt: skip
        if directory[at : at + 46] != central:
            raise MalformedError(f"{name} is not stored as expected")
        local = struct.pack(
            "<4s2B4HLLLHH", self.LOCAL, 20, 0, 0, 0, 0, 33, crc, size, size, width, 0
        )
        if self._read(place, 30 + width) != local + raw:
            raise MalformedError(f"the two entries of {name} differ")
        self.members[name] = place + 30 + width, size, crc
        return at + 46 + width, place + 30 + width + size

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def chunks(self, name: str) -> Iterator[bytes]:
        offset, left, _ = self.members[name]
        while left > 0:
            chunk = self._read(offset, min(left, 1024 * 1024))
            if not chunk:
                raise MalformedError(f"{name} is cut off")
            yield chunk
            offset, left = offset + len(chunk), left - len(chunk)

    def read(self, name: str, limit: int = MAX_DOCUMENT) -> bytes:
        if name not in self.members:
            raise MalformedError(f"{name} is missing")
        if self.members[name][1] > limit:
            raise MalformedError(f"{name} is too long")
        return b"".join(self.chunks(name))

    def lines(self, name: str) -> Iterator[bytes]:
        rest = b""
        for chunk in self.chunks(name):
            whole = (rest + chunk).split(b"\n")
            rest = whole.pop()
            if len(rest) > MAX_LINE:
                raise MalformedError(f"{name} has a line that is too long")
            yield from whole
        if rest:
            raise MalformedError(f"{name} does not end with a line")

    def rows(self, names: Sequence[str], key: str = "n", **types: Any) -> Iterator[dict[str, Any]]:
        """The objects of `.jsonl` files, which have these fields and ascend by `key`."""
        last = None
        for name in names:
            for line in self.lines(name):
                row = shape(read_json(line, name), name, **types)
                if last is not None and row[key] <= last:
                    raise MalformedError(f"{name} is not in order")
                last = row[key]
                yield row


# ---- the verdict ---------------------------------------------------------------------------------


class Policy:
    """Whom the receiver trusts."""

    def __init__(self, data: bytes) -> None:
        value = read_json(data, "policy", canonical=False)
        if type(value) is not dict:
            raise MalformedError("the policy is not an object")
        value = shape(
            dict({"heads": [], "quorum": 1}, **value),
            "policy",
            origin=str,
            log_keys=list,
            heads=list,
            quorum=int,
        )
        self.origin: str = value["origin"]
        self.log_keys: list[str] = _list_of(value["log_keys"], str, "log_keys")
        self.quorum: int = value["quorum"]
        if not self.log_keys or self.quorum < 1:
            raise MalformedError("a policy needs a log key, and a quorum of at least 1")
        self.heads: list[tuple[int, bytes]] = []
        for note in _list_of(value["heads"], str, "heads"):
            try:
                head_origin, size, root = parse_checkpoint(open_note(note, self.log_keys)[0])
            except RefusedError as error:
                raise MalformedError(f"policy: a head: {error}") from None
            if head_origin != self.origin:
                raise MalformedError("policy: a head is of another ledger")
            self.heads.append((size, root))


class Report:
    """Collects what each step found, and gives the verdict."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[int, str]] = {}
        self._notes: dict[int, str] = {}
        self._suspect: int | None = None
        self._malformed: str | None = None
        self.first_bad: int | None = None
        self.size: int | None = None
        self.root: bytes | None = None
        self.anchored = False

    def fail(self, step: int, detail: str, index: int | None = None) -> None:
        count, first = self._found.get(step, (0, detail))
        self._found[step] = count + 1, first
        if index is not None and (self.first_bad is None or index < self.first_bad):
            self.first_bad = index

    def suspect(self, index: int) -> None:
        """Name an entry in case that no check names one more exactly."""
        self._suspect = index if self._suspect is None else min(index, self._suspect)

    def done(self, step: int, detail: str) -> None:
        """Say what a step found; it stands unless the step fails as well."""
        self._notes[step] = "; ".join(filter(None, [self._notes.get(step), detail]))

    def malformed(self, detail: str) -> None:
        self._malformed = detail

    @property
    def exit_code(self) -> int:
        if self._found:
            return TAMPERED
        if self._malformed is not None:
            return MALFORMED
        return VERIFIED if self.anchored else UNANCHORED

    def as_dict(self) -> dict[str, Any]:
        checks: list[dict[str, Any]] = []
        for step, name in sorted(STEPS.items()):
            if step in self._found:
                count, first = self._found[step]
                detail = first if count == 1 else f"{first} (and {count - 1} more)"
                checks.append({"step": step, "name": name, "ok": False, "detail": detail})
            elif step in self._notes:
                checks.append({"step": step, "name": name, "ok": True, "detail": self._notes[step]})
        if self._malformed is not None:
            checks.append({"step": 0, "name": "form", "ok": False, "detail": self._malformed})
        ok = self.exit_code in (VERIFIED, UNANCHORED)
        first_bad = self._suspect if self._found and self.first_bad is None else self.first_bad
        return {
            "ok": ok,
            "size": self.size,
            "root": None if self.root is None else self.root.hex(),
            "anchored": ok and self.anchored,
            "first_bad": None if ok else first_bad,
            "checks": checks,
        }


def verify_signature(report: Report, policy: Policy, note: bytes) -> None:
    """Step 3, first half: a trusted key signed the head of the ledger that the policy names."""
    try:
        text, signed_by = open_note(note.decode("utf-8"), policy.log_keys)
        report.done(3, "signed by " + ", ".join(signed_by))
    except UnicodeDecodeError:
        raise MalformedError("the tree head is not text") from None
    except RefusedError as error:
        report.fail(3, str(error))
        text = note.decode("utf-8").rpartition("\n\n")[0] + "\n"
    origin, report.size, report.root = parse_checkpoint(text)
    if origin != policy.origin:
        report.fail(3, f"the tree head is of another ledger: {origin}")


def verify_witnesses(report: Report, policy: Policy, last: int, roots: dict[int, bytes]) -> None:
    """Step 3, second half: the heads that witnesses kept.

    `roots` are the known ones of this ledger by size, `last` is the last entry to be vouched for.
    """
    agreed = []
    for size, root in policy.heads:
        if size in roots and roots[size] != root:
            report.fail(
                3, f"a witness kept another root for size {size}: the ledger has two histories"
            )
        elif size in roots:
            agreed.append(size)
    agreed.sort(reverse=True)
    reach = agreed[policy.quorum - 1] if len(agreed) >= policy.quorum else 0
    report.anchored = reach > max(last, 0)
    text = f"{len(agreed)} of {len(policy.heads)} witnessed heads agree, {policy.quorum} needed"
    if agreed and not report.anchored:
        text += f"; they vouch for {reach} entries only"
    report.done(3, text)


class Group:
    """What the entries show of one group."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self.count = 0
        self.before: tuple[int, int] | None = None
        """(number in the group, index) of the last entry before the period."""
        self.after: tuple[int, int] | None = None

    @property
    def reached(self) -> int:
        """The number up to which the group is known, with which the next one must join."""
        return self.last or (self.before[0] if self.before else 0)

    def stated(self, name: str) -> dict[str, Any]:
        return {
            "after": self.after and self.after[1],
            "before": self.before and self.before[1],
            "count": self.count,
            "first": self.first,
            "group": name,
            "last": self.last,
        }


class Follower:
    """Reads rows with ascending `n` beside the entries."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self.count = 0

    def rows_up_to(self, index: int) -> Iterator[dict[str, Any]]:
        """The row of entry `index`, after those that belong to no entry."""
        while self._next is not None and self._next["n"] <= index:
            row, self._next = self._next, next(self._rows, None)
            self.count += 1
            yield row


class Package:
    """An export package; the methods are the steps, in the order of `verify_package`."""

    FIXED = ("README.txt", "checkpoint", "withheld.jsonl", "people.jsonl", "completeness.json")
    PART = re.compile(r"(entries|bodies)/([0-9]{5})\.jsonl\Z")
    REASONS = ("erased", "out_of_scope", "privileged", "shredded")

    def __init__(self, archive: Archive, policy: Policy, report: Report) -> None:
        self.archive = archive
        self.policy = policy
        self.report = report
        self.parts: dict[str, list[str]] = {"entries": [], "bodies": []}
        self.tiles: dict[tuple[int, int], int] = {}
        """(level, index) → width of each tile in the package."""
        self._kept: dict[int, tuple[int, bytes]] = {}
        self.groups: dict[str, Group] = {}
        self.seen: dict[int, str] = {}
        """Index → kind of the related entries that are present."""
        self.awaited: dict[int, int] = {}
        """Position of a record of destruction → an entry that names it, until it is met."""
        self.last = -1
        self._time = 0
        self._count = 0

    # -- step 2

    def check_manifest(self) -> None:
        """2. Every file has the length and hash of the manifest, and SHA256SUMS says the same."""
        digest = self._digest("manifest.json")[1]
        value = read_json(self.archive.read("manifest.json"), "manifest.json")
        if type(value) is not dict or value.get("format") != "guiju-package/1":
            raise MalformedError("manifest.json: an unknown format of package")
        self.manifest = shape(
            value,
            "manifest.json",
            counts=dict,
            files=list,
            format=str,
            origin=str,
            related=dict,
            scope=dict,
            size=int,
        )
        self.counts = shape(
            self.manifest["counts"], "counts", bodies=int, entries=int, people=int, withheld=int
        )
        self._read_scope()
        sums = []
        listed = []
        for item in _list_of(self.manifest["files"], dict, "files"):
            shape(item, "files", length=int, path=str, sha256=str)
            listed.append(item["path"])
            sums.append(f"{item['sha256']}  {item['path']}\n")
            if item["path"] not in self.archive.members:
                self.report.fail(2, f"{item['path']} is missing")
            elif self._digest(item["path"]) != (item["length"], item["sha256"]):
                self.report.fail(2, f"{item['path']} was altered")
        sums.append(f"{digest}  manifest.json\n")
        if self.archive.read("SHA256SUMS") != "".join(sums).encode():
            self.report.fail(2, "SHA256SUMS does not agree with the manifest")
        self._digest("SHA256SUMS")
        self._sort_files(listed)
        self.report.done(2, f"{len(listed)} files; manifest {digest}")

    def _read_scope(self) -> None:
        scope = shape(
            self.manifest["scope"],
            "scope",
            **{"from": (int, NULL), "groups": (list, NULL), "to": (int, NULL)},
        )
        related = shape(
            self.manifest["related"],
            "related",
            approvals=list,
            export=(int, NULL),
            others=list,
            request=(int, NULL),
        )
        self.whole = scope["groups"] is None
        self.start, self.end = scope["from"], scope["to"]
        for name in _list_of(scope["groups"] or [], str, "groups"):
            self.groups[name] = Group()
        if self.whole and (self.start is not None or self.end is not None):
            raise MalformedError("a package of the whole ledger has no period")
        self.request, self.export = related["request"], related["export"]
        self.approvals = _list_of(related["approvals"], int, "approvals")
        ends = [n for n in (self.request, self.export) if n is not None]
        self.related = set(ends + self.approvals + _list_of(related["others"], int, "others"))

    def _digest(self, name: str) -> tuple[int, str]:
        if name not in self.archive.members:
            raise MalformedError(f"{name} is missing")
        digest, crc, length = hashlib.sha256(), 0, 0
        for chunk in self.archive.chunks(name):
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
            length += len(chunk)
        if crc != self.archive.members[name][2]:
            self.report.fail(2, f"{name} was altered")
        return length, digest.hexdigest()

    def _sort_files(self, listed: list[str]) -> None:
        """11, first half. Every file is in the manifest and has a known meaning."""
        extra = [
            name
            for name in self.archive.members
            if name not in set(listed) | {"manifest.json", "SHA256SUMS"}
        ]
        for name in extra:
            self.report.fail(11, f"{name} is not in the manifest")
        if not extra and list(self.archive.members) != [*listed, "manifest.json", "SHA256SUMS"]:
            self.report.fail(2, "the files are not in the order of the manifest")
        for name in filter(self.archive.members.__contains__, listed):
            part = self.PART.match(name)
            tile = re.match(
                r"tiles/([0-7])/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/([1-9][0-9]{0,2}))?\Z", name
            )
            if part and int(part.group(2)) == len(self.parts[part.group(1)]):
                self.parts[part.group(1)].append(name)
            elif tile:
                number = "".join(re.findall(r"(?<=/)x?([0-9]{3})(?=/|\.|\Z)", name.split(".p/")[0]))
                level, index, width = int(tile.group(1)), int(number), int(tile.group(2) or 256)
                if tile_path(level, index, width) != name or (level, index) in self.tiles:
                    self.report.fail(11, f"{name} is not the path of a tile")
                self.tiles[level, index] = width
            elif name not in self.FIXED:
                self.report.fail(11, f"{name} has no place in a package")
        for name in self.FIXED:
            self.archive.read(name)

    # -- step 3

    def check_signature(self) -> None:
        """3. The head is signed, and the manifest is about it. Witnesses follow at the end."""
        verify_signature(self.report, self.policy, self.archive.read("checkpoint", MAX_NOTE))
        if (self.manifest["origin"], self.manifest["size"]) != (
            self.policy.origin,
            self.report.size,
        ):
            self.report.fail(2, "the manifest is about another ledger or size than the tree head")
        self.size: int = self.report.size or 0

    def check_witnesses(self) -> None:
        roots = {size: self.root_at(size) for size, _ in self.policy.heads if size <= self.size}
        known = {size: root for size, root in roots.items() if root is not None}
        verify_witnesses(self.report, self.policy, self.last, known)

    # -- step 4

    def check_tiles(self) -> None:
        """4. A complete tile has the hash that its parent states; the others make up the root."""
        for (level, index), width in sorted(self.tiles.items()):
            count = self.size >> (8 * level)
            first = index << (8 * (level + 1))
            path = tile_path(level, index, width)
            if (index, width) != (count // 256, count % 256) and not (
                index < count // 256 and width == 256
            ):
                self.report.fail(4, f"{path} is not a tile of this tree")
            elif self.archive.members.get(path, (0, 0, 0))[1] != 32 * width:
                self.report.fail(4, f"{path} has another length")
                self.report.suspect(first)
            elif width == 256:
                stated = self.hashes(level + 1, index // 256)[index % 256 * 32 :][:32]
                if fold_tile(self.hashes(level, index)) != [stated]:
                    self.report.fail(4, f"{path} does not fit its parent")
                    self.report.suspect(first)
        if self.root_at(self.size) != self.report.root:
            self.report.fail(4, "the tiles do not have the root of the tree head")
        self.report.done(4, f"{len(self.tiles)} tiles")

    def hashes(self, level: int, index: int) -> bytes:
        """The hashes of a tile; nothing when it is not in the package."""
        kept = self._kept.get(level)
        if kept is None or kept[0] != index:
            width = self.tiles.get((level, index), 0)
            path = tile_path(level, index, width)
            kept = index, self.archive.read(path) if path in self.archive.members else b""
            self._kept[level] = kept
        return kept[1]

    def root_at(self, size: int) -> bytes | None:
        """The root that the tree had at `size`; None when the package lacks a tile for it."""
        root: bytes | None = None
        level = 0
        while size >> (8 * level):
            index, width = divmod(size >> (8 * level), 256)
            data = self.hashes(level, index)[: 32 * width] if width else b""
            if len(data) != 32 * width:
                return None
            for peak in reversed(fold_tile(data)):
                root = peak if root is None else node_hash(peak, root)
            level += 1
        return EMPTY_ROOT if size == 0 else root

    # -- steps 5 to 8, 10 and 11: one pass over the entries

    def check_entries(self) -> None:
        rows = self.archive.rows
        self.bodies = Follower(rows(self.parts["bodies"], n=int, plaintext=str, salt=str))
        self.withheld = Follower(rows(["withheld.jsonl"], n=int, reason=str, record=(int, NULL)))
        for row in rows(self.parts["entries"], leaf=str, n=int):
            index, self._count = row["n"], self._count + 1
            try:
                data = from_base64(row["leaf"])
                self.check_inclusion(index, data)
                leaf = read_leaf(data, self.policy.origin, index)
            except (MalformedError, RefusedError) as error:
                self.report.fail(5, f"entry {index}: {error}", index)
                leaf = None
            if leaf is not None:
                self.check_place(leaf)
                self.check_numbers(leaf)
                if index in self.related:
                    self.seen[index] = leaf["k"]
                self.awaited.pop(index, None)
            self.check_body(index, leaf)
            self.last = index
        self.check_body(MAX_SIZE, None)
        for record, index in sorted(self.awaited.items()):
            self.report.fail(
                10, f"entry {index}: its record of destruction {record} is missing", index
            )
        if self.whole and self._count != self.size:
            self.report.fail(
                7,
                f"{self.size - self._count} of {self.size} entries of the ledger are missing",
            )
        for step in (5, 6, 7):
            self.report.done(step, f"{self._count} entries")

    def check_inclusion(self, index: int, data: bytes) -> None:
        """6. The hash of the leaf stands at its place in a tile, which step 4 tied to the root."""
        stated = (
            self.hashes(0, index // 256)[index % 256 * 32 :][:32] if 0 <= index < self.size else b""
        )
        if stated != leaf_hash(data):
            self.report.fail(6, f"entry {index} is not in the tree", index)

    def check_place(self, leaf: dict[str, Any]) -> None:
        """5, continued. Time never goes back."""
        if leaf["t"] < self._time:
            self.report.fail(5, f"entry {leaf['n']} is earlier than the one before it", leaf["n"])
        self._time = leaf["t"]

    def check_numbers(self, leaf: dict[str, Any]) -> None:
        """7. Within the period the numbers of a group have no gap."""
        index, name, number = leaf["n"], leaf["g"], leaf["gs"]
        if self.whole and index != self.last + 1:
            self.report.fail(7, f"entry {self.last + 1} is missing", self.last + 1)
        if self.whole and name is not None:
            self.groups.setdefault(name, Group())
        group = self.groups.get(name) if name is not None else None
        if group is None:
            if not self.whole:
                self.check_reason(index)
        elif self.start is not None and leaf["t"] < self.start:
            if group.before is not None:
                self.check_reason(group.before[1])
            group.before = number, index
        elif self.end is not None and leaf["t"] > self.end:
            if group.after is not None:
                self.check_reason(index)
            group.after = group.after or (number, index)
        else:
            if number != group.reached + 1:
                gap = f"entries {group.reached + 1} to {number - 1} of group {name} are missing"
                self.report.fail(7, gap, index)
            group.first = number if group.first is None else group.first
            group.last, group.count = number, group.count + 1

    def check_reason(self, index: int) -> None:
        """11. An entry outside the scope, and no neighbour, must be one that the manifest names."""
        if index not in self.related:
            self.report.fail(11, f"entry {index} is neither in the scope nor related", index)

    def check_body(self, index: int, leaf: dict[str, Any] | None) -> None:
        """8, 10 and 11. Each text is either disclosed and fits, or withheld for a reason."""
        told = 0
        for row in self.bodies.rows_up_to(index):
            told += row["n"] == index
            self.check_commitment(row, leaf if row["n"] == index else None)
        for row in self.withheld.rows_up_to(index):
            told += row["n"] == index
            self.check_withheld(row, leaf if row["n"] == index else None)
        if leaf is not None and told != (leaf["b"] is not None):
            what = (
                "is neither disclosed nor withheld"
                if told == 0
                else "is told of more often than it has one"
            )
            self.report.fail(11, f"entry {index}: its text {what}", index)

    def check_commitment(self, row: dict[str, Any], leaf: dict[str, Any] | None) -> None:
        index = row["n"]
        if leaf is None or leaf["b"] is None:
            self.report.fail(8, f"a text belongs to no entry: {index}", index)
            return
        try:
            plaintext, salt = from_base64(row["plaintext"]), from_base64(row["salt"])
        except MalformedError:
            plaintext = salt = b""
        good = (
            len(salt) == 32
            and commitment(self.policy.origin, index, plaintext, salt) == leaf["b"]["c"]
        )
        if not good:
            self.report.fail(8, f"entry {index}: its text does not fit its commitment", index)

    def check_withheld(self, row: dict[str, Any], leaf: dict[str, Any] | None) -> None:
        index, record = row["n"], row["record"]
        if leaf is None or leaf["b"] is None:
            self.report.fail(10, f"a withheld text belongs to no entry: {index}", index)
        elif row["reason"] not in self.REASONS or (row["reason"] == "shredded") != (
            record is not None
        ):
            self.report.fail(10, f"entry {index}: no valid reason to withhold its text", index)
        elif record is not None and record <= index:
            self.report.fail(10, f"entry {index}: its record of destruction is not later", index)
        elif record is not None:
            self.awaited[record] = index

    # -- steps 7 (borders), 9 and 11 (counts), when all entries are known

    def check_borders(self) -> None:
        """7, continued. The period ends where its neighbour begins, and completeness is true."""
        stated = shape(
            read_json(self.archive.read("completeness.json"), "completeness.json"),
            "completeness",
            groups=list,
        )
        if stated["groups"] != [group.stated(name) for name, group in sorted(self.groups.items())]:
            self.report.fail(7, "completeness.json does not agree with the entries")
        for name, group in sorted(self.groups.items()):
            if group.after is not None and group.after[0] != group.reached + 1:
                self.report.fail(7, f"the end of group {name} is missing", group.after[1])
            elif group.after is None and not self.whole:
                self.report.done(
                    7,
                    f"the end of group {name} is not proved: the package has no later entry of it",
                )

    def check_approvals(self) -> None:
        """9. Request, approvals and export, as the manifest names them, are there in this order."""
        for index in sorted(self.related):
            if index not in self.seen:
                self.report.fail(9, f"entry {index}, which the manifest names, is missing", index)
        for index in self.approvals + ([] if self.request is None else [self.request]):
            if not self.seen.get(index, "approvals.").startswith("approvals."):
                self.report.fail(9, f"entry {index} is not of an approval", index)
            if self.export is not None and index >= self.export:
                self.report.fail(9, f"the approval {index} is not earlier than the export", index)
            if self.request is not None and index < self.request:
                self.report.fail(9, f"the approval {index} is earlier than its request", index)
        self.report.done(9, f"{len(self.approvals)} approvals named")

    def check_counts(self) -> None:
        """11. What the manifest counts is there, and people are listed once."""
        people = self.archive.rows(["people.jsonl"], "id", id=str, name=str, staff_no=TEXT)
        found = {
            "entries": self._count,
            "bodies": self.bodies.count,
            "withheld": self.withheld.count,
            "people": sum(1 for _ in people),
        }
        if found != self.counts:
            self.report.fail(11, "the manifest counts something else than what is there")
        self.report.done(8, f"{self.bodies.count} texts")
        self.report.done(10, f"{self.withheld.count} withheld texts")
        self.report.done(
            11,
            "README.txt, people.jsonl and the scope are statements of the sender, not proved",
        )


def verify_package(file: BinaryIO, policy: Policy, report: Report) -> None:
    """All steps. Those that look at every entry share one pass; a failure stops none of them."""
    archive = Archive(file)  # 1
    report.done(1, f"{len(archive.members)} files")
    package = Package(archive, policy, report)
    package.check_manifest()  # 2
    package.check_signature()  # 3
    package.check_tiles()  # 4
    package.check_entries()  # 5 6 7 8 10 11
    package.check_borders()  # 7
    package.check_approvals()  # 9
    package.check_counts()  # 11
    package.check_witnesses()  # 3: an older head is compared through the tiles


# ---- single answers of the server ----------------------------------------------------------------


def _hash_list(value: Any) -> list[bytes]:
    return [from_base64(text) for text in _list_of(value, str, "a proof")]


def verify_proof(value: dict[str, Any], policy: Policy, report: Report) -> None:
    """The answer of `/api/ledger/proof/{position}`: steps 3, 5, 6 and 8. Its `fact` is not used."""
    value = shape(
        dict({"fact": {}}, **value),
        "proof",
        position=int,
        leaf=str,
        size=int,
        checkpoint=str,
        inclusion=list,
        body=(dict, NULL),
        fact=dict,
    )
    verify_signature(report, policy, value["checkpoint"].encode())
    index, data = value["position"], from_base64(value["leaf"])
    try:
        leaf = read_leaf(data, policy.origin, index)
    except RefusedError as error:
        report.fail(5, f"entry {index}: {error}", index)
        return
    report.done(5, f"entry {index}: {leaf['k']}")
    try:
        if report.size != value["size"]:
            raise RefusedError("the proof is for another size than the tree head")
        verify_inclusion(
            leaf_hash(data),
            index,
            value["size"],
            _hash_list(value["inclusion"]),
            report.root or b"",
        )
        report.done(6, f"entry {index} is in the tree")
    except RefusedError as error:
        report.fail(6, f"entry {index}: {error}", index)
    if value["body"] is not None:
        body = shape(value["body"], "body", plaintext=str, salt=str)
        salt, plaintext = from_base64(body["salt"]), from_base64(body["plaintext"])
        if leaf["b"] is None or commitment(policy.origin, index, plaintext, salt) != leaf["b"]["c"]:
            report.fail(8, f"entry {index}: its text does not fit its commitment", index)
        report.done(8, "1 text")
    verify_witnesses(report, policy, index, {value["size"]: report.root or b""})


def verify_head(value: dict[str, Any], policy: Policy, report: Report) -> None:
    """The answer of `/api/ledger/head`: step 3, with a proof from a head that a witness kept."""
    value = shape(
        dict({"consistency": None}, **value),
        "head",
        size=int,
        checkpoint=str,
        consistency=(list, NULL),
    )
    verify_signature(report, policy, value["checkpoint"].encode())
    size, root = report.size or 0, report.root or b""
    if value["size"] != size:
        report.fail(3, "the answer is about another size than its tree head")
    roots = {size: root}
    if value["consistency"] is not None:
        proof, reasons = _hash_list(value["consistency"]), []
        for old, old_root in policy.heads:
            try:
                verify_consistency(old, size, old_root, root, proof)
                roots[old] = old_root
            except RefusedError as error:
                reasons.append(f"from size {old}: {error}")
        if len(roots) == 1 and reasons:
            report.fail(3, "the tree head does not continue a witnessed one: " + "; ".join(reasons))
    # A head that was reached by a consistency proof vouches for the entries up to its own size.
    verify_witnesses(report, policy, min(roots) - 1, roots)


def verify(file: BinaryIO, policy_json: bytes) -> Report:
    """Verify what `file` holds. Never raises for bad contents: the report says what is wrong."""
    report = Report()
    try:
        policy = Policy(policy_json)
        file.seek(0)
        start = file.read(4)
        if start[:1] == b"{":
            if file.seek(0, os.SEEK_END) > MAX_DOCUMENT:
                raise MalformedError("the answer is too long")
            file.seek(0)
            value = read_json(file.read(), "answer", canonical=False)
            (verify_proof if "leaf" in value else verify_head)(value, policy, report)
        else:
            verify_package(file, policy, report)
    except MalformedError as error:
        report.malformed(str(error))
    return report


# ---- command line --------------------------------------------------------------------------------

# What a terminal obeys instead of showing it: a package comes from strangers.
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    return OBEYED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


VERDICTS = {
    VERIFIED: "OK 已核验：内容完整，并有独立见证 / verified and anchored",
    UNANCHORED: "UNANCHORED 内部一致，但没有独立见证 / consistent, but no witness vouches for it",
    TAMPERED: "TAMPERED 内容被改动 / what was found is not what the ledger recorded",
    MALFORMED: "MALFORMED 不是合格的文件 / not in a form that can be judged",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Verify a Guiju export package, proof or tree head offline."
    )
    parser.add_argument(
        "package", help="export package (.gjx), or the JSON of a proof or of a tree head"
    )
    parser.add_argument(
        "--policy", required=True, help="JSON file with the keys and heads that you trust"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args(arguments)
    try:
        with open(options.policy, "rb") as policy, open(options.package, "rb") as package:  # noqa: PTH123  # one file, few imports
            report = verify(package, policy.read(MAX_DOCUMENT))
    except OSError as error:
        report = Report()
        report.malformed(str(error))
    result = report.as_dict()
    if options.json:
        print(json.dumps(result))
        return report.exit_code
    if isinstance(sys.stdout, io.TextIOWrapper):  # a console may lack Chinese
        sys.stdout.reconfigure(errors="replace")
    print(VERDICTS[report.exit_code])
    if result["first_bad"] is not None:
        print(f"    first bad entry 第一条有问题的记录: {result['first_bad']}")
    for check in result["checks"]:
        mark = "ok " if check["ok"] else "BAD"
        print(f"{check['step']:3d} {check['name']:10} {mark} {visible(check['detail'])}")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
