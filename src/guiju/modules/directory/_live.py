"""Everybody hears of a new name: it stands beside messages and acts on every open screen."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.directory import service
from guiju.modules.directory.types import PersonChanged


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """Names are for everyone who reads the directory. Who in HR corrected one, and what else changed, is not."""
    if not isinstance(entry.fact, PersonChanged) or entry.fact.name is None:
        return ()
    person = PersonId(entry.fact.person)
    # The name that holds now: a client that was away must not stop at one of those in between.
    named = {"id": person, "name": service.person_name(view.tx, person)}
    item = {
        "position": entry.position,
        "at": entry.at,
        "kind": entry.kind,
        "group": None,
        "number": None,
        "actor": None,
        "person": named,
    }
    return (Delivery(item, everyone=True),)
