r"""Characters written by their codes: references, escapes, bytes in figures, base64.

Each code is read as what it stands for, with the place of every character in it. Bytes are UTF-8, or GB 18030 as
older systems have it. What is also an ordinary number or word (`u4ee3`, hexadecimal figures, base64) is taken for a
code only where Chinese characters or a readable text come out of it.
"""

import binascii
import html
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from guiju.modules.inspection._glances import teller_of

_HEX = "[0-9a-f]"
_BASE64 = "[A-Za-z0-9+/_-]"
# The text in lower case has all but base64; what is tried first is what says more of itself. Each begins with one of a
# few characters, by which `re` passes all others.
_CODED = re.compile(
    rf"[&%\\=u0-9a-f](?:(?<=[&%\\=])(?:"
    rf"(?<=&)(?P<reference>(?:amp;)*#[0-9]{{1,7}};?|(?:amp;)*#x{_HEX}{{1,6}};?|[a-z][a-z0-9]{{1,31}};)"
    rf"|(?<=[\\%])(?P<escape>u0000{_HEX}{{4}}|u{_HEX}{{4}}|(?<=\\)u\{{{_HEX}{{1,6}}\}})"
    rf"|(?P<bytes>(?<=%)(?:25)*{_HEX}{{2}}(?: ?%(?:25)*{_HEX}{{2}})*|(?<=\\)(?:x{_HEX}{{2}}(?:\\x{_HEX}{{2}})*|[0-3][0-7]{{2}}(?:\\[0-3][0-7]{{2}})+))"
    rf"|(?<=\\)(?P<short>[4-9]{_HEX}{{3}}(?!{_HEX}) ?)"
    rf"|(?<==)(?P<quoted>=?(?:{_HEX}{{2}}|\r?\n)(?:={_HEX}{{2}}|=\r?\n)+))"
    rf"|(?<![&%\\=])(?<![0-9a-z].)(?:(?P<points>(?:(?<=u)[+]?|(?<=0)x)[4-9]{_HEX}{{3}}(?:(?:u[+]?|0x)[4-9]{_HEX}{{3}})*(?![0-9a-z]))"
    rf"|(?P<figures>(?:(?<=0)x(?:(?=[0-9]{{0,7}}[a-f]){_HEX}{{8,}}|{_HEX}{{2}}(?:[ :,-]{_HEX}{{2}}){{3,}})"
    rf"|(?<!u)(?:(?:(?<=[a-f])|(?=[0-9]{{0,6}}[a-f])){_HEX}{{7,}}|{_HEX}(?:[ :,-]{_HEX}{{2}}){{3,}}))(?![0-9a-z]))))"
)
# What all of these have; figures in which a letter is among the first eight.
_may_be_code = teller_of(
    rf"&(?:(?:amp;)*#(?:[0-9]|x{_HEX})|[a-z][a-z0-9]+;)|[\\%]u{_HEX}{{4}}|\\u\{{|%(?:25)*{_HEX}{{2}}|\\x{_HEX}{{2}}|\\[0-3][0-7]{{2}}\\"
    rf"|\\[4-9]{_HEX}{{3}}|==?(?:{_HEX}{{2}}|\r?\n)=|(?:^|[^0-9a-z])(?:(?:u[+]?|0x)[4-9]{_HEX}{{3}}|0x{_HEX}{{2}}[ :,-]{_HEX}{{2}}"
    rf"|{_HEX}{{2}}(?:[ :,-]{_HEX}{{2}}){{3}}|(?:0x)?(?:{'|'.join(f'[0-9]{{{n}}}[a-f]{_HEX}{{{7 - n}}}' for n in range(8))}))"
)
# Rows of which each part by itself is an ordinary number: bytes in figures and numbers of characters, with signs between.
_BETWEEN = "[ ,;#|/-]{1,3}"
_HEX_BYTE = "[0-9a-f]{2}"
# Of a row of numbers half at least have to be characters in use: one number in fifteen is.
_NUMBERS = re.compile(rf"[0-9](?<![0-9a-z.].)[0-9]{{0,5}}(?:{_BETWEEN}[0-9]{{1,6}})+(?![0-9a-z])")
# Two numbers of Chinese characters side by side.
_HAN_CODE = "0?(?:19|2[0-9]|3[0-9]|40)[0-9]{3}"
_may_be_numbers = teller_of(f"(?:^|[^0-9]){_HAN_CODE}{_BETWEEN}{_HAN_CODE}(?:[^0-9]|$)")
_NUMBER, _FIVE = re.compile("[0-9]+"), re.compile("[0-9]{5,}")
_HAN_CODES, _LEAST_CODES = range(0x4E00, 0xA000), 2
_ROW = re.compile(
    rf"[0-9a-f\\=x](?:(?<![0-9a-z.].)(?<![.][0-9a-f])(?:"
    rf"(?<=[12])(?:(?<=1)[2-9][0-9]|(?<=2)[0-5][0-9])(?:{_BETWEEN}(?:1[2-9][0-9]|2[0-5][0-9])){{4,}}"
    rf"|(?<=[4-9])(?=[0-9a-f ,;#|/-]{{0,40}}?[a-f])[0-9a-f]{{3}}(?:{_BETWEEN}[4-9][0-9a-f]{{3}})+"
    rf"|(?<=0)x{_HEX_BYTE}(?:{_BETWEEN}0x{_HEX_BYTE}){{2,}}"
    rf"|(?<=x)[89a-f][0-9a-f](?:x{_HEX_BYTE}){{2,}})(?![0-9a-z])"
    rf"|(?<=\\)x{_HEX_BYTE}(?:{_BETWEEN}\\x{_HEX_BYTE}){{1,}}"
    rf"|(?<==){_HEX_BYTE}(?:{_BETWEEN}={_HEX_BYTE}){{2,}})"
)
_may_be_row = teller_of(
    f"(?:^|[^0-9a-z.])(?:(?:1[2-9][0-9]|2[0-5][0-9])(?:{_BETWEEN}(?:1[2-9][0-9]|2[0-5][0-9])){{4}}"
    rf"|[4-9][0-9a-f]{{3}}{_BETWEEN}[4-9][0-9a-f]{{3}}|0x{_HEX_BYTE}(?:{_BETWEEN}0x{_HEX_BYTE}){{2}}|x[89a-f][0-9a-f](?:x{_HEX_BYTE}){{2}})"
    rf"|\\x{_HEX_BYTE}{_BETWEEN}\\x|={_HEX_BYTE}{_BETWEEN}={_HEX_BYTE}{_BETWEEN}="
)
_PART = re.compile("(?:0x|\\\\x|x|=)?([0-9a-f]{2,})")
_DECIMAL = re.compile("[0-9]{3}(?:[^0-9a-z]+[0-9]{3})+")
_BYTES = 0xFF
# Closed, or long enough that letters do not become Chinese by chance.
_UTF7 = re.compile("[+](?:[A-Za-z0-9+/]{3,}-|[A-Za-z0-9+/]{8,}(?![A-Za-z0-9+/]))")
_RUN = re.compile(rf"(?<!{_BASE64})(?:{_BASE64}{{60,76}}\r?\n)*{_BASE64}{{16,}}")
# In a text without signs and in small letters: none of the codes that have no sign of their own is shorter.
may_be_coded = re.compile("[0-9a-f]{4}[0-9a-z]|[ux][4-9][0-9a-f]{3}|[0-9a-z]{12}").search
# The same in a text without letters: two numbers of characters are the shortest.
may_be_numbered = re.compile("[0-9]{10}").search
_may_be_base64 = teller_of(f"{_BASE64}{{16}}")
_BYTE = re.compile(
    rf"%(?:25)*({_HEX}{{2}})|[\\]x({_HEX}{{2}})|=({_HEX}{{2}})|[\\]([0-3][0-7]{{2}})"
)
_POINT = re.compile(rf"(?:u[+]?|0x)({_HEX}{{4}})")
_ONE_POINT = len("u+4e00")
_PAIR = re.compile(f"{_HEX}{{2}}")
_MAX_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_HAN = re.compile("[㐀-鿿]")
# No literal may hold a surrogate where the module is compiled to C.
_UNREADABLE = re.compile(f"[\0-\x08\x0b-\x1f\x7f-\x9f{chr(0xD800)}-\uf8ff\ufffd]")
# The characters that GB 2312 has for everyday use, and signs: bytes that were drawn are hardly ever all of these.
_EVERYDAY = re.compile(rb"(?:[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]|[\n -~])+")
Resolved = list[tuple[str, int, int]]


