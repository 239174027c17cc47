"""What the pack in force says, and who may do what. The only maker of Permit and Scope."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import ForbiddenError, GuijuError
from guiju.kernel.facts import Recorded, confidential_kinds
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit, Scope
from guiju.modules.policy import _pack, _rules, _store
from guiju.modules.policy.types import (
    Attempt,
    AttemptRefused,
    Clause,
    ClauseNotFoundError,
    Control,
    NoPackError,
    NotAllowedError,
    Operation,
    Pack,
    PackAdopted,
    Relations,
    Use,
    UseEvidence,
    Vocabulary,
)

apply = _store.apply
_controls: dict[str, Control] = {}
_operations: dict[str, Operation] = {}
_relations: list[Relations] = []
_vocabulary = [Vocabulary(_controls)]


def register(controls: Iterable[Control], operations: Iterable[Operation]) -> None:
    """Add what a module offers; called once for each module by the composition root."""
    _controls.update((control.name, control) for control in controls)
    _operations.update((operation.name, operation) for operation in operations)


def connect(relations: Relations, *, roles: Iterable[str], flows: Iterable[str]) -> None:
    """Hand over what policy must know of people and groups, and the roles and flows that a pack may name."""
    _relations[:] = [relations]
    _vocabulary[:] = [Vocabulary(_controls, frozenset(roles), frozenset(flows))]


def control(name: str) -> Control:
    return _controls[name]


def all_controls() -> Mapping[str, Control]:
    return _controls


def uncarried(pack: Pack, clause: Clause) -> tuple[str, ...]:
    """The requirements that a clause names and none of its controls carries out."""
    uses = [use for use in pack.uses if use.clause.id == clause.id]
    carried = {row for use in uses for row in control(use.control).carries(use.params)}
    return tuple(row for row in clause.rows if row not in carried)


def operations() -> Mapping[str, Operation]:
    return _operations


# ---- authority --------------------------------------------------------------------------------------------------


def require(tx: ReadTx, actor: Actor, operation: str, group: GroupId | None = None) -> Permit:
    """Leave for `actor` to perform `operation`, in `group` where it concerns one.

    Raises NotAllowedError. What the actor may not even know of MUST have been refused as not found before.
    """
    if not may(tx, actor, operation, group):
        raise NotAllowedError("You do not have this right.", operation=operation)
    return Permit(actor, operation, version(tx))


def require_certified(tx: ReadTx, person: PersonId) -> None:
    """Raises NotAllowedError unless the person's account may act at all: what a remembered permit cannot know."""
    if not _relations[0].is_certified(tx, person):
        raise NotAllowedError("Your account cannot be used.", operation="identity.own")


def may(tx: ReadTx, actor: Actor, operation: str, group: GroupId | None = None) -> bool:
    """Whether `require` would give a permit."""
    wanted = _operations[operation]
    relations = _relations[0]
    if actor.bot is not None:
        return wanted.bots and group is not None and relations.is_bot_of(tx, actor.bot, group)
    if actor.person is None:
        return wanted.system
    if not relations.is_certified(tx, actor.person):
        return False
    # Most operations ask for a role or for a place in the group, not both: what is not asked for is not looked up.
    place = group is not None and wanted.group_roles
    membership = relations.membership(tx, actor.person, group) if place and group else None
    roles = relations.roles(tx, actor.person) if wanted.roles else frozenset[str]()
    return _rules.is_allowed(wanted, roles, membership)


def scope(tx: ReadTx, actor: Actor, operation: str) -> Scope:
    """What `actor` may list under the reading operation `operation`."""
    if actor.bot is not None:
        return Scope()
    if actor.person is None:
        return Scope(everything=_operations[operation].system)
    relations = _relations[0]
    if not relations.is_certified(tx, actor.person):
        return Scope()
    wanted = _operations[operation]
    if wanted.everyone or relations.roles(tx, actor.person) & wanted.roles:
        return Scope(everything=True)
    mine = relations.groups_of(tx, actor.person)
    groups = {
        group for group, place in mine.items() if _rules.is_allowed(wanted, frozenset(), place)
    }
    return Scope(groups=frozenset(groups), units=relations.headed_units(tx, actor.person))


