"""What each member keeps for themselves. Local tables: nobody else sees them, and no fact tells of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from guiju.kernel.db import ReadTx, metadata
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.personal_types import PLAIN, Saved, SavedKind, Settings
from guiju.modules.messaging.quiet_types import OwnQuiet

_setting = Table(
    "messaging_setting",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("grp", String(40), primary_key=True),
    Column("pinned", Boolean, nullable=False),
    Column("muted", Boolean, nullable=False),
    Column("marked", Boolean, nullable=False),
)
_saved = Table(
    "messaging_saved",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("grp", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("messaging_saved_at", "person", "kind", "at"),
)
_quiet = Table(
    "messaging_quiet",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("begins", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("rest", Boolean, nullable=False),
)


def quiet(tx: ReadTx, person: PersonId) -> OwnQuiet | None:
    """When the person wants not to be called."""
    row = tx.first(select(_quiet).where(_quiet.c.person == person))
    return OwnQuiet(row.begins, row.ends, row.rest) if row is not None else None


def quiet_among(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, OwnQuiet]:
    """The same of many people; who wants no quiet is left out."""
    query = select(_quiet).where(_quiet.c.person.in_(people))
    rows = tx.all(query)
    return {PersonId(row.person): OwnQuiet(row.begins, row.ends, row.rest) for row in rows}


def save_quiet(tx: WriteTx, person: PersonId, wanted: OwnQuiet | None) -> None:
    tx.run(delete(_quiet).where(_quiet.c.person == person))
    if wanted is not None:
        values = {"begins": wanted.start, "ends": wanted.end, "rest": wanted.rest}
        tx.run(insert(_quiet).values(person=person, **values))


def settings(tx: ReadTx, person: PersonId) -> Mapping[GroupId, Settings]:
    """How the person's list shows their groups; those without a row are shown plainly."""
    found = tx.all(select(_setting).where(_setting.c.person == person))
    return {row.grp: Settings(row.pinned, row.muted, row.marked) for row in found}


def save_settings(tx: WriteTx, person: PersonId, group: GroupId, wanted: Settings) -> None:
    place = _setting.c.person == person, _setting.c.grp == group
    tx.run(delete(_setting).where(*place))
    if wanted != PLAIN:
        values = {
            "pinned": wanted.is_pinned,
            "muted": wanted.is_muted,
            "marked": wanted.is_marked,
        }
        tx.run(insert(_setting).values(person=person, grp=group, **values))


def save(tx: WriteTx, person: PersonId, saved: Saved) -> None:
    """Put a message aside; one that is there already stays where it stands in the list."""
    if tx.first(select(_saved.c.at).where(*_key(person, saved.kind, saved.position))) is None:
        values = {"kind": saved.kind, "position": saved.position, "grp": saved.group}
        tx.run(insert(_saved).values(person=person, at=saved.at, **values))


def drop_saved(tx: WriteTx, person: PersonId, kind: SavedKind, position: int) -> None:
    tx.run(delete(_saved).where(*_key(person, kind, position)))


def count_saved(tx: ReadTx, person: PersonId, kind: SavedKind) -> int:
    mine = _saved.c.person == person, _saved.c.kind == kind
    return int(tx.scalar(select(func.count()).select_from(_saved).where(*mine)))


def saved(
    tx: ReadTx, person: PersonId, kind: SavedKind, *, before: int | None, limit: int
) -> Sequence[Saved]:
    """What was put aside before `before` (ms), the latest first."""
    found = select(_saved).where(_saved.c.person == person, _saved.c.kind == kind)
    if before is not None:
        found = found.where(_saved.c.at < before)
    rows = tx.all(found.order_by(_saved.c.at.desc(), _saved.c.position.desc()).limit(limit))
    return [Saved(SavedKind(row.kind), row.grp, row.position, row.at) for row in rows]


def _key(person: PersonId, kind: SavedKind, position: int) -> tuple[Any, ...]:
    c = _saved.c
    return c.person == person, c.kind == kind, c.position == position
