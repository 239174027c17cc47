"""Identity cards, phones, bank cards: check digits, guards, masks. All numbers are invented."""

from itertools import accumulate

import pytest

from guiju.modules.inspection import service
from guiju.modules.inspection.types import Disposition, PatternRule, UnknownKindError

RULESET = service.compile_ruleset(
    [PatternRule(kind, Disposition.MASK, f"6.8/{kind}") for kind in service.KINDS]
)
ID = "110101199003070134"
VISA = "4000000000000002"
UNIONPAY = "6200000000000000000"


def id_with_check(first: str) -> str:
    """Adds the check character by the other form of MOD 11-2: the sum of all is 1 modulo 11."""
    for check in "0123456789X":
        value = 10 if check == "X" else int(check)
        powers = [pow(2, 17 - i, 11) for i in range(17)]
        if (sum(int(d) * p for d, p in zip(first, powers, strict=True)) + value) % 11 == 1:
            return first + check
    raise AssertionError("one of eleven characters always fits")


def found(text: str) -> list[tuple[str, str]]:
    return [(f.category, text[f.start : f.end]) for f in RULESET.inspect(text).findings]


@pytest.mark.parametrize("sequence", range(1, 60))
def test_every_id_with_the_right_check_character_is_found_and_no_other(sequence: int) -> None:
    first = f"11010119900307{sequence:03d}"
    right = id_with_check(first)
    for check in "0123456789X":
        expected = [("cn_id", first + check)] if first + check == right else []
        assert [f for f in found(f"证件{first}{check}号") if f[0] == "cn_id"] == expected


@pytest.mark.parametrize(
    "first", ["99010119900307001", "11010119900230001", "11010118990307001", "11010119901307001"]
)
def test_an_id_needs_a_province_and_a_date(first: str) -> None:
    assert ("cn_id", id_with_check(first)) not in found(id_with_check(first))


@pytest.mark.parametrize(
    "write",
    [
        lambda d: d,
        lambda d: d.translate({ord(c): ord(c) - ord("0") + ord("０") for c in "0123456789"}),
        lambda d: " ".join([d[:6], d[6:14], d[14:]]),
        lambda d: "-".join([d[:6], d[6:14], d[14:]]),
        ".".join,
        "\u200b".join,
        lambda d: " - ".join([d[:6], d[6:]]),
    ],
)
@pytest.mark.parametrize("before", ["身份证", "😀证件：", ""])
def test_an_id_is_found_in_every_writing(write: object, before: str) -> None:
    assert callable(write)
    number = write(id_with_check("11010119900307013"))
    assert found(f"{before}{number}，谢谢") == [("cn_id", number)]


@pytest.mark.parametrize(
    "text",
    [
        f"单号{id_with_check('11010119900307013')}7",
        f"单号7{id_with_check('11010119900307013')}",
        f"ZTO{id_with_check('11010119900307013')}",
        "快递单号YT41390019919388",
        "编号11816816954",
        "批次202410011900595690生产",
        "IP 172.16.100.101",
        "圆周率3.13800138000",
        "1990-01-01 123",
        "4000000000000003",
    ],
)
def test_what_only_looks_like_a_number_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("打13800138000找我", "cn_phone", "13800138000"),
        ("打138 0013 8000找我", "cn_phone", "138 0013 8000"),
        ("打+8613800138000", "cn_phone", "8613800138000"),
        ("打138-0013-8000、", "cn_phone", "138-0013-8000"),
        (f"卡号{VISA}", "bank_card", VISA),
        ("卡号4000 0000 0000 0002", "bank_card", "4000 0000 0000 0002"),
        (f"卡号{UNIONPAY}", "bank_card", UNIONPAY),
    ],
)
def test_phones_and_cards_are_found(text: str, kind: str, part: str) -> None:
    assert found(text) == [(kind, part)]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我13800138000", "我138****8000"),
        ("我138-0013-8000😀", "我138-****-8000😀"),
        (f"卡{VISA}。", "卡400000******0002。"),
        (
            id_with_check("11010119900307013"),
            "110101********013" + id_with_check("11010119900307013")[-1],
        ),
    ],
)
def test_a_mask_keeps_the_shape(text: str, masked: str) -> None:
    inspection = RULESET.inspect(text)
    assert inspection.masked == masked
    assert inspection.disposition is Disposition.MASK
    assert service.mask(text, inspection.findings) == masked


def test_a_finding_does_not_repeat_the_number() -> None:
    (finding,) = RULESET.inspect("我13800138000").findings
    assert finding.word == "138****8000"