def roles_of(tx: ReadTx, actor: Actor) -> frozenset[str]:
    """The roles of a certified person; none for everybody else."""
    if actor.person is None or not _relations[0].is_certified(tx, actor.person):
        return frozenset()
    return _relations[0].roles(tx, actor.person)


def capabilities(tx: ReadTx, actor: Actor) -> list[str]:
    """The operations that `actor` may perform without regard to a group: hints for showing controls."""
    return sorted(name for name in _operations if may(tx, actor, name))


# ---- the pack in force ------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def _parsed(bundled: str) -> Pack:
    return _pack.parse(bundled, _vocabulary[0], is_adopted=True)


def find_pack(tx: ReadTx) -> Pack | None:
    """The pack in force, or None before the first adoption."""

    def load() -> Pack | None:
        found = _store.current(tx)
        return _parsed(found[1]) if found is not None else None

    pack: Pack | None = tx.cached(("policy", "pack"), load)
    return pack


def get_pack(tx: ReadTx) -> Pack:
    """The pack in force; raises NoPackError."""
    pack = find_pack(tx)
    if pack is None:
        raise NoPackError("No pack has been adopted yet.")
    return pack


_earlier: dict[str, Pack | None] = {}


def pack_of(tx: ReadTx, version: str | None) -> Pack | None:
    """The pack that was in force as `version`, by which an entry was decided; None when it cannot be read any more."""
    current = find_pack(tx)
    if version is None or current is None or current.version == version:
        return current
    if version not in _earlier:
        bundle = _store.bundle_of(tx, version)
        try:
            _earlier[version] = _parsed(bundle) if bundle is not None else None
        except GuijuError:  # written for controls that have changed since
            _earlier[version] = None
    return _earlier[version]


def version(tx: ReadTx) -> str | None:
    """The version of the pack in force."""
    pack = find_pack(tx)
    return pack.version if pack is not None else None


def uses(tx: ReadTx, control_name: str) -> tuple[Use, ...]:
    """Every use of a control by the pack in force; empty when no clause asks for it."""

    def load() -> tuple[Use, ...]:
        assert control_name in _controls, f"unknown control {control_name}"
        pack = find_pack(tx)
        return tuple(use for use in pack.uses if use.control == control_name) if pack else ()

    found: tuple[Use, ...] = tx.cached(("policy", "uses", control_name), load)
    return found


def use_ids(tx: ReadTx, control_name: str) -> tuple[str, ...]:
    """The ids of the uses of a control, for `Permit.under`."""
    return tuple(use.id for use in uses(tx, control_name))


def first_use(tx: ReadTx, control_name: str) -> Use | None:
    """The first use of a control, or None: for controls whose parameters are needed once."""
    found = uses(tx, control_name)
    return found[0] if found else None


def read_pack(text: str, dictionaries: Mapping[str, str]) -> Pack:
    """The pack of a YAML text, without adopting it. Raises BadPackError with lines and reasons."""
    return _read(_pack.bundle(text, dictionaries))


@functools.lru_cache(maxsize=8)
def _read(bundled: str) -> Pack:
    """Some hundred expressions take a good part of a second: read before it is adopted, a pack is known to the lane."""
    pack = _pack.parse(bundled, _vocabulary[0])
    _parsed(bundled)
    return pack


def dictionary_names(text: str) -> list[str]:
    """The dictionaries that a pack's text names. Raises BadPackError."""
    return _pack.dictionary_names(text)


def adopt(tx: WriteTx, actor: Actor, *, text: str, dictionaries: Mapping[str, str]) -> Pack:
    """Put a pack in force from now on.

    Raises BadPackError or NotAllowedError; on any of them the pack in force stays.
    """
    permit = require(tx, actor, "policy.adopt")
    bundled = _pack.bundle(text, dictionaries)
    pack = _read(bundled)
    if pack.version != permit.policy:
        tx.record(permit, PackAdopted(pack.id, pack.version, bundled))
    return pack


