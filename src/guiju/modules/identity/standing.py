"""Which of many people may act or have left, asked at once."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.identity import _store


def certified_among(tx: ReadTx, people: Sequence[PersonId]) -> frozenset[PersonId]:
    """Those of these people whose account is certified."""
    return _store.certified_among(tx, people)


def is_closed(person: ColumnElement[str]) -> ColumnElement[bool]:
    """For queries of other modules: whether the account of `person`, a column of theirs, is closed."""
    return _store.is_closed(person)
