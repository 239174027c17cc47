"""What messaging offers to packs about files."""

import re

from guiju.modules.messaging.file_types import LARGEST_FILE, UNREAD_KINDS, FileRules
from guiju.modules.policy.types import Control, ControlKind

_EXTENSION = re.compile(r"[a-z0-9]{1,10}")
_MOST_TYPES = 200


def _check_files(params: FileRules) -> None:
    if not 1 <= params.most_bytes <= LARGEST_FILE:
        raise ValueError(f"`most_bytes` is 1 to {LARGEST_FILE}, for more cannot be inspected")
    if len(params.types) > _MOST_TYPES or not all(
        _EXTENSION.fullmatch(each) for each in params.types
    ):
        raise ValueError(f"`types` are at most {_MOST_TYPES} extensions such as `docx`")
    if not set(params.unread) <= set(UNREAD_KINDS):
        raise ValueError(
            f"`unread` names {', '.join(f'`{kind}`' for kind in UNREAD_KINDS)} or nothing"
        )


FILES = Control(
    "messaging.files",
    ControlKind.PREVENT,
    {"zh": "文件、图片与语音", "en": "Files, pictures and voice notes"},
    {
        "zh": "文件先检查，后可打开；读不出内容的，先审后发。",
        "en": "Files are inspected before anybody can open them; what cannot be read waits for a review.",
    },
    FileRules,
    {
        "most_bytes": {"zh": "单个文件最大字节数", "en": "Bytes of one file at most"},
        "types": {"zh": "允许的扩展名", "en": "Allowed extensions"},
        "classes": {"zh": "只限群类别", "en": "Only classes"},
        "unread": {"zh": "读不出也放行", "en": "Passes without being read"},
    },
    _check_files,
    rows=("COL-05", "MSG-07", "SEC-01"),
)
