"""The tables of bots and webhooks. `apply` is the only writer of the governed ones; keys stand in a local one, hashed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import BotId, GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.bots import _webhook_store
from guiju.modules.bots.types import (
    Bot,
    BotAsked,
    BotCreated,
    BotEnded,
    BotState,
    EndReason,
    KeyIssued,
)

_bot = governed(
    Table(
        "bots_bot",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("grp", String(40), nullable=False),
        Column("name", String(60), nullable=False),
        Column("responsible", String(40), nullable=False),
        Column("state", String(16), nullable=False),
        Column("request", String(40)),
        Column("asked", BigInteger, nullable=False),
        Column("asked_at", BigInteger, nullable=False),
        Column("keys", Integer, nullable=False),
        Column("ended", String(32)),
        Column("ended_at", BigInteger),
        Index("bots_bot_group", "grp", "asked"),
        Index("bots_bot_state", "state", "asked"),
        Index("bots_bot_responsible", "responsible"),
    )
)
_key = Table(
    "bots_key",
    metadata,
    Column("bot", String(40), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case BotAsked() as fact:
                values = {
                    "id": fact.bot, "grp": fact.group, "name": fact.name, "responsible": fact.responsible,
                    "state": BotState.WAITING, "request": fact.request, "asked": entry.position,
                    "asked_at": entry.at, "keys": 0,
                }  # fmt: skip
                tx.run(insert(_bot).values(**values))
            case BotCreated(bot=bot):
                _change(tx, bot, state=BotState.ACTIVE)
            case KeyIssued(bot=bot, number=number):
                _change(tx, bot, keys=number)
            case BotEnded(bot=bot, why=why):
                _change(tx, bot, state=BotState.ENDED, ended=why, ended_at=entry.at)
            case _:
                _webhook_store.apply(tx, entry)


def _change(tx: WriteTx, bot: BotId, **values: Any) -> None:
    tx.run(update(_bot).where(_bot.c.id == bot).values(**values))


def _to_bot(row: Any) -> Bot:
    return Bot(
        row.id, row.grp, row.name, row.responsible, BotState(row.state), row.request, row.asked, row.asked_at,
        row.keys, EndReason(row.ended) if row.ended is not None else None, row.ended_at,
    )  # fmt: skip


def find(tx: ReadTx, bot: BotId) -> Bot | None:
    row = tx.first(select(_bot).where(_bot.c.id == bot))
    return _to_bot(row) if row is not None else None


def of_group(tx: ReadTx, group: GroupId) -> list[Bot]:
    """The bots of a group that wait or write, in the order in which they were asked for."""
    standing = _bot.c.grp == group, _bot.c.state != BotState.ENDED
    return [_to_bot(row) for row in tx.all(select(_bot).where(*standing).order_by(_bot.c.asked))]


def answered_for(tx: ReadTx, person: PersonId) -> list[BotId]:
    """All bots, also those that have ended, for which a person answers."""
    return tx.scalars(select(_bot.c.id).where(_bot.c.responsible == person))


def writing_for(tx: ReadTx, person: PersonId) -> list[Bot]:
    """The bots that write and for which a person answers."""
    theirs = _bot.c.responsible == person, _bot.c.state == BotState.ACTIVE
    return [_to_bot(row) for row in tx.all(select(_bot).where(*theirs).order_by(_bot.c.asked))]


def standing(tx: ReadTx) -> list[Bot]:
    """All bots that write."""
    active = select(_bot).where(_bot.c.state == BotState.ACTIVE)
    return [_to_bot(row) for row in tx.all(active.order_by(_bot.c.asked))]


def listed(tx: ReadTx, *, after: int, limit: int) -> tuple[list[Bot], int]:
    """(a page of the register, how many there are in all), the newest first."""
    page = select(_bot).order_by(_bot.c.asked.desc()).offset(after).limit(limit)
    total = int(tx.scalar(select(func.count()).select_from(_bot)))
    return [_to_bot(row) for row in tx.all(page)], total


def find_by_key(tx: ReadTx, digest: str) -> Bot | None:
    row = tx.first(select(_bot).join(_key, _key.c.bot == _bot.c.id).where(_key.c.digest == digest))
    return _to_bot(row) if row is not None else None


def set_key(tx: WriteTx, bot: BotId, digest: str) -> None:
    """The one key of the bot from now on."""
    drop_key(tx, bot)
    tx.run(insert(_key).values(bot=bot, digest=digest))


def drop_key(tx: WriteTx, bot: BotId) -> None:
    tx.run(delete(_key).where(_key.c.bot == bot))
