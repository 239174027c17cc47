"""Whom a message in a group concerns: what screens say to who writes to many. It stops nothing and records nothing."""

from dataclasses import dataclass

from guiju.kernel.db import ReadTx
from guiju.modules.groups import direct
from guiju.modules.groups.types import Group, GroupKind
from guiju.modules.messaging import _rules
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Control, ControlKind, Use

CONTROL = "messaging.audience"
_MOST_MEMBERS, _MOST_TURNS, _MOST_MINUTES = 10_000, 100, 1440
_LEAST_TURNS = 4


@dataclass(frozen=True, slots=True)
class AudienceRules:
    """Parameters of `messaging.audience`.

    Screens say how many others read what one writes where these are at least `members`; and there, when two people have
    taken `turns` in a row within `minutes`, where else they can go on; with 0 turns never.
    """

    members: int = 50
    turns: int = 8
    minutes: int = 30
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What screens say in a group. `direct`: people may go on one to one."""

    use: Use
    rules: AudienceRules
    direct: bool


def _check(params: AudienceRules) -> None:
    if not 1 <= params.members <= _MOST_MEMBERS:
        raise ValueError(f"`members` is 1 to {_MOST_MEMBERS}")
    if params.turns and not _LEAST_TURNS <= params.turns <= _MOST_TURNS:
        raise ValueError(f"`turns` is 0, or {_LEAST_TURNS} to {_MOST_TURNS}")
    if not 1 <= params.minutes <= _MOST_MINUTES:
        raise ValueError(f"`minutes` is 1 to {_MOST_MINUTES}")


AUDIENCE = Control(
    CONTROL,
    ControlKind.INFORM,
    {"zh": "不扰众", "en": "Not everybody's matter"},
    {
        "zh": "人多的群里，写之前说明有多少人会看到；两个人来回很久的，提议到一对一或者话题里接着说。只提示，从不拦。",
        "en": "In large groups, who writes is told how many read it; where two have gone back and forth for long, they are offered to go on one to one or in a thread. It never stops anything.",
    },
    AudienceRules,
    {
        "members": {"zh": "至少多少人会看到", "en": "Where so many read it"},
        "turns": {"zh": "来回几次（0：不提议）", "en": "Turns in a row (0: never)"},
        "minutes": {"zh": "几分钟之内", "en": "Within minutes"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check,
    rows=("MSG-20",),
)


def told_in(tx: ReadTx, group: Group) -> Told | None:
    """What screens say in a group; None where no clause asks for it, and between two."""
    if group.kind is GroupKind.DIRECT:
        return None
    use = _rules.use_in(policy.uses(tx, CONTROL), group.group_class)
    return Told(use, use.params, direct.is_allowed(tx)) if use is not None else None
