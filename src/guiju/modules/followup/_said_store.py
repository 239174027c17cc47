"""What those who are asked have said that may be their answer: replies, and when they answer later.

Kept while their request is open and they are asked; written by `apply` and `hear` of `_store` alone.
"""

from collections.abc import Collection

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    and_,
    case,
    delete,
    insert,
    select,
    update,
)

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.followup.types import Answer, Said

_said = governed(
    Table(
        "followup_said",
        metadata,
        Column("message", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("answer", String(16), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("recalled", Integer, nullable=False),
        Index("followup_said_position", "position"),
    )
)
_c = _said.c
_IS_REPLY = _c.answer == Answer.REPLIED.value


def keep(
    tx: WriteTx, entry: Recorded, messages: Collection[int], person: str, answer: Answer
) -> None:
    said = {"person": person, "position": entry.position, "answer": answer.value, "at": entry.at}
    for message in sorted(messages):
        tx.run(insert(_said).values(message=message, recalled=0, **said))


def recall(tx: WriteTx, shown: int) -> list[tuple[int, PersonId]]:
    """Of whom, about which messages, the reply that appears at `shown` stands no more."""
    tx.run(update(_said).where(_c.position == shown, _IS_REPLY).values(recalled=1))
    return replied(tx, shown)


def forget(tx: WriteTx, *where: ColumnElement[bool]) -> None:
    """What is not asked any more, or is settled."""
    tx.run(delete(_said).where(*where))


def of(messages: Collection[int], person: str | None = None) -> ColumnElement[bool]:
    """What was said about these messages, by anybody or one person."""
    about = _c.message.in_(messages)
    return about if person is None else and_(about, _c.person == person)


def replied(tx: ReadTx, shown: int) -> list[tuple[int, PersonId]]:
    """(message, who replied to it) of the reply that appears at `shown`, recalled or not."""
    found = select(_c.message, _c.person).where(_c.position == shown, _IS_REPLY)
    return [(row.message, PersonId(row.person)) for row in tx.all(found.order_by(_c.message))]


def standing(tx: ReadTx, message: int, person: PersonId) -> Said | None:
    """Somebody's answer to a message: their first reply that stands, or else what they last said of answering later."""
    mine = _c.message == message, _c.person == person, _c.recalled == 0
    nearest = case((_IS_REPLY, _c.position), else_=-_c.position)
    row = tx.first(select(_said).where(*mine).order_by(_IS_REPLY.desc(), nearest).limit(1))
    return Said(Answer(row.answer), row.at, row.position) if row is not None else None
