"""Texts beside messages: names, purposes, rules, reasons, opinions. The lane has each fact's texts inspected here before
it records them, so that no verb can forget to.

Nobody reviews such a text: what would be held is refused like what is blocked, with the clause. What asks for a mask is
masked, and the entry names the controls that asked; what only warns or alerts passes, and so does what only a risk
score would hold: it is a reason to look, and never to refuse.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import schema_of
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.groups import service as groups
from guiju.modules.inspection.service import RISK_RULE
from guiju.modules.inspection.types import NOWHERE, Context, Disposition, TextRefusedError
from guiju.modules.messaging.deciding import context_of, exempt_of
from guiju.modules.messaging.inspecting import Inspector, deciding_use
from guiju.modules.policy import service as policy


class TextGuard:
    """Inspects what facts declare as `inspected`."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def __call__(self, tx: WriteTx, permit: Permit, fact: Any) -> tuple[Permit, Any]:
        """The fact, perhaps with masked texts, and then a permit that names what masked. Raises TextRefusedError."""
        person, pack = permit.actor.person, policy.find_pack(tx)
        if (
            person is None or pack is None
        ):  # the system's own words, or an organisation without rules yet
            return permit, fact
        schema, changed, masked_by = schema_of(fact), {}, list[str]()
        for name in schema.inspected:

            def inspect(text: str, name: str = name) -> str:
                shown, uses = self._inspected(tx, person, fact, name, text)
                if shown != text:
                    masked_by.extend(uses)
                return shown

            value = getattr(fact, name)
            shown = _each_text(value, inspect)
            if shown != value:
                changed[name] = shown
        return permit.under(*masked_by), replace(fact, **changed) if changed else fact

    def _inspected(
        self, tx: ReadTx, person: PersonId, fact: Any, name: str, text: str
    ) -> tuple[str, tuple[str, ...]]:
        """The text as it may stand, and the control uses that masked it."""
        ruleset = self._inspector.in_force(tx)
        found = ruleset.inspect(text)
        if not found.hits:
            return text, ()
        group: GroupId | None = getattr(fact, "group", None)
        exempt = exempt_of(tx, person, group or GroupId(""), text)
        found = ruleset.decide(
            text, found, _context(tx, person, fact),
            lambda each: each.rule == RISK_RULE or (exempt is not None and exempt(each)),
        )  # fmt: skip
        if found.disposition in (Disposition.HOLD, Disposition.BLOCK):
            use = deciding_use(policy.get_pack(tx), found.uses)
            raise TextRefusedError(
                "A rule forbids this text.",
                field=name,
                ruleset=found.ruleset,
                words=[finding.word for finding in found.findings[:5]],
                clause=use.mark() if use is not None else None,
            )
        if found.masked is None:
            return text, ()
        return found.masked, ruleset.masking_uses(found)


def _each_text(value: Any, inspect: Callable[[str], str]) -> Any:
    """The value with every text in it as `inspect` gives it back: in lists, and in the fields of what they hold."""
    if isinstance(value, str):
        return inspect(value) if value else value
    if isinstance(value, list | tuple):
        return type(value)(_each_text(one, inspect) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        return replace(value, **{n: _each_text(getattr(value, n), inspect) for n in names})
    return value


def _context(tx: ReadTx, person: PersonId, fact: Any) -> Context:
    """Where the text stands: in the fact's group, in the group that is applied for, or in none."""
    group_id: GroupId | None = getattr(fact, "group", None)
    if group_id is None:
        group_class, level = getattr(fact, "group_class", ""), getattr(fact, "level", "")
        return Context(group_class, level) if group_class else NOWHERE
    group, member = groups.find_group(tx, group_id), groups.find_member(tx, group_id, person)
    if group is None:
        return NOWHERE
    if member is None:
        return Context(group.group_class, group.level)
    return context_of(tx, group, member)
