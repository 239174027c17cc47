"""The organisation, its units, people, roles and accounts."""

from functools import partial

from guiju.demo import _data
from guiju.demo._data import PersonRow, UnitRow
from guiju.demo._stage import MINUTE, Stage
from guiju.kernel.actor import Actor
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import AccountId
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack
from guiju.setup import SYSTEM, open_account

FIRST = ("liwei", "youliqun", "ouyangjing", "tangli", "xuzhixing")
"""The three administrators, HR and IT: their accounts are opened by the set-up, all others by them."""


def plan(stage: Stage, begins: int, password_hash: str) -> None:
    """Plan the first morning, from `begins` (ms) on."""
    unit_ids: dict[str, UnitId] = {}
    everybody = _data.organisation().people()
    stage.at(begins, partial(_found, stage, unit_ids, password_hash))
    later = begins + 40 * MINUTE
    for unit, _ in _data.organisation().root.walk():
        rows = [person for person in unit.people if person.login not in FIRST]
        stage.at(later, partial(_add_people, stage, unit_ids, unit, rows))
        later += 3 * MINUTE
    stage.at(later, partial(_set_heads, stage, unit_ids))
    rest = [
        person
        for person, _ in everybody
        if person.login not in FIRST and person.state != "requested"
    ]
    for start in range(0, len(rest), 12):
        part = rest[start : start + 12]
        codes: dict[str, str] = {}
        stage.at(later + 9 * MINUTE, partial(_register, stage, part, codes))
        stage.at(later + 31 * MINUTE, partial(_activate, stage, part, codes, password_hash))
        stage.at(later + 64 * MINUTE, partial(_certify, stage, part))
        later += 5 * MINUTE
    stage.at(later + 70 * MINUTE, partial(_suspend, stage))


def _found(stage: Stage, unit_ids: dict[str, UnitId], password_hash: str) -> None:
    """The name, the pack, the units, and the first accounts."""
    story = _data.organisation()
    text, dictionaries = load_pack(story.pack)

    def found(tx: WriteTx) -> None:
        policy.adopt(tx, SYSTEM, text=text, dictionaries=dictionaries)
        directory.name_organisation(tx, SYSTEM, name=story.organisation)
        for unit, parent in story.root.walk():
            above = unit_ids[parent.name] if parent is not None else None
            unit_ids[unit.name] = directory.add_unit(tx, SYSTEM, name=unit.name, parent=above).id
        for row, unit in story.people():
            if row.login in FIRST:
                _add(tx, stage, SYSTEM, row, unit_ids[unit.name])
                _grant(tx, stage, SYSTEM, row)
                person = stage.people[row.login]
                open_account(tx, SYSTEM, person, password_hash=password_hash, proof="首次初始化")

    stage.write(found)


def _add(tx: WriteTx, stage: Stage, actor: Actor, row: PersonRow, unit: UnitId) -> None:
    logins = [person.login for person, _ in _data.organisation().people()]
    serial = 1001 + logins.index(row.login)
    number = f"CY{serial}"
    added = directory.add_person(
        tx, actor, name=row.name, staff_no=number, unit=unit, post=row.post, login=row.login,
        phone=f"1390000{serial}", email=f"{row.login}@example.com",
    )  # fmt: skip
    stage.people[row.login] = added.id


def _grant(tx: WriteTx, stage: Stage, actor: Actor, row: PersonRow) -> None:
    for role in row.roles:
        directory.grant_role(tx, actor, stage.people[row.login], role)


def _add_people(
    stage: Stage, unit_ids: dict[str, UnitId], unit: UnitRow, rows: list[PersonRow]
) -> None:
    """HR adds the people of a unit, and the security administrator entrusts their roles."""

    def add(tx: WriteTx) -> None:
        for row in rows:
            _add(tx, stage, stage.actor("tangli"), row, unit_ids[unit.name])
            _grant(tx, stage, stage.actor("youliqun"), row)

    stage.write(add)


def _set_heads(stage: Stage, unit_ids: dict[str, UnitId]) -> None:
    def set_heads(tx: WriteTx) -> None:
        for unit, _ in _data.organisation().root.walk():
            head = stage.people[unit.head]
            directory.set_unit_head(tx, stage.actor("tangli"), unit_ids[unit.name], head)

    stage.write(set_heads)


def _register(stage: Stage, rows: list[PersonRow], codes: dict[str, str]) -> None:
    """IT registers the accounts and hands out the activation codes."""

    def register(tx: WriteTx) -> None:
        for row in rows:
            account = _account(tx, stage.people[row.login])
            codes[row.login] = identity.register_account(tx, stage.actor("xuzhixing"), account).code

    stage.write(register)


def _activate(
    stage: Stage, rows: list[PersonRow], codes: dict[str, str], password_hash: str
) -> None:
    """The holders activate their accounts; all with the password of the demonstration."""

    def activate(tx: WriteTx) -> None:
        for row in rows:
            if row.state != "registered":
                identity.activate(
                    tx, login=row.login, code=codes[row.login], password_hash=password_hash
                )

    stage.write(activate)


def _certify(stage: Stage, rows: list[PersonRow]) -> None:
    def certify(tx: WriteTx) -> None:
        for row in rows:
            if row.state in ("certified", "suspended"):
                account = _account(tx, stage.people[row.login])
                identity.certify(
                    tx, stage.actor("tangli"), account, proof="本人到场，核对工牌和人事档案"
                )

    stage.write(certify)


def _suspend(stage: Stage) -> None:
    def suspend(tx: WriteTx) -> None:
        for row, _ in _data.organisation().people():
            if row.state == "suspended":
                account = _account(tx, stage.people[row.login])
                identity.suspend(
                    tx, stage.actor("youliqun"), account, reason="外出驻场三个月，期间停用"
                )

    stage.write(suspend)


def _account(tx: WriteTx, person: PersonId) -> AccountId:
    account = identity.find_account_of(tx, person)
    assert account is not None, "add_person asks for the account"
    return account.id
