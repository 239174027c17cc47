"""What packs may say of changes of messages, and who may make them."""

from guiju.kernel.clock import DAY, MINUTE
from guiju.modules.messaging.change_types import (
    AllRules,
    EditingRules,
    PinRules,
    RecallRules,
    TakingDown,
)
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation, Text

_LONGEST = DAY // MINUTE
_CLASSES: Text = {"zh": "只限群类别", "en": "Only classes"}
_MINUTES: Text = {"zh": "分钟内", "en": "Within minutes"}
_ROLES: Text = {"zh": "哪些人", "en": "Who"}
_RUNNING = frozenset({GroupRole.OWNER, GroupRole.ADMINISTRATOR})


def _check_recall(params: RecallRules) -> None:
    if not 0 <= params.minutes <= _LONGEST:
        raise ValueError(f"`minutes` is 0 to {_LONGEST}")


def _check_editing(params: EditingRules) -> None:
    if not 1 <= params.minutes <= _LONGEST:
        raise ValueError(f"`minutes` is 1 to {_LONGEST}")


def _check_roles(roles: tuple[str, ...], allowed: frozenset[GroupRole]) -> None:
    if not roles or not set(roles) <= set(allowed):
        raise ValueError(f"`roles` has {', '.join(sorted(allowed))}")


def _check_taking_down(params: TakingDown) -> None:
    _check_roles(params.roles, _RUNNING)


def _check_pins(params: PinRules) -> None:
    if not 1 <= params.most <= 50:
        raise ValueError("`most` is 1 to 50")


def _check_all(params: AllRules) -> None:
    _check_roles(params.roles, frozenset(GroupRole))
    if not 0 <= params.per_day <= 100:
        raise ValueError("`per_day` is 0 to 100")


CONTROLS = (
    Control(
        "messaging.recall",
        ControlKind.RECORD,
        {"zh": "撤回", "en": "Recall"},
        {
            "zh": "发送后一段时间内作者可以撤回；群里留下痕迹，原文封存，不再显示。",
            "en": "Authors take a message back for a while. The group sees that they did; the sealed original stays, and nobody is shown it.",
        },
        RecallRules,
        {"minutes": _MINUTES, "classes": _CLASSES},
        _check_recall,
        rows=("MSG-03",),
    ),
    Control(
        "messaging.taking_down",
        ControlKind.RECORD,
        {"zh": "撤下他人消息", "en": "Taking messages down"},
        {
            "zh": "群主、管理员写明理由撤下不当消息；原文封存，可以举证。",
            "en": "The owner and administrators take improper messages down and say why; the original stays sealed and provable.",
        },
        TakingDown,
        {"roles": _ROLES, "classes": _CLASSES},
        _check_taking_down,
        rows=("MSG-27",),
    ),
    Control(
        "messaging.editing",
        ControlKind.RECORD,
        {"zh": "修改消息", "en": "Editing"},
        {
            "zh": "作者可以在时限内修改，新文字同样检查，各版可查。没有这一条，谁也不能修改。",
            "en": "Authors change a message for a while; the new text is inspected alike, and every version can be read. Without it nobody edits.",
        },
        EditingRules,
        {"minutes": _MINUTES, "classes": _CLASSES},
        _check_editing,
        rows=("MSG-03",),
    ),
    Control(
        "messaging.pins",
        ControlKind.RECORD,
        {"zh": "置顶消息", "en": "Pinned messages"},
        {
            "zh": "群主、管理员把要紧的消息置顶，条数有限。",
            "en": "The owner and administrators put what matters on top, so many at most.",
        },
        PinRules,
        {"most": {"zh": "最多条数", "en": "At most"}, "classes": _CLASSES},
        _check_pins,
    ),
    Control(
        "messaging.mention_all",
        ControlKind.PREVENT,
        {"zh": "提到所有人", "en": "Mentioning everybody"},
        {
            "zh": "只有规定的人能提到所有人，每天次数有限，发送前确认人数。",
            "en": "Only some may mention everybody, so often a day, after confirming how many that is.",
        },
        AllRules,
        {
            "roles": _ROLES,
            "per_day": {"zh": "每群每天次数", "en": "Times a day in a group"},
            "classes": _CLASSES,
        },
        _check_all,
        rows=("MSG-13",),
    ),
)

OPERATIONS = (
    Operation(
        "messaging.recall", roles=frozenset({"audit_admin"}), group_roles=frozenset(GroupRole)
    ),
    Operation("messaging.edit", group_roles=frozenset(GroupRole)),
    Operation("messaging.react", group_roles=frozenset(GroupRole)),
    Operation("messaging.pin", group_roles=_RUNNING),
)
