"""What is written over several messages: one character a message, a term or a number cut in two.

Earlier messages of the same person are joined with the new one without anything between them. Two messages that have
nothing to do with one another meet there too, so a place counts only when it ends in the new message and begins before
it, and either takes up whole messages or is long enough that chance does not make it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, combinations
from typing import NamedTuple

from guiju.modules.inspection._fold import strip
from guiju.modules.inspection.types import Hit, Inspection, OverflowRule, PatternRule, Rule, Way

REACH = 64
"""How many code points before and after the joint are looked at: no term is longer."""
SHORT = 16
"""Only where one of two messages is at most as long as this are they joined."""
FILLER = 2
"""Messages of at most so many characters are also skipped, to see whether those around them belong together."""
MOST_PARTING = 3
"""So many of the latest messages of two characters are also skipped one by one, for a term may be cut in twos as well."""
_CHATTER = frozenset(map(strip, ["好的", "好吧", "好呀", "好嘞", "好滴", "收到", "明白", "知道了", "知道", "了解", "是的", "是啊", "对的", "对啊", "可以", "行吧", "行的", "没事", "谢谢", "多谢", "辛苦了", "不客气", "在吗", "在的", "在不在", "稍等", "等等", "等下", "等一下", "来了", "马上", "真的", "真的吗", "是吗", "然后", "那个", "这个", "早上好", "下午好", "晚上好", "你好", "您好", "再见", "拜拜", "晚安", "ok", "okay", "okok", "yes", "no", "yeah", "hi", "hello", "haha", "lol", "hmm", "mm"]))  # fmt: skip
_INTERJECTION = re.compile("[嗯哦噢喔啊呀哈呵嘿额呃唉哎诶欸哼嘻哇嘛呢吧]+|k")
"""What people say between two messages, of any length: it is skipped, and single characters of another kind are not."""
_A_PIECE = 4
_DOUBTFUL = frozenset({Way.HOMOPHONE, Way.LOOK_ALIKE, Way.INITIALS, Way.REVERSED})
"""What chance makes more often than not where messages meet: only as whole messages, and of three characters at least."""
_LEAST_DOUBTFUL = 3
LONG_ENOUGH = 4
"""A term of this many letters or characters counts wherever it is cut."""
_CHECKED = frozenset({"cn_id", "tw_id", "hk_id", "bank_card", "uscc", "api_key", "email"})
"""Kinds whose check digit or form tells them from what meets by chance."""
_CUED = frozenset({"api_key", "passport", "cn_id", "hk_id", "bank_card"})
"""Kinds of which some are known by the word before them alone, which may be a message of its own."""
_CUE_END = re.compile(
    "(?:密码|口令|password|passwd|护照|身份证|证件|卡号|账号)(?:号码?)?(?:是|为)?$"
)
_PHONES = frozenset({"cn_phone", "tw_phone", "hk_phone"})
_PHONE_DIGITS = 10
"""A phone number of so many digits counts where it is cut between two short messages; so does a plate."""


class Crossing(NamedTuple):
    """What crosses into a text, with offsets in it, and how many of the messages before it take part."""

    hits: list[Hit]
    messages: int


class Completed(NamedTuple):
    """A text inspected together with the messages right before it.

    The last `messages` of them take part in what crosses into it, the last `told` in what does more than alert; 0 when
    nothing crosses.
    """

    inspection: Inspection
    messages: int
    told: int

    def among(self, kept: Sequence[int], count: int) -> "Completed":
        """The same where these were only the `kept` places of `count` messages: what stands between them takes part."""
        messages, told = (
            count - kept[len(kept) - each] if each else 0 for each in (self.messages, self.told)
        )
        return self._replace(messages=messages, told=told)


def without_fillers(earlier: Sequence[str]) -> Iterator[list[int]]:
    """The places of the messages that are no fillers: no chatter; then also none of two characters; then none shorter;
    then without some of the latest of two characters.

    Empty where there is nothing left, or nothing to leave out.
    """
    texts = [strip(text) if len(text) <= SHORT else text for text in earlier]
    said = [place for place, text in enumerate(texts) if not is_chatter(text)]
    tried = len(texts)
    for kept in (
        said,
        [place for place in said if len(texts[place]) != FILLER],
        [place for place in said if len(texts[place]) > FILLER],
    ):
        if kept and len(kept) < tried:
            tried = len(kept)
            yield kept
    twos = [place for place in said if len(texts[place]) == FILLER][-MOST_PARTING:]
    for count in range(1, len(twos)):
        for fillers in combinations(twos, count):
            yield [place for place in said if place not in fillers]


def is_chatter(stripped: str) -> bool:
    """What people say between two messages; nothing but signs is chatter as well."""
    return not stripped or stripped in _CHATTER or _INTERJECTION.fullmatch(stripped) is not None


def is_spread(earlier: Sequence[str], text: str) -> bool:
    """The text and the message before it are a few characters of Chinese each, as where a term is written in pieces.

    Only then is it worth to look for disguises across them.
    """
    if not earlier or len(text) > 2 * _A_PIECE or len(earlier[-1]) > 2 * _A_PIECE:
        return False
    last, new = strip(earlier[-1]), strip(text)
    if not 0 < len(last) <= _A_PIECE or not 0 < len(new) <= _A_PIECE:
        return False
    return not (new.isascii() or last.isascii() or is_chatter(new) or is_chatter(last))


def ends_with_cue(stripped: str) -> bool:
    """What follows is the password or the number that a message announced."""
    return _CUE_END.search(stripped) is not None


def tail_of(earlier: Sequence[str]) -> list[str]:
    """The last `REACH` code points of the earlier messages, still parted."""
    left, tail = REACH, []
    for text in reversed(earlier):
        if left <= 0:
            break
        tail.append(text[-left:])
        left -= len(tail[-1])
    return tail[::-1]


def crossing(
    tail: Sequence[str], head: str, hits: Iterable[Hit], rules: Sequence[Rule | OverflowRule]
) -> Crossing:
    """Which `hits` in the joined text count. `tail` are the earlier messages, `head` the beginning of the new one."""
    ends = list(accumulate(map(len, tail)))
    joint = ends[-1] if ends else 0
    found: list[Hit] = []
    first = len(tail)
    is_cued = bool(tail) and ends_with_cue(strip(tail[-1]))
    for hit in hits:
        if is_cued and hit.start >= joint and _is_announced(rules[hit.rule]):
            first = min(first, len(tail) - 1)
            hidden = tuple(place - joint for place in hit.hidden)
            found.append(hit._replace(start=hit.start - joint, end=hit.end - joint, hidden=hidden))
        if not hit.start < joint < hit.end:
            continue
        message = next(place for place, end in enumerate(ends) if hit.start < end)
        began = ends[message] - len(tail[message])
        is_short = len(tail[message]) <= SHORT and len(head) <= SHORT
        whole = hit.start == began and not strip(head[hit.end - joint :])
        if hit.way in _DOUBTFUL and not (whole and len(strip(hit.word)) >= _LEAST_DOUBTFUL):
            continue
        if whole or _is_no_chance(hit, rules[hit.rule], is_short=is_short):
            first = min(first, message)
            hidden = tuple(place - joint for place in hit.hidden if place >= joint)
            if not hidden and isinstance(rules[hit.rule], PatternRule):
                # What is hidden of a number stands in messages that were delivered: here the rest of it is.
                hidden = tuple(at for at in range(hit.end - joint) if head[at].isalnum())
            found.append(hit._replace(start=0, end=hit.end - joint, hidden=hidden))
    return Crossing(found, len(tail) - first)


def _is_announced(rule: Rule | OverflowRule) -> bool:
    return isinstance(rule, PatternRule) and rule.kind in _CUED


def _is_no_chance(hit: Hit, rule: Rule | OverflowRule, *, is_short: bool) -> bool:
    if isinstance(rule, PatternRule):
        is_phone = rule.kind in _PHONES and len(hit.word) >= _PHONE_DIGITS
        return (is_short and (is_phone or rule.kind == "plate")) or rule.kind in _CHECKED
    return len(strip(hit.word)) >= LONG_ENOUGH
