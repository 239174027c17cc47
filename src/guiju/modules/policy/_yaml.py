"""Reading YAML that strangers wrote: bounded work, a line for every path, and nothing that is easily misread."""

from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from guiju.modules.policy.types import BadPackError, Problem

MAXIMUM_BYTES = 1_000_000
MAXIMUM_DEPTH = 20
MAXIMUM_NUMBER = 2**53
_TEXT = "tag:yaml.org,2002:str"
# The same grammar in C, where PyYAML was built with it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> tuple[Any, dict[str, int]]:
    """The document and the line (from 1) of each path.

    Raises BadPackError for what is no YAML, too large, nested too deeply, tagged, or names one thing twice: a repeated
    key would silently win over the first, an alias can stand for a thousand million nodes, and a tag makes another
    thing of a value than what it looks like.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        raise refused([Problem(1, "", f"larger than {MAXIMUM_BYTES} bytes")])
    try:
        _check_structure(text)
        node = yaml.compose(text, Loader=_LOADER)
        if node is None:
            return None, {}
        lines: dict[str, int] = {}
        _collect_lines(node, "", lines)
        return SafeConstructor().construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refused([Problem(mark.line + 1 if mark else 1, "", str(error.problem))]) from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise refused([Problem(1, "", str(error)[:200])]) from error


def _check_structure(text: str) -> None:
    """Refuse what would be costly, before it is composed: in C that recurses, and unchecked depth ends the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.AliasEvent):
            raise refused([Problem(line, "", "aliases are not allowed")])
        if getattr(event, "tag", None) is not None:
            raise refused([Problem(line, "", "tags are not allowed")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAXIMUM_DEPTH:
            raise refused([Problem(line, "", "nested too deeply")])


def _collect_lines(node: yaml.Node, path: str, lines: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
                raise refused([Problem(line, path, "a key must be a text")])
            inner = f"{path}.{key.value}" if path else str(key.value)
            if inner in keys:
                raise refused([Problem(line, inner, "stands here twice")])
            keys.add(inner)
            lines[inner] = line
            _collect_lines(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[f"{path}[{index}]"] = item.start_mark.line + 1
            _collect_lines(item, f"{path}[{index}]", lines)
    else:
        reason = _misread(node)
        if reason is not None:
            raise refused([Problem(node.start_mark.line + 1, path, reason)])


def _misread(node: yaml.Node) -> str | None:
    """Why a single value cannot stand in a pack; None when it can."""
    try:
        if node.tag == _TEXT:
            node.value.encode()
            return None
        value = SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return str(getattr(error, "problem", None) or error)[:200]
    if isinstance(value, int | float) and not abs(value) <= MAXIMUM_NUMBER:  # nor is .nan
        return "the number is too large"
    return None


def refused(problems: list[Problem]) -> BadPackError:
    """The error that shows these problems."""
    shown: list[Any] = [{"line": p.line, "path": p.path, "reason": p.reason} for p in problems]
    return BadPackError(f"The pack has {len(problems)} problem(s).", problems=shown)
