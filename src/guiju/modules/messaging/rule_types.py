"""Parameters of the controls that look into texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContentRules:
    """Parameters of `messaging.content`: a term of these dictionaries leads to the disposition.

    Of this and the three that follow: they hold in groups of `classes` (in all when empty) where the CEL condition
    `when` holds. The disposition `standard` is looked up for each category and kind in `standard.yaml`.
    """

    dictionaries: tuple[str, ...]
    disposition: str = "hold"
    classes: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Parameters of `messaging.personal_data`."""

    kinds: tuple[str, ...] = ("cn_id",)
    disposition: str = "mask"
    classes: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression of the organisation's own, in the syntax of RE2."""

    id: str
    regex: str
    category: str = "pattern"


@dataclass(frozen=True, slots=True)
class PatternRules:
    """Parameters of `messaging.patterns`: a match of one of the expressions leads to the disposition."""

    patterns: tuple[Expression, ...]
    disposition: str = "hold"
    classes: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Parameters of `messaging.links`: links to these domains and links of these kinds lead to the disposition.

    `own` are the organisation's own domains, which `lookalike` protects.
    """

    domains: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    disposition: str = "hold"
    classes: tuple[str, ...] = ()
    when: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskScore:
    """Parameters of `messaging.risk`: a text with this score or more waits for a review, whatever else is asked."""

    threshold: float = 0.8
    classes: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    working_hours: int


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """Parameters of `messaging.review`.

    Held messages may be passed on to the role `escalate_to`, which has `escalation_hours` working hours; with
    `on_late: escalate` a late one passes by itself. Exceptions last at most `exception_days`, and with 0 there are none.
    """

    deadline: WorkingHours
    reviewers: str = "reviewer"
    escalate_to: str = ""
    escalation_hours: int = 8
    on_late: str = "remind"
    exception_days: int = 30


@dataclass(frozen=True, slots=True)
class Flood:
    """Parameters of `messaging.flood`: at most `messages` in `seconds` per person and group."""

    messages: int = 20
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """Parameters of `messaging.pace`, in all groups of `classes` together: at most `messages` in `seconds`, by each
    person, or with `per: contact` by each person to each one whom they mention. 0 messages: any number.

    Above it the `action` is `refuse` or `warn`. A text of more than `longest` characters is warned of; 0: of any length.
    """

    messages: int = 0
    seconds: int = 60
    per: str = "person"
    action: str = "warn"
    longest: int = 0
    classes: tuple[str, ...] = ()
