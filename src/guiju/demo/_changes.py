"""What becomes of messages after they were sent."""

from guiju.demo._data import ChangeRow
from guiju.demo._stage import Stage
from guiju.kernel.lane import WriteTx
from guiju.modules.followup import asking
from guiju.modules.messaging import pinning, reacting, recalling, topics
from guiju.modules.messaging.change_types import Reaction


def change(stage: Stage, group: str, row: ChangeRow, labels: dict[str, int]) -> None:
    """Do to the message of a label what the row says; `labels` has the positions."""
    actor, place, shown = stage.actor(row.by), stage.groups[group], labels[row.label]

    def act(tx: WriteTx) -> None:
        match row.act:
            case "react":
                reacting.react(tx, actor, place, shown, Reaction(row.reaction), on=True)
            case "pin":
                pinning.pin(tx, actor, place, shown, on=True)
            case "recall":
                recalling.recall(tx, actor, place, shown, reason=row.reason)
            case "move":
                topics.move(tx, actor, place, shown, on=True, reason=row.reason)
            case "flag":
                topics.flag(tx, actor, place, shown, reason=row.reason)
            case "freeze":
                topics.freeze(tx, actor, place, shown, on=True, reason=row.reason)
            case "ask":
                asking.ask(tx, actor, place, shown, people=None, hours=row.hours)

    stage.write(act)
