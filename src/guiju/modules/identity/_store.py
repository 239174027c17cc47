"""Accounts, rebuilt from facts; and what no replay brings back: credentials, codes, sessions, failures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Row

from guiju.kernel.db import ReadTx, governed, metadata
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import Page
from guiju.kernel.permit import Scope
from guiju.modules.identity.types import (
    USABLE,
    Account,
    AccountActivated,
    AccountCertified,
    AccountClosed,
    AccountId,
    AccountRegistered,
    AccountRequested,
    AccountResumed,
    AccountState,
    AccountSuspended,
    Session,
    SessionId,
    WrongStateError,
)

_account = governed(
    Table(
        "identity_account",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("person", String(64), nullable=False, unique=True),
        Column("login", String(64)),
        Column("login_key", String(64), unique=True),
        Column("state", String(16), nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("resumes_to", String(16)),
    )
)
_credential = Table(
    "identity_credential",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
_code = Table(
    "identity_code",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("expires", BigInteger, nullable=False),
)
_session = Table(
    "identity_session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("device", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index("identity_session_account", "account"),
)
_failure = Table(
    "identity_failure",
    metadata,
    # A hash of what was typed, because people type passwords into the wrong field.
    Column("login_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
    Index("identity_failure_last", "last_at"),
)

_MOVES: dict[type[object], AccountState] = {
    AccountRegistered: AccountState.REGISTERED,
    AccountActivated: AccountState.ACTIVATED,
    AccountCertified: AccountState.CERTIFIED,
    AccountSuspended: AccountState.SUSPENDED,
    AccountClosed: AccountState.CLOSED,
}


def apply(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, AccountRequested):
            _insert_account(tx, entry, fact)
        elif isinstance(fact, AccountResumed):
            _move(tx, entry, AccountState(fact.state), resumes_to=None)
        elif isinstance(fact, AccountSuspended):
            _move(tx, entry, AccountState.SUSPENDED, resumes_to=fact.before)
        elif type(fact) in _MOVES:
            _move(tx, entry, _MOVES[type(fact)], resumes_to=None)


def _insert_account(tx: WriteTx, entry: Recorded, fact: AccountRequested) -> None:
    tx.run(
        insert(_account).values(
            id=fact.account,
            person=fact.person,
            # After a shred the login is gone; several accounts without one may stand beside each other.
            login=fact.login or None,
            login_key=fact.login.casefold() or None,
            state=AccountState.REQUESTED.value,
            since=entry.at,
            resumes_to=None,
        )
    )
    tx.forget("person", fact.person, "account")


def _move(tx: WriteTx, entry: Recorded, state: AccountState, *, resumes_to: str | None) -> None:
    fact = entry.fact
    moved = tx.run(
        update(_account)
        .where(_account.c.id == fact.account, _account.c.state == fact.before)
        .values(state=state.value, since=entry.at, resumes_to=resumes_to)
    )
    if moved == 0:
        raise WrongStateError("The account is in another state by now.", account=fact.account)
    tx.forget("person", fact.person, "account")


# ---- accounts ---------------------------------------------------------------------------------------------------


def _to_account(row: Row[Any]) -> Account:
    return Account(
        AccountId(row.id),
        PersonId(row.person),
        row.login or "",
        AccountState(row.state),
        row.since,
        AccountState(row.resumes_to) if row.resumes_to is not None else None,
    )


def _find(tx: ReadTx, condition: ColumnElement[bool]) -> Account | None:
    row = tx.first(select(_account).where(condition))
    return _to_account(row) if row is not None else None


def find_account(tx: ReadTx, account: AccountId) -> Account | None:
    return _find(tx, _account.c.id == account)


def find_by_login(tx: ReadTx, login_key: str) -> Account | None:
    return _find(tx, _account.c.login_key == login_key)


def find_by_person(tx: ReadTx, person: PersonId) -> Account | None:
    def load() -> Account | None:
        return _find(tx, _account.c.person == person)

    found: Account | None = tx.cached(("person", person, "account"), load)
    return found


def certified_among(tx: ReadTx, people: Sequence[PersonId]) -> frozenset[PersonId]:
    """Those of these people whose account is certified."""
    found: set[PersonId] = set()
    for start in range(0, len(people), 500):
        part = _account.c.person.in_(people[start : start + 500])
        certified = _account.c.state == AccountState.CERTIFIED.value
        found.update(tx.scalars(select(_account.c.person).where(part, certified)))
    return frozenset(found)


def is_closed(person: ColumnElement[str]) -> ColumnElement[bool]:
    closed = _account.c.state == AccountState.CLOSED.value
    return exists().where(_account.c.person == person, closed)


def list_accounts(
    tx: ReadTx,
    scope: Scope,
    *,
    state: AccountState | None,
    login_part: str,
    people: Collection[PersonId],
    after: AccountId | None,
    limit: int,
) -> Page[Account]:
    """Accounts by id, which is their order in time; `login_part` or `people` must match where one is given."""
    if not scope.everything:
        return Page([], more=False, total=0)
    wanted = and_(True)
    if state is not None:
        wanted = and_(wanted, _account.c.state == state.value)
    if login_part:
        wanted = and_(
            wanted,
            or_(
                _account.c.login_key.contains(login_part, autoescape=True),
                _account.c.person.in_(people),
            ),
        )
    total = int(tx.scalar(select(func.count()).select_from(_account).where(wanted)))
    later = and_(wanted, _account.c.id > after) if after is not None else wanted
    rows = tx.all(select(_account).where(later).order_by(_account.c.id).limit(limit + 1))
    return Page([_to_account(row) for row in rows[:limit]], more=len(rows) > limit, total=total)


def logins_taken(tx: ReadTx, login_keys: Collection[str]) -> frozenset[str]:
    return frozenset(
        tx.scalars(select(_account.c.login_key).where(_account.c.login_key.in_(login_keys)))
    )


# ---- credentials and codes --------------------------------------------------------------------------------------


def find_hash(tx: ReadTx, account: AccountId) -> str | None:
    found = tx.scalar(select(_credential.c.hash).where(_credential.c.account == account))
    return str(found) if found is not None else None


def save_hash(tx: WriteTx, account: AccountId, password_hash: str) -> None:
    values = {"hash": password_hash, "changed_at": tx.now}
    if tx.run(update(_credential).where(_credential.c.account == account).values(**values)) == 0:
        tx.run(insert(_credential).values(account=account, **values))


def save_code(tx: WriteTx, account: AccountId, code_hash: str, expires: int) -> None:
    delete_code(tx, account)
    tx.run(insert(_code).values(account=account, hash=code_hash, expires=expires))


def delete_code(tx: WriteTx, account: AccountId) -> int:
    return tx.run(delete(_code).where(_code.c.account == account))


def find_code(tx: ReadTx, account: AccountId) -> str | None:
    """The hash of the account's code, unless it has expired."""
    found = tx.scalar(
        select(_code.c.hash).where(_code.c.account == account, _code.c.expires > tx.now)
    )
    return str(found) if found is not None else None


