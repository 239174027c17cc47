"""What people do to a roster, as verbs for the lane."""

from collections.abc import Callable
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import governing, roster
from tests.support.office import Office

NUMBER = "澄群备〔2026〕0001 号"


def join(actor: Actor, number: str = NUMBER) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.ask_to_join(tx, actor, filing_number=number, reason="工作需要")


def decide_join(
    actor: Actor, group: GroupId, person: Actor, admits: bool
) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.decide_join(
        tx, actor, group, person.person_id, admits=admits, reason=""
    )


def leave(actor: Actor, group: GroupId) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.ask_to_leave(tx, actor, group, reason="调岗")


def decide_leaving(
    actor: Actor, group: GroupId, person: Actor, approves: bool
) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.decide_leaving(
        tx, actor, group, person.person_id, approves=approves, reason=""
    )


def remove(actor: Actor, group: GroupId, person: Actor) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.remove(tx, actor, group, person.person_id, reason="与工作无关")


def admit(actor: Actor, group: GroupId, *people: Actor) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.admit(tx, actor, group, [person.person_id for person in people])


def accept(actor: Actor, group: GroupId) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.accept_invitation(tx, actor, group)


def sign(actor: Actor, group: GroupId, version: int) -> Callable[[WriteTx], Any]:
    return lambda tx: roster.sign_rules(tx, actor, group, version=version)


def publish(office: Office, group: GroupId, text: str) -> None:
    office.world.write(lambda tx: governing.publish_rules(tx, office.owner, group, text=text))
