"""Append and read. One Log per process; the write lane is its only appender.

The head row is locked first, so the order of the ledger is the order of the effects. What is held in memory between
transactions (tree, group numbers, unfinished tiles) is dropped on an abort and read again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, insert, or_, select

from guiju.kernel.clock import DAY
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Content, FactSchema, Parts, Recorded, schema_for, schema_of
from guiju.kernel.ids import GroupId
from guiju.kernel.permit import Permit
from guiju.kernel.statements import Ahead, Claim, Inserts, Upsert, begin_with
from guiju.ledger import tables, tiles, tree
from guiju.ledger.entry import Leaf, decode_leaf, encode_leaves
from guiju.ledger.keystore import KeyStore
from guiju.ledger.seal import Body, Unsealed, key_id, open_body, seal_many

_encode = msgspec.json.Encoder().encode

_insert_entries = Inserts(tables.entry, ("position", "leaf", "sealed", "kind", "grp", "actor"))
_insert_uses = Inserts(tables.use, ("use", "position"))
_insert_tiles = Inserts(tables.tile, ("level", "number", "hashes"))
_HEAD = ("size", "root", "range", "at")
_claim_head = Claim(tables.head, "size", _HEAD)
_NUMBER = ("grp", "number")
_numbers_upsert = Upsert(tables.group_number, "grp", _NUMBER)


AHEAD = 5 * DAY
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The tree as of the last commit; `edge` holds the hashes of the tiles that are not complete yet."""

    origin: str
    size: int
    at: int
    tree: tree.CompactRange
    edge: tiles.Edge


@dataclass(slots=True)
class _Pending:
    """What the open transaction has recorded."""

    entries: list[Recorded] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    uses: list[tuple[str, int]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)


