"""Templates: written by those who run a group, or for everybody by an office; and what a message by one must have."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group
from guiju.modules.messaging import _rules, _template_store, publishing, service
from guiju.modules.messaging.template_types import (
    CONTROL,
    MOST_FIELDS,
    MOST_TEMPLATES,
    BadTemplateError,
    Filled,
    Template,
    TemplateChangedError,
    TemplateField,
    TemplateIncompleteError,
    TemplateNeededError,
    TemplateNotFoundError,
    TemplateRemoved,
    TemplateRules,
    TemplateSaved,
    TooManyTemplatesError,
)
from guiju.modules.messaging.types import Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use

IN_GROUP, EVERYWHERE = "messaging.templates", "messaging.templates_everywhere"


def save(
    tx: WriteTx,
    actor: Actor,
    group: GroupId | None,
    *,
    template: str | None,
    title: str,
    fields: Sequence[TemplateField],
    attachment: bool,
) -> Template:
    """Keep a new template, or with `template` change one; without a group it holds everywhere.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, TemplateNotFoundError, BadTemplateError,
    TooManyTemplatesError or TextRefusedError.
    """
    permit = _leave(tx, actor, group)
    kept = tuple(fields)
    if not 1 <= len(kept) <= MOST_FIELDS or len({each.name for each in kept}) != len(kept):
        raise BadTemplateError(f"A template has 1 to {MOST_FIELDS} parts, each name once.")
    if template is not None:
        _own(tx, group, template)
    elif len(_of(tx, group)) >= MOST_TEMPLATES:
        raise TooManyTemplatesError("So many templates are not kept.", most=MOST_TEMPLATES)
    made = template if template is not None else new_id("tpl", tx.now)
    entry = tx.record(permit, TemplateSaved(group, made, attachment, title, kept))
    return _read(entry)


def remove(tx: WriteTx, actor: Actor, group: GroupId | None, template: str) -> None:
    """Keep a template no longer; messages by it stay. Raises what `save` raises."""
    permit = _leave(tx, actor, group)
    _own(tx, group, template)
    tx.record(permit, TemplateRemoved(group, template))


def _leave(tx: ReadTx, actor: Actor, group: GroupId | None) -> Permit:
    uses = policy.use_ids(tx, CONTROL)
    if group is None:
        return policy.require(tx, actor, EVERYWHERE).under(*uses)
    groups.get_open_group(tx, actor, group)
    return policy.require(tx, actor, IN_GROUP, group).under(*uses)


def _own(tx: ReadTx, group: GroupId | None, template: str) -> None:
    found = _template_store.find(tx, template)
    if found is None or found[0] != group:
        raise TemplateNotFoundError("There is no such template here.", template=template[:64])


def list_everywhere(tx: ReadTx, actor: Actor) -> list[Template]:
    """The templates that hold everywhere. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    return _of(tx, None)


def list_usable(tx: ReadTx, actor: Actor, group: GroupId) -> list[Template]:
    """What may be used in a group: its own templates and those that hold everywhere. Raises what `reading_place` raises."""
    service.reading_place(tx, actor, group)
    return _in(tx, group)


def _of(tx: ReadTx, group: GroupId | None) -> list[Template]:
    return [each for each in _in(tx, group) if each.group == group]


def _in(tx: ReadTx, group: GroupId | None) -> list[Template]:
    positions = _template_store.usable(tx, group)
    if not positions:
        return []
    query = EntryQuery(positions=tuple(positions), limit=len(positions))
    return [_read(entry) for entry in tx.entries(query)]


def _read(entry: Recorded) -> Template:
    fact = entry.fact
    return Template(
        fact.template, fact.group, entry.position, fact.title, fact.fields, fact.attachment
    )


# ---- what a message by a template must have ---------------------------------------------------------------------


def rule_for(tx: ReadTx, group: Group) -> Use | None:
    """The use that wants templates in such a group."""
    return _rules.use_in(policy.uses(tx, CONTROL), group.group_class)


def check(tx: ReadTx, group: Group, send: Send) -> None:
    """Raises TemplateNotFoundError, TemplateChangedError, TemplateIncompleteError, or TemplateNeededError where a
    clause wants one. What replies in a thread needs none.
    """
    if send.template is not None:
        _check_filled(tx, group, send, send.template)
        return
    use = rule_for(tx, group)
    if use is None or send.thread is not None:
        return
    rules: TemplateRules = use.params
    if rules.only == "all" or publishing.announces(send):
        titles = [each.title for each in _in(tx, group.id)]
        if titles:  # as long as nobody wrote a template, there is none to follow
            raise TemplateNeededError(
                "What is written here follows a template.", templates=[*titles], clause=use.mark()
            )


def _check_filled(tx: ReadTx, group: Group, send: Send, filled: Filled) -> None:
    known = next((each for each in _in(tx, group.id) if each.id == filled.template), None)
    if known is None:
        raise TemplateNotFoundError(
            "There is no such template here.", template=filled.template[:64]
        )
    names = [each.name for each in known.fields]
    written = [part.name for part in filled.parts]
    if filled.title != known.title or written != [name for name in names if name in written]:
        raise TemplateChangedError("The template was changed meanwhile.", template=known.id)
    missing = [each.name for each in known.fields if each.required and each.name not in written]
    lacks_file = known.attachment and not send.files
    if missing or lacks_file:
        use = rule_for(tx, group)
        clause = use.mark() if use is not None else None
        raise TemplateIncompleteError(
            "Parts of the template are missing.",
            missing=[*missing],
            attachment=lacks_file,
            clause=clause,
        )
