"""What other modules call: rule sets, the compiling of rules, conditions, dictionaries and masking."""

from guiju.modules.inspection._across import REACH, SHORT
from guiju.modules.inspection._compile import (
    ENGINE_REVISION,
    MAX_FINDINGS,
    RuleSet,
    compile_ruleset,
)
from guiju.modules.inspection._conditions import check_condition, check_scope
from guiju.modules.inspection._dictionaries import dictionary_of, read_dictionary
from guiju.modules.inspection._earlier import as_far_as_it_stands, is_switched_off
from guiju.modules.inspection._expressions import compile_expression
from guiju.modules.inspection._findings import DOCUMENT_CATEGORY
from guiju.modules.inspection._fold import fold
from guiju.modules.inspection._hosts import is_public_address, is_public_host
from guiju.modules.inspection._kinds import KINDS
from guiju.modules.inspection._links import LINK_TYPES
from guiju.modules.inspection._masking import RISK_RULE, mask
from guiju.modules.inspection._passage import LONGEST_WORD
from guiju.modules.inspection._risk import read_risk_model, shipped_model
from guiju.modules.inspection._spelling import sounds, spellings
from guiju.modules.inspection._standard import (
    STANDARD,
    disposition_of_category,
    disposition_of_kind,
    disposition_of_link,
)

__all__ = [
    "DOCUMENT_CATEGORY",
    "ENGINE_REVISION",
    "KINDS",
    "LINK_KINDS",
    "LINK_TYPES",
    "LONGEST_WORD",
    "MAX_FINDINGS",
    "REACH",
    "RISK_RULE",
    "SHORT",
    "STANDARD",
    "RuleSet",
    "as_far_as_it_stands",
    "check_condition",
    "check_scope",
    "compile_expression",
    "compile_ruleset",
    "dictionary_of",
    "disposition_of_category",
    "disposition_of_kind",
    "disposition_of_link",
    "fold",
    "is_public_address",
    "is_public_host",
    "is_switched_off",
    "mask",
    "read_dictionary",
    "read_risk_model",
    "shipped_model",
    "sounds",
    "spellings",
]

LINK_KINDS = tuple(kind for kind in LINK_TYPES if kind != "listed")
"""What a link can be known by without a list of domains."""
