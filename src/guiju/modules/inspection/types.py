"""Findings, dispositions, rules and refusals of the inspection engine."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from guiju.kernel.errors import ConflictError, InvalidError

# Control use: "clause/control", e.g. "6.7/messaging.content".
Use = str


class Disposition(IntEnum):
    """What happens to a text, from mild to strict."""

    DELIVER = 0
    MASK = 1
    WARN = 2
    HOLD = 3
    BLOCK = 4

    @property
    def word(self) -> str:
        """The name in packs, JSON and facts."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Disposition":
        """The disposition with this name. Raises `UnknownDispositionError`."""
        for member in cls:
            if member.word == word:
                return member
        raise UnknownDispositionError(f"there is no disposition {word!r}", disposition=word)

    @classmethod
    def strictest(cls, dispositions: Iterable["Disposition"]) -> "Disposition":
        """The strictest of them; DELIVER when there is none."""
        return max(dispositions, default=cls.DELIVER)


@dataclass(frozen=True, slots=True)
class Title:
    """A name in both languages of the screens."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A named list of terms of one category."""

    id: str
    category: str
    title: Title
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermRule:
    """Every term of a dictionary, however it is written, leads to the disposition."""

    dictionary: str
    category: str
    terms: tuple[str, ...]
    disposition: Disposition
    use: Use


@dataclass(frozen=True, slots=True)
class PatternRule:
    """Numbers of a built-in kind: `cn_id`, `cn_mobile` or `bank_card`."""

    kind: str
    disposition: Disposition
    use: Use


@dataclass(frozen=True, slots=True)
class ExpressionRule:
    """An organisation-made regular expression (RE2 syntax), matched against the original text."""

    id: str
    category: str
    expression: str
    disposition: Disposition
    use: Use


@dataclass(frozen=True, slots=True)
class RiskModel:
    """Weights of hashed n-grams, one signed byte a bucket; `digest` (SHA-256) names the file.

    `about` says what it was trained on. Equal digests, equal models.
    """

    digest: str
    bits: int = field(compare=False, repr=False)
    scale: float = field(compare=False, repr=False)
    bias: float = field(compare=False, repr=False)
    about: str = field(compare=False)
    weights: "array[int]" = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RiskRule:
    """A text whose risk score is `threshold` (0 to 1) or more waits for a review.

    The disposition is HOLD, never more: a score is a reason to look, not a reason to refuse.
    """

    threshold: float
    use: Use
    model: RiskModel

    @property
    def disposition(self) -> Disposition:
        """What the rule leads to."""
        return Disposition.HOLD


Rule = TermRule | PatternRule | ExpressionRule | RiskRule


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in the original text: `text[start:end]`, offsets in code points.

    `rule` is the dictionary, the kind or the expression that found it. `word` is the term as the
    dictionary has it; for a number its masked form, so that a finding never repeats the number.
    """

    start: int
    end: int
    category: str
    rule: str
    word: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """The answer for one text.

    `uses` are the controls that acted, in the order of the text. `masked` is the text to deliver
    in place of the original if it is delivered at all; None when no mask rule acted. At most
    `MAX_FINDINGS` findings are listed; disposition, uses and mask always count all of them.
    """

    ruleset: str
    findings: tuple[Finding, ...]
    disposition: Disposition
    uses: tuple[Use, ...]
    masked: str | None


class UnknownDispositionError(InvalidError):
    """A disposition that does not exist."""

    code: ClassVar[str] = "inspection.unknown_disposition"


class BadTermError(InvalidError):
    """A term that is too short, too long or nothing but signs."""

    code: ClassVar[str] = "inspection.bad_term"


class BadDictionaryError(InvalidError):
    """A dictionary that does not have the documented shape."""

    code: ClassVar[str] = "inspection.bad_dictionary"


class UnknownKindError(InvalidError):
    """A kind of number that the engine does not know."""

    code: ClassVar[str] = "inspection.unknown_kind"


class BadExpressionError(InvalidError):
    """An expression that RE2 refuses, that is too large, or that matches the empty text."""

    code: ClassVar[str] = "inspection.bad_expression"


class TextNotUnicodeError(InvalidError):
    """A text with unpaired surrogates, which no valid UTF-8 request can carry."""

    code: ClassVar[str] = "inspection.text_not_unicode"


class BadCaseError(InvalidError):
    """A line of a case file that does not have the documented shape."""

    code: ClassVar[str] = "inspection.bad_case"


class TooManyTermsError(ConflictError):
    """More terms than one rule set may hold."""

    code: ClassVar[str] = "inspection.too_many_terms"


class BadRiskModelError(InvalidError):
    """A file that is not a risk model of this format."""

    code: ClassVar[str] = "inspection.bad_risk_model"


class TooFewExamplesError(ConflictError):
    """Too few texts of one sort to train a risk model on."""

    code: ClassVar[str] = "inspection.too_few_examples"


class BadThresholdError(InvalidError):
    """A threshold of the risk score that is not between 0 and 1."""

    code: ClassVar[str] = "inspection.bad_threshold"


class TrainingNotInstalledError(ConflictError):
    """The extra that training needs is not installed."""

    code: ClassVar[str] = "inspection.training_not_installed"
