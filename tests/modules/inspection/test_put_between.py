"""Terms with something put between their characters or written by codes, links in other dress; and writing that only looks so."""

import base64

import pytest

from guiju.modules.inspection import service
from guiju.modules.inspection.types import Disposition, LinkRule, TermRule

TERM = "代开发票"
RULES = service.compile_ruleset(
    [TermRule("d", "c", (TERM, "百家乐", "办证", "枪支买卖"), Disposition.BLOCK, "1/x")]
)
LINKS = service.compile_ruleset(
    [
        TermRule("s", "url", ("winmart.com", "modern.cn"), Disposition.HOLD, "1/listed"),
        LinkRule("lookalike", ("guiju-works.com",), Disposition.HOLD, "1/lookalike"),
        *(LinkRule(kind, (), Disposition.HOLD, f"1/{kind}") for kind in ("shortener", "ip_host", "userinfo")),
    ]
)  # fmt: skip
UTF8, GB = TERM.encode(), TERM.encode("gb18030")


@pytest.mark.parametrize(
    "text",
    [
        "代①开②发③票", "代1️⃣开1️⃣发1️⃣票", "代Ⅰ开Ⅱ发Ⅲ票", "代🅰️开🅱️发🅰️票", "代🇨🇳开🇨🇳发🇨🇳票", "代の开の发の票", "代ｱ开ｱ发ｱ票", "代ㄅ开ㄆ发ㄇ票",
        "代가开나发다票", "代a开b发c票", "代11开22发33票", "代a开发票", "代<b>开</b>发票", "代<font color=red>开</font>发<br/>票",
        "代[b]开[/b]发票", "代[强]开[强]发票", "代(哈)开(哈)发(哈)票", "代<!-- x -->开发票", "代[开](x)发票",
    ],
)  # fmt: skip
def test_what_is_put_between_the_characters_is_looked_through_and_only_held(text: str) -> None:
    inspection = RULES.inspect(f"问一下{text}吗")
    assert [found.word for found in inspection.findings] == [TERM]
    assert inspection.disposition is Disposition.HOLD


@pytest.mark.parametrize(
    "text", ["需要办a证的联系我", "我们这里可以办q证，便宜", "我a要b找c人d办e证f吗", "我x们x这x里x办x证x的", "我1要2找3人4办5证6吗"]
)  # fmt: skip
def test_a_letter_inside_a_word_of_two_characters_holds_it(text: str) -> None:
    inspection = RULES.inspect(text)
    assert ([found.word for found in inspection.findings], inspection.disposition) == (
        ["办证"],
        Disposition.HOLD,
    )


@pytest.mark.parametrize("between", ["的", "啊", "一", "x", "7"])
def test_one_character_between_all_of_a_text_is_left_out(between: str) -> None:
    inspection = RULES.inspect(between.join(f"专业{TERM}请联系我"))
    assert TERM in [found.word for found in inspection.findings]
    assert inspection.disposition is Disposition.HOLD
    assert RULES.inspect(between.join("今天下午三点开会")).findings == ()


def _each(form: str, between: str = "") -> str:
    return between.join(form.format(ord(char)) for char in TERM)


def _bytes(form: str, between: str, raw: bytes) -> str:
    return between.join(form.format(byte) for byte in raw)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"={byte:02X}" for byte in UTF8), "".join(f"\\x{byte:02x}" for byte in UTF8), "".join(f"\\x{byte:02x}" for byte in GB),
        "".join(f"\\{byte:03o}" for byte in UTF8), " ".join(f"%{byte:02X}" for byte in UTF8), _each("U+{:04X}"), _each("u{:04x}"), _each("\\u{:04x}"),
        _each("\\U{:08x}"), _each("&amp;amp;#x{:x};"), _each("%u{:04x}"), _each("\\{:x} "), _each("0x{:04x} "), UTF8.hex(), UTF8.hex(" "), GB.hex(),
        TERM.encode("utf-16-be").hex(), base64.b64encode(UTF8).decode(), base64.b64encode(f"老板{TERM}吗".encode("gb18030")).decode(),
        base64.urlsafe_b64encode(f"老板{TERM}吗".encode()).decode().rstrip("="), f"=?utf-8?B?{base64.b64encode(UTF8).decode()}?=",
        TERM.encode("utf-7").decode(), _each("{}", " "), _each("{}", ","), _each("#{}"), _each("{}", " - "), _each("{:04x}", " "),
        _bytes("{}", " ", UTF8), _bytes("{}", ", ", GB), _bytes("\\x{:02x}", " ", UTF8), _bytes("0x{:02x}", ", ", UTF8), _bytes("x{:02x}", "", UTF8),
        _bytes("={:02X}", " ", UTF8), _each("{}", " ") + " 7 12",
    ],
)  # fmt: skip
def test_characters_written_by_their_codes_are_read(text: str) -> None:
    message = f"看 {text} 好"
    inspection = RULES.inspect(message)
    assert inspection.disposition is Disposition.BLOCK
    (found,) = inspection.findings
    assert 2 <= found.start < found.end <= len(message) - 2


