"""Passwords: after a word that says so, and in links that log in.

A password has no form of its own. What stands after the word has to look like none of what sentences go on with: it has
letters and digits, or letters and signs, or it is digits alone after a colon or 是. RFC 3986: user and password stand
before the host of a link.
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection._glances import needed_by, teller_of
from guiju.modules.inspection._passage import Found, Passage

# Forms part the two characters to make columns even, and some people to hide them.
_CHINESE = "密[ *._·-]{0,2}码|口[ *._·-]{0,2}令|账密"
_WORDS = f"(?:password|passwd|passphrase|passcode|(?<![a-z])(?:pwd|psw)(?![a-z])|{_CHINESE})"
GATE = "password|passwd|passphrase|passcode|pwd|psw|密码|口令|账密|mysql|mariadb|sshpass|curl"
MENTION = teller_of(
    f"password|passwd|passphrase|passcode|(?:^|[^a-z])(?:pwd|psw)(?:$|[^a-z])|{_CHINESE}"
)
# What may stand between the word and what says that the value follows.
_FILLER = (
    "(?:已经?|现在|目前|还|就|都|也|统一|默认|暂时|临时|初始|重置|修改|更新|更换|设置|设定|改|设|换|变|登录|登陆|发你了?|给你|我|如下|了|的"
    r"|\s(?:for|to|of|on)(?:\s[a-z0-9._-]{1,20}){1,4}(?=\s?(?:[:=]|is\s)))"
)
_SAYS = r"(?:(?:是|为|成了?|叫)\s?:?|:=|=>|->|[:=→]|(?<=\s)is(?=\s)|(?<=\s)to(?=\s))"
_OPEN, _VALUE = r"[\"'`“「『(\[]?", r"[^\s\"'`“”,;&<>()「」『』\u0080-\U0010ffff]"
_STATED = re.compile(
    rf"{_WORDS}{_FILLER}{{0,4}}[\"'\])]?\s{{0,3}}{_SAYS}\s{{0,3}}{_OPEN}(?![:=])({_VALUE}{{4,64}})"
)
_BESIDE = re.compile(rf"{_WORDS}\s{{0,2}}{_OPEN}(?=[0-9a-z])({_VALUE}{{6,64}})")
# A password of Chinese words stands in quotes, or after 口令 and a colon as the whole of what is said.
_WORDED = re.compile(
    rf"{_WORDS}{_FILLER}{{0,4}}\s?{_SAYS}\s?[\"'“「『]([^\"'“”「」『』\n]{{3,32}})[\"'”」』]"
    r"|口令\s?:\s?(?![一-龥]{0,8}[请见问看发给是什多少错不没无忘改已未待自联另])([一-龥]{3,8})(?=\s*(?:[,.;!。\n]|$))"
)
# The name of an account and its password, one after the other: 账号密码分别是admin和…
_PAIRED = re.compile(
    rf"(?:账密|(?:账号|账户|用户名?|user(?:name)?)\s?[和与及、/,+&]?\s?{_WORDS})(?:分别)?\s?(?:[是为:=]\s?)?"
    rf"([0-9a-z_.@-]{{2,32}})\s?(?:[和与跟、/,|]|\s)\s?{_OPEN}({_VALUE}{{5,64}})"
)
_IN_COMMAND = re.compile(
    rf"(?:(?:mysql|mariadb)[a-z-]{{0,9}}\s(?:[^\n|;]{{0,160}}?\s)?-p|sshpass\s{{1,3}}-p\s{{0,3}}"
    rf"|curl\s(?:[^\n|;]{{0,160}}?\s)?(?:-u|--user)[\s=]{{0,2}}[\"']?[^\s:\"'/]{{1,64}}:)[\"']?({_VALUE}{{4,64}})"
)
# The port of a host may be followed by a comma, a query or Chinese, and by a mail address further on.
_PART = r"[^\s/,;\"'<>()\u0080-\U0010ffff"
_IN_LINK = re.compile(
    rf"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{{1,20}})://{_PART}:@]{{0,64}}:(?![0-9]{{2,5}}[?#])({_PART}]{{3,128}})@[0-9a-z\[]"
)
_may_be_stated, _may_be_beside, _may_be_worded, _may_be_paired, _may_be_in_command = (
    teller_of(needed_by(each.pattern)) for each in (_STATED, _BESIDE, _WORDED, _PAIRED, _IN_COMMAND)
)
_WEB = frozenset({"http", "https", "ftp"})
"""Manuals show links of these with a password that is none."""
_UNITS = re.compile(r"\s?(?:[位个年月日次元天分秒级种条人字组]|characters|digits|times|chars)")
_MEETING = re.compile("会议|入会|meeting|zoom|webinar|房间号")
_MEETING_REACH, _MEETING_DIGITS = 40, 6
_PLACEHOLDER = re.compile(
    r"[{<]|\$\(|^\$[a-z_]|^%|^[0-9.]+%$|your|xxx|\*\*|^[*x.?#-]+$|example|placeholder|^(?:password|passwd|pass|pwd|user(?:name)?|required|optional|string|null|none"
    r"|true|false|reset|invalid|incorrect|forgotten?|protected|(?:sha|md|utf|base|argon|wpa|aes|ntlm?)-?[0-9]+)$|https?:|www\."
)
_INNER_SIGN = re.compile(r"[!@#$%^&*+=~]")
_LETTER, _DIGIT = re.compile("[a-z]"), re.compile("[0-9]")
_CLOSED = re.compile(r"[^\S\n]*(?:[,.;!)\n]|$)")
_SENTENCE_END = "?.:)]}、"
_LEAST_MIXED, _LEAST_WORD = 5, 5
_BESIDE_DIGITS = range(6, 9)
_COST = 2


def find_passwords(passage: Passage) -> Iterator[Found]:
    """What opens something, each hidden as a whole."""
    view = passage.visible
    text = view.text
    if passage.mentions(MENTION):
        for pattern, may_match, is_stated in (
            (_STATED, _may_be_stated, True),
            (_BESIDE, _may_be_beside, False),
            (_PAIRED, _may_be_paired, False),
        ):
            if passage.tells(may_match):
                yield from _matched(passage, pattern, is_stated=is_stated)
        worded = _WORDED.finditer(text) if passage.tells(_may_be_worded) else ()
        for match in passage.within(worded, _COST):
            value = match.lastindex or 0
            if _PLACEHOLDER.search(match[value]) is None:
                start, end = match.span(value)
                yield view.found("api_key", start, end, range(start, end))
    if passage.tells(_may_be_in_command):
        yield from _matched(passage, _IN_COMMAND, is_stated=False)
    if "://" in text and "@" in text:
        for match in passage.within(_IN_LINK.finditer(text), _COST):
            if _opens(match[2], is_web=match[1] in _WEB):
                yield view.found("api_key", *match.span(2), range(*match.span(2)))


def _matched(passage: Passage, pattern: re.Pattern[str], *, is_stated: bool) -> Iterator[Found]:
    """What looks like a password in the last group of each match."""
    view = passage.visible
    for match in passage.within(pattern.finditer(view.text), _COST):
        group = match.lastindex or 0
        start, value = match.start(group), match[group].rstrip(_SENTENCE_END)
        end = start + len(value)
        if value and _is_password(view.text, start, end, is_stated=is_stated):
            yield view.found("api_key", start, end, range(start, end))


def _is_password(text: str, start: int, end: int, *, is_stated: bool) -> bool:
    value = text[start:end]
    if _PLACEHOLDER.search(value) is not None:
        return False
    has_letter = _LETTER.search(value) is not None
    if _DIGIT.search(value) is not None:
        if has_letter:
            return len(value) >= _LEAST_MIXED
        if not value.isdigit():
            return is_stated and _INNER_SIGN.search(value) is not None
        if _UNITS.match(text, end) is not None:
            return False
        before = text[max(0, start - _MEETING_REACH) : start]
        if len(value) <= _MEETING_DIGITS and _MEETING.search(before) is not None:
            return False
        return is_stated or len(value) in _BESIDE_DIGITS
    if _INNER_SIGN.search(value.rstrip("!")) is not None:
        return has_letter and len(value) >= _LEAST_WORD
    # A word alone is a password only where the sentence ends with it; in English 'incorrect' does as well.
    is_word = (
        value.rstrip("!").isalpha()
        and len(value) >= _LEAST_WORD
        and _CLOSED.match(text, end) is not None
    )
    return is_word and is_stated and not text[max(0, start - 12) : start].isascii()


def _opens(value: str, *, is_web: bool) -> bool:
    """The password of a link is none of the examples that manuals have."""
    if _PLACEHOLDER.search(value) is not None:
        return False
    has_both = _LETTER.search(value) is not None and _DIGIT.search(value) is not None
    return has_both or not is_web or _INNER_SIGN.search(value) is not None
