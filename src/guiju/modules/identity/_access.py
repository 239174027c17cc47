"""What several verbs share: loading an account within scope, ending sessions, and the lock on a login."""

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.identity import _passwords, _rules, _store
from guiju.modules.identity.types import (
    Account,
    AccountId,
    AccountNotFoundError,
    BadCredentialsError,
    EndedBy,
    OtherLineError,
    OwnAccountError,
    PersonMarks,
    SessionId,
    SessionsEnded,
    TooManyAttemptsError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Attempt

_marks: list[PersonMarks] = []
SESSION_IDLE = "identity.session_idle"


def connect(marks: PersonMarks) -> None:
    """Hand over what this module must know of people."""
    _marks[:] = [marks]


def marks() -> PersonMarks:
    return _marks[0]


def get(tx: ReadTx, account_id: AccountId) -> Account:
    account = _store.find_account(tx, account_id)
    if account is None:
        raise AccountNotFoundError("There is no such account.", account=account_id)
    return account


def load(tx: ReadTx, actor: Actor, account_id: AccountId, operation: str) -> tuple[Account, Permit]:
    """Somebody else's account, and leave to act on it; not found for who may read no accounts."""
    account = _seen(tx, actor, account_id)
    permit = policy.require(tx, actor, operation)
    _check_other(actor, account)
    return account, permit


def load_to_bar(tx: ReadTx, actor: Actor, account_id: AccountId) -> tuple[Account, Permit]:
    """Like `load`, for what ends the rights of the holder: no administrator line is left without anybody who can act."""
    account, permit = load(tx, actor, account_id, "identity.suspend")
    marks().check_line_kept(tx, actor, account.person, "identity.suspend")
    return account, permit


def load_for_code(tx: ReadTx, actor: Actor, account_id: AccountId) -> tuple[Account, Permit]:
    """Like `load`, for a code; that of an administrator is issued by another line."""
    account = _seen(tx, actor, account_id)
    line = marks().line(tx, account.person)
    operation, by = _rules.ISSUERS[line]
    if line is not None and not policy.may(tx, actor, operation):
        raise OtherLineError(
            "Another administrator line issues the codes of this account.",
            attempt=Attempt(actor, operation, None, None, OtherLineError.code),
            by=by,
        )
    permit = policy.require(tx, actor, operation)
    _check_other(actor, account)
    return account, permit


def code_issuer(tx: ReadTx, account: Account) -> str:
    """The role that issues the codes of an account."""
    return _rules.ISSUERS[marks().line(tx, account.person)][1]


def void_code(tx: WriteTx, person: PersonId) -> None:
    """Make a code that waits for use worthless, since another role issues this person's codes from now on."""
    account = _store.find_by_person(tx, person)
    if account is not None:
        _store.delete_code(tx, account.id)


def _seen(tx: ReadTx, actor: Actor, account_id: AccountId) -> Account:
    if not policy.may(tx, actor, "identity.read"):
        raise AccountNotFoundError("There is no such account.", account=account_id)
    return get(tx, account_id)


def _check_other(actor: Actor, account: Account) -> None:
    if account.person == actor.person:
        raise OwnAccountError("Nobody does this to their own account.", account=account.id)


def own(tx: ReadTx, actor: Actor) -> Account:
    account = _store.find_by_person(tx, actor.person_id)
    if account is None:
        raise AccountNotFoundError("You have no account.")
    return account


def own_permit(tx: ReadTx, actor: Actor) -> Permit:
    # Before certification the holder has no rights; the system acts for them, and the fact names the person.
    acting = actor if policy.may(tx, actor, "identity.own") else system("account")
    return policy.require(tx, acting, "identity.own")


def end_all(
    tx: WriteTx,
    permit: Permit,
    account: Account,
    by: EndedBy,
    *,
    only: SessionId | None = None,
    keep: SessionId | None = None,
) -> int:
    ended = _store.delete_sessions(tx, account.id, only=only, keep=keep)
    for session in ended:
        tx.cancel(SESSION_IDLE, session)
    if ended:
        permit = permit.under(*policy.use_ids(tx, "identity.sessions"))
        tx.record(permit, SessionsEnded(account.id, account.person, len(ended), by))
    return len(ended)


def idle_limit(tx: ReadTx) -> int:
    return _rules.idle_limit([use.params for use in policy.uses(tx, "identity.sessions")])


def failures_of(login: str) -> str:
    return _passwords.login_hash(_rules.login_key(login))


def refuse_locked(tx: ReadTx, login_key: str) -> None:
    failures = _store.find_failures(tx, _passwords.login_hash(login_key))
    if failures is None or failures.locked_until <= tx.now:
        return
    rest = -(-(failures.locked_until - tx.now) // 1000)
    use = policy.first_use(tx, "identity.sign_in")
    message = "Too many wrong passwords; the sign-in is locked for a while."
    raise TooManyAttemptsError(
        message, retry_after=rest, clause=use.mark() if use is not None else None
    )


def check_unchanged(tx: ReadTx, account: Account, checked: str) -> None:
    if not _passwords.is_same(_store.find_hash(tx, account.id), checked):
        raise BadCredentialsError("The account or the password is wrong.")
