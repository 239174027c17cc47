"""Phone numbers of mainland China, Taiwan and Hong Kong, and bank cards.

Sources: the numbering plan of the mainland (mobile 1[3-9] and nine digits; landlines 0, area code
and seven or eight digits), of Taiwan (mobile 09 and eight digits, +886) and of Hong Kong (+852 and
eight digits); ISO/IEC 7812-1 (13 to 19 digits, issuer prefix, Luhn check digit).
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection import _cues
from guiju.modules.inspection._digits import WINDOW, Run, bits
from guiju.modules.inspection._glances import glance
from guiju.modules.inspection._passage import Found, Passage

_CN_MOBILE = re.compile("(?=((?:0086|86|0)?1[3-9][0-9]{9}))")
_LANDLINE = (
    "(?=((?:0086|86)?0?(?:10|2[0-57-9])[2-8][0-9]{7}|(?:0086|86)?0[3-9][0-9]{2}[2-8][0-9]{6,7}))"
)
_CN_LANDLINE = re.compile(_LANDLINE)
# Without a word that says phone anywhere in the text, only with a code before the number of the place.
_CODED_LANDLINE = re.compile(f"(?=0|86){_LANDLINE}")
_TW_MOBILE = re.compile("(?=((?:00886|886)0?9[0-9]{8}|09[0-9]{8}))")
_TW_LANDLINE = re.compile("(?=((?:(?:00886|886)0?|0)(?:2[0-9]{8}|[3-8][0-9]{7,8})))")
_HK_PHONE = re.compile("(?=((?:00852|852)[2-9][0-9]{7}))")
_HK_BARE = re.compile("(?=([4-79][0-9]{7}|[23][0-9]{7}))")
# British numbers of eleven digits read like landlines of the west; in English text they are British.
_LATIN = re.compile("[a-z]")
_BRITISH = re.compile("0[3789][0-9]{9}|020[378][0-9]{7}")
# 20240131 after a word like 号码 is a day.
_DAY = re.compile("20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
# What counts something, right after the digits.
_UNIT = re.compile(r"\s?(?:元|块|万|亿|次|件|个|人|台|份|笔|条|股|吨|字节|kb|mb|rmb|usd|%|℃)")
_UNIT_STARTS = frozenset("元块万亿次件个人台份笔条股吨字kmru%℃")
_CURRENCIES = frozenset("¥$€£")
_CURRENCY = re.compile(r"[¥$€£]\s?$")

# Prefixes: UnionPay 62 and 81, old domestic debit 9558, Visa, Mastercard, American Express, JCB,
# Discover, Mir.
_CARD = re.compile(
    "(?=((?:62|81|9558|4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|220[0-4]|3[47]|352[89]|35[3-8]"
    "|6011|64[4-9]|65)[0-9]{9,17}))"
)
_ANY_CARD = re.compile("(?=([2-9][0-9]{12,18}))")
_CARD_LENGTHS = {"6": (19, 18, 17, 16), "8": (19, 18, 17, 16), "9": (19,), "4": (19, 16)}
_AMEX_LENGTH = 15
_FOURS, _LEAST_ROWS = 16, 3
_OTHER_LENGTHS = (16,)
_CUED_LENGTHS = (19, 18, 17, 16, 14, 13)

# Signs that list numbers part one only where it was announced, and all of its groups alike.
_LISTED = r"([^\S\n]?(?:[,;:、|\t]|\n)[^\S\n]?)"
_PARTED_MOBILE = re.compile(
    rf"(?<![0-9a-z])1[3-9][0-9]{_LISTED}[0-9]{{4}}\1[0-9]{{4}}(?![0-9a-z]|\1[0-9])"
)
_PARTED_CARD = re.compile(
    rf"(?<![0-9a-z])[3-9][0-9]{{3}}{_LISTED}[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{3,4}}(?:\1[0-9]{{1,3}})?(?![0-9a-z]|\1[0-9])"
)
_may_be_parted = glance("[0-9]{3,4}[^0-9a-z]{1,3}[0-9]{4}[^0-9a-z]{1,3}[0-9]{4}")

_MOBILE_SIZES, _LANDLINE_SIZES = bits(range(11, 16)), bits(range(9, 17))
_TW_MOBILE_SIZES, _TW_LANDLINE_SIZES = bits(range(10, 16)), bits(range(9, 16))
_HK_SIZES, _HK_BARE_SIZES, _CARD_SIZES = bits((11, 13)), bits((8,)), bits(range(13, 20))


def _stands(run: Run, start: int, end: int) -> bool:
    return run.starts_at(start) and run.ends_at(end) and run.has_digits(start, end)


def _is_counted(run: Run, start: int, end: int) -> bool:
    """An amount or a measure, not a number of anybody."""
    before, after = run.before(start, 3), run.after(end, 4)
    # Nearly all numbers have none of these beside them, and every number of a list is asked.
    is_unit = after[:1] in _UNIT_STARTS or after[:1].isspace()
    return (
        (is_unit and _UNIT.match(after) is not None)
        or (not _CURRENCIES.isdisjoint(before) and _CURRENCY.search(before) is not None)
        or (
            "." in (before[-1:], after[:1])
            and not run.gaps(start, end)
            and run.is_decimal(start, end)
        )
    )


def _reads_as_phone(run: Run, start: int, end: int, first: int) -> bool:
    """There is no check digit: what stands around and how the digits are grouped has to speak.

    `first`: how long the first of odd groups may be.
    """
    before = run.before(start, _cues.REACH)
    if _is_counted(run, start, end) or (_cues.is_other(before) and not _cues.is_phone(before)):
        return False
    gaps = run.gaps(start, end)
    if not gaps:
        return True
    groups = run.groups(start, end)
    if groups[-3:] in ([3, 4, 4], [4, 4, 3], [4, 3, 4], [4, 3, 3]) or groups == [4, 4]:
        return True
    whole = run.is_whole(start, end) or _cues.is_phone(before)
    dotted_quad = len(groups) == 4 and set(gaps) == {"."}
    return whole and groups[0] <= first and not dotted_quad


def find_cn_mobiles(run: Run) -> list[Found]:
    numbers: list[Found] = []
    for match in run.windows(_CN_MOBILE, run.digits, _MOBILE_SIZES):
        start, end = match.span(1)
        if _stands(run, start, end) and _reads_as_phone(run, start, end, 3):
            size = end - start
            numbers.append(run.found("cn_phone", start, end, range(size - 8, size - 4)))
    return numbers


def find_cn_landlines(run: Run) -> list[Found]:
    numbers: list[Found] = []
    landline = _CN_LANDLINE if run.mentions(_cues.PHONE_IN_TEXT) else _CODED_LANDLINE
    for match in run.windows(landline, run.digits, _LANDLINE_SIZES):
        start, end = match.span(1)
        if not run.ends_at(end) and run.ends_at(end - 1):
            end -= 1
        if _stands(run, start, end) and _is_landline(run, start, end, "0"):
            size = end - start
            numbers.append(run.found("cn_phone", start, end, range(size - 4, size)))
    return numbers


def _is_landline(run: Run, start: int, end: int, trunk: str) -> bool:
    """The area code is parted from the number, or a word says that a phone follows."""
    if _is_counted(run, start, end):
        return False
    before = run.before(start, _cues.REACH)
    groups = run.groups(start, end)
    if before.isascii() and _LATIN.search(before) and _BRITISH.fullmatch(run.digits, start, end):
        return False
    if _cues.is_phone(before):
        return True
    if run.is_in_row(start, end):
        return False
    area = run.digits[start:end].startswith((trunk, "86", "886"))
    return (
        area and groups[-1] in (3, 4, 7, 8) and 2 <= len(groups) <= 4 and not _cues.is_other(before)
    )


def find_tw_phones(run: Run) -> list[Found]:
    numbers: list[Found] = []
    for match in run.windows(_TW_MOBILE, run.digits, _TW_MOBILE_SIZES):
        start, end = match.span(1)
        if _stands(run, start, end) and _reads_as_phone(run, start, end, 4):
            size = end - start
            numbers.append(run.found("tw_phone", start, end, range(size - 6, size - 3)))
    for match in run.windows(_TW_LANDLINE, run.digits, _TW_LANDLINE_SIZES):
        start, end = match.span(1)
        if not run.ends_at(end) and run.ends_at(end - 1):
            end -= 1
        if not _stands(run, start, end) or end - start < 9:
            continue
        before = run.before(start, _cues.REACH)
        is_grouped = match[1].startswith(("886", "00886")) or _is_taiwanese(run, start, end, before)
        is_grouped = is_grouped and (_cues.is_phone(before) or not run.is_in_row(start, end))
        if is_grouped and not _cues.is_other(before) and not _is_counted(run, start, end):
            size = end - start
            numbers.append(run.found("tw_phone", start, end, range(size - 4, size)))
    return numbers


def _is_taiwanese(run: Run, start: int, end: int, before: str) -> bool:
    """An area code of two to four digits and a number in one part or two, as they are written there."""
    groups = run.groups(start, end)
    if not run.digits.startswith("0", start) or groups[0] not in range(2, 5):
        return False
    is_bracketed = ")" in run.gaps(start, end)[0] if len(groups) > 1 else False
    if len(groups) == 3:
        return groups[2] == 4 or (groups[2] == 3 and is_bracketed)
    return len(groups) == 2 and (is_bracketed or _cues.is_phone(before))


def find_hk_phones(run: Run) -> list[Found]:
    """With the code of the territory, or eight digits after a word that says phone."""
    numbers: list[Found] = []
    for match in run.windows(_HK_PHONE, run.digits, _HK_SIZES):
        start, end = match.span(1)
        if not _stands(run, start, end) or _is_counted(run, start, end):
            continue
        before = run.before(start, _cues.REACH)
        parted = bool(run.gaps(start, end)) or before.rstrip(" (").endswith("+")
        if parted or _cues.is_phone(before):
            size = end - start
            numbers.append(run.found("hk_phone", start, end, range(size - 4, size)))
    if not run.mentions(_cues.PHONE_IN_TEXT):
        return numbers
    for match in run.windows(_HK_BARE, run.digits, _HK_BARE_SIZES):
        start, end = match.span(1)
        if (
            _stands(run, start, end)
            and _cues.is_phone(run.before(start, _cues.REACH))
            and not _is_counted(run, start, end)
            and run.after(end, 1) not in ("-", "/")
            and run.groups(start, end) in ([8], [4, 4])
            and not (run.groups(start, end) == [8] and _DAY.fullmatch(match[1]))
        ):
            numbers.append(run.found("hk_phone", start, end, range(4, 8)))
    return numbers


def find_cards(run: Run) -> list[Found]:
    numbers: list[Found] = []
    taken = 0
    for match in run.windows(_CARD, run.digits, _CARD_SIZES):
        start, longest = match.span(1)
        if start >= taken:
            end = _card_end(run, start, longest, _card_lengths(match[1]))
            if end:
                taken = end
                numbers.append(_card(run, start, end))
    if not run.mentions(_cues.CARD_IN_TEXT):
        return numbers
    for match in run.windows(_ANY_CARD, run.digits, _CARD_SIZES):
        start, longest = match.span(1)
        if start >= taken and _cues.is_card(run.before(start, _cues.REACH)):
            end = _card_end(run, start, longest, _CUED_LENGTHS)
            if end:
                taken = end
                numbers.append(_card(run, start, end))
    return numbers


def _card(run: Run, start: int, end: int) -> Found:
    return run.found("bank_card", start, end, range(6, end - start - 4))


def _card_end(run: Run, start: int, longest: int, lengths: tuple[int, ...]) -> int:
    """Where the longest card ends that starts here, as one of 19 digits may hold one of 16; 0 if none does."""
    for length in lengths:
        end = start + length
        if end <= longest and _stands(run, start, end) and run.is_luhn(start, end):
            before = run.before(start, _cues.REACH)
            other = _cues.is_other(before) and not _cues.is_card(before)
            listed = not _cues.is_card(before) and _is_listed(run, start, end)
            is_card = not other and not listed and not _is_counted(run, start, end)
            return end if is_card else 0
    return 0


def _is_listed(run: Run, start: int, end: int) -> bool:
    """Figures in rows of four digits: one in ten of those passes the check and is no card."""
    groups = run.groups(start, end)
    if groups != [4, 4, 4, 4]:
        return False
    if run.is_in_row(start, end):
        # A card may stand beside one other number; of more columns, most of the rows must be cards.
        is_wide = len(run.code) > _FOURS + 4
        if is_wide and (start % _FOURS or not run.is_mostly_luhn(_FOURS)):
            return True
    digits = run.digits[start:end]
    parts = [digits[at : at + 4] for at in range(0, _FOURS, 4)]
    if len({part[0] for part in parts}) == 1 and parts == sorted(parts):
        return True
    rows = run.rows_of_fours
    failing = sum(not _passes(row[:_FOURS]) for row in rows)
    return len(rows) >= _LEAST_ROWS and 2 * failing >= len(rows)


def _passes(digits: str) -> bool:
    """The Luhn check of a number by itself."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _card_lengths(digits: str) -> tuple[int, ...]:
    if digits[:2] in {"34", "37"}:
        return (_AMEX_LENGTH,)
    return _CARD_LENGTHS.get(digits[0], _OTHER_LENGTHS)


def find_parted(passage: Passage, kinds: frozenset[str]) -> Iterator[Found]:
    """Mobiles of the mainland and bank cards in groups with one sign between them that lists numbers, after a cue."""
    view, text = passage.visible, passage.digits
    for kind, pattern, is_meant, words, shown in (
        ("cn_phone", _PARTED_MOBILE, _cues.is_phone, _cues.PHONE_IN_TEXT, (3, 7)),
        ("bank_card", _PARTED_CARD, _cues.is_card, _cues.CARD_IN_TEXT, (6, -4)),
    ):
        if kind not in kinds or not passage.mentions(words) or not _may_be_parted(text):
            continue
        for match in passage.within(pattern.finditer(text), WINDOW):
            start, end = match.span()
            spots = [at for at in range(start, end) if text[at].isdigit()]
            digits = "".join([text[at] for at in spots])
            is_valid = kind == "cn_phone" or _passes(digits)
            if is_valid and is_meant(view.text[max(0, start - _cues.REACH) : start]):
                yield view.found(kind, start, end, spots[slice(*shown)])
