"""One pass over all entries, in slices: steps 2 to 5 of `verify.py`. Memory does not grow with the ledger."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from guiju.ledger import tables, tiles, tree
from guiju.ledger.entry import Leaf, decode_leaf
from guiju.ledger.errors import LeafError, LedgerError
from guiju.ledger.findings import Findings
from guiju.ledger.keystore import KeyAlteredError, KeyStore
from guiju.ledger.seal import commitment, open_body

SLICE: Final = 2000


Stated = tuple[str, int, str]
"""A file as a leaf states it: its id, its size, and the hash of what is stored."""


def stated_files(leaf: Leaf) -> Iterator[Stated]:
    """The files that a leaf vouches for: what any kind of fact has as `files`, with these three fields."""
    files = leaf.m.get("files")
    for each in files if isinstance(files, list) else []:
        match each:
            case {"id": str(file), "size": int(size), "digest": str(digest)}:
                yield file, size, digest


class Scan:
    """Reads every entry once. Afterwards `tree` is recomputed, `roots` has its root at each wanted size, and `files`
    what the leaves vouch for, by file, with the first entry that does.
    """

    def __init__(
        self,
        connection: Connection,
        origin: str,
        keys: KeyStore,
        findings: Findings,
        wanted: Sequence[int],
    ) -> None:
        self._connection = connection
        self._origin = origin
        self._keys = keys
        self._findings = findings
        self._wanted = sorted(size for size in set(wanted) if size > 0)
        self._expected = 0
        self._numbers: dict[str, int] = {}
        self._uses = _uses(connection, findings)
        self._next_use = next(self._uses, None)
        self._edge: tiles.Edge = {}
        self._altered: tiles.Tile | None = None
        self._suspect: int | None = None
        self._gap = False
        self._tiles = self._opened = self._at = 0
        self.tree = tree.CompactRange.empty()
        self.roots: dict[int, bytes] = {0: tree.EMPTY_ROOT}
        self.files: dict[str, tuple[int, Stated]] = {}

    def run(self) -> None:
        """2 to 5. Everything but the comparison with the head row."""
        findings = self._findings
        entry = tables.entry
        last: int | None = None
        while True:
            after = select(entry) if last is None else select(entry).where(entry.c.position > last)
            rows = self._connection.execute(after.order_by(entry.c.position).limit(SLICE)).all()
            if not rows:
                break
            self._grow([self._hash(row) for row in rows if self._is_next(row)])
            newest = rows[-1].position
            if type(newest) is not int or (last is not None and newest <= last):
                findings.bad(
                    2,
                    "the order of the entries is broken",
                    table=entry.name,
                    row=newest,
                    column="position",
                )
                break
            last = newest
        self._check_uses(2**63, [])
        self._check_numbers()
        findings.done(2, f"{self._expected} entries")
        findings.done(3, f"{self._opened} sealed bodies")
        findings.done(4, f"{self._opened} bodies fit their commitments")

    # ---- 2: the leaves and the columns beside them ----------------------------------------------------------------

    def _is_next(self, row: Row[Any]) -> bool:
        """2. The index is the position, without a gap."""
        if type(row.position) is not int or row.position < self._expected:
            self._findings.bad(
                2,
                "no entry has this position",
                table="ledger_entry",
                row=row.position,
                column="position",
            )
            return False
        if row.position > self._expected:
            self._findings.bad(2, f"entry {self._expected} is missing", entry=self._expected)
            self._gap = True
        self._expected = row.position + 1
        return True

    def _hash(self, row: Row[Any]) -> bytes:
        """2 to 4 for one entry; the hash of its leaf."""
        n = row.position
        if type(row.leaf) is not bytes:
            self._findings.bad(2, "the leaf is not a byte string", entry=n)
            self._gap = True
            return tree.EMPTY_ROOT
        try:
            leaf = decode_leaf(row.leaf)
        except LeafError as error:
            self._findings.bad(2, f"entry {n}: {error}", entry=n)
        else:
            self._check_leaf(row, leaf)
            for file in stated_files(leaf):
                self.files.setdefault(file[0], (n, file))
            if self._is_sealed_as_stated(row, leaf):
                self._check_body(row, leaf)
        return tree.leaf_hash(row.leaf)

    def _check_leaf(self, row: Row[Any], leaf: Leaf) -> None:
        """2. Its place, its time, its number in the group, and what stands beside it."""
        bad, n = self._findings.bad, row.position
        if n == 0 and leaf.o != self._origin:
            bad(
                2,
                "the head names another origin than the first entry",
                table="ledger_head",
                row=1,
                column="origin",
            )
            self._origin = leaf.o
        if leaf.n != n or leaf.o != self._origin:
            bad(2, f"entry {n} is not the entry of this place in this ledger", entry=n)
        if leaf.t < self._at:
            bad(2, f"entry {n} is earlier than the one before it", entry=n)
        self._at = leaf.t
        if leaf.g is not None:
            number = self._numbers[leaf.g] = self._numbers.get(leaf.g, 0) + 1
            if leaf.gs != number:
                bad(2, f"entry {n} has number {leaf.gs} in its group, not {number}", entry=n)
        if (row.kind, row.grp, row.actor) != (leaf.k, leaf.g, leaf.a):
            stated = {"kind": leaf.k, "grp": leaf.g, "actor": leaf.a}
            column = next(name for name, value in stated.items() if getattr(row, name) != value)
            place = {"entry": n, "table": "ledger_entry", "row": n, "column": column}
            bad(2, f"{column} of entry {n} differs from its leaf", **place)
        self._check_uses(n, leaf.x)

    def _check_uses(self, n: int, stated: Sequence[str]) -> None:
        """2. The rows of ledger_use up to entry `n` are those that its leaf states, no more and no fewer."""
        stored = []
        while self._next_use is not None and self._next_use[0] <= n:
            position, use = self._next_use
            self._next_use = next(self._uses, None)
            if position == n and use in stated:
                stored.append(use)
            else:
                self._findings.bad(
                    2, "no leaf names this use", table="ledger_use", row=[use, position]
                )
        for use in set(stated) - set(stored):
            self._findings.bad(
                2, f"the use of entry {n} is missing", entry=n, table="ledger_use", row=[use, n]
            )

    def _check_numbers(self) -> None:
        """2. ledger_group has the last number of each group."""
        with self._findings.reading(2, table="ledger_group"):
            stored = {
                row.grp: row.number for row in self._connection.execute(select(tables.group_number))
            }
            for group in sorted(self._numbers.keys() | stored.keys(), key=str):
                if stored.get(group) != self._numbers.get(group):
                    self._findings.bad(
                        2,
                        "the last number of the group is wrong",
                        table="ledger_group",
                        row=group,
                        column="number",
                    )

    # ---- 3 and 4: what is sealed ------------------------------------------------------------------------------------

    def _is_sealed_as_stated(self, row: Row[Any], leaf: Leaf) -> bool:
        """3. The stored blob has the hash and length that the leaf states. False: there is nothing to open."""
        blob, n = row.sealed, row.position
        if leaf.b is None and blob is None:
            return False
        self._opened += 1
        if leaf.b is None or type(blob) is not bytes:
            detail = (
                "has a body that its leaf does not state" if leaf.b is None else "has lost its body"
            )
        elif len(blob) != leaf.b.l or hashlib.sha256(blob).hexdigest() != leaf.b.h:
            detail = "has another body than its leaf states"
        else:
            return True
        self._findings.bad(3, f"entry {n} {detail}", entry=n)
        return False

    def _check_body(self, row: Row[Any], leaf: Leaf) -> None:
        """4. The body opens, and its commitment is the leaf's. No key has been destroyed yet, so none may be missing."""
        assert leaf.b is not None, "step 3 found that it has a body"
        bad, n, key = self._findings.bad, row.position, leaf.b.k
        try:
            missing = self._keys.cipher(key) is None
        except KeyAlteredError as error:
            bad(4, str(error), entry=n, table="wrapped_key", row=key)
            return
        if missing:
            bad(4, f"the key of entry {n} is missing, and no record says that it was destroyed",
                entry=n, table="wrapped_key", row=key)  # fmt: skip
            return
        body = open_body(self._keys, key, leaf.o, leaf.n, row.sealed)
        if body is None:
            bad(4, f"the body of entry {n} does not open", entry=n)
        elif not hmac.compare_digest(
            commitment(leaf.o, leaf.n, body.plaintext, body.salt), leaf.b.c
        ):
            bad(4, f"the body of entry {n} does not fit its commitment", entry=n)

    # ---- 5: the tree ------------------------------------------------------------------------------------------------

    def _grow(self, hashes: list[bytes]) -> None:
        """5. Append to the recomputed tree, and compare the tiles that become complete with the stored ones."""
        if self._gap:
            return
        before = self.tree.size
        self._edge, complete = tiles.complete_tiles(before, self._edge, hashes)
        for tile in complete:
            self._check_tile(tile)
        done = 0
        while self._wanted and self._wanted[0] <= before + len(hashes):
            size = self._wanted.pop(0)
            self.tree = self.tree.append(hashes[done : size - before])
            done = size - before
            self.roots[size] = self.tree.root()
        self.tree = self.tree.append(hashes[done:])

    def _check_tile(self, tile: tiles.Tile) -> None:
        stored = None
        with self._findings.reading(5, table="ledger_tile", row=[tile.level, tile.index]):
            number = tables.tile.c.level == tile.level, tables.tile.c.number == tile.index
            stored = self._connection.execute(select(tables.tile.c.hashes).where(*number)).scalar()
        self._tiles += 1
        if stored is None:
            self._findings.bad(
                5, "a hash tile is missing", table="ledger_tile", row=[tile.level, tile.index]
            )
        elif stored != tile.hashes and self._altered is None:
            # Whether the tile was altered or an entry below it shows when the root is known.
            self._altered = tile
            if type(stored) is bytes and tile.level == 0:
                first = next(
                    i
                    for i in range(len(tile.hashes))
                    if stored[i : i + 1] != tile.hashes[i : i + 1]
                )
                self._suspect = tile.index * tiles.TILE_WIDTH + first // tree.HASH_SIZE

    def check_head(self, head: Row[Any]) -> None:
        """5. The head row is about this tree; if not, say which entries were altered, or that the row was."""
        bad, size = self._findings.bad, self.tree.size
        if self._gap:
            bad(5, "the tree cannot be computed, because entries are missing", table="ledger_entry")
            return
        if head.size != size:
            self._check_size(head)
        elif size and head.at != self._at:
            bad(
                5,
                "the head has another time than the last entry",
                table="ledger_head",
                row=1,
                column="at",
            )
        if head.size == size and not self._has_root(head):
            return
        if self._altered is not None:
            row = [self._altered.level, self._altered.index]
            bad(5, "a hash tile was altered", table="ledger_tile", row=row, column="hashes")
        self._check_other_tiles()
        self._findings.done(5, f"{self._tiles} tiles and the root fit")

    def _check_size(self, head: Row[Any]) -> None:
        """5. The root says whether the size of the head was altered, or entries at the end."""
        bad, size = self._findings.bad, self.tree.size
        if head.root != self.tree.root() and type(head.size) is int and head.size > size:
            bad(
                5,
                f"the entries {size} to {head.size - 1} are missing",
                entry=size,
                until=head.size - 1,
            )
        elif head.root != self.tree.root() and self.roots.get(head.size) == head.root:
            bad(
                5,
                f"the entries from {head.size} on do not belong to the tree",
                entry=head.size,
                until=size - 1,
            )
        else:
            bad(
                5,
                f"the head states {head.size} entries, {size} are stored",
                table="ledger_head",
                row=1,
                column="size",
            )

    def _has_root(self, head: Row[Any]) -> bool:
        """5. Root and range of the head are those of the entries. False: entries were altered."""
        if head.root == self.tree.root() and head.range == self.tree.encode():
            return True
        stated = _decoded(head.range)
        if head.root == self.tree.root() or stated == self.tree:
            column = "range" if head.root == self.tree.root() else "root"
            self._findings.bad(
                5, f"the {column} of the head is wrong", table="ledger_head", row=1, column=column
            )
            return True
        if stated is None or stated.root() != head.root or stated.size != self.tree.size:
            self._findings.bad(
                5, "root and range of the head contradict each other", table="ledger_head", row=1
            )
            return True
        first, last = (
            (self._suspect, self._suspect)
            if self._suspect is not None
            else _differing(stated, self.tree)
        )
        where = {"entry": first} if first == last else {"entry": first, "until": last}
        self._findings.bad(
            5, "an entry was altered: the stored tree has another hash for it", **where
        )
        return False

    def _check_other_tiles(self) -> None:
        """5. No tile is stored that the tree does not have."""
        for level, number in self._connection.execute(
            select(tables.tile.c.level, tables.tile.c.number)
        ):
            whole = type(level) is int and type(number) is int and level >= 0
            if not whole or not 0 <= number < self.tree.size >> tiles.TILE_HEIGHT * (level + 1):
                self._findings.bad(
                    5, "the tree has no such tile", table="ledger_tile", row=[level, number]
                )


def _decoded(stored: object) -> tree.CompactRange | None:
    try:
        return tree.CompactRange.decode(stored) if type(stored) is bytes else None
    except LedgerError:
        return None


def _differing(stated: tree.CompactRange, mine: tree.CompactRange) -> tuple[int, int]:
    """The first complete subtree that has two hashes: (its first entry, its last)."""
    start = 0
    for bit in reversed(range(mine.size.bit_length())):
        if mine.size >> bit & 1:
            index = (mine.size >> bit + 1).bit_count()
            if stated.hashes[index] != mine.hashes[index]:
                return start, start + (1 << bit) - 1
            start += 1 << bit
    return 0, mine.size - 1


def _uses(connection: Connection, findings: Findings) -> Iterator[tuple[int, str]]:
    """The rows of ledger_use by position, with a cursor of their own."""
    use = tables.use.c
    ordered = (
        select(use.position, use.use).order_by(use.position).execution_options(yield_per=SLICE)
    )
    with findings.reading(2, table="ledger_use"):
        for position, name in connection.execute(ordered):
            if type(position) is int and type(name) is str:
                yield position, name
            else:
                findings.bad(
                    2, "not a use of an entry", table="ledger_use", row=[str(name), position]
                )
