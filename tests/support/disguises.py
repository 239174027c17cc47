"""Terms in disguise: every way of hiding a term, over sentences of our own, the same at each run.

The terms are the shipped ones and a list that no dictionary has, so that a test with them says
something about terms that nobody tuned the engine to.
"""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from guiju.modules.inspection._tables import SOUNDS, SYLLABLES, decompositions

TERMS = (
    "走私香烟", "假护照", "电话轰炸", "黑客攻击", "伪基站", "赌马下注", "德州扑克上分", "开盘赔率", "黄色小说",
    "无码影片", "同城约会交友", "致幻蘑菇", "止咳水批发", "弹簧刀", "仿真枪", "土制炸弹", "猪脑子", "臭不要脸",
    "狗腿子", "吃里扒外", "刷好评", "代孕", "私家侦探", "贩卖器官", "世界末日预言", "疫苗致死", "雄鹰工程",
    "白龙计划", "股权质押方案", "关停名单", "神经病", "下三滥", "卖国贼", "套牌车", "洗黑钱", "砍头息",
)  # fmt: skip
LATIN = ("wanker", "bastard", "blackjack", "dickhead", "heroin", "slutty", "roulette")
_CARRIERS = (
    "昨天的会开到很晚，{}，大家都累了", "有人要{}的吗？价格好商量", "{}，下午三点在二楼开会", "周报已经交了（{}）",
    "新食堂的菜还可以 {}", "群里谁发的{}，管理员看一下", "空调又坏了。{}，请报修", "打印机卡纸了，{}", "今天天气不错；{}；适合跑步",
)  # fmt: skip
_SIGNS = "*.-_|/~^+、"
_COMMON_FIRST = 12


class Case(NamedTuple):
    """A text, and where the term stands in it."""

    text: str
    start: int
    end: int
    term: str


def cases(way: str, terms: tuple[str, ...], *, seed: int = 1, each: int = 1) -> Iterator[Case]:
    """Texts in which the terms are disguised in this way."""
    chance = random.Random(f"{way} {seed}")
    for term in terms:
        for _ in range(each):
            written = WAYS[way](term, chance)
            if written is None or written == term:
                continue
            carrier = chance.choice(_CARRIERS)
            start = carrier.index("{}")
            yield Case(carrier.format(written), start, start + len(written), term)


def _joined(gap: Callable[[random.Random], str]) -> Callable[[str, random.Random], str]:
    def write(term: str, chance: random.Random) -> str:
        return term[0] + "".join(gap(chance) + char for char in term[1:])

    return write


def _repeated(term: str, chance: random.Random) -> str:
    return "".join(char * chance.choice((2, 2, 3)) for char in term)


def _syllables(term: str) -> list[str] | None:
    codes = [SOUNDS.codes.get(char) for char in term]
    return [SYLLABLES[code] for code in codes if code] if all(codes) else None


def _pinyin(term: str, chance: random.Random) -> str | None:
    syllables = _syllables(term)
    if syllables is None:
        return None
    forms = ("".join(syllables), " ".join(syllables), "".join(map(str.capitalize, syllables)))
    return chance.choice(forms)


def _pinyin_mixed(term: str, chance: random.Random) -> str | None:
    syllables = _syllables(term)
    if syllables is None:
        return None
    place = chance.randrange(len(term))
    return term[:place] + syllables[place] + term[place + 1 :]


def _initials(term: str, chance: random.Random) -> str | None:
    syllables = _syllables(term)
    return None if syllables is None else "".join(one[0] for one in syllables)


def _split(term: str, chance: random.Random) -> str | None:
    places = [i for i, char in enumerate(term) if decompositions(char)]
    if not places:
        return None
    chosen = set(chance.sample(places, min(len(places), chance.choice((1, 2)))))
    return "".join(
        chance.choice(decompositions(char)) if i in chosen else char for i, char in enumerate(term)
    )


def _homophone(term: str, chance: random.Random) -> str | None:
    place = chance.randrange(len(term))
    code = SOUNDS.codes.get(term[place])
    same = [char for char, other in SOUNDS.codes.items() if other == code and char != term[place]]
    return term[:place] + chance.choice(same[:_COMMON_FIRST]) + term[place + 1 :] if same else None


_LEET = str.maketrans(
    {"a": "4", "e": "3", "i": "1", "o": "0", "s": "$", "t": "7", "l": "1", "u": "v"}
)


def _masked(term: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(term) - 1)
    return term[:place] + chance.choice("*#") + term[place + 1 :]


WAYS: dict[str, Callable[[str, random.Random], str | None]] = {
    "plain": lambda term, chance: f"{term[:-1]}\u2060{term[-1]}",
    "spaces": _joined(lambda chance: " "),
    "signs": _joined(lambda chance: chance.choice(_SIGNS)),
    "invisible": _joined(lambda chance: chance.choice("\u200b\u200c\u200d\ufeff")),
    "emoji": _joined(lambda chance: chance.choice("🐶😀✨❤")),
    "brackets": lambda term, chance: "".join(f"【{char}】" for char in term),
    "entities": lambda term, chance: "".join(f"&#{ord(char)};" for char in term),
    "hexadecimal": lambda term, chance: "".join(f"&#x{ord(char):x};" for char in term),
    "percent": lambda term, chance: "".join(f"%{byte:02X}" for byte in term.encode()),
    "repeated": _repeated,
    "pinyin": _pinyin,
    "pinyin_mixed": _pinyin_mixed,
    "split": _split,
    "reversed": lambda term, chance: term[::-1],
    "initials": _initials,
    "homophone": _homophone,
    "leet": lambda term, chance: term.translate(_LEET),
    "masked": _masked,
}
