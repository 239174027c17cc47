"""The rule book as JSON (docs/protocol.md)."""

from typing import Any

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.live import View
from guiju.modules.policy import service
from guiju.modules.policy.types import AttemptRefused, Clause, ControlKind, Pack, Use, UseEvidence

Json = dict[str, Any]


def rule_book(view: View, actor: Actor) -> Json:
    """Every clause with its state and the evidence of which the actor may know."""
    tx = view.tx
    pack = service.get_pack(tx)
    unseen = service.unseen_kinds(tx, actor)
    evidence = {use.id: service.evidence_of(tx, use, unseen) for use in pack.uses}
    clauses = [_clause(tx, actor, pack, clause, evidence) for clause in pack.clauses]
    adopted_at, adopted_by = service.adoption(tx)
    states = [clause["state"] for clause in clauses]
    return {
        "pack": {
            "id": pack.id,
            "title": pack.title,
            "about": pack.about,
            "version": pack.version,
            "adopted_at": adopted_at,
            "adopted_by": view.mark(adopted_by),
        },
        "coverage": {"clauses": len(states)}
        | {state: states.count(state) for state in ("acting", "inform", "not_yet")},
        "clauses": clauses,
        "position": tx.position,
    }


def _clause(
    tx: ReadTx, actor: Actor, pack: Pack, clause: Clause, evidence: dict[str, UseEvidence]
) -> Json:
    uses = [use for use in pack.uses if use.clause.id == clause.id]
    overseen = bool(service.may(tx, actor, "policy.evidence"))
    return {
        "id": clause.id,
        "chapter": clause.chapter,
        "title": clause.title,
        "text": clause.text,
        "rows": list(clause.rows),
        "uncarried": list(service.uncarried(pack, clause)),
        "state": _state(uses),
        "controls": [
            _control(
                use,
                evidence[use.id],
                shown=service.shows_parameters(tx, actor, use),
                overseen=overseen,
            )
            for use in uses
        ],
    }


def _state(uses: list[Use]) -> str:
    if not uses:
        return "not_yet"
    kinds = {service.control(use.control).kind for use in uses}
    return "inform" if kinds == {ControlKind.INFORM} else "acting"


def _control(use: Use, evidence: UseEvidence, *, shown: bool, overseen: bool) -> Json:
    control = service.control(use.control)
    return {
        "use": use.id,
        "kind": control.kind,
        "title": control.title,
        "about": control.about,
        "instead": use.instead,
        "with": [
            {"name": name, "title": title, "value": msgspec.to_builtins(getattr(use.params, name))}
            for name, title in control.shows.items()
            if shown
        ],
        "left_out": control.left_out(use.params) if overseen else [],
        "evidence": {
            "count": evidence.count,
            "last_at": evidence.last_at,
            "last_position": evidence.last_position,
        },
    }


def clause_page(
    view: View, actor: Actor, clause: Clause, *, before: int | None, limit: int
) -> Json:
    """A clause with its newest evidence. Names of people are shown to all; of groups only to who may see them."""
    tx = view.tx
    pack = service.get_pack(tx)
    uses = [use for use in pack.uses if use.clause.id == clause.id]
    unseen = service.unseen_kinds(tx, actor)
    evidence = {use.id: service.evidence_of(tx, use, unseen) for use in uses}
    found = service.list_evidence(tx, clause, before=before, limit=limit + 1, unseen=unseen)
    overseer = bool(service.may(tx, actor, "policy.evidence"))
    return _clause(tx, actor, pack, clause, evidence) | {
        "evidence": [
            _evidence(view, clause, entry, shown=overseer or entry.actor == actor.name)
            for entry in found[:limit]
        ],
        "total": sum(each.count for each in evidence.values()),
        "more": len(found) > limit,
        "position": tx.position,
    }


def _evidence(view: View, clause: Clause, entry: Recorded, *, shown: bool) -> Json:
    """One act. Who and where is for those who oversee, and for the actor; everybody sees that it happened."""
    mine = [use for use in entry.uses if use.startswith(f"{clause.id}/")]
    seat = getattr(entry.fact, "seat", entry.actor)  # a verdict may be given in the seat of another
    return {
        "position": entry.position,
        "at": entry.at,
        "kind": entry.kind,
        "control": mine[0] if mine else None,
        "actor": view.mark(entry.actor) if shown else None,
        "deputy_of": view.mark(seat) if shown and seat != entry.actor else None,
        "group": {"id": entry.group, "name": view.group_name(entry.group)}
        if shown and entry.group
        else None,
        "outcome": entry.fact.code if isinstance(entry.fact, AttemptRefused) else entry.kind,
    }
