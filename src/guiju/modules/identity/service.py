"""The life of an account, and who is signed in."""

from collections.abc import Collection
from typing import Any

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import Page, check_limit
from guiju.modules.identity import _access, _passwords, _rules, _store
from guiju.modules.identity.types import (
    USABLE,
    Account,
    AccountAct,
    AccountActivated,
    AccountCertified,
    AccountClosed,
    AccountExistsError,
    AccountId,
    AccountNotUsableError,
    AccountRegistered,
    AccountRequested,
    AccountResumed,
    AccountState,
    AccountSuspended,
    BadCodeError,
    CodeIssued,
    Credential,
    EndedBy,
    LoginTakenError,
    NotCertifiedError,
    PasswordReset,
    Registered,
    Session,
    SessionId,
    SessionNotFoundError,
    SignInLocked,
)
from guiju.modules.policy import service as policy

apply = _store.apply
connect = _access.connect
code_issuer = _access.code_issuer
void_code = _access.void_code
hash_password = _passwords.hash_password
new_token = _passwords.new_token
token_hash = _passwords.token_hash
Passwords = _passwords.Passwords
device_name = _rules.device_name
cookie_name = _rules.cookie_name


def person_mark(tx: ReadTx, person: PersonId) -> dict[str, Any]:
    """The person mark of docs/protocol.md."""
    return _access.marks().mark(tx, person)


# ---- accounts ---------------------------------------------------------------------------------------------------


def request_account(tx: WriteTx, actor: Actor, person: PersonId, *, login: str) -> Account:
    """Ask for the account of a new person.

    Raises NotAllowedError, BadLoginError, LoginTakenError (also for the login of a closed account) or AccountExistsError.
    """
    permit = policy.require(tx, actor, "identity.request")
    login = _rules.check_login(login)
    if _store.find_by_login(tx, _rules.login_key(login)) is not None:
        raise LoginTakenError("This login is taken.", login=login)
    if _store.find_by_person(tx, person) is not None:
        raise AccountExistsError("This person has an account.", person=person)
    account = AccountId(new_id("acc", tx.now))
    tx.record(permit, AccountRequested(account, person, login))
    return _access.get(tx, account)


def register_account(tx: WriteTx, actor: Actor, account_id: AccountId) -> Registered:
    """Register an account, or hand out another code for one that is registered already.

    The code is good for seven days and for one use; an earlier one becomes void. With a later code the holder sets a
    new password after having forgotten it. Raises AccountNotFoundError, NotAllowedError, OtherLineError (recorded as an
    attempt), OwnAccountError or WrongStateError.
    """
    account, permit = _access.load_for_code(tx, actor, account_id)
    if account.state in _rules.RENEWABLE:
        tx.record(permit, CodeIssued(account.id, account.person))
    else:
        _rules.next_state(account, AccountAct.REGISTER)
        tx.record(permit, AccountRegistered(account.id, account.person, account.state))
    code = _passwords.new_code()
    _store.save_code(
        tx, account.id, _passwords.code_hash(account.id, code), tx.now + _rules.CODE_LIFE
    )
    return Registered(_access.get(tx, account.id), code)


def activate(tx: WriteTx, *, login: str, code: str, password_hash: str) -> Account:
    """Set the password with a code: the first one activates the account, a later one ends all sessions.

    Raises BadCodeError, whatever is wrong with the login or the code.
    """
    account = check_code(tx, login=login, code=code)
    # The holder has no rights before certification, so the system acts; the fact names the person.
    permit = policy.require(tx, system("activation"), "identity.own")
    if account.state is AccountState.REGISTERED:
        tx.record(permit, AccountActivated(account.id, account.person, account.state))
    else:
        tx.record(permit, PasswordReset(account.id, account.person))
        _access.end_all(tx, permit, account, EndedBy.PASSWORD)
    _store.delete_code(tx, account.id)
    _store.clear_failures(tx, _access.failures_of(account.login))
    _store.save_hash(tx, account.id, password_hash)
    return _access.get(tx, account.id)