class Log:
    """The ledger of one organisation."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._head: Head | None = None
        self._before: Head | None = None
        self._numbers: dict[str, int] = {}
        self._pending = _Pending()
        self._now = 0
        self._connection: Connection | None = None
        self._ahead: set[str] = set()

    # ---- appending, in the lane's thread ------------------------------------------------------------------------

    def begin(self, connection: Connection, now: int, ahead: Ahead | None = None) -> bool:
        """Begin a transaction by locking the head, and take that over if it moved; False when another node appended."""
        size = begin_with(connection, tables.head, "size", ahead)
        unchanged = self._head is not None and self._head.size == size
        if not unchanged:
            self._head = _load_head(connection, connection.execute(select(tables.head)).one())
            self._numbers = {}
        assert self._head is not None
        self._open(connection, now, self._head)
        return unchanged

    def begin_on_trust(self, connection: Connection, now: int) -> bool:
        """Begin a transaction that fails if another node has appended; False, and nothing is begun, where that cannot be."""
        head = self._head
        if head is None or not _claim_head.begin(connection, head.size):
            return False
        self._open(connection, now, head)
        return True

    def _open(self, connection: Connection, now: int, head: Head) -> None:
        self._before = head
        self._pending = _Pending()
        self._connection = connection
        self._now = max(now, head.at)

    def time(self) -> int:
        return self._now

    def mark(self) -> tuple[int, int, dict[str, int]]:
        pending = self._pending
        return len(pending.entries), len(pending.uses), dict(pending.numbers)

    def rollback_to(self, mark: object) -> None:
        assert isinstance(mark, tuple)
        entries, uses, numbers = mark
        pending = self._pending
        del (
            pending.entries[entries:],
            pending.rows[entries:],
            pending.hashes[entries:],
            pending.uses[uses:],
        )
        pending.numbers = numbers

    def record_many(self, pairs: Sequence[tuple[Permit, Any]]) -> list[Recorded]:
        """Give facts their places, in order: encode their leaves, seal their bodies.

        Step by step for all of them, because what runs again and again stays in the processor's cache.
        """
        assert self._head is not None, "record happens inside the lane's transaction"
        origin, pending = self._head.origin, self._pending
        first = self._head.size + len(pending.entries)
        schemas = [schema_of(fact) for _, fact in pairs]
        parts = [schema.split(fact) for schema, (_, fact) in zip(schemas, pairs, strict=True)]
        bodies = self._seal(first, schemas, parts)
        numbers = [
            self._next_number(group) if group is not None else None for group, _, _, _ in parts
        ]
        leaves = encode_leaves([
            {
                "a": permit.actor.name, "b": bodies[at][1], "g": group, "gs": numbers[at], "k": schemas[at].kind,
                "m": clear, "n": first + at, "o": origin, "p": permit.policy, "r": refs, "t": self._now, "v": 1,
                "x": permit.uses,
            }
            for at, ((permit, _), (group, refs, clear, _)) in enumerate(zip(pairs, parts, strict=True))
        ])  # fmt: skip
        entries = [
            Recorded(
                first + at, self._now, schemas[at].kind, permit.actor.name,
                GroupId(group) if group else None, numbers[at], permit.uses, permit.policy, fact,
            )
            for at, ((permit, fact), (group, _, _, _)) in enumerate(zip(pairs, parts, strict=True))
        ]  # fmt: skip
        pending.entries += entries
        pending.rows += [
            (entry.position, leaf, blob, entry.kind, entry.group, entry.actor)
            for entry, leaf, (blob, _) in zip(entries, leaves, bodies, strict=True)
        ]
        pending.hashes += map(tree.leaf_hash, leaves)
        pending.uses += [(use, entry.position) for entry in entries for use in entry.uses]
        return entries

    def _seal(
        self, first: int, schemas: Sequence[FactSchema], parts: Sequence[Parts]
    ) -> list[tuple[bytes | None, dict[str, str | int] | None]]:
        """(sealed blob, the leaf's `b`) of each fact; neither for one without sealed fields."""
        assert self._head is not None
        key_ids: dict[tuple[Content, str | None], str] = {}
        unsealed: list[Unsealed] = []
        for at, (schema, (named, _, clear, sealed)) in enumerate(zip(schemas, parts, strict=True)):
            if not schema.sealed:
                continue
            group = named if named is not None else sealed.get("within")
            of = clear.get("person") if schema.content is Content.PERSON else group
            key = key_ids.get((schema.content, of))
            if key is None:
                person = of if schema.content is Content.PERSON else None
                key = key_ids[schema.content, of] = key_id(schema.content, group, person, self._now)
                self._make_ahead(schema.content, group)
            unsealed.append(Unsealed(key, first + at, _encode(sealed)))
        made = iter(seal_many(self._keys, self._now, self._head.origin, unsealed))
        return [next(made) if schema.sealed else (None, None) for schema in schemas]

    def _make_ahead(self, content: Content, group: str | None) -> None:
        """Make next month's key in the last days of this one: no first message of a month waits for it."""
        if content is Content.PERSON:
            return
        later = key_id(content, group, None, self._now + AHEAD)
        if later not in self._ahead:
            self._keys.make(later, self._now)
            self._ahead.add(later)

    def _next_number(self, group: str) -> int:
        pending = self._pending
        last = pending.numbers.get(group)
        if last is None:
            last = self._numbers.get(group)
        if last is None:
            assert self._connection is not None
            last = self._connection.execute(
                select(tables.group_number.c.number).where(tables.group_number.c.grp == group)
            ).scalar_one_or_none()
        pending.numbers[group] = (last or 0) + 1
        return pending.numbers[group]

    def flush(self, connection: Connection) -> list[Recorded]:
        """Write the pending entries, their tiles and the head, inside the transaction that is about to commit."""
        assert self._head is not None
        pending, head = self._pending, self._head
        if not pending.entries:
            return []
        _insert_entries.many(connection, pending.rows)
        _insert_uses.many(connection, pending.uses)
        _numbers_upsert.many(connection, list(pending.numbers.items()))
        edge, complete = tiles.complete_tiles(head.size, head.edge, pending.hashes)
        _insert_tiles.many(connection, [(tile.level, tile.index, tile.hashes) for tile in complete])
        grown = head.tree.append(pending.hashes)
        _claim_head.write(
            connection, head.size, (grown.size, grown.root(), grown.encode(), self._now)
        )
        self._head = Head(head.origin, grown.size, self._now, grown, edge)
        self._numbers.update(pending.numbers)
        return pending.entries

    def undo(self) -> None:
        """Take back what `flush` did in memory: its transaction was rolled back."""
        self._head = self._before
        self._numbers = {}

    def is_stored(self, connection: Connection) -> bool | None:
        """Whether the ledger has what was flushed last; None where nothing was. Ask before the next `begin`."""
        expected = [(position, leaf) for position, leaf, *_ in self._pending.rows]
        if not expected:
            return None
        entry = tables.entry.c
        found = connection.execute(
            select(entry.position, entry.leaf)
            .where(entry.position >= expected[0][0], entry.position <= expected[-1][0])
            .order_by(entry.position)
        )
        # Another node may have appended at the same places; salts and times make its leaves others.
        return [(row.position, bytes(row.leaf)) for row in found] == expected

    def abort(self) -> None:
        self._head = None
        self._numbers = {}

    # ---- reading, from any thread -------------------------------------------------------------------------------

    def position(self, tx: ReadTx) -> int:
        return int(tx.scalar(select(tables.head.c.size))) - 1

    def numbers(self, tx: ReadTx, groups: Collection[str]) -> dict[str, int]:
        wanted, found = list(groups), dict[str, int]()
        number = tables.group_number.c
        for start in range(0, len(wanted), _AT_ONCE):
            some = number.grp.in_(wanted[start : start + _AT_ONCE])
            found.update(
                (row.grp, row.number)
                for row in tx.all(select(number.grp, number.number).where(some))
            )
        return found

    def entries(self, tx: ReadTx, query: EntryQuery) -> list[Recorded]:
        columns = select(tables.entry.c.leaf, tables.entry.c.sealed)
        order = tables.entry.c.position.desc() if query.newest_first else tables.entry.c.position
        rows = tx.all(_where(columns, query).order_by(order).limit(query.limit))
        return [self.recorded(row.leaf, row.sealed) for row in rows]

    def count(self, tx: ReadTx, query: EntryQuery) -> int:
        few = _where(select(tables.entry.c.position), query).limit(query.limit).subquery()
        return int(tx.scalar(select(func.count()).select_from(few)))

    def recorded(self, leaf_bytes: bytes, sealed: bytes | None) -> Recorded:
        """The fact of a stored leaf, with its body opened."""
        leaf = decode_leaf(leaf_bytes)
        body = self.body(leaf, sealed)
        opened = msgspec.json.decode(body.plaintext) if body is not None else None
        fact = schema_for(leaf.k).join(leaf.g, leaf.r, leaf.m, opened)
        group = GroupId(leaf.g) if leaf.g is not None else None
        return Recorded(leaf.n, leaf.t, leaf.k, leaf.a, group, leaf.gs, tuple(leaf.x), leaf.p, fact)

    def body(self, leaf: Leaf, sealed: bytes | None) -> Body | None:
        """The opened body of a leaf; None when it has none, or when it was shredded."""
        if leaf.b is None or sealed is None:
            return None
        return open_body(self._keys, leaf.b.k, leaf.o, leaf.n, sealed)


def create_head(connection: Connection, origin: str) -> None:
    """Begin an empty ledger. Its first entry may bear any time."""
    empty = tree.CompactRange.empty()
    connection.execute(
        insert(tables.head).values(
            id=1, origin=origin, size=0, root=empty.root(), range=empty.encode(), at=0
        )
    )


def has_head(connection: Connection) -> bool:
    """Whether the ledger has been begun."""
    return connection.execute(select(tables.head.c.id)).first() is not None


def _where(statement: Select[Any], query: EntryQuery) -> Select[Any]:
    entry = tables.entry.c
    if query.use is not None:
        statement = statement.join(tables.use, tables.use.c.position == entry.position).where(
            tables.use.c.use == query.use
        )
    if query.group is not None:
        statement = statement.where(entry.grp == query.group)
    if query.own_kinds:
        own = and_(entry.kind.in_(query.own_kinds), entry.actor == query.actor)
        statement = statement.where(or_(entry.kind.in_(query.kinds), own))
    elif query.kinds:
        statement = statement.where(entry.kind.in_(query.kinds))
    if query.other_than:
        statement = statement.where(entry.kind.not_in(query.other_than))
    if query.positions is not None:
        statement = statement.where(entry.position.in_(query.positions))
    if query.before is not None:
        statement = statement.where(entry.position < query.before)
    if query.after is not None:
        statement = statement.where(entry.position > query.after)
    return statement


def _load_head(connection: Connection, row: Any) -> Head:
    """The head with its edge, which is hashed again from the stored leaves and tiles."""
    edge = tiles.rebuild_edge(row.size, stored_reader(connection))
    return Head(row.origin, row.size, row.at, tree.CompactRange.decode(bytes(row.range)), edge)


def stored_reader(connection: Connection) -> tree.HashReader:
    """Read any complete hash of the stored tree: from the complete tiles, and on the edge from the leaves."""
    kept: dict[tuple[int, int], bytes | None] = {}

    def tile(level: int, number: int) -> bytes | None:
        key = level, number
        if key not in kept:
            kept[key] = _tile(connection, level, number)
        return kept[key]

    def one(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, tiles.TILE_HEIGHT)
        first = index << above
        hashes = tile(tile_level, first // tiles.TILE_WIDTH)
        if hashes is not None:
            at = first % tiles.TILE_WIDTH * tree.HASH_SIZE
            size = tree.HASH_SIZE
            return tiles.perfect_root(
                [hashes[i : i + size] for i in range(at, at + (size << above), size)]
            )
        if level == 0:
            return _leaf_hashes(connection, index, 1)[0]
        return tree.node_hash(one(level - 1, index * 2), one(level - 1, index * 2 + 1))

    def read(level: int, start: int, count: int) -> list[bytes]:
        if level == 0 and tile(0, start // tiles.TILE_WIDTH) is None:
            return _leaf_hashes(connection, start, count)
        return [one(level, index) for index in range(start, start + count)]

    return read


def _tile(connection: Connection, level: int, number: int) -> bytes | None:
    found = connection.execute(
        select(tables.tile.c.hashes).where(
            tables.tile.c.level == level, tables.tile.c.number == number
        )
    ).scalar()
    return bytes(found) if found is not None else None


def _leaf_hashes(connection: Connection, start: int, count: int) -> list[bytes]:
    found = connection.execute(
        select(tables.entry.c.leaf)
        .where(tables.entry.c.position >= start, tables.entry.c.position < start + count)
        .order_by(tables.entry.c.position)
    )
    return [tree.leaf_hash(bytes(leaf)) for leaf in found.scalars()]
