"""What answers offer to packs, and who may do what with them."""

from guiju.modules.followup import _rules
from guiju.modules.followup.types import AnswerRules
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation

_MEMBERS = frozenset(GroupRole)

CONTROLS = (
    Control(
        "followup.answers",
        ControlKind.TIMER,
        {"zh": "限时回复", "en": "Answered in time"},
        {
            "zh": "需要回复的消息，被点名的人限时回复、确认已明白，或者说明理由；到期前提醒本人，逾期标明并告知其负责人。",
            "en": "Whom a message asks answers in time: by a reply, by saying that it is understood, or with a reason why not. They are reminded before the deadline; after it they are marked late and their heads are told.",
        },
        AnswerRules,
        {
            "hours": {"zh": "通常期限（小时）", "en": "Usual deadline (hours)"},
            "most_hours": {"zh": "最长期限（小时）", "en": "Longest deadline (hours)"},
            "basis": {"zh": "按工作时间或钟点", "en": "Working or clock hours"},
            "remind_hours": {"zh": "到期前提醒（小时）", "en": "Reminder before it (hours)"},
            "next_hours": {
                "zh": "再上一级负责人（小时后）",
                "en": "Until the next head is told (hours)",
            },
            "levels": {"zh": "告知几级负责人", "en": "Heads who are told"},
            "per_day": {"zh": "每人每群每天最多", "en": "Most per person, group and day"},
            "classes": {"zh": "只限群类别", "en": "Only classes"},
        },
        _rules.check_answers,
    ),
)

OPERATIONS = (
    # Of which messages, and who was asked, the verbs decide.
    Operation("followup.ask", group_roles=_MEMBERS),
    Operation("followup.answer", group_roles=_MEMBERS),
    Operation("followup.keep_time", system=True),
)
