"""What groups offer to packs about order in a group, and who settles it."""

from guiju.modules.groups.hours_types import HoursRules
from guiju.modules.groups.order_types import MOST_PUBLISHERS, PublisherRules
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation

_MANAGERS = frozenset({GroupRole.OWNER, GroupRole.ADMINISTRATOR})
_WHAT = ("all", "announcements")


def _check_publishers(params: PublisherRules) -> None:
    if params.only not in _WHAT:
        raise ValueError(f"`only` is one of {', '.join(_WHAT)}")
    if not 1 <= params.most <= MOST_PUBLISHERS:
        raise ValueError(f"`most` is 1 to {MOST_PUBLISHERS}")


PUBLISHERS = Control(
    "groups.publishers",
    ControlKind.PREVENT,
    {"zh": "专人发布", "en": "Designated publishers"},
    {
        "zh": "群里的消息或者群发公告只由指定的人发布，其他人按规定在话题里回复。",
        "en": "Only named persons post in the group, or announce there; others reply in threads where the clause lets them.",
    },
    PublisherRules,
    {
        "only": {"zh": "限定范围", "en": "What only they write"},
        "replies": {"zh": "其他人可以回复", "en": "Others reply in threads"},
        "notices": {"zh": "发给本群的通知也由专人发布", "en": "Notices to the group too"},
        "most": {"zh": "最多人数", "en": "At most"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check_publishers,
    rows=("NTF-01",),
)

OFFICE_HOURS = Control(
    "groups.office_hours",
    ControlKind.INFORM,
    {"zh": "固定沟通时间", "en": "Fixed communication times"},
    {
        "zh": "群主和管理员可以写明固定的沟通时间，全群都看得到；别的时间照样可以发消息。",
        "en": "Owner and administrators state at which times members are best reached in the group, for all to see; nobody is kept from writing at others.",
    },
    HoursRules,
    {"classes": {"zh": "只限群类别", "en": "Only classes"}},
    rows=("RSP-08",),
)

OPERATIONS = (
    Operation("groups.publishers", group_roles=_MANAGERS),
    Operation("groups.topics", group_roles=_MANAGERS),
    Operation("groups.office_hours", group_roles=_MANAGERS),
)
