"""What answers offer to packs, and who may do what with them."""

from guiju.modules.followup import _rules
from guiju.modules.followup.absence_types import AbsenceRules
from guiju.modules.followup.question_types import QuestionRules
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
        rows=("RSP-01", "RSP-02", "RSP-03", "RSP-04"),
    ),
    Control(
        "followup.absences",
        ControlKind.RECORD,
        {"zh": "无法回复的事先说明", "en": "Telling beforehand that one cannot answer"},
        {
            "zh": "一时无法回复的，事先在群内标明到什么时候；同群的人写消息时看得到，到期前的提醒等到那时再发，逾期的注明事先说明过。",
            "en": "Who cannot answer tells their groups beforehand until when. Those who write to them see it, reminders wait for its end, and what is late says that it was told beforehand.",
        },
        AbsenceRules,
        {
            "most_days": {"zh": "一次最长（天）", "en": "Longest at once (days)"},
            "needs_reason": {"zh": "须写原因", "en": "A reason is needed"},
        },
        _rules.check_absences,
        rows=("RSP-04",),
    ),
    Control(
        "followup.questions",
        ControlKind.TIMER,
        {"zh": "问题限时答复", "en": "Questions answered in time"},
        {
            "zh": "成员可以就群里的消息向主管部门提出问题，部门负责人限时答复、确认或者转交；到期前提醒，逾期告知上一级负责人。发现差错的，可以报告发送人。",
            "en": "Members raise questions about messages for the unit in charge, whose head answers, confirms or hands them on in time; they are reminded before the deadline, and the next head is told after it. Errors are reported to who wrote the message.",
        },
        QuestionRules,
        {
            "hours": {"zh": "答复期限（小时）", "en": "Deadline (hours)"},
            "basis": {"zh": "按工作时间或钟点", "en": "Working or clock hours"},
            "remind_hours": {"zh": "到期前提醒（小时）", "en": "Reminder before it (hours)"},
            "next_hours": {
                "zh": "逾期后告知上一级（小时）",
                "en": "Late until the next head is told (hours)",
            },
            "levels": {"zh": "再告知几级负责人", "en": "Further heads who are told"},
            "per_day": {"zh": "每人每群每天最多", "en": "Most per person, group and day"},
            "classes": {"zh": "只限群类别", "en": "Only classes"},
        },
        _rules.check_questions,
        rows=("RSP-05", "RSP-06"),
    ),
)

OPERATIONS = (
    # Of which messages, and who was asked, the verbs decide.
    Operation("followup.ask", group_roles=_MEMBERS),
    Operation("followup.answer", group_roles=_MEMBERS),
    # Of oneself alone.
    Operation("followup.say_absent", everyone=True),
    # Who answers for a question need not be a member: the verbs ask the chart.
    Operation("followup.question", group_roles=_MEMBERS),
    Operation("followup.answer_question", everyone=True),
    Operation("followup.keep_time", system=True),
)
