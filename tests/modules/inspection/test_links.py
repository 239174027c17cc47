"""Links: listed domains in disguise, types of links, which hosts a server may fetch from."""

import pytest

from guiju.modules.inspection import service
from guiju.modules.inspection.types import (
    BadDomainError,
    Disposition,
    LinkRule,
    TermRule,
    UnknownLinkTypeError,
)

USE = "6.9/messaging.links"
LISTED = service.compile_ruleset(
    [TermRule("sites", "url", ("www.bad-site7.top", "evil.com.cn", "赌球"), Disposition.HOLD, USE)]
)
TYPED = service.compile_ruleset(
    [
        LinkRule("lookalike", ("guiju-works.com", "example.com.cn"), Disposition.HOLD, "1/look"),
        *(
            LinkRule(kind, (), Disposition.HOLD, f"1/{kind}")
            for kind in ("shortener", "ip_host", "userinfo")
        ),
    ]
)


def listed(text: str) -> list[str]:
    return [text[f.start : f.end] for f in LISTED.inspect(text).findings]


def types(text: str) -> list[str]:
    return [f.rule for f in TYPED.inspect(text).findings]


class TestListed:
    @pytest.mark.parametrize(
        "link",
        [
            "http://www.bad-site7.top/a?id=1", "bad-site7.top", "m.bad-site7.top", "https://pay.a.bad-site7.top:8080/x#y", "HTTP://BAD-SITE7.TOP",
            "ｂａｄ－ｓｉｔｅ７．ｔｏｐ", "bad-site7。top", "bad-site7点top", "bad-site7 点 top", "bad-site7[.]top", "bad-site7(dot)top", "bad-site7 dot top",
            "bad-site7 . top", "hxxp://bad-site7.top", "h**ps://bad-site7.top/", "b\u200ba\u200bd\u200b-site7.t\u200bop", "bаd-sitе7.tор", "http://%62ad-site7.%74op/%41",
            "https://www.example.com@bad-site7.top/login", "bad-site7·top", "bad-site7,top", "bad-site7_top", "𝐛𝐚𝐝-site7.top", "www.evil.com.cn",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize(
        ("before", "after"), [("看", " 有惊喜"), ("登录：", ""), ("\U0001f600 ", "\n好")]
    )
    def test_a_listed_domain_is_found_as_the_whole_link(
        self, before: str, link: str, after: str
    ) -> None:
        assert listed(before + link + after) == [link]

    @pytest.mark.parametrize(
        "text",
        ["mybad-site7.top", "bad-site7.topic", "bad-site7", "evil.com", "http://evil.com.cn.example.org/", "bad site7 top", "3点top", "evil.\ncom.cn"],
    )  # fmt: skip
    def test_another_domain_passes(self, text: str) -> None:
        assert listed(text) == []

    def test_a_finding_names_the_term_and_its_category(self) -> None:
        (finding,) = LISTED.inspect("去bad-site7.top").findings
        assert (finding.category, finding.rule, finding.word) == (
            "url",
            "sites",
            "www.bad-site7.top",
        )

    def test_the_text_of_a_term_rule_is_found_beside_its_domains(self) -> None:
        assert listed("赌球上evil.com.cn") == ["赌球", "evil.com.cn"]

    def test_a_link_rule_lists_domains_too(self) -> None:
        ruleset = service.compile_ruleset(
            [LinkRule("listed", ("evil.org",), Disposition.BLOCK, USE)]
        )
        inspection = ruleset.inspect("看 a.evil.org/x")
        assert inspection.disposition is Disposition.BLOCK
        assert [(f.category, f.rule, f.word) for f in inspection.findings] == [
            ("url", "listed", "evil.org")
        ]

    @pytest.mark.parametrize(
        "link",
        [
            "bad\u2010site7.top", "bad\u2011site7.top", "bad\u2012site7.top", "bad\u2013site7.top", "bad\u2212site7.top", "b a d - s i t e 7 . t o p", "bad-site7.t0p",
            "BAD-SITE7点T0P", "bad-site7丶top", "bad-site7 丶 t0p", "w w w . e v i l . c o m . c n",
        ],
    )  # fmt: skip
    def test_a_listed_domain_is_found_in_disguise(self, link: str) -> None:
        assert listed(link) == [link]
        assert listed(f"看 {link}，好") == [link]

    @pytest.mark.parametrize(
        "text",
        ["bad site7 t0p", "a b c d - e f g . t o p", "bad-site8.t0p", "my‑bad-site7.top", "这是 a b c d e f 选项", "bad-site7.t00p"],
    )  # fmt: skip
    def test_another_domain_in_disguise_passes(self, text: str) -> None:
        assert listed(text) == []


class TestTypes:
    @pytest.mark.parametrize(
        ("text", "type_"),
        [
            ("看https://t.cn/A6xyz", "shortener"), ("bit.ly/3abc", "shortener"), ("http://1.2.3.4/a", "ip_host"), ("http://0x7f.1/", "ip_host"), ("http://172.32.0.1", "ip_host"), ("http://167772161/", "ip_host"),
            ("http://2130706433/", "ip_host"), ("http://0177.0.0.1", "ip_host"), ("http://[::1]/", "ip_host"), ("https://bank.com@1.example.net/", "userinfo"),
            ("https://bank.com:443@1.example.net/", "userinfo"), ("https://bank.com;a@1.example.net/", "userinfo"), ("https://bank.com登录@1.example.net/", "userinfo"), ("http://1.2.3.4:80，找zhang@example.net", "ip_host"),
            ("https://xn--gui-works-11a.com", "lookalike"), ("guiju-w0rks.com", "lookalike"), ("guiju-work.com", "lookalike"), ("http://guijuworks.com", "lookalike"),
            ("exаmple.com", "lookalike"), ("example.com.cn.login.top", "lookalike"), ("https://example-verify.top/", "lookalike"), ("exmaple.com.cn", "lookalike"),
        ],
    )  # fmt: skip
    def test_a_type_is_found(self, text: str, type_: str) -> None:
        assert type_ in types(text)

    @pytest.mark.parametrize(
        "text",
        ["https://docs.python.org/3/", "www.gov.cn公告", "guiju-works.com", "http://a.example.com.cn/x", "版本v6.3.76，IP 10.243.128.149", "node.js 和 vue.js",
         "zhang@example.com.cn", "3.14", "e.g. this", "ｗｗｗ．ｇｏｖ．ｃｎ", "不错.好的.谢谢", "readme.md", "1.2.3",
         "http://10.1.2.3:8080/mes", "https://192.168.0.1/a", "http://172.31.0.9", "http://127.0.0.1:5000/x",
         "官网http://www.gov.cn，有事找zhang@gov.cn", "网址：http://www.gov.cn；邮箱：zhang@gov.cn", "http://www.gov.cn:8080找zhang@gov.cn", "http://www.gov.cn、zhang@gov.cn"],
    )  # fmt: skip
    def test_ordinary_links_pass(self, text: str) -> None:
        assert types(text) == []

    def test_an_unknown_type_and_a_bad_domain_are_refused(self) -> None:
        with pytest.raises(UnknownLinkTypeError):
            service.compile_ruleset([LinkRule("ftp", (), Disposition.HOLD, USE)])
        with pytest.raises(BadDomainError):
            service.compile_ruleset([LinkRule("listed", ("com.cn",), Disposition.HOLD, USE)])


class TestPublicHosts:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255",  # noqa: S104  # an address to refuse, nothing is bound
            "192.0.2.1", "198.18.0.1", "168.63.129.16", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:53aa:64c:0:fffe:80ff:fffe", "fec0::1", "2001:db8::1",
            "fe80::1%eth0", "", "x", "1.2.3.4.5", "256.1.1.1", "[::1]",
        ],
    )  # fmt: skip
    def test_an_inner_address_is_refused_in_every_form(self, address: str) -> None:
        assert not service.is_public_address(address)
        assert not service.is_public_host("files.example.org", ["93.184.216.34", address])
        assert not service.is_public_host(address, ["93.184.216.34"])

    @pytest.mark.parametrize(
        "address",
        ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"],
    )
    def test_a_public_address_may_be_fetched(self, address: str) -> None:
        assert service.is_public_address(address)
        assert service.is_public_host("files.example.org", [address])

    @pytest.mark.parametrize(
        "host",
        [
            "localhost",
            "LOCALHOST.",
            "db",
            "printer.local",
            "metadata.google.internal",
            "a.corp",
            "x.localhost",
            "intranet",
            "ｌｏｃａｌｈｏｓｔ",
            "a.b.123",
            "",
        ],
    )
    def test_a_name_of_the_inside_is_refused_whatever_it_resolves_to(self, host: str) -> None:
        assert not service.is_public_host(host, ["93.184.216.34"])

    def test_a_name_that_resolves_to_nothing_is_refused(self) -> None:
        assert not service.is_public_host("files.example.org", [])
