"""E-mail addresses, also with (at), [at], 点 and dot, and without what takes no room.

Source: RFC 5321 section 4.1.2, in the narrower form that mail providers give out.
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection._glances import needed_by, teller_of
from guiju.modules.inspection._passage import Found, Passage

# A dot between two labels, plain or disguised.
DOT = r"(?:\s{0,2}[.]\s{0,2}|\s{0,2}[\[({<【]\s{0,2}(?:\.|dot|点)\s{0,2}[\])}>】]\s{0,2}|\s{0,2}点\s{0,2}|\s{1,2}dot\s{1,2})"
_AT = r"(?:\s?@\s?|\s{0,2}[\[({<【#]\s?(?:at|@|艾特)\s?[\])}>】#]\s{0,2}|\s?艾特\s?|\s+at\s+)"
_MAIL = re.compile(
    rf"(?<![0-9a-z])([0-9a-z](?:[0-9a-z_%+-]|\.(?=[0-9a-z])){{0,63}}+)({_AT})([0-9a-z][0-9a-z-]{{0,62}}+(?:{DOT}[0-9a-z-]{{1,63}}+){{0,4}})"
)
_TOP = re.compile("[^0-9a-z-]([a-z]{2,24})$")
_COMMON_TOP = re.compile("com|net|org|cn|edu|gov|io|hk|tw|info|me|co|cc|top|xyz|example")
# A plain sign without spaces needs nothing more; " at " does.
_SIGNED = re.compile(r"@|[\[({<【#]\s?at|艾特")
# git@example.org:path is where a program fetches from.
_REMOTE = re.compile(":[0-9a-z~/]")
_may_be_mail = teller_of(f"[0-9a-z_%+-]{needed_by(_AT)}[0-9a-z]")
_CUE = re.compile(r"(?:mail|邮箱|邮件|信箱|邮|发到|发至|寄到|抄送|cc)[^0-9a-z]{0,6}$")


def find_mails(passage: Passage) -> Iterator[Found]:
    view = passage.visible
    if not passage.tells(_may_be_mail):
        return
    for match in passage.within(_MAIL.finditer(view.text), 3):
        host = match[3]
        if _REMOTE.match(view.text, match.end()) is not None:
            continue
        top = _TOP.search(host)
        if top is None:
            continue
        if match[2] != "@" and _COMMON_TOP.fullmatch(top[1]) is None:
            continue
        spoken = _SIGNED.search(match[2]) is None
        if spoken and "." in host and _CUE.search(view.text, 0, match.start()) is None:
            continue
        first, last = match.span(1)
        hidden = [at for at in range(first + 1, last) if view.text[at].isalnum()]
        yield view.found("email", match.start(), match.end(), hidden)
