"""What people are entrusted with: roles, and the three administrator lines."""

from collections.abc import Collection

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import _rules, _store
from guiju.modules.directory.types import (
    ADMINISTRATOR_LINES,
    LastHolderError,
    PersonNotFoundError,
    RoleGranted,
    RoleRevoked,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Attempt


def roles(tx: ReadTx, person: PersonId) -> frozenset[str]:
    """The roles that were granted to a person; `head` is not among them, since it follows from the units."""
    return _store.roles(tx, person)


def grant_role(tx: WriteTx, actor: Actor, person_id: PersonId, role: str) -> None:
    """Entrust a person with a role; granting it twice changes nothing.

    Raises NotAllowedError, PersonNotFoundError, UnknownRoleError, OwnRoleError or LinesExcludeError.
    """
    permit = policy.require(tx, actor, "directory.roles")
    _check_known(tx, person_id)
    granted = _rules.check_role(role)
    held = _store.roles(tx, person_id)
    _rules.check_grant(granted, held, to_self=actor.person == person_id)
    if granted not in held:
        if granted in ADMINISTRATOR_LINES:  # IT may have issued one that nobody has used yet
            identity.void_code(tx, person_id)
        tx.record(permit, RoleGranted(person_id, granted))


def revoke_role(tx: WriteTx, actor: Actor, person_id: PersonId, role: str) -> None:
    """Take a role back; one that is not held changes nothing.

    Raises NotAllowedError, PersonNotFoundError, UnknownRoleError or LastHolderError.
    """
    permit = policy.require(tx, actor, "directory.roles")
    _check_known(tx, person_id)
    revoked = _rules.check_role(role)
    if revoked not in _store.roles(tx, person_id):
        return
    if revoked in ADMINISTRATOR_LINES:
        check_line_kept(tx, actor, person_id, "directory.roles")
    tx.record(permit, RoleRevoked(person_id, revoked))


def check_line_kept(tx: ReadTx, actor: Actor, person: PersonId, operation: str) -> None:
    """Raises LastHolderError, recorded as an attempt, when nobody else with a certified account holds a person's line."""
    line = administrator_line(tx, person)
    others = [other for other in _store.holders(tx, line) if other != person] if line else []
    if line is not None and not any(identity.is_certified(tx, other) for other in others):
        raise LastHolderError(
            "Nobody else who can act holds this administrator line.",
            attempt=Attempt(actor, operation, None, None, LastHolderError.code),
            role=line,
        )


def administrator_line(tx: ReadTx, person: PersonId) -> str | None:
    """The one of the three lines that a person holds."""
    return _rules.line_of(_store.roles(tx, person))


def set_roles(tx: WriteTx, actor: Actor, person_id: PersonId, wanted: Collection[str]) -> None:
    """Grant and revoke until a person holds exactly the `wanted` roles. Raises as `grant_role` and `revoke_role` do."""
    policy.require(tx, actor, "directory.roles")
    held = _store.roles(tx, person_id)
    for role in sorted(held.difference(wanted)):
        revoke_role(tx, actor, person_id, role)
    for role in sorted(set(wanted) - held):
        grant_role(tx, actor, person_id, role)


def _check_known(tx: ReadTx, person_id: PersonId) -> None:
    if _store.find_person(tx, person_id) is None:
        raise PersonNotFoundError("There is no such person.", person=person_id)
