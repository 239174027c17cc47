"""Sending as the lane gets it: prepared messages, batches, refusals."""

from concurrent.futures import Future
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import Command
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import (
    Send,
)
from tests.support.office import Office

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
    """A pack that lets authors change their messages, under the clause on flooding."""
    use = "      - use: messaging.flood\n"
    assert use in text
    return text.replace(
        use, f"      - use: messaging.editing\n        with: {{minutes: {minutes}}}\n{use}", 1
    )