def test_two_numbers_in_a_row_are_two_findings() -> None:
    assert found(f"{VISA} 13800138000") == [
        ("bank_card", VISA),
        ("cn_phone", "13800138000"),
    ]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownKindError):
        service.compile_ruleset([PatternRule("shoe_size", Disposition.MASK, "1/x")])


@pytest.mark.parametrize("sign", ["\n", "，", ",", "、", "|", "：", ":", "；", " ，\n"])
def test_an_id_with_a_check_character_is_found_over_signs_that_list(sign: str) -> None:
    text = sign.join([ID[:6], ID[6:14], ID[14:]])
    assert found(text) == [("cn_id", text)]
    assert ID[6:14] not in str(RULESET.inspect(text).masked)
    wrong = sign.join([ID[:6], ID[6:14], "0135"])
    assert "cn_id" not in {kind for kind, _ in found(wrong)}


@pytest.mark.parametrize("cross", ["×", "✕", "✖", "叉", " ✕", "，叉"])
def test_a_cross_stands_for_the_x_of_an_id(cross: str) -> None:
    text = f"证件11010119900307889{cross}号"
    assert found(text) == [("cn_id", text[2:-1])]
    assert found(f"证件11010119900307888{cross}号") == []


@pytest.mark.parametrize(
    "sizes",
    [(6, 8, 4), (6, 4, 4, 4), (6, 4, 2, 2, 4), (4, 4, 4, 4, 2), (3,) * 6, (2,) * 9, (1,) * 18],
)
@pytest.mark.parametrize("sign", [" ", "-", ".", "，", "\n"])
def test_an_id_in_groups_as_people_write_them_is_found(sizes: tuple[int, ...], sign: str) -> None:
    ends = [*accumulate(sizes)]
    text = sign.join(ID[end - size : end] for size, end in zip(sizes, ends, strict=True))
    assert ("cn_id", text) in found(text)


def test_an_id_in_any_signs_is_found_after_a_word_that_says_so() -> None:
    text = f"{ID[:2]}.{ID[2:7]}，{ID[7:8]}-{ID[8:12]}\n{ID[12:]}"
    assert found(f"身份证号：{text}") == [("cn_id", text)]
    assert "cn_id" not in {kind for kind, _ in found(text)}


def test_numbers_in_a_list_are_no_id() -> None:
    for text in (
        "440103\n19880101\n1234",
        "1，2，3，4，5，6，7，8，9，10，11，12，13",
        f"9{ID[:6]}，{ID[6:]}",
        f"价格 {ID[:2]}.{ID[2:6]},{ID[6:8]}.{ID[8:12]},{ID[12:14]}.{ID[14:]}",
        f"{ID[:2]}.{ID[2:6]} {ID[6:8]}.{ID[8:12]} {ID[12:14]}.{ID[14:]}",
        f"{ID[:4]}\n{ID[4:7]}\n{ID[7:11]}\n{ID[11:]}",
        "\n".join(["55", *(ID[at : at + 2] for at in range(0, 18, 2)), "55"]),
    ):
        assert "cn_id" not in {kind for kind, _ in found(text)}


def test_a_number_that_a_list_repeats_is_judged_by_what_stands_around_it() -> None:
    phone = "13800138000"
    rows = [f"手机 {phone}", f"订单号 {phone}", f"联系 {phone[:3]} {phone[3:7]} {phone[7:]}"]
    text = "\n".join(rows * 3) + "\n"
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    expected = [
        (starts[at] + line.index("1"), starts[at] + len(line) - 1)
        for at, line in enumerate(lines)
        if not line.startswith("订单")
    ]
    # With a code in it the text is read once more, and the same numbers are known by then.
    for given in (text, f"{text}完 U+4E00 。"):
        findings = RULESET.inspect(given).findings
        phones = [(f.start, f.end) for f in findings if f.category == "cn_phone"]
        assert phones == expected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("😀卡号 6222|0202|0010|0345|673", "😀卡号 6222|02**|****|***5|673"),
        ("手机：138，1234，5678", "手机：138，****，5678"),
        (f"sfz{ID}", "sfz110101********0134"),
        ("姓名：王 小 明", "姓名：王 * *"),
        ("姓名：古丽娜尔·买买提", "姓名：古***·***"),
    ],
)
def test_the_mask_hides_the_middle_whatever_parts_it(text: str, masked: str) -> None:
    assert RULESET.inspect(text).masked == masked
