"""The approval flows of a pack."""

from typing import Any

from guiju.modules.policy._document import Document, meant
from guiju.modules.policy.types import Flow, FlowStep, Vocabulary

_MODES = ("any", "all")
_TIMEOUTS = ("remind", "escalate", "expire")
_APPROVERS = ("person", "post", "role", "head_of_unit", "level_above")
_FLOW_KEYS = ("title", "clause", "steps")
_STEP_KEYS = ("name", "mode", "approvers", "deadline", "remind", "on_timeout")


def read_flows(document: Document, known: Vocabulary) -> dict[str, Flow]:
    """The flows by kind; what is wrong with them is noted in the document."""
    flows = document.content.get("flows", {})
    if not isinstance(flows, dict):
        document.problem("flows", "`flows` must be a mapping")
        return {}
    found = {}
    for kind, item in flows.items():
        path = f"flows.{kind}"
        if kind not in known.flows:
            document.problem(path, f"unknown flow `{kind}`" + meant(kind, known.flows))
        if isinstance(item, dict):
            document.keys(item, _FLOW_KEYS, path)
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("steps"), list)
            or not item["steps"]
        ):
            document.problem(path, "a flow needs `steps`")
            continue
        clause = item.get("clause")
        if clause is not None and not isinstance(clause, str):
            document.problem(f"{path}.clause", "`clause` is the id of a clause, in quotes")
            clause = None
        steps = tuple(
            _step(document, known, step, f"{path}.steps[{index}]")
            for index, step in enumerate(item["steps"])
        )
        found[kind] = Flow(kind, document.text(item, "title", path), clause, steps)
    return found


def _step(document: Document, known: Vocabulary, item: Any, path: str) -> FlowStep:
    if not isinstance(item, dict):
        document.problem(path, "a step is a mapping")
        return FlowStep({}, "any", (), None, None, "remind")
    document.keys(item, _STEP_KEYS, path)
    mode, timeout = item.get("mode", "any"), item.get("on_timeout", "remind")
    if mode not in _MODES:
        document.problem(f"{path}.mode", f"`mode` is one of {', '.join(_MODES)}")
    if timeout not in _TIMEOUTS:
        document.problem(f"{path}.on_timeout", f"`on_timeout` is one of {', '.join(_TIMEOUTS)}")
    approvers = item.get("approvers")
    if not isinstance(approvers, list) or not approvers:
        document.problem(f"{path}.approvers", "a step needs `approvers`")
        approvers = []
    for index, rule in enumerate(approvers):
        reason = _wrong_approver(rule, known)
        if reason is not None:
            document.problem(f"{path}.approvers[{index}]", reason)
    return FlowStep(
        document.text(item, "name", path),
        str(mode),
        tuple(rule for rule in approvers if isinstance(rule, dict)),
        _hours(document, item, "deadline", "working_hours", path),
        _hours(document, item, "remind", "working_hours_before", path),
        str(timeout),
    )


def _hours(document: Document, item: dict[str, Any], key: str, inner: str, path: str) -> int | None:
    value = item.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        document.problem(f"{path}.{key}", f"`{key}` needs `{inner}`, 1 to 2000")
        return None
    document.keys(value, (inner,), f"{path}.{key}")
    hours = value.get(inner)
    if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 2000:
        document.problem(f"{path}.{key}", f"`{key}` needs `{inner}`, 1 to 2000")
        return None
    return hours


def _wrong_approver(rule: Any, known: Vocabulary) -> str | None:
    """Why a rule names nobody; None when it can."""
    kinds = f"an approver is one of {', '.join(_APPROVERS)}"
    if not isinstance(rule, dict) or len(rule) != 1:
        return kinds
    ((name, value),) = rule.items()
    if name not in _APPROVERS:
        return kinds + meant(name, _APPROVERS)
    if name == "role" and not (isinstance(value, str) and value in known.roles):
        return f"unknown role `{value}`" + meant(str(value), known.roles)
    if name == "level_above":
        good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 20
    elif name == "head_of_unit":
        good = value == "applicant"
    else:
        good = isinstance(value, str) and 0 < len(value) <= 64
    return None if good else f"{kinds}, and this is no {name}"
