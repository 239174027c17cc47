"""Texts without a container: plain, HTML, XML, JSON."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from typing_extensions import override

from guiju.modules.inspection.extraction._encodings import Decoded
from guiju.modules.inspection.extraction._walk import Frame, MarkFrame, Walk
from guiju.modules.inspection.extraction._xml import SPOKEN, harvest, parse
from guiju.modules.inspection.extraction.types import Flag, Mark, Problem

_MAIL = re.compile(
    r"^(from|to|subject|date|received|message-id|mime-version|return-path|content-type|reply-to|cc|x-mailer):",
    re.IGNORECASE | re.MULTILINE,
)
_ENCODED = re.compile(
    r"^content-transfer-encoding:|^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE
)
_HTML = re.compile(
    r"<(!doctype html|html|head|body|div|p|table|script|meta|span|br)\b", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_HEAD = 4000
_LINKS = frozenset(
    {"href", "src", "action", "content", "value", "placeholder", "label", "alt", "data"}
)
_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dt", "dd", "title", "option"}
)  # fmt: skip


def kind_of(text: str) -> str:
    """`mail`, `html`, `xml`, `json` or `text`."""
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    headers = {found.lower() for found in _MAIL.findall(head.partition("\n\n")[0])}
    is_encoded = "content-type" in headers and _ENCODED.search(text)
    if len(headers) > 2 or "mime-version" in headers or is_encoded:
        return "mail"
    if head.startswith("<?xml"):
        return "html" if _HTML.search(head) and "<html" in head.lower() else "xml"
    if head.startswith("<"):
        return "html" if _HTML.search(head) else "xml"
    if head.startswith(("{", "[")) and text.rstrip().endswith(("}", "]")):
        return "json"
    return "text"


def read_text(decoded: Decoded, kind: str, data: bytes, walk: Walk) -> Iterator[Frame]:
    """The parts of one reading of a text."""
    if kind == "html":
        yield from read_html(decoded.text, walk)
    elif kind == "xml":
        yield from _xml(decoded, data, walk)
    else:
        yield from walk.part("text", decoded.text)
        if kind == "json" and "\\u" in decoded.text:
            yield from walk.part("escaped text", unescaped(decoded.text))


def unescaped(text: str) -> str:
    r"""The text with `\uXXXX` replaced, pairs of surrogates joined."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _xml(decoded: Decoded, data: bytes, walk: Walk) -> Iterator[Frame]:
    try:
        tree = parse(data)
    except ValueError:
        yield from walk.gap(Problem.BROKEN, "markup")
        yield from walk.part("text", decoded.text)
        return
    yield from walk.part("text", harvest(tree))
    if "<!--" in decoded.text:
        comments = re.findall(r"<!--(.*?)-->", decoded.text, re.DOTALL)
        yield from walk.part("comments", "\n".join(comments), Flag.HIDDEN)


class _Page(HTMLParser):
    """Text as a browser runs it together, and beside it what a browser does not show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.scripts: list[str] = []
        self.comments: list[str] = []
        self.attributes: list[str] = []
        self._silent = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag in _BLOCKS:
            self.shown.append("\n")
        elif tag in ("td", "th"):
            self.shown.append("\t")
        self.attributes.extend(
            value for name, value in attrs if value and (name in _LINKS or name in SPOKEN)
        )

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(self._silent - 1, 0)
        elif tag in _BLOCKS:
            self.shown.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        (self.scripts if self._silent else self.shown).append(data)

    @override
    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def read_html(text: str, walk: Walk) -> Iterator[Frame]:
    """The text, the attributes and comments, and the scripts of a page."""
    page = _Page()
    page.feed(text)
    page.close()
    yield from walk.part("text", "".join(page.shown))
    yield from walk.part("attributes", "\n".join(dict.fromkeys(page.attributes)))
    yield from walk.part("comments", "\n".join(page.comments), Flag.HIDDEN)
    if page.scripts:
        yield from walk.part("scripts and styles", "\n".join(page.scripts), Flag.HIDDEN)
        if "<script" in text.lower():
            yield MarkFrame(Mark.SCRIPTS)
