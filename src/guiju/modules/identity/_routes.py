"""HTTP: signing in and out, the first password, one's sessions, and the accounts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer
from guiju.kernel.lane import WriteTx
from guiju.kernel.text import Id, Line, Prose, Search
from guiju.modules.identity import service
from guiju.modules.identity.types import (
    Account,
    AccountId,
    AccountState,
    BadCodeError,
    BadCredentialsError,
    Session,
    SessionId,
    SessionNotFoundError,
    WrongPasswordError,
)

routes = APIRouter(prefix="/api")

# Longer than the longest password that is accepted: what is too long is then refused as such, and 1 MB never hashed.
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_COOKIE_AGE = 400 * 86_400  # as long as browsers keep one; the server decides when a session ends


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(_Body):
    """Account and password."""

    account: Line
    password: Password


class Activation(_Body):
    """An activation code and the password to set."""

    account: Line
    code: Code
    password: Password


class PasswordChange(_Body):
    """The old and the new password."""

    old: Password
    new: Password


class Nothing(_Body):
    """An empty object."""


class Certification(_Body):
    """By what the real name was certified."""

    proof: Prose


class Reason(_Body):
    """Why."""

    reason: Prose


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _passwords(request: Request) -> service.Passwords:
    found: service.Passwords = request.app.state.passwords
    return found


def _set_cookie(request: Request, response: Response, token: str) -> None:
    name: str = request.app.state.session_cookie
    secure = name.startswith("__Host-")
    response.set_cookie(
        name, token, max_age=_COOKIE_AGE, path="/", secure=secure, httponly=True, samesite="lax"
    )


def _clear_cookie(request: Request, response: Response) -> None:
    name: str = request.app.state.session_cookie
    secure = name.startswith("__Host-")
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def _current(request: Request, tx: ReadTx) -> Session:
    """The session of this request; whoever is authenticated has one."""
    token = request.cookies.get(request.app.state.session_cookie, "")
    session = service.find_session(tx, service.token_hash(token))
    if session is None:  # it ended between the authentication and now
        raise SessionNotFoundError("The session has ended.")
    return session


def _account(tx: ReadTx, account: Account) -> Json:
    return {
        "id": account.id,
        "login": account.login,
        "state": account.state,
        "person": service.person_mark(tx, account.person),
        "since": account.since,
        "code_by": service.code_issuer(tx, account),
    }


# ---- signing in and out -----------------------------------------------------------------------------------------


@routes.post("/session")
async def sign_in(
    body: SignIn, request: Request, response: Response, read: Reader, write: Writer
) -> Json:
    """Sign in; the limits come before the hash, and the account's state is told only after the right password."""
    passwords, address = _passwords(request), _address(request)
    passwords.check_limits(body.account, address)
    found = await read(lambda tx: service.find_credential(tx, body.account))
    right = await passwords.verify(found.hash if found is not None else None, body.password)
    if found is None or not right:
        passwords.count_failure(address)
        await write(lambda tx: service.sign_in_failed(tx, body.account))
        raise BadCredentialsError("The account or the password is wrong.")
    token, hashed = service.new_token()
    device = service.device_name(request.headers.get("user-agent", ""))

    def verb(tx: WriteTx) -> Json:
        session = service.create_session(
            tx, found.account, token_hash=hashed, device=device, credential=found.hash
        )
        me: Json = request.app.state.me(tx, Actor(person=session.person))
        return me

    me = await write(verb)
    _set_cookie(request, response, token)
    return me


@routes.delete("/session", status_code=204)
async def sign_out(
    request: Request, response: Response, actor: CurrentActor, write: Writer
) -> None:
    """End this session."""

    def verb(tx: WriteTx) -> Session:
        session = _current(request, tx)
        service.sign_out(tx, session)
        return session

    session = await write(verb)
    _clear_cookie(request, response)
    # Only local tables changed, so no fact will tell the session's socket.
    request.app.state.session_ended(session.id)


@routes.get("/sessions")
async def list_sessions(request: Request, actor: CurrentActor, read: Reader) -> Json:
    """One's own sessions."""

    def verb(tx: ReadTx) -> Json:
        current = _current(request, tx).id
        return {
            "sessions": [
                {
                    "id": session.id,
                    "device": session.device,
                    "created_at": session.created_at,
                    "last_seen_at": session.last_seen_at,
                    "current": session.id == current,
                }
                for session in service.list_sessions(tx, actor)
            ]
        }

    return await read(verb)


