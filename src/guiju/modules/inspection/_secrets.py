"""Keys that open something: of cloud and code services, tokens, private keys, assignments.

Sources: the forms that the vendors publish for secret scanning (GitHub, GitLab, AWS, Alibaba Cloud,
Tencent Cloud, Google, Slack, Stripe, OpenAI, Anthropic, npm, PyPI, SendGrid, Hugging Face,
DigitalOcean, Shopify, Telegram, Atlassian, HashiCorp), RFC 7519 (JSON web tokens), RFC 7468 (PEM).
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import log2

from guiju.modules.inspection._glances import SPACE, glance, teller_of
from guiju.modules.inspection._passage import Found, Passage
from guiju.modules.inspection._passwords import find_passwords
from guiju.modules.inspection._relaxed import relaxed

_B64 = "[0-9A-Za-z_-]"
_FIGURES = "[0-9a-f]{32}\\.[0-9A-Za-z]{16}"
_VENDORS = (
    f"sk-(?:(?:proj-|ant-|or-|svcacct-|admin-)?{_B64}{{20,200}}|[0-9A-Za-z]{{16,19}})",
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
    f"eyJ{_B64}{{10,1000}}\\.eyJ{_B64}{{6,4000}}\\.{_B64}{{4,1000}}",
    "https://hooks\\.slack\\.com/services/T[0-9A-Z]{6,12}/B[0-9A-Z]{6,12}/[0-9A-Za-z]{20,28}",
    "(?:cgi-bin/webhook/send\\?key=|open-apis/bot/v2/hook/)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "robot/send\\?access_token=[0-9a-f]{64}",
    "sq0(?:csp|atp|idp)-[0-9A-Za-z_-]{22,43}",
    "EAA[0-9A-Za-z]{40,250}",
    f"1//0[0-9]?{_B64}{{30,120}}",
    "key-[0-9a-f]{32}",
    _FIGURES,
    "bce-v3/ALTAK-[0-9A-Za-z]{16,32}/[0-9a-f]{32,48}",
    "[0-9a-z]{0,12}sk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    f"(?:NRAK|PMAK|CFPAT|tskey|glsa|sntrys|sbp|pk\\.eyJ|STS\\.N)[-_]?{_B64}{{20,200}}",
    "(?<=AccountKey=)[0-9A-Za-z+/]{60,100}={0,2}",
)
_VENDOR = re.compile(f"(?<![0-9A-Za-z])(?:{'|'.join(_VENDORS)})(?![0-9A-Za-z])")
# What has no counts would match any number with a dot.
_may_be_vendors = glance(
    "|".join([relaxed(v.replace("(?<=", "(?:")) for v in _VENDORS if v != _FIGURES] + [_FIGURES])
)
_NAMES = (
    r"(?i:(?:api|app|access|secret|auth|private|subscription|account|signing|encryption|master|session|deploy|license|service)[_-]?key(?:[_-]?(?:id|secret))?"
    r"|secret(?:[_-]?(?:id|key))?|(?:app|client)[_-]?secret|token|credential|bearer|authorization)"
    r"|密钥|密匙|秘钥|私钥|公钥|令牌|凭证|授权码"
)
_PASSWORDS = r"(?i:passwd|password|passphrase|passcode|pwd)|口令|密码"
_LINK = r"[\"']?\s{0,3}(?:[是为]\s?[:：]?|=|:|：|=>|:=|\s)\s{0,3}"
_ASSIGNED = re.compile(
    rf"(?:{_NAMES}|{_PASSWORDS}){_LINK}(?:Bearer )?[\"'`]?([0-9A-Za-z][0-9A-Za-z+/_.~=-]{{15,511}})"
)
# A short word like key names a thing of any kind: what follows a sign must be random by itself.
_WEAK = re.compile(
    r"(?<![0-9A-Za-z-])(?i:(?:[0-9a-z]{1,24}_)?(?:key|ak|sk|pass|auth|sig|signature|sign))"
    r"[\"']?\s{0,2}(?:是\s?[:：]?|=|:|：)\s{0,2}[\"'`]?([0-9A-Za-z][0-9A-Za-z+/_.~-]{15,255})"
)
_PEM = re.compile(
    r"(?<![A-Za-z])BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?(?![A-Za-z])(?: ?(?:- ?){2,}-|(?=[\s:]{0,4}[A-Za-z0-9+/=]{24}))"
    r"|PuTTY-User-Key-File-[0-9]:|AGE-SECRET-KEY-1[0-9A-Z]{58}"
)
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
# Of a key whose heading has no dashes, and which is cut, no more than its rows is hidden.
_ROWS = re.compile(r"(?:[\s:]{0,4}[A-Za-z0-9+/=]{16,})+")
_LONGEST_PEM = 16_000
_DASHES = 12
_may_hold = teller_of("[!-~]{16}|PRIVATE KEY")
# No word has so many letters, and names that are made of words have signs between them.
_ROW = re.compile("[0-9A-Za-z]{24}")
_LETTER, _DIGIT = re.compile("[A-Za-z]"), re.compile("[0-9]")
_HEX = re.compile("[0-9a-fA-F]+")
# Bits a character: words and identifiers lie below, random letters and digits above.
_LEAST_ENTROPY = 3.2
_LEAST_HEX_ENTROPY = 2.8
_SHOWN = 4
_LEAST_TURNS = 5
_LONG_HEX = 32


def may_hold_keys(text: str) -> bool:
    """False where no key can be that has a form of its own."""
    return _may_hold(text.encode())


def find_keys(passage: Passage) -> Iterator[Found]:
    """Keys, tokens and passwords, the longest where several share characters."""
    found = [*find_passwords(passage)]
    if may_hold_keys(passage.text):
        view = passage.cased
        found += [
            view.found("api_key", start, end, range(min(start + _SHOWN, end), end))
            for start, end in _spans(passage, view.text)
        ]
    reach = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= reach:
            reach = each.end
            yield each


def _spans(passage: Passage, text: str) -> Iterator[tuple[int, int]]:
    reach = 0
    for match in _PEM.finditer(text):
        start, end = match.span()
        if start >= reach:
            if not match[0].startswith("AGE"):
                # A key without its end is one that was cut: what follows is hidden with it.
                close = _PEM_END.search(text, end, end + _LONGEST_PEM)
                rows = None if match[0].endswith(("-", ":")) else _ROWS.match(text, end)
                cut = rows.end() if rows else end + _LONGEST_PEM
                end = close.end() if close else min(len(text), cut)
            reach = end
            before = text[max(0, start - _DASHES) : start]
            yield start - len(before[len(before.rstrip("- ")) :].lstrip()), end
    for match in passage.within(_VENDOR.finditer(text) if _may_be_vendors(text) else (), 2):
        key = match[0]
        if _DIGIT.search(key) or _is_mixed(key) or key.isupper() or _ROW.search(key):
            yield match.span()
    plain = text.casefold()
    for pattern, is_secret, may_match in (
        _CUED if any(word in plain for word in _MEANT) else _CUED[1:]
    ):
        if not may_match(text):
            continue
        for match in passage.within(pattern.finditer(text), 3):
            if is_secret(match[1]):
                yield match.span(1)


def _is_random(value: str) -> bool:
    """Letters and digits mixed, with more information a character than words have."""
    value = value[:128]
    if _LETTER.search(value) is None:
        return False
    if _DIGIT.search(value) is None and not _is_mixed(value):
        return False
    size = len(value)
    shares = [value.count(char) / size for char in dict.fromkeys(value)]
    entropy = -sum([share * log2(share) for share in shares])
    if _HEX.fullmatch(value) is not None:
        return size >= 32 and entropy >= _LEAST_HEX_ENTROPY
    return entropy >= _LEAST_ENTROPY


def _is_mixed(value: str) -> bool:
    """Large and small letters take turns as in no word and no name that is made of words."""
    changes = sum(left.islower() != right.islower() for left, right in pairwise(value))
    doubled = sum(left.isupper() and right.isupper() for left, right in pairwise(value))
    return 10 * changes >= 3 * len(value) and (doubled > 1 or 10 * changes > 7 * len(value))


def _is_scrambled(value: str) -> bool:
    """Random by itself: letters and digits take turns, or a long row of hexadecimal digits."""
    if not _is_random(value):
        return False
    turns = sum(left.isdigit() != right.isdigit() for left, right in pairwise(value))
    bare = value.replace("-", "")
    return turns >= _LEAST_TURNS or (len(bare) >= _LONG_HEX and _HEX.fullmatch(bare) is not None)


# One of these is part of each name after which something secret is assigned.
_MEANT = (
    "key", "secret", "token", "credential", "bearer", "authorization", "pass", "pwd", "钥", "密匙",
    "令牌", "凭证", "授权码", "口令", "密码",
)  # fmt: skip
_RE2_LINK, _RE2_VALUE = (
    rf"[\"']?{SPACE}*(?:[是为]{SPACE}?[:：]?|=>?|:=?|：|{SPACE}){SPACE}*(?:Bearer )?[\"'`]?",
    "[0-9A-Za-z][0-9A-Za-z+/_.~=-]{7}",
)
_CUED = (
    (_ASSIGNED, _is_random, glance(f"(?:{_NAMES}|{_PASSWORDS}){_RE2_LINK}{_RE2_VALUE}")),
    (
        _WEAK,
        _is_scrambled,
        glance(f"(?i:key|ak|sk|pass|auth|sig|signature|sign){_RE2_LINK}{_RE2_VALUE}"),
    ),
)
