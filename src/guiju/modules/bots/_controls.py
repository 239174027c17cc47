"""What bots offer to packs, and who may do what with bots and webhooks."""

from guiju.modules.bots import _rules
from guiju.modules.bots.types import Incoming
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation

_OWNER = frozenset({GroupRole.OWNER})

CONTROLS = (
    Control(
        "bots.incoming",
        ControlKind.APPROVE,
        {"zh": "群机器人先申请", "en": "Bots of groups on request"},
        {
            "zh": "群机器人由群主申请，有负责人，列入台账；发言同样过检。",
            "en": "A bot is asked for by the owner, has a responsible person and stands in the register; it is inspected.",
        },
        Incoming,
        {
            "approval": {"zh": "审批", "en": "Approval"},
            "per_group": {"zh": "每群上限", "en": "Most in a group"},
            "classes": {"zh": "适用类别", "en": "Classes"},
        },
        _rules.check_incoming,
        rows=("INT-01",),
    ),
)

OPERATIONS = (
    Operation("bots.ask", group_roles=_OWNER),
    Operation("bots.key", group_roles=_OWNER),
    Operation("bots.remove", group_roles=_OWNER, roles=frozenset({"security_admin"}), system=True),
    Operation("bots.read", roles=frozenset({"registrar", "security_admin", "audit_admin"})),
    Operation("bots.webhooks", roles=frozenset({"system_admin"}), system=True),
    Operation(
        "bots.read_webhooks",
        roles=frozenset({"system_admin", "security_admin", "audit_admin"}),
        system=True,
    ),
)
