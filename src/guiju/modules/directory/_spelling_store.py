"""How people's names are typed in letters: words by which they are found besides their names."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Index, String, Table, delete, insert, select

from guiju.kernel.db import ReadTx, metadata
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx

# Derived from the names by a table that grows, so no fact and not rebuilt by a replay.
_spelling = Table(
    "directory_spelling",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("word", String(80), primary_key=True),
    Index("directory_spelling_word", "word"),
)


def spelled_like(typed: str) -> Any:
    """A query of the people who have a word that begins so."""
    return select(_spelling.c.person).where(_spelling.c.word.startswith(typed))


def known() -> Any:
    """A query of the people whose names were looked at."""
    return select(_spelling.c.person)


def keep_spellings(tx: WriteTx, person: PersonId, words: Sequence[str]) -> None:
    """Keep these in place of what was kept; without any, a word that nobody types says that there are none."""
    tx.run(delete(_spelling).where(_spelling.c.person == person))
    rows = [{"person": person, "word": word} for word in words or ("",)]
    tx.run(insert(_spelling).values(rows))


def spellings_of(tx: ReadTx, people: Sequence[PersonId]) -> dict[PersonId, list[str]]:
    found: dict[PersonId, list[str]] = {}
    for start in range(0, len(people), 500):
        wanted = _spelling.c.person.in_(people[start : start + 500])
        query = select(_spelling).where(wanted, _spelling.c.word != "")
        for row in tx.all(query.order_by(_spelling.c.word)):
            found.setdefault(PersonId(row.person), []).append(row.word)
    return found
