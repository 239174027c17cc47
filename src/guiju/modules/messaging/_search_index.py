"""One piece of a search index: a small SQLite database in memory. It only proposes messages; their text of now decides.

Han text is indexed by pairs of characters, for most words have two and the trigrams of FTS5 find none of them.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from guiju.modules.inspection.service import fold

_RUNS = re.compile(r"[a-z0-9_]+|[^\W\x00-\x7f]+")
_SCHEMA = """
CREATE TABLE doc (id INTEGER PRIMARY KEY, position INTEGER, sender TEXT, at INTEGER, files INTEGER);
CREATE VIRTUAL TABLE term USING fts5(text, content='', detail=none, tokenize='ascii');
CREATE TABLE state (through INTEGER);
INSERT INTO state VALUES (-1);
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all `words` (folded); times in milliseconds, `until` exclusive."""

    words: tuple[str, ...] = ()
    sender: str | None = None
    since: int | None = None
    until: int | None = None
    with_files: bool = False


def fold_words(text: str) -> tuple[str, ...]:
    """The words of a query, each once; every one of them must be in a text that is found."""
    return tuple(dict.fromkeys(fold(text).split()))


def _terms(text: str) -> list[str]:
    """What a folded text is indexed by: words and numbers whole, other letters by pairs, the last also alone."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(text):
        if run.isascii():
            found[run] = None
        else:
            found.update(dict.fromkeys(run[at : at + 2] for at in range(len(run))))
    return list(found)


def _asked(words: Sequence[str]) -> str:
    """The expression of FTS5. A word may be the beginning of a longer one; what has no letters is left to the text."""
    parts = []
    for word in words:
        runs = _RUNS.findall(word)
        for run in runs:
            if run.isascii() or len(run) == 1:
                parts.append(f'"{run}" *')
            else:
                parts += [f'"{run[at : at + 2]}"' for at in range(len(run) - 1)]
    return " AND ".join(dict.fromkeys(parts))


class Index:
    """Messages of one group in the order of the ledger. Not safe from several threads at once."""

    def __init__(self, data: bytes | None = None) -> None:
        """An empty one, or one from what `dump` gave. Raises ValueError for other bytes."""
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            if data is None:
                self._connection.executescript(_SCHEMA)
            else:
                self._connection.deserialize(data)
            ((self.through,),) = self._connection.execute("SELECT through FROM state")
            ((self.size,),) = self._connection.execute("SELECT count(*) FROM doc")
        except (sqlite3.Error, MemoryError, ValueError) as error:
            self._connection.close()
            raise ValueError("these bytes are no index") from error

    def add(self, position: int, sender: str, at: int, *, has_files: bool, text: str) -> None:
        """Add a text under the position at which its message appears."""
        self._add((position, sender, at, has_files), text)

    def add_edit(self, position: int, text: str) -> None:
        """Add the new text of a message, which may stand in an earlier piece with everything else about it."""
        self._add((position, None, None, None), text)

    def _add(self, row: tuple[object, ...], text: str) -> None:
        cursor = self._connection.execute(
            "INSERT INTO doc (position, sender, at, files) VALUES (?, ?, ?, ?)", row
        )
        terms = " ".join(_terms(fold(text)))
        self._connection.execute(
            "INSERT INTO term (rowid, text) VALUES (?, ?)", (cursor.lastrowid, terms)
        )
        self.size += 1

    def passed(self, position: int) -> None:
        """Everything up to `position` has been added."""
        self.through = position
        self._connection.execute("UPDATE state SET through = ?", (position,))
        self._connection.commit()

    def find(self, wanted: Wanted, *, lowest: int, before: int | None, limit: int) -> list[int]:
        """At most `limit` positions from `lowest` to below `before` that may be what is wanted, the newest first."""
        where, values = ["doc.position >= ?"], [lowest]
        asked = _asked(wanted.words)
        conditions: list[tuple[str, object | None]] = [
            ("doc.position < ?", before),
            ("(doc.sender = ? OR doc.sender IS NULL)", wanted.sender),
            ("(doc.at >= ? OR doc.at IS NULL)", wanted.since),
            ("(doc.at < ? OR doc.at IS NULL)", wanted.until),
            ("(doc.files = ? OR doc.files IS NULL)", 1 if wanted.with_files else None),
            ("term MATCH ?", asked or None),
        ]
        for condition, value in conditions:
            if value is not None:
                where.append(condition)
                values.append(value)  # type: ignore[arg-type]  # SQLite takes both
        source = "term JOIN doc ON doc.id = term.rowid" if asked else "doc"
        sql = f"SELECT DISTINCT doc.position FROM {source} WHERE {' AND '.join(where)} ORDER BY 1 DESC LIMIT ?"
        return [row[0] for row in self._connection.execute(sql, (*values, limit))]

    def dump(self) -> bytes:
        """All of it as bytes."""
        self._connection.commit()
        return self._connection.serialize()

    def close(self) -> None:
        self._connection.close()
