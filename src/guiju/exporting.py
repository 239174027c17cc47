"""Export packages: all that the ledger has about one group, for somebody who does not trust this server."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Select, and_, func, select

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.ledger import proof, tables, tiles
from guiju.ledger.entry import decode_leaf
from guiju.ledger.errors import LedgerError
from guiju.ledger.log import Log, stored_reader
from guiju.ledger.package import (
    DisclosedBody,
    PackageContents,
    Person,
    Scope,
    Withheld,
    write_package,
)
from guiju.ledger.tree import HashReader, root_at
from guiju.ledger.verify import parse_head
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupNotFoundError
from guiju.runtime import Runtime

SLICE = 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """What a package holds. `later` entries of the group are not signed yet and left out; `manifest` is its SHA-256."""

    size: int
    entries: int
    later: int
    manifest: str


def export_group(runtime: Runtime, group: GroupId, out: BinaryIO, *, bodies: bool) -> Exported:
    """Write every signed entry of a group to `out` (seekable), with the texts if `bodies`.

    Without `bodies` each text is stated as withheld. Raises GroupNotFoundError, NotSignedError when no head is signed
    yet, or LedgerError when the entries are not those that were signed, or a text cannot be opened.
    """
    with runtime.reading() as tx:
        if groups.find_group(tx, group) is None:
            raise GroupNotFoundError("There is no such group.", group=group)
        head = proof.head(tx)
        read = stored_reader(tx.connection)
        if root_at(head.size, read) != parse_head(head.checkpoint).root:
            raise LedgerError("what is stored is not what was signed; run `guiju verify`")
        entry = tables.entry.c
        signed = and_(entry.grp == group, entry.position < head.size)
        indices = [
            int(position)
            for position in tx.scalars(
                select(entry.position).where(signed).order_by(entry.position)
            )
        ]
        later = int(
            tx.scalar(select(func.count()).where(entry.grp == group, entry.position >= head.size))
        )
        wanted = select(entry.position, entry.leaf, entry.sealed).where(signed)
        manifest = write_package(
            out,
            PackageContents(
                origin=str(tx.scalar(select(tables.head.c.origin))),
                size=head.size,
                checkpoint=head.checkpoint,
                scope=Scope((group,)),
                tiles=_tiles(head.size, indices, read),
                entries=((position, leaf) for position, leaf, _ in _rows(tx, wanted)),
                bodies=_bodies(tx, runtime.log, wanted) if bodies else (),
                withheld=() if bodies else _withheld(tx, wanted),
                people=_people(tx, group, wanted),
            ),
        )
    return Exported(head.size, len(indices), later, manifest)


def _rows(
    tx: ReadTx, wanted: Select[tuple[int, bytes, bytes | None]]
) -> Iterator[tuple[int, bytes, bytes | None]]:
    last = -1
    while True:
        part = (
            wanted.where(tables.entry.c.position > last)
            .order_by(tables.entry.c.position)
            .limit(SLICE)
        )
        rows = tx.all(part)
        for row in rows:
            yield row.position, bytes(row.leaf), row.sealed
        if len(rows) < SLICE:
            return
        last = rows[-1].position


def _tiles(size: int, indices: list[int], read: HashReader) -> Iterator[tiles.Tile]:
    for level, index, width in tiles.tiles_for(size, indices):
        hashes = read(tiles.TILE_HEIGHT * level, index * tiles.TILE_WIDTH, width)
        yield tiles.Tile(level, index, b"".join(hashes))


def _bodies(
    tx: ReadTx, log: Log, wanted: Select[tuple[int, bytes, bytes | None]]
) -> Iterator[DisclosedBody]:
    for position, data, sealed in _rows(tx, wanted):
        leaf = decode_leaf(data)
        if leaf.b is None:
            continue
        body = log.body(leaf, sealed)
        if body is None:
            raise LedgerError(f"the text of entry {position} cannot be opened; run `guiju verify`")
        yield DisclosedBody(position, body.plaintext, body.salt)


def _withheld(tx: ReadTx, wanted: Select[tuple[int, bytes, bytes | None]]) -> Iterator[Withheld]:
    for position, data, _ in _rows(tx, wanted):
        if decode_leaf(data).b is not None:
            yield Withheld(position, "out_of_scope")


def _people(
    tx: ReadTx, group: GroupId, wanted: Select[tuple[int, bytes, bytes | None]]
) -> list[Person]:
    """Who the pseudonyms are: everybody who acted in the group or has a place in it."""
    ids = {member.person for member in groups.members(tx, group)}
    for _, data, _ in _rows(tx, wanted):
        actor = decode_leaf(data).a
        if actor is not None and not actor.startswith("system:"):
            ids.add(PersonId(actor))
    people = [directory.get_person(tx, person) for person in sorted(ids)]
    return [Person(person.id, person.name, person.staff_no or None) for person in people]
