"""Groups from application to filing number, their signatures, and what else happens to them in the week."""

from datetime import timedelta
from functools import partial

from guiju.demo import _data
from guiju.demo._data import ApplicationRow, EventRow, Verdict
from guiju.demo._stage import MINUTE, Stage
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import RequestId
from guiju.modules.approvals.types import Verdict as ApprovalVerdict
from guiju.modules.groups import applying, governing, ordering, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import AdministratorCountError, ApplicationInput, GroupKind

SIGNED_AFTER = (24 * MINUTE, 55 * MINUTE, 97 * MINUTE)
"""When the members have read the rules: a third of them each time."""


def plan(stage: Stage) -> None:
    """Plan the applications, the decisions on them, and the events."""
    known = _data.groups()
    for row in (*known.groups, *known.applications):
        _plan_application(stage, row)
    for event in _data.events():
        stage.at(stage.calendar.moment(event), partial(_EVENTS[event.do], stage, event))


def _plan_application(stage: Stage, row: ApplicationRow) -> None:
    applied: dict[str, str] = {}
    stage.at(stage.calendar.moment(row.applied), partial(_apply, stage, row, applied))
    for verdict in row.decided:
        stage.at(stage.calendar.moment(verdict), partial(_decide, stage, row, applied, verdict))
    if row.rules and row.decided:
        signers = [
            login for login in (*row.administrators, *row.members) if login not in row.must_sign
        ]
        for wave, after in enumerate(SIGNED_AFTER):
            part = tuple(signers[wave :: len(SIGNED_AFTER)])
            moment = stage.calendar.moment(row.decided[-1]) + after
            stage.at(moment, partial(_sign, stage, row.key, part))


def _apply(stage: Stage, row: ApplicationRow, applied: dict[str, str]) -> None:
    """The owner applies; `applied` takes the ids of the application and its request."""
    ends = stage.calendar.today + timedelta(days=row.ends_in) if row.ends_in is not None else None
    stated = ApplicationInput(
        name=row.name, purpose=row.purpose, scope=row.scope, group_class=row.group_class, level=row.level,
        kind=GroupKind.EXTERNAL_TOOL if row.tool else GroupKind.INTERNAL, tool=row.tool,
        owner=stage.people[row.owner], administrators=stage.ids(row.administrators),
        members=stage.ids(row.members), end_date=ends.isoformat() if ends is not None else None, rules=row.rules,
    )  # fmt: skip
    made = stage.write(lambda tx: applying.apply_for(tx, stage.actor(row.owner), stated=stated))
    applied |= {"application": made.id, "request": made.request}


def _decide(stage: Stage, row: ApplicationRow, applied: dict[str, str], verdict: Verdict) -> None:
    request, says = RequestId(applied["request"]), ApprovalVerdict(verdict.verdict)

    def decide(tx: WriteTx) -> None:
        approvals.decide(
            tx, stage.actor(verdict.by), request, verdict=says, opinion=verdict.opinion
        )
        made = groups.get_application(tx, stage.actor(row.owner), applied["application"]).group
        if made is not None:
            stage.groups[row.key] = made

    stage.write(decide)


def _sign(stage: Stage, group: str, people: tuple[str, ...]) -> None:
    def sign(tx: WriteTx) -> None:
        place = groups.find_group(tx, stage.groups[group])
        assert place is not None, "it was registered"
        for login in people:
            roster.sign_rules(tx, stage.actor(login), place.id, version=place.rules_version)

    stage.write(sign)


def _sign_again(stage: Stage, event: EventRow) -> None:
    _sign(stage, event.group, event.people)


def _publish_rules(stage: Stage, event: EventRow) -> None:
    place = stage.groups[event.group]
    stage.write(
        lambda tx: governing.publish_rules(tx, stage.actor(event.by), place, text=event.text)
    )


def _set_topics(stage: Stage, event: EventRow) -> None:
    actor, place = stage.actor(event.by), stage.groups[event.group]
    stage.write(lambda tx: ordering.set_topics(tx, actor, place, event.text.splitlines()))


def _set_publishers(stage: Stage, event: EventRow) -> None:
    actor, place, people = stage.actor(event.by), stage.groups[event.group], stage.ids(event.people)
    stage.write(lambda tx: ordering.set_publishers(tx, actor, place, people))


def _close(stage: Stage, event: EventRow) -> None:
    place = stage.groups[event.group]
    stage.write(lambda tx: governing.close(tx, stage.actor(event.by), place, reason=event.reason))


def _ask_to_join(stage: Stage, event: EventRow) -> None:
    def ask(tx: WriteTx) -> None:
        place = groups.find_group(tx, stage.groups[event.group])
        assert place is not None, "it was registered"
        actor, number = stage.actor(event.person), place.filing_number
        roster.ask_to_join(tx, actor, filing_number=number, reason=event.reason)

    stage.write(ask)


def _admit(stage: Stage, event: EventRow) -> None:
    actor, place, person = (
        stage.actor(event.by),
        stage.groups[event.group],
        stage.people[event.person],
    )
    stage.write(
        lambda tx: roster.decide_join(tx, actor, place, person, admits=True, reason=event.reason)
    )


def _invite(stage: Stage, event: EventRow) -> None:
    actor, place = stage.actor(event.by), stage.groups[event.group]
    stage.write(lambda tx: roster.admit(tx, actor, place, stage.ids(event.people)))


def _remove(stage: Stage, event: EventRow) -> None:
    actor, place, person = (
        stage.actor(event.by),
        stage.groups[event.group],
        stage.people[event.person],
    )
    stage.write(lambda tx: roster.remove(tx, actor, place, person, reason=event.reason))


def _ask_to_leave(stage: Stage, event: EventRow) -> None:
    actor, place = stage.actor(event.person), stage.groups[event.group]
    stage.write(lambda tx: roster.ask_to_leave(tx, actor, place, reason=event.reason))


def _approve_leaving(stage: Stage, event: EventRow) -> None:
    actor, place, person = (
        stage.actor(event.by),
        stage.groups[event.group],
        stage.people[event.person],
    )
    stage.write(
        lambda tx: roster.decide_leaving(
            tx, actor, place, person, approves=True, reason=event.reason
        )
    )


def _refused_administrators(stage: Stage, event: EventRow) -> None:
    """One administrator too many: refused, and the attempt is recorded under the clause."""
    actor, place, people = stage.actor(event.by), stage.groups[event.group], stage.ids(event.people)
    try:
        stage.write(lambda tx: governing.set_administrators(tx, actor, place, people))
    except AdministratorCountError:
        return
    raise AssertionError("the pack allows two administrators, these were three")


_EVENTS = {
    "topics": _set_topics,
    "publishers": _set_publishers,
    "publish_rules": _publish_rules,
    "sign": _sign_again,
    "close_group": _close,
    "ask_to_join": _ask_to_join,
    "admit": _admit,
    "invite": _invite,
    "remove": _remove,
    "ask_to_leave": _ask_to_leave,
    "approve_leaving": _approve_leaving,
    "refused_administrators": _refused_administrators,
}
