"""What packs may say of templates, and who keeps them."""

from guiju.modules.messaging.template_types import CONTROL, TemplateRules
from guiju.modules.policy.types import Control, ControlKind, GroupRole, Operation

_WHAT = ("all", "announcements")


def _check_templates(params: TemplateRules) -> None:
    if params.only not in _WHAT:
        raise ValueError(f"`only` is one of {', '.join(_WHAT)}")


TEMPLATES = Control(
    CONTROL,
    ControlKind.PREVENT,
    {"zh": "消息模板", "en": "Message templates"},
    {
        "zh": "按统一模板写，标题、正文、附件缺一项就不发，并说明缺什么。",
        "en": "What is written follows a template; with a part missing it is not sent, and the refusal names the part.",
    },
    TemplateRules,
    {
        "only": {"zh": "限定范围", "en": "What follows one"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check_templates,
    rows=("MSG-15",),
)

OPERATIONS = (
    Operation(
        "messaging.templates", group_roles=frozenset({GroupRole.OWNER, GroupRole.ADMINISTRATOR})
    ),
    Operation("messaging.templates_everywhere", roles=frozenset({"registrar", "security_admin"})),
)
