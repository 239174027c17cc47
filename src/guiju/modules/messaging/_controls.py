"""What messaging offers to packs, and who may do what."""

from collections.abc import Sequence

from guiju.modules.inspection.service import (
    KINDS,
    LINK_KINDS,
    STANDARD,
    check_condition,
    check_scope,
    compile_ruleset,
)
from guiju.modules.inspection.types import (
    BadConditionError,
    BadDomainError,
    Disposition,
    LinkRule,
    Scope,
)
from guiju.modules.messaging import (
    _burn_controls,
    _change_controls,
    _correct_controls,
    _device_controls,
    _expressions,
    _forward_controls,
    _quiet_controls,
    _row_rules,
    _template_controls,
    _topic_controls,
)
from guiju.modules.messaging._file_controls import FILES
from guiju.modules.messaging._origin_controls import ORIGIN
from guiju.modules.messaging.audience import AUDIENCE
from guiju.modules.messaging.personal_types import MOST_MARKED, ReadMarks
from guiju.modules.messaging.review_types import SECOND_LINES, PreReviewRules
from guiju.modules.messaging.rule_types import (
    ContentRules,
    Flood,
    LinkRules,
    Pace,
    PatternRules,
    PersonalData,
    ReviewRules,
    RiskScore,
)
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation, Text

_DISPOSITIONS = ("alert", "mask", "warn", "hold", "block", STANDARD)
_MOST_DOMAINS = 10_000


def _check_rules(disposition: str, classes: tuple[str, ...], when: str, *, masks: bool) -> None:
    """ValueError for a disposition that the control does not know, and for a condition that CEL refuses."""
    allowed = [word for word in _DISPOSITIONS if masks or word != "mask"]
    if disposition not in allowed:
        raise ValueError(f"`disposition` is {', '.join(f'`{word}`' for word in allowed)}")
    try:
        check_scope(Scope(classes, when))
    except BadConditionError as error:
        raise ValueError(f"`when`: {error.message}") from error


def _check_condition(
    params: ContentRules | PersonalData | PatternRules | LinkRules | RiskScore,
) -> None:
    """ValueError for a condition that no text could ask, which earlier versions took for one that holds."""
    try:
        if params.when:
            check_condition(params.when)
    except BadConditionError as error:
        raise ValueError(f"`when`: {error.message}") from error


def _check_content(params: ContentRules) -> None:
    _check_rules(params.disposition, params.classes, params.when, masks=False)


def _check_personal(params: PersonalData) -> None:
    _check_rules(params.disposition, params.classes, params.when, masks=True)
    _check_kinds(params.kinds, KINDS)


def _check_kinds(kinds: tuple[str, ...], known: Sequence[str]) -> None:
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        raise ValueError(f"unknown kinds: {', '.join(unknown)}")


def _check_patterns(params: PatternRules) -> None:
    _check_rules(params.disposition, params.classes, params.when, masks=True)
    _expressions.check(params)


def _check_new_patterns(params: PatternRules) -> None:
    _check_condition(params)
    _expressions.check_new(params)


def _check_links(params: LinkRules) -> None:
    _check_rules(params.disposition, params.classes, params.when, masks=False)
    _check_kinds(params.kinds, LINK_KINDS)
    if len(params.domains) + len(params.own) > _MOST_DOMAINS:
        raise ValueError(f"`domains` and `own` have at most {_MOST_DOMAINS}")
    try:
        compile_ruleset([LinkRule("listed", (*params.domains, *params.own), Disposition.HOLD, "")])
    except BadDomainError as error:
        raise ValueError(f"`{error.data['domain']}` is no domain like example.com") from error
    if not params.domains and not params.kinds:
        raise ValueError("say `domains`, `kinds` or both")


def _check_review(params: ReviewRules) -> None:
    if params.reviewers != "reviewer":
        raise ValueError("`reviewers` is `reviewer`")
    if not 1 <= params.deadline.working_hours <= 2000:
        raise ValueError("`working_hours` is 1 to 2000")
    if params.escalate_to not in ("", *SECOND_LINES):
        raise ValueError(f"`escalate_to` is empty or one of {', '.join(SECOND_LINES)}")
    if not 1 <= params.escalation_hours <= 2000:
        raise ValueError("`escalation_hours` is 1 to 2000")
    if params.on_late not in ("remind", "escalate"):
        raise ValueError("`on_late` is `remind` or `escalate`")
    if params.on_late == "escalate" and not params.escalate_to:
        raise ValueError("`on_late: escalate` needs `escalate_to`")
    if not 0 <= params.exception_days <= 366:
        raise ValueError("`exception_days` is 0 to 366")


def _check_prereview(params: PreReviewRules) -> None:
    if not 2 <= params.refusals <= 50:
        raise ValueError("`refusals` is 2 to 50")
    if not 1 <= params.within_days <= 366 or not 1 <= params.for_days <= 90:
        raise ValueError("`within_days` is 1 to 366, `for_days` is 1 to 90")


