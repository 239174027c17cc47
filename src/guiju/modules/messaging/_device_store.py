"""How people want to be notified, and where to push to. Local tables: no fact tells of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)

from guiju.kernel.db import ReadTx, metadata
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.device_types import Subscription, Told

_choice = Table(
    "messaging_notification",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("told", String(8), nullable=False),
)
_push = Table(
    "messaging_push",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("session", String(64), nullable=False),
    Column("person", String(40), nullable=False),
    Column("endpoint", String(1000), nullable=False),
    Column("p256dh", LargeBinary, nullable=False),
    Column("auth", LargeBinary, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Index("messaging_push_person", "person"),
)
_cursor = Table(
    "messaging_push_cursor",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)


def told_to(tx: ReadTx, person: PersonId) -> Told | None:
    """What a person said; None if nothing."""
    found = tx.first(select(_choice.c.told).where(_choice.c.person == person))
    return None if found is None else Told(found.told)


def told_among(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, Told]:
    """What these people said; who said nothing is left out."""
    query = select(_choice).where(_choice.c.person.in_(people))
    return {PersonId(row.person): Told(row.told) for row in tx.all(query)}


def save_told(tx: WriteTx, person: PersonId, told: Told) -> None:
    tx.run(delete(_choice).where(_choice.c.person == person))
    tx.run(insert(_choice).values(person=person, told=told.value))


def subscriptions(tx: ReadTx) -> Sequence[Subscription]:
    """All of them."""
    return [_to_subscription(row) for row in tx.all(select(_push))]


def subscriptions_of(tx: ReadTx, person: PersonId) -> Sequence[Subscription]:
    return [_to_subscription(row) for row in tx.all(select(_push).where(_push.c.person == person))]


def save_subscription(tx: WriteTx, one: Subscription, now: int) -> None:
    drop(tx, [one.id])
    keys = {"p256dh": one.p256dh, "auth": one.auth, "lang": one.lang, "added_at": now}
    owner = {"session": one.session, "person": one.person, "endpoint": one.endpoint}
    tx.run(insert(_push).values(id=one.id, **owner, **keys))


def drop_own(tx: WriteTx, person: PersonId, subscription: str) -> None:
    tx.run(delete(_push).where(_push.c.person == person, _push.c.id == subscription))


def drop(tx: WriteTx, ids: Sequence[str]) -> None:
    tx.run(delete(_push).where(_push.c.id.in_(ids)))


def _to_subscription(row: Any) -> Subscription:
    keys = bytes(row.p256dh), bytes(row.auth)
    return Subscription(row.id, row.session, PersonId(row.person), row.endpoint, *keys, row.lang)


def cursor(tx: ReadTx) -> int | None:
    """Up to where pushes were handed over; None when there never were any."""
    found = tx.first(select(_cursor.c.position))
    return None if found is None else int(found.position)


def move_cursor(tx: WriteTx, position: int) -> None:
    tx.run(delete(_cursor))
    tx.run(insert(_cursor).values(id=1, position=position))
