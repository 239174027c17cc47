"""Postal addresses down to the number of the house, of the mainland, Taiwan and Hong Kong.

An address is a road (or village, estate) with a number, after a region, a district or a word that
says that an address follows. Read in the text without noise; a comma or a full stop between its
parts ends it. Sources: GB/T 23705 (geographical names and addresses), the address forms of the
posts of Taiwan and Hong Kong.
"""

import re
from collections.abc import Iterator
from importlib import resources

from guiju.modules.inspection._glances import SPACE, glance
from guiju.modules.inspection._passage import Found, Passage, View


def _regions() -> str:
    raw = resources.files("guiju.modules.inspection").joinpath("regions.txt").read_text("utf-8")
    names = [name for line in raw.splitlines() if not line.startswith("#") for name in line.split()]
    return "|".join(sorted(names, key=len, reverse=True))


_DIGITS = "[0-9一二三四五六七八九十百零〇]"
_ROAD = "(?:大道|路|街|巷|弄|胡同|道|里|段|村|屯|庄|坊|苑|园|小区|社区|新村|公寓|花园|广场|大厦|大楼|院|城|组|社|中心|国际|府|湾|庭|郡)"
_WITHIN = f"(?:[东南西北中](?:段|路|街|道|里)?|[上下前后内外]|{_DIGITS}{{1,3}}(?:段|巷|弄|期|区|组|村|社|街坊))"
_NUMBER = "(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,5})(?:之[0-9]{1,3})?(?:号院|号楼|号|弄|栋|幢|楼(?=[0-9]))"
_PART = (
    f"(?:之{_DIGITS}{{1,3}}"
    f"|第?(?:{_DIGITS}{{1,5}}|[a-z][0-9]{{0,4}}|[甲乙丙丁东南西北])(?:号楼|号院|号|弄|栋|幢|座|塔|单元|门|层|楼|室|户|房|铺|期|区|院)(?:之{_DIGITS}{{1,3}})?"
    "|[一-龥]{1,8}?(?:大厦|广场|中心|大楼|小区|花园|公寓|写字楼|国际|商厦|工业园|产业园|科技园|园区|新村|家园|苑|邨|阁|轩)"
    f"|[一-龥a-z]{{1,12}}?(?=[a-z]?(?:{_DIGITS}{{1,4}}|[a-z东南西北])(?:号楼|栋|幢|座|单元|楼|层|室|期|塔))"
    "|[a-z]?[0-9]{3,5}(?![0-9a-z])|地下|首层|负[一二]层)"
)
_CORE = re.compile(f"{_ROAD}{_WITHIN}{{0,3}}{_NUMBER}(?:{_PART}){{0,6}}")
# In the country a village is all there is.
_VILLAGE = re.compile(
    "[一-龥]{1,6}(?:县|市|区|旗)[一-龥]{1,6}?(?:镇|乡|街道)(?P<hidden>[一-龥]{1,8}?(?:村|屯|寨)(?:[0-9一二三四五六七八九十]{1,3}(?:组|社|队))?)"
)
_may_be_village = glance("[县市区旗][一-龥]{1,6}(?:镇|乡|街道)")
_DETAIL = re.compile("(?:栋|幢|座|单元|室|楼|层)")
_REGION = re.compile(f"(?:{_regions()})(?!路|街|道|大道|段|巷|店|号)")
_DISTRICT = re.compile("[一-龥]{2,4}?(?:自治州|自治县|地区|市|区|县|旗|镇|乡|街道|盟)")
_CUE = re.compile(
    "(?:住址|地址|家住|住在|现住|居住|寄到|寄往|寄至|寄去|寄给|送到|送至|发到|邮寄|快递到|收货|收件|位于|坐落|地点|上门|户籍|籍贯|老家|搬到|搬去|公司在|我家|家在|我住|他住|她住)[一-龥]{0,3}?(?:是|为|在|到|至)?"
)
_LEADING = re.compile(
    "^(?:家?住在?|我家?在?|地址|寄到|送到|是|为|在|到|去|从|于|至|来|就|的|了|往|找)+"
)
# Without a region or a word that says so, only these with parts of a house make an address.
_STREET = re.compile("大道|路|街|巷|弄|胡同|道")
_REACH = 40
_NO_CUE_ROAD = 6
_BREAKS = frozenset(",;!?\n。、")

