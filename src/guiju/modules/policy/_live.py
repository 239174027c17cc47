"""Everybody hears of a new pack: open screens fetch what depends on it."""

from collections.abc import Sequence

from guiju.kernel.facts import Recorded
from guiju.kernel.live import Delivery, View
from guiju.modules.policy.types import PackAdopted


def deliveries(view: View, entry: Recorded) -> Sequence[Delivery]:
    if not isinstance(entry.fact, PackAdopted):
        return ()
    item = {
        "position": entry.position,
        "at": entry.at,
        "kind": entry.kind,
        "group": None,
        "number": None,
        "actor": view.mark(entry.actor),
        "pack": entry.fact.pack,
    }
    return (Delivery(item, everyone=True),)