def codes_of(text: str, folded: str) -> list[tuple[int, int, Resolved]]:
    """Start and end of every code in the text, and what it stands for: characters, each with its place in the code.

    `folded` is the text in small letters, half-width, as long as it.
    """
    found = _whole(text, folded)
    rows = bytearray(len(text) if found else 0)
    for start, end, _ in found:
        rows[start:end] = b"\1" * (end - start)
    # A text repeats its codes.
    known: dict[str, Resolved] = {}
    encoded = folded.encode()
    for match in _CODED.finditer(folded) if _may_be_code(encoded) else ():
        coded = match[0]
        if rows and rows.find(1, *match.span()) >= 0:
            continue
        resolved = known.get(coded)
        if resolved is None:
            # What has the same characters may be cut off elsewhere, but never be of another kind.
            resolved = known[coded] = _resolved(match)
        if resolved:
            found.append((*match.span(), resolved))
    found.sort(key=itemgetter(0))
    if not _may_be_base64(text.encode()):
        return found
    of_runs: dict[str, Resolved] = {}
    taken = [(start, end) for start, end, _ in found]
    for match in _RUN.finditer(text):
        start, end = match.span()
        while taken and taken[0][1] <= start:
            taken.pop(0)
        if taken and taken[0][0] < end:
            continue
        coded = match[0]
        resolved = of_runs.get(coded)
        if resolved is None:
            resolved = of_runs[coded] = _from_base64(coded)
        if resolved:
            found.append((start, end, resolved))
    found.sort(key=itemgetter(0))
    return found