def _check_flood(params: Flood) -> None:
    if not 1 <= params.messages <= 100_000 or not 1 <= params.seconds <= 3600:
        raise ValueError("`messages` is 1 to 100000, `seconds` is 1 to 3600")


def _check_pace(params: Pace) -> None:
    if not 0 <= params.messages <= 100_000 or not 1 <= params.seconds <= 86_400:
        raise ValueError("`messages` is 0 to 100000, `seconds` is 1 to 86400")
    if params.per not in ("person", "contact") or params.action not in ("refuse", "warn"):
        raise ValueError("`per` is `person` or `contact`, `action` is `refuse` or `warn`")
    if not 0 <= params.longest <= 10_000 or not (params.messages or params.longest):
        raise ValueError("`longest` is 0 to 10000; say `messages`, `longest` or both")


def _check_marks(params: ReadMarks) -> None:
    if not 0 <= params.most_members <= MOST_MARKED:
        raise ValueError(f"`most_members` is 0 to {MOST_MARKED}")


def _check_risk(params: RiskScore) -> None:
    if not 0.5 <= params.threshold < 1:
        raise ValueError("`threshold` is 0.5 to 0.99")
    _check_rules("hold", params.classes, params.when, masks=False)


_SCOPED: dict[str, Text] = {
    "disposition": {"zh": "处置", "en": "Disposition"},
    "classes": {"zh": "只限群类别", "en": "Only classes"},
    "when": {"zh": "条件", "en": "Condition"},
}

