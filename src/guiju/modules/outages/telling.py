"""What one is told of one's own reports of outages."""

from typing import Any

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.outages import _shape, service


def answers(tx: ReadTx, person: PersonId) -> list[dict[str, Any]]:
    """The reports of a person that were settled in the last days, with the answers, the first answer first."""
    return _shape.reports(tx, service.answered_lately(tx, person))
