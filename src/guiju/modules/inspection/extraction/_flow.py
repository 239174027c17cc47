"""The running text of word-processing and drawing XML (ECMA-376 parts 1 and 4).

One pass keeps three texts apart: what is shown; the paragraphs that hide something, in full; and
the paragraphs that had something deleted, in full. So a word that hiding or deleting cuts in two is
whole in one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from guiju.modules.inspection.extraction._walk import Frame, Walk
from guiju.modules.inspection.extraction._xml import attribute, local
from guiju.modules.inspection.extraction.types import Flag

_TEXT = frozenset({"t", "delText", "text", "v"})
_FIELD = frozenset({"instrText", "delInstrText"})
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_BLOCKS = frozenset({"p", "pt", "si", "comment", "threadedComment", "cm"})
_DELETED = frozenset({"del", "moveFrom"})
_HIDING = frozenset({"vanish", "specVanish", "webHidden"})
# How a run, a paragraph or a table looks.
_SILENT = frozenset(
    {"rPr", "pPr", "tblPr", "tblGrid", "trPr", "tcPr", "spPr", "bodyPr", "lstStyle", "endParaRPr"}
)
# Content that stands beside the text, each with the name of its part.
_ASIDE = {"txbxContent": "text box", "Fallback": "older form"}
# How characters are read, between them in the file and above them on the page.
_RUBY = "rt"
# Elements whose attributes are read by people, though they are no text.
_SPOKEN = {
    "docPr": ("descr", "title"), "cNvPr": ("descr", "title"), "lvlText": ("val",), "alias": ("val",), "tag": ("val",),
    "listItem": ("displayText", "value"), "default": ("val",), "helpText": ("val",), "statusText": ("val",),
    "hyperlink": ("tooltip",), "hlinkClick": ("tooltip",), "textpath": ("string",), "shape": ("alt",), "comment": ("author",),
    "bookmarkStart": ("name",),
}  # fmt: skip


@dataclass(slots=True)
class _Text:
    """A text that grows paragraph by paragraph."""

    name: str
    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    hides: bool = False
    deletes: bool = False

    def add(self, text: str, *, hidden: bool, deleted: bool) -> None:
        self.paragraph.append(text)
        if hidden or deleted:
            self.hides |= hidden
            self.deletes |= deleted
        else:
            self.shown.append(text)

    def end(self) -> None:
        """The paragraph is complete."""
        whole = "".join(self.paragraph)
        if self.hides:
            self.hidden.append(whole)
        if self.deletes:
            self.deleted.append(whole)
        self.paragraph.clear()
        self.hides = self.deletes = False
        self.shown.append("\n")

    def frames(self, walk: Walk, *flags: Flag) -> Iterator[Frame]:
        if self.paragraph:
            self.end()
        yield from walk.part(self.name, "".join(self.shown).strip("\n"), *flags)
        yield from walk.part(f"{self.name}, hidden text", "\n".join(self.hidden), Flag.HIDDEN)
        yield from walk.part(f"{self.name}, deleted text", "\n".join(self.deleted), Flag.DELETED)


# What is being read: the children that are left, the text that they go to, whether they are hidden,
# whether they are deleted, and whether a paragraph ends with them.
_Level = tuple[Iterator[Element], _Text, bool, bool, bool]


def flow(root: Element, name: str, walk: Walk, *flags: Flag) -> Iterator[Frame]:
    """The parts of a root element whose text runs in paragraphs."""
    main = _Text(name)
    aside: list[_Text] = []
    spoken: list[str] = []
    fields = _Text(f"{name}, fields")
    ruby = _Text(f"{name}, ruby")
    names: dict[str, str] = {}
    stack: list[_Level] = [(iter((root,)), main, False, False, False)]
    while stack:
        children, text, hidden, deleted, is_block = stack[-1]
        for element in children:
            tag = names.get(element.tag) or names.setdefault(element.tag, local(element))
            if tag in _TEXT:
                if element.text:
                    text.add(element.text, hidden=hidden, deleted=deleted)
            elif tag in _SIGNS:
                text.add(_SIGNS[tag], hidden=hidden, deleted=deleted)
            elif tag in _FIELD:
                fields.add(element.text or "", hidden=False, deleted=False)
            elif tag == "fldSimple":
                fields.add(attribute(element, "instr") or "", hidden=False, deleted=False)
            elif tag in _SILENT:
                continue
            if tag in _SPOKEN:
                spoken.extend(filter(None, (attribute(element, key) for key in _SPOKEN[tag])))
            if len(element):
                if tag == _RUBY:
                    text = ruby
                elif tag in _ASIDE:
                    text = _Text(f"{name}, {_ASIDE[tag]} {len(aside) + 1}")
                    aside.append(text)
                hides = hidden or (tag == "r" and _is_hidden(element))
                level = (iter(element), text, hides, deleted or tag in _DELETED, tag in _BLOCKS)
                stack.append(level)
                break
            if tag in _BLOCKS:
                text.end()
        else:
            stack.pop()
            if is_block:
                text.end()
    yield from main.frames(walk, *flags)
    for each in _distinct(aside):
        yield from each.frames(walk, *flags)
    yield from fields.frames(walk)
    yield from ruby.frames(walk)
    yield from walk.part(f"{name}, descriptions", "\n".join(dict.fromkeys(spoken)))


def _distinct(texts: list[_Text]) -> list[_Text]:
    """A text box stands twice in a document, for newer and for older programs: once is enough."""
    seen: set[str] = set()
    found = []
    for text in texts:
        if text.paragraph:
            text.end()
        whole = "".join((*text.shown, "\0", *text.hidden, "\0", *text.deleted)).strip("\n")
        if whole not in seen:
            seen.add(whole)
            found.append(text)
    return found


def _is_hidden(run: Element) -> bool:
    """The properties of a run are its first child."""
    first = run[0]
    return first.tag.endswith("}rPr") and any(
        local(mark) in _HIDING and attribute(mark, "val") not in ("0", "false", "off")
        for mark in first
    )