# ---- sessions ---------------------------------------------------------------------------------------------------


def _to_session(row: Row[Any]) -> Session:
    return Session(
        SessionId(row.id),
        AccountId(row.account),
        PersonId(row.person),
        row.device,
        row.created_at,
        row.last_seen_at,
        row.expires,
    )


def save_session(tx: WriteTx, session: Session, token_hash: str) -> None:
    tx.run(
        insert(_session).values(
            id=session.id,
            token_hash=token_hash,
            account=session.account,
            person=session.person,
            device=session.device,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires=session.expires,
        )
    )


def find_session(tx: ReadTx, token_hash: str) -> tuple[Session, AccountState] | None:
    """A session that has not expired, with the state of its account."""
    row = tx.first(
        select(_session, _account.c.state)
        .join(_account, _account.c.id == _session.c.account)
        .where(_session.c.token_hash == token_hash, _session.c.expires > tx.now)
    )
    return (_to_session(row), AccountState(row.state)) if row is not None else None


def sessions_alive(tx: ReadTx, sessions: Collection[SessionId]) -> frozenset[SessionId]:
    """Those of `sessions` that have not expired and whose accounts are usable."""
    alive = (
        select(_session.c.id)
        .join(_account, _account.c.id == _session.c.account)
        .where(
            _session.c.id.in_(sessions), _session.c.expires > tx.now, _account.c.state.in_(USABLE)
        )
    )
    return frozenset(SessionId(found) for found in tx.scalars(alive))


def get_session(tx: ReadTx, session: SessionId) -> Session | None:
    row = tx.first(select(_session).where(_session.c.id == session))
    return _to_session(row) if row is not None else None


def list_sessions(tx: ReadTx, person: PersonId) -> list[Session]:
    found = select(_session).where(_session.c.person == person, _session.c.expires > tx.now)
    return [
        _to_session(row)
        for row in tx.all(found.order_by(_session.c.last_seen_at.desc(), _session.c.id))
    ]


def touch_session(tx: WriteTx, session: SessionId, expires: int, *, seen_before: int) -> int:
    return tx.run(
        update(_session)
        .where(
            _session.c.id == session,
            _session.c.last_seen_at <= seen_before,
            _session.c.expires > tx.now,
        )
        .values(last_seen_at=tx.now, expires=expires)
    )


def delete_sessions(
    tx: WriteTx, account: AccountId, *, only: SessionId | None = None, keep: SessionId | None = None
) -> list[SessionId]:
    """End the sessions of an account: all, all but `keep`, or `only` one; returns the ids of those that ended."""
    wanted = _session.c.account == account
    if only is not None:
        wanted = and_(wanted, _session.c.id == only)
    if keep is not None:
        wanted = and_(wanted, _session.c.id != keep)
    ended = [SessionId(found) for found in tx.scalars(select(_session.c.id).where(wanted))]
    tx.run(delete(_session).where(wanted))
    return ended


# ---- failures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong passwords in a row for a login, the last of them, and until when it is locked (0: it is not)."""

    count: int
    last_at: int
    locked_until: int


def find_failures(tx: ReadTx, login_hash: str) -> Failures | None:
    row = tx.first(select(_failure).where(_failure.c.login_hash == login_hash))
    return Failures(row.failures, row.last_at, row.locked_until) if row is not None else None


def save_failures(tx: WriteTx, login_hash: str, failures: Failures, *, forget_before: int) -> None:
    tx.run(
        delete(_failure).where(
            or_(_failure.c.login_hash == login_hash, _failure.c.last_at < forget_before)
        )
    )
    tx.run(
        insert(_failure).values(
            login_hash=login_hash,
            failures=failures.count,
            last_at=failures.last_at,
            locked_until=failures.locked_until,
        )
    )


def clear_failures(tx: WriteTx, login_hash: str) -> None:
    tx.run(delete(_failure).where(_failure.c.login_hash == login_hash))
