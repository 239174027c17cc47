"""What messaging offers to packs about forwarding."""

from guiju.modules.messaging.forward_types import MOST_FORWARDED, ForwardRules
from guiju.modules.policy.types import Control, ControlKind

_WAYS = ("anywhere", "same_class", "nowhere")


def _check_forwarding(params: ForwardRules) -> None:
    if params.to not in _WAYS:
        raise ValueError(f"`to` is one of {', '.join(_WAYS)}")
    if not 1 <= params.most <= MOST_FORWARDED:
        raise ValueError(f"`most` is 1 to {MOST_FORWARDED}")


FORWARDING = Control(
    "messaging.forwarding",
    ControlKind.PREVENT,
    {"zh": "转发", "en": "Forwarding"},
    {
        "zh": "群里的消息只能按规定转到别的群；转到哪里，账本里查得到。",
        "en": "Messages leave a group only as the clause allows, and the ledger tells where they went.",
    },
    ForwardRules,
    {
        "to": {"zh": "可转到", "en": "To"},
        "down": {"zh": "可转到密级更低的群", "en": "To lower levels"},
        "outside": {"zh": "可转到有外单位人员的群", "en": "To groups with outsiders"},
        "most": {"zh": "一次最多条数", "en": "At most"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check_forwarding,
    rows=("SEC-04",),
)
