r"""Rich Text Format 1.9.1: the text, in the code page that it names and in `\u` escapes; pictures and objects."""

import re
from collections.abc import Iterator

from guiju.modules.inspection.extraction._rtf_objects import Blob, read_blobs
from guiju.modules.inspection.extraction._walk import EncryptedError, Frame, Walk
from guiju.modules.inspection.extraction.types import Flag

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
# Groups that hold tables of fonts, colours and binary data; all others may hold words.
_SILENT = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"listtable", b"listoverridetable", b"rsidtbl", b"themedata", b"colorschememapping",
     b"datastore", b"latentstyles", b"pict", b"objdata", b"generator", b"xmlnstbl", b"mmathPr", b"panose", b"falt", b"blipuid"}
)  # fmt: skip
_BREAKS = {
    b"par": "\n",
    b"line": "\n",
    b"tab": "\t",
    b"cell": "\t",
    b"row": "\n",
    b"sect": "\n",
    b"page": "\n",
}
_PAGES = {936: "gb18030", 950: "big5hkscs", 932: "cp932", 949: "cp949", 65001: "utf-8"}
_DEEPEST = 1000


class _Group:
    """What a group inherits from the one around it."""

    __slots__ = ("blob", "is_hidden", "is_silent", "skip", "version")

    def __init__(self, around: "_Group | None" = None) -> None:
        self.is_silent: bool = around is not None and around.is_silent
        self.is_hidden: bool = around is not None and around.is_hidden
        self.skip: int = around.skip if around is not None else 1
        # A picture may stand twice, for newer programs and for older ones.
        self.version: bytes = around.version if around is not None else b""
        self.blob: Blob | None = None


def read_rtf(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The text that is shown, and apart what is hidden; then pictures and objects. Raises ValueError for too deep groups."""
    if b"\\*\\passwordhash" in data[:4096]:
        raise EncryptedError
    text = _Text()
    stack = [_Group()]
    place = 0
    while (token := _TOKEN.search(data, place)) is not None:
        word, number, code, sign, brace, plain = token.groups()
        place = token.end()
        group = stack[-1]
        if brace == b"{":
            if len(stack) > _DEEPEST:
                raise ValueError("groups too deep")
            stack.append(_Group(group))
        elif brace:
            if len(stack) > 1:
                stack.pop()
        elif word == b"bin":
            size = max(int(number or 0), 0)
            if group.blob is not None:
                group.blob.plain += data[place : place + size]
            place += size
        elif word:
            text.control(word, int(number) if number else None, group)
        elif code:
            text.raw(bytes.fromhex(code.decode()), group)
        elif sign:
            text.raw({b"~": b" ", b"_": b"-"}.get(sign, sign if sign in b"\\{}" else b""), group)
        elif plain:
            text.raw(plain, group)
    yield from walk.part("text", text.end("shown"))
    yield from walk.part("hidden text", text.end("hidden"), Flag.HIDDEN)
    yield from read_blobs(text.blobs, walk)


class _Text:
    """Bytes wait until a character that is no byte comes, so that pairs of bytes stay together."""

    def __init__(self) -> None:
        self._done: dict[str, list[str]] = {"shown": [], "hidden": []}
        self._waiting: dict[str, bytearray] = {"shown": bytearray(), "hidden": bytearray()}
        self._encoding = "cp1252"
        self._skip = 0
        self._newer = 0
        self.blobs: list[Blob] = []

    def control(self, word: bytes, number: int | None, group: _Group) -> None:
        if word in _SILENT:
            group.is_silent = True
            if word in (b"pict", b"objdata"):
                self._begin(word, group)
        elif word in (b"shppict", b"nonshppict"):
            group.version = word
        elif word == b"dibitmap" and group.blob is not None:
            group.blob.is_bitmap = True
        elif word == b"v":
            group.is_hidden = number != 0
        elif word == b"ansicpg" and number is not None:
            self._encoding = _PAGES.get(
                number, f"cp{number}" if 1250 <= number <= 1258 else "cp1252"
            )
        elif word == b"uc" and number is not None:
            group.skip = max(number, 0)
        elif word == b"u" and number is not None and not group.is_silent:
            self._add(chr(number & 0xFFFF), group)
            self._skip = group.skip
        elif word in _BREAKS and not group.is_silent:
            self._add(_BREAKS[word], group)

    def _begin(self, word: bytes, group: _Group) -> None:
        """A picture for older programs repeats the one before it."""
        if word == b"pict" and group.version == b"nonshppict" and self._newer:
            self._newer -= 1
            return
        self._newer += group.version == b"shppict"
        group.blob = Blob(is_object=word == b"objdata")
        self.blobs.append(group.blob)

    def raw(self, content: bytes, group: _Group) -> None:
        if group.blob is not None:
            group.blob.add(content)
        if group.is_silent:
            return
        left = content[self._skip :]
        self._skip -= len(content) - len(left)
        self._waiting["hidden" if group.is_hidden else "shown"] += left

    def _add(self, text: str, group: _Group) -> None:
        name = "hidden" if group.is_hidden else "shown"
        self._flush(name)
        self._done[name].append(text)

    def _flush(self, name: str) -> None:
        if self._waiting[name]:
            self._done[name].append(bytes(self._waiting[name]).decode(self._encoding, "replace"))
            self._waiting[name].clear()

    def end(self, name: str) -> str:
        r"""The whole text; pairs of `\u` escapes joined."""
        self._flush(name)
        whole = "".join(self._done[name])
        return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
