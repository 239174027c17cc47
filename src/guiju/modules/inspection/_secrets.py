"""Keys that open something: of cloud and code services, tokens, private keys, assignments.

Sources: the forms that the vendors publish for secret scanning (GitHub, GitLab, AWS, Alibaba Cloud,
Tencent Cloud, Google, Slack, Stripe, OpenAI, Anthropic, npm, PyPI, SendGrid, Hugging Face,
DigitalOcean, Shopify, Telegram, Atlassian, HashiCorp), RFC 7519 (JSON web tokens), RFC 7468 (PEM).
"""

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from guiju.modules.inspection._passage import INVISIBLE, Found, Passage, View

_B64 = "[0-9A-Za-z_-]"
_VENDORS = (
    f"sk-(?:proj-|ant-|or-|svcacct-|admin-)?{_B64}{{20,200}}",
    "gh[pousr]_[0-9A-Za-z]{36,251}",
    "github_pat_[0-9A-Za-z_]{22,255}",
    f"gl(?:pat|ptt|dt|rt|soat|cbt)-{_B64}{{20,64}}",
    "(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)[0-9A-Z]{16}",
    "LTAI[0-9A-Za-z]{12,24}",
    "AKID[0-9A-Za-z]{13,40}",
    "AKLT[0-9A-Za-z_-]{20,60}",
    f"AIza{_B64}{{35}}",
    f"ya29\\.{_B64}{{30,300}}",
    "GOCSPX-[0-9A-Za-z_-]{28}",
    "xox[abeoprs]-[0-9A-Za-z-]{10,250}",
    "xapp-[0-9]-[0-9A-Za-z-]{10,250}",
    f"SG\\.{_B64}{{16,32}}\\.{_B64}{{30,64}}",
    "(?:sk|rk|pk|whsec)_(?:live|test)_[0-9A-Za-z]{16,250}",
    "npm_[0-9A-Za-z]{36}",
    f"pypi-AgE{_B64}{{40,300}}",
    "hf_[0-9A-Za-z]{30,40}",
    "do[opr]_v1_[0-9a-f]{64}",
    "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    f"ATATT3{_B64}{{50,250}}=?",
    f"hv[sbr]\\.{_B64}{{24,250}}",
    f"dckr_pat_{_B64}{{20,40}}",
    f"(?:gsk|xai|nvapi|pplx|r8|fw|csk|tvly|lin_api|figd|ntn|dapi|rubygems)[_-]{_B64}{{24,200}}",
    f"[0-9]{{8,10}}:AA{_B64}{{33}}",
    f"eyJ{_B64}{{10,1000}}\\.eyJ{_B64}{{10,4000}}\\.{_B64}{{10,1000}}",
    "https://hooks\\.slack\\.com/services/T[0-9A-Z]{6,12}/B[0-9A-Z]{6,12}/[0-9A-Za-z]{20,28}",
    "(?:cgi-bin/webhook/send\\?key=|open-apis/bot/v2/hook/)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "robot/send\\?access_token=[0-9a-f]{64}",
)
_VENDOR = re.compile(f"(?<![0-9A-Za-z])(?:{'|'.join(_VENDORS)})(?![0-9A-Za-z])")
_ASSIGNED = re.compile(
    r"((?i:(?:api[_-]?key|access[_-]?key(?:[_-]?(?:id|secret))?|secret(?:[_-]?(?:id|key))?"
    r"|app[_-]?secret|client[_-]?secret|token|auth[_-]?key|private[_-]?key|passwd|password|pwd|credential|bearer|authorization))"
    r"|密钥|密匙|秘钥|私钥|令牌|口令|密码)"
    r"[\"']?\s{0,3}(?:是|为|=|:|：|=>|:=|\s)\s{0,3}(?:Bearer )?[\"'`]?([0-9A-Za-z][0-9A-Za-z+/_.~=-]{15,511})"
)
_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"|PuTTY-User-Key-File-[0-9]:|AGE-SECRET-KEY-1[0-9A-Z]{58}"
)
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_LONGEST_PEM = 16_000
_GATE = re.compile("[!-~]{16}|PRIVATE KEY")
_LETTER, _DIGIT = re.compile("[A-Za-z]"), re.compile("[0-9]")
_HEX = re.compile("[0-9a-fA-F]+")
# Bits a character: words and identifiers lie below, random letters and digits above.
_LEAST_ENTROPY = 3.2
_LEAST_HEX_ENTROPY = 2.8
_SHOWN = 4


def may_hold_keys(text: str) -> bool:
    """False where no key can be."""
    return _GATE.search(text) is not None


def find_keys(passage: Passage) -> Iterator[Found]:
    view = _plain(passage)
    text = view.text
    reach = 0
    spans = sorted(_spans(passage, text), key=lambda span: (span[0], -span[1]))
    for start, end in spans:
        if start >= reach:
            reach = end
            yield view.found("api_key", start, end, range(min(start + _SHOWN, end), end))


def _spans(passage: Passage, text: str) -> Iterator[tuple[int, int]]:
    reach = 0
    for match in _PEM.finditer(text):
        start, end = match.span()
        if start >= reach:
            if not match[0].startswith("AGE"):
                # A key without its end is one that was cut: what follows is hidden with it.
                close = _PEM_END.search(text, end, end + _LONGEST_PEM)
                end = close.end() if close else min(len(text), end + _LONGEST_PEM)
            reach = end
            yield start, end
    for match in passage.within(_VENDOR.finditer(text), 2):
        if _DIGIT.search(match[0]) is not None:
            yield match.span()
    for match in passage.within(_ASSIGNED.finditer(text), 3):
        if _is_random(match[2]):
            yield match.span(2)


def _plain(passage: Passage) -> View:
    """The text in its own case, without what takes no room."""
    text = passage.text
    if INVISIBLE.isdisjoint(text):
        return View(text, range(len(text)))
    places = [place for place, char in enumerate(text) if char not in INVISIBLE]
    return View("".join(text[place] for place in places), places)


def _is_random(value: str) -> bool:
    """Letters and digits mixed, with more information a character than words have."""
    value = value[:128]
    if _LETTER.search(value) is None or _DIGIT.search(value) is None:
        return False
    size = len(value)
    entropy = -sum(count / size * log2(count / size) for count in Counter(value).values())
    if _HEX.fullmatch(value) is not None:
        return size >= 32 and entropy >= _LEAST_HEX_ENTROPY
    return entropy >= _LEAST_ENTROPY
