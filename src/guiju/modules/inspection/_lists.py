"""Reading a list of terms as an organisation has it: text, CSV, JSON lines or YAML, in UTF-8, UTF-16, GB18030 or Big5.

Nothing of a file is taken on trust: its size is bounded before it is read, YAML before it is built, and a term that no
rule set could take is counted and left out.
"""

import csv
import io
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import yaml

from guiju.modules.inspection._fold import fold, is_unicode, strip
from guiju.modules.inspection._lexicon import MAX_TERM, MAX_TERMS, MIN_TERM, PARTING
from guiju.modules.inspection.governed import BadListError, ListReport
from guiju.modules.inspection.types import TooManyTermsError

FORMATS = ("txt", "csv", "jsonl", "yaml")
# Encoding, its core set, and the lead bytes of the characters in everyday use (GB 2312 level 1, Big5 level 1).
_EVERYDAY = (("gb18030", "gb2312", 0xB0, 0xD7), ("big5", "big5", 0xA4, 0xC6))
_COLUMNS = ("term", "word", "词", "词语", "敏感词", "關鍵字", "关键词")
_MOST_SAMPLES = 20
_MOST_COMMON = 100
_DEEPEST = 4
# What YAML may say beside terms: names of fields, a title, and terms that stand twice.
_MOST_BESIDE = 10_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Line = tuple[int, str]
"""The line of a term in its file, from 1, and the term."""


def read_list(name: str, content: bytes) -> ListReport:
    """The terms of a file; `name` tells its format. Raises `BadListError` and `TooManyTermsError`."""
    text = _decoded(content)
    form = name.rpartition(".")[2].lower()
    form = {"yml": "yaml", "json": "jsonl", "ndjson": "jsonl", "tsv": "csv"}.get(form, form)
    readers = {"txt": _lines, "csv": _rows, "jsonl": _objects, "yaml": _nodes}
    if form not in readers:
        raise BadListError("The file is txt, csv, jsonl or yaml.", reason="format")
    return _report(readers[form](text))


def _decoded(content: bytes) -> str:
    """The text; of several encodings that would do, the one in which most characters are everyday ones."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = [text for text in [_try(content, "utf-16")] if text is not None]
    else:
        found = [text for text in [_try(content, "utf-8-sig")] if text is not None]
        if not found:
            read = [(_try(content, each[0]), each) for each in _EVERYDAY]
            scored = [(_everyday_share(text, *each[1:]), text) for text, each in read if text]
            found = [max(scored)[1]] if scored else []
    if not found or "\0" in found[0]:
        raise BadListError(
            "The file is not text in UTF-8, UTF-16, GB18030 or Big5.", reason="encoding"
        )
    return found[0]


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _everyday_share(text: str, core: str, low: int, high: int) -> float:
    """Which share of the characters outside ASCII stands in the part of `core` that holds everyday ones."""
    sample = [char for char in text[:20_000] if not char.isascii()]
    lead = (char.encode(core, "ignore")[:1] for char in sample)
    return sum(bool(byte) and low <= byte[0] <= high for byte in lead) / max(1, len(sample))


def _report(found: Iterator[Line]) -> ListReport:
    terms: dict[str, None] = {}
    duplicates = unusable = 0
    samples: list[Line] = []
    for line, raw in found:
        term = raw.strip()
        if not term:
            continue
        if not is_unicode(term) or PARTING in term or not MIN_TERM <= len(strip(term)) <= MAX_TERM:
            unusable += 1
            if len(samples) < _MOST_SAMPLES:
                samples.append((line, term[:40].encode("utf-8", "replace").decode()))
        elif term in terms:
            duplicates += 1
        else:
            terms[term] = None
            if len(terms) > MAX_TERMS:
                raise _too_many()
    if not terms:
        raise BadListError("The file holds no term of 2 to 64 characters.", reason="empty")
    common = tuple(term for term in terms if fold(term) in _everyday_words())[:_MOST_COMMON]
    return ListReport(tuple(terms), duplicates, unusable, tuple(samples), common)


def _too_many() -> TooManyTermsError:
    return TooManyTermsError(
        f"A list has at most {MAX_TERMS} terms; this one has more.", limit=MAX_TERMS
    )


@cache
def _everyday_words() -> frozenset[str]:
    """Words that nearly every chat holds: a rule on one of them would stop everybody."""
    text = resources.files("guiju.modules.inspection").joinpath("everyday_words.txt")
    lines = text.read_text("utf-8").splitlines()
    return frozenset(
        fold(word) for line in lines if not line.startswith("#") for word in line.split()
    )


def _lines(text: str) -> Iterator[Line]:
    """A term a line; a line that begins with `#` is a comment."""
    # Lines may end as on any system; to split a large file at once would keep other threads waiting.
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if not line.startswith("#"):
            yield number, line


def _rows(text: str) -> Iterator[Line]:
    """The column named `term`, or the first."""
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    column = 0
    try:
        for number, row in enumerate(reader, 1):
            heads = [cell.strip().lower() for cell in row]
            named = [heads.index(name) for name in _COLUMNS if name in heads]
            if number == 1 and named:
                column = named[0]
            elif len(row) > column:
                yield number, row[column]
    except csv.Error as error:
        raise BadListError("The file is not CSV.", reason=str(error)[:200]) from error


def _objects(text: str) -> Iterator[Line]:
    """`"term"` or `{"term": …}` a line."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadListError(f"Line {number} is not JSON.", reason="json", line=number) from error
        term = value.get("term", value.get("word")) if isinstance(value, dict) else value
        if not isinstance(term, str):
            raise BadListError(f"Line {number} holds no term.", reason="json", line=number)
        yield number, term


def _nodes(text: str) -> Iterator[Line]:
    """A list of terms, or a mapping with `terms`."""
    try:
        _check_yaml(text)
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadListError("The file is not YAML.", reason=str(error)[:200]) from error
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == "terms"), None)
    if not isinstance(node, yaml.SequenceNode):
        raise BadListError("The file has no list of terms.", reason="yaml")
    for item in node.value:
        line = item.start_mark.line + 1
        if not isinstance(item, yaml.ScalarNode):
            raise BadListError(f"Line {line} holds no term.", reason="yaml", line=line)
        yield line, item.value


def _check_yaml(text: str) -> None:
    """ValueError for depth and aliases, TooManyTermsError for what cannot but hold too much.

    Composing recurses in C, an alias can stand for a million nodes, and no other thread runs while they are built.
    """
    depth = scalars = 0
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases are not allowed")  # noqa: TRY004  # of the file, not of an argument
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        scalars += isinstance(event, yaml.ScalarEvent)
        if scalars > MAX_TERMS + _MOST_BESIDE:
            raise _too_many()
