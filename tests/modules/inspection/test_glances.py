"""What RE2 is asked before `re` looks through a long text: it must never miss what `re` would find."""

import random
import re
from collections.abc import Callable

import pytest

from guiju.modules.inspection import (
    _decoding,
    _disguised_markings,
    _mail,
    _markings,
    _passwords,
    _secrets,
)
from guiju.modules.inspection._glances import LONG, needed_by, teller_of


def of_bytes(tell: Callable[[bytes], bool]) -> Callable[[str], bool]:
    return lambda text: tell(text.encode())


# The pattern, what is asked before it, and pieces of what the pattern is about.
LOOKS: dict[str, tuple[re.Pattern[str], Callable[[str], bool], str]] = {
    "row": (_decoding._ROW, of_bytes(_decoding._may_be_row), "229,141,154,|229 |141 |154|0xe5 |0x8d |0x9a|, |\\xe5 \\x8d|=e5 =8d =9a|xe5x8d|x9a|4e00 |535a|a|."),
    "code": (_decoding._CODED, of_bytes(_decoding._may_be_code), "&|#|amp;|%|25|\\|u|x|{|}|0x|4e00|e5|8d9a|535a5f69|141|=|;| |+|:|\n|lt|1"),
    "mail": (_mail._MAIL, of_bytes(_mail._may_be_mail), "a|b1|@|.|at|艾特| |[|]|点|com|dot|_|-"),
    "stated": (_passwords._STATED, of_bytes(_passwords._may_be_stated), 'password|pwd|密码|口令|是|已| |=|: |is| to |"|ab12|!x|哈| for site'),
    "beside": (_passwords._BESIDE, of_bytes(_passwords._may_be_beside), "psw|密码| |(|ab12cd|!x|,|哈"),
    "worded": (_passwords._WORDED, of_bytes(_passwords._may_be_worded), "口令|密码|: |:|是|“|”|天王盖地虎|。|\n| "),
    "paired": (_passwords._PAIRED, of_bytes(_passwords._may_be_paired), "账号密码|账密|用户名和口令|分别是|: | / |、| |root|ab12cd|!x"),
    "command": (_passwords._IN_COMMAND, of_bytes(_passwords._may_be_in_command), "mysql|sshpass|curl| |-p|-u|root|:|'|ab12cd|!x|;|哈"),
    "vendor": (_secrets._VENDOR, _secrets._may_be_vendors, "sk-|abcd1234efgh5678ijkl|AKIA|ABCDEFGHIJ123456|0123456789abcdef0123456789abcdef|.|AccountKey=|+|/| "),
    "marking": (_markings._FIRST, _markings._may_begin, "机|密|秘|绝|内部|文件|资料|严禁|外传|仅限|传阅|10年|★|密级|未经|许可|阅后|即焚|secret|启封前|保密期|限阅|本"),
    "echo": (_disguised_markings._ECHO, _disguised_markings._may_be_echoed, "密级|几|蜜|咪|10年|长期|为"),
    "backwards": (_disguised_markings._BACKWARDS, _disguised_markings._may_be_turned, "年01|密机|密秘|级密|期长|为"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKS)
def test_what_the_pattern_finds_the_look_has_seen(name: str) -> None:
    pattern, look, pieces = LOOKS[name]
    chance, parts = random.Random(name), pieces.split("|")
    found = passed = 0
    for _ in range(3000):
        text = "".join(chance.choices(parts, k=chance.randrange(2, 14)))
        # A text of this length is looked at.
        text = text + "一" * LONG if chance.random() < 0.5 else "一" * LONG + text
        if pattern.search(text) is not None:
            found += 1
            assert look(text), text
        else:
            passed += not look(text)
    assert found > 9
    assert passed > 9


@pytest.mark.parametrize(
    ("expression", "needed"),
    [
        (r"(?<![a-z(])a(?=(?:b|\)))c", "ac"),
        (r"[^\s\u0080-\U0010ffff]{2,3}+x*+\+", r"[^\s\pZ\x{b}\x{1c}-\x{1f}\x{85}\x{0080}-\x{0010ffff}]{2,3}x*\+"),
        (r"(?:a(?!b(c)d)|\(e)", r"(?:a|\(e)"),
    ],
)  # fmt: skip
def test_what_looks_around_is_left_out(expression: str, needed: str) -> None:
    assert needed_by(expression) == needed
    assert not teller_of(needed)(b"")
