"""Makes evaluation data that nobody has tuned to: `python -m bench.unseen FOLDER [--seed N]`.

Other terms, other domains, other carriers and other numbers than any set at hand, the same kinds of
disguise. Carriers are the messages of GUIJU_CORPUS, read in place. The files have the shape of
`dev/README.md` there: dict, evasion_words, pii, links, benign (JSON lines).
"""

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bench import unseen_numbers, unseen_words
from bench.inspection_texts import corpus, messages
from bench.process import BenchError

EACH: Final = 24
EACH_LATIN: Final = 7
EACH_NUMBER: Final = 26
EACH_PLAIN: Final = 12
_BETWEEN: Final = ("，{}，", "（{}）", "群里谁发的{}，", " {} ", "有需要{}的吗？", "：{}。")
_TAILS: Final = ("vip77.com", "-cj.cn", "bet88.top", "pay.cc", "win.net", "qp.com.cn")
_COMMON_TIMES: Final = 8
# Two words that meet, or a homophone: nothing to find for the terms of unseen_words.
_NEAR: Final = {
    "straddle": (
        "酒店外围墙刚刷过漆", "标枪手感不错，投得远", "这家的裸色口红聊得来的都买了", "打了个赌资料就输给他",
        "乘坐庄重的礼宾车到场", "一夜情况就好转了", "合约炮制得很细致",
        "黑卡车停在路口", "楼凤凰花开了", "吸粉尘的滤网该换了", "笔记本脑残余电量不足",
        "滚蛋糕的时候别太用力", "蠢猪八戒的故事", "画畜生肖像的师傅", "这条白痴货车司机开得慢",
    ),
    "punct_straddle": (
        "今天轮到他做赌，资料明天给", "他出门一律坐。庄园在郊区", "衣服太约，炮台那边集合", "一下雨就假。钞票收好",
        "全身裸，照样游泳", "水里滚，蛋煮八分钟",
    ),
    "homophone": (
        "大家别推推搡搡", "王八担心掉队", "资源上限是多少", "百家了解一下", "四彩的毛线", "赌注都是说着玩的故事片",
        "先把代里的东西送货上门", "约好泡茶", "标场的结果出来了", "炸片修复好了", "咋骗你呢真的没有",
        "北京赛车道维修", "费物料的活先停", "飘窗帘洗好了", "处声明发了", "坐装卸车去",
    ),
    "english_substring": (
        "the bastardized spelling is in the appendix", "Wankel engine manual, page 9", "Dickens wrote it in 1850",
        "bulls hit the stand", "a rouleau of coins", "Faggots is an old word for bundles of sticks here",
    ),
    "business": (
        "禁毒日的海报贴一下", "保密培训的签到表发群里", "涉密人员脱密期规定已更新",
        "工资保密制度请大家遵守", "秘书密切配合即可", "档案密级栏不要空着", "保密期限怎么填请问法务",
        "打击赌博专项行动的通知", "内部文件请走OA流程", "扫黄打非工作总结", "密室逃脱团建报名",
    ),
    "pinyin_like": (
        "zhang du zi 老师", "sha bi lu 是花名", "bai jia 超市打折", "huang shu lang 绘本", "luo liao 镇",
    ),
}  # fmt: skip


def make(folder: Path, seed: int = 7) -> None:
    """Write the five files into `folder`. Raises `BenchError` when there are no carriers."""
    chance = random.Random(seed)
    carriers = [text for text in messages(corpus())["nus_sms"] if _carries(text)]
    counts = Counter(char for text in carriers for char in text if "\u4e00" <= char <= "\u9fff")
    common = "".join(char for char, count in counts.items() if count >= _COMMON_TIMES)
    disguiser = unseen_words.Disguiser(chance, common)
    domains = [_domain(chance) for _ in range(60)]
    folder.mkdir(parents=True, exist_ok=True)
    listed = [*unseen_words.terms(), *((domain, "url") for domain in domains)]
    _write(folder / "dict.jsonl", [{"term": t, "category": c, "group": c} for t, c in listed])
    _write(folder / "evasion_words.jsonl", _words(chance, disguiser, carriers))
    _write(folder / "pii.jsonl", _numbers(chance, carriers))
    _write(folder / "links.jsonl", _links(chance, domains))
    _write(folder / "benign.jsonl", _benign(chance, carriers))


def _carries(text: str) -> bool:
    """A message of some length in which nothing is to be found by itself."""
    return (
        8 <= len(text) <= 60
        and re.search("[0-9]{5}|@|www", text) is None
        and not any(term in text for term, _ in unseen_words.terms())
    )


