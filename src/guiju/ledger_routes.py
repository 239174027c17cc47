"""Heads, keys and proofs over HTTP. Here, and not in the ledger, because only modules know who may see a fact."""

import base64
from enum import Enum, auto

from fastapi import APIRouter, Request
from sqlalchemy import select

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.kernel.live import View
from guiju.kernel.text import Position
from guiju.ledger import proof as proofs
from guiju.ledger import tables
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import SeatDecided
from guiju.modules.directory import service as directory
from guiju.modules.followup import questions
from guiju.modules.followup.absence_types import AbsenceFact
from guiju.modules.followup.question_types import QuestionFact
from guiju.modules.groups import timeline
from guiju.modules.groups.types import GroupClosed, GroupNotFoundError, MemberChanged
from guiju.modules.identity import service as identity
from guiju.modules.messaging import changes, recalling
from guiju.modules.messaging import service as messaging
from guiju.modules.messaging.change_types import Changed, MessageEdited
from guiju.modules.messaging.types import (
    InvitationOpenError,
    MessageRefused,
    MessageReleased,
    MessageSent,
    RulesNotSignedError,
)
from guiju.modules.notices import service as notices
from guiju.modules.notices.types import NoticePublished, NoticeRevised, NoticeWithdrawn
from guiju.modules.policy import service as policy
from guiju.runtime import Runtime

routes = APIRouter(prefix="/api/ledger", tags=["ledger"])

OVERSEEN = ("policy.", "groups.", "approvals.")
APART = frozenset(
    {
        "groups.direct_opened",
        "groups.barrier_set",
        "groups.barrier_lifted",
        "groups.barrier_turned",
    }
)
"""Who talks with whom, and who must not, is for fewer people than the register."""
FOLLOWUP = "followup."
OVERSEERS = frozenset({"registrar", "security_admin", "reviewer"})


class Sight(Enum):
    """How much of an entry somebody may see."""

    NOTHING = auto()
    LEAF = auto()
    BODY = auto()


@routes.get("/head")
async def get_head(
    request: Request, _actor: CurrentActor, read: Reader, since: Position | None = None
) -> Json:
    def shape(tx: ReadTx) -> Json:
        found = proofs.head(tx, since)
        consistency = (
            None if found.consistency is None else [_base64(each) for each in found.consistency]
        )
        return {"size": found.size, "checkpoint": found.checkpoint, "consistency": consistency}

    return await read(shape)


@routes.get("/key")
async def get_key(request: Request, _actor: CurrentActor, read: Reader) -> Json:
    runtime: Runtime = request.app.state.runtime

    def shape(tx: ReadTx) -> Json:
        origin = str(tx.scalar(select(tables.head.c.origin)))
        return {"vkey": runtime.signer.vkey(origin)}

    return await read(shape)


@routes.get("/proof/{position}")
async def get_proof(
    request: Request, position: Position, actor: CurrentActor, read: Reader
) -> Json:
    def shape(tx: ReadTx) -> Json:
        entry = tx.entry(position)
        sight = Sight.NOTHING if entry is None else sight_of(tx, actor, entry)
        if entry is None or sight is Sight.NOTHING:
            raise proofs.EntryNotFoundError("There is no such entry.", position=position)
        found = proofs.proof(tx, request.app.state.runtime.log, position)
        view = request.app.state.new_view(tx)
        shown = _shape(view, entry, found, sight)
        # A proof has fixed fields, but for what is said of its entry.
        return shown | {"fact": shown["fact"] | {"message": _message(view, actor, entry)}}

    return await read(shape)


def _shape(view: View, entry: Recorded, found: proofs.Proof, sight: Sight) -> Json:
    body = None
    if sight is Sight.BODY and found.body is not None:
        body = {"plaintext": _base64(found.body.plaintext), "salt": _base64(found.body.salt)}
    group = (
        {"id": entry.group, "name": view.group_name(entry.group)}
        if entry.group is not None
        else None
    )
    seat = entry.fact.seat if isinstance(entry.fact, SeatDecided) else entry.actor
    return {
        "position": found.position,
        "leaf": _base64(found.leaf),
        "size": found.size,
        "checkpoint": found.checkpoint,
        "inclusion": [_base64(each) for each in found.inclusion],
        "body": body,
        "fact": {
            "kind": entry.kind,
            "at": entry.at,
            "group": group,
            "actor": view.mark(entry.actor),
            "deputy_of": view.mark(seat) if seat != entry.actor else None,
            "controls": list(entry.uses),
        },
    }


