"""Invented personal data with valid check digits, and every way of hiding a number.

Check digits: GB 11643 (resident ids, ISO 7064 MOD 11-2), GB 32100 (credit codes, modulo 31), ISO
7812 (cards, Luhn), the weights of Taiwan's and Hong Kong's identity numbers. No number is a real
person's: birthdays and sequences are drawn.
"""

import random
from collections.abc import Callable
from typing import Final

_REGIONS: Final = (
    "110105",
    "120101",
    "310104",
    "320505",
    "330106",
    "370102",
    "420111",
    "440305",
    "510107",
    "610113",
)
_BINS: Final = (
    "622848",
    "621700",
    "621661",
    "622588",
    "622202",
    "436742",
    "625965",
    "621799",
    "622262",
)
_CODE: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_TW_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_PROVINCES: Final = "京沪粤浙苏鲁川鄂豫湘皖闽渝津冀辽"
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN: Final = "晓雯建国思远若曦子墨海涛雅静俊杰梓涵立群"
_DIGITS: Final = "0123456789"


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(_DIGITS, k=count))


def cn_id(chance: random.Random, *, valid: bool = True) -> str:
    """A resident id."""
    day = (
        f"{chance.randrange(1955, 2006)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
    )
    first = chance.choice(_REGIONS) + day + _digits(chance, 3)
    total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(first))
    check = "10X98765432"[total % 11]
    return first + (check if valid else chance.choice([d for d in _DIGITS if d != check]))


def card(chance: random.Random, *, valid: bool = True) -> str:
    """A bank card of 16 or 19 digits."""
    first = chance.choice(_BINS)
    first += _digits(chance, chance.choice([16, 19]) - 1 - len(first))
    total = 0
    for place, digit in enumerate(reversed(first)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    check = str(-total % 10)
    return first + (check if valid else chance.choice([d for d in _DIGITS if d != check]))


def uscc(chance: random.Random, *, valid: bool = True) -> str:
    """A unified social credit code."""
    first = "91" + chance.choice(_REGIONS) + "".join(chance.choices(_CODE, k=9))
    total = sum(_CODE.index(c) * w for c, w in zip(first, _CODE_WEIGHTS, strict=True))
    check = _CODE[-total % 31]
    return first + (check if valid else chance.choice([c for c in _CODE if c != check]))


def tw_id(chance: random.Random, *, valid: bool = True) -> str:
    """A national identification number of Taiwan."""
    letter = chance.choice(_TW_LETTERS)
    code = _TW_LETTERS.index(letter) + 10
    digits = chance.choice("12") + _digits(chance, 7)
    total = code // 10 + code % 10 * 9 + sum(int(d) * (8 - i) for i, d in enumerate(digits))
    check = str(-total % 10)
    return letter + digits + (check if valid else chance.choice([d for d in _DIGITS if d != check]))


def hk_id(chance: random.Random) -> str:
    """An identity card number of Hong Kong with one letter."""
    letter, digits = chance.choice("ABCDEGHKMPRVYZ"), _digits(chance, 6)
    total = 36 * 9 + (ord(letter) - 55) * 8 + sum(int(d) * (7 - i) for i, d in enumerate(digits))
    rest = -total % 11
    return f"{letter}{digits}({'A' if rest == 10 else rest})"


def name(chance: random.Random) -> str:
    """A person's name."""
    return chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=chance.choice([1, 2])))


def mobile(chance: random.Random) -> str:
    """A mobile number of the mainland."""
    return chance.choice(("135", "138", "150", "159", "177", "186", "188", "191", "199")) + _digits(
        chance, 8
    )


def _plate(chance: random.Random) -> str:
    tail = "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=4)) + chance.choice(
        _DIGITS
    )
    new = chance.choice(["", "", chance.choice("DF")])
    return (
        chance.choice(_PROVINCES)
        + chance.choice("ABCDEF")
        + new
        + (_digits(chance, 5) if new else tail)
    )


def _address(chance: random.Random) -> str:
    place = chance.choice(["南京市鼓楼区中山北路", "青岛市市南区香港中路", "西安市雁塔区科技二路",
                           "长沙市岳麓区麓谷大道", "合肥市蜀山区望江西路"])  # fmt: skip
    return f"{place}{chance.randrange(2, 300)}号{chance.randrange(1, 30)}栋{chance.randrange(1, 5)}单元{chance.randrange(101, 2500)}室"


