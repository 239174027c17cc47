"""Secrecy markings: of the state, of companies, and the customs of Taiwan, Hong Kong and English.

Sources: the law on guarding state secrets and GB/T 9704-2012 (密级★期限 in the top left corner),
the interim rules on commercial secrets of central enterprises (核心商密, 普通商密), the Classified
National Security Information Protection Act of Taiwan (絕對機密 極機密 機密) and its rules on
official documents (密件, 密等及解密條件), the Security Regulations of Hong Kong (限閱文件
CONFIDENTIAL RESTRICTED), the classification markings of English-speaking offices.

A marking is a row of parts: a label (密级), a grade (机密), a paper (内部文件), a term (10年, 启封前),
an order (不得复制) and who may use it (仅限本部门传阅). Rows are looked for in the text without noise,
so that spaces, signs and invisible characters inside do not hide them. Which parts meet, and the
signs between and around them, decide: 机密★10年 marks a paper, 信息的机密性 does not.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from guiju.modules.inspection import _disguised_markings as disguised
from guiju.modules.inspection._english_markings import ENGLISH_GATE, find_english_markings
from guiju.modules.inspection._glances import glance, needed_by
from guiju.modules.inspection._passage import Found, Passage, View
from guiju.modules.inspection._relaxed import relaxed
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection._surroundings import (
    QUOTES_CLOSING,
    gap_after,
    gap_before,
    is_bracketed,
    is_line,
    with_brackets,
)

# The characters of the grades, doubled, in parts and in pinyin.
_JUE, _JI, _MI, _SECRET = (
    "(?:绝|纟色|糸色|jue){1,3}", "(?:机|木几|ji){1,3}", "(?:秘|禾必|mi){1,3}", "(?:密|宓山|宀必山|mi){1,3}",
)  # fmt: skip
_BASIC = f"(?:{_JUE}{_SECRET}|{_JI}{_SECRET}|{_MI}{_SECRET})"
_OWNER = "(?:国家|工作|商业|企业|公司|集团|军事|警务工作|业务|营业|贸易|内部|绝对|极|高度|最高|一般|核心|普通|重要)"
_GRADE = f"(?:{_OWNER}{{0,2}}(?:{_BASIC}|商{_SECRET})(?:[一二三123]级|级)?|[一二三123]级(?:机密|秘密|商密|密级))"
_PAPER = "(?:文件|资料|材料|文档|信息|数据|刊物|参考|通报|简报|邮件|电报|函件|讨论稿|征求意见稿|送审稿|稿件|稿|版|公文|报告|档案|纪要|图纸|方案|报表|载体|信函|卷宗|试卷|试题|合同|标书|名单|件)"
_HEAD = f"(?:{_GRADE}{_PAPER}|(?:{_OWNER}|涉密|保密|限阅|限制级|受限|受控){{1,2}}(?:{_PAPER}|密件)|(?:绝对|极)?密件|密不录由|限制?阅览?|涉密|内控{_PAPER})"
_DAY = "(?:(?:20[0-9]{2}|(?:民国|中华民国)?1[0-9]{2})年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?)"
_TERM = (
    f"(?:(?:启用|启封|开启|开封|解密|公开|公布|发布|宣布|开标|开考|考试|审计|会议|上市)前|长期|永久|无限期|(?:保密期限?)?至?{_DAY}(?:止|前)?"
    "|(?:保密期限?)?[0-9]{1,3}(?:年|个月|月|天|日)(?:[0-9]{1,2}个?月)?|[一二三四五六七八九十百]{1,3}(?:年|个月)|解密|特急|加急|平急)"
)
_LATER = f"(?:{_TERM}|[一-龥]{{1,8}}?前|[0-9]{{1,4}})"
_DO_NOT = "(?:严禁|禁止|不得|请勿|切勿|勿|不可|不准|不许|严防|谢绝)"
_MAY_NOT = f"(?:{_DO_NOT}|不能|不要|别)"
_HOW = (
    "(?:擅自|随意|私自|自行|对外|向外|(?:以?任何(?:形式|方式|人|单位))|再次?|二次|(?:在|于)?网上)"
)
_OUT = "(?:外传|外泄|外流|外发|外借|外带|扩散|泄露|泄漏|泄密|披露|透露|翻印|翻拍|带出|携出|流传|流出|散布|散播|遗失|示人)"
_SPREAD = f"(?:{_OUT}|转发|转载|转借|转让|转交|拍照|拍摄|截图|截屏|录音|录像|录屏|复制|复印|影印|拷贝|抄录|摘抄|摘录|传播|传阅|公开|对外|发布|分发|引用|下载|上网|提供(?:给?他人)?)"
_CHAIN = f"{_SPREAD}(?:[和及与或并]?{_MAY_NOT}?{_SPREAD}){{0,5}}"
_LEAVE = "(?:(?=未经[^未]{1,9}[可准权意许])(?:未经[一-龥]{0,8}?(?:许可|批准|授权|同意|允许)(?:[任一均][一-龥]{0,4}?)?))"
_KEEP = "(?:阅后|会后|用后|用毕|阅毕|看后)(?:即焚|即?销毁|即毁|即删|删除|自毁|自行销毁|收回|退回|归还|缴回|交回|上交|清退)"
_CARE = "(?:请|务必|严格){0,2}(?:注意保[密存管]|妥善保[管存]|严格保密|务必保密|请保密|严守秘密|专人保管)"
_ORDER = f"(?:{_LEAVE}?{_DO_NOT}{_HOW}?{_CHAIN}|{_KEEP}|{_CARE})"
_MILD = f"(?:{_MAY_NOT}{_HOW}?{_CHAIN})"
_WHO = "(?:本?(?:部门|公司|单位|小组|项目组|集团|机关|局|处|科|院|校|行|系统|委员会|支部|班组)|内部|董事会|股东|高管层?|管理层|经营层|班子|党委|党组|授权人员|指定人员|相关人员|有关人员|知悉范围|收件人|本人|专人)"
_USED = "(?:传阅|查阅|阅览|参阅|阅读|阅知|参考|掌握|知悉|流通|使用|学习|交流|讨论)"
_USE = (
    f"(?:(?:仅限|只限|限于|限|仅供|只供|专供|供){_WHO}{{1,3}}(?:人员|成员|范围)?(?:内部?)?{_USED})"
)
_PLAIN_USE = re.compile("供|使用|学习|交流|讨论|流通")
_LABEL = (
    "(?:(?:文件|资料|保密|机密|涉密|秘密)?(?:密级|密等|机密等级|保密等级|保密级别|涉密等级|机密级别)(?:及解密条件(?:或保密期限)?)?(?:为|是)?"
    "|(?:本|此)(?:件|案|文|文件|公文|资料|函)(?:属于?|系属?|为|列为?|列入|核定为?|定为))"
)
# Offices of Taiwan write how long a paper stays secret, or what ends it, without its grade.
_PERIOD = "(?:保密期限|保密期间|保密期|解密条件|解密日期)"
_ENDS = f"(?:{_TERM}|至|(?:本件|附件)?[一-龥]{{0,8}}?(?:解密|公布时|抽存后|终了时|届满时))"
# A bilingual row: 限閱文件 RESTRICTED, CONFIDENTIAL 機密.
_ENGLISH = "(?:topsecret|strictlyconfidential|highlyconfidential|confidential|restricted|secret|classified|internaluseonly|internal)"

# What a row begins with. Frequent words begin one only where something that orders follows.
# Each kind of part is tried only where its first character stands: most characters begin none.
_OWNING = "国工商企公集军警业营贸内绝极高最一核普重"
_GRADING = f"{_OWNING}纟糸j机木秘禾m商二三123"
_HEADING = f"{_GRADING}涉保限受密"
_PAPERS = "文资材数刊参通简邮电函讨征送稿版公报档纪图方载信卷试合标名件"
_FORBIDDING = "严禁不请切勿谢"
_ORDERING = f"{_FORBIDDING}未阅会用看务注妥专"
_FIRST = re.compile(
    f"(?=[tshcri{_HEADING}{_PAPERS}{_ORDERING}仅只供本此该启解开])(?:"
    f"(?=[文资保机涉秘密本此])(?P<label>{_LABEL})(?={_GRADE}|{_HEAD}|内部|密|限阅|商)"
    f"|(?=[{_HEADING}])(?=.{{0,8}}?[密限控内i])(?:(?P<head>{_HEAD})|(?P<grade>{_GRADE})"
    f"|(?P<within>内部)(?={_TERM}|{_ORDER}|{_USE}|{_ENGLISH})|(?P<weak>内部(?:使用|传阅|参考|掌握|发行)))"
    f"|(?=[本此该{_PAPERS}])(?P<paper>[本此该]?{_PAPER})(?=[{_ORDERING}仅只限专供])(?={_ORDER}|{_USE})"
    f"|(?=[保解])(?P<period>{_PERIOD}){_ENDS}"
    f"|(?=[tshcri])(?P<english>{_ENGLISH})(?={_GRADE}|{_HEAD}|限阅|保密|内部)"
    f"|(?=[启解开])(?P<term>(?:启用|启封|开启|解密)前)(?={_GRADE})"
    f"|(?=[{_ORDERING}])(?P<order>{_ORDER})|(?=[仅只限专供])(?P<use>{_USE}))"
)
_may_begin = glance(
    relaxed(
        needed_by(
            f"{_LABEL}(?:{_GRADE}|{_HEAD}|内部|密|限阅|商)|{_HEAD}|{_GRADE}|内部(?:{_TERM}|{_ORDER}|{_USE}|{_ENGLISH}|使用|传阅|参考|掌握|发行)"
            f"|{_PAPER}(?:{_ORDER}|{_USE})|{_PERIOD}{_ENDS}|{_ENGLISH}(?:{_GRADE}|{_HEAD}|限阅|保密|内部)|(?:启用|启封|开启|解密)前{_GRADE}|{_ORDER}|{_USE}"
        )
    )
)
_NEXT = re.compile(
    f"(?P<head>{_HEAD})|(?P<grade>{_GRADE})|(?P<term>{_TERM})(?![前后来以之里中间内])|(?P<order>{_ORDER})|(?P<use>{_USE})"
    f"|(?P<mild>{_MILD})|(?P<english>{_ENGLISH})(?![a-z])|(?P<paper>{_PAPER})(?={_ORDER}|{_USE})|(?P<within>内部|密|限阅)"
)
_STARRED = re.compile(_LATER)
_CONCEPT = re.compile("(?:国家|工作|商业|企业|营业)?秘密|(?:商业|公司|企业)机密")
_STRONG_ORDER = re.compile(f"{_OUT}|{_KEEP}|{_CARE}")
_KEPT = re.compile(_KEEP)
_OWNERS = ("公司", "集团", "科技", "股份", "银行", "厂", "局", "部", "院", "所", "中心", "委", "处", "办", "室", "组", "校", "会")  # fmt: skip
_TITLE = re.compile("关于|[编份文]号|签发|主送|发文|[一-龥]{1,8}〔|[一-龥]{1,6}[字发函][0-9]")

GATE = (
    "(?:密级|密等|机密等级|保密[等级]|(?:绝|jue|纟色|糸色|机|木几|ji|秘|禾必|mi)+(?:密|宓山|宀必山|mi)|商密|密件|密不录由|限阅|限制阅|[级]密"
    "|内部(?:文|资|材|信|数|刊|参|通|简|邮|电|函|讨|征|送|稿|版|公|报|档|纪|图|方|使|传|掌|发行|长期|密|名|合|标|试|件|严|禁|不得|请勿|注意|[0-9]{1,2}(?:年|个月))"
    "|涉密|保密|受控|受限|内控|阅[后毕]|会后|用[后毕]|看后|仅限|只限|限于|仅供|只供|专供|限本|限内部|未经|注意保|妥善保|严守秘|专人保"
    f"|(?:严禁|禁止|不得|请勿|切勿|不可|不准|不许|严防|谢绝).{{0,5}}(?:外|扩散|泄|披露|透露|翻|带出|携出|流|散)|解密[条日]|内部(?:internal|restricted)|{ENGLISH_GATE}|{disguised.GATE})"
)
_STARS = frozenset("★✦✩✪✫✬✭✮✯✰⁎*※◆●■▲◎☀✱✳⚝")
_FARTHEST = 8
_MOST_PARTS = 8
# What weighing one row costs (`Passage.spend`).
_ROW_COST = 6


class _Part(NamedTuple):
    """A part of a row: what it is, and its place in the view."""

    name: str
    start: int
    end: int


def find_markings(passage: Passage) -> Iterator[Found]:
    view = passage.bare
    yield from _found(passage)
    if disguised.may_be_backwards(view):
        size = len(passage.text)
        for found in _found(Passage(Streams(passage.text[::-1]))):
            start, end = size - found.end, size - found.start
            written = passage.folded[start:end]
            if "★" in written or "级密" in written or "等密" in written:
                yield Found("secrecy", start, end, range(start, end))


def _found(passage: Passage) -> Iterator[Found]:
    view, folded = passage.bare, passage.folded
    spans = [
        *_chinese(passage, view),
        *disguised.find_echoed(view, folded),
        *find_english_markings(passage, view),
    ]
    yield from _merged(view, folded, spans)


def _chinese(passage: Passage, view: View) -> Iterator[tuple[int, int]]:
    reach = 0
    begun = _FIRST.finditer(view.text) if _may_begin(view.text) else ()
    for match in passage.within(begun, _ROW_COST):
        if match.start() < reach:
            continue
        parts = _row(view, passage.folded, _after_a_line(view, passage.folded, match))
        if _is_marking(view, passage.folded, parts) or _is_bilingual(passage, view, parts):
            reach = parts[-1].end
            yield parts[0].start, reach


def _after_a_line(view: View, folded: str, match: re.Match[str]) -> re.Match[str]:
    """The match without what belongs to the line before: 各部门 is no owner of 机密 below it."""
    start, end = match.span()
    for at in range(start + 1, end):
        if "\n" in gap_before(view, folded, at):
            # One character a line is a disguise; more of them are a line.
            return (_FIRST.match(view.text, at) if at - start > 1 else None) or match
    return match


def _row(view: View, folded: str, first: re.Match[str]) -> list[_Part]:
    """The part and those that follow it."""
    text = view.text
    parts = [_Part(str(first.lastgroup), *first.span())]
    while len(parts) < _MOST_PARTS:
        end = parts[-1].end
        if end == len(text) or len(gap_after(view, folded, end)) > _FARTHEST:
            break
        match = _NEXT.match(text, end)
        # One star parts a grade from its term; more of them, or one after a title, are what somebody thinks of a film.
        stars = gap_after(view, folded, end)
        if match is None and stars.count("★") == 1 and not stars.startswith(QUOTES_CLOSING):
            match = _STARRED.match(text, end)
        if match is None:
            break
        parts.append(_Part(match.lastgroup or "term", *match.span()))
    while len(parts) > 1 and parts[-1].name in ("paper", "within") and parts[-2].name != "label":
        parts.pop()
    return parts


def _is_marking(view: View, folded: str, parts: list[_Part]) -> bool:
    first = parts[0]
    names = [part.name for part in parts]
    if first.name == "label":
        return len(parts) > 1
    if first.name == "period":
        return is_line(view, folded, first.start, parts[-1].end)
    if "term" not in names and any(_is_rated(view, folded, part) for part in parts):
        return False
    words = [view.text[part.start : part.end] for part in parts]
    if _has_star(view, folded, parts, words):
        return True
    if any(char.isascii() and char.isalpha() for word in words for char in word):
        return False
    after = gap_after(view, folded, parts[-1].end)
    begins = first.start == 0 or bool(gap_before(view, folded, first.start))
    if begins and names[0] in ("grade", "head", "within") and "term" in names:
        # 秘密5年 at the edge of a clause; in the middle of one it is what somebody kept.
        return bool(after) or parts[-1].end == len(view.places)
    if _orders(view, folded, parts, words, begins=begins):
        return True
    return _is_set_off(view, folded, parts, words)


def _has_star(view: View, folded: str, parts: list[_Part], words: list[str]) -> bool:
    """A star between a grade and what follows, or before a grade that ends a clause."""
    for place, part in enumerate(parts):
        if part.name not in ("grade", "head", "within"):
            continue
        behind = gap_after(view, folded, part.end)[:_FARTHEST]
        following = place + 1 < len(parts)
        if "★" in behind and not behind.startswith(QUOTES_CLOSING) and part.name != "within":
            return True
        if following and parts[place + 1].name == "term" and not _STARS.isdisjoint(behind):
            return True
        before = gap_before(view, folded, part.start)[-_FARTHEST:]
        ends = bool(behind) or part.end == len(view.places)
        if "★" in before and ends and words[place] != "内部":
            return True
    return False


def _is_rated(view: View, folded: str, part: _Part) -> bool:
    """A row of stars stands behind it."""
    return gap_after(view, folded, part.end).count("★") > 1


def _is_bilingual(passage: Passage, view: View, parts: list[_Part]) -> bool:
    """A grade in both languages, the English in capitals or nothing else on the line."""
    english = [part for part in parts if part.name == "english"]
    if not english or len(english) == len(parts):
        return False
    places = [view.places[at] for part in english for at in range(part.start, part.end)]
    return (
        "".join(passage.text[place] for place in places).isupper()
        or is_bracketed(view, passage.folded, parts[0].start, parts[-1].end)
        or is_line(view, passage.folded, parts[0].start, parts[-1].end)
    )


def _orders(view: View, folded: str, parts: list[_Part], words: list[str], *, begins: bool) -> bool:
    """A paper and an order, or who may read it: no line of its own is needed."""
    names = {part.name for part in parts}
    strict = names & {"order", "use", "mild"}
    if "head" in names and strict:
        return True
    if names & {"grade", "within"} and strict:
        gap = gap_after(view, folded, parts[0].end)
        return begins and (bool(gap) or _CONCEPT.fullmatch(words[0]) is None)
    if "paper" in names and strict:
        own = words[0][0] in "本此该"
        told = any(_STRONG_ORDER.search(word) for word in words)
        return (own and told) or ("use" in names and _PLAIN_USE.search("".join(words)) is None)
    if parts[0].name == "use":
        return begins and _PLAIN_USE.search(words[0].removeprefix("仅供")) is None
    return words[0].startswith("未经") and _STRONG_ORDER.search(words[0]) is not None


def _is_set_off(view: View, folded: str, parts: list[_Part], words: list[str]) -> bool:
    """In brackets, on a line, or before the title of a paper."""
    start, end = parts[0].start, parts[-1].end
    names = {part.name for part in parts}
    if names <= {"order", "paper", "mild"} and not any(map(_STRONG_ORDER.search, words)):
        return False
    if is_bracketed(view, folded, start, end):
        return True
    if names <= {"order", "paper", "mild"}:
        # An order alone on its line heads a paper; as a whole message it is talk.
        heads = len(parts) > 1 or "\n" in folded or _KEPT.fullmatch(words[0]) is not None
        return heads and is_line(view, folded, start, end)
    owners = _OWNERS if names & {"head", "grade"} else ()
    if is_line(view, folded, start, end, owners):
        return True
    opens = start == 0 or "\n" in gap_before(view, folded, start)
    parted = bool(gap_after(view, folded, end))
    return opens and parted and _TITLE.match(view.text, end) is not None


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
        first, last = with_brackets(folded, first, last)
        yield Found("secrecy", first, last, range(first, last))
