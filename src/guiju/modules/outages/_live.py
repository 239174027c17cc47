"""That reports of outages have moved: to those who keep the service, and to those who made them."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.outages import service
from guiju.modules.outages.types import KEEPERS, OutageHandled


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Nothing of a report goes along: those concerned ask for it."""
    item = {
        "position": entry.position, "at": entry.at, "kind": "outages.changed", "group": None, "number": None,
        "actor": None,
    }  # fmt: skip
    if isinstance(entry.fact, OutageHandled):
        people = frozenset(one.person for one in service.find(view.tx, entry.fact.refs))
    else:
        people = frozenset({PersonId(str(entry.actor))})
    return (Delivery(item, people=people, roles=KEEPERS),)
