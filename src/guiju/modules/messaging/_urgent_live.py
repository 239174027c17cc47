"""Who is told of a call: those who are called, and who called them."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.live import Delivery, View
from guiju.modules.messaging import _shape, _urgent_store
from guiju.modules.messaging.urgent_types import UrgeConfirmed, UrgeRepeated


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    """No reason and no names of the others go along: the screens ask for what concerns them."""
    fact = entry.fact
    item = _shape.envelope(view, entry) | {"message": fact.refs[0]}
    if isinstance(fact, UrgeRepeated):
        return (Delivery(item, people=frozenset(fact.people), within=entry.group),)
    found = _urgent_store.find(view.tx, fact.refs[0])
    assert found is not None, "the fact is of a call"
    if isinstance(fact, UrgeConfirmed):
        both = frozenset({found.sender, PersonId(entry.actor or "")})
        return (Delivery(item, people=both, within=entry.group),)
    # Who confirmed last ended it, and who that is concerns its author alone.
    item |= {"actor": None}
    called = {each.person for each in found.called}
    return (Delivery(item, people=frozenset({*called, found.sender}), within=entry.group),)
