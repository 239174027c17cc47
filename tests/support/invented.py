"""Invented values of every kind, valid and fresh, in many forms, cues and carriers; and disguises.

Each case is a text with the span that must be found. Values are drawn by a seeded generator: other
regions, issuers and formats than any file of cases, so that recall here says how a finder does on
what nobody looked at while writing it.
"""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

CARRIERS = (
    "", "麻烦帮忙处理一下，", "昨天开会说的那个事，", "Hi all, ", "好的收到。", "周三下午三点前给我！\n", "（急）", "😀", "第2版改好了，", "@小李 ",
)  # fmt: skip
TAILS = ("", "，谢谢", "。", " 尽快", "！！", "\n以上", "（已核对）", " thx", "😀")
DIGITS = "0123456789"


class Case(NamedTuple):
    """A text, and what must be found in it."""

    kind: str
    text: str
    start: int
    end: int


def _digits(chosen: random.Random, size: int) -> str:
    return "".join(chosen.choices(DIGITS, k=size))


def cn_id(chosen: random.Random) -> str:
    """18 digits by the other form of MOD 11-2: the sum of all weighted digits is 1 modulo 11."""
    region = chosen.choice(
        (
            "130102",
            "211202",
            "350582",
            "430921",
            "511302",
            "530111",
            "610802",
            "652301",
            "460105",
            "710000",
        )
    )
    born = f"{chosen.randint(1950, 2015)}{chosen.randint(1, 12):02d}{chosen.randint(1, 28):02d}"
    first = region + born + _digits(chosen, 3)
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first))
    check = (12 - total % 11) % 11
    return first + ("X" if check == 10 else str(check))


