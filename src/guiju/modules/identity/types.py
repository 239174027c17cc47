"""Accounts, sessions, the facts about them, and the refusals of this module."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType, Protocol

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthenticatedError,
)
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import PersonId

AccountId = NewType("AccountId", str)
SessionId = NewType("SessionId", str)


class AccountState(StrEnum):
    """How far an account has come (clauses ACC-02, ACC-13)."""

    REQUESTED = "requested"
    REGISTERED = "registered"
    ACTIVATED = "activated"
    CERTIFIED = "certified"
    SUSPENDED = "suspended"
    CLOSED = "closed"


USABLE = frozenset({AccountState.ACTIVATED, AccountState.CERTIFIED})
"""States in which the holder can be signed in; only a certified one gets further than their own account."""


class AccountAct(StrEnum):
    """What is done to an account and moves it to another state."""

    REGISTER = "register"
    ACTIVATE = "activate"
    CERTIFY = "certify"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. `since` is when it entered its state; `resumes_to` is the state before a suspension."""

    id: AccountId
    person: PersonId
    login: str
    state: AccountState
    since: int
    resumes_to: AccountState | None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in device. `expires` moves with use."""

    id: SessionId
    account: AccountId
    person: PersonId
    device: str
    created_at: int
    last_seen_at: int
    expires: int


@dataclass(frozen=True, slots=True)
class Credential:
    """The account behind a login and the hash of its password."""

    account: AccountId
    hash: str


@dataclass(frozen=True, slots=True)
class Registered:
    """An account with its activation code, which is shown once and never stored."""

    account: Account
    code: str


class EndedBy(StrEnum):
    """Why sessions ended."""

    HOLDER = "holder"
    IDLE = "idle"
    PASSWORD = "password"  # noqa: S105  # a reason, not a password
    SUSPENSION = "suspension"
    CLOSING = "closing"


class PersonMarks(Protocol):
    """What this module must know of people to show and find them; `directory` implements it."""

    def mark(self, tx: ReadTx, person: PersonId) -> dict[str, Any]:
        """The person mark of docs/protocol.md."""

    def matching(self, tx: ReadTx, words: str) -> Collection[PersonId]:
        """People whose name or staff number holds `words`."""

    def line(self, tx: ReadTx, person: PersonId) -> str | None:
        """The administrator line that a person holds."""

    def check_line_kept(self, tx: ReadTx, actor: Actor, person: PersonId, operation: str) -> None:
        """Refuse `operation` when without the person nobody who can act would hold their line."""


# ---- parameters of controls -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CertifiedParams:
    """`identity.certified` takes no parameters."""


@dataclass(frozen=True, slots=True)
class SignInParams:
    """After `max_failures` wrong passwords in a row the sign-in is locked for `lock_minutes`."""

    max_failures: int = 5
    lock_minutes: int = 15


@dataclass(frozen=True, slots=True)
class SessionsParams:
    """A session that was not used for `idle_days` ends."""

    idle_days: int = 30


# ---- facts ------------------------------------------------------------------------------------------------------


@fact(
    "identity.account_requested",
    Content.PERSON,
    uninspected={"login": "up to 64 letters, digits and signs"},
)
class AccountRequested:
    """An account was asked for. `login` is sealed because it is usually the staff number."""

    account: str
    person: str
    login: Sealed[str] = ""


@fact("identity.account_registered", Content.PERSON)
class AccountRegistered:
    """IT registered the account and handed out an activation code."""

    account: str
    person: str
    before: str


@fact("identity.account_activated", Content.PERSON)
class AccountActivated:
    """The holder used the code and set the first password."""

    account: str
    person: str
    before: str


@fact("identity.account_certified", Content.PERSON, inspected=("proof",))
class AccountCertified:
    """HR certified the real name; `proof` says by what."""

    account: str
    person: str
    before: str
    proof: Sealed[str] = ""


@fact("identity.account_suspended", Content.PERSON, inspected=("reason",))
class AccountSuspended:
    """The account was barred until it is resumed."""

    account: str
    person: str
    before: str
    reason: Sealed[str] = ""


@fact("identity.account_resumed", Content.PERSON, inspected=("reason",))
class AccountResumed:
    """The account returned to `state`, where it was before its suspension."""

    account: str
    person: str
    before: str
    state: str
    reason: Sealed[str] = ""


@fact("identity.account_closed", Content.PERSON, inspected=("reason",))
class AccountClosed:
    """The account was closed for good."""

    account: str
    person: str
    before: str
    reason: Sealed[str] = ""


@fact("identity.code_issued", Content.PERSON)
class CodeIssued:
    """IT handed out another code: the first was lost, or the holder forgot the password."""

    account: str
    person: str


@fact("identity.password_reset", Content.PERSON)
class PasswordReset:
    """The holder used a later code to set a new password."""

    account: str
    person: str


@fact("identity.signin_locked", Content.PERSON)
class SignInLocked:
    """Too many wrong passwords in a row: no sign-in before `until` (ms)."""

    account: str
    person: str
    failures: int
    until: int


@fact("identity.sessions_ended", Content.PERSON)
class SessionsEnded:
    """`count` sessions of an account ended. An ordinary sign-out is not a fact."""

    account: str
    person: str
    count: int
    by: str


# ---- errors -----------------------------------------------------------------------------------------------------


class AccountNotFoundError(NotFoundError):
    """There is no such account, or it is not yours to see."""

    code = "identity.account_not_found"


class SessionNotFoundError(NotFoundError):
    """There is no such session of yours."""

    code = "identity.session_not_found"


class LoginTakenError(ConflictError):
    """The login belongs to an account already, be it a closed one (clause ACC-17)."""

    code = "identity.login_taken"


class AccountExistsError(ConflictError):
    """The person has an account already."""

    code = "identity.account_exists"


class WrongStateError(ConflictError):
    """The account's state does not allow this; `data.state` has it."""

    code = "identity.wrong_state"


class OtherLineError(ForbiddenError):
    """The account is an administrator's: another line issues its codes. `data.by` is the role that does."""

    code = "identity.other_line"


class OwnAccountError(ForbiddenError):
    """Nobody registers, certifies, suspends, resumes or closes their own account."""

    code = "identity.own_account"


class NotCertifiedError(ForbiddenError):
    """A clause asks for real-name certification, which this person lacks."""

    code = "identity.not_certified"


class BadLoginError(InvalidError):
    """A login is 1 to 64 letters, digits or `. _ @ + -`."""

    code = "identity.bad_login"


class BadCredentialsError(UnauthenticatedError):
    """The account or the password is wrong; which of them is not said."""

    code = "identity.bad_credentials"


class AccountNotUsableError(ForbiddenError):
    """The password was right, but the account is suspended or closed; `data.state` says which."""

    code = "identity.account_not_usable"


class WrongPasswordError(ForbiddenError):
    """The old password is wrong."""

    code = "identity.wrong_password"


class TooManyAttemptsError(TooManyError):
    """Too many attempts to sign in; `data.retry_after` is in seconds."""

    code = "identity.too_many_attempts"


class BadCodeError(InvalidError):
    """The account or the activation code is wrong, or the code has expired."""

    code = "identity.bad_code"


class WeakPasswordError(InvalidError):
    """The password is refused; `data.reason` is `too_short`, `too_long`, `too_common`, `too_simple` or `like_account`."""

    code = "identity.weak_password"
