"""Amounts of contracts: a word that says contract or deal, and a sum in figures or in capitals."""

import re
from collections.abc import Iterator

from guiju.modules.inspection._glances import SPACE, glance
from guiju.modules.inspection._passage import Found, Passage

CUES = (
    "(?:人民币大写|(?:合同|合约|契约|协议|订单|采购|中标|成交|签约|投标|结算|回款|标的|框架|项目|工程|总包|分包|交易|并购|收购|转让|报|总标)"
    "[一-龥]{0,4}(?:金额|总价款?|总额|价款|价格|造价|价|额|款)|(?:标|谈判)?底价)"
)
_DEAL = "(?:合同|合约|契约|协议|订单|大单|单子|标的|工程)"
# How people speak of it: a sum of ten thousands and more, right beside the contract or what was done with it.
_SPOKEN_SUM = (
    "(?:(?:人民币|美金|[¥$€£])?[0-9]{1,6}(?:\\.[0-9]{1,4})?(?:多|来|余)?(?:十|百|千)?[万亿w]|[一二三四五六七八九十百千两几数]{1,6}(?:多|来|余)?[万亿](?![一分个次]))"
    "(?:多|余|出头|左右|上下)?(?:元|块钱?|圆|人民币|美元|美金|港币|台币|欧元)?(?:多|左右|上下|整)?(?!\\s?(?:[个户次人位台件套只名条份字分火公米吨斤页行张辆瓶箱包里]|用户|像素))"
)
_DONE = "(?:总额|金额|总价|在|签|谈|做|拿|定|报|开|敲|卖|接|压|砍|涨|中|是|为|共|有|值|约|要|到|下|来|了|成|得|的|标|价|一共|总共|总计|合计|大概|大约|差不多|价值|超过|接近|将近|足足|才|就|也|都|已经|最后|最终)"
_SPOKEN = re.compile(
    f"(?:{_SPOKEN_SUM}(?:的大?|大)?[一-龥]{{0,4}}?{_DEAL}|{_DEAL}[,，]?\\s?{_DONE}{{0,6}}\\s?{_SPOKEN_SUM}"
    f"|(?:中标|谈成|签下|拿下|成交|签约)(?:了|价)?[,，]?\\s?{_SPOKEN_SUM})"
)
GATE = f"{CUES}|[0-9一二三四五六七八九十百千两几数][万亿w].{{0,12}}{_DEAL}|(?:{_DEAL}|中标|谈成|签下|拿下|成交|签约).{{0,14}}[万亿w]|(?:contract|deal|order|purchase|settlement|bid|tender)(?:value|amount|price|sum|total|size)"
_CURRENCY = r"(?:人民币|新[台臺]币|台币|港币|港元|美元|美金|欧元|日元|rmb|cny|usd|hkd|twd|ntd|eur|us\$|hk\$|nt\$|[¥$€£])"
_CAPITALS = "零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两"
_FIGURES = r"[0-9]{1,15}(?:,[0-9]{3}){0,5}(?:\.[0-9]{1,4})?"
_SCALE = r"(?:百万|千万|十万|万|亿|million|billion|bn|[wkm])"
_SUM = (
    rf"(?:{_CURRENCY}\s?{_FIGURES}\s?{_SCALE}?\s?(?:美元|港元|元|圆)?整?"
    rf"|{_FIGURES}\s?(?:{_SCALE}\s?(?:{_CURRENCY}|元|圆|块)?|{_CURRENCY}|元|圆|块)整?"
    rf"|{_CURRENCY}?\s?(?:[{_CAPITALS}]\s?){{2,20}}(?:元|圆|块)(?:\s?[{_CAPITALS}角分]){{0,6}}\s?[整正]?)"
)
_LINK = r"(?:\s|[:=]|为|是|约|共计|合计|总计|总共|共|定为|达到?|\((?:不?含税|大写|小写|单位[^)]{0,6})\)|不?含税|大写){0,6}"
# On paper the sum in capitals has its word in brackets: 人民币（大写）：
_CHINESE = re.compile(f"(?:{CUES}|人民币\\(?大写\\)?){_LINK}{_SUM}")
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:contract|deal|order|purchase|settlement|bid|tender)\s(?:value|amount|price|sum|total|size)\s?(?:is|of|was|at|:|=|\s){{0,4}}"
    rf"(?:{_CURRENCY}\s?[0-9][0-9,.]{{0,18}}[0-9]?\s?{_SCALE}?|[0-9][0-9,.]{{0,18}}\s?{_SCALE}?\s?{_CURRENCY})"
)
_may_be = (
    glance(f"{CUES}|人民币\\(?大写"),
    glance(
        f"(?:contract|deal|order|purchase|settlement|bid|tender){SPACE}(?:value|amount|price|sum|total|size)"
    ),
    glance(
        f"(?s)[0-9.一二三四五六七八九十百千两几数多来余][万亿w].{{0,20}}{_DEAL}"
        f"|(?:{_DEAL}|中标|谈成|签下|拿下|成交|签约).{{0,40}}[万亿w]"
    ),
)
# Less than a thousand, or a price for one piece, is no sum of a contract.
_SMALL = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:\.[0-9]+)?\s?(?:元|块|圆)整?$")
_HIDDEN = re.compile(f"[0-9{_CAPITALS}]")


def find_amounts(passage: Passage) -> Iterator[Found]:
    view = passage.visible
    taken = bytearray(len(view.text))
    for pattern, may_match in zip((_CHINESE, _ENGLISH, _SPOKEN), _may_be, strict=True):
        if not may_match(view.text):
            continue
        for match in pattern.finditer(view.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            if not passage.spend(4):
                return
            taken[start:end] = b"\1" * (end - start)
            if _SMALL.search(match[0]) is not None or view.text[end : end + 1] == "/":
                continue
            hidden = [start + at.start() for at in _HIDDEN.finditer(match[0])]
            yield view.found("contract_amount", start, end, hidden)
