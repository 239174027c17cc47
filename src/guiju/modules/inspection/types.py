"""Findings, dispositions, rules and refusals of the inspection engine."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import ClassVar, NamedTuple

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError

# Control use: "clause/control", e.g. "6.7/messaging.content".
Use = str


class Disposition(IntEnum):
    """What happens to a text, from mild to strict.

    ALERT delivers it and tells the reviewers, never its author. WARN delivers it once its author has confirmed.
    """

    DELIVER = 0
    ALERT = 1
    MASK = 2
    WARN = 3
    HOLD = 4
    BLOCK = 5

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


class Way(StrEnum):
    """How a term was written where it was found."""

    PLAIN = "plain"
    PARTED = "parted"  # signs, spaces or invisible characters between its characters
    ENCODED = "encoded"  # character references
    REPEATED = "repeated"  # characters written several times
    SPLIT = "split"  # characters taken apart
    PINYIN = "pinyin"
    LEET = "leet"  # figures and signs in place of letters
    MASKED = "masked"  # letters left out behind a sign
    REVERSED = "reversed"
    INITIALS = "initials"
    HOMOPHONE = "homophone"
    LOOK_ALIKE = "look_alike"


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
class Scope:
    """Where a rule holds: in groups of these classes (everywhere when empty), and where the condition holds.

    `when` is a CEL expression over the fields of `Context`; empty holds always.
    """

    classes: tuple[str, ...] = ()
    when: str = ""


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Context:
    """Where a text is written, as conditions see it. Outside a group the texts are empty and the numbers 0.

    `external`: somebody present belongs to no unit of the organisation. `size`: how many are present.
    """

    group_class: str = ""
    level: str = ""
    role: str = ""
    external: bool = False
    size: int = 0


NOWHERE = Context()


@dataclass(frozen=True, slots=True)
class TermRule:
    """Every term of a dictionary, however it is written, leads to the disposition."""

    dictionary: str
    category: str
    terms: tuple[str, ...]
    disposition: Disposition
    use: Use
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class PatternRule:
    """What is found by its form, of a built-in kind: `cn_id`, `cn_phone`, `api_key` and others."""

    kind: str
    disposition: Disposition
    use: Use
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class ExpressionRule:
    """An organisation-made regular expression (RE2 syntax), matched against the original text."""

    id: str
    category: str
    expression: str
    disposition: Disposition
    use: Use
    scope: Scope = EVERYWHERE


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
    scope: Scope = EVERYWHERE

    @property
    def disposition(self) -> Disposition:
        """What the rule leads to."""
        return Disposition.HOLD


@dataclass(frozen=True, slots=True)
class LinkRule:
    """Links of one type: `listed` (to `domains` or below), `shortener`, `ip_host`, `userinfo` (a
    false host before @), `lookalike` (of `domains`, or of letters that pass for others).

    Domains among the terms of a `TermRule` are listed too and keep its category.
    """

    type: str
    domains: tuple[str, ...]
    disposition: Disposition
    use: Use
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """Excerpts of a registered document, known by its prints (`fingerprints.py`), lead to the disposition.

    `digest` (SHA-256) names the prints. Equal digests, equal prints.
    """

    document: str
    title: str
    digest: str
    prints: "array[int]" = field(compare=False, repr=False)
    disposition: Disposition
    use: Use
    scope: Scope = EVERYWHERE


Rule = TermRule | PatternRule | ExpressionRule | LinkRule | RiskRule | DocumentRule

OVERFLOW = "overflow"
"""Category and rule of the finding that a text is which was not read to its end."""


@dataclass(frozen=True, slots=True)
class OverflowRule:
    """Holds a text that has more of what rules look for than is looked at.

    Nobody writes it: every rule set has it. It holds everywhere, and no scope, exemption or exception lifts it. `use`
    is the strictest of the controls whose work was left undone; where all of these only alert, it alerts, for a hold
    would tell the sender of them.
    """

    use: Use
    disposition: Disposition = Disposition.HOLD

    @property
    def scope(self) -> Scope:
        """Where it holds."""
        return EVERYWHERE


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in the original text: `text[start:end]`, offsets in code points.

    `rule` is the dictionary, the kind or the expression that found it. `word` is the term as the
    dictionary has it; for a number its masked form, so that a finding never repeats the number.
    `way` is how a term was written.
    """

    start: int
    end: int
    category: str
    rule: str
    word: str
    way: Way = Way.PLAIN


class Hit(NamedTuple):
    """One place that a rule found, by the number of the rule in its rule set.

    `hidden` are the places that masking hides. The disposition is the rule's, at most `cap`.
    """

    start: int
    end: int
    rule: int
    word: str
    hidden: Sequence[int]
    cap: Disposition = Disposition.BLOCK
    way: Way = Way.PLAIN


@dataclass(frozen=True, slots=True)
class Inspection:
    """The answer for one text.

    `uses` are the controls that acted: those that asked for the disposition first, then in the order
    of the text. `masked` is the text to deliver in place of the original if it is delivered at all,
    `spans` the places where the two differ; None when no mask rule acted. At most `MAX_FINDINGS`
    findings are listed; disposition, uses and mask always count all of them. What rules that only
    alert have found stands in `alerts` and nowhere else, with the controls in `alert_uses`: the
    author MUST NOT learn of it. `hits` is everything, for deciding in a context.
    """

    ruleset: str
    findings: tuple[Finding, ...]
    disposition: Disposition
    uses: tuple[Use, ...]
    masked: str | None
    spans: tuple[tuple[int, int], ...] = ()
    alerts: tuple[Finding, ...] = ()
    alert_uses: tuple[Use, ...] = ()
    hits: tuple[Hit, ...] = ()


class TextRefusedError(ForbiddenError):
    """A text beside messages (a name, a purpose, a reason) holds what a rule forbids; `data.field` names it."""

    code: ClassVar[str] = "inspection.text_refused"


class BadConditionError(InvalidError):
    """A condition that CEL refuses, that is too long, or that is not true or false; `data.reason` says which."""

    code: ClassVar[str] = "inspection.bad_condition"


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
    """A kind that the engine does not know."""

    code: ClassVar[str] = "inspection.unknown_kind"


class UnknownLinkTypeError(InvalidError):
    """A type of link that the engine does not know."""

    code: ClassVar[str] = "inspection.unknown_link_type"


class BadDomainError(InvalidError):
    """A domain that a link rule names and that is none."""

    code: ClassVar[str] = "inspection.bad_domain"


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
