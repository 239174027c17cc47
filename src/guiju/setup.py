"""Making an organisation: the schema, an empty ledger, its pack and first administrators."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import ReadTx, open_database
from guiju.kernel.errors import ConflictError, InvalidError
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.ledger.binding import check_folder, new_origin
from guiju.ledger.keystore import read_keystore
from guiju.ledger.log import Log, create_head, has_head
from guiju.ledger.replay import refill
from guiju.migrations import schema
from guiju.modules.directory import service as directory
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.runtime import APPLIERS, load_pack, shipped_packs, wire
from guiju.settings import Settings

SYSTEM = system("setup")


class AlreadySetUpError(ConflictError):
    """The organisation exists already."""

    code = "setup.already_done"


class BadTokenError(InvalidError):
    """The token is not the one that the server printed."""

    code = "setup.bad_token"


class UnknownPackError(InvalidError):
    """There is no such shipped pack."""

    code = "setup.unknown_pack"


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """One of the three first administrators. The password arrives hashed."""

    role: str
    name: str
    staff_no: str
    login: str
    password_hash: str


def initialise(settings: Settings) -> None:
    """Create or upgrade the schema and begin the ledger; harmless on an organisation that exists.

    Raises KeysRefusedError when the keys folder is not that of the ledger; then nothing was made or changed.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database)
    try:
        check_folder(settings.keys, database)
        schema.upgrade(database, partial(_fill, settings))
        with database.write() as connection:
            if not has_head(connection):
                create_head(connection, new_origin(settings.keys, settings.database))
    finally:
        database.close()


def _fill(settings: Settings, connection: Connection, tables: frozenset[str]) -> None:
    """What earlier facts say of tables that this version has added."""
    wire()
    keys = read_keystore(settings.keys, settings.database)
    try:
        refill(connection, Log(keys), APPLIERS, tables)
    finally:
        keys.close()


def needs_setup(tx: ReadTx) -> bool:
    """Whether no pack has been adopted yet: the organisation is still empty."""
    return policy.find_pack(tx) is None


def set_up(
    tx: WriteTx, *, organisation: str, pack_id: str, administrators: tuple[FirstAdministrator, ...]
) -> None:
    """Give an empty organisation its name, its pack and the first administrators of the three lines.

    Raises AlreadySetUpError or UnknownPackError.
    """
    if policy.find_pack(tx) is not None:
        raise AlreadySetUpError("The organisation exists already.")
    if pack_id not in shipped_packs():
        raise UnknownPackError("There is no such pack.", pack=pack_id)
    text, dictionaries = load_pack(pack_id)
    policy.adopt(tx, SYSTEM, text=text, dictionaries=dictionaries)
    directory.name_organisation(tx, SYSTEM, name=organisation)
    unit = directory.add_unit(tx, SYSTEM, name=organisation)
    for each in administrators:
        person = directory.add_person(
            tx, SYSTEM, name=each.name, staff_no=each.staff_no, unit=unit.id, login=each.login
        )
        directory.grant_role(tx, SYSTEM, person.id, each.role)
        open_account(tx, SYSTEM, person.id, password_hash=each.password_hash, proof="首次初始化")


def open_account(
    tx: WriteTx, actor: Actor, person: PersonId, *, password_hash: str, proof: str
) -> None:
    """Take a requested account all the way to certified, with a password that is set already."""
    account = identity.find_account_of(tx, person)
    assert account is not None, "add_person has requested it"
    registered = identity.register_account(tx, actor, account.id)
    identity.activate(tx, login=account.login, code=registered.code, password_hash=password_hash)
    identity.certify(tx, actor, account.id, proof=proof)
