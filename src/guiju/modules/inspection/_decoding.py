r"""Characters written by their codes: references, escapes, bytes in figures, base64.

Each code is read as what it stands for, with the place of every character in it. Bytes are UTF-8, or GB 18030 as
older systems have it. What is also an ordinary number or word (`u4ee3`, hexadecimal figures, base64) is taken for a
code only where Chinese characters or a readable text come out of it.
"""

import binascii
import html
import re

_HEX = "[0-9a-f]"
_BASE64 = "[A-Za-z0-9+/_-]"
# The text in lower case has all but base64; what is tried first is what says more of itself.
_CODED = re.compile(
    rf"(?P<reference>&(?:amp;)*#[0-9]{{1,7}};?|&(?:amp;)*#x{_HEX}{{1,6}};?|&[a-z][a-z0-9]{{1,31}};)"
    rf"|(?P<escape>[\\%]u0000{_HEX}{{4}}|[\\%]u{_HEX}{{4}}|\\u\{{{_HEX}{{1,6}}\}})"
    rf"|(?P<bytes>%(?:25)*{_HEX}{{2}}(?: ?%(?:25)*{_HEX}{{2}})*|(?:\\x{_HEX}{{2}})+|(?:\\[0-3][0-7]{{2}}){{2,}})"
    rf"|(?P<short>\\[4-9]{_HEX}{{3}}(?!{_HEX}) ?)"
    rf"|(?P<points>(?<![0-9a-z])(?:(?:u[+]?|0x)[4-9]{_HEX}{{3}})+(?![0-9a-z]))"
    rf"|(?P<quoted>=?(?:={_HEX}{{2}}|=\r?\n){{2,}})"
    rf"|(?P<figures>(?<![0-9a-z])(?:0x)?(?:(?=[0-9]{{0,7}}[a-f]){_HEX}{{8,}}|{_HEX}{{2}}(?:[ :,-]{_HEX}{{2}}){{3,}})(?![0-9a-z]))"
)
_RUN = re.compile(rf"(?:{_BASE64}{{60,76}}\r?\n)*{_BASE64}{{16,}}")
# In a text without signs and in small letters: none of the codes that have no sign of their own is shorter.
may_be_coded = re.compile("[0-9a-f]{4}[0-9a-z]|[ux][4-9][0-9a-f]{3}|[0-9a-z]{12}").search
_may_be_base64 = re.compile(f"{_BASE64}{{16}}").search
_BYTE = re.compile(
    rf"%(?:25)*({_HEX}{{2}})|[\\]x({_HEX}{{2}})|=({_HEX}{{2}})|[\\]([0-3][0-7]{{2}})"
)
_POINT = re.compile(rf"(?:u[+]?|0x)({_HEX}{{4}})")
_PAIR = re.compile(f"{_HEX}{{2}}")
_MAX_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_HAN = re.compile("[㐀-鿿]")
_UNREADABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\uf8ff\ufffd]")
# The characters that GB 2312 has for everyday use, and signs: bytes that were drawn are hardly ever all of these.
_EVERYDAY = re.compile(rb"(?:[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]|[\n -~])+")
Resolved = list[tuple[str, int, int]]


def codes_of(text: str, folded: str) -> list[tuple[int, int, Resolved]]:
    """Start and end of every code in the text, and what it stands for: characters, each with its place in the code.

    `folded` is the text in small letters, half-width, as long as it.
    """
    found: list[tuple[int, int, Resolved]] = []
    for match in _CODED.finditer(folded):
        resolved = _resolved(match)
        if resolved:
            found.append((*match.span(), resolved))
    if _may_be_base64(text) is None:
        return found
    taken = [(start, end) for start, end, _ in found]
    for match in _RUN.finditer(text):
        start, end = match.span()
        while taken and taken[0][1] <= start:
            taken.pop(0)
        if taken and taken[0][0] < end:
            continue
        resolved = _from_base64(match[0])
        if resolved:
            found.append((start, end, resolved))
    found.sort(key=lambda code: code[0])
    return found


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
        found = _read(raw, edges, (encoding,))
        if found and _is_text(found):
            return found
    return []


def _from_base64(coded: str) -> Resolved:
    places = (
        [at for at, char in enumerate(coded) if char not in "\r\n"]
        if "\n" in coded
        else range(len(coded))
    )
    plain = coded.replace("\r", "").replace("\n", "") if "\n" in coded else coded
    plain = plain[: len(plain) - (len(plain) % 4 == 1)].replace("-", "+").replace("_", "/")
    raw = binascii.a2b_base64(plain + "=" * (-len(plain) % 4))
    edges = [places[min(4 * at // 3 + 2, len(plain)) - 1] + 1 for at in range(len(raw))]
    encodings = ("utf-8", "gb18030") if _EVERYDAY.fullmatch(raw) is not None else ("utf-8",)
    for encoding in encodings:
        found = _read(raw, edges, (encoding,))
        if found and _is_text(found):
            return found
    return []


def _read(raw: bytes, edges: list[int], encodings: tuple[str, ...]) -> Resolved:
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


def _is_text(found: Resolved) -> bool:
    """Chinese, or at least nothing but what people read."""
    text = "".join([char for char, _, _ in found])
    if _UNREADABLE.search(text) is not None:
        return False
    return text.isascii() or 2 * len(_HAN.findall(text)) >= sum(not c.isascii() for c in text)