def check_code(tx: ReadTx, *, login: str, code: str) -> Account:
    """The account that an activation code is for. Raises BadCodeError."""
    account = _store.find_by_login(tx, _rules.login_key(login))
    stored = _store.find_code(tx, account.id) if account is not None else None
    given = _passwords.code_hash(account.id if account is not None else "", code)
    if (
        account is None
        or not _passwords.is_same(stored, given)
        or account.state not in _rules.RENEWABLE
    ):
        raise BadCodeError("The account or the code is wrong, or the code has expired.")
    return account


def check_new_password(tx: ReadTx, account: Account, password: str) -> None:
    """Refuse a weak password. Raises WeakPasswordError."""
    mark = person_mark(tx, account.person)
    _rules.check_password(password, known=(account.login, str(mark["name"]), str(mark["staff_no"])))


def check_password(password: str, *, known: Collection[str]) -> None:
    """Refuse a weak password of somebody whose account does not exist yet. Raises WeakPasswordError."""
    _rules.check_password(password, known=known)


def set_password_hash(
    tx: WriteTx, actor: Actor, *, credential: Credential, password_hash: str, keep: SessionId
) -> None:
    """Change one's own password and end all other sessions.

    `credential` is what the old password was checked against; raises BadCredentialsError when it changed meanwhile.
    """
    account = _access.own(tx, actor)
    _access.check_unchanged(tx, account, credential.hash)
    _store.save_hash(tx, account.id, password_hash)
    _access.end_all(tx, _access.own_permit(tx, actor), account, EndedBy.PASSWORD, keep=keep)


def certify(tx: WriteTx, actor: Actor, account_id: AccountId, *, proof: str) -> Account:
    """Certify the real name behind an activated account; `proof` says by what.

    Raises AccountNotFoundError, NotAllowedError, OwnAccountError or WrongStateError.
    """
    account, permit = _access.load(tx, actor, account_id, "identity.certify")
    _rules.next_state(account, AccountAct.CERTIFY)
    permit = permit.under(*policy.use_ids(tx, "identity.certified"))
    tx.record(permit, AccountCertified(account.id, account.person, account.state, proof))
    return _access.get(tx, account.id)


def suspend(tx: WriteTx, actor: Actor, account_id: AccountId, *, reason: str) -> Account:
    """Bar an account until it is resumed, and end its sessions. Raises as `certify` does, or LastHolderError."""
    account, permit = _access.load_to_bar(tx, actor, account_id)
    _rules.next_state(account, AccountAct.SUSPEND)
    tx.record(permit, AccountSuspended(account.id, account.person, account.state, reason))
    _store.delete_code(tx, account.id)
    _access.end_all(tx, permit, account, EndedBy.SUSPENSION)
    return _access.get(tx, account.id)


def resume(tx: WriteTx, actor: Actor, account_id: AccountId, *, reason: str) -> Account:
    """Return a suspended account to the state that it had. Raises as `certify` does."""
    account, permit = _access.load(tx, actor, account_id, "identity.suspend")
    state = _rules.next_state(account, AccountAct.RESUME)
    tx.record(permit, AccountResumed(account.id, account.person, account.state, state, reason))
    return _access.get(tx, account.id)


def close(tx: WriteTx, actor: Actor, account_id: AccountId, *, reason: str) -> Account:
    """Close an account for good, and end its sessions. Its login is never given again. Raises as `suspend` does."""
    account, permit = _access.load_to_bar(tx, actor, account_id)
    _rules.next_state(account, AccountAct.CLOSE)
    tx.record(permit, AccountClosed(account.id, account.person, account.state, reason))
    _store.delete_code(tx, account.id)
    _access.end_all(tx, permit, account, EndedBy.CLOSING)
    return _access.get(tx, account.id)


