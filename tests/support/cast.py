"""One organisation with a person for each role and each relation to a group: who may do what is asked of them all."""

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.groups import applying, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Application
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import Account, AccountId, AccountState
from guiju.setup import SYSTEM
from tests.support.world import World

PASSWORD = "correct horse 7"
OFFICES = ("hr", "it", "registrar", "reviewer", "system_admin", "security_admin", "audit_admin")
ROLES = ("anonymous", "employee", *OFFICES, "head", "uncertified", "suspended")
PLACES = (
    "owner",
    "administrator",
    "member",
    "must_sign",
    "under_review",
    "leaving_requested",
    "former",
)
HELD_TEXT = "这是核心配方"
ALERTING_TEXT = "有记者采访"
RULES = "群内只谈工作"


class Cast:
    """People by (role, place). Place `outsider` is in no group; the other places are those of every group made here."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._count = 0
        self._barred = False
        self._hash = identity.hash_password(PASSWORD)
        self.people: dict[tuple[str, str], Actor] = {}
        self.unit = world.add_unit("总装车间")
        for role in ("employee", *OFFICES):
            for place in ("outsider", "member"):
                self.people[role, place] = self.new_person(*({role} & set(OFFICES)))
        for place in PLACES:
            self.people.setdefault(("employee", place), self.new_person())
        for place, unit in (("outsider", self.unit), ("member", world.add_unit("机加车间"))):
            self.people["head", place] = self.new_head(unit)
        self.people["uncertified", "outsider"] = self.new_person(certified=False)
        self.people["suspended", "outsider"] = self.new_person()
        self.people["suspended", "member"] = self.new_person()
        self.leaver, self.spare = self.people["employee", "leaving_requested"], self.new_person()

    def bar(self) -> None:
        """Suspend the suspended; until then they can enter groups and sign in."""
        self._barred = True
        for place in ("outsider", "member"):
            self.suspend(self.people["suspended", place])

    # ---- people ----------------------------------------------------------------------------------------------------

    def new_person(self, *roles: str, certified: bool = True) -> Actor:
        """Somebody of the unit whose password is PASSWORD."""
        person = self.world.person(
            f"职工{len(self.people)}", *roles, unit=self.unit, certified=certified
        )
        self._set_password(person)
        return person

    def new_head(self, unit: UnitId | None = None) -> Actor:
        """Somebody who heads a unit; without one, a new unit of their own."""
        self._count += 1
        headed, head = unit or self.world.add_unit(f"班组{self._count}"), self.new_person()
        self.world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, headed, head.person_id))
        return head

    def _set_password(self, person: Actor) -> None:
        login, code = self.activation_of(person)
        self.world.write(
            lambda tx: identity.activate(tx, login=login, code=code, password_hash=self._hash)
        )

    def activation_of(self, person: Actor) -> tuple[str, str]:
        """(login, a new activation code) of a person."""
        account = self.account_of(person)
        done = self.world.write(lambda tx: identity.register_account(tx, SYSTEM, account.id))
        return account.login, done.code

    def account_of(self, person: Actor) -> Account:
        account = self.world.read(lambda tx: identity.find_account_of(tx, person.person_id))
        assert account is not None, "every person of a world has an account"
        return account

    def suspend(self, person: Actor) -> None:
        account = self.account_of(person).id
        self.world.write(lambda tx: identity.suspend(tx, SYSTEM, account, reason="x"))

    def new_account(self, state: AccountState) -> AccountId:
        """The account of a new person, in a state."""
        person = self.world.person("新职工", unit=self.unit, certified=False)
        if state is not AccountState.REQUESTED:
            self._set_password(person)
        account = self.account_of(person).id
        if state in (AccountState.CERTIFIED, AccountState.SUSPENDED):
            self.world.write(lambda tx: identity.certify(tx, SYSTEM, account, proof="x"))
        if state is AccountState.SUSPENDED:
            self.suspend(person)
        return account

    # ---- groups ----------------------------------------------------------------------------------------------------

    def apply(self, applicant: Actor, *members: Actor) -> Application:
        """An application that waits for the head of the unit."""
        self._count += 1
        owner, administrator = (
            self.people["employee", "owner"],
            self.people["employee", "administrator"],
        )
        stated = self.world.application(
            owner, [administrator], name=f"澄远第{self._count}号工作群", rules=RULES,
            members=tuple(person.person_id for person in members),
        )  # fmt: skip
        return self.world.write(lambda tx: applying.apply_for(tx, applicant, stated=stated))

    def everybody(self) -> list[Actor]:
        """One of each role and place who can be a member."""
        return [
            person
            for (role, place), person in self.people.items()
            if place in ("member", "must_sign", "former")
            and not (role == "suspended" and self._barred)
        ]

    def group(self, *members: Actor) -> GroupId:
        """A registered group: all places, somebody who asked to leave, `spare` outside. By default with everybody."""
        places = [self.people["employee", place] for place in ("member", "must_sign", "former")]
        inside = dict.fromkeys(
            [*places, *members, self.leaver] if members else [*self.everybody(), self.leaver]
        )
        made = self.apply(self.people["employee", "owner"], *inside)
        self.world.approve(made.request)
        found = self.world.read(
            lambda tx: groups.get_application(tx, self.people["employee", "owner"], made.id)
        )
        assert found.group is not None and found.filing_number is not None, (
            "every step was approved"
        )
        group, number = found.group, found.filing_number
        waiting = self.people["employee", "must_sign"].person_id

        def settle(tx: WriteTx) -> None:
            for person in found.stated.members:
                if person != waiting:
                    roster.sign_rules(tx, Actor(person), group, version=1)
            roster.sign_rules(tx, self.people["employee", "administrator"], group, version=1)
            roster.ask_to_join(
                tx, self.people["employee", "under_review"], filing_number=number, reason="x"
            )
            roster.ask_to_leave(tx, self.leaver, group, reason="x")
            gone: PersonId = self.people["employee", "former"].person_id
            roster.remove(tx, self.people["employee", "owner"], group, gone, reason="x")

        self.world.write(settle)
        return group

    def filing_number(self, group: GroupId) -> str:
        return self.world.find_group(group).filing_number
