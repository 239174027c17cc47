"""Which rules look for terms of a list: their findings repeat no text of the author's."""

from guiju.kernel.db import ReadTx
from guiju.modules.inspection import dictionaries
from guiju.modules.inspection.service import KINDS, LINK_TYPES
from guiju.modules.messaging.rule_types import PatternRules
from guiju.modules.policy import service as policy


def term_rules(tx: ReadTx, version: str | None) -> frozenset[str]:
    """The dictionaries of a version of the pack, and all of the organisation's own, whether or not they are on.

    A name that also stands for an expression, a kind or a type of link is not among them: a finding does not tell
    which of the two found it.
    """
    pack = policy.pack_of(tx, version)
    own = dictionaries.known(tx)
    if pack is None:
        return own
    asked = [use.params for use in pack.uses if isinstance(use.params, PatternRules)]
    patterns = {each.id for params in asked for each in params.patterns}
    return (own | pack.dictionaries.keys()) - {*KINDS, *LINK_TYPES, *patterns}
