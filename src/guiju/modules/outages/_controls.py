"""What reports of outages offer to packs, and who may do what with them."""

from guiju.modules.outages.types import KEEPERS, NoParameters
from guiju.modules.policy.types import Control, ControlKind, Operation

CONTROLS = (
    Control(
        "outages.reports",
        ControlKind.RECORD,
        {"zh": "收发故障报告", "en": "Reports of outages"},
        {
            "zh": "收不到、发不出、回复不了消息的，两下就能报告给维护系统的人；处理结果告诉报告人，报告和处理都记入账本。",
            "en": "Who could not receive, send or answer reports it in two taps to those who keep the service, and is told what came of it; both are on record.",
        },
        NoParameters,
        rows=("RSP-07",),
    ),
)

OPERATIONS = (
    Operation("outages.report", everyone=True),
    Operation("outages.keep", roles=KEEPERS),
)