def luhn(first: str) -> str:
    """Adds the digit that makes the sum a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(first)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return first + str(-total % 10)


def bank_card(chosen: random.Random) -> str:
    prefix, size = chosen.choice(
        (("621483", 16), ("622908", 18), ("623058", 19), ("625362", 16), ("622309", 19), ("4", 16), ("52", 16), ("35", 16), ("6011", 16),
         ("37", 15), ("2221", 16), ("3528", 16), ("81", 16), ("9558", 19))
    )  # fmt: skip
    if prefix == "35":
        prefix = "356"
    return luhn(prefix + _digits(chosen, size - len(prefix) - 1))


def uscc(chosen: random.Random) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    first = chosen.choice(("91", "92", "93", "52", "12", "11")) + chosen.choice(
        ("330782", "210203", "650104", "152501")
    )
    first += "".join(chosen.choices(alphabet, k=9))
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(alphabet.index(char) * weight for char, weight in zip(first, weights, strict=True))
    return first + alphabet[-total % 31]


def tw_id(chosen: random.Random) -> str:
    values = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
    letter, second = chosen.choice("ABDFHKMNPQT"), chosen.choice("1289")
    first = second + _digits(chosen, 7)
    total = values[letter] // 10 + values[letter] % 10 * 9
    total += sum(int(digit) * weight for digit, weight in zip(first, range(8, 0, -1), strict=True))
    return letter + first + str(-total % 10)


def hk_id(chosen: random.Random) -> str:
    letters = chosen.choice(("A", "D", "K", "R", "WX", "XA"))
    digits = _digits(chosen, 6)
    values = (
        [36] * (2 - len(letters)) + [ord(char) - 55 for char in letters] + [int(d) for d in digits]
    )
    rest = -sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True)) % 11
    return f"{letters}{digits}({'A' if rest == 10 else rest})"


def cn_mobile(chosen: random.Random) -> str:
    return chosen.choice(
        ("133", "137", "145", "152", "166", "170", "178", "183", "187", "193", "195", "199")
    ) + _digits(chosen, 8)


def cn_phone(chosen: random.Random) -> str:
    number = cn_mobile(chosen)
    return chosen.choice(
        (number, f"{number[:3]} {number[3:7]} {number[7:]}", f"+86 {number}", f"+86-{number[:3]}-{number[3:7]}-{number[7:]}", f"0086{number}",
         f"(+86){number}", f"{number[:3]}.{number[3:7]}.{number[7:]}", f"0571-8{_digits(chosen, 7)}", f"(010)6{_digits(chosen, 7)}",
         f"021-5{_digits(chosen, 3)} {_digits(chosen, 4)}", f"0755 2{_digits(chosen, 7)}")
    )  # fmt: skip


def tw_phone(chosen: random.Random) -> str:
    number = f"09{_digits(chosen, 8)}"
    return chosen.choice(
        (number, f"{number[:4]}-{number[4:7]}-{number[7:]}", f"{number[:4]} {number[4:7]} {number[7:]}", f"+886 {number[1:4]} {number[4:7]} {number[7:]}",
         f"+886{number[1:]}", f"(02)2{_digits(chosen, 3)}-{_digits(chosen, 4)}", f"04-2{_digits(chosen, 3)}-{_digits(chosen, 4)}")
    )  # fmt: skip


def hk_phone(chosen: random.Random) -> str:
    number = chosen.choice("5692") + _digits(chosen, 7)
    return chosen.choice(
        (
            f"+852{number}",
            f"+852-{number[:4]}-{number[4:]}",
            f"(852) {number[:4]} {number[4:]}",
            f"{number[:4]} {number[4:]}",
            f"852 {number}",
        )
    )


def _tw_mobile(chosen: random.Random) -> str:
    return "09" + _digits(chosen, 8)


def _hk_mobile(chosen: random.Random) -> str:
    return f"+852{chosen.choice('569')}{_digits(chosen, 7)}"


def passport(chosen: random.Random) -> str:
    return chosen.choice(
        (
            f"E{_digits(chosen, 8)}",
            f"EK{_digits(chosen, 7)}",
            f"G{_digits(chosen, 8)}",
            f"D{_digits(chosen, 8)}",
            f"K{_digits(chosen, 8)}",
            f"C{_digits(chosen, 8)}",
        )
    )


def plate(chosen: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    head = chosen.choice("京津沪渝冀豫辽湘皖鲁苏浙赣鄂桂晋蒙闽贵粤琼") + chosen.choice(letters)
    tail = "".join(chosen.choices(letters, k=2)) + _digits(chosen, 3)
    return head + chosen.choice(
        (
            tail,
            f"D{_digits(chosen, 5)}",
            f"F{_digits(chosen, 5)}",
            f"{_digits(chosen, 5)}D",
            f"{_digits(chosen, 4)}警",
            f"{_digits(chosen, 4)}学",
            f"·{tail}",
            f" {tail}",
        )
    )


_STREETS = (
    "中山北路",
    "解放大道",
    "人民东路",
    "建设四路",
    "学府街",
    "滨江大道",
    "五一巷",
    "光明里",
    "长兴南街",
)


def address(chosen: random.Random) -> str:
    region = chosen.choice(
        (
            "广东省深圳市南山区",
            "浙江省宁波市鄞州区",
            "武汉市洪山区",
            "四川省绵阳市涪城区",
            "长沙市岳麓区",
            "哈尔滨市道里区",
            "福建省泉州市晋江市",
            "昆明市五华区",
            "重庆市渝中区",
            "天津市和平区",
        )
    )
    detail = chosen.choice(
        ("", "3栋402", "2号楼1单元1703室", "A座1208室", "锦绣花园7幢501室", "创业大厦15层")
    )
    return f"{region}{chosen.choice(_STREETS)}{chosen.randint(1, 999)}号{detail}"


def address_taiwan(chosen: random.Random) -> str:
    region = chosen.choice(
        (
            "高雄市左營區",
            "臺中市西屯區",
            "桃園市中壢區",
            "台南市東區",
            "香港灣仔",
            "新界屯門",
            "九龍觀塘",
        )
    )
    road = (
        "軒尼詩道"
        if region[0] in "香新九"
        else chosen.choice(("博愛二路", "中正路三段", "復興北路", "民權路"))
    )
    return (
        f"{region}{road}{chosen.randint(1, 400)}號{chosen.choice(('', '5樓', '12樓之3', '8樓B室'))}"
    )


def person_name(chosen: random.Random) -> str:
    return chosen.choice("王李张刘陈赵吴周郑孙何郭林曹魏田范汪") + chosen.choice(
        ("建国", "晓燕", "伟", "志强", "丽娟", "子轩", "雨桐", "磊", "秀英", "浩然", "婷")
    )


def email(chosen: random.Random) -> str:
    local = chosen.choice(
        ("li.na", "wu_kai88", "chen-j", "hr2025", "x", "zhou.peng.2", "Service+cn")
    )
    return f"{local}@{chosen.choice(('126.com', 'outlook.com', 'acme-tech.cn', 'mail.uni.edu.cn', 'yahoo.com.tw', 'foo.hk', 'a1.io'))}"


def api_key(chosen: random.Random) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    def some(size: int) -> str:
        return "".join(chosen.choices(letters, k=size - 2)) + "7q"

    return chosen.choice(
        (f"glpat-{some(20)}", f"xoxb-1234567890-{some(24)}", f"AIza{some(35)}", f"sk_live_{some(24)}", f"gho_{some(36)}", f"ASIA{some(16).upper()}",
         f"sk-proj-{some(48)}", f"sk-ant-api03-{some(60)}", f"AKID{some(32)}", f"npm_{some(36)}", f"eyJ{some(20)}.eyJ{some(40)}.{some(43)}", f"hf_{some(34)}", f"github_pat_{some(40)}")
    )  # fmt: skip


def contract_amount(chosen: random.Random) -> str:
    return chosen.choice(
        (f"合同总金额为{chosen.randint(2, 900)}万元", f"中标金额：{chosen.randint(100, 999)},{_digits(chosen, 3)}.00元", "合同价款（大写）：壹仟贰佰万元整",
         f"采购总价人民币{chosen.randint(2, 99)}.5万元", f"签约金额 {chosen.randint(1, 9)}.2亿元", f"协议总额：USD {chosen.randint(2, 99)}0,000", f"投标报价{chosen.randint(10, 999)}万",
         f"合同金额约{chosen.randint(10, 99)}万", f"contract value is HK${chosen.randint(2, 9)},500,000", "成交总价叁佰伍拾陆万柒仟元", f"合同含税总价¥{chosen.randint(10, 99)},000")
    )  # fmt: skip


MARKINGS = (
    "绝密★", "机密★20年", "秘密★1年", "★机密", "绝密★长期", "机密★启用前", "秘密★6个月", "核心商密★3年", "普通商密★1年", "商密★长期", "密级：机密", "密级:绝密★10年",
    "【机密】", "【绝密】", "（秘密）", "内部文件，严禁外传", "内部资料 请勿转发", "本文件仅限内部传阅", "仅供本公司内部人员使用", "阅后即焚", "阅后销毁", "【内部资料 注意保密】",
    "極機密", "絕對機密", "密件", "限閱文件", "【限閱文件】", "高度機密文件", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL", "TOP SECRET", "[RESTRICTED]", "For internal use only",
    "Company Confidential", "Commercial-in-Confidence", "DO NOT DISTRIBUTE", "FOR OFFICIAL USE ONLY", "PRIVATE & CONFIDENTIAL", "内部★2年", "機密文件 不得外傳", "保密文件，禁止复印",
)  # fmt: skip

CUES: dict[str, tuple[str, ...]] = {
    "cn_id": ("身份证号码是", "证件号：", "ID: ", "", "本人", "居民身份证 "),
    "bank_card": ("银行卡号 ", "账户：", "卡", "打款到", "请转账至 ", "Card no. "),
    "uscc": ("信用代码", "纳税人识别号：", "", "社会信用代码是 "),
    "tw_id": ("身分證 ", "統一編號：", "ID ", ""),
    "hk_id": ("身份證號碼：", "HKID ", "", "香港身份證是"),
    "cn_phone": (
        "电话：",
        "手机号",
        "打我手机 ",
        "联系方式:",
        "微信同号",
        "tel:",
        "Call me at ",
        "座机",
    ),
    "tw_phone": ("電話：", "手機", "聯絡 ", "行動電話：", "tel "),
    "hk_phone": ("電話：", "手機 ", "WhatsApp: ", "聯絡電話 ", "tel "),
    "passport": ("护照号码：", "护照 ", "passport no. ", "Passport: ", "通行证号"),
    "plate": ("车牌号：", "车牌", "车号 ", "登记车辆", ""),
    "address": ("收货地址：", "我家在", "寄到 ", "住址是", "公司位于", "地址:"),
    "address_taiwan": ("地址：", "寄到", "住在", "收件地址 "),
    "person_name": ("联系人：", "收件人:", "姓名：", "申请人 ", "患者姓名：", "我叫"),
    "email": ("邮箱：", "发我 ", "email: ", "", "抄送"),
    "api_key": ("key: ", "token=", "密钥是", "", "export KEY="),
    "contract_amount": ("", "本次", "确认："),
}
MAKERS: dict[str, Callable[[random.Random], str]] = {
    "cn_id": cn_id, "bank_card": bank_card, "uscc": uscc, "tw_id": tw_id, "hk_id": hk_id, "cn_phone": cn_phone, "tw_phone": tw_phone, "hk_phone": hk_phone,
    "passport": passport, "plate": plate, "address": address, "address_taiwan": address_taiwan, "person_name": person_name, "email": email, "api_key": api_key, "contract_amount": contract_amount,
}  # fmt: skip


def _by_table(table: str) -> Callable[[str, random.Random], str]:
    """Digits 0 to 9 as the characters of the table, each of the same number of code points."""
    size = len(table) // 10

    def disguise(value: str, _chosen: random.Random) -> str:
        return "".join(
            table[int(char) * size : (int(char) + 1) * size] if char in DIGITS else char
            for char in value
        )

    return disguise


def _joined(*signs: str) -> Callable[[str, random.Random], str]:
    def disguise(value: str, chosen: random.Random) -> str:
        return "".join(char + chosen.choice(signs) for char in value[:-1]) + value[-1]

    return disguise


def _grouped(size: int, *signs: str) -> Callable[[str, random.Random], str]:
    def disguise(value: str, chosen: random.Random) -> str:
        parts = [value[at : at + size] for at in range(0, len(value), size)]
        return "".join(part + chosen.choice(signs) for part in parts[:-1]) + parts[-1]

    return disguise


def _spelled(value: str, chosen: random.Random) -> str:
    """The number goes on after some words."""
    first, second = len(value) // 3, len(value) * 2 // 3
    words = chosen.choice(
        (("后面接", "再接"), ("然后是", "最后是"), ("接着", "再加"), ("后面是", "再是"))
    )
    return value[:first] + words[0] + value[first:second] + words[1] + value[second:]


# Disguise, tier: 1 must be undone, 2 should, 3 is a stretch.
DISGUISES: dict[str, tuple[int, Callable[[str, random.Random], str]]] = {
    "full-width": (1, lambda value, _: value.translate({code: code + 0xFEE0 for code in range(33, 127)})),
    "circled": (1, _by_table("⓪①②③④⑤⑥⑦⑧⑨")),
    "bold": (1, _by_table("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")),
    "double-struck": (1, _by_table("𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡")),
    "superscript": (1, _by_table("⁰¹²³⁴⁵⁶⁷⁸⁹")),
    "zero-width": (1, _joined("\u200b", "\u2060", "\xad", "\ufeff")),
    "dots": (1, _joined(".")),
    "spaces": (1, _joined(" ")),
    "groups of three": (1, _grouped(3, " ")),
    "hyphens": (1, _grouped(4, "-")),
    "lower case": (1, lambda value, _: value.lower()),
    "keycap": (2, _by_table("0\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34\ufe0f\u20e35\ufe0f\u20e36\ufe0f\u20e37\ufe0f\u20e38\ufe0f\u20e39\ufe0f\u20e3")),
    "numerals": (2, _by_table("零一二三四五六七八九")),
    "read out": (2, _by_table("洞幺两三四五六拐八勾")),
    "capitals": (2, _by_table("零壹贰叁肆伍陆柒捌玖")),
    "traditional capitals": (2, _by_table("零壹貳叄肆伍陸柒捌玖")),
    "letters": (2, lambda value, _: value.replace("0", "O").replace("1", "l")),
    "capital i": (2, lambda value, _: value.replace("0", "o").replace("1", "I")),
    "signs": (2, _grouped(3, "_", "~", "*", "/", " - ", "=", "+", "😀")),
    "emoji": (2, _joined("😀", "🔥")),
    "spelled": (3, _spelled),
}  # fmt: skip
# What is written in digits, so that the disguises make sense.
NUMBERS = ("cn_id", "bank_card", "uscc", "tw_id", "hk_id", "passport")


def _placed(kind: str, cue: str, value: str, chosen: random.Random) -> Case:
    before = chosen.choice(CARRIERS) + cue
    text = before + value + chosen.choice(TAILS)
    return Case(
        "address" if kind == "address_taiwan" else kind, text, len(before), len(before) + len(value)
    )


def plain(seed: int, count: int) -> Iterator[Case]:
    """`count` plain cases of every kind."""
    chosen = random.Random(seed)
    for kind, make in MAKERS.items():
        for _ in range(count):
            yield _placed(kind, chosen.choice(CUES[kind]), make(chosen), chosen)


def disguised(seed: int, count: int) -> Iterator[tuple[str, int, Case]]:
    """`count` cases of every kind of number in every disguise: (disguise, tier, case)."""
    chosen = random.Random(seed)
    makers = {**{kind: MAKERS[kind] for kind in NUMBERS}, "cn_phone": cn_mobile,
              "tw_phone": _tw_mobile, "hk_phone": _hk_mobile}  # fmt: skip
    for name, (tier, disguise) in DISGUISES.items():
        for kind, make in makers.items():
            for _ in range(count):
                value = disguise(make(chosen), chosen)
                yield name, tier, _placed(kind, CUES[kind][0], value, chosen)


def markings(seed: int) -> Iterator[tuple[str, Case]]:
    """Every marking at the head of a paper, in every disguise of its signs: (disguise, case)."""
    chosen = random.Random(seed)
    ways: dict[str, Callable[[str], str]] = {
        "plain": lambda text: text,
        "spaces": " ".join,
        "zero-width": "\u200b".join,
        "full-width": lambda text: text.translate({code: code + 0xFEE0 for code in range(33, 127)}),
        "one sign": lambda text: (
            text[: len(text) // 2] + chosen.choice("-·_/~") + text[len(text) // 2 :]
        ),
        "dots": "·".join,
        "brackets": lambda text: "".join(f"({char})" for char in text),
        "emoji": "😀".join,
        "lines": "\n".join,
        "combining": lambda text: "".join(f"{char}\u0336" for char in text),
        "traditional": lambda text: text.translate(
            str.maketrans("绝机内级长启严传仅阅业", "絕機內級長啟嚴傳僅閱業")
        ),
    }
    for name, write in ways.items():
        for marking in MARKINGS:
            written = write(marking)
            head = chosen.choice(("", "附件一\n", "各部门：\n"))
            text = head + written + chosen.choice(("\n关于年度预算的通知", "\n第三稿", ""))
            yield name, Case("secrecy", text, len(head), len(head) + len(written))
