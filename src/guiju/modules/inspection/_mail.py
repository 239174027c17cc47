"""E-mail addresses, also with (at), [at], 点 and dot, and without what takes no room.

Source: RFC 5321 section 4.1.2, in the narrower form that mail providers give out.
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection._passage import Found, Passage

# A dot between two labels, plain or disguised.
DOT = r"(?:\s{0,2}[.]\s{0,2}|\s{0,2}[\[({<【]\s{0,2}(?:\.|dot|点)\s{0,2}[\])}>】]\s{0,2}|\s{0,2}点\s{0,2}|\s{1,2}dot\s{1,2})"
_AT = r"(?:\s?@\s?|\s{0,2}[\[({<【#]\s?(?:at|@|艾特)\s?[\])}>】#]\s{0,2}|\s?艾特\s?|\s+at\s+)"
_MAIL = re.compile(
    rf"(?<![0-9a-z])([0-9a-z](?:[0-9a-z_%+-]|\.(?=[0-9a-z])){{0,63}}+)({_AT})([0-9a-z][0-9a-z-]{{0,62}}+(?:{DOT}[0-9a-z-]{{1,63}}+){{0,4}})"
)
_TOP = re.compile(r"(?:^|[^0-9a-z-])[a-z]{2,24}$")
_SIGN_AT = re.compile("[@艾]|[\\[({<【#]\\s?at")
_SPOKEN_TOP = re.compile("(?:com|net|org|cn|edu|gov|io|hk|tw|info|me)$")


def find_mails(passage: Passage) -> Iterator[Found]:
    view = passage.visible
    for match in _MAIL.finditer(view.text):
        host = match[3]
        spoken = _SIGN_AT.search(match[2]) is None
        if _TOP.search(host) is None or (spoken and _SPOKEN_TOP.search(host) is None):
            continue
        first, last = match.span(1)
        hidden = [at for at in range(first + 1, last) if view.text[at].isalnum()]
        yield view.found("email", match.start(), match.end(), hidden)
