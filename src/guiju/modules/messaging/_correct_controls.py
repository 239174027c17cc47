"""What packs may say of corrections."""

from guiju.modules.messaging.correct_types import CONTROL, CorrectionRules
from guiju.modules.policy.types import Control, ControlKind

_LONGEST_DAYS = 3650


def _check(params: CorrectionRules) -> None:
    if not 0 <= params.days <= _LONGEST_DAYS:
        raise ValueError(f"`days` is 0 to {_LONGEST_DAYS}")


CORRECTIONS = Control(
    CONTROL,
    ControlKind.RECORD,
    {"zh": "更正", "en": "Corrections"},
    {
        "zh": "说错了由作者发更正：照样检查，写明更正哪一条；原消息处处标明已更正并指向最新的更正，向作者报告的差错随之办结。",
        "en": "Authors put right what was wrong with a message that names it. It is inspected like all others; wherever the old one is shown it leads to the newest correction, and errors reported about it are closed.",
    },
    CorrectionRules,
    {
        "days": {"zh": "几天内可以更正（0：不限）", "en": "Days to correct (0: any time)"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check,
    rows=("MSG-03",),
)