# Flat A, 12/F, 88 Nathan Road, Kowloon: a street with a number, and a part of a house or a region.
_INDOORS = r"(?:flat|room|rm|unit|suite|shop|block|tower|phase)\.?\s?[0-9a-z][0-9a-z-]{0,5}|[0-9]{1,2}\s?/\s?f|[0-9]{1,2}(?:st|nd|rd|th)\sfloor"
_ABROAD = (
    "hong kong|kowloon|new territories|n\\.t\\.|wan\\s?chai|central|tsim sha tsui|mong kok|causeway bay|kwun tong|sha tin|tsuen wan|macau"
    "|taipei|taichung|tainan|kaohsiung|hsinchu|taiwan|singapore|beijing|shanghai|shenzhen|guangzhou"
)
_ENGLISH = re.compile(
    rf"(?<![0-9a-z])(?P<indoors>(?:(?:{_INDOORS})(?:,\s?|\s)){{0,3}})(?:[a-z' ]{{2,40}}(?:building|tower|house|cent(?:re|er)|mansions?|court|plaza|gardens?|city|estate|terrace|villas?|heights|square),\s?)?"
    rf"[0-9]{{1,4}}[a-z]?(?:-[0-9]{{1,4}})?,?\s(?:[a-z']{{2,20}}\s){{1,4}}(?:road|street|avenue|lane|drive|rd|st|ave)(?![a-z])\.?(?P<region>(?:,\s?[a-z' .]{{2,30}}){{0,3}}?(?:,?\s?(?:{_ABROAD})(?![a-z]))+)?"
)
_may_be_english = glance(
    rf"[0-9][a-z]?,?{SPACE}(?:[a-z']{{2,20}}{SPACE})+(?:road|street|avenue|lane|drive|rd|st|ave)"
)

# With an end to how far the road may be, RE2 would tell apart every figure that may begin an address.
GATE = f"[0-9][0-9a-z]{{3,}}(?:road|street|avenue|lane|drive|rd|st|ave)|{_ROAD}[^路]{{0,8}}{_DIGITS}(?:号|弄|栋|幢|楼)|(?:镇|乡|街道)[一-龥]{{1,8}}(?:村|屯|寨)"


def find_addresses(passage: Passage) -> Iterator[Found]:
    yield from _find_english(passage)
    view = passage.bare
    reach = 0
    for match in _CORE.finditer(view.text):
        core, end = match.span()
        if core < reach:
            continue
        if not passage.spend(8):
            return
        left = _left(passage, view, max(reach, core - _REACH), core)
        end = _right(passage, view, core, end)
        spot = _start(view.text, left, core, _DETAIL.search(match[0]) is not None)
        if spot is None or end - core < 3:
            continue
        start, kept = spot
        if core - start < 1:
            continue
        reach = end
        yield view.found("address", start, end, range(max(start, kept), end))
    if not _may_be_village(view.text):
        return
    for match in passage.within(_VILLAGE.finditer(view.text, reach), 8):
        start, end = match.span()
        left = _left(passage, view, max(reach, start - _REACH), start)
        region = _REGION.search(view.text, left, end)
        if region is not None and _right(passage, view, start, end) == end:
            reach = end
            yield view.found("address", region.start(), end, range(match.start("hidden"), end))


def _find_english(passage: Passage) -> Iterator[Found]:
    view = passage.visible
    if not _may_be_english(view.text):
        return
    for match in passage.within(_ENGLISH.finditer(view.text), 4):
        if match["indoors"] or match["region"]:
            start, end = match.span()
            kept = match.start("region") if match["region"] else end
            hidden = [at for at in range(start, kept) if view.text[at].isalnum()]
            yield view.found("address", start, end, hidden)


def _left(passage: Passage, view: View, left: int, core: int) -> int:
    """How far the address can reach back: to the last comma, full stop or line."""
    for at in range(core, left, -1):
        gap = passage.folded[view.places[at - 1] + 1 : view.places[at]]
        if gap and (_BREAKS & set(gap) or (gap.strip() == "." and len(gap) == 1)):
            return at
    return left


def _right(passage: Passage, view: View, core: int, end: int) -> int:
    for at in range(core + 1, end):
        gap = passage.folded[view.places[at - 1] + 1 : view.places[at]]
        if gap and _BREAKS & set(gap):
            return at
    return end


def _last(pattern: re.Pattern[str], text: str, begin: int) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text, begin):
        found = match
    return found


def _start(text: str, left: int, core: int, detailed: bool) -> tuple[int, int] | None:
    """Where the address starts, and where what masking hides starts; None if it is no address."""
    context = text[left:core]
    cue = _last(_CUE, context, 0)
    begin = 0 if cue is None else cue.end()
    region = _REGION.search(context, begin)
    if region is not None:
        begin = region.start()
    district = _last(_DISTRICT, context, begin)
    if region is None and cue is None:
        first = _DISTRICT.search(context)
        if first is not None:
            begin = first.start()
            lead = _LEADING.match(context[begin:])
            begin += lead.end() if lead else 0
        elif detailed and _STREET.match(text, core) is not None:
            begin = max(0, len(context) - _NO_CUE_ROAD)
            lead = _LEADING.match(context[begin:])
            begin += lead.end() if lead else 0
        else:
            return None
    kept = begin
    if region is not None:
        kept = region.end() + (1 if context[region.end() : region.end() + 1] in ("省", "市") else 0)
    if district is not None:
        kept = max(kept, district.end())
    return left + begin, left + kept