@routes.delete("/sessions", status_code=204)
async def end_sessions(
    request: Request,
    response: Response,
    actor: CurrentActor,
    write: Writer,
    *,
    others: bool = False,
) -> None:
    """Sign out everywhere; with `others` everywhere else."""

    def verb(tx: WriteTx) -> None:
        service.end_sessions(tx, actor, keep=_current(request, tx).id if others else None)

    await write(verb)
    if not others:
        _clear_cookie(request, response)


@routes.delete("/sessions/{session_id}", status_code=204)
async def end_session(request: Request, session_id: Id, actor: CurrentActor, write: Writer) -> None:
    """Sign one device out."""
    await write(lambda tx: service.end_session(tx, actor, SessionId(session_id)))


# ---- passwords --------------------------------------------------------------------------------------------------


@routes.post("/account/activation", status_code=204)
async def activate(body: Activation, request: Request, read: Reader, write: Writer) -> None:
    """Set the first password, or a new one after a forgotten one, with a code from IT."""
    passwords, address = _passwords(request), _address(request)
    passwords.check_limits(body.account, address)

    def check(tx: ReadTx) -> None:
        account = service.check_code(tx, login=body.account, code=body.code)
        service.check_new_password(tx, account, body.password)

    try:
        await read(check)
    except BadCodeError:
        passwords.count_failure(address)
        raise
    hashed = await passwords.hash(body.password)
    await write(
        lambda tx: service.activate(tx, login=body.account, code=body.code, password_hash=hashed)
    )


@routes.post("/account/password", status_code=204)
async def change_password(
    body: PasswordChange, request: Request, actor: CurrentActor, read: Reader, write: Writer
) -> None:
    """Change one's own password; all other sessions end."""
    passwords, address = _passwords(request), _address(request)
    account, credential = await read(lambda tx: service.own_credential(tx, actor))
    passwords.check_limits(account.login, address)
    if not await passwords.verify(credential.hash, body.old):
        passwords.count_failure(address)
        await write(lambda tx: service.sign_in_failed(tx, account.login))
        raise WrongPasswordError("The old password is wrong.")
    await read(lambda tx: service.check_new_password(tx, account, body.new))
    hashed = await passwords.hash(body.new)
    await write(
        lambda tx: service.set_password_hash(
            tx, actor, credential=credential, password_hash=hashed, keep=_current(request, tx).id
        )
    )


# ---- accounts ---------------------------------------------------------------------------------------------------


@routes.get("/accounts")
async def list_accounts(
    actor: CurrentActor,
    read: Reader,
    state: AccountState | None = None,
    q: Annotated[Search, Query(max_length=100)] = "",
    after: Id | None = None,
    limit: int = 50,
) -> Json:
    """Accounts by state and by words."""

    def verb(tx: ReadTx) -> dict[str, Any]:
        page = service.list_accounts(
            tx,
            actor,
            state=state,
            words=q.strip(),
            after=AccountId(after) if after is not None else None,
            limit=limit,
        )
        return {
            "accounts": [_account(tx, account) for account in page.items],
            "total": page.total,
            "more": page.more,
            "position": tx.position,
        }

    return await read(verb)


@routes.post("/accounts/{account_id}/registration")
async def register(account_id: Id, body: Nothing, actor: CurrentActor, write: Writer) -> Json:
    """Register an account; the code is shown once."""
    done = await write(lambda tx: service.register_account(tx, actor, AccountId(account_id)))
    return {"code": done.code}


@routes.post("/accounts/{account_id}/certification")
async def certify(account_id: Id, body: Certification, actor: CurrentActor, write: Writer) -> Json:
    """Certify the real name."""
    return await write(
        lambda tx: _account(tx, service.certify(tx, actor, AccountId(account_id), proof=body.proof))
    )


@routes.post("/accounts/{account_id}/suspension")
async def suspend(account_id: Id, body: Reason, actor: CurrentActor, write: Writer) -> Json:
    """Bar the account; its sessions end at once."""
    return await write(
        lambda tx: _account(
            tx, service.suspend(tx, actor, AccountId(account_id), reason=body.reason)
        )
    )


@routes.post("/accounts/{account_id}/resumption")
async def resume(account_id: Id, body: Reason, actor: CurrentActor, write: Writer) -> Json:
    """Give a suspended account back."""
    return await write(
        lambda tx: _account(
            tx, service.resume(tx, actor, AccountId(account_id), reason=body.reason)
        )
    )


@routes.post("/accounts/{account_id}/closing")
async def close(account_id: Id, body: Reason, actor: CurrentActor, write: Writer) -> Json:
    """Close the account for good; its sessions end at once."""
    return await write(
        lambda tx: _account(tx, service.close(tx, actor, AccountId(account_id), reason=body.reason))
    )