def pack_text(tx: ReadTx, actor: Actor) -> tuple[Pack, str, tuple[str, ...]]:
    """The pack in force, its YAML, and the uses whose parameters are withheld from `actor` in it.

    Raises NoPackError or NotAllowedError.
    """
    require(tx, actor, "policy.read")
    pack, found = get_pack(tx), _store.current(tx)
    assert found is not None, "get_pack raised otherwise"
    text = _pack.text_of(found[1])
    withheld = [use for use in pack.uses if not shows_parameters(tx, actor, use)]
    if withheld:
        text = _pack.without_parameters(text, {use.id for use in withheld})
    return pack, text, tuple(use.id for use in withheld)


def shows_parameters(tx: ReadTx, actor: Actor, use: Use) -> bool:
    """Whether `actor` may read how a use is set. What a rule that only alerts looks for is known to who oversees:
    everybody else would know how to avoid it, and nothing ever tells them that it acts.
    """
    secret = getattr(use.params, "disposition", None) == "alert"
    return not secret or may(tx, actor, "policy.evidence")


def adoption(tx: ReadTx) -> tuple[int, str]:
    """(time, actor) of the adoption in force. Raises NoPackError."""
    get_pack(tx)
    return _store.adoption(tx)


# ---- attempts and evidence --------------------------------------------------------------------------------------


def record_attempt(tx: WriteTx, refusal: ForbiddenError) -> None:
    """Record a refused act that asks for it; the lane calls this after the refusal was undone."""
    attempt = refusal.attempt
    assert isinstance(attempt, Attempt)
    uses_acted = (attempt.use,) if attempt.use is not None else ()
    permit = Permit(attempt.actor, attempt.operation, version(tx), uses_acted)
    tx.record(permit, AttemptRefused(attempt.operation, refusal.code, attempt.group))


def get_clause(tx: ReadTx, clause_id: str) -> Clause:
    """A clause of the pack in force. Raises ClauseNotFoundError or NoPackError."""
    clause = get_pack(tx).clause(clause_id)
    if clause is None:
        raise ClauseNotFoundError("There is no such clause.", clause_id=clause_id)
    return clause


def unseen_kinds(tx: ReadTx, actor: Actor) -> tuple[str, ...]:
    """The kinds of facts of which `actor` must not learn that there are any, not even from a total."""
    return () if may(tx, actor, "policy.evidence") else confidential_kinds()


def evidence_of(tx: ReadTx, use: Use, unseen: tuple[str, ...] = ()) -> UseEvidence:
    """Counted from the leaves that name the use, never from counters; without those of the kinds `unseen`."""
    query = EntryQuery(use=use.id, other_than=unseen, limit=1, newest_first=True)
    last = tx.entries(query)
    count = tx.reader.count(tx, replace(query, limit=1_000_000_000))
    return UseEvidence(
        use.id, count, last[0].at if last else None, last[0].position if last else None
    )


def list_evidence(
    tx: ReadTx, clause: Clause, *, before: int | None, limit: int, unseen: tuple[str, ...] = ()
) -> list[Recorded]:
    """The newest entries whose leaves name a use of this clause, without those of the kinds `unseen`."""
    found: dict[int, Recorded] = {}
    for use in get_pack(tx).uses:
        if use.clause.id == clause.id:
            query = EntryQuery(
                use=use.id, other_than=unseen, before=before, limit=limit, newest_first=True
            )
            found.update((entry.position, entry) for entry in tx.entries(query))
    return [found[position] for position in sorted(found, reverse=True)[:limit]]


def permit_for_approval(tx: ReadTx, actor: Actor, operation: str, *uses_acted: str) -> Permit:
    """Leave for what an approval brings about: the flow was the permission, so no right is asked again."""
    return Permit(actor, operation, version(tx), tuple(dict.fromkeys(uses_acted)))
