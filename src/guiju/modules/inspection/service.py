"""What other modules call: the engine, the compiling of rules, dictionaries and masking."""

from guiju.modules.inspection._compile import RuleSet, compile_ruleset, mask
from guiju.modules.inspection._dictionaries import dictionary_of, read_dictionary
from guiju.modules.inspection._expressions import compile_expression
from guiju.modules.inspection._numbers import KINDS
from guiju.modules.inspection._risk import read_risk_model, shipped_model
from guiju.modules.inspection.types import Inspection

__all__ = [
    "KINDS",
    "Engine",
    "RuleSet",
    "compile_expression",
    "compile_ruleset",
    "dictionary_of",
    "mask",
    "read_dictionary",
    "read_risk_model",
    "shipped_model",
]


class Engine:
    """The rule set in force. Assigning `ruleset` swaps it for the next text; nothing waits.

    A text is inspected by one rule set from beginning to end, and the answer names it. Compile the
    new rule set before assigning it, outside the write lane.
    """

    __slots__ = ("ruleset",)

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset

    def current(self) -> RuleSet:
        """The rule set in force now; keep it to ask several things of the same rules."""
        return self.ruleset

    def inspect(self, text: str) -> Inspection:
        """What the rules in force find in the text. Raises `TextNotUnicodeError`."""
        return self.ruleset.inspect(text)
