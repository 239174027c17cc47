"""Messages that burn, as JSON (docs/protocol.md): never their texts, save to the reader who opens one."""

from collections.abc import Iterable
from typing import Any

from guiju.kernel.clock import DAY
from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.messaging import burning
from guiju.modules.messaging.burn_types import BurnReader, OpenedText
from guiju.modules.messaging.change_types import Changed
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use

Json = dict[str, Any]


def of_message(view: View, entry: Recorded, changed: Changed) -> Json:
    """What takes the place of the text; nothing for a message that does not burn."""
    burn = entry.fact.burn
    if burn is None:
        return {}
    audience = getattr(entry.fact, "audience", ())
    told: Json = {
        "seconds": burn.seconds,
        "until": entry.at + burn.days * DAY if audience else None,
        "audience": [view.mark(person) for person in audience],
        "clause": _clause(view, entry),
        "opened": opened(view, changed.burning.readers if changed.burning is not None else ()),
    }
    return {"text": "", "spans": [], "burn": told}


def _clause(view: View, entry: Recorded) -> Json | None:
    """The clause that lets it burn and keeps the sealed copy, as the pack of that time words it."""
    named = burning.uses_of(entry)
    pack = policy.pack_of(view.tx, entry.policy) if named else None
    uses = pack.uses if pack is not None else ()
    return next((dict(use.mark()) for use in uses if use.id in named), None)


def opened(view: View, readers: Iterable[BurnReader]) -> list[Json]:
    """Who has opened it and when, the first one first."""
    done = sorted(
        (each.at, each.person) for each in readers if each.at is not None
    )  # one order for all
    return [{"person": view.mark(person), "at": at} for at, person in done]


def text(found: OpenedText, now: int) -> Json:
    spans = [{"start": start, "end": end} for start, end in found.spans]
    times = {"opened_at": found.opened_at, "until": found.until, "now": now}
    return {"text": found.text, "spans": spans, **times}


def rules(use: Use | None) -> Json | None:
    """What a composer must know before it offers to burn."""
    if use is None:
        return None
    params = use.params
    return {
        "seconds": list(params.seconds),
        "days": params.days,
        "most_people": params.most_people,
        "clause": use.mark(),
    }
