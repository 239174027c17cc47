"""What packs may demand to be said of where shared files come from."""

from guiju.modules.messaging.origin_types import ASKED_KINDS, CONTROL, OriginRules
from guiju.modules.policy.types import Control, ControlKind


def _check(params: OriginRules) -> None:
    if not params.of or not set(params.of) <= set(ASKED_KINDS):
        raise ValueError(f"`of` names {', '.join(f'`{kind}`' for kind in ASKED_KINDS)} or both")


ORIGIN = Control(
    CONTROL,
    ControlKind.PREVENT,
    {"zh": "资料来源", "en": "Origin of files"},
    {
        "zh": "发文件、图片的人说明来源，看的人都看得到；没有说明的不予发送。语音不用说明。",
        "en": "Whoever shares a file or a picture says where it comes from, and its readers see it; without that it is not sent. Voice notes need none.",
    },
    OriginRules,
    {
        "of": {"zh": "哪些要说明", "en": "Asked of"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
    },
    _check,
    rows=("MSG-21",),
)
