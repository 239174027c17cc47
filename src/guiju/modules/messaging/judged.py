"""What reviewers decided, as examples for the organisation's own risk score."""

from collections.abc import Iterator

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.modules.messaging.types import MessageHeld, MessageRefused
from guiju.modules.policy import service as policy

_SLICE = 500
_VERDICTS = ("messaging.released", "messaging.refused")


def judged_texts(tx: ReadTx, actor: Actor) -> Iterator[tuple[str, bool]]:
    """(text as it was written, whether it was refused) for each decided message, oldest first.

    Texts whose keys are destroyed are left out, and those that burn. Raises NotAllowedError for those who may not review.
    """
    policy.require(tx, actor, "messaging.review")
    after: int | None = None
    while True:
        verdicts = tx.entries(EntryQuery(kinds=_VERDICTS, after=after, limit=_SLICE))
        if not verdicts:
            return
        places = tuple(ref for verdict in verdicts for ref in verdict.fact.refs[:1])
        held = tx.entries(EntryQuery(positions=places, limit=_SLICE))
        texts = {
            entry.position: entry.fact.text
            for entry in held
            if isinstance(entry.fact, MessageHeld) and entry.fact.burn is None
        }
        for verdict in verdicts:
            text = texts.get(verdict.fact.refs[0])
            if text:
                yield text, isinstance(verdict.fact, MessageRefused)
        after = verdicts[-1].position
