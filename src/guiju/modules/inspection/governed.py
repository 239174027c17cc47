"""Dictionaries and exemptions of the organisation's own: values, facts, and refusals."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ConflictError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.inspection.types import Use


class DictionaryState(StrEnum):
    """An imported dictionary is off until it is switched on; one that has ended never comes back."""

    OFF = "off"
    ON = "on"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class OwnDictionary:
    """A list of terms that the organisation imported. Its terms stand sealed in the entry at `position`.

    `use` is the control use under whose clause it works, `classes` the group classes that it is limited to. The last
    trial looked at `tried_messages` messages, of which `tried_hits` would have been hit; None before the first.
    """

    id: str
    position: int
    title: str
    category: str
    count: int
    state: DictionaryState
    disposition: str
    classes: tuple[str, ...]
    use: Use
    added_at: int
    added_by: str
    tried_messages: int | None
    tried_hits: int | None


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A confidential document whose excerpts are looked for. Its prints stand sealed in the entry at `position`.

    `level` is the pack's level of secrecy, `count` how many prints there are, `unread` names the problems for which
    a part of the file was not read. `use` and `classes` as for a dictionary.
    """

    id: str
    position: int
    title: str
    level: str
    count: int
    disposition: str
    classes: tuple[str, ...]
    use: Use
    unread: tuple[str, ...]
    registered_at: int
    registered_by: str
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class DocumentPrints:
    """What is kept of a file: its prints, and the problems for which a part of it was not read."""

    prints: tuple[int, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """A person, a group, or a person in a group is exempt from a rule until `until` (ms), or until it is ended.

    `rule` is what findings name: a dictionary, a kind or an expression.
    """

    id: str
    position: int
    person: PersonId | None
    group: GroupId | None
    rule: str
    until: int
    ended_at: int | None
    granted_at: int
    granted_by: str


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a file holds: the usable terms, and (line, term) of those that no rule set takes, the first of them."""

    terms: tuple[str, ...]
    duplicates: int
    unusable: int
    samples: tuple[tuple[int, str], ...]
    common: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermCount:
    """How many messages of a trial a term was found in."""

    term: str
    messages: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dictionary would have done to recent messages in groups of `classes` (all when empty).

    `noise` are terms that nearly everybody uses. Numbers too small to tell are left out: no hits can mean one or two.
    """

    messages: int
    hits: int
    terms: tuple[TermCount, ...]
    noise: tuple[str, ...]
    classes: tuple[str, ...]


class Traffic(Protocol):
    """What inspection must know of groups and their messages; implemented by their owners, joined in `app.py`."""

    def recent(self, tx: ReadTx, limit: int) -> list[tuple[str, str]]:
        """(class of the group, text) of the newest delivered messages."""

    def has_group(self, tx: ReadTx, group: GroupId) -> bool: ...

    def has_person(self, tx: ReadTx, person: PersonId) -> bool: ...

    def has_place(self, tx: ReadTx, person: PersonId, group: GroupId) -> bool:
        """Whether the person is in the group, or on the way into it."""


# ---- facts ------------------------------------------------------------------------------------------------------


@fact(
    "inspection.dictionary_added",
    Content.REGISTER,
    inspected=("title",),
    uninspected=dict.fromkeys(("terms", "packed"), "what the rules look for"),
)
class DictionaryAdded:
    """A list of terms was imported; it is off. `packed` is the list since it is no longer written out in `terms`:
    JSON, compressed by zlib (RFC 1950).
    """

    dictionary: str
    category: str
    count: int
    title: Sealed[str]
    terms: Sealed[tuple[str, ...]] = ()
    packed: Sealed[bytes] = b""


@fact("inspection.dictionary_tried", Content.REGISTER)
class DictionaryTried:
    """Somebody looked at how many of the newest messages in groups of `classes` (all when empty) a dictionary would hit."""

    dictionary: str
    messages: int
    hits: int
    refs: tuple[int, ...]
    classes: tuple[str, ...] = ()


@fact("inspection.dictionary_switched", Content.REGISTER)
class DictionarySwitched:
    """A dictionary is on with this disposition, off, or ended from now on."""

    dictionary: str
    state: DictionaryState
    disposition: str
    classes: tuple[str, ...]
    use: str
    refs: tuple[int, ...]


@fact(
    "inspection.document_registered",
    Content.REGISTER,
    uninspected={"title": "names what the rule looks for"},
)
class DocumentRegistered:
    """Excerpts of a confidential document are looked for from now on. Its text is kept nowhere, only its prints."""

    document: str
    level: str
    count: int
    disposition: str
    classes: tuple[str, ...]
    use: str
    unread: tuple[str, ...]
    title: Sealed[str]
    prints: Sealed[tuple[int, ...]]


@fact("inspection.document_ended", Content.REGISTER)
class DocumentEnded:
    """Excerpts of a registered document are looked for no longer."""

    document: str
    refs: tuple[int, ...]


@fact(
    "inspection.exemption_granted",
    Content.REGISTER,
    uninspected={"reason": "names what the rule would find"},
)
class ExemptionGranted:
    """A person, a group or both are exempt from a rule until a time."""

    exemption: str
    of_person: PersonId | None
    of_group: GroupId | None
    rule: str
    until: int
    reason: Sealed[str]


@fact("inspection.exemption_ended", Content.REGISTER)
class ExemptionEnded:
    """An exemption ended before its time."""

    exemption: str
    refs: tuple[int, ...]


# ---- errors -----------------------------------------------------------------------------------------------------


class BadListError(InvalidError):
    """A file of terms that cannot be read; `data.reason` says why."""

    code: ClassVar[str] = "inspection.bad_list"


class DictionaryNotFoundError(NotFoundError):
    """There is no such dictionary."""

    code: ClassVar[str] = "inspection.dictionary_not_found"


class NotTriedError(ConflictError):
    """A dictionary is switched on only after a trial on recent messages."""

    code: ClassVar[str] = "inspection.not_tried"


class DictionaryEndedError(ConflictError):
    """The dictionary has ended; import the list again."""

    code: ClassVar[str] = "inspection.dictionary_ended"


class BadSwitchError(InvalidError):
    """A disposition, class, level or use that the pack in force does not have; `data.field` names it."""

    code: ClassVar[str] = "inspection.bad_switch"


class DocumentNotFoundError(NotFoundError):
    """There is no such registered document, or it has ended."""

    code: ClassVar[str] = "inspection.document_not_found"


class DocumentUnreadableError(InvalidError):
    """Nothing of a file that was to be registered could be read; `data.reasons` says why."""

    code: ClassVar[str] = "inspection.document_unreadable"


class DocumentTooShortError(InvalidError):
    """A document with too little text for excerpts of it to be known again."""

    code: ClassVar[str] = "inspection.document_too_short"


class TooManyPrintsError(ConflictError):
    """The registered documents would have more prints together than a rule set may hold; `data.limit` says how many."""

    code: ClassVar[str] = "inspection.too_many_prints"


class BadExemptionError(InvalidError):
    """An exemption without anybody, for oneself, from no rule in force, or not ending within a year; see `data.field`."""

    code: ClassVar[str] = "inspection.bad_exemption"


class ExemptionNotFoundError(NotFoundError):
    """There is no such exemption in force."""

    code: ClassVar[str] = "inspection.exemption_not_found"