@pytest.mark.parametrize(
    "text",
    [
        "代表3号开会发了票据", "A座办公室的证件（复印件）", "百度a家里乐", "代码v2开源发布(票数)", "办理（居住）证", "办 3 个证明", "枪打出头鸟，支持买1送1卖完为止",
        "deadbeef00112233445566778899aabb", "eyJhbGciOiJIUzI1NiJ9", "git 3f786850e387550fdab836ed7e6dc881de23001b", "编号 5d41402abc4b2a76b9719d911017c592",
        "dGhpcyBpcyBqdXN0IGEgdGVzdA==", "abcdefghijklmnopqrstuvwxyz", "http://a.cn/ABCDEFGHabcdefgh12345678?x=1",
        "我办了a类证件", "办公室a区证件柜", "好的好的好的", "哈啊哈啊哈啊哈", "价格 25000 30000 28000 元", "端口 20195, 24320 和 443", "+AbcDe- 1+2-3=0", "C++ a+b-c+办公-证", "228 187 163", "12 95 4ee3 7 8 1",
    ],
)  # fmt: skip
def test_ordinary_writing_passes(text: str) -> None:
    assert RULES.inspect(text).findings == ()


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("vvinmart.com", "listed"), ("winrnart.com/x", "listed"), ("rnodern.cn", "listed"), ("moclern.cn", "listed"),
        ("http://guiju-works.evil.cn", "lookalike"), ("login.guiju-works.com-secure.top", "lookalike"), ("guiju-vvorks.com", "lookalike"),
        ("ftp://1.2.3.4/x", "ip_host"), ("//1.2.3.4/x", "ip_host"), ("1.2.3.4:8080/login", "ip_host"), ("1.2.3.4/login.php", "ip_host"),
        ("ftp://0x01020304", "ip_host"), ("http://0177.0.0.1/", "ip_host"), ("sftp://1.2.3.4", "ip_host"),
        ("bit点ly/x", "shortener"), ("t dot cn/abc", "shortener"), ("bit[.]ly/3abc", "shortener"), ("bit .ly/x", "shortener"), ("bit.ly/x", "shortener"),
        ("ftp://bank.com@evil.net/", "userinfo"), ("//bank.com@evil.net/x", "userinfo"),
    ],
)  # fmt: skip
def test_links_in_other_dress(link: str, kind: str) -> None:
    rule = "s" if kind == "listed" else kind
    assert rule in [found.rule for found in LINKS.inspect(f"看 {link} 好").findings]


@pytest.mark.parametrize(
    "text",
    [
        "版本1.2.3.4/2.0", "固件 v1.2.3.4/1.2.3.5", "升级到1.2.3.4:稳定版", "10.20.30.40 /50", "第1.2.3.4条", "比例 //1.5 倍", "http://192.168.0.1:8080", "ftp://10.0.0.1/x",
        "//注释1.2.3.4", "下午3点cn", "两点to三点", "a.b.c.d", "1.2.3.4", "软件 2.16.3.1/64位", "file:///a/1.2.3.4", "t dot cn 是什么", "guiju-works.com", "morden.cn",
    ],
)  # fmt: skip
def test_what_is_no_such_link(text: str) -> None:
    assert LINKS.inspect(f"看 {text} 好").findings == ()
