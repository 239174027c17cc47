"""What packs may say of messages that burn after reading, and who may open one."""

from guiju.modules.messaging.burn_types import CONTROL, LENGTHS, MOST_READERS, OPEN, BurnRules
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation

_LONGEST_DAYS = 30


def _check(params: BurnRules) -> None:
    if not set(params.seconds) <= set(LENGTHS) or list(params.seconds) != sorted(
        set(params.seconds)
    ):
        known = ", ".join(str(each) for each in LENGTHS)
        raise ValueError(f"`seconds` has some of {known}, in this order, or none")
    if not 1 <= params.days <= _LONGEST_DAYS:
        raise ValueError(f"`days` is 1 to {_LONGEST_DAYS}")
    if not 1 <= params.most_people <= MOST_READERS:
        raise ValueError(f"`most_people` is 1 to {MOST_READERS}")


BURNING = Control(
    CONTROL,
    ControlKind.PREVENT,
    {"zh": "阅后即焚", "en": "Burning after reading"},
    {
        "zh": "哪些群可以发阅后即焚消息，看多久；时长为空就是不许。照样检查，密封副本留存备查，发送前和消息上都写明。",
        "en": "Where messages may burn after reading, and after how long; without a length nowhere. They are inspected like all others, the sealed copy is kept, and both the composer and the message say so.",
    },
    BurnRules,
    {
        "seconds": {"zh": "可看几秒（不填：不许）", "en": "Seconds to read (none: not allowed)"},
        "days": {"zh": "最迟几天内看", "en": "Days until it cannot be opened"},
        "most_people": {"zh": "最多几人看", "en": "Most readers"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check,
)

OPERATIONS = (Operation(OPEN, group_roles=frozenset(GroupRole)),)
