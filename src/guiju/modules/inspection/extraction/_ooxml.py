"""Office Open XML (ECMA-376): every part of the package, whatever it is called and refers to.

A part is read by its root element, not by its place: what no relationship names is read as well.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from guiju.modules.inspection.extraction._cells import Book, Cells, cells, string_table, styles
from guiju.modules.inspection.extraction._flow import flow
from guiju.modules.inspection.extraction._ole import kind_of_ole
from guiju.modules.inspection.extraction._pictures_within import unquoted
from guiju.modules.inspection.extraction._quick_cells import quick_cells, quick_sheet
from guiju.modules.inspection.extraction._signatures import identify
from guiju.modules.inspection.extraction._walk import Frame, MarkFrame, Walk, attempt
from guiju.modules.inspection.extraction._workbook import read_workbook, strings_of
from guiju.modules.inspection.extraction._xml import attribute, harvest, local, parse, root_of
from guiju.modules.inspection.extraction._zip import entries, is_folder, unpack
from guiju.modules.inspection.extraction.types import Flag, Mark

_XML = (".xml", ".rels", ".vml")
# Roots whose text runs in paragraphs, each with the name of its part.
_FLOWS = {
    "document": "body", "hdr": "header", "ftr": "footer", "comments": "comment", "footnotes": "footnote",
    "endnotes": "endnote", "glossaryDocument": "building block", "sld": "slide", "notes": "notes", "sldMaster": "master",
    "sldLayout": "layout", "notesMaster": "notes master", "handoutMaster": "handout master", "cmLst": "comment",
    "ThreadedComments": "threaded comment", "chartSpace": "chart", "wsDr": "drawing", "numbering": "numbering",
    "xml": "drawing", "dataModel": "diagram", "drawing": "diagram",
}  # fmt: skip
# Before the sheets, which refer to them.
_FIRST = {"workbook": 0, "sst": 1, "styleSheet": 2, "document": 3, "presentation": 3}
_NUMBER = re.compile(r"(\d*)\.\w+$")
# Names of colours, fonts and styles that programs write; no person does.
_SILENT = frozenset(
    {"theme", "fonts", "webSettings", "tblStyleLst", "viewPr", "Types", "calcChain"}
)
# Settings of a printer, a small picture of the first page, embedded fonts: what is related as nothing else.
_UNSEEN = frozenset({"printerSettings", "thumbnail", "font"})
_UNSEEN_KINDS = frozenset({"unknown", "font", "png", "jpeg", "gif", "bmp", "emf", "wmf"})
_WRITTEN = re.compile(rb">[^<]*[^<\s]")
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|K\d\d[+-]\d{3}|\d+|.)', re.IGNORECASE)
_HEADER_SIGNS = {"&L": "\n", "&C": "\n", "&R": "\n", "&&": "&"}
# Values that programs keep beside what they show: what a pivot table was made from, variables of a document.
_KEPT = {
    "pivotCacheRecords": ("v",), "pivotCacheDefinition": ("v", "name"), "settings": ("val", "name"),
}  # fmt: skip
_VALUES = frozenset({"s", "n", "d", "e", "docVar"})
_MACROS = ("vbaproject.bin", "vbadata.xml")


@dataclass(slots=True)
class _Sheet:
    name: str
    is_hidden: bool


@dataclass(slots=True)
class _Package:
    """What the parts of one package tell about each other."""

    book: Book = field(default_factory=Book)
    sheets: dict[str, _Sheet] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)


def read_ooxml(data: bytes, walk: Walk, *, is_binary: bool = False) -> Iterator[Frame]:
    """The parts of a docx, xlsx or pptx; pictures and embedded files are followed. `is_binary`: of an xlsb."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found: list[tuple[int, str, bytes, str]] = []
        others: list[zipfile.ZipInfo] = []
        for entry in entries(archive, walk):
            if entry.filename.lower().endswith(_XML):
                content = unpack(archive, entry, walk)
                root = root_of(content) if content else ""
                found.append((_FIRST.get(root, 9), entry.filename, content, root))
            else:
                others.append(entry)
        package = _Package(targets=_targets(found))
        unseen = _unseen(found)
        for _, name, content, root in sorted(found, key=lambda each: (each[0], _order(each[1]))):
            yield from attempt(_part(name, content, root, package, walk), walk, name)
        for entry in others:
            name = entry.filename.rpartition("/")[2]
            if name.lower() in _MACROS:
                yield MarkFrame(Mark.MACROS)
            if not is_folder(entry):
                is_unseen = entry.filename.lower() in unseen
                inner = _member(
                    archive, entry, name, walk, is_unseen=is_unseen, is_binary=is_binary
                )
                yield from attempt(inner, walk, name)
        unused = "\n".join(package.book.unused())
        yield from walk.part("strings of no cell", unused, Flag.DELETED)


