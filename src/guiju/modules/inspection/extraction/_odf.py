"""OpenDocument (OASIS ODF 1.3): text, tables, notes, comments, changes, headers, properties."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from guiju.modules.inspection.extraction._pictures_within import unquoted
from guiju.modules.inspection.extraction._walk import (
    EncryptedError,
    Frame,
    MarkFrame,
    Walk,
    attempt,
)
from guiju.modules.inspection.extraction._xml import SPOKEN, attribute, harvest, local, parse
from guiju.modules.inspection.extraction._zip import entries, is_folder, unpack
from guiju.modules.inspection.extraction.types import Flag, Mark

_READ = {"content.xml": "body", "styles.xml": "headers and footers"}
_BREAKS = frozenset({"p", "h", "line-break", "table-row", "title", "desc"})
_ASIDE = {
    "annotation": "comments",
    "deletion": "deleted text",
    "note": "notes",
    "hidden-text": "hidden text",
    "ruby-text": "ruby",
}
_FLAGS = {"deleted text": (Flag.DELETED,), "hidden text": (Flag.HIDDEN,)}
_SILENT = frozenset({"META-INF/manifest.xml", "manifest.rdf", "settings.xml", "mimetype"})
# The small picture of the first page, which nothing shows unless the document refers to it.
_THUMBNAIL = "Thumbnails/thumbnail.png"
_HIDDEN_VALUES = frozenset({"string-value", "text", "condition", "formula", "table-name"})


def read_odf(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The parts of an odt, ods or odp; pictures and embedded files are followed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = entries(archive, walk)
        names = {entry.filename for entry in found}
        if "META-INF/manifest.xml" in names:
            manifest = unpack(archive, archive.getinfo("META-INF/manifest.xml"), walk)
            if b"encryption-data" in manifest:
                raise EncryptedError
        referred: list[str] = []
        # The thumbnail last: by then it is known whether the document refers to it.
        for entry in sorted(found, key=lambda each: each.filename == _THUMBNAIL):
            name = entry.filename
            if is_folder(entry) or name in _SILENT:
                continue
            if name == _THUMBNAIL and not any(b"humbnail" in unquoted(each) for each in referred):
                continue
            if name.startswith(("Basic/", "Scripts/")):
                yield MarkFrame(Mark.MACROS)
            content = unpack(archive, entry, walk)
            short = name.rpartition("/")[2]
            if short in _READ:
                label = _READ[short] if short == name else f"{name}"
                root = parse(content)
                links = {each for element in root.iter() if (each := attribute(element, "href"))}
                referred += links
                yield from attempt(_text(root, label, walk), walk, name)
                outside = sorted(each for each in links if ":" in each or each.startswith("//"))
                yield from walk.part(f"{label}, links", "\n".join(outside))
            elif name == "meta.xml":
                yield from walk.part("properties", harvest(parse(content)))
            elif content:
                yield from walk.inside(name, content)


def _text(root: Element, label: str, walk: Walk) -> Iterator[Frame]:
    """Text in mixed content: what stands in an element, between its children, and behind it."""
    texts: dict[str, list[str]] = {label: []}
    attributes: list[str] = []
    stack: list[tuple[Element | str, str]] = [(root, label)]
    while stack:
        element, into = stack.pop()
        if isinstance(element, str):
            texts[into].append(element)
            continue
        tag = local(element)
        inner = _ASIDE.get(tag, into)
        own = texts.setdefault(inner, [])
        attributes.extend(
            value
            for key, value in element.items()
            if key.rpartition("}")[2] in SPOKEN | _HIDDEN_VALUES
        )
        if tag in ("s", "tab", "table-cell"):
            own.append("\t" if tag != "s" else " ")
        if element.text:
            own.append(element.text)
        if tag in _BREAKS or (inner != into and tag != "ruby-text"):
            stack.append(("\n", inner))
        for child in reversed(element):
            if child.tail:
                stack.append((child.tail, inner))
            stack.append((child, inner))
    for name, found in texts.items():
        title = name if name == label else f"{label}, {name}"
        yield from walk.part(title, "".join(found).strip(), *_FLAGS.get(name, ()))
    yield from walk.part(
        f"{label}, descriptions", "\n".join(dict.fromkeys(attributes)), Flag.HIDDEN
    )
