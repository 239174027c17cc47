"""Secrecy markings: of the state, of companies, and the customs of Taiwan, Hong Kong and English.

Sources: the law on guarding state secrets and GB/T 9704-2012 (密级★期限 in the top left corner),
the interim rules on commercial secrets of central enterprises (核心商密, 普通商密), the Classified
National Security Information Protection Act of Taiwan (絕對機密 極機密 機密) and its rules on
official documents (密件), the Security Regulations of Hong Kong (限閱文件 CONFIDENTIAL
RESTRICTED), the classification markings of English-speaking offices.

A marking is looked for in the text without noise, so that spaces, signs and invisible characters
inside do not hide it; then its signs are asked for where they make the difference: 机密★10年 marks a
paper, 信息的机密性 does not.
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection._fold import NOISE
from guiju.modules.inspection._passage import Found, Passage, View

_LEVEL = "(?:绝密|机密|秘密|国家秘密|工作秘密|商业秘密|企业秘密|核心商密|普通商密|商密|核心商业秘密|普通商业秘密|绝对机密|极机密|高度机密|内部|警务工作秘密)"
_TERM = "(?:启用前|解密前|长期|永久|[0-9]{1,3}(?:年|个月|月|天|日)(?:[0-9]{1,2}个?月)?|[一二三四五六七八九十百]{1,3}(?:年|个月)|解密|特急|加急|平急)"
_DO_NOT = "(?:严禁|禁止|不得|请勿|切勿|勿|不可|不准|严防)"
_SPREAD = "(?:外传|外泄|外流|外发|外借|转发|转载|扩散|泄露|泄漏|泄密|翻印|翻拍|拍照|截图|复制|复印|传播|流传|公开|对外|带出|发布)"
_WHO = "(?:本?(?:部门|公司|单位|小组|项目组|集团|机关|局|处|科|院|校|行|系统|委员会)|内部|董事会|高管层?|管理层|经营层|班子|党委|授权人员|指定人员|相关人员|有关人员|收件人)"
_USE = "(?:传阅|使用|查阅|阅览|参阅|阅读|阅知|参考|掌握|流通|学习)"
_PAPER = "(?:文件|资料|材料|文档|信息|数据|刊物|参考|通报|简报|邮件|稿|版|公文|报告|档案)"

# What a marking says needs no signs around it.
_PLAIN = re.compile(
    f"密级(?:为|是)?{_LEVEL}级?(?:{_TERM})?"
    f"|(?:绝密|机密|秘密|商密)(?:启用前|长期|解密前|[0-9]{{1,2}}年(?![前后来以之里中间内]))"
    f"|(?:核心|普通)(?:商密|商业秘密)(?:{_TERM}|{_PAPER})?"
    f"|(?:{_LEVEL}级?{_PAPER}?|内部{_PAPER}|涉密{_PAPER}|保密{_PAPER}|本{_PAPER}|注意保密|限阅{_PAPER}?){_DO_NOT}(?:擅自|随意|私自|对外|向外|任何形式)?{_SPREAD}"
    f"|(?:{_LEVEL}级?{_PAPER}?)?(?:仅限|只限|限|仅供){_WHO}{{1,3}}(?:人员|成员)?{_USE}"
    f"|阅后(?:即焚|销毁|即毁|收回|退回|归还)"
    "|不予公开|不得公开发表|未经(?:许可|批准|授权|同意)(?:不得|严禁|禁止)(?:外传|复制|转发|传播)"
)
# Needs a star between level and term, or before the level.
_STARRED = re.compile(f"{_LEVEL}级?({_TERM})?")
# Needs to stand alone: in brackets, on a line, at the edge of the text.
_ALONE = re.compile(
    f"(?:绝密|机密|秘密|绝对机密|极机密|高度机密|核心商密|普通商密|商密)(?:级|{_PAPER}|件)?(?:{_TERM})?"
    f"|(?:密件|密不录由|限阅{_PAPER}?|限制阅览|限阅|内部{_PAPER}|内部使用|内部传阅|内部参考|内部掌握|商业机密|商业秘密|公司机密|企业机密|涉密|保密{_PAPER})(?:注意保[存密])?"
)
_ENGLISH_PLAIN = re.compile(
    "(?:for)?(?:company|internal|office|official|departmental?)(?:internal)?useonly|foreyesonly|youreyesonly|commercialinconfidence"
    "|(?:strictly|highly|private(?:and)?|company|proprietary(?:and)?)confidential(?:information)?|confidential(?:and)?proprietary"
    "|(?:do|may)not(?:be)?(?:distributed?|circulated?|forward|disseminated?)|notfor(?:public|external)?(?:distribution|release|circulation)|notforonwardtransmission"
    "|topsecret(?:noforn|sci)?|secretnoforn|confidentialnoforn|restrictedcirculation|officialsensitive|tradesecret"
)
_SAYS_SO = re.compile("useonly|eyesonly|inconfidence|(?:strictly|highly|and)confidential")
_CAPITALS = re.compile(
    "(?:top)?secret|(?:strictly|highly)?confidential|restricted|classified|proprietary|sensitive"
)

_GATE_WORDS = (
    "密级|绝密|机密|秘密|商密|密件|限阅|限制阅览|内部(?:文|资|材|信|数|刊|参|通|简|邮|稿|使|传|掌|长期|[0-9]{1,2}(?:年|个月))|涉密|保密|阅后|仅限|只限|仅供|限本|限内部|不予公开|不得公开|未经"
    "|confidential|secret|restricted|useonly|eyesonly|classified|proprietary|inconfidence|distribut|circulat|disseminat|officialsensitive|sensitive"
)
GATE = f"(?:{_GATE_WORDS})"
_OPENING = frozenset("([{<《〈【「『〔")
_CLOSING = frozenset(")]}>》〉】」』〕")
_STARS = frozenset("★✦✩✪✫✬✭✮✯✰⁎*※◆●■▲◎☀✱✳⚝")
_HEAD_SIGNS = frozenset("·•-—_/|:")
_SENTENCE = frozenset("!?;\n")
_FARTHEST = 8
_NEAR = 4


def find_markings(passage: Passage) -> Iterator[Found]:
    view = passage.bare
    folded = passage.folded
    spans: list[tuple[int, int]] = []
    spans.extend(match.span() for match in passage.within(_PLAIN.finditer(view.text), 3))
    spans.extend(
        match.span()
        for match in passage.within(_STARRED.finditer(view.text), 3)
        if _is_starred(view, folded, match)
    )
    spans.extend(
        match.span()
        for match in passage.within(_ALONE.finditer(view.text), 3)
        if _stands_alone(view, folded, *match.span())
    )
    spans.extend(_english(passage, view))
    yield from _merged(view, folded, spans)


def _english(passage: Passage, view: View) -> Iterator[tuple[int, int]]:
    for match in passage.within(_ENGLISH_PLAIN.finditer(view.text), 3):
        start, end = match.span()
        if not _is_apart(view, passage.folded, start, end):
            continue
        # In small letters, words like these stand in sentences as well.
        small = passage.text[view.places[start]].islower() and _SAYS_SO.search(match[0]) is None
        if not small or _stands_alone(view, passage.folded, start, end):
            yield start, end
    for match in passage.within(_CAPITALS.finditer(view.text), 3):
        start, end = match.span()
        written = [passage.text[view.places[at]] for at in range(start, end)]
        if not any(char.islower() for char in written) and _stands_alone(
            view, passage.folded, start, end
        ):
            yield start, end


def _is_starred(view: View, folded: str, match: re.Match[str]) -> bool:
    """A star between level and term, right after the level, or right before it."""
    places = view.places
    start, end = match.span()
    middle = match.start(1) if match[1] else end
    after = places[middle] if middle < len(places) else len(folded)
    behind = folded[places[middle - 1] + 1 : min(after, places[middle - 1] + _FARTHEST)]
    if any(sign in _STARS for sign in behind):
        return match[1] is not None or any(sign == "★" for sign in behind)
    before = folded[_previous(view, start) : places[start]][-_FARTHEST:]
    return "★" in before and not match[0].startswith("内部")


def _previous(view: View, start: int) -> int:
    return view.places[start - 1] + 1 if start else 0


def _stands_alone(view: View, folded: str, start: int, end: int) -> bool:
    """Brackets around, or nothing else on its line."""
    first, last = view.places[start], view.places[end - 1] + 1
    before = folded[_previous(view, start) : first]
    following = view.places[end] if end < len(view.places) else len(folded)
    after = folded[last:following]
    if before and before.strip(" ")[-1:] in _OPENING and after.strip(" ")[:1] in _CLOSING:
        return "".join(before.split())[-1:] in _OPENING
    opens = start == 0 or "\n" in before
    closes = end == len(view.places) or "\n" in after
    return opens and closes and not any(sign in "?!" for sign in after.split("\n")[0])


def _is_apart(view: View, folded: str, start: int, end: int) -> bool:
    """No Latin letter touches it."""
    first, last = view.places[start], view.places[end - 1] + 1
    neighbours = folded[first - 1 : first] + folded[last : last + 1]
    return not any(char.isascii() and char.isalpha() for char in neighbours)


def _merged(view: View, folded: str, spans: list[tuple[int, int]]) -> Iterator[Found]:
    """Markings that touch are one, with the star beside it."""
    whole: list[list[int]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1][1] = max(whole[-1][1], end)
        else:
            whole.append([start, end])
    for start, end in whole:
        first, last = view.places[start], view.places[end - 1] + 1
        if first and folded[first - 1] == "★":
            first -= 1
        if folded[last : last + 1] == "★":
            last += 1
        first, last = _with_brackets(folded, first, last)
        yield Found("secrecy", first, last, range(first, last))


def _with_brackets(folded: str, first: int, last: int) -> tuple[int, int]:
    """The brackets around a marking belong to it."""
    left = max((folded.rfind(sign, max(0, first - _NEAR), first) for sign in _OPENING), default=-1)
    right = [at for sign in _CLOSING if (at := folded.find(sign, last, last + _NEAR)) >= 0]
    if left >= 0 and right and NOISE.issuperset(folded[left:first] + folded[last : min(right)]):
        return left, min(right) + 1
    return first, last