def _key(chance: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    prefix, size = chance.choice([("ghp_", 36), ("sk-", 48), ("AKIA", 16), ("xoxb-", 40), ("glpat-", 20), ("LTAI5t", 18)])  # fmt: skip
    tail = "".join(chance.choices(letters, k=size))
    return prefix + (tail.upper() if prefix == "AKIA" else tail)


def _amount(chance: random.Random) -> str:
    return chance.choice([
        f"合同总价：人民币{chance.randrange(20, 900)}万元",
        f"合同金额为￥{chance.randrange(100, 999)},000.00元",
        "合同价款：人民币陆佰伍拾万元整",
    ])  # fmt: skip


def _customers(chance: random.Random) -> str:
    firms = ("远景物流", "长河电子", "百川贸易")
    sign = chance.choice(["\t", ",", " | "])
    rows = [sign.join([name(chance), mobile(chance), chance.choice(firms)]) for _ in range(5)]
    return "\n".join([chance.choice(["客户清单", "客户名录"]), *rows])


# kind -> (maker, sentences with `{}` at the value's place)
KINDS: Final[dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]]] = {
    "cn_id": (cn_id, ("身份证{}麻烦录一下", "证件号码：{}", "公民身份号码 {}")),
    "bank_card": (card, ("打到这个卡号 {}", "银行卡：{}", "账号{}，户名本人")),
    "cn_phone": (mobile, ("手机号{}", "回个电话 {} 谢谢", "微信同号{}")),
    "uscc": (uscc, ("纳税人识别号：{}", "信用代码 {}", "抬头税号{}")),
    "plate": (_plate, ("车号{}请挪车", "{}停在门口", "登记车牌 {}")),
    "passport": (lambda c: c.choice(["E", "G", "EB", "EJ"]).ljust(1) + _digits(c, 7), ("护照号码：{}", "护照 {}")),
    "address": (_address, ("收货地址：{}", "我住{}", "地址 {}")),
    "person_name": (name, ("联系人：{}", "收件人：{}", "姓名：{}")),
    "email": (lambda c: f"{c.choice(['li.na', 'zhao_qi', 'sun.hao'])}{c.randrange(99)}@{c.choice(['foxmail.com', 'mail.example.com', '126.com'])}", ("邮箱 {}", "抄送{}", "发我 {} 即可")),
    "tw_id": (tw_id, ("身分證字號：{}", "身分證號 {}")),
    "tw_phone": (lambda c: f"09{_digits(c, 2)}-{_digits(c, 3)}-{_digits(c, 3)}", ("手機：{}", "請打 {}")),
    "hk_id": (hk_id, ("身份證號碼 {}", "HKID {}")),
    "hk_phone": (lambda c: f"+852 {c.choice('569')}{_digits(c, 3)} {_digits(c, 4)}", ("致電 {}", "電話：{}")),
    "api_key": (_key, ("token={}", "密钥 {}", "api_key: {}")),
    "contract_amount": (_amount, ("{}，先别说出去", "{}")),
    "customer_list": (_customers, ("{}",)),
}  # fmt: skip
_CHINESE: Final = dict(zip(_DIGITS, "零一二三四五六七八九", strict=True))
_FINANCIAL: Final = dict(zip(_DIGITS, "零壹贰叁肆伍陆柒捌玖", strict=True))
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def _map(value: str, table: Callable[[str], str]) -> str:
    return "".join(table(char) if char in _DIGITS else char for char in value)


def _groups(value: str, sign: str) -> str:
    return sign.join(value[i : i + 4] for i in range(0, len(value), 4))


def ways(chance: random.Random) -> dict[str, tuple[int, Callable[[str], str]]]:
    """Tier and function of every way to hide a number."""
    return {
        "spaced": (1, lambda v: _groups(v, " ")),
        "hyphen": (1, lambda v: _groups(v, "-")),
        "dots": (1, ".".join),
        "fullwidth": (1, lambda v: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in v)),
        "circled": (1, lambda v: _map(v, lambda c: "⓪①②③④⑤⑥⑦⑧⑨"[int(c)])),
        "math": (1, lambda v: _map(v, lambda c: chr(0x1D7CE + int(c)))),
        "zero_width": (1, lambda v: "".join(c + chance.choice(_INVISIBLE) for c in v[:-1]) + v[-1]),
        "lower": (1, str.lower),
        "cn_num": (2, lambda v: _map(v, lambda c: chance.choice("一幺") if c == "1" else _CHINESE[c])),
        "big_num": (2, lambda v: _map(v, _FINANCIAL.__getitem__)),
        "keycap": (2, lambda v: _map(v, lambda c: f"{c}\ufe0f\u20e3")),
        "letters": (2, lambda v: v.replace("0", "O").replace("1", "l")),
        "symbols": (2, lambda v: "".join(c + chance.choice(["", "", "_", "*", "~", "/"]) for c in v[:-1]) + v[-1]),
        "textsplit": (3, lambda v: f"{v[:len(v) // 3]}后面接{v[len(v) // 3:len(v) * 2 // 3]}再接{v[len(v) * 2 // 3:]}"),
    }  # fmt: skip


HIDDEN_KINDS: Final = ("cn_id", "bank_card", "cn_phone", "uscc", "plate", "passport", "tw_id",
                       "tw_phone", "hk_id", "hk_phone")  # fmt: skip
NO_GROUPS: Final = frozenset(
    {"hk_id", "hk_phone", "tw_phone", "plate", "uscc", "passport", "tw_id"}
)


def near_misses(chance: random.Random) -> list[tuple[str, str]]:
    """(category, text) that look like personal data and are none."""
    found: list[tuple[str, str]] = []
    for _ in range(20):
        found += [
            ("num_id_checksum", f"运单 {cn_id(chance, valid=False)} 在途"),
            ("num_luhn", f"流水号{card(chance, valid=False)}"),
            ("uscc_checksum", f"零件编码{uscc(chance, valid=False)}"),
            ("num_phone_inside", f"单号SF{_digits(chance, 2)}{mobile(chance)}"),
            ("num_phone_like", f"资产编号2{_digits(chance, 10)}"),
            ("num_timestamp", f"日志2025{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}{_digits(chance, 10)}"),
            ("version_ip", f"升级到v{chance.randrange(9)}.{chance.randrange(99)}.{chance.randrange(99)}，网关192.168.{chance.randrange(255)}.{chance.randrange(255)}"),
            ("amount", f"本月产量{chance.randrange(10**7, 10**9)}件"),
        ]  # fmt: skip
    for _ in range(10):
        found += [
            ("passport_like", f"规格E{_digits(chance, 7)}缺料"),
            ("plate_like", f"物料PCB-A{_digits(chance, 4)}到货"),
            ("tw_id_checksum", f"格式如 {tw_id(chance, valid=False)}"),
            ("at_mention", f"@{chance.choice(['班长', '质检组', '老周'])} 看下{chance.randrange(9)}号机"),
            ("digits_misc", f"{chance.randrange(9)}楼{chance.randrange(9)}号会议室，{chance.randrange(9, 18)}:30开始"),
        ]  # fmt: skip
    return found