def _message(view: View, actor: Actor, entry: Recorded) -> Json | None:
    """Where the message appears that the entry is a version of, and what its reader can do about it."""
    match entry.fact:
        case MessageSent() | MessageReleased():
            shown = entry.position
        case MessageEdited(refs=refs):
            shown = refs[0]
        case _:
            return None
    changed = changes.get_changed(view.tx, entry.fact.group, shown)
    standing = recalling.standing(view, actor, changed)
    if changed.recall is not None and not _reads_reason(view.tx, actor, changed):
        standing["recalled"] |= {"reason": None}
    return {"position": shown} | standing


def _reads_reason(tx: ReadTx, actor: Actor, changed: Changed) -> bool:
    """Whether the actor is told why a message was taken down: as its group, its author, and who did it."""
    assert changed.recall is not None and changed.row is not None, "asked only of a recalled one"
    concerned = changed.row.sender, changed.recall.actor
    return actor.name in concerned or sight_of(tx, actor, changed.recall) is Sight.BODY


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---- who may see an entry ------------------------------------------------------------------------------------------


def sight_of(tx: ReadTx, actor: Actor, entry: Recorded) -> Sight:
    """What `actor` may see of an entry: no more than the screens show them.

    A body is one sealed object, so it is shown whole or not at all: whoever sees a message masked, or a change
    without its reason, gets the proof without the body.
    """
    if not identity.is_certified(tx, actor.person_id):
        return Sight.NOTHING
    inside = _reads(tx, actor, entry)
    if inside and _sees_body(tx, actor, entry):
        return Sight.BODY
    if inside or _oversees(tx, actor, entry):
        return Sight.LEAF
    return Sight.NOTHING


def _reads(tx: ReadTx, actor: Actor, entry: Recorded) -> bool:
    """Whether the entry appears on a screen of the actor's own: a timeline, or a request that they are part of."""
    if entry.kind.startswith("approvals."):
        return approvals.may_read(tx, actor, entry.fact.request)
    if entry.kind.startswith("notices."):
        return notices.shows_entry(tx, actor, entry)
    if isinstance(entry.fact, AbsenceFact):  # they can prove that they told their groups
        return entry.actor == actor.name
    if entry.group is None or not _is_shown_to(tx, actor, entry):
        return False
    try:
        place = messaging.reading_place(tx, actor, entry.group)
    except (GroupNotFoundError, InvitationOpenError, RulesNotSignedError):
        return False
    # Of a change, and of what asks for answers, whoever may see the message that it is about.
    is_about = entry.kind in messaging.CHANGE_KINDS or entry.kind.startswith(FOLLOWUP)
    about = entry.fact.refs[0] if is_about else entry.position
    return bool(about >= place.visible_from)


def _is_shown_to(tx: ReadTx, actor: Actor, entry: Recorded) -> bool:
    if entry.kind in messaging.OWN_KINDS:
        return entry.actor == actor.name
    if isinstance(entry.fact, MessageRefused):
        return entry.fact.sender == actor.person
    if entry.kind.startswith(FOLLOWUP):
        return True
    if not timeline.shows(entry, actor.name):
        # Whoever decides on leaving has decided by it, or is asked to.
        return policy.may(tx, actor, "groups.decide_leaving", entry.fact.group)
    return entry.kind in messaging.SHOWN_KINDS or entry.kind in messaging.CHANGE_KINDS


def _sees_body(tx: ReadTx, actor: Actor, entry: Recorded) -> bool:
    """Whether the body holds nothing but what the actor's screen shows. Who wrote a recalled text knows it."""
    if not messaging.wrote(actor, entry) and changes.is_recalled(tx, entry):
        return False
    # What burns its readers opened once, and its author never.
    if getattr(entry.fact, "burn", None) is not None:
        return False
    if isinstance(entry.fact, QuestionFact) and questions.is_over(tx, entry):
        return entry.actor == actor.name
    match entry.fact:
        case MessageSent(original=original) | MessageEdited(original=original):
            return original is None or entry.actor == actor.name
        case MessageReleased(reason=reason):
            return not reason or entry.actor == actor.name
        case MemberChanged(reason=reason, person=person):
            return not reason or actor.name in (entry.actor, person)
        case GroupClosed() | NoticeWithdrawn():
            return entry.actor == actor.name
        case (
            NoticePublished(quiz=quiz) | NoticeRevised(quiz=quiz)
        ):  # it says which answers are right
            return not quiz or entry.actor == actor.name
        case _:
            return True


def _oversees(tx: ReadTx, actor: Actor, entry: Recorded) -> bool:
    """Whether an office gives the actor the proof without the body."""
    roles = directory.roles(tx, actor.person_id)
    if "audit_admin" in roles:
        return True
    if "security_admin" in roles and entry.kind.startswith("notices."):
        return True
    if entry.kind in APART:
        return "security_admin" in roles and entry.kind != "groups.direct_opened"
    return bool(roles & OVERSEERS) and entry.kind.startswith(OVERSEEN)
