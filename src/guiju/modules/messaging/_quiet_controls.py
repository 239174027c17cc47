"""What packs may say of quiet hours and of urgent messages, and who may do what about them."""

from guiju.modules.messaging import quieting
from guiju.modules.messaging.quiet_types import QuietHours
from guiju.modules.messaging.urgent_types import UrgentRules
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation, Text

_CLASSES: Text = {"zh": "只限群类别", "en": "Only classes"}
_MOST_A_WEEK, _MOST_PEOPLE, _MOST_REPEATS, _LONGEST_PAUSE = 20, 50, 10, 120
"""The caps of what a pack may ask for: nobody is called without end, whatever a clause says."""


def _check_urgent(params: UrgentRules) -> None:
    roles = frozenset(GroupRole)
    if not params.roles or not set(params.roles) <= roles:
        raise ValueError(f"`roles` has {', '.join(sorted(roles))}")
    if not 1 <= params.per_week <= _MOST_A_WEEK:
        raise ValueError(f"`per_week` is 1 to {_MOST_A_WEEK}")
    if not 1 <= params.most_people <= _MOST_PEOPLE:
        raise ValueError(f"`most_people` is 1 to {_MOST_PEOPLE}")
    if not 0 <= params.repeats <= _MOST_REPEATS:
        raise ValueError(f"`repeats` is 0 to {_MOST_REPEATS}")
    if not 1 <= params.every_minutes <= _LONGEST_PAUSE:
        raise ValueError(f"`every_minutes` is 1 to {_LONGEST_PAUSE}")


CONTROLS = (
    Control(
        quieting.CONTROL,
        ControlKind.PREVENT,
        {"zh": "休息时间", "en": "Quiet hours"},
        {
            "zh": "休息时间发的消息不打扰人：静默送达、上班再发或者不发；写之前就说明。",
            "en": "A message in quiet hours disturbs nobody: it arrives silently, waits until work begins, or is not sent. Its author is told before they write.",
        },
        QuietHours,
        {
            "hours": {
                "zh": "时段（不填：工作时间以外）",
                "en": "Hours (else outside working time)",
            },
            "then": {"zh": "怎么办", "en": "What then"},
            "classes": _CLASSES,
        },
        quieting.check,
        rows=("MSG-16",),
    ),
    Control(
        "messaging.urgent",
        ControlKind.TIMER,
        {"zh": "加急", "en": "Urgent messages"},
        {
            "zh": "写明理由的急事可以叫人，直到各人点收到；次数有限，到时自停。没有这一条，谁也不能加急。",
            "en": "What cannot wait calls people, with a reason, until each confirms; so often a week, and it stops by itself. Without it nobody calls.",
        },
        UrgentRules,
        {
            "roles": {"zh": "哪些人", "en": "Who"},
            "per_week": {"zh": "每人每周次数", "en": "Times a week, each"},
            "most_people": {"zh": "最多叫多少人", "en": "Most people"},
            "repeats": {"zh": "重复次数", "en": "Repeats"},
            "every_minutes": {"zh": "间隔（分钟）", "en": "Minutes between"},
            "classes": _CLASSES,
        },
        _check_urgent,
        rows=("MSG-16", "MSG-26"),
    ),
)

OPERATIONS = (
    Operation("messaging.urge", group_roles=frozenset(GroupRole)),
    Operation("messaging.confirm_urgent", group_roles=frozenset(GroupRole), system=True),
)
