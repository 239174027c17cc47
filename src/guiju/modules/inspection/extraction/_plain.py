"""Texts without a container: plain, HTML, XML, JSON."""

import base64
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

from typing_extensions import override

from guiju.modules.inspection.extraction._encodings import Decoded
from guiju.modules.inspection.extraction._pictures_within import read_data_addresses
from guiju.modules.inspection.extraction._walk import Frame, MarkFrame, Walk, attempt
from guiju.modules.inspection.extraction._xml import SPOKEN, harvest, local, parse
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
_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dt", "dd", "title", "option"}
)  # fmt: skip


# Where lines run, by numbers: a Chinese character needs some sixty of them, a simple icon fewer than all that are allowed.
_COURSES = ("d", "points")
_COUNTED = re.compile(r"\d+")
_MUCH_DRAWN = 400
_DRAWING = frozenset({*_COURSES, "transform", "viewBox", "viewbox"})
# Names and looks of elements; a page's own words for them are read when they are more than ASCII.
_STYLING = frozenset({"class", "id", "style"})
# Files in flat OpenDocument, in Word XML of 2003 and in flat packages of Office.
_PACKED = frozenset({"binary-data", "binData", "binaryData"})
# A character by its number in a style or a script.
_NUMBERED = re.compile(r"\\[ux]?\{?([0-9a-fA-F]{2,6})\}?[ \t\n]?")
# How characters are read: a browser shows it above them, so that it does not part a word.
_RUBY = frozenset({"rt", "rp"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity|(?:max-)?(?:width|height))\s*:\s*0(?![.0-9]*[1-9])",
    re.IGNORECASE,
)
_STYLE = re.compile(r"<style\b[^>]{0,200}>(.*?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]{1,1000})\{([^{}]{0,5000})\}")
_SELECTOR = re.compile(r"\s*(?:[a-z0-9]*(?=[.#]))?([.#]?[\w-]+)\s*", re.IGNORECASE)


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
        yield from read_data_addresses(decoded.text, walk)
    elif kind == "xml":
        yield from _xml(decoded, data, walk)
        yield from read_data_addresses(decoded.text, walk)
    else:
        yield from walk.part("text", decoded.text)
        if kind == "json" and "\\u" in decoded.text:
            yield from walk.part("escaped text", unescaped(decoded.text))


def unescaped(text: str) -> str:
    r"""The text with `\uXXXX` replaced, pairs of surrogates joined."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def resolved(text: str) -> str:
    r"""A style or a script with characters in the place of `\673a`, `\u673a`, `\x41` and `\u{673a}`."""

    def character(found: re.Match[str]) -> str:
        number = int(found[1], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else found[0]

    return _NUMBERED.sub(character, text)


def _xml(decoded: Decoded, data: bytes, walk: Walk) -> Iterator[Frame]:
    try:
        tree = parse(data)
    except ValueError:
        yield from walk.gap(Problem.BROKEN, "markup")
        yield from walk.part("text", decoded.text)
        return
    yield from walk.part("text", harvest(tree))
    written = (
        value
        for element in tree.iter()
        for key, value in element.items()
        if key.rpartition("}")[2] not in SPOKEN | _DRAWING
    )
    yield from walk.part("attributes", "\n".join(dict.fromkeys(written)))
    if "<!--" in decoded.text or decoded.text.count("<?") > 1:
        comments = re.findall(r"<!--(.*?)-->|<\?(?!xml\s)(.*?)\?>", decoded.text, re.DOTALL)
        yield from walk.part("comments", "\n".join(map("".join, comments)), Flag.HIDDEN)
    yield from _pictures(tree, walk)


def _pictures(tree: Element, walk: Walk) -> Iterator[Frame]:
    """Files that stand in a document of one part as base64, and a gap for words that may be drawn as lines."""
    number = drawn = 0
    for element in tree.iter():
        tag = local(element)
        if tag in _PACKED and element.text:
            number += 1
            name = f"data {number}"
            yield from attempt(_packed(element.text, name, walk), walk, name)
        drawn += sum(len(_COUNTED.findall(element.get(name, ""))) for name in _COURSES)
    if drawn >= _MUCH_DRAWN:
        yield from walk.gap(Problem.IMAGES_NOT_READ, "drawing")


def _packed(text: str, name: str, walk: Walk) -> Iterator[Frame]:
    yield from walk.inside(name, base64.b64decode("".join(text.split())))


def _hidden_by_style(text: str) -> frozenset[str]:
    """The classes (`.x`), ids (`#x`) and tags that a page's own styles hide, of selectors that are no more than that."""
    hidden: set[str] = set()
    for style in _STYLE.finditer(text):
        for rule in _RULE.finditer(style[1]):
            if _HIDING.search(rule[2]) is not None:
                chosen = map(_SELECTOR.fullmatch, rule[1].split(","))
                hidden.update(each[1] for each in chosen if each is not None)
    return frozenset(hidden)


