"""What packs may say of who sees whose telephone number and e-mail address."""

from guiju.modules.groups.contact_types import SEEN_BY, ContactRules
from guiju.modules.policy.types import Control, ControlKind

_LARGEST, _LONGEST = 1000, 90


def _check_contacts(params: ContactRules) -> None:
    if not set(params.seen_by) <= set(SEEN_BY):
        raise ValueError(f"`seen_by` has {', '.join(SEEN_BY)}")
    if not 2 <= params.most_group <= _LARGEST:
        raise ValueError(f"`most_group` is 2 to {_LARGEST}")
    if not 0 <= params.kept_days <= _LONGEST:
        raise ValueError(f"`kept_days` is 0 to {_LONGEST}")


CONTROL = Control(
    "groups.contacts",
    ControlKind.PREVENT,
    {"zh": "电话和邮箱给谁看", "en": "Who sees telephone numbers"},
    {
        "zh": "同事的电话和邮箱只给一起工作的人看；同时存在他们的设备上，断网时照样能打电话。",
        "en": "Telephone numbers and e-mail addresses are shown to those who work together only; their devices keep them, so that one can phone when the network fails.",
    },
    ContactRules,
    {
        "seen_by": {"zh": "给谁看", "en": "Seen by"},
        "phone": {"zh": "显示电话", "en": "Telephone numbers"},
        "email": {"zh": "显示邮箱", "en": "E-mail addresses"},
        "most_group": {"zh": "最大的群（人）", "en": "Largest group"},
        "kept_days": {"zh": "设备上保存（天）", "en": "Kept on devices (days)"},
    },
    _check_contacts,
    rows=("PRV-03", "RSP-07"),
)
