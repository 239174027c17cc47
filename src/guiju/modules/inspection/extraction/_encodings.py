"""Which encoding a text is in, for texts as short as a name.

Marks at the beginning decide, then strict UTF-8, which other texts rarely happen to be. What is
left is decoded in every likely way, and each answer is asked how much it looks like writing: how
many of its characters are common ones. Where two answers look alike, both are given. A byte out of
place, or a second encoding in the same text, makes every answer unsure: several are given then, and
whoever asks must not take the text as read.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

# The characters that most running text is made of, simplified then traditional where they differ:
# the head of every published frequency list, and words of forms and lists of people.
_COMMON = frozenset(
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还"
    "发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全"
    "工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入"
    "先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果"
    "亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管"
    "夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李"
    "息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志"
    "飞观争究包组造落视济喜离虽坐集编宝谈府拉黑且随格尽剑讲布杀微怕母调局根曾准团段终乐切级克精哪官示冲竟乎男举客证苦照注费足尔招群热"
    "推晚响称兴待约阳哥惊吗整支古汉突号绝选吧参刊亚复伤类备欢另港势刻星断陈掌农夜般念价脑规底故省妈刚句显消衣陆器确破具居批送泪紧嗯哈"
    "号姓住址银行卡账户密码手联系邮箱合同金额客户单位身份证护照机密秘绝内部限阅件公司厂区工资奖惩纪要通知会议生产车间质量检验采购销售"
    "這來個國說們為時會對過還發與開動兩長樣現將實點聲兒業問機給幾間門東關數處總場師書員報馬張難車應樓題統愛讓認論義術結連遠資隊帶條變聯"
    "權傳紅達辦運強區轉眾輕語滿識極黨設雙歷網專觀爭濟編寶談隨盡劍講殺調準團級舉證費爾熱響稱興陽驚號絕選參亞復傷類備歡勢斷陳農價腦規"
    "媽剛顯陸確淚緊銀帳戶電話聯絡郵額單護內閱廠獎懲議產質檢採購銷萬學無經頭當從後進種氣沒裡麼員體麗請讀寫廣歲樂離雖經該邊給須頁項預"
    "，。、；：？！“”‘’（）《》【】「」『』—…·～￥　"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "cp1252")
_MULTIBYTE = ("utf-8", "gb18030", "big5hkscs")
_SAMPLE = 4000
_BEYOND = re.compile(r"[^\x00-\x7e]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\ufffd]")
# ISO 2022 changes the alphabet by an escape; all its bytes are ASCII.
_SHIFT = "\x1b$"
# Western words have one letter with an accent, or two or three; not four in a row.
_HIGH_RUN = re.compile(rb"[\x80-\xff]{4}")
# Two Chinese characters or more in UTF-8.
_UTF8_RUN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc-\xbd][\x80-\xbf]){2,}")
# What a reading of running text scores, and how far another must be above it to be in doubt.
_USUAL = 1.0
_ABOVE = 1.0
_READINGS = 3
# How far apart two answers must be for one of them to be enough.
_CLEAR = 0.6
_LEAST = -0.5
_SHORT = 2000
# What another reading must score to stand before, or after, one that is valid UTF-8.
_CHANCE = 1.5
_CERTAIN = 2.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the encoding that it was taken to be in.

    Not `is_sure` when bytes were out of place or parts look like another encoding: what was written
    may then be something else than what stands here.
    """

    text: str
    encoding: str
    is_sure: bool = True


