"""How to look at the demonstration: whom to sign in as, and what to try."""

from pathlib import Path

from sqlalchemy import inspect

from guiju.demo import _data
from guiju.kernel.db import ReadTx, database_bytes, open_database
from guiju.kernel.errors import NotFoundError
from guiju.ledger import tables
from guiju.modules.directory import service as directory
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import AccountState
from guiju.runtime import open_runtime
from guiju.settings import Settings
from guiju.setup import SYSTEM

FIRST_LINES = 6
"""How many of the picks the welcome names."""


class NotTheDemoError(NotFoundError):
    """This organisation is not the demonstration, so it has no demonstration accounts."""

    code = "demo.not_the_demo"


def accounts(settings: Settings) -> list[dict[str, str]]:
    """Everybody who can sign in and work, the most useful first: `account`, `password`, `name`, `role`, `unit`, `try`.

    People whose accounts are not certified, or are suspended, are left out: they cannot work, which is to be seen from
    inside. Passwords that somebody changed meanwhile are not known here. Raises NotTheDemoError.
    """
    usable = _usable_logins(settings)
    rows = {person.login: (person, unit) for person, unit in _data.organisation().people()}
    picks = {pick.account: pick for pick in _data.guide().picks}
    listed = []
    for login in (*picks, *(login for login in rows if login not in picks)):
        if login not in usable:
            continue
        person, unit = rows[login]
        pick = picks.get(login)
        listed.append(
            {
                "account": login,
                "password": _data.guide().password,
                "name": person.name,
                "role": f"{pick.role['zh']} / {pick.role['en']}"
                if pick is not None
                else person.post,
                "unit": unit.name,
                "try": f"{pick.try_['zh']} / {pick.try_['en']}" if pick is not None else "",
            }
        )
    return listed


def _usable_logins(settings: Settings) -> set[str]:
    if not _exists(settings):
        raise NotTheDemoError("There is no demonstration here.")
    runtime = open_runtime(settings)
    try:
        return runtime.read(_certified_logins)
    finally:
        runtime.close()


def _exists(settings: Settings) -> bool:
    """Whether there is any organisation, without making a file where there is none."""
    database = open_database(settings.database)
    try:
        file = database_bytes(database)
        if file is not None and not Path(file).exists():
            return False
        with database.read() as connection:
            return inspect(connection).has_table(tables.head.name)
    finally:
        database.close()


def _certified_logins(tx: ReadTx) -> set[str]:
    if not is_demo(tx):
        raise NotTheDemoError("This organisation is not the demonstration.")
    found = identity.list_accounts(tx, SYSTEM, state=AccountState.CERTIFIED, limit=200)
    return {account.login for account in found.items}


def welcome(url: str) -> str:
    """What `make run` prints: the address, whom to sign in as, and what to try, in Chinese and English."""
    guide = _data.guide()
    picks = guide.picks[:FIRST_LINES]
    rows = {person.login: person for person, _ in _data.organisation().people()}
    lines = [
        "",
        f"  规矩 Guiju · {_data.organisation().organisation} · {url}",
        "",
        f"  演示数据，人物、单位和事件均为虚构。所有账号的密码：{guide.password}",
        "  先试这几个账号：",
        *(
            f"    {pick.account:<13}{rows[pick.account].name}（{pick.role['zh']}）：{pick.try_['zh']}"
            for pick in picks
        ),
        "  全部账号：guiju demo-accounts",
        "",
        f"  A demonstration; people, units and events are invented. Password of every account: {guide.password}",
        "  Try these first:",
        *(f"    {pick.account:<13}{pick.role['en']}: {pick.try_['en']}" for pick in picks),
        "  All accounts: guiju demo-accounts",
        "",
    ]
    return "\n".join(lines)


def is_demo(tx: ReadTx) -> bool:
    """Whether the organisation of this snapshot is the demonstration."""
    return directory.organisation_name(tx) == _data.organisation().organisation
