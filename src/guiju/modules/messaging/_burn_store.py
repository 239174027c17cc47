"""Messages that burn, and who has opened them. No text stands here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, Column, Integer, String, Table, insert, select, update

from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging.burn_types import Burning, BurnOpened, BurnReader, BurntError
from guiju.modules.messaging.types import MessageReleased, MessageSent

_burn = governed(
    Table(
        "messaging_burn",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("sender", String(40), nullable=False),
        Column("seconds", Integer, nullable=False),
        Column("until", BigInteger, nullable=False),
    )
)
_reader = governed(
    Table(
        "messaging_burn_reader",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("person", String(40), primary_key=True),
        Column("at", BigInteger),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Keep what facts say of messages that burn."""
    for entry in entries:
        match entry.fact:
            case MessageSent(burn=None) | MessageReleased(burn=None):
                pass
            case MessageSent() | MessageReleased():
                _begin(tx, entry)
            case BurnOpened(refs=refs):
                r = _reader.c
                mine = r.position == refs[0], r.person == entry.actor, r.at.is_(None)
                # The WHERE settles two openings by the same person at once.
                if tx.run(update(_reader).where(*mine).values(at=entry.at)) == 0:
                    raise BurntError("You have opened this message before.", position=refs[0])


def _begin(tx: WriteTx, entry: Recorded) -> None:
    fact = entry.fact
    sender = fact.sender if isinstance(fact, MessageReleased) else entry.actor
    until = entry.at + fact.burn.days * DAY
    values = {"sender": sender, "seconds": fact.burn.seconds, "until": until}
    tx.run(insert(_burn).values(position=entry.position, **values))
    for person in fact.audience:
        tx.run(insert(_reader).values(position=entry.position, person=person))


def burns(tx: ReadTx, position: int) -> bool:
    """Whether the message that appears at `position` burns."""
    return tx.first(select(_burn.c.position).where(_burn.c.position == position)) is not None


def find(tx: ReadTx, position: int) -> Burning | None:
    """The message that burns and appears at `position`."""
    return load(tx, [position]).get(position)


def load(tx: ReadTx, positions: Sequence[int]) -> Mapping[int, Burning]:
    """Those of the messages that burn, each with its readers in the order of their ids."""
    readers: dict[int, list[BurnReader]] = defaultdict(list)
    among = select(_reader).where(_reader.c.position.in_(positions))
    for row in tx.all(among.order_by(_reader.c.position, _reader.c.person)):
        readers[row.position].append(BurnReader(PersonId(row.person), row.at))
    found = tx.all(select(_burn).where(_burn.c.position.in_(positions)))
    return {
        row.position: Burning(
            row.position, PersonId(row.sender), row.seconds, row.until, tuple(readers[row.position])
        )
        for row in found
    }
