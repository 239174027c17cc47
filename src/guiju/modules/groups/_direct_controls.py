"""What packs may say about direct conversations and barriers, and who may do what with them."""

from guiju.modules.groups import _barrier_rules, blocking
from guiju.modules.groups.direct_types import BlockRules, DirectRules
from guiju.modules.groups.types import NoParameters
from guiju.modules.policy.types import Control, ControlKind, Operation

_SETTERS = frozenset({"security_admin"})

CONTROLS = (
    Control(
        "groups.direct",
        ControlKind.PREVENT,
        {"zh": "一对一消息", "en": "Direct conversations"},
        {
            "zh": "是否允许两个人直接发消息；允许时同样检查和存档。",
            "en": "Whether two people may write to each other directly; where they may, it is inspected and kept like the rest.",
        },
        DirectRules,
        {
            "allowed": {"zh": "允许", "en": "Allowed"},
            "group_class": {"zh": "按哪类群检查", "en": "Inspected as class"},
            "level": {"zh": "密级", "en": "Level"},
        },
        _barrier_rules.check_direct,
    ),
    Control(
        "groups.barriers",
        ControlKind.PREVENT,
        {"zh": "沟通屏障", "en": "Barriers"},
        {
            "zh": "指定的人之间不能直接发消息，也可以不能新进同一个群；预览名单之后才能保存。",
            "en": "Named people cannot write to each other directly, nor newly come into one group; set only after a preview with names.",
        },
        NoParameters,
        rows=("SEC-04",),
    ),
    Control(
        "groups.blocking",
        ControlKind.PREVENT,
        {"zh": "屏蔽", "en": "Blocking"},
        {
            "zh": "不愿被打扰的人可以屏蔽对方的一对一消息，对方发消息时会知道，别人都不知道；工作群不受影响。",
            "en": "Whoever wants to be left alone blocks another's direct messages; the other learns it when they write, and nobody else does; work groups are not concerned.",
        },
        BlockRules,
        {
            "allowed": {"zh": "允许", "en": "Allowed"},
            "never": {"zh": "不能屏蔽的人", "en": "Who cannot be blocked"},
        },
        blocking.check_blocks,
        rows=("MSG-05",),
    ),
)

OPERATIONS = (
    Operation("groups.open_direct", everyone=True),
    Operation("groups.block", everyone=True),
    Operation("groups.set_barriers", roles=_SETTERS),
    Operation("groups.turn_barriers", system=True),
    Operation("groups.read_barriers", roles=_SETTERS | {"audit_admin"}),
)
