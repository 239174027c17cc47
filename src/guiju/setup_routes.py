"""The first-run page's requests: open to whoever holds the token that the server printed."""

import functools
import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from guiju.kernel.db import ReadTx
from guiju.kernel.http import Json, Reader, Writer
from guiju.kernel.text import Id, Line
from guiju.ledger.keystore import write_durably
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack, shipped_packs
from guiju.settings import Settings
from guiju.setup import AlreadySetUpError, BadTokenError, FirstAdministrator, needs_setup, set_up

routes = APIRouter(prefix="/api/setup", tags=["setup"])
_LINES = {"system": "system_admin", "security": "security_admin", "audit": "audit_admin"}


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Administrator(Closed):
    name: Line
    staff_no: Line
    account: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Administrators(Closed):
    system: Administrator
    security: Administrator
    audit: Administrator


class SetupBody(Closed):
    token: Annotated[str, StringConstraints(max_length=200)]
    organisation: Line
    pack: Id
    administrators: Administrators


_WAITING = "setup.token"


def awaits_setup(settings: Settings) -> bool:
    """Whether somebody has been given the token of an empty organisation, which they may be about to use."""
    return (settings.data / _WAITING).exists()


def setup_token(settings: Settings) -> str:
    """The token of an empty organisation, kept in a file that only the operator reads."""
    path = settings.data / _WAITING
    if not path.exists():
        write_durably(path, secrets.token_urlsafe(18).encode())
    return path.read_text()


@routes.get("")
async def get_setup(read: Reader) -> Json:
    """Whether the organisation is still to be set up, and with which packs it can be."""

    def shape(tx: ReadTx) -> Json:
        needed = needs_setup(tx)
        return {"needed": needed, "packs": _offered() if needed else []}

    return await read(shape)


@functools.cache
def _offered() -> list[Json]:
    """The shipped packs. Read once, because anybody may ask and to read them takes a third of a second."""
    packs = [policy.read_pack(*load_pack(pack_id)) for pack_id in shipped_packs()]
    return [
        {"id": pack.id, "title": pack.title, "about": pack.about, "clauses": len(pack.clauses)}
        for pack in packs
    ]


@routes.post("", status_code=204)
async def post_setup(body: SetupBody, request: Request, read: Reader, write: Writer) -> None:
    """Raises AlreadySetUpError, BadTokenError, UnknownPackError, and what is wrong with an account or password."""
    if not await read(needs_setup):
        raise AlreadySetUpError("The organisation exists already.")
    settings: Settings = request.app.state.runtime.settings
    if not hmac.compare_digest(body.token.encode(), setup_token(settings).encode()):
        raise BadTokenError("This is not the token that the server printed.")
    made = []
    for line, role in _LINES.items():
        stated: Administrator = getattr(body.administrators, line)
        identity.check_password(
            stated.password, known=(stated.account, stated.name, stated.staff_no)
        )
        hashed = await request.app.state.passwords.hash(stated.password)
        made.append(FirstAdministrator(role, stated.name, stated.staff_no, stated.account, hashed))
    await write(
        lambda tx: set_up(
            tx, organisation=body.organisation, pack_id=body.pack, administrators=tuple(made)
        )
    )
    await read(request.app.state.runtime.inspector.follow)
    (settings.data / _WAITING).unlink(missing_ok=True)
