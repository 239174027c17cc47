"""How the hashes of the tree are kept: C2SP tlog-tiles of height 8. Pure.

The tile (level, index) holds up to 256 hashes, each over 256**level leaves: the hashes `256·index
…` of tree level 8·level. A tile is written once, when it is complete; the incomplete right-most
tile of each level (the *edge*) stays in memory and is rebuilt from the stored leaves and tiles when
the process starts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from guiju.ledger.errors import LedgerError
from guiju.ledger.tree import HASH_SIZE, HashReader, node_hash

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT

Edge = Mapping[int, Sequence[bytes]]
"""Tile level → the hashes of its incomplete right-most tile (1 to 255); a level that holds none is
absent.
"""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile with its hashes, one after the other: 8192 bytes when it is complete."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH_SIZE


def complete_tiles(
    size_before: int, pending: Edge, leaf_hashes: Sequence[bytes]
) -> tuple[dict[int, Sequence[bytes]], list[Tile]]:
    """The edge after appending, and the tiles that became complete, lower levels first.

    `pending` does not change, so a transaction that is rolled back keeps the edge that it had.
    LedgerError when it does not belong to a tree of `size_before`.
    """
    after = dict(pending)
    complete: list[Tile] = []
    level, fresh = 0, leaf_hashes
    while fresh:
        before = after.pop(level, ())
        if len(before) != (size_before >> (TILE_HEIGHT * level)) % TILE_WIDTH:
            raise LedgerError(f"level {level} is not the edge of a tree of {size_before}")
        waiting = [*before, *fresh]
        index = size_before >> (TILE_HEIGHT * (level + 1))
        fresh = []
        for at in range(0, len(waiting) - TILE_WIDTH + 1, TILE_WIDTH):
            hashes = waiting[at : at + TILE_WIDTH]
            complete.append(Tile(level, index, b"".join(hashes)))
            index += 1
            fresh.append(perfect_root(hashes))
        if rest := len(waiting) % TILE_WIDTH:
            after[level] = waiting[-rest:]
        level += 1
    return after, complete


def rebuild_edge(size: int, read: HashReader) -> dict[int, Sequence[bytes]]:
    """The edge of a tree of `size`, read again from storage."""
    return {
        level: read(TILE_HEIGHT * level, index * TILE_WIDTH, width)
        for level, index, width in tiles_for(size, ())
        if width < TILE_WIDTH
    }


def tiles_for(size: int, indices: Iterable[int] | None = None) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of each tile of a tree, lower levels first, from left to right.

    With `indices` (any order) only those on the way from these leaves to the root, and the edge.
    """
    wanted = None if indices is None else {leaf >> TILE_HEIGHT for leaf in indices}
    level, count = 0, size
    while count:
        complete, rest = divmod(count, TILE_WIDTH)
        for index in range(complete) if wanted is None else sorted(wanted):
            if index < complete:
                yield level, index, TILE_WIDTH
        if rest:
            yield level, complete, rest
        if wanted is not None:
            wanted = {index >> TILE_HEIGHT for index in wanted}
        level, count = level + 1, complete


def tile_path(level: int, index: int, width: int) -> str:
    """The path of a tile as in C2SP tlog-tiles, such as `0/x001/x234/067.p/8`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    path = f"{level}/{'/'.join(reversed(groups))}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
