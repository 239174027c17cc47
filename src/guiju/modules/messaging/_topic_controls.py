"""What packs may say of keeping to the topic, and who does what about it."""

from guiju.modules.messaging.topic_types import FREEZING, OFF_TOPIC, FreezeRules, OffTopicRules
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation, Text

_RUNNING = frozenset({GroupRole.OWNER, GroupRole.ADMINISTRATOR})
_ROLES: Text = {"zh": "哪些人", "en": "Who"}
_CLASSES: Text = {"zh": "只限群类别", "en": "Only classes"}


def _check_roles(roles: tuple[str, ...]) -> None:
    if not roles or not set(roles) <= set(_RUNNING):
        raise ValueError(f"`roles` has {', '.join(sorted(_RUNNING))}")


def _check_off_topic(params: OffTopicRules) -> None:
    _check_roles(params.roles)
    if not 0 <= params.flags_per_hour <= 100:
        raise ValueError("`flags_per_hour` is 0 to 100")


def _check_freezing(params: FreezeRules) -> None:
    _check_roles(params.roles)


CONTROLS = (
    Control(
        OFF_TOPIC,
        ControlKind.RECORD,
        {"zh": "跑题消息移到题外", "en": "Off topic, moved aside"},
        {
            "zh": "群主、管理员写明理由把跑题消息移到题外，可以移回；成员可以提请处理。原文封存。",
            "en": "The owner and administrators move what is off topic aside, say why, and may move it back; members flag it to them. The original stays sealed.",
        },
        OffTopicRules,
        {
            "roles": _ROLES,
            "flags_per_hour": {"zh": "每人每小时提请次数", "en": "Flags an hour"},
            "classes": _CLASSES,
        },
        _check_off_topic,
        rows=("MSG-02",),
    ),
    Control(
        FREEZING,
        ControlKind.PREVENT,
        {"zh": "冻结话题", "en": "Freezing a thread"},
        {
            "zh": "群主、管理员叫停一个话题并写明理由，解冻之前谁也不能回复；同时报告上级负责人。",
            "en": "The owner and administrators stop a thread and say why; nobody replies until it is unfrozen, and the superior is told.",
        },
        FreezeRules,
        {"roles": _ROLES, "classes": _CLASSES},
        _check_freezing,
        rows=("MSG-25",),
    ),
)

OPERATIONS = (
    Operation("messaging.move", group_roles=_RUNNING),
    Operation("messaging.flag", group_roles=frozenset(GroupRole)),
    Operation("messaging.freeze", group_roles=_RUNNING),
    Operation("messaging.read_frozen", roles=frozenset({"security_admin"})),
)
