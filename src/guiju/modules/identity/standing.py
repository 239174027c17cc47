"""Which of many people may act, asked at once."""

from collections.abc import Sequence

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.identity import _store


def certified_among(tx: ReadTx, people: Sequence[PersonId]) -> frozenset[PersonId]:
    """Those of these people whose account is certified."""
    return _store.certified_among(tx, people)