def decode(data: bytes) -> list[Decoded]:
    """The likely readings, best first; none for what is no text. All are sure, or none is."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return [Decoded(data.decode(encoding), encoding)]
            except UnicodeDecodeError:
                break
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _weighed(data)
    if _is_binary(text):
        return _weighed(data)
    found = [Decoded(text, "utf-8", _SHIFT not in text)]
    if "~{" in text:
        found.extend(_as(data, "hz"))
    if len(data) <= _SHORT:
        found = _doubted(data, found)
    return found


def _doubted(data: bytes, found: list[Decoded]) -> list[Decoded]:
    """A short text may be valid UTF-8 by chance: two Chinese characters often are."""
    text = found[0].text
    narrow = any("\x7f" < char < "\u0800" for char in text) and max(text) < "\u0800"
    scores = [(_score(each.text), each) for each in _likely(data)]
    others = [each for score, each in scores if score >= (_CHANCE if narrow else _CERTAIN)]
    others = [each for each in others if each.encoding != "cp1252" and each.text != text]
    return [*others, *found] if narrow else [*found, *others]


def _as(data: bytes, encoding: str) -> Iterator[Decoded]:
    try:
        yield Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return


def _is_binary(text: str) -> bool:
    return len(_CONTROL.findall(text[:_SAMPLE])) * 50 > min(len(text), _SAMPLE)


def _likely(data: bytes) -> list[Decoded]:
    found: list[tuple[float, Decoded]] = []
    for encoding in _CANDIDATES:
        if encoding.startswith("utf-16") and len(data) % 2:
            continue
        found.extend(
            (score, each) for each in _as(data, encoding) if (score := _score(each.text)) >= _LEAST
        )
    if not found:
        return []
    found.sort(key=lambda each: -each[0])
    best = found[0][0]
    return [each for score, each in found if score > best - _CLEAR][:2]


def _weighed(data: bytes) -> list[Decoded]:
    """The readings of what is not UTF-8, with doubt where there is reason for it."""
    found = _likely(data)
    if found and not _is_doubtful(data, found[0]):
        return found
    found += _repaired(data)
    found.sort(key=lambda each: -_score(each.text))
    distinct = {each.text: each for each in reversed(found)}
    kept = [each for each in found if distinct[each.text] is each]
    return [replace(each, is_sure=False) for each in kept[:_READINGS]]


def _is_doubtful(data: bytes, best: Decoded) -> bool:
    """Whether the best strict reading may be another text: nearly any bytes decode as something."""
    score = _score(best.text)
    if best.encoding == "cp1252":
        others = _repaired(data)
        return bool(_HIGH_RUN.search(data)) or any(_score(each.text) > score for each in others)
    if score < 0 or _PRIVATE.search(best.text):
        return True
    if best.encoding.startswith("utf-16"):
        return False
    return any(_is_foreign(line, best.encoding) for line in _pieces(data))


def _pieces(data: bytes) -> Iterator[bytes]:
    """The lines, and what in them would be Chinese in UTF-8."""
    for line in dict.fromkeys(data.split(b"\n")):
        if not line.isascii():
            yield line
            yield from _UTF8_RUN.findall(line)


def _is_foreign(piece: bytes, encoding: str) -> bool:
    """Whether a piece of a text looks much more like writing in another encoding."""
    text = piece.decode(encoding, "replace")
    own = _score(text)
    # A drawn line repeats one sign, which may be a word elsewhere.
    if own >= _USUAL or len(set(_BEYOND.findall(text))) < 2:
        return False
    least = max(_USUAL, own + _ABOVE)
    others = (each for name in _MULTIBYTE if name != encoding for each in _as(piece, name))
    return any(_score(each.text) >= least for each in others)


def _repaired(data: bytes) -> list[Decoded]:
    """Readings with wrong bytes replaced: each encoding for all of it, and the best one for each line."""
    lines = [_best_of_line(line) for line in data.split(b"\n")]
    found = [Decoded("\n".join(lines), "mixed")]
    found += [Decoded(data.decode(name, "replace"), name) for name in _MULTIBYTE]
    return [each for each in found if _is_mostly(each.text)]


def _best_of_line(line: bytes) -> str:
    if line.isascii():
        return line.decode("ascii")
    for name in _MULTIBYTE:
        for each in _as(line, name):
            if _score(each.text) >= _USUAL:
                return each.text
    return max((line.decode(name, "replace") for name in _MULTIBYTE), key=_score)


def _is_mostly(text: str) -> bool:
    """Whether most of it could be decoded."""
    return text.count("\ufffd") * 4 <= len(text) and not _is_binary(text)


def _score(text: str) -> float:
    """From 3, all common characters, to -5; of the characters beyond ASCII."""
    if _is_binary(text):
        return -5.0
    weights = [_weight(found[0]) for found in islice(_BEYOND.finditer(text), _SAMPLE)]
    return sum(weights) / len(weights) if weights else 0.0


@cache
def _weight(char: str) -> float:
    if char in _COMMON:
        return 3.0
    if "\u4e00" <= char <= "\u9fff":
        return _rank(char)
    if "\uff01" <= char <= "\uffee" or "\u3000" <= char <= "\u30ff":
        return 0.5
    if "\u00c0" <= char <= "\u024f":
        return -0.2
    if char >= "\U00010000" or "\ue000" <= char <= "\uf8ff" or char == "\ufffd":
        return -3.0
    return -1.0


def _rank(char: str) -> float:
    """GB 2312 and Big5 put the common characters before the rare ones."""
    try:
        if char.encode("gb2312")[0] < 0xD8:
            return 1.0
    except UnicodeEncodeError:
        pass
    try:
        if char.encode("big5")[0] < 0xC9:
            return 0.5
    except UnicodeEncodeError:
        pass
    return -1.5