def list_accounts(
    tx: ReadTx,
    actor: Actor,
    *,
    state: AccountState | None = None,
    words: str = "",
    after: AccountId | None = None,
    limit: int = 50,
) -> Page[Account]:
    """Accounts in order of time, by login, name or staff number. Raises NotAllowedError, AccountNotFoundError, BadLimitError."""
    policy.require(tx, actor, "identity.read")
    if after is not None:
        _access.get(tx, after)
    people = _access.marks().matching(tx, words) if words else ()
    return _store.list_accounts(
        tx,
        policy.scope(tx, actor, "identity.read"),
        state=state,
        login_part=_rules.login_key(words),
        people=people,
        after=after,
        limit=check_limit(limit),
    )


def find_account_of(tx: ReadTx, person: PersonId) -> Account | None:
    """The account of a person."""
    return _store.find_by_person(tx, person)


def find_account(tx: ReadTx, login: str) -> Account | None:
    """The account of a login, for the operator's command line; never for an answer to a person."""
    return _store.find_by_login(tx, _rules.login_key(login))


def logins_taken(tx: ReadTx, logins: Collection[str]) -> frozenset[str]:
    """Which of `logins` belong to an account, spelled as they were given."""
    keys = {_rules.login_key(login): login for login in logins}
    return frozenset(keys[key] for key in _store.logins_taken(tx, keys))


def is_certified(tx: ReadTx, person: PersonId) -> bool:
    """Whether the person may do more than look after their own account."""
    account = _store.find_by_person(tx, person)
    return account is not None and account.state is AccountState.CERTIFIED


def is_barred(tx: ReadTx, person: PersonId) -> bool:
    """Whether the person's account is suspended or closed."""
    account = _store.find_by_person(tx, person)
    return account is not None and account.state in (AccountState.SUSPENDED, AccountState.CLOSED)


def require_certified(tx: ReadTx, person: PersonId) -> tuple[str, ...]:
    """The uses of `identity.certified` that the person has passed, to name in a leaf; none when no clause asks.

    Raises NotCertifiedError with the clause.
    """
    use = policy.first_use(tx, "identity.certified")
    if use is not None and not is_certified(tx, person):
        raise NotCertifiedError(
            "This person's real name is not certified.", person=person, clause=use.mark()
        )
    return policy.use_ids(tx, "identity.certified")


# ---- signing in -------------------------------------------------------------------------------------------------


def find_credential(tx: ReadTx, login: str) -> Credential | None:
    """What a password for this login is to be checked against; None for an unknown one.

    Raises TooManyAttemptsError while the login is locked, be it known or not.
    """
    key = _rules.login_key(login)
    _access.refuse_locked(tx, key)
    account = _store.find_by_login(tx, key)
    stored = _store.find_hash(tx, account.id) if account is not None else None
    return Credential(account.id, stored) if account is not None and stored is not None else None


def own_credential(tx: ReadTx, actor: Actor) -> tuple[Account, Credential]:
    """The holder's account, and what their old password is to be checked against. Raises TooManyAttemptsError."""
    account = _access.own(tx, actor)
    credential = find_credential(tx, account.login)
    assert credential is not None, "whoever has a session has a password"
    return account, credential


def sign_in_failed(tx: WriteTx, login: str) -> None:
    """Count a wrong password; the last one that a clause allows locks the sign-in for a while.

    Failures are counted for unknown logins too, so that a lock does not tell which logins exist.
    """
    key = _rules.login_key(login)
    hashed = _passwords.login_hash(key)
    limit = _rules.strictest_sign_in([use.params for use in policy.uses(tx, "identity.sign_in")])
    found = _store.find_failures(tx, hashed) or _store.Failures(0, 0, 0)
    if found.locked_until > tx.now:
        return
    count = _rules.count_failure(found.count, found.last_at, tx.now, limit)
    until = tx.now + limit.lock_minutes * _rules.MINUTE if count >= limit.max_failures else 0
    forget_before = tx.now - limit.lock_minutes * _rules.MINUTE
    _store.save_failures(
        tx, hashed, _store.Failures(count, tx.now, until), forget_before=forget_before
    )
    account = _store.find_by_login(tx, key)
    if until and account is not None:
        permit = policy.require(tx, system("sign_in"), "identity.own")
        permit = permit.under(*policy.use_ids(tx, "identity.sign_in"))
        tx.record(permit, SignInLocked(account.id, account.person, count, until))


