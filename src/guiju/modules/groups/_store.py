"""Tables of groups, applications and members. `apply` is their only writer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    func,
    insert,
    select,
    update,
)  # fmt: skip

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.shapes import decode, learn
from guiju.modules.groups import _direct_store
from guiju.modules.groups.direct_types import (
    BarrierLifted,
    BarrierSet,
    BarrierTurned,
    DirectOpened,
)
from guiju.modules.groups.hours_types import HoursSet, OfficeHours
from guiju.modules.groups.order_types import PublishersSet, TopicsSet
from guiju.modules.groups.types import (
    AdministratorsSet,
    ApplicationClosed,
    ApplicationInput,
    ApplicationState,
    EndReminded,
    Group,
    GroupApplied,
    GroupClosed,
    GroupKind,
    GroupRegistered,
    GroupState,
    Member,
    MemberChanged,
    OwnerSet,
    RulesPublished,
)  # fmt: skip
from guiju.modules.policy.types import INSIDE, PRESENT, GroupRole, MemberState

group_table = governed(
    Table(
        "groups_group",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("name", String(200), nullable=False),
        Column("filing_number", String(100), nullable=False, unique=True),
        Column("year", Integer, nullable=False),
        Column("serial", Integer, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("tool", String(100)),
        Column("group_class", String(64), nullable=False),
        Column("level", String(64), nullable=False),
        Column("unit", String(40), nullable=False),
        Column("purpose", Text, nullable=False),
        Column("scope", Text, nullable=False),
        Column("state", String(16), nullable=False),
        Column("owner", String(40), nullable=False),
        Column("end_date", String(10)),
        Column("registered_at", BigInteger, nullable=False),
        Column("rules_version", Integer, nullable=False),
        Column("rules_position", BigInteger),
        Column("publishers", Text),
        Column("topics", Text),
        Column("hours", Text),
        Index("groups_group_serial", "year", "serial", unique=True),
    )
)

_TEXTS, _HOURS = learn(tuple[str, ...]), learn(tuple[OfficeHours, ...])
_member = governed(
    Table(
        "groups_member",
        metadata,
        Column("grp", String(40), primary_key=True),
        Column("person", String(40), primary_key=True),
        Column("role", String(16), nullable=False),
        Column("state", String(20), nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("visible_from", BigInteger, nullable=False),
        Column("signed_version", Integer, nullable=False),
        Column("position", BigInteger, nullable=False),
        Index("groups_member_person", "person", "state"),
    )
)
member_table = _member

application_table = governed(
    Table(
        "groups_application",
        metadata,
        Column("id", String(40), primary_key=True),
        Column("applicant", String(40), nullable=False),
        Column("unit", String(40), nullable=False),
        Column("applied_at", BigInteger, nullable=False),
        Column("state", String(16), nullable=False),
        Column("request", String(40), nullable=False),
        Column("grp", String(40)),
        Column("stated", Text, nullable=False),
        Index("groups_application_applicant", "applicant"),
    )
)


# ---- writing ----------------------------------------------------------------------------------------------------


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        match entry.fact:
            case GroupApplied():
                _insert_application(tx, entry, entry.fact)
            case ApplicationClosed(application=application, state=state):
                tx.run(
                    update(application_table)
                    .where(application_table.c.id == application)
                    .values(state=state)
                )
            case GroupRegistered():
                _insert_group(tx, entry, entry.fact)
            case MemberChanged():
                _save_member(tx, entry, entry.fact)
            case RulesPublished(group=group, version=version):
                _change(tx, group, rules_version=version, rules_position=entry.position)
                if entry.fact.must_sign:
                    _ask_all_to_sign(tx, entry, entry.fact)
            case AdministratorsSet():
                _set_administrators(tx, entry.fact)
            case OwnerSet():
                _set_owner(tx, entry.fact)
            case PublishersSet(group=group, publishers=people):
                _change(tx, group, publishers=_listed(people))
            case TopicsSet(group=group, topics=topics):
                _change(tx, group, topics=_listed(topics))
            case HoursSet(group=group):
                _change(tx, group, hours=_timed(entry.fact))
            case GroupClosed(group=group):
                _change(tx, group, state=GroupState.CLOSED)
            case EndReminded() | BarrierTurned():
                pass
            case DirectOpened():
                _direct_store.insert_direct(tx, entry, entry.fact)
                _add_two(tx, entry, entry.fact)
            case BarrierSet():
                _direct_store.insert_barrier(tx, entry, entry.fact)
            case BarrierLifted():
                _direct_store.lift_barrier(tx, entry, entry.fact)
            case other:
                raise AssertionError(f"groups does not know {other!r}")
        if entry.group is not None:
            tx.forget("group", entry.group)


def _insert_application(tx: WriteTx, entry: Recorded, fact: GroupApplied) -> None:
    stated = ApplicationInput(
        fact.name, fact.purpose, fact.scope, fact.group_class, fact.level, fact.group_kind, fact.tool, fact.owner,
        fact.administrators, fact.members, fact.end_date, fact.rules,
    )  # fmt: skip
    tx.run(
        insert(application_table).values(
            id=fact.application,
            applicant=entry.actor,
            unit=fact.unit,
            applied_at=entry.at,
            state=ApplicationState.WAITING,
            request=fact.request,
            stated=msgspec.json.encode(stated).decode(),
        )
    )


def _insert_group(tx: WriteTx, entry: Recorded, fact: GroupRegistered) -> None:
    tx.run(
        insert(group_table).values(
            id=fact.group, name=fact.name, filing_number=fact.filing_number, year=fact.year, serial=fact.serial,
            kind=fact.group_kind, tool=fact.tool, group_class=fact.group_class, level=fact.level, unit=fact.unit,
            purpose=fact.purpose, scope=fact.scope, state=GroupState.ACTIVE, owner=fact.owner, end_date=fact.end_date,
            registered_at=entry.at, rules_version=1 if fact.rules else 0,
            rules_position=entry.position if fact.rules else None,
        )
    )  # fmt: skip
    places = dict.fromkeys(fact.members, GroupRole.MEMBER)
    places |= dict.fromkeys(fact.administrators, GroupRole.ADMINISTRATOR)
    places[fact.owner] = GroupRole.OWNER
    for person, role in places.items():
        # The owner wrote the rules, so the owner has signed them.
        signs = fact.must_sign and role is not GroupRole.OWNER
        tx.run(
            insert(_member).values(
                grp=fact.group, person=person, role=role, since=entry.at, position=entry.position,
                state=MemberState.MUST_SIGN if signs else MemberState.ACTIVE,
                visible_from=0 if fact.history == "all" else entry.position, signed_version=0 if signs else 1 if fact.rules else 0,
            )
        )  # fmt: skip
        tx.forget("person", person)
    tx.run(
        update(application_table)
        .where(application_table.c.id == fact.application)
        .values(state=ApplicationState.APPROVED, grp=fact.group)
    )


def _add_two(tx: WriteTx, entry: Recorded, fact: DirectOpened) -> None:
    for person in fact.people:
        tx.run(
            insert(_member).values(
                grp=fact.group, person=person, role=GroupRole.MEMBER, since=entry.at, position=entry.position,
                state=MemberState.ACTIVE, visible_from=entry.position, signed_version=0,
            )
        )  # fmt: skip
        tx.forget("person", person)


def _save_member(tx: WriteTx, entry: Recorded, fact: MemberChanged) -> None:
    here = and_(_member.c.grp == fact.group, _member.c.person == fact.person)
    values: dict[str, Any] = {
        "role": fact.role,
        "state": fact.state,
        "since": entry.at,
        "position": entry.position,
    }
    if fact.history is not None:
        values["visible_from"] = 0 if fact.history == "all" else entry.position
    if fact.signed_version is not None:
        values["signed_version"] = fact.signed_version
    if tx.run(update(_member).where(here).values(**values)) == 0:
        tx.run(
            insert(_member).values(
                {
                    "grp": fact.group,
                    "person": fact.person,
                    "visible_from": entry.position,
                    "signed_version": 0,
                    **values,
                }
            )
        )
    if fact.state in (MemberState.LEFT, MemberState.REMOVED):
        _drop_publisher(tx, fact.group, fact.person)
    tx.forget("person", fact.person)


def _drop_publisher(tx: WriteTx, group: GroupId, person: PersonId) -> None:
    """Whoever goes publishes no more, also when they come back."""
    found = find_group(tx, group)
    if found is not None and person in found.publishers:
        _change(tx, group, publishers=_listed([one for one in found.publishers if one != person]))


def _listed(texts: Sequence[str]) -> str | None:
    return msgspec.json.encode(texts).decode() if texts else None


def _timed(fact: HoursSet) -> str | None:
    hours = [OfficeHours(*time, text) for time, text in zip(fact.times, fact.words, strict=True)]
    return msgspec.json.encode(hours).decode() if hours else None


def _ask_all_to_sign(tx: WriteTx, entry: Recorded, fact: RulesPublished) -> None:
    asked = and_(
        _member.c.grp == fact.group,
        _member.c.state == MemberState.ACTIVE,
        _member.c.role != GroupRole.OWNER,
    )
    tx.forget("person")
    tx.run(
        update(_member)
        .where(asked)
        .values(state=MemberState.MUST_SIGN, since=entry.at, position=entry.position)
    )


def _set_administrators(tx: WriteTx, fact: AdministratorsSet) -> None:
    mine = _member.c.grp == fact.group
    tx.run(
        update(_member)
        .where(mine, _member.c.role == GroupRole.ADMINISTRATOR)
        .values(role=GroupRole.MEMBER)
    )
    tx.run(
        update(_member)
        .where(mine, _member.c.person.in_(fact.administrators))
        .values(role=GroupRole.ADMINISTRATOR)
    )
    tx.forget("person")


def _set_owner(tx: WriteTx, fact: OwnerSet) -> None:
    mine = _member.c.grp == fact.group
    tx.run(
        update(_member).where(mine, _member.c.role == GroupRole.OWNER).values(role=GroupRole.MEMBER)
    )
    tx.run(update(_member).where(mine, _member.c.person == fact.owner).values(role=GroupRole.OWNER))
    _change(tx, fact.group, owner=fact.owner)
    tx.forget("person")


def _change(tx: WriteTx, group: GroupId, **values: object) -> None:
    tx.run(update(group_table).where(group_table.c.id == group).values(**values))


# ---- reading ----------------------------------------------------------------------------------------------------


def find_group(tx: ReadTx, group: GroupId) -> Group | None:
    row = tx.first(select(group_table).where(group_table.c.id == group))
    return to_group(row) if row is not None else None


def to_group(row: Any) -> Group:
    return Group(
        row.id, row.name, row.filing_number, GroupKind(row.kind), row.tool, row.group_class, row.level, row.unit,
        row.purpose, row.scope, GroupState(row.state), row.owner, row.end_date, row.registered_at, row.rules_version,
        row.rules_position, _read(row.publishers), _read(row.topics),
        decode(row.hours, _HOURS) if row.hours is not None else (),
    )  # fmt: skip


def _read(listed: str | None) -> tuple[Any, ...]:
    return decode(listed, _TEXTS) if listed is not None else ()


def to_member(row: Any) -> Member:
    return Member(
        row.grp, row.person, GroupRole(row.role), MemberState(row.state), row.since, row.visible_from,
        row.signed_version, row.position,
    )  # fmt: skip


def find_member(tx: ReadTx, group: GroupId, person: PersonId) -> Member | None:
    row = tx.first(select(_member).where(_member.c.grp == group, _member.c.person == person))
    return to_member(row) if row is not None else None


def members(tx: ReadTx, group: GroupId) -> list[Member]:
    # By where each begins to see, which no wish to leave moves.
    order = _member.c.visible_from, _member.c.person
    return [
        to_member(row)
        for row in tx.all(select(_member).where(_member.c.grp == group).order_by(*order))
    ]


def came_after(tx: ReadTx, group: GroupId, position: int) -> frozenset[PersonId]:
    c = _member.c
    return frozenset(tx.scalars(select(c.person).where(c.grp == group, c.visible_from > position)))


def places_of(tx: ReadTx, person: PersonId) -> Mapping[GroupId, Member]:
    rows = tx.all(select(_member).where(_member.c.person == person))
    return {row.grp: to_member(row) for row in rows}


def count_present(tx: ReadTx, groups: Iterable[GroupId]) -> Mapping[GroupId, int]:
    """How many members each group has now."""
    rows = tx.all(
        select(_member.c.grp, func.count().label("present"))
        .where(_member.c.grp.in_(list(groups)), _member.c.state.in_(PRESENT))
        .group_by(_member.c.grp)
    )
    return {row.grp: row.present for row in rows}


def groups(tx: ReadTx, ids: Iterable[GroupId]) -> Mapping[GroupId, Group]:
    rows = tx.all(select(group_table).where(group_table.c.id.in_(list(ids))))
    return {row.id: to_group(row) for row in rows}


def count_signed(tx: ReadTx, group: GroupId, version: int) -> int:
    return int(
        tx.scalar(
            select(func.count())
            .select_from(_member)
            .where(
                _member.c.grp == group,
                _member.c.state.in_(INSIDE),
                _member.c.signed_version == version,
            )
        )
    )
