"""What messaging offers to packs, and who may do what."""

from guiju.modules.inspection.service import KINDS
from guiju.modules.messaging.types import (
    ContentRules,
    Flood,
    PersonalData,
    ReviewRules,
    RiskScore,
)
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation

_DISPOSITIONS = ("mask", "hold", "block")


def _check_content(params: ContentRules) -> None:
    if params.disposition not in _DISPOSITIONS[1:]:
        raise ValueError("`disposition` is `hold` or `block`")


def _check_personal(params: PersonalData) -> None:
    if params.disposition not in _DISPOSITIONS:
        raise ValueError("`disposition` is `mask`, `hold` or `block`")
    unknown = [kind for kind in params.kinds if kind not in KINDS]
    if unknown:
        raise ValueError(f"unknown kinds: {', '.join(unknown)}")


def _check_review(params: ReviewRules) -> None:
    if params.reviewers != "reviewer":
        raise ValueError("`reviewers` is `reviewer`")
    if not 1 <= params.deadline.working_hours <= 2000:
        raise ValueError("`working_hours` is 1 to 2000")


def _check_flood(params: Flood) -> None:
    if not 1 <= params.messages <= 100_000 or not 1 <= params.seconds <= 3600:
        raise ValueError("`messages` is 1 to 100000, `seconds` is 1 to 3600")


def _check_risk(params: RiskScore) -> None:
    if not 0.5 <= params.threshold < 1:
        raise ValueError("`threshold` is 0.5 to 0.99")


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
            "disposition": {"zh": "处置", "en": "Disposition"},
        },
        _check_content,
    ),
    Control(
        "messaging.personal_data",
        ControlKind.PREVENT,
        {"zh": "个人信息脱敏", "en": "Personal data masked"},
        {"zh": "证件号等在送达前遮蔽。", "en": "Identity numbers are masked before delivery."},
        PersonalData,
        {
            "kinds": {"zh": "种类", "en": "Kinds"},
            "disposition": {"zh": "处置", "en": "Disposition"},
        },
        _check_personal,
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
        {"threshold": {"zh": "阈值", "en": "Threshold"}},
        _check_risk,
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
        },
        _check_review,
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
    ),
)

OPERATIONS = (
    Operation("messaging.send", group_roles=frozenset(GroupRole)),
    Operation("messaging.read", group_roles=frozenset(GroupRole)),
    Operation("messaging.review", roles=frozenset({"reviewer"}), system=True),
)