def _write(path: Path, records: list[dict[str, Any]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


def _case(number: int, kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"id": f"u-{kind}-{number:04d}", "text": text, **more}


def _inside(chance: random.Random, carriers: list[str], hidden: str) -> tuple[str, int]:
    """A carrier with the hidden piece in it, and where it begins."""
    before, after = chance.choice(_BETWEEN).split("{}")
    carrier = chance.choice(carriers)
    place = chance.choice([0, len(carrier)])
    return carrier[:place] + before + hidden + after + carrier[place:], place + len(before)


def _words(
    chance: random.Random, disguiser: unseen_words.Disguiser, carriers: list[str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    listed = unseen_words.terms()
    latin = [pair for pair in listed if not unseen_words.is_chinese(pair[0])]
    for way, (tier, disguise) in disguiser.ways().items():
        of_latin = way in {"fullwidth", "math", "circled", "homoglyph", "case", "leet", "mask1"}
        pool = latin if of_latin else listed
        made = 0
        for term, category in chance.sample(pool, len(pool)):
            hidden = disguise(term)
            if hidden is None:
                continue
            text, start = _inside(chance, carriers, hidden)
            expect = [{"kind": category, "start": start, "end": start + len(hidden), "term": term}]
            found.append(
                _case(len(found), "eva", text, expect=expect, category=category, evasion=way, tier=tier)
            )  # fmt: skip
            made += 1
            if made == (EACH_LATIN if of_latin else EACH):
                break
    for way in ("plain", "space", "zero_width", "trad", "symbol1", "fullwidth"):
        for marking in unseen_words.MARKINGS:
            hidden = _marked(disguiser, way, marking)
            text = f"{hidden}\n{chance.choice(['附件请当面签收', '共三页', '讨论稿'])}"
            expect = [{"kind": "secrecy", "start": 0, "end": len(hidden), "term": marking}]
            found.append(
                _case(len(found), "eva", text, expect=expect, category="secrecy", evasion=way, tier=1)
            )  # fmt: skip
    return found


def _marked(disguiser: unseen_words.Disguiser, way: str, marking: str) -> str:
    if way == "fullwidth":
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in marking)
    return disguiser.ways()[way][1](marking) or marking


def _numbers(chance: random.Random, carriers: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(kind: str, value: str, hidden: str, way: str, tier: int) -> None:
        sentence = chance.choice(unseen_numbers.KINDS[kind][1])
        if way == "plain" and kind != "customer_list" and chance.random() < 0.5:
            sentence = f"{chance.choice(carriers)}，{sentence}"
        before, _, after = sentence.partition("{}")
        span = {
            "kind": kind,
            "start": len(before),
            "end": len(before) + len(hidden),
            "value": value,
        }
        found.append(
            _case(len(found), "pii", before + hidden + after, expect=[span], category=kind, evasion=way, tier=tier)
        )  # fmt: skip

    for kind, (maker, _) in unseen_numbers.KINDS.items():
        for _ in range(EACH_PLAIN * 3 if kind == "cn_phone" else EACH_PLAIN):
            value = maker(chance)
            add(kind, value, value, "plain", 1)
    for way, (tier, hide) in unseen_numbers.ways(chance).items():
        for number in range(EACH_NUMBER):
            kind = unseen_numbers.HIDDEN_KINDS[number % len(unseen_numbers.HIDDEN_KINDS)]
            if way in {"spaced", "hyphen"} and kind in unseen_numbers.NO_GROUPS:
                continue
            value = unseen_numbers.KINDS[kind][0](chance)
            hidden = hide(value)
            if hidden != value:
                add(kind, value, hidden, way, tier)
    return found


def _domain(chance: random.Random) -> str:
    letters = "".join(chance.choices("abcdefghjkmnpqrstvwxyz0123456789", k=chance.randrange(4, 8)))
    return chance.choice(["", "www.", "m."]) + letters + chance.choice(_TAILS)


def _links(chance: random.Random, domains: list[str]) -> list[dict[str, Any]]:
    look = dict(zip("aceopxy", "асеорху", strict=True))
    ways: dict[str, tuple[int, Callable[[str], str]]] = {
        "plain": (1, lambda d: f"https://{d}/r?c={chance.randrange(99)}"),
        "bare": (1, lambda d: d),
        "fullwidth": (1, lambda d: "".join(chr(ord(c) + 0xFEE0) for c in d)),
        "cn_dot": (1, lambda d: d.replace(".", "。")),
        "hxxp": (1, lambda d: f"hxxps://{d}"),
        "upper": (1, lambda d: f"HTTPS://{d.upper()}"),
        "zero_width": (1, lambda d: "".join(c + chance.choice("\u200b\u200c\u2060") for c in d[:-1]) + d[-1]),
        "userinfo": (1, lambda d: f"https://www.example.com@{d}/a"),
        "sub": (1, lambda d: f"https://login.my.{d}/x"),
        "dian": (2, lambda d: d.replace(".", "点")),
        "bracket_dot": (2, lambda d: d.replace(".", chance.choice(["[.]", "(.)", "【.】"]))),
        "space": (2, lambda d: d.replace(".", " . ")),
        "homoglyph": (2, lambda d: "".join(look.get(c, c) for c in d)),
        "percent": (2, lambda d: "http://" + "".join(f"%{ord(c):02X}" if c.isalnum() and chance.random() < 0.3 else c for c in d)),
    }  # fmt: skip
    found: list[dict[str, Any]] = []
    for way, (tier, hide) in ways.items():
        # A subdomain of a listed host is that host's; one of a listed www host need not be.
        pool = [d for d in domains if not d.startswith(("www.", "m."))] if way == "sub" else domains
        for domain in chance.sample(pool, 8):
            hidden = hide(domain)
            before, _, after = chance.choice(["打开 {} 看", "地址：{}", "进 {} 领红包"]).partition(
                "{}"
            )
            span = {
                "kind": "url",
                "start": len(before),
                "end": len(before) + len(hidden),
                "domain": domain,
            }
            found.append(
                _case(len(found), "lin", before + hidden + after, expect=[span], category="url", evasion=way, tier=tier)
            )  # fmt: skip
    return found


def _benign(chance: random.Random, carriers: list[str]) -> list[dict[str, Any]]:
    pairs: Iterator[tuple[str, str]] = iter(
        [
            *((category, text) for category, texts in _NEAR.items() for text in texts),
            *unseen_numbers.near_misses(chance),
            *(("chat", text) for text in chance.sample(carriers, 200)),
        ]
    )
    return [
        _case(number, "ben", text, expect=[], category=category, evasion="benign", tier=0)
        for number, (category, text) in enumerate(pairs)
    ]


def main() -> int:
    """Write the files; 1 when there are no carriers."""
    parser = argparse.ArgumentParser(description="Make evaluation data that nobody tuned to.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    try:
        make(options.folder, options.seed)
    except BenchError as error:
        print(f"unseen: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
