"""Numbers of people and companies with check characters, and passports.

Sources: GB 11643-1999 (18 digits: region, date of birth, sequence, check character by ISO 7064
MOD 11-2) and its predecessor of 15 digits without one; GB 32100-2015 (unified social credit code,
check character modulo 31); the identity card of Taiwan (letter as two digits, weights 1 9 8 … 1 1,
modulo 10; residents' numbers since 2021 in the same form, before with a letter in second place); the
Hong Kong identity card (weights 9 … 2 over letters from A = 10, modulo 11); GB/T 35745 and the visa
pages of China for the series letters of passports and travel permits.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from operator import mul

from guiju.modules.inspection import _cues
from guiju.modules.inspection._digits import AS_DIGITS, Run, bits
from guiju.modules.inspection._glances import glance
from guiju.modules.inspection._passage import Found, Passage

_PROVINCES = (
    "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"  # 91: foreign permanent residents
)
_CN_ID = re.compile(
    f"(?=((?:{_PROVINCES})[0-9]{{4}}(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{{3}}[0-9x]))"
)
_OLD_CN_ID = re.compile(f"(?=((?:{_PROVINCES})[0-9]{{6}}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{{3}}))")
# With a check character so much has to agree that also signs which list numbers may stand inside, and signs for its X.
_GAP = r"[^0-9a-z\u2e80-\u2fff\u3040-\ud7ff]{0,3}"
_PLACE = "|".join(
    f"{first}{_GAP}{second}"
    for first, second in (
        (1, "[1-5]"), (2, "[1-3]"), (3, "[1-7]"), (4, "[1-6]"), (5, "[0-4]"), (6, "[1-5]"), (7, "1"),
        (8, "[1-3]"), (9, "1"),
    )
)  # fmt: skip
_PARTED_CN_ID = re.compile(
    f"(?<![0-9a-z])(?=((?:{_PLACE})(?:{_GAP}[0-9]){{4}}{_GAP}(?:1{_GAP}9|2{_GAP}0)(?:{_GAP}[0-9]){{9}}{_GAP}[0-9x×✕✖⨯╳叉]))"
)
_may_be_parted = glance(r"[1-9](?:[^0-9a-z\x{2e80}-\x{2fff}\x{3040}-\x{d7ff}]{0,3}[0-9]){11}")
_CROSS = re.compile("[×✕✖⨯╳叉]$")
_PLACE_AND_DAY = re.compile(f"(?:{_PROVINCES})[0-9]{{4}}(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3]")
_NO_DIGIT = re.compile("[^0-9a-z]+")
_DIGITS, _BETWEEN = re.compile("[0-9x]+"), re.compile("(?<=[0-9])[^0-9x]+(?=[0-9x])")
_DATE_EDGES = frozenset({6, 14})
_ROW_SIGNS = " \t\r\n,.;:|/-，、；："
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"

_USCC = re.compile(f"(?=([159ny][1-9a-gy](?:{_PROVINCES})[0-9]{{4}}))")
_USCC_SIZE = 18
_USCC_ALPHABET = "0123456789abcdefghjklmnpqrtuwxy"
_USCC_VALUES = {char: value for value, char in enumerate(_USCC_ALPHABET)}
_USCC_SIGNS = frozenset(_USCC_ALPHABET)
_USCC_WEIGHTS = [pow(3, place, 31) for place in range(17)]

_TW_ID = re.compile("(?=([a-z][1289a-d]|[a-z][li])[0-9oli]{8})")
_TW_ID_SIZE = 10
_TW_LETTERS = {letter: value for value, letter in enumerate("abcdefghjklmnpqrstuvxywzio", 10)}

_HK_ID = re.compile("(?=([a-z]{1,2}?)[0-9oli]{6}[0-9olia])")

_PASSPORT = re.compile("(?=([hm][0-9oli]{10}|[a-z]{1,2}[0-9oli]{7,8}|[0-9]{9}|[0-9oli]{8}))")

_FIFTEEN, _EIGHTEEN, _TEN = bits((15,)), bits((18,)), bits((_TW_ID_SIZE,))
_HK_SIZES, _PASSPORT_SIZES = bits((8, 9)), bits((8, 9, 10, 11))


def is_resident_id(digits: str) -> bool:
    """18 folded characters with an existing birth date and the right check character."""
    if not _is_date(digits[6:14]):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == digits[17]


def is_credit_code(code: str) -> bool:
    """18 folded characters of the alphabet of GB 32100 with the right check character."""
    if len(code) != _USCC_SIZE or not _USCC_SIGNS.issuperset(code):
        return False
    values = [_USCC_VALUES[char] for char in code]
    total: int = sum(map(mul, values, _USCC_WEIGHTS))
    return (31 - total % 31) % 31 == values[17]


def is_taiwan_id(code: str) -> bool:
    """A letter and nine digits (or a second letter and eight) with the right check digit."""
    first = _TW_LETTERS[code[0]]
    second = _TW_LETTERS[code[1]] % 10 if code[1].isalpha() else int(code[1])
    digits = [second, *map(int, code[2:])]
    total = first // 10 + first % 10 * 9
    total += sum(
        digit * weight for digit, weight in zip(digits, (8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)
    )
    return total % 10 == 0


def is_hong_kong_id(letters: str, digits: str, check: str) -> bool:
    """One or two letters, six digits and the check character, which is 0 to 9 or A."""
    values = [36] * (2 - len(letters)) + [ord(char) - 87 for char in letters]
    values += [int(digit) for digit in digits]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return (total + (10 if check == "a" else int(check))) % 11 == 0


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def find_cn_ids(run: Run) -> list[Found]:
    """Resident identity cards; the old form only after a word that says so."""
    numbers: list[Found] = []
    for match in run.windows(_CN_ID, run.digits, _EIGHTEEN):
        start, end = match.span(1)
        if (
            not run.ends_at(end)
            or not is_resident_id(match[1])
            or not run.has_digits(start, end - 1)
        ):
            continue
        gaps = run.gaps(start, end)
        # Decimals in a row: the point is no sign that parts an identity card, unless it is the only one.
        is_decimals = "." in gaps and len(set(gaps)) > 1
        if not is_decimals or _cues.is_id(run.before(start, _cues.REACH), run.after(end, 8)):
            numbers.append(run.found("cn_id", start, end, range(6, 14)))
    if not run.mentions(_cues.ID_IN_TEXT):
        return numbers
    for match in run.windows(_OLD_CN_ID, run.digits, _FIFTEEN):
        start, end = match.span(1)
        if (
            run.ends_at(end)
            and _is_date("19" + match[1][6:12])
            and _cues.is_id(run.before(start, _cues.REACH), run.after(end, 8))
        ):
            numbers.append(run.found("cn_id", start, end, range(6, 12)))
    return numbers


def find_parted_cn_ids(passage: Passage) -> Iterator[Found]:
    """Resident identity cards with any signs or new lines inside, and with a cross for the X."""
    view = passage.visible
    text = passage.digits
    if not _may_be_parted(text):
        return
    for match in _PARTED_CN_ID.finditer(text):
        # What has nothing inside was looked at with its run.
        if match[1].isascii() and match[1].isalnum():
            continue
        code = _NO_DIGIT.sub("", match[1])
        if _PLACE_AND_DAY.match(code) is None:
            continue
        if not passage.spend(2):
            return
        start, end = match.span(1)
        if _CROSS.search(match[1]) is not None:
            code += "x"
        is_alone = text[end : end + 1] == "" or not (text[end].isascii() and text[end].isalnum())
        if not is_alone or not is_resident_id(code):
            continue
        is_cued = _cues.is_id(text[max(0, start - _cues.REACH) : start], text[end : end + 8])
        if is_cued or _is_written_so(match[1], _is_whole_row(text, start, end)):
            spots = [at for at in range(start, end) if text[at].isascii() and text[at].isalnum()]
            yield view.found("cn_id", start, end, spots[6:14])


def _is_written_so(written: str, is_row: bool) -> bool:
    """As people write it who part it: the same sign everywhere, around the date of birth or after every so many digits.

    Columns of numbers come close to everything else.
    """
    groups = [len(group) for group in _DIGITS.findall(written)]
    gaps = _BETWEEN.findall(written)
    if len({gap.strip() for gap in gaps}) > 1:
        return False
    if len({*groups[:-1]}) > 1:
        return _DATE_EDGES.issubset(accumulate(groups))
    return len(groups) == 1 or (is_row and (groups[-1] <= groups[0] or len(groups) == 2))


def _is_whole_row(text: str, start: int, end: int) -> bool:
    """No digit stands next to it, whatever signs are between."""
    return not (
        text[:start].rstrip(_ROW_SIGNS)[-1:].isdigit()
        or text[end:].lstrip(_ROW_SIGNS)[:1].isdigit()
    )


def find_credit_codes(run: Run) -> list[Found]:
    """Unified social credit codes. O and I are not in the alphabet; l may be L or 1."""
    numbers: list[Found] = []
    for match in run.windows(_USCC, run.digits, _EIGHTEEN):
        start = match.start()
        end = start + _USCC_SIZE
        if not run.ends_at(end):
            continue
        tail = run.code[start + 8 : end].replace("o", "0").replace("i", "1")
        written = run.original(start + 8, end) if "l" in tail else ""
        # A small l among capitals is a 1; where all letters are small it is the letter.
        if written and not written.islower():
            tail = "".join(
                "1" if sign == "l" else char for sign, char in zip(written, tail, strict=True)
            )
        if is_credit_code(match[1] + tail):
            numbers.append(run.found("uscc", start, end, range(8, 16)))
    return numbers


def find_taiwan_ids(run: Run) -> list[Found]:
    numbers: list[Found] = []
    for match in run.windows(_TW_ID, run.code, _TEN):
        start = match.start()
        end = start + _TW_ID_SIZE
        if not run.ends_at(end):
            continue
        code = run.code[start:end]
        second = code[1] if code[1] in "abcd" else code[1].translate(AS_DIGITS)
        if is_taiwan_id(code[0] + second + code[2:].translate(AS_DIGITS)):
            before = run.before(start, _cues.REACH)
            # o9 and eight digits is a mobile phone of Taiwan first.
            other = _cues.is_other(before) or code[:2] == "o9"
            if _cues.is_id(before) or not other:
                numbers.append(run.found("tw_id", start, end, range(3, 7)))
    return numbers


def find_hong_kong_ids(run: Run) -> list[Found]:
    """With the check character in brackets, as on the card, or after a word that says so."""
    numbers: list[Found] = []
    for match in run.windows(_HK_ID, run.code, _HK_SIZES):
        start = match.start()
        letters = match[1]
        end = start + len(letters) + 7
        if not run.ends_at(end):
            continue
        digits = run.code[start + len(letters) : end].translate(AS_DIGITS)
        if not is_hong_kong_id(letters, digits[:6], digits[6]):
            continue
        bracketed = "(" in "".join(run.gaps(end - 2, end))
        if bracketed or _cues.is_id(run.before(start, _cues.REACH), run.after(end, 8)):
            found = run.found("hk_id", start, end, range(len(letters) + 3, len(letters) + 7))
            closing = run.after(end, 3).find(")") if bracketed else -1
            numbers.append(found._replace(end=found.end + closing + 1))
    return numbers


def find_passports(run: Run) -> list[Found]:
    """Passports and travel permits have no check digit in view: only after a word that says so.

    Permits for people of Hong Kong and Macao may have two digits more, for how often they were renewed.
    """
    numbers: list[Found] = []
    if not run.mentions(_cues.PASSPORT_IN_TEXT):
        return numbers
    for match in run.windows(_PASSPORT, run.code, _PASSPORT_SIZES):
        start, end = match.span(1)
        ends = [at for at in (end, end - 1) if run.ends_at(at) and at - start >= 8]
        if ends and _cues.is_passport(run.before(start, _cues.REACH), run.after(ends[0], 10)):
            numbers.append(run.found("passport", start, ends[0], range(2, ends[0] - start - 2)))
    return numbers
