"""Who cannot answer, as JSON."""

from collections.abc import Sequence
from typing import Any

from guiju.kernel.ids import PersonId
from guiju.kernel.live import View
from guiju.modules.followup import absences
from guiju.modules.followup.absence_types import Absence


def several(view: View, found: Sequence[Absence]) -> list[dict[str, Any]]:
    reasons = absences.reasons(view.tx, found)
    return [_one(view, one.person, one, reasons.get(one.person, "")) for one in found]


def now_of(view: View, person: PersonId) -> dict[str, Any]:
    """What a person says now; `absence` is null for who can answer."""
    found = absences.find(view.tx, person)
    reason = absences.reasons(view.tx, [found]).get(person, "") if found is not None else ""
    return _one(view, person, found, reason)


def _one(view: View, person: PersonId, found: Absence | None, reason: str) -> dict[str, Any]:
    absence = {"until": found.until, "reason": reason} if found is not None else None
    return {"person": view.mark(person), "absence": absence}