CONTROLS = (
    Control(
        "messaging.content",
        ControlKind.PREVENT,
        {"zh": "内容检查", "en": "Content inspection"},
        {
            "zh": "命中词库的消息先审或不发。",
            "en": "A message that hits a dictionary is held or not sent.",
        },
        ContentRules,
        {
            "dictionaries": {"zh": "词库", "en": "Dictionaries"},
            **_SCOPED,
        },
        _check_content,
        check_new=_check_condition,
        rows=_row_rules.CONTENT,
        rows_of=_row_rules.of_content,
    ),
    Control(
        "messaging.personal_data",
        ControlKind.PREVENT,
        {"zh": "个人信息脱敏", "en": "Personal data masked"},
        {"zh": "证件号等在送达前遮蔽。", "en": "Identity numbers are masked before delivery."},
        PersonalData,
        {
            "kinds": {"zh": "种类", "en": "Kinds"},
            **_SCOPED,
        },
        _check_personal,
        check_new=_check_condition,
        rows=_row_rules.PERSONAL,
        rows_of=_row_rules.of_personal_data,
    ),
    Control(
        "messaging.patterns",
        ControlKind.PREVENT,
        {"zh": "自定表达式", "en": "Own expressions"},
        {
            "zh": "命中本单位自定表达式的消息按规定处置。",
            "en": "A message that matches an expression of the organisation's own is dealt with as the clause says.",
        },
        PatternRules,
        {"patterns": {"zh": "表达式", "en": "Expressions"}, **_SCOPED},
        _check_patterns,
        check_new=_check_new_patterns,
        mended=_expressions.mended,
        left_out=_expressions.left_out,
        rows=_row_rules.PATTERNS,
        rows_of=_row_rules.of_patterns,
    ),
    Control(
        "messaging.links",
        ControlKind.PREVENT,
        {"zh": "链接检查", "en": "Link inspection"},
        {
            "zh": "列出的网站和可疑的链接按规定处置。",
            "en": "Links to listed sites and suspicious links are dealt with as the clause says.",
        },
        LinkRules,
        {
            "domains": {"zh": "网站", "en": "Sites"},
            "kinds": {"zh": "种类", "en": "Kinds"},
            "own": {"zh": "本单位的网站", "en": "The organisation's own sites"},
            **_SCOPED,
        },
        _check_links,
        check_new=_check_condition,
        rows=_row_rules.LINKS,
        rows_of=_row_rules.of_links,
    ),
    Control(
        "messaging.risk",
        ControlKind.APPROVE,
        {"zh": "风险评分", "en": "Risk score"},
        {
            "zh": "评分达到阈值的消息先审；只提请人工审核，从不拦截。误判率见运维手册。",
            "en": "A message whose score reaches the threshold is held for review, never blocked. The operator's guide has its error rates.",
        },
        RiskScore,
        {
            "threshold": {"zh": "阈值", "en": "Threshold"},
            "classes": _SCOPED["classes"],
            "when": _SCOPED["when"],
        },
        _check_risk,
        check_new=_check_condition,
    ),
    Control(
        "messaging.review",
        ControlKind.APPROVE,
        {"zh": "人工审核", "en": "Review by a person"},
        {
            "zh": "待审消息由审核员在时限内决定。",
            "en": "A reviewer decides on held messages in time.",
        },
        ReviewRules,
        {
            "deadline": {"zh": "时限", "en": "Deadline"},
            "reviewers": {"zh": "审核人", "en": "Reviewers"},
            "escalate_to": {"zh": "上报给", "en": "Escalated to"},
            "escalation_hours": {
                "zh": "上报后的时限（工作小时）",
                "en": "Working hours after that",
            },
            "on_late": {"zh": "超时", "en": "When late"},
            "exception_days": {"zh": "例外最长天数", "en": "Longest exception, days"},
        },
        _check_review,
        rows=("SEC-01",),
    ),
    Control(
        "messaging.prereview",
        ControlKind.APPROVE,
        {"zh": "先审后发", "en": "Pre-review of a person"},
        {
            "zh": "屡次被退回的人，一段时间内的消息先审后发，到期自动解除；由其负责的机器人算在内。",
            "en": "After too many refusals a person's messages, and their bots', wait for review, until a day.",
        },
        PreReviewRules,
        {
            "refusals": {"zh": "退回次数", "en": "Refusals"},
            "within_days": {"zh": "几天之内", "en": "Within days"},
            "for_days": {"zh": "先审几天", "en": "Review for days"},
            "everywhere": {"zh": "在所有群", "en": "In all groups"},
        },
        _check_prereview,
    ),
    Control(
        "messaging.flood",
        ControlKind.PREVENT,
        {"zh": "刷屏限制", "en": "Flood limit"},
        {
            "zh": "短时间内消息过多会被拒绝。",
            "en": "Too many messages in a short time are refused.",
        },
        Flood,
        {"messages": {"zh": "条数", "en": "Messages"}, "seconds": {"zh": "秒", "en": "Seconds"}},
        _check_flood,
        rows=("MSG-12",),
    ),
    Control(
        "messaging.pace",
        ControlKind.PREVENT,
        {"zh": "发言适度", "en": "Moderation"},
        {
            "zh": "同一人在所有群里、或者对同一个人发得过多，以及过长的消息，提醒本人确认或者稍后再发。",
            "en": "Too much by one person in all groups, or to one person, and texts that are too long: the author is asked first, or goes on later.",
        },
        Pace,
        {
            "messages": {"zh": "条数", "en": "Messages"},
            "seconds": {"zh": "秒", "en": "Seconds"},
            "per": {"zh": "按人还是按联系人", "en": "Per person or contact"},
            "action": {"zh": "超出时", "en": "Above it"},
            "longest": {"zh": "最长字数", "en": "Longest text"},
            "classes": _SCOPED["classes"],
        },
        _check_pace,
        rows=("MSG-13",),
    ),
    Control(
        "messaging.read_marks",
        ControlKind.INFORM,
        {"zh": "已读显示", "en": "Who has read"},
        {
            "zh": "小群里成员互相看到谁读过消息，作者可以提醒未读的人；大群不显示。",
            "en": "In small groups members see who has read a message, and its author may remind the others; in large ones they do not.",
        },
        ReadMarks,
        {"most_members": {"zh": "最多人数", "en": "Most members"}, "classes": _SCOPED["classes"]},
        _check_marks,
    ),
    *_change_controls.CONTROLS,
    *_quiet_controls.CONTROLS,
    FILES,
    ORIGIN,
    _forward_controls.FORWARDING,
    *_topic_controls.CONTROLS,
    _template_controls.TEMPLATES,
    *_device_controls.CONTROLS,
    _burn_controls.BURNING,
    _correct_controls.CORRECTIONS,
    AUDIENCE,
)

OPERATIONS = (
    Operation("messaging.send", group_roles=frozenset(GroupRole), bots=True),
    Operation("messaging.read", group_roles=frozenset(GroupRole)),
    Operation("messaging.save", everyone=True),
    Operation("messaging.remind", group_roles=frozenset(GroupRole)),
    Operation("messaging.review", roles=frozenset({"reviewer"}), system=True),
    Operation("messaging.alert", system=True),
    Operation(
        "messaging.decisions", roles=frozenset({"reviewer", "security_admin", "audit_admin"})
    ),
    Operation("messaging.review_escalated", roles=frozenset(SECOND_LINES)),
    Operation("messaging.exceptions", roles=frozenset({"reviewer", "security_admin"})),
    Operation("messaging.read_prereviews", roles=frozenset({"reviewer", "security_admin", "hr"})),
    Operation(
        "messaging.read_metrics", roles=frozenset({"reviewer", "security_admin", "audit_admin"})
    ),
    *_change_controls.OPERATIONS,
    *_topic_controls.OPERATIONS,
    *_template_controls.OPERATIONS,
    *_quiet_controls.OPERATIONS,
    *_burn_controls.OPERATIONS,
    Operation("messaging.read_forwards", roles=frozenset({"audit_admin"})),
)
