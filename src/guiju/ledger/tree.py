"""The Merkle tree of RFC 6962: hashing, growing, proving and verifying. Pure: no storage, no clock.

Sizes and indices are unsigned 64-bit numbers. A *level* counts from the leaves: a hash at level l
covers 2**l leaves. The verification algorithms are those of RFC 9162 (2.1.3.2, 2.1.4.2), which has
the same trees as RFC 6962. How hashes are stored is in `tiles.py`.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from guiju.ledger.errors import LedgerError, ProofError

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
_MAX_SIZE: Final = 2**64 - 1

HashReader = Callable[[int, int, int], Sequence[bytes]]
"""`read(level, start, count)`: the hashes `start … start+count-1` of `level`, all of complete
subtrees.
"""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """All that is needed to grow a tree and to know its root: a hash for each bit set in `size`.

    `hashes` are the roots of the complete subtrees from left (largest) to right.
    """

    size: int
    hashes: tuple[bytes, ...]

    @classmethod
    def empty(cls) -> Self:
        return cls(0, ())

    def append(self, leaf_hashes: Sequence[bytes]) -> Self:
        """The range after these leaves; costs about one hash for each."""
        stack = list(self.hashes)
        size = self.size
        for leaf in leaf_hashes:
            node, carry = leaf, size
            while carry & 1:
                node = sha256(b"\x01" + stack.pop() + node).digest()
                carry >>= 1
            stack.append(node)
            size += 1
        return type(self)(size, tuple(stack))

    def root(self) -> bytes:
        return _fold(self.hashes)

    def encode(self) -> bytes:
        """The size as eight big-endian bytes, then the hashes."""
        return struct.pack(">Q", self.size) + b"".join(self.hashes)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The range again; LedgerError when `data` cannot come from `encode`."""
        if len(data) < 8:
            raise LedgerError("a compact range is too short")
        (size,) = struct.unpack_from(">Q", data)
        if len(data) != 8 + HASH_SIZE * size.bit_count():
            raise LedgerError(f"a compact range of size {size} cannot have {len(data)} bytes")
        hashes = (data[at : at + HASH_SIZE] for at in range(8, len(data), HASH_SIZE))
        return cls(size, tuple(hashes))


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root over the complete subtrees of a tree, from left to right."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """The audit path of leaf `index` in a tree of `size`, lowest first (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, read))
            end = middle
        else:
            path.append(_subtree(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read: HashReader) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` leaves (RFC 6962,
    2.1.2).
    """
    if not 0 < old <= new:
        raise ProofError(f"no consistency proof from {old} to {new}")
    path = []
    start, end = 0, new
    # The walk ends where the old tree ends together with the range.
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_subtree(middle, end, read))
            end = middle
        else:
            path.append(_subtree(start, middle, read))
            start = middle
    if start:  # else that range is the whole old tree, whose root the verifier has
        path.append(_subtree(start, end, read))
    return path[::-1]


def root_at(size: int, read: HashReader) -> bytes:
    """The root that the tree had when it held `size` leaves."""
    return _subtree(0, size, read) if size else EMPTY_ROOT


def _split(count: int) -> int:
    """The largest power of two below `count` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _subtree(start: int, end: int, read: HashReader) -> bytes:
    """The hash over the leaves `start … end-1`, a range that RFC 6962 splits off."""
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(read(level, start >> level, 1)[0])
        start += 1 << level
    return _fold(hashes)


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Accept when `proof` shows that `leaf_hash` is leaf `index` of the tree with this root; else
    ProofError.
    """
    _check_numbers(index, size)
    _check_hashes([leaf_hash, root, *proof])
    if index >= size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    position, last = index, size - 1
    result = leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("the proof is too short")
    if result != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Accept when `proof` shows that the new tree begins with the old one; else ProofError.

    A tree of size 0 is refused: it commits to nothing, so a proof from it would prove nothing.
    """
    _check_numbers(old, new)
    _check_hashes(proof)
    if not 0 < old <= new:
        raise ProofError(f"no consistency from {old} to {new}")
    if old == new:
        if proof:
            raise ProofError("a proof between equal sizes must be empty")
        if old_root != new_root:
            raise ProofError("two roots for one size")
        return
    _check_hashes([old_root, new_root])
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise ProofError("the proof is empty")
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old_result = new_result = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if position & 1 or position == last:
            old_result = node_hash(sibling, old_result)
            new_result = node_hash(sibling, new_result)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new_result = node_hash(new_result, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("the proof is too short")
    if old_result != old_root:
        raise ProofError("the proof does not lead to the old root")
    if new_result != new_root:
        raise ProofError("the proof does not lead to the new root")


def _check_numbers(*numbers: int) -> None:
    for number in numbers:
        if type(number) is not int or not 0 <= number <= _MAX_SIZE:
            raise ProofError(f"not an unsigned 64-bit number: {number!r}")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError(f"a hash is not {HASH_SIZE} bytes long")
