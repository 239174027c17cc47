"""What the inspection scenario reads: real messages, made terms, patterns, texts meant to hurt."""

import itertools
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Final

from bench.process import BenchError

_ROOT: Final = Path(__file__).resolve().parent.parent
HOSTILE: Final = 20_000
_PIECES: Final = (
    "12万", "John ", "。", "U+4E00 ", "password=哈", "三元工号=", "E4.cn-", "//开", "500)", "1.2.3.4", "粤B", "ABx.cn", "//@(", "www.",
    "&#x4e00;", "省三", "3.", "电话", "代身份证", "CONFIDENTIAL ", "李★签", "¥x[强]", "Smith ",
)  # fmt: skip
# A dictionary whose term stands in more texts than this is not put in force by anybody. Of the
# rarer words that do stand in some, one in ten is kept: 100,000 terms then hit as many messages as
# the raw public lists do, and 10,000 as many as a list that somebody has looked at.
_MOST_COMMON: Final = 0.0005
_KEPT: Final = 0.1

# What an organisation may write: RE2 syntax, each of a kind that real rules have.
PATTERNS: Final = (
    r"(?:身份证|证件)[号码:： ]*[0-9]{17}[0-9Xx]",
    r"(?:^|[^0-9A-Za-z])1[3-9][0-9]{9}(?:$|[^0-9])",
    r"(?:^|[^0-9A-Za-z])62[0-9]{14,17}(?:$|[^0-9])",
    r"(?:卡号|账号)[:： ]*[0-9]{12,19}",
    r"[京津沪渝冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}",
    r"[A-Za-z0-9._%+-]{2,40}@[A-Za-z0-9-]{2,40}\.[A-Za-z]{2,8}",
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"gh[pousr]_[0-9A-Za-z]{36}",
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
    r"(?i)(?:password|passwd|pwd|密码)[ =:：]{1,3}[^ ，。]{6,40}",
    r"(?i)(?:secret|token|api[_-]?key)[ =:：]{1,3}[0-9A-Za-z_-]{16,60}",
    r"(?:绝密|机密|秘密)[★☆※]",
    r"密级[:： ]{0,3}(?:绝密|机密|秘密|内部)",
    r"(?:内部资料|内部文件).{0,6}(?:严禁|不得)外传",
    r"(?:合同|标的)(?:总)?(?:金额|价款)[^0-9]{0,6}[0-9][0-9,.]{3,14}[万亿]?元",
    r"(?:报价|底价|成本价)[:： ]{0,3}[0-9][0-9,.]{2,12}元",
    r"(?:工资|薪酬|奖金)(?:表|明细).{0,4}\.xlsx?",
    r"(?:图号|工艺号)[:： ]{0,2}[A-Z]{2,4}-[0-9]{4,8}",
    r"项目代号[:： ]{0,2}[A-Z]{1,3}[0-9]{2,5}",
    r"https?://[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
    r"(?i)https?://[^ /]{1,60}\.(?:top|xyz|win|vip|cc)(?:/|$| )",
    r"(?i)(?:t\.cn|bit\.ly|dwz\.cn|suo\.im|url\.cn)/[0-9a-z]{4,12}",
    r"(?:加|＋|\+)(?:微|薇|v|V)(?:信)?[:： ]{0,3}[0-9A-Za-z_-]{5,20}",
    r"[qQ扣]{1,2}群?[:： ]{0,2}[1-9][0-9]{5,10}",
    r"(?:日赚|月入|躺赚)[^，。]{0,4}[0-9一二三四五六七八九十百千万]{1,8}",
    r"(?:兼职|刷单).{0,10}(?:日结|秒结)",
    r"(?:代开|出售).{0,4}发票",
    r"(?:无抵押|免抵押).{0,8}(?:贷款|放款)",
    r"(?:点击|复制).{0,6}(?:领取|链接).{0,6}(?:红包|福利|现金)",
    r"(?:转发|扩散).{0,6}(?:好运|保平安|一定要看)",
)

# What a pattern may do at worst and still be saved: many states, many matches, nested repeats.
HURTFUL_PATTERNS: Final = (
    r"(?:[0-9]+,?)+元",
    r"(?:[0-9.]+)+x",
    r"(?:a+)+b",
    r"[a-y]{300}z",
    r"(?:.{0,20}密){3}",
    r"[\x{4e00}-\x{9fff}]{2,60}号",
    r"[0-9]",
    r".{1,50}",
)


def corpus() -> Path:
    """The folder of evaluation data. Raises `BenchError` when it is not there."""
    folder = Path(os.environ.get("GUIJU_CORPUS") or _ROOT / ".." / "shared" / "data").resolve()
    if not (folder / "dev").is_dir():
        raise BenchError(
            f"the inspection scenario needs real messages, and {folder}/dev does not exist; "
            "GUIJU_CORPUS names the folder"
        )
    return folder