def create_session(
    tx: WriteTx,
    account_id: AccountId,
    *,
    token_hash: str,
    device: str,
    credential: str | None = None,
) -> Session:
    """Sign a device in. `credential` is the hash that the password was checked against, where one was.

    Raises AccountNotFoundError, AccountNotUsableError, or BadCredentialsError when the password changed meanwhile.
    """
    account = _access.get(tx, account_id)
    if credential is not None:
        _access.refuse_locked(tx, _rules.login_key(account.login))
        _access.check_unchanged(tx, account, credential)
    if account.state not in USABLE:
        raise AccountNotUsableError(f"The account is {account.state}.", state=account.state.value)
    expires = tx.now + _access.idle_limit(tx)
    session_id = SessionId(new_id("ses", tx.now))
    session = Session(session_id, account.id, account.person, device[:100], tx.now, tx.now, expires)
    _store.save_session(tx, session, token_hash)
    _store.clear_failures(tx, _access.failures_of(account.login))
    tx.schedule(_access.SESSION_IDLE, session_id, expires)
    return session


def find_session(tx: ReadTx, token_hash: str) -> Session | None:
    """The session of a token, if it has not ended and its account may be used."""
    found = _store.find_session(tx, token_hash)
    if found is None or found[1] not in USABLE:
        return None
    return found[0]


def sessions_alive(tx: ReadTx, sessions: Collection[SessionId]) -> frozenset[SessionId]:
    """Which of these sessions have not ended."""
    return _store.sessions_alive(tx, sessions)


def needs_touch(tx: ReadTx, session: Session) -> bool:
    """Whether `touch_session` is due: at most once a minute."""
    return tx.now - session.last_seen_at >= _rules.TOUCH_EVERY


def touch_session(tx: WriteTx, session: Session) -> None:
    """Note that a session is in use, which moves its end; at most once a minute."""
    expires = tx.now + _access.idle_limit(tx)
    _store.touch_session(tx, session.id, expires, seen_before=tx.now - _rules.TOUCH_EVERY)


def list_sessions(tx: ReadTx, actor: Actor) -> list[Session]:
    """One's own sessions, the last used first."""
    return _store.list_sessions(tx, actor.person_id)


def sign_out(tx: WriteTx, session: Session) -> None:
    """End the session in which one asks. An ordinary sign-out is not a fact."""
    for ended in _store.delete_sessions(tx, session.account, only=session.id):
        tx.cancel(_access.SESSION_IDLE, ended)


def end_session(tx: WriteTx, actor: Actor, session_id: SessionId) -> None:
    """End one of one's own sessions, such as a lost device's. Raises SessionNotFoundError."""
    account = _access.own(tx, actor)
    if (
        _access.end_all(tx, _access.own_permit(tx, actor), account, EndedBy.HOLDER, only=session_id)
        == 0
    ):
        raise SessionNotFoundError("There is no such session.", session=session_id)


def end_sessions(tx: WriteTx, actor: Actor, *, keep: SessionId | None = None) -> int:
    """Sign out everywhere, but for the session to `keep`; returns how many ended (clause ACC-10)."""
    permit, account = _access.own_permit(tx, actor), _access.own(tx, actor)
    return _access.end_all(tx, permit, account, EndedBy.HOLDER, keep=keep)


def end_idle_session(tx: WriteTx, session_id: SessionId) -> None:
    """End a session that rested for too long, or look again when it would be due."""
    session = _store.get_session(tx, session_id)
    if session is None:
        return
    if session.expires > tx.now:
        tx.schedule(_access.SESSION_IDLE, session_id, session.expires)
        return
    permit = policy.require(tx, system("session_idle"), "identity.own")
    _access.end_all(tx, permit, _access.get(tx, session.account), EndedBy.IDLE, only=session_id)
