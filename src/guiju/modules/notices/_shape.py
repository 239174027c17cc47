"""The JSON of notices (docs/protocol.md, "Notices")."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.notices import _rules, issuing, service
from guiju.modules.notices.types import (
    Answered,
    Figures,
    Missing,
    Notice,
    NoticeState,
    Question,
    Recipient,
    Version,
    Wording,
)
from guiju.modules.policy import service as policy


def notices(tx: ReadTx, actor: Actor, shown: Sequence[Notice]) -> list[dict[str, Any]]:
    """Rows of a list; the figures are of those whom the actor oversees."""
    said = service.wordings(tx, shown)
    mine = service.mine_of(tx, shown, actor.person)
    overseen = service.overseen_units(tx, actor)
    own = [each for each in shown if each.issuer == actor.person]
    others = [each for each in shown if each.issuer != actor.person]
    counted = dict(service.figures(tx, own, None))
    if overseen is None or overseen:
        counted |= service.figures(tx, others, overseen)
    return [
        _row(tx, each, said[each.id], mine.get(each.id), counted.get(each.id)) for each in shown
    ]


def late(tx: ReadTx, actor: Actor, shown: Sequence[Notice]) -> list[dict[str, Any]]:
    """Rows of notices that are late, with who is missing, of a head's people alone."""
    missing = service.missing_of(tx, shown, actor.person_id)
    marks = directory.person_marks(
        tx, list({one for each in missing.values() for one in each.first})
    )
    return [
        row | {"missing": _missing(missing.get(row["id"]), marks)}
        for row in notices(tx, actor, shown)
    ]


def _missing(found: Missing | None, marks: Mapping[PersonId, dict[str, Any]]) -> dict[str, Any]:
    if found is None:
        return {"people": 0, "first": []}
    return {"people": found.count, "first": [marks[one] for one in found.first if one in marks]}


def notice(tx: ReadTx, actor: Actor, shown: Notice) -> dict[str, Any]:
    """A notice in full; which choices are right only its issuer learns."""
    mine = service.mine_of(tx, [shown], actor.person).get(shown.id)
    said = service.versions(tx, shown)
    units = service.roster_units(tx, actor, shown)
    sees_roster = units is None or bool(units)
    counted = service.figures(tx, [shown], units).get(shown.id) if sees_roster else None
    wording, own = said[-1][1], shown.issuer == actor.person
    is_open = shown.state is NoticeState.OPEN
    rule = service.acknowledgement_rule(tx)
    use = policy.first_use(tx, service.ACKNOWLEDGEMENT)
    reads = service.may_read_text(tx, actor, shown)
    return _row(tx, shown, wording, mine, counted) | {
        "text": wording.text if reads else "",
        "questions": [_question(one, with_right=own) for one in wording.questions] if reads else [],
        "versions": [_version(*each) for each in said] if reads else [],
        "withdrawn": _withdrawn(tx, shown),
        "clause": use.mark() if use is not None else None,
        "remind_from": _rules.next_reminder(shown.reminded_at, rule) if own else None,
        "may": {
            "acknowledge": is_open and mine is not None and not mine.has(shown),
            "manage": is_open and own and issuing.may_issue(tx, actor),
            "roster": counted is not None,
        },
    }


def _row(
    tx: ReadTx, shown: Notice, said: Wording, mine: Recipient | None, counted: Figures | None
) -> dict[str, Any]:
    return {
        "id": shown.id,
        "title": said.title,
        "version": shown.version,
        "asked_version": shown.asked_version,
        "issuer": directory.person_mark(tx, shown.issuer),
        "state": shown.state.value,
        "published_at": shown.published_at,
        "asked_at": shown.asked_at,
        "due_at": shown.due_at,
        "reminded_at": shown.reminded_at,
        "quiz": shown.quiz,
        "mine": _mine(shown, mine),
        "figures": _figures(counted),
        "at_deadline": {"people": shown.due_people, "acknowledged": shown.due_acknowledged}
        if counted is not None and shown.due_people is not None
        else None,
    }


def _mine(shown: Notice, mine: Recipient | None) -> dict[str, Any] | None:
    if mine is None:
        return None
    has = mine.has(shown)
    return {
        "acknowledged_at": mine.at if has else None,
        "late": mine.late if has else False,
        "again": not has and mine.acknowledged > 0,
        "tries": mine.tries,
    }


def _figures(counted: Figures | None) -> dict[str, int] | None:
    if counted is None:
        return None
    return {
        "people": counted.people,
        "acknowledged": counted.acknowledged,
        "late": counted.late,
    }


def _withdrawn(tx: ReadTx, shown: Notice) -> dict[str, Any] | None:
    found = service.withdrawal(tx, shown)
    return {"at": found[0], "reason": found[1]} if found is not None else None


def _question(one: Question, *, with_right: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "text": one.text,
        "choices": list(one.choices),
        "several": len(one.right) > 1,
    }
    return shown | {"right": list(one.right)} if with_right else shown


def _version(version: Version, said: Wording, reason: str) -> dict[str, Any]:
    return {
        "version": version.version,
        "at": version.at,
        "position": version.position,
        "editorial": version.editorial,
        "reason": reason,
        "title": said.title,
        "text": said.text,
    }


def answered(shown: Answered) -> dict[str, Any]:
    return {
        "acknowledged": shown.acknowledged,
        "questions": shown.questions,
        "wrong": list(shown.wrong),
    }


# ---- people -----------------------------------------------------------------------------------------------------


def preview(tx: ReadTx, shown: issuing.Preview) -> dict[str, Any]:
    units = shown.people.units.items()
    return {
        "people": shown.people.count,
        "left_out": shown.people.left_out,
        "due_at": shown.due_at,
        "units": [
            {
                "unit": _unit(tx, unit),
                "people": [{"id": p["id"], "name": p["name"]} for p in people],
            }
            for unit, people in units
        ],
    }


def roster(tx: ReadTx, shown: Notice, asked: Sequence[Recipient]) -> list[dict[str, Any]]:
    """By unit: who has not acknowledged, and who has, the last first."""
    marks = directory.person_marks(tx, [each.person for each in asked])
    return [
        {"unit": _unit(tx, unit), **_people(shown, list(people), marks)}
        for unit, people in by_unit(tx, asked)
    ]


def _people(
    shown: Notice, people: list[Recipient], marks: Mapping[PersonId, dict[str, Any]]
) -> dict[str, Any]:
    done = sorted((each for each in people if each.has(shown)), key=lambda each: -(each.at or 0))
    missing = [each for each in people if each.misses(shown)]
    return {
        "people": len(done) + len(missing),
        "acknowledged": len(done),
        "missing": [{"person": marks[each.person], "tries": each.tries} for each in missing],
        "done": [
            {"person": marks[each.person], "at": each.at, "late": each.late, "tries": each.tries}
            for each in done
        ],
    }


def by_unit(
    tx: ReadTx, asked: Sequence[Recipient]
) -> Iterator[tuple[str | None, Iterator[Recipient]]]:
    """The recipients by unit, in the order of the units."""
    order: dict[str, int] = {unit: place for place, unit in enumerate(directory.unit_order(tx))}
    placed = sorted(asked, key=lambda each: order.get(each.unit or "", len(order)))
    return groupby(placed, key=lambda each: each.unit)


def _unit(tx: ReadTx, unit: str | None) -> dict[str, Any] | None:
    return directory.unit_mark(tx, UnitId(unit)) if unit is not None else None