def _whole(text: str, folded: str) -> list[tuple[int, int, Resolved]]:
    """The codes that are rows: of bytes or of numbers of characters with signs between, and of UTF-7."""
    encoded = folded.encode()
    found = [
        (*match.span(), resolved)
        for match in (_ROW.finditer(folded) if _may_be_row(encoded) else ())
        if (resolved := _of_row(match[0]))
    ]
    for match in _NUMBERS.finditer(folded) if _may_be_numbers(encoded) else ():
        found += _numbered(match)
    if "+" in text:
        found += [
            (*match.span(), resolved)
            for match in _UTF7.finditer(text)
            if (resolved := _from_utf7(match[0]))
        ]
    found.sort(key=itemgetter(0))
    return found


def _numbered(row: re.Match[str]) -> Iterator[tuple[int, int, Resolved]]:
    """The numbers of characters side by side in a row of numbers, with what parts them."""
    # The codes of Chinese characters have five figures, and half of the numbers have to be some.
    written = row[0]
    if 2 * len(_FIVE.findall(written)) < len(_NUMBER.findall(written)):
        return
    numbers = [*_NUMBER.finditer(written)]
    chars = [_char_of(number[0]) for number in numbers]
    if 2 * sum(map(bool, chars)) < len(numbers):
        return
    for is_char, some in groupby(zip(numbers, chars, strict=True), lambda each: bool(each[1])):
        side = [*some]
        if is_char and len(side) >= _LEAST_CODES:
            start = side[0][0].start()
            edges = [number.end() - start for number, _ in side]
            resolved = [*zip([char for _, char in side], [0, *edges], edges, strict=False)]
            yield row.start() + start, row.start() + start + edges[-1], resolved


def _char_of(number: str) -> str:
    """The Chinese character in use with this number; empty if there is none."""
    code = int(number)
    if code not in _HAN_CODES:
        return ""
    return chr(code) if _is_in_use(chr(code).encode("utf-16-be")) else ""


def _of_row(row: str) -> Resolved:
    """What a row of bytes or of numbers of characters stands for; nothing, if it is not Chinese in everyday use."""
    parts = [*_PART.finditer(row)]
    base = 10 if _DECIMAL.fullmatch(row) is not None else 16
    values = [int(part[1], base) for part in parts]
    edges = [part.end() for part in parts]
    if max(values) > _BYTES:
        chars = [*map(chr, values)]
        if not _is_in_use("".join(chars).encode("utf-16-be", "replace")):
            return []
        return [*zip(chars, [0, *edges], edges, strict=False)]
    raw = bytes(values)
    encodings = ("utf-8", "gb18030") if _EVERYDAY.fullmatch(raw) is not None else ("utf-8",)
    resolved = _read(raw, edges, encodings)
    return resolved if _has_han(resolved) else []


