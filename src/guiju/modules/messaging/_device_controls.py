"""What messaging offers to packs about what devices keep and show."""

from guiju.modules.messaging.device_types import MOST_DAYS, Notifications, Offline, Told
from guiju.modules.policy.types import Control, ControlKind

_SAYS = (Told.NONE.value, Told.SENDER.value, Told.TEXT.value)


def _check_offline(params: Offline) -> None:
    if not 0 <= params.days <= MOST_DAYS:
        raise ValueError(f"`days` is 0 to {MOST_DAYS}")
    if not 0 <= params.most_rank <= 100:
        raise ValueError("`most_rank` is 0 to 100")


def _check_notifications(params: Notifications) -> None:
    if params.most not in _SAYS:
        raise ValueError(f"`most` is one of {', '.join(_SAYS)}")


_CLASSES = {"zh": "只限群类别", "en": "Only classes"}
CONTROLS = (
    Control(
        "messaging.offline",
        ControlKind.PREVENT,
        {"zh": "离线保存", "en": "Kept on devices"},
        {
            "zh": "浏览器只为允许的群保存最近的消息，供离线阅读；到期、退出登录或被移出群即清除。",
            "en": "Browsers keep recent messages for reading offline only of the groups that the clause allows, and not for longer.",
        },
        Offline,
        {
            "days": {"zh": "最多天数", "en": "At most days"},
            "most_rank": {"zh": "最高密级", "en": "Highest level"},
            "classes": _CLASSES,
        },
        _check_offline,
    ),
    Control(
        "messaging.notifications",
        ControlKind.PREVENT,
        {"zh": "通知显示的内容", "en": "What notifications say"},
        {
            "zh": "桌面和推送通知最多显示规定的内容。",
            "en": "Notifications on desks and phones say no more than the clause allows.",
        },
        Notifications,
        {"most": {"zh": "最多显示", "en": "At most"}, "classes": _CLASSES},
        _check_notifications,
    ),
)
