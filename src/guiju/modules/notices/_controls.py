"""What notices offer to packs, and who may do what with them."""

from guiju.modules.notices import _rules
from guiju.modules.notices.types import Acknowledgement, Issuers, Quiz
from guiju.modules.policy.types import Control, ControlKind, Operation

CONTROLS = (
    Control(
        "notices.issuers",
        ControlKind.PREVENT,
        {"zh": "通知由专人发布", "en": "Notices by named persons"},
        {
            "zh": "只有指定职责、岗位的人员能发布通知；其他有发布权的人试图发布的，记入账本。",
            "en": "Only holders of the named roles and posts issue notices; the attempt of others with the right is recorded.",
        },
        Issuers,
        {"roles": {"zh": "职责", "en": "Roles"}, "posts": {"zh": "岗位", "en": "Posts"}},
        _rules.check_issuers,
        rows=("ACC-20", "NTF-01"),
    ),
    Control(
        "notices.acknowledgement",
        ControlKind.TIMER,
        {"zh": "通知限时确认", "en": "Acknowledged in time"},
        {
            "zh": "收到通知的人在工作时间内限时确认“我已知悉”；到期前提醒，到期统计并告知发布人和部门负责人，逾期标明。",
            "en": "Recipients acknowledge within working time; they are reminded before the deadline; at it they are counted, and publisher and heads told who is missing.",
        },
        Acknowledgement,
        {
            "hours": {"zh": "通常期限（工作小时）", "en": "Usual deadline (working hours)"},
            "most_hours": {"zh": "最长期限（工作小时）", "en": "Longest deadline (working hours)"},
            "remind_hours": {
                "zh": "到期前提醒（工作小时）",
                "en": "Reminder before it (working hours)",
            },
            "remind_every_minutes": {
                "zh": "两次提醒至少间隔（分钟）",
                "en": "Pause between reminders (minutes)",
            },
        },
        _rules.check_acknowledgement,
        rows=("NTF-02", "NTF-03", "RSP-02"),
    ),
    Control(
        "notices.quiz",
        ControlKind.INFORM,
        {"zh": "通知附问答", "en": "Questions after a notice"},
        {
            "zh": "附有问答的通知，答对才算知悉；每次作答都有记录。",
            "en": "A notice with questions is acknowledged only by who passes them; every try is recorded.",
        },
        Quiz,
        {
            "pass_percent": {"zh": "答对比例（%）", "en": "Right answers to pass (%)"},
            "wait_minutes": {"zh": "再答须隔（分钟）", "en": "Pause after a try (minutes)"},
        },
        _rules.check_quiz_params,
        rows=("RSP-02", "TRN-17"),
    ),
)

OPERATIONS = (
    Operation("notices.issue", roles=_rules.ISSUING_ROLES),
    # Heads address their own people only.
    Operation("notices.issue_to_all", roles=_rules.ISSUING_ROLES - {"head"}),
    # Who was asked, the verbs decide.
    Operation("notices.acknowledge", everyone=True),
    Operation("notices.read_all", roles=frozenset({"audit_admin", "security_admin"})),
    Operation("notices.keep_time", system=True),
)