def _from_utf7(coded: str) -> Resolved:
    plain = coded[1:].rstrip("-")
    raw = binascii.a2b_base64(plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4))
    raw = raw[: len(raw) // 2 * 2]
    if not raw or not _is_text(raw, "utf-16-be") or not _is_in_use(raw):
        return []
    # A character takes two bytes and two thirds, and with the last one the sign goes that ends the code.
    size = len(raw) // 2
    edges = [1 + -(-(8 * (at + 1)) // 3) for at in range(size)]
    edges[-1] = len(coded)
    return [*zip(raw.decode("utf-16-be"), [0, *edges], edges, strict=False)]


def _resolved(match: re.Match[str]) -> Resolved:
    coded: str = match[0]
    size = len(coded)
    kind = match.lastgroup
    if kind == "bytes":
        return _from_bytes(coded)
    if kind == "quoted":
        found = _from_bytes(coded)
        return found if _has_han(found) else []
    if kind == "figures":
        return _from_figures(coded)
    if kind == "points" and size == _ONE_POINT:
        return [(chr(int(coded[-4:], 16)), 0, size)]
    if kind == "points":
        return [(chr(int(point[1], 16)), *point.span()) for point in _POINT.finditer(coded)]
    if kind == "reference":
        plain = f"&{coded.rpartition('amp;')[2]}" if "amp;#" in coded else coded
        resolved = html.unescape(plain)
        return [] if resolved == plain else [(char, 0, size) for char in resolved]
    code = int(coded.strip("\\%u{} "), 16)
    if code > _MAX_CODE or code in _SURROGATES:
        return []
    return [(chr(code), 0, size)]


def _from_bytes(coded: str) -> Resolved:
    """Bytes that are neither UTF-8 nor GB 18030 stay as they are; those after a backslash are Latin letters."""
    values: list[int] = []
    edges: list[int] = []
    for match in _BYTE.finditer(coded):
        octal = match[4]
        values.append(int(octal, 8) if octal else int(match[1] or match[2] or match[3], 16))
        edges.append(match.end())
    encodings = ("utf-8", "gb18030", "latin-1") if coded[0] == "\\" else ("utf-8", "gb18030")
    return _read(bytes(values), edges, encodings)


def _from_figures(coded: str) -> Resolved:
    first = 2 if coded.startswith("0x") else 0
    edges: Sequence[int]
    if coded.isalnum():
        if len(coded) % 2:
            return []
        raw = bytes.fromhex(coded[first:])
        edges = range(first + 2, len(coded) + 1, 2)
    else:
        pairs = [*_PAIR.finditer(coded, first)]
        if 2 * len(pairs) != sum(map(str.isalnum, coded)) - first:
            return []
        raw = bytes([int(pair[0], 16) for pair in pairs])
        edges = [pair.end() for pair in pairs]
    encodings = ["utf-8"]
    if _EVERYDAY.fullmatch(raw) is not None:
        encodings.append("gb18030")
    encodings.append("utf-16-be")
    for encoding in encodings:
        if _is_text(raw, encoding) and (encoding != "utf-16-be" or _is_in_use(raw)):
            return _read(raw, edges, (encoding,))
    return []


def _is_in_use(raw: bytes) -> bool:
    """Characters that people write: of drawn bytes, two in five are some Chinese character or other."""
    text = raw.decode("utf-16-be")
    for each in ("gb2312", "big5"):
        try:
            if text.encode(each).decode(each) == text:
                return True
        except UnicodeEncodeError:
            continue
    return False


def _from_base64(coded: str) -> Resolved:
    plain = coded.replace("\r", "").replace("\n", "") if "\n" in coded else coded
    size = len(plain) - (len(plain) % 4 == 1)
    plain = plain[:size]
    raw = binascii.a2b_base64(plain.replace("-", "+").replace("_", "/") + "=" * (-size % 4))
    encodings = ("utf-8", "gb18030") if _EVERYDAY.fullmatch(raw) is not None else ("utf-8",)
    for encoding in encodings:
        if _is_text(raw, encoding):
            places: Sequence[int] = range(len(coded))
            if len(plain) != len(coded):
                places = [at for at, char in enumerate(coded) if char not in "\r\n"]
            edges = [places[min(4 * at // 3 + 2, size) - 1] + 1 for at in range(len(raw))]
            return _read(raw, edges, (encoding,))
    return []


def _read(raw: bytes, edges: Sequence[int], encodings: tuple[str, ...]) -> Resolved:
    """The characters of these bytes, of which number i ends at `edges[i]`, in the first encoding that fits."""
    for encoding in encodings:
        try:
            resolved = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(resolved) == len(raw):
            return [*zip(resolved, [0, *edges], edges, strict=False)]
        found: Resolved = []
        done = at = 0
        for char in resolved:
            at += len(char.encode(encoding))
            found.append((char, done, edges[at - 1]))
            done = edges[at - 1]
        return found
    return []


def _has_han(found: Resolved) -> bool:
    return any(_HAN.match(char) for char, _, _ in found)


def _is_text(raw: bytes, encoding: str) -> bool:
    """Chinese, or at least nothing but what people read."""
    # What cannot be read becomes a character that nobody reads.
    text = raw.decode(encoding, "replace")
    if not text or _UNREADABLE.search(text) is not None:
        return False
    return text.isascii() or 2 * len(_HAN.findall(text)) >= sum(not c.isascii() for c in text)
