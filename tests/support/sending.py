"""Sending as the lane gets it: prepared messages, batches, refusals."""

from concurrent.futures import Future
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Command
from guiju.modules.messaging import urging
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import (
    Send,
)
from tests.support.office import Office
from tests.support.world import World

ID_NUMBER = "11010119900307889X"
KINDS = ("messaging.sent", "messaging.held", "messaging.blocked")


def prepared(
    office: Office, actor: Actor, group: GroupId, text: str, cmid: str, **extra: Any
) -> Send:
    found = office.world.runtime.inspector.inspect(text)
    return Send(
        actor.person_id,
        cmid,
        group,
        text,
        tuple(extra.get("mentions", ())),
        extra.get("quote"),
        found,
        confirm=extra.get("confirm"),
        thread=extra.get("thread"),
        members=extra.get("members"),
        burn=extra.get("burn"),
        corrects=extra.get("corrects"),
    )


def send_together(office: Office, sends: list[Send]) -> list[Any]:
    """Through the lane as one batch."""
    answers: list[Future[Any]] = [Future() for _ in sends]
    office.world.runtime.lane.submit(
        [
            Command(KIND, send, answer.set_result)
            for send, answer in zip(sends, answers, strict=True)
        ]
    )
    return [answer.result(30) for answer in answers]


def urge(
    world: World, actor: Actor, group: GroupId, text: str, cmid: str, *, why: str = "急",
    mentions: tuple[PersonId, ...] = (),
) -> urging.Sent:  # fmt: skip
    """Send it as urgent; raises a refusal."""
    inspector = world.runtime.inspector
    send = Send(
        actor.person_id, cmid, group, text, mentions, None, inspector.inspect(text), "urgent",
        members=world.count(group),
    )  # fmt: skip
    return world.write(lambda tx: urging.send_urgent(tx, inspector, actor, send, why))


def refused(
    office: Office, error: type[GuijuError], actor: Actor, group: GroupId, **extra: Any
) -> GuijuError:
    """Sending must raise `error` and leave nothing."""
    before = office.world.read(lambda tx: tx.position)
    (answer,) = send_together(
        office, [prepared(office, actor, group, "大家好", f"r{before}", **extra)]
    )
    assert type(answer) is error
    assert office.world.read(lambda tx: tx.position) == before
    return answer


def with_editing(text: str, minutes: int = 60) -> str:
    """A pack that lets authors change their messages, call people and burn, under the clause on flooding."""
    use = "      - use: messaging.flood\n"
    assert use in text
    urgent = "      - use: messaging.urgent\n        with: {per_week: 20, most_people: 50}\n"
    editing = f"      - use: messaging.editing\n        with: {{minutes: {minutes}}}\n"
    allowed = text.replace("with: {seconds: []}", "with: {most_people: 30}")
    assert allowed != text, "it forbids to burn"
    return allowed.replace(use, urgent + editing + use, 1)