def _member(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    name: str,
    walk: Walk,
    *,
    is_unseen: bool,
    is_binary: bool,
) -> Iterator[Frame]:
    content = unpack(archive, entry, walk)
    kind = identify(content)
    if is_binary and kind == "unknown" and name.lower().endswith(".bin"):
        found = "\n".join(strings_of(content))
        yield from walk.part(f"{name}, strings", found, Flag.HIDDEN)
        return
    is_macro = name.lower() in _MACROS and kind == "ole" and kind_of_ole(content) == "ole"
    if not is_macro and not (is_unseen and kind in _UNSEEN_KINDS):
        yield from walk.inside(name, content)


def read_xlsb(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The cells, then all strings of the parts that are not XML, and all that is as in an xlsx."""
    yield from attempt(read_workbook(data, walk), walk)
    yield from read_ooxml(data, walk, is_binary=True)


def _unseen(found: list[tuple[int, str, bytes, str]]) -> set[str]:
    """The names of parts, in small letters, that are related as something which nobody sees and as nothing else."""
    uses: dict[str, set[str]] = {}
    for _, name, content, root in found:
        if root == "Relationships":
            folder = posixpath.dirname(posixpath.dirname(name))
            for each in parse(content):
                target = posixpath.join(
                    "/", folder, unquoted(each.get("Target", "")).decode("utf-8", "replace")
                )
                use = each.get("Type", "").rpartition("/")[2]
                uses.setdefault(posixpath.normpath(target)[1:].lower(), set()).add(use)
    return {name for name, its in uses.items() if its <= _UNSEEN}


def _order(name: str) -> tuple[str, int]:
    number = _NUMBER.search(name)
    return name[: number.start()] if number else name, int((number and number[1]) or 0)


def _targets(found: list[tuple[int, str, bytes, str]]) -> dict[str, str]:
    """Relationship of the workbook → file name of the sheet."""
    for _, name, content, _ in found:
        if name.endswith("workbook.xml.rels"):
            return {
                each.get("Id", ""): each.get("Target", "").rpartition("/")[2]
                for each in parse(content)
            }
    return {}


def _part(name: str, content: bytes, root: str, package: _Package, walk: Walk) -> Iterator[Frame]:
    if not content or (root in _SILENT and _WRITTEN.search(content) is None):
        return
    if root == "worksheet":
        yield from _worksheet(name.rpartition("/")[2], content, package, walk)
        return
    tree = parse(content)
    number = _NUMBER.search(name)
    suffix = f" {number[1]}" if number and number[1] else ""
    if root == "Relationships":
        yield from walk.part("links", "\n".join(_outside(tree)))
    elif root == "workbook":
        yield from _workbook(tree, package, walk)
    elif root == "sst":
        strings = string_table(tree)
        if package.book.shared:
            # Which of two tables the cells refer to, programs do not agree on.
            both = dict.fromkeys((*package.book.shared, *strings))
            yield from walk.part("strings of cells", "\n".join(both))
        package.book.shared = strings
        readings = (harvest(each) for each in tree.iter() if local(each) == "rPh")
        yield from walk.part("readings of cells", "\n".join(readings))
    elif root == "styleSheet":
        package.book.shows, words = styles(tree)
        yield from walk.part("number formats", words)
    elif root in ("coreProperties", "Properties"):
        yield from walk.part("properties", harvest(tree))
    elif root in _FLOWS:
        hidden = (Flag.HIDDEN,) if root == "sld" and tree.get("show") in ("0", "false") else ()
        yield from flow(tree, f"{_FLOWS[root]}{suffix}", walk, *hidden)
    else:
        yield from walk.part(name, harvest(tree))
    if root in _KEPT:
        kept = (
            attribute(each, key)
            for each in tree.iter()
            if local(each) in _VALUES
            for key in _KEPT[root]
        )
        yield from walk.part(
            f"{name}, values", "\n".join(dict.fromkeys(filter(None, kept))), Flag.HIDDEN
        )


def _outside(relationships: Element) -> Iterator[str]:
    for each in relationships:
        if each.get("TargetMode") == "External":
            yield each.get("Target", "")


def _workbook(tree: Element, package: _Package, walk: Walk) -> Iterator[Frame]:
    names: list[str] = []
    defined: list[str] = []
    for element in tree.iter():
        if local(element) == "sheet":
            sheet = _Sheet(element.get("name", ""), element.get("state", "visible") != "visible")
            target = package.targets.get(attribute(element, "id") or "")
            names.append(sheet.name)
            if target:
                package.sheets[target] = sheet
        elif local(element) == "definedName":
            defined.append(f"{element.get('name', '')} {element.text or ''}")
            defined.append(element.get("comment", ""))
    yield from walk.part("sheet names", "\n".join(names))
    yield from walk.part("defined names", "\n".join(defined))


def _uncoded(text: str) -> str:
    """A header without the codes for fonts and fields, which may stand within a word (18.3.1.46)."""
    return _HEADER_CODE.sub(lambda found: _HEADER_SIGNS.get(found[0].upper(), ""), text)


def _worksheet(name: str, content: bytes, package: _Package, walk: Walk) -> Iterator[Frame]:
    sheet = package.sheets.get(name, _Sheet(name, is_hidden=False))
    label = f"hidden sheet {sheet.name}" if sheet.is_hidden else f"sheet {sheet.name}"
    flags = (Flag.HIDDEN,) if sheet.is_hidden else ()
    tree, found = _sheet(content, package.book)
    yield from walk.part(label, found.shown, *flags)
    yield from walk.part(f"{label}, hidden cells", found.hidden, Flag.HIDDEN)
    yield from walk.part(f"{label}, stored numbers", found.stored, *flags)
    yield from walk.part(f"{label}, formulas", found.formulas, *flags)
    rest: list[str] = []
    for section in tree:
        if local(section) == "headerFooter":
            spoken = _uncoded(harvest(section))
            yield from walk.part(f"{label}, header and footer", spoken, *flags)
        elif local(section) != "sheetData":
            rest.append(harvest(section))
    yield from walk.part(f"{label}, notes of cells", "\n".join(filter(None, rest)), *flags)


def _sheet(content: bytes, book: Book) -> tuple[Element, Cells]:
    """What stands around the cells, and the cells."""
    quick = quick_sheet(content)
    if quick is not None:
        tree = parse(quick.rest)
        found = quick_cells(quick.rows, book, _hidden_columns(tree))
        if found is not None:
            return tree, found
    tree = parse(content)
    spans = _hidden_columns(tree)
    data = next((section for section in tree if local(section) == "sheetData"), None)
    return tree, Cells() if data is None else cells(data, book, spans)


def _hidden_columns(tree: Element) -> list[tuple[int, int]]:
    return [
        (int(col.get("min", "0")), int(col.get("max", "0")))
        for section in tree
        if local(section) == "cols"
        for col in section
        if col.get("hidden") in ("1", "true")
    ]
