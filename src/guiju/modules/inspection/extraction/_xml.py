"""XML without its dangers: no entities, no outside files, and depth that costs no stack."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

# Attributes in which people write; all others name styles, sizes and places.
SPOKEN = frozenset(
    {
        "alt", "author", "caption", "descr", "display", "displayName", "displayText", "error", "errorTitle", "formatCode",
        "initials", "name", "prompt", "promptTitle", "string", "title", "tooltip", "userName",
    }
)  # fmt: skip


class UnsafeXmlError(ValueError):
    """The document declares a type or entities, which none of our formats needs."""


class _RootFoundError(Exception):
    """Ends the look at the beginning."""


def root_of(data: bytes) -> str:
    """The local name of the root element.

    Raises `UnsafeXmlError` for a document type, in whatever encoding it stands; ValueError for
    what is no XML.
    """
    found: list[str] = []

    def begin(name: str, attributes: Any) -> None:
        found.append(name.rpartition("}")[2])
        raise _RootFoundError

    def declare(*about: Any) -> None:
        raise UnsafeXmlError

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = declare
    try:
        for place in range(0, len(data), 4096):
            parser.Parse(data[place : place + 4096])
    except _RootFoundError:
        return found[0]
    except expat.ExpatError as reason:
        raise ValueError("not XML") from reason
    raise ValueError("no root element")


def parse(data: bytes) -> ET.Element:
    """The tree. Raises ValueError and `UnsafeXmlError`."""
    root_of(data)
    try:
        return ET.fromstring(data)  # noqa: S314  # root_of refused what makes XML dangerous
    except ET.ParseError as reason:
        raise ValueError("broken XML") from reason


def local(element: ET.Element) -> str:
    """The name without its namespace: transitional and strict documents differ in nothing else."""
    return element.tag.rpartition("}")[2]


def attribute(element: ET.Element, name: str) -> str | None:
    """The attribute of this local name, in whatever namespace."""
    found = element.get(name)
    if found is not None:
        return found
    for key, value in element.items():
        if key.endswith("}" + name):
            return value
    return None


def texts(root: ET.Element) -> Iterator[str]:
    """Every text below the root, and the attributes in which people write."""
    for element in root.iter():
        if element.text and not element.text.isspace():
            yield element.text
        for key, value in element.items():
            if key.rpartition("}")[2] in SPOKEN:
                yield value
        if element.tail and not element.tail.isspace():
            yield element.tail


def harvest(root: ET.Element) -> str:
    """All of `texts`, one a line."""
    return "\n".join(texts(root))
