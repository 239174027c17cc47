"""Dictionaries, registered documents and exemptions of the organisation's own. `apply` is the only writer of their tables."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import WriteTx
from guiju.modules.inspection.governed import (
    DictionaryAdded,
    DictionaryState,
    DictionarySwitched,
    DictionaryTried,
    DocumentEnded,
    DocumentRegistered,
    Exemption,
    ExemptionEnded,
    ExemptionGranted,
    OwnDictionary,
    OwnDocument,
)

_dictionary = governed(
    Table(
        "inspection_dictionary",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("title", Text, nullable=False),
        Column("category", String(40), nullable=False),
        Column("count", Integer, nullable=False),
        Column("state", String(16), nullable=False),
        Column("disposition", String(16), nullable=False),
        Column("classes", Text, nullable=False),
        Column("use", String(120), nullable=False),
        Column("added_at", BigInteger, nullable=False),
        Column("added_by", String(64), nullable=False),
        Column("tried_messages", Integer),
        Column("tried_hits", Integer),
    )
)
_document = governed(
    Table(
        "inspection_document",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("title", Text, nullable=False),
        Column("level", String(40), nullable=False),
        Column("count", Integer, nullable=False),
        Column("disposition", String(16), nullable=False),
        Column("classes", Text, nullable=False),
        Column("use", String(120), nullable=False),
        Column("unread", Text, nullable=False),
        Column("registered_at", BigInteger, nullable=False),
        Column("registered_by", String(64), nullable=False),
        Column("ended_at", BigInteger),
        Column("ended", BigInteger),
    )
)
_exemption = governed(
    Table(
        "inspection_exemption",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("person", String(40)),
        Column("grp", String(40)),
        Column("rule", String(64), nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
        Column("ended", BigInteger),
        Column("granted_at", BigInteger, nullable=False),
        Column("granted_by", String(64), nullable=False),
        Index("inspection_exemption_until", "until"),
    )
)


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case DictionaryAdded() as fact:
                tx.run(
                    insert(_dictionary).values(
                        id=fact.dictionary, position=entry.position, title=fact.title,
                        category=fact.category, count=fact.count, state=DictionaryState.OFF,
                        disposition="", classes="[]", use="", added_at=entry.at,
                        added_by=entry.actor,
                    )
                )  # fmt: skip
            case DictionaryTried(dictionary, messages, hits):
                _change(tx, dictionary, tried_messages=messages, tried_hits=hits)
            case DictionarySwitched(dictionary, state, disposition, classes, use):
                shown = json.dumps(list(classes))
                _change(
                    tx, dictionary, state=state, disposition=disposition, classes=shown, use=use
                )
            case DocumentRegistered() as fact:
                tx.run(
                    insert(_document).values(
                        id=fact.document, position=entry.position, title=fact.title,
                        level=fact.level, count=fact.count, disposition=fact.disposition,
                        classes=json.dumps(list(fact.classes)), use=fact.use,
                        unread=json.dumps(list(fact.unread)), registered_at=entry.at,
                        registered_by=entry.actor,
                    )
                )  # fmt: skip
            case DocumentEnded(document):
                stopped = update(_document).where(_document.c.id == document)
                tx.run(stopped.values(ended_at=entry.at, ended=entry.position))
            case ExemptionGranted() as fact:
                tx.run(
                    insert(_exemption).values(
                        id=fact.exemption, position=entry.position, person=fact.of_person,
                        grp=fact.of_group, rule=fact.rule, until=fact.until, granted_at=entry.at,
                        granted_by=entry.actor,
                    )
                )  # fmt: skip
            case ExemptionEnded(exemption):
                ended = update(_exemption).where(_exemption.c.id == exemption)
                tx.run(ended.values(ended_at=entry.at, ended=entry.position))
            case other:
                raise AssertionError(f"inspection does not know {other!r}")
    tx.forget("inspection")


def _change(tx: WriteTx, dictionary: str, **values: Any) -> None:
    tx.run(update(_dictionary).where(_dictionary.c.id == dictionary).values(**values))


def list_dictionaries(tx: ReadTx) -> list[OwnDictionary]:
    """All, the newest first."""
    found = tx.all(select(_dictionary).order_by(_dictionary.c.position.desc()))
    return [_to_dictionary(row) for row in found]


def dictionaries_in(tx: ReadTx, state: DictionaryState) -> tuple[OwnDictionary, ...]:
    """Those in one state, in the order in which they were imported."""
    wanted = select(_dictionary).where(_dictionary.c.state == state)
    return tuple(_to_dictionary(row) for row in tx.all(wanted.order_by(_dictionary.c.position)))


def find_dictionary(tx: ReadTx, dictionary: str) -> OwnDictionary | None:
    row = tx.first(select(_dictionary).where(_dictionary.c.id == dictionary))
    return _to_dictionary(row) if row is not None else None


def _to_dictionary(row: Any) -> OwnDictionary:
    return OwnDictionary(
        row.id, row.position, row.title, row.category, row.count, DictionaryState(row.state),
        row.disposition, tuple(json.loads(row.classes)), row.use, row.added_at, row.added_by,
        row.tried_messages, row.tried_hits,
    )  # fmt: skip


def list_documents(tx: ReadTx) -> list[OwnDocument]:
    """All, the newest first."""
    found = tx.all(select(_document).order_by(_document.c.position.desc()))
    return [_to_document(row) for row in found]


def documents_at(tx: ReadTx, position: int | None = None) -> tuple[OwnDocument, ...]:
    """Those that have not ended, in the order of their registration; as they stood before `position`, if it is given."""
    c = _document.c
    wanted = select(_document).order_by(c.position)
    if position is None:
        wanted = wanted.where(c.ended.is_(None))
    else:
        wanted = wanted.where(c.position < position, c.ended.is_(None) | (c.ended > position))
    return tuple(_to_document(row) for row in tx.all(wanted))


def find_document(tx: ReadTx, document: str) -> OwnDocument | None:
    row = tx.first(select(_document).where(_document.c.id == document))
    return _to_document(row) if row is not None else None


def _to_document(row: Any) -> OwnDocument:
    return OwnDocument(
        row.id, row.position, row.title, row.level, row.count, row.disposition,
        tuple(json.loads(row.classes)), row.use, tuple(json.loads(row.unread)), row.registered_at,
        row.registered_by, row.ended_at,
    )  # fmt: skip


def list_exemptions(tx: ReadTx, limit: int) -> list[Exemption]:
    """All, the newest first."""
    found = tx.all(select(_exemption).order_by(_exemption.c.position.desc()).limit(limit))
    return [_to_exemption(row) for row in found]


def exemptions_after(tx: ReadTx, moment: int, position: int | None = None) -> tuple[Exemption, ...]:
    """Those that had not ended by themselves at `moment`, or by an act; as they stood before `position`, if it is given."""
    c = _exemption.c
    if position is None:
        alive = [c.until > moment, c.ended.is_(None)]
    else:
        alive = [
            c.until > moment,
            c.position < position,
            c.ended.is_(None) | (c.ended > position),
        ]
    found = tx.all(select(_exemption).where(*alive).order_by(c.position))
    return tuple(_to_exemption(row) for row in found)


def find_exemption(tx: ReadTx, exemption: str) -> Exemption | None:
    row = tx.first(select(_exemption).where(_exemption.c.id == exemption))
    return _to_exemption(row) if row is not None else None


def _to_exemption(row: Any) -> Exemption:
    return Exemption(
        row.id, row.position, row.person, row.grp, row.rule, row.until, row.ended_at,
        row.granted_at, row.granted_by,
    )  # fmt: skip