class _Page(HTMLParser):
    """Text as a browser runs it together, and beside it what a browser does not show.

    `shown` has all text; `visible` leaves out what stands in hidden elements, so that a word which hiding cuts in two
    is whole there.
    """

    def __init__(self, hidden: frozenset[str]) -> None:
        """`hidden` is what the page's styles hide: classes with a dot, ids with a #, tags."""
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.visible: list[str] = []
        self.hides = False
        self._hidden = hidden
        self._inside: tuple[str, int] | None = None
        self.scripts: list[str] = []
        self.comments: list[str] = []
        self.attributes: list[str] = []
        self.drawn = 0
        self._silent = 0
        self.ruby: dict[str, list[str]] = {}
        self._ruby = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _RUBY or tag in ("ruby", "rb", *_BLOCKS):
            self._ruby = tag if tag in _RUBY else ""
        if tag in ("script", "style"):
            self._silent += 1
        elif tag in _BLOCKS:
            self._say("\n")
        elif tag in ("td", "th"):
            self._say("\t")
        for name, value in attrs:
            if value and name in _COURSES:
                self.drawn += len(_COUNTED.findall(value))
            elif value and name not in _DRAWING and not (name in _STYLING and value.isascii()):
                self.attributes.append(value)
        if tag in _VOID:
            return
        if self._inside is not None:
            if tag == self._inside[0]:
                self._inside = tag, self._inside[1] + 1
        elif self._is_hidden(tag, dict(attrs)):
            self._inside, self.hides = (tag, 1), True

    def _is_hidden(self, tag: str, attrs: dict[str, str | None]) -> bool:
        if "hidden" in attrs or tag == "template" or _HIDING.search(attrs.get("style") or ""):
            return True
        names = [f".{name}" for name in (attrs.get("class") or "").split()]
        return not self._hidden.isdisjoint([tag, f"#{attrs.get('id')}", *names])

    @override
    def handle_endtag(self, tag: str) -> None:
        if self._inside is not None and tag == self._inside[0]:
            left = self._inside[1] - 1
            self._inside = (tag, left) if left else None
        if tag in _RUBY or tag in ("ruby", *_BLOCKS):
            self._ruby = ""
        if tag in ("script", "style"):
            self._silent = max(self._silent - 1, 0)
        elif tag in _BLOCKS:
            self._say("\n")

    @override
    def handle_data(self, data: str) -> None:
        if self._silent:
            self.scripts.append(data)
        else:
            self._say(data)

    def _say(self, data: str) -> None:
        if self._ruby:
            self.ruby.setdefault(self._ruby, []).append(data)
            return
        self.shown.append(data)
        if self._inside is None:
            self.visible.append(data)

    @override
    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @override
    def unknown_decl(self, data: str) -> None:
        """A marked section: a comment in HTML, text in a drawing within it."""
        self.comments.append(data)


def read_html(text: str, walk: Walk) -> Iterator[Frame]:
    """The text, the attributes and comments, and the scripts of a page."""
    page = _Page(_hidden_by_style(text))
    page.feed(text)
    page.close()
    yield from walk.part("text", "".join(page.shown))
    if page.hides:
        yield from walk.part("visible text", "".join(page.visible))
    for name, said in page.ruby.items():
        yield from walk.part(f"ruby, {name}", "".join(said))
    yield from walk.part("attributes", "\n".join(dict.fromkeys(page.attributes)))
    if page.drawn >= _MUCH_DRAWN:
        yield from walk.gap(Problem.IMAGES_NOT_READ, "drawing")
    yield from walk.part("comments", "\n".join(page.comments), Flag.HIDDEN)
    if page.scripts:
        scripts = "\n".join(page.scripts)
        yield from walk.part("scripts and styles", scripts, Flag.HIDDEN)
        if _NUMBERED.search(scripts):
            yield from walk.part("scripts and styles, resolved", resolved(scripts), Flag.HIDDEN)
        if "<script" in text.lower():
            yield MarkFrame(Mark.SCRIPTS)
