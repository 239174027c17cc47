"""Exemptions (豁免): a person, a group, or a person in a group, from one rule, until a date, for a reason on record."""

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.inspection import _store, dictionaries, documents
from guiju.modules.inspection._masking import RISK_RULE
from guiju.modules.inspection.dictionaries import traffic
from guiju.modules.inspection.governed import (
    BadExemptionError,
    Exemption,
    ExemptionEnded,
    ExemptionGranted,
    ExemptionNotFoundError,
)
from guiju.modules.policy import service as policy

LONGEST = 366 * DAY
MOST = 500


def list_exemptions(tx: ReadTx, actor: Actor) -> list[Exemption]:
    """All of them, the newest first. Raises NotAllowedError."""
    policy.require(tx, actor, "inspection.read")
    return _store.list_exemptions(tx, MOST)


def known_rules(tx: ReadTx) -> list[str]:
    """What an exemption can be from: dictionaries of the pack and of the organisation's own, documents, expressions, kinds,
    links, and the risk score.
    """
    own = [each.id for each in dictionaries.in_force(tx)]
    own += [each.id for each in documents.in_force(tx)]
    named: list[str] = []
    for use in policy.get_pack(tx).uses:
        if use.control.startswith("messaging."):
            for name in ("dictionaries", "kinds"):
                named.extend(getattr(use.params, name, ()))
            named.extend(each.id for each in getattr(use.params, "patterns", ()))
            named.extend(["listed"] if getattr(use.params, "domains", ()) else [])
            named.extend([RISK_RULE] if hasattr(use.params, "threshold") else [])
    return list(dict.fromkeys([*own, *named]))


def reason_of(tx: ReadTx, exemption: Exemption) -> str:
    """Why it was granted, opened from the ledger."""
    entry = tx.entry(exemption.position)
    assert entry is not None and isinstance(entry.fact, ExemptionGranted), "the row names the entry"
    return entry.fact.reason


def grant(
    tx: WriteTx,
    actor: Actor,
    *,
    person: PersonId | None,
    group: GroupId | None,
    rule: str,
    until: int,
    reason: str,
) -> Exemption:
    """Exempt somebody from a rule. Nobody exempts themselves, nor a group that they have a place in.

    Raises NotAllowedError or BadExemptionError.
    """
    permit = policy.require(tx, actor, "inspection.govern")
    if person is None and group is None:
        raise BadExemptionError("Say a person, a group or both.", field="person_id")
    if person is not None and (person == actor.person or not traffic().has_person(tx, person)):
        raise BadExemptionError("Somebody else who exists.", field="person_id")
    if group is not None and not traffic().has_group(tx, group):
        raise BadExemptionError("There is no such group.", field="group")
    if group is not None and person is None and traffic().has_place(tx, actor.person_id, group):
        raise BadExemptionError("A group that you have no place in.", field="group")
    if rule not in known_rules(tx):
        raise BadExemptionError("There is no such rule in force.", field="rule")
    if not tx.now < until <= tx.now + LONGEST:
        raise BadExemptionError("It ends within a year.", field="until")
    made = new_id("exm", tx.now)
    tx.record(permit, ExemptionGranted(made, person, group, rule, until, reason))
    return _get(tx, made)


def end(tx: WriteTx, actor: Actor, exemption: str) -> Exemption:
    """End an exemption now. Raises ExemptionNotFoundError, also when it has ended, or for those who may not."""
    found = _store.find_exemption(tx, exemption)
    may = policy.may(tx, actor, "inspection.govern")
    if not may or found is None or found.ended_at is not None or found.until <= tx.now:
        raise ExemptionNotFoundError("There is no such exemption.", exemption=exemption)
    permit = policy.require(tx, actor, "inspection.govern")
    tx.record(permit, ExemptionEnded(exemption, (found.position,)))
    return _get(tx, exemption)


def rules_exempt(
    tx: ReadTx, person: PersonId, group: GroupId, entry: Recorded | None = None
) -> frozenset[str]:
    """The rules from which a person in a group is exempt now, or was when `entry` was recorded.

    The lane remembers what is in force now.
    """
    known: tuple[Exemption, ...]
    if entry is None:
        at = tx.now
        known = tx.cached(("inspection", "exemptions"), lambda: _store.exemptions_after(tx, at))
    else:
        at = entry.at
        known = _store.exemptions_after(tx, at, entry.position)
    return frozenset(
        each.rule
        for each in known
        if at < each.until
        and each.person in (None, person)
        and each.group in (None, group)
        # Who exempts a group may come into it later.
        and each.granted_by != person
    )


def _get(tx: ReadTx, exemption: str) -> Exemption:
    found = _store.find_exemption(tx, exemption)
    assert found is not None, "apply has just stored it"
    return found
