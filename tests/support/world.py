"""A whole organisation for a test: real database, real ledger, people made through the verbs."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from guiju.kernel.actor import Actor
from guiju.kernel.clock import ManualClock
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Box, Verdict
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.groups import applying, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import ApplicationInput, Group, GroupKind
from guiju.modules.messaging import editing
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import Receipt, Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import MemberState
from guiju.runtime import Runtime, load_pack, open_runtime
from guiju.settings import Settings, read_settings
from guiju.setup import SYSTEM, initialise, open_account

T = TypeVar("T")
MONDAY = 1_795_398_000_000  # 2026-11-23 09:00 in Beijing, in working time
NO_PASSWORD = "*"


class World:
    """An organisation with the pack `party-run-plant`, a root unit, and nobody in it."""

    def __init__(
        self, database: str | None, folder: Path, *, copied: bool = False, people: int = 0
    ) -> None:
        """Begin the organisation in `folder`, or with `copied` go on with the copy of one of so many `people`."""
        self.folder = folder
        self.clock = ManualClock(MONDAY)
        environment = {
            "GUIJU_DATA": str(folder),
            "GUIJU_DATABASE": database or "",
            "GUIJU_PUSH_CONTACT": "mailto:ops@example.org",
        }
        self.settings: Settings = read_settings(environment)
        if not copied:
            initialise(self.settings)
        self.runtime: Runtime = open_runtime(self.settings, self.clock)
        self._count = people
        self.unit = (
            UnitId(self.facts("directory.unit_added")[0].unit)
            if copied
            else self.write(self._begin)
        )

    def _begin(self, tx: WriteTx) -> UnitId:
        text, dictionaries = load_pack("party-run-plant")
        policy.adopt(tx, SYSTEM, text=text, dictionaries=dictionaries)
        directory.name_organisation(tx, SYSTEM, name="澄远装备")
        return directory.add_unit(tx, SYSTEM, name="澄远装备").id

    # ---- the door ------------------------------------------------------------------------------------------------

    def write(self, verb: Callable[[WriteTx], T]) -> T:
        """Run a verb; raises what it raises."""
        return self.runtime.write(verb)

    def read(self, verb: Callable[[ReadTx], T]) -> T:
        return self.runtime.read(verb)

    def later(self, milliseconds: int) -> None:
        """Let time pass and run what is due."""
        self.clock.advance(milliseconds)
        while self.runtime.run_due():
            pass

    def entries(self, *kinds: str) -> list[Recorded]:
        """What was recorded, oldest first."""
        return self.read(lambda tx: tx.entries(EntryQuery(kinds=kinds, limit=100_000)))

    def facts(self, *kinds: str) -> list[Any]:
        return [entry.fact for entry in self.entries(*kinds)]

    def adopt(self, change: Callable[[str], str], pack: str = "party-run-plant") -> None:
        """Adopt a shipped pack after `change` edited its text."""
        text, dictionaries = load_pack(pack)
        edited = change(text)
        self.write(lambda tx: policy.adopt(tx, SYSTEM, text=edited, dictionaries=dictionaries))

    # ---- people ----------------------------------------------------------------------------------------------------

    def add_unit(
        self, name: str, parent: UnitId | None = None, head: PersonId | None = None
    ) -> UnitId:
        inside = parent if parent is not None else self.unit
        return self.write(
            lambda tx: directory.add_unit(tx, SYSTEM, name=name, parent=inside, head=head)
        ).id

    def person(
        self,
        name: str,
        *roles: str,
        unit: UnitId | None = None,
        post: str = "",
        certified: bool = True,
    ) -> Actor:
        """A person with a usable account; nobody can sign in as them, for their password is no hash."""
        self._count += 1
        staff_no = f"T{self._count:05d}"

        def make(tx: WriteTx) -> PersonId:
            person = directory.add_person(
                tx, SYSTEM, name=name, staff_no=staff_no, unit=unit or self.unit, post=post
            )
            for role in roles:
                directory.grant_role(tx, SYSTEM, person.id, role)
            if certified:
                open_account(tx, SYSTEM, person.id, password_hash=NO_PASSWORD, proof="test")
            return person.id

        return Actor(self.write(make))

    def guest(self, name: str) -> Actor:
        """Somebody from outside, who is of no unit, with a usable account."""
        self._count += 1
        staff_no = f"G{self._count:05d}"

        def make(tx: WriteTx) -> PersonId:
            person = directory.add_person(tx, SYSTEM, name=name, staff_no=staff_no, unit=None)
            open_account(tx, SYSTEM, person.id, password_hash=NO_PASSWORD, proof="test")
            return person.id

        return Actor(self.write(make))

    # ---- groups and messages ---------------------------------------------------------------------------------------

    def application(
        self, owner: Actor, administrators: list[Actor], **changes: Any
    ) -> ApplicationInput:
        stated: dict[str, Any] = {
            "name": f"澄远第{self._count}号工作群",
            "purpose": "生产协调",
            "scope": "车间人员",
            "group_class": "workshop",
            "level": "internal",
            "kind": GroupKind.INTERNAL,
            "tool": None,
            "owner": owner.person_id,
            "administrators": tuple(each.person_id for each in administrators),
            "members": (),
            "end_date": None,
            "rules": "",
        }
        return ApplicationInput(**(stated | changes))

    def group(
        self, owner: Actor, administrators: list[Actor], members: list[Actor], **changes: Any
    ) -> GroupId:
        """A registered group in which everybody is active."""
        changes = {"members": tuple(each.person_id for each in members)} | changes
        stated = self.application(owner, administrators, **changes)
        made = self.write(lambda tx: applying.apply_for(tx, owner, stated=stated))
        self.approve(made.request)
        group = self.read(lambda tx: groups.get_application(tx, owner, made.id)).group
        assert group is not None, "every step was approved"
        for member in self.read(lambda tx: groups.members(tx, group)):
            if member.state is MemberState.MUST_SIGN:
                signer = Actor(member.person)
                self.write(
                    lambda tx, signer=signer: roster.sign_rules(tx, signer, group, version=1)  # type: ignore[misc]  # bound at once
                )
        return group

    def approve(self, request: Any) -> None:
        """Have everybody whose turn it is approve, until the request is closed."""
        while True:
            found = self.read(lambda tx: approvals.find_request(tx, request))
            assert found is not None, "the request exists"
            if found.state != "waiting":
                return
            person = next(seat.person for seat in found.current.seats if seat.verdict is None)
            self.write(
                lambda tx, who=Actor(person): approvals.decide(  # type: ignore[misc]  # bound at once
                    tx, who, request, verdict=Verdict.APPROVE, opinion=""
                )
            )

    def todo(self, actor: Actor) -> list[Any]:
        return self.read(lambda tx: approvals.list_requests(tx, actor, Box.TODO))

    def send(
        self, actor: Actor, group: GroupId, text: str, cmid: str | None = None, **extra: Any
    ) -> Receipt:
        """Send through the lane as the socket does; raises a refusal."""
        self._count += 1
        send = Send(
            actor.author,
            cmid or f"c{self._count}",
            group,
            text,
            tuple(extra.get("mentions", ())),
            extra.get("quote"),
            self.runtime.inspector.inspect(text),
            confirm=extra.get("confirm"),
            thread=extra.get("thread"),
            members=self.count(group) if extra.get("members") is True else extra.get("members"),
            files=tuple(extra.get("files", ())),
            template=extra.get("template"),
            burn=extra.get("burn"),
            corrects=extra.get("corrects"),
        )
        result = self.runtime.lane.call(KIND, send)
        assert isinstance(result, Receipt)
        return result

    def count(self, group: GroupId) -> int:
        """How many people read a group."""
        return self.read(lambda tx: groups.count_present(tx, [group]))[group]

    def edit(
        self,
        actor: Actor,
        group: GroupId,
        shown: int,
        text: str,
        *,
        mentions: tuple[PersonId, ...] | list[PersonId] = (),
        confirm: str | None = None,
    ) -> Receipt:
        """Edit through the lane as the server does; raises a refusal."""
        inspector = self.runtime.inspector
        send = Send(
            actor.person_id, "", group, text, tuple(mentions), None, inspector.inspect(text), confirm=confirm,
        )  # fmt: skip
        return self.write(lambda tx: editing.edit(tx, inspector, shown, send))

    def find_group(self, group: GroupId) -> Group:
        found = self.read(lambda tx: groups.find_group(tx, group))
        assert found is not None, "the group exists"
        return found

    def close(self) -> None:
        self.runtime.close()

    def open_again(self) -> None:
        """Go on with it where a server closed it."""
        if self.runtime.lane._thread is None:
            self.runtime = open_runtime(self.settings, self.clock)


def new_world(database: str | None) -> World:
    """A world in a folder of its own."""
    return World(database, Path(tempfile.mkdtemp(prefix="guiju-test-")))