def messages(folder: Path) -> dict[str, list[str]]:
    """Real texts by the set that they are of. Raises `BenchError` when one is missing."""
    files = {
        "nus_sms": folder / "dev" / "fetched" / "nus_sms_zh.jsonl",
        "reviews": folder / "dev" / "reviews_zh.jsonl",
    }
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise BenchError(f"the inspection scenario lacks {', '.join(missing)}")
    return {
        name: [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
        for name, path in files.items()
    }


def real_messages(folder: Path, seed: int = 1) -> list[str]:
    """All real texts in one drawn order."""
    texts = [text for part in messages(folder).values() for text in part]
    random.Random(seed).shuffle(texts)
    return texts


def made_terms(texts: list[str], count: int, seed: int = 2) -> list[str]:
    """`count` different Chinese words of 2 to 4 characters, by the statistics of the texts.

    Characters follow one another as in the texts half of the time, else by their frequency. What
    stands in too many of the texts is left out.
    """
    chance = random.Random(seed)
    held: Counter[str] = Counter()
    singles: Counter[str] = Counter()
    following: dict[str, Counter[str]] = {}
    for text in texts:
        pieces = {text[i : i + n] for n in (2, 3, 4) for i in range(len(text) - n + 1)}
        held.update(pieces)
        for one, two in itertools.pairwise(text):
            if _is_chinese(one) and _is_chinese(two):
                singles[one] += 1
                following.setdefault(one, Counter())[two] += 1
    chars, weights = list(singles), list(itertools.accumulate(singles.values()))
    after = {
        char: (list(found), list(itertools.accumulate(found.values())))
        for char, found in following.items()
    }
    limit = max(2, int(len(texts) * _MOST_COMMON))
    made: dict[str, None] = {}
    while len(made) < count:
        length = chance.choice((2, 3, 3, 4, 4, 4))
        word = chance.choices(chars, cum_weights=weights)[0]
        while len(word) < length:
            known = after.get(word[-1]) if chance.random() < 0.5 else None
            pool, heavy = known or (chars, weights)
            word += chance.choices(pool, cum_weights=heavy)[0]
        if not held[word] or (held[word] <= limit and chance.random() < _KEPT):
            made[word] = None
    return list(made)


def _is_chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def pieces(texts: list[str], size: int, count: int) -> list[str]:
    """`count` texts of exactly `size` characters, cut from the real ones in their order."""
    stream = "，".join(texts)
    step = max(size, len(stream) // count)
    found = [stream[i : i + size] for i in range(0, len(stream) - size, step)]
    return found[:count]


def _han(chance: random.Random) -> str:
    return chr(chance.randrange(0x4E00, 0x9FA0))


def _phone(chance: random.Random) -> str:
    return f"1{chance.randrange(3 * 10**9, 10**10)}"


def hostile_texts(terms: list[str]) -> dict[str, str]:
    """Texts of 20,000 characters, by what they are made of; each aims at one part of an engine."""
    chance = random.Random(3)
    chars = "".join(terms[:2000])
    parts = {
        "one term": terms[0],
        "terms in a row": "".join(terms[:3000]),
        "characters of terms": "".join(chance.choices(chars, k=HOSTILE)),
        "term with signs": "~".join(terms[0]) + "~",
        "repeated characters": "".join(char * 3 for char in chars[:3000]),
        "one character": "啊",
        "one letter": "a",
        "digits": "1",
        "drawn digits": "".join(chance.choices("0123456789", k=HOSTILE)),
        "dotted digits": "4.",
        "spaced phones": "1 3 8 0 0 1 3 8 0 0 0 ",
        "phones": "13800138000,",
        "chinese digits": "一三八零零",
        "financial digits": "壹叁捌零",
        "circled digits": "①③⑧⓪",
        "entities": "&#21338;",
        "percent": "%E5%8D%9A",
        "broken entities": "&#",
        "pinyin": "bocaipingtai",
        "spaced pinyin": "bo cai ping tai ",
        "parts of characters": "歹匕木仓女又",
        "letters": "abcdefghijklmnopqrstuvwxy",
        "latin with signs": "c.a.s.i.n.o.",
        "masked letters": "f*ck b*tch ",
        "domains": "www.a1.top/",
        "dotted letters": "a.",
        "addresses": "省市区路号",
        "at signs": "a@b.",
        "keys": "sk-AbCd1234",
        "marks": "机密★",
        "brackets": "【(",
        "emoji": "😀",
        "zero width": "\u200b",
        "combining": "a\u0301\u0336",
        "newlines": "密\n",
        "phones and codes": "12万John 13800138000 。U+4E00 ",
        "passwords and codes": "password=哈U+4E00 John 三元工号=E4.cn-U+4E00 13800138000 //开13800",
        "addresses and codes": "工号,　U+4E00 500)1.2.3.4粤B.cn500ABx.cn//@(John www.&#x4e00;500",
        "fields and codes": "440301省三U+4E00 3.电话代身份证1CONFIDENTIAL 李★签¥x[强]Smith 101.2.3.4",
        "ports": "1.2.3.4:80/x",
        "nested percent": "%25E5%258D%259A",
        "customers": "".join(f"{chance.choice('王李张刘陈')}{chance.choice('伟芳娜敏')},1{chance.randrange(3 * 10**9, 10**10)}\n" for _ in range(1400)),
        "log lines": "".join(f"2026-11-28 12:01:02.{n % 900 + 100} GET http://10.2.3.4:8080/api/users/{n}?id={chance.getrandbits(64):016x} 200\n" for n in range(300)),
        "mixed": "".join(chance.choices([*terms[:50], "1", "38", "~", " ", "a", ".", "&#", "★"], k=HOSTILE)),
        # Nothing in these repeats, so that nothing is known from before.
        "rosters and codes": "".join(f"{chance.choice('王李张刘陈')}{_han(chance)},{_phone(chance)},U+{ord(_han(chance)):04X}\n" for _ in range(1000)),
        "numbers and codes": "".join(f"{chance.choice([_phone(chance), f'62{chance.randrange(10**14, 10**17)}', f'0{chance.randrange(10, 999)}-{chance.randrange(10**7, 10**8)}'])}{chance.choice([' ', ',', ' tel '])}U+{ord(_han(chance)):04X} " for _ in range(1000)),
        "pieces of everything": "".join(chance.choice([*_PIECES, _phone(chance)]) for _ in range(5000)),
    }  # fmt: skip
    return {name: (part * (HOSTILE // len(part) + 1))[:HOSTILE] for name, part in parts.items()}
