"""What groups offer to packs, and who may do what with a group."""

from guiju.modules.groups import _contact_controls, _direct_controls, _order_controls, _rules
from guiju.modules.groups.types import (
    Administrators,
    EndDate,
    ExternalTools,
    NamePatterns,
    NoParameters,
    Register,
)
from guiju.modules.policy.types import INSIDE, Control, ControlKind, GroupRole, Operation

_MANAGERS = frozenset({GroupRole.OWNER, GroupRole.ADMINISTRATOR})
_OWNER = frozenset({GroupRole.OWNER})
_ALL = frozenset(GroupRole)
_OVERSEERS = frozenset({"registrar", "security_admin", "audit_admin"})

CONTROLS = (
    Control(
        "groups.registration",
        ControlKind.APPROVE,
        {"zh": "先报备后建群", "en": "Registration before existence"},
        {
            "zh": "群只能由审批通过的申请产生。",
            "en": "A group comes to exist only through an approved application.",
        },
        NoParameters,
        rows=("GRP-01", "GRP-02"),
    ),
    Control(
        "groups.register",
        ControlKind.RECORD,
        {"zh": "备案号与台账", "en": "Filing number and register"},
        {
            "zh": "每个群有连续的备案号，列入台账。",
            "en": "Each group has a gapless filing number and stands in the register.",
        },
        Register,
        {"number": {"zh": "编号格式", "en": "Form"}},
        _rules.check_register,
        rows=("GRP-02",),
    ),
    Control(
        "groups.external_tools",
        ControlKind.RECORD,
        {"zh": "其他工具上的群", "en": "Groups on other tools"},
        {
            "zh": "其他工具上的群同样报备，登记成员。",
            "en": "Groups on other tools are registered too, with their roster.",
        },
        ExternalTools,
        {"tools": {"zh": "工具", "en": "Tools"}},
        rows=("GRP-03", "GRP-18"),
    ),
    Control(
        "groups.classes",
        ControlKind.RECORD,
        {"zh": "群组分类", "en": "Classes of groups"},
        {"zh": "每个群有类别和密级。", "en": "Each group has a class and a level."},
        NoParameters,
        rows=("GRP-05", "GRP-06"),
    ),
    Control(
        "groups.name_pattern",
        ControlKind.PREVENT,
        {"zh": "群名称格式", "en": "Form of names"},
        {"zh": "不符合格式的名称不能提交。", "en": "A name that does not fit cannot be submitted."},
        NamePatterns,
        {"patterns": {"zh": "格式", "en": "Forms"}},
        _rules.check_patterns,
        rows=("GRP-08",),
    ),
    Control(
        "groups.owner",
        ControlKind.PREVENT,
        {"zh": "群主唯一", "en": "Exactly one owner"},
        {"zh": "群主不能直接退出，须先移交。", "en": "The owner cannot leave before handing over."},
        NoParameters,
        rows=("GRP-10",),
    ),
    Control(
        "groups.administrators",
        ControlKind.PREVENT,
        {"zh": "管理员人数上下限", "en": "Number of administrators"},
        {
            "zh": "超出人数的任命会被拒绝并留痕。",
            "en": "An appointment outside the bounds is refused and recorded.",
        },
        Administrators,
        {"min": {"zh": "最少", "en": "Least"}, "max": {"zh": "最多", "en": "Most"}},
        _rules.check_administrators,
        rows=("GRP-11",),
    ),
    Control(
        "groups.admission",
        ControlKind.APPROVE,
        {"zh": "入群须经同意", "en": "Admission by decision"},
        {
            "zh": "群主或管理员同意后才能入群。",
            "en": "Nobody joins without the owner's or an administrator's decision.",
        },
        NoParameters,
        rows=("MEM-01",),
    ),
    Control(
        "groups.invitation",
        ControlKind.PREVENT,
        {"zh": "受邀者接受后入群", "en": "The invited accept"},
        {
            "zh": "群主或管理员邀请的人，本人接受之后才成为成员。",
            "en": "Whoever is invited becomes a member only by accepting.",
        },
        NoParameters,
        rows=("MEM-01",),
    ),
    Control(
        "groups.removal",
        ControlKind.RECORD,
        {"zh": "移出留痕", "en": "Removal on record"},
        {
            "zh": "移出成员须写明原因。",
            "en": "Removing a member needs a reason, which is recorded.",
        },
        NoParameters,
        rows=("MEM-04",),
    ),
    Control(
        "groups.rules",
        ControlKind.INFORM,
        {"zh": "群规签收", "en": "Group rules signed"},
        {
            "zh": "签收群规之前看不到也发不出消息。",
            "en": "Nothing is read or posted before the rules are signed.",
        },
        NoParameters,
        rows=("GRP-13",),
    ),
    Control(
        "groups.leaving",
        ControlKind.APPROVE,
        {"zh": "退群须经同意", "en": "Leaving by decision"},
        {"zh": "退群申请由群主决定。", "en": "The owner decides a request to leave."},
        NoParameters,
        rows=("MEM-07", "MEM-08"),
    ),
    Control(
        "groups.end_date",
        ControlKind.TIMER,
        {"zh": "有效期", "en": "End date"},
        {
            "zh": "到期前提醒群主，到期后关闭。",
            "en": "The owner is reminded before the end; after it the group closes.",
        },
        EndDate,
        {"remind_working_days": {"zh": "提前提醒（工作日）", "en": "Reminder (working days)"}},
        _rules.check_end_date,
        rows=("GRP-19",),
    ),
    _order_controls.PUBLISHERS,
    _order_controls.OFFICE_HOURS,
    _contact_controls.CONTROL,
    *_direct_controls.CONTROLS,
)

OPERATIONS = (
    Operation("groups.apply", everyone=True, system=True),
    Operation("groups.read", roles=_OVERSEERS, group_roles=_ALL, states=INSIDE, system=True),
    Operation("groups.register.read", roles=_OVERSEERS, system=True),
    Operation("groups.join", everyone=True),
    Operation("groups.admit", group_roles=_MANAGERS, system=True),
    Operation("groups.accept", group_roles=_ALL, states=INSIDE),
    Operation("groups.remove", group_roles=_MANAGERS),
    Operation("groups.leave", group_roles=_ALL, states=INSIDE),
    Operation("groups.decide_leaving", group_roles=_OWNER),
    Operation("groups.sign", group_roles=_ALL, states=INSIDE),
    Operation("groups.rules", group_roles=_OWNER),
    Operation("groups.appoint", group_roles=_OWNER),
    Operation("groups.hand_over", group_roles=_OWNER, roles=frozenset({"registrar"})),
    Operation("groups.close", group_roles=_OWNER, roles=frozenset({"registrar"}), system=True),
    *_order_controls.OPERATIONS,
    *_direct_controls.OPERATIONS,
)
