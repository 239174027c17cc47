"""Which rules look for terms of a list: their findings repeat no text of the author's."""

from guiju.kernel.db import ReadTx
from guiju.modules.inspection import dictionaries
from guiju.modules.inspection.service import KINDS, LINK_TYPES
from guiju.modules.messaging.rule_types import PatternRules
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack


def term_rules(tx: ReadTx, version: str | None) -> frozenset[str]:
    """The dictionaries of a version of the pack, and all of the organisation's own, whether or not they are on.

    A name that also stands for an expression, a kind or a type of link is not among them: a finding does not tell
    which of the two found it.
    """
    pack = policy.pack_of(tx, version)
    own = dictionaries.known(tx)
    if pack is None:
        return own
    return (own | pack.dictionaries.keys()) - {*KINDS, *LINK_TYPES, *_expressions(pack)}


def rules_that_show(tx: ReadTx, version: str | None) -> frozenset[str]:
    """Whose findings show in their word nothing of what was written: a term of a list, or a number without its middle."""
    pack = policy.pack_of(tx, version)
    kinds = frozenset(KINDS)
    return term_rules(tx, version) | (kinds if pack is None else kinds - _expressions(pack))


def _expressions(pack: Pack) -> frozenset[str]:
    asked = [use.params for use in pack.uses if isinstance(use.params, PatternRules)]
    return frozenset(each.id for params in asked for each in params.patterns)
