"""One act for each thing that can happen to people, accounts and the rules of inspection, none of them inside a group."""

from collections.abc import Callable
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.identity import service as identity
from guiju.modules.inspection import dictionaries, documents, exemptions
from guiju.modules.inspection._lists import read_list
from guiju.modules.inspection.governed import DictionaryState, DocumentPrints
from guiju.modules.notices import acknowledging, issuing
from guiju.modules.notices.types import Audience, NoticeId, Question, Wording
from guiju.setup import SYSTEM
from tests.support.deputies import stand_in
from tests.support.inside import session_for
from tests.support.world import NO_PASSWORD, World

Do = Callable[[str, Callable[[], Any]], Any]
WRONG = 5
"""As many wrong passwords in a row as lock the sign-in."""


class Staffing:
    """`do(name, perform)` performs an act under its name."""

    def __init__(self, world: World, do: Do) -> None:
        self.world, self._do = world, do

    def verb(self, name: str, verb: Callable[[WriteTx], Any]) -> Any:
        return self._do(name, lambda: self.world.write(verb))

    def rename(self, name: str, person: Actor, to: str) -> None:
        self.verb(name, lambda tx: directory.change_person(tx, SYSTEM, person.person_id, name=to))

    def directory(self, deputy: Actor) -> None:
        """The organisation, a unit, and somebody new."""
        self.verb("named", lambda tx: directory.name_organisation(tx, SYSTEM, name="澄远二厂"))
        unit = self.verb("unit added", lambda tx: directory.add_unit(tx, SYSTEM, name="涂装部"))
        person = self.verb(
            "person added",
            lambda tx: directory.add_person(
                tx, SYSTEM, name="新人", staff_no="N00001", unit=unit.id
            ),
        )
        self.verb("head set", lambda tx: directory.set_unit_head(tx, SYSTEM, unit.id, person.id))
        self._do("deputy named", lambda: stand_in(self.world, person.id, deputy.person_id))
        self.verb("deputy ended", lambda tx: deputising.end_deputy(tx, SYSTEM, person.id))
        self.verb("role granted", lambda tx: directory.grant_role(tx, SYSTEM, person.id, "it"))
        self.verb("role revoked", lambda tx: directory.revoke_role(tx, SYSTEM, person.id, "it"))
        self.verb(
            "post changed",
            lambda tx: directory.change_person(tx, SYSTEM, person.id, post="喷漆工"),
        )
        self.accounts(Actor(person.id))

    def joining(self, guest: Actor) -> None:
        """Somebody from outside comes to belong to a unit."""
        assert guest.person_id in self.world.read(directory.people_outside)
        unit = self.world.unit
        self.verb(
            "guest joins",
            lambda tx: directory.change_person(tx, SYSTEM, guest.person_id, unit=unit),
        )

    def accounts(self, who: Actor) -> None:
        """The whole life of the account that was asked for with the person."""
        account = self.world.read(lambda tx: identity.find_account_of(tx, who.person_id))
        assert account is not None, "it was asked for"
        key, login = account.id, account.login

        def activate(name: str, code: str) -> None:
            self.verb(
                name,
                lambda tx: identity.activate(tx, login=login, code=code, password_hash=NO_PASSWORD),
            )

        for name in ("account registered", "code issued"):
            done = self.verb(name, lambda tx: identity.register_account(tx, SYSTEM, key))
            if name == "code issued":
                activate("account activated", done.code)
        self.verb("certified", lambda tx: identity.certify(tx, SYSTEM, key, proof="x"))
        done = self.verb("code issued again", lambda tx: identity.register_account(tx, SYSTEM, key))
        activate("password reset", done.code)
        session_for(self.world, who)
        self.verb("sessions ended", lambda tx: identity.end_sessions(tx, who))
        for _ in range(WRONG - 1):
            self.world.write(lambda tx: identity.sign_in_failed(tx, login))
        self.verb("sign-in locked", lambda tx: identity.sign_in_failed(tx, login))
        self.verb("suspended", lambda tx: identity.suspend(tx, SYSTEM, key, reason="x"))
        self.verb("resumed", lambda tx: identity.resume(tx, SYSTEM, key, reason="x"))
        self.verb("account closed", lambda tx: identity.close(tx, SYSTEM, key, reason="x"))

    def inspection(self, security: Actor, exempt: Actor) -> None:
        """A dictionary, a registered document and an exemption, from their beginning to their end."""
        report = read_list("list.txt", "小金库\n".encode())
        made = self.verb(
            "dictionary added",
            lambda tx: dictionaries.add(tx, security, title="清单", category="org", report=report),
        )
        trial = self.world.read(
            lambda tx: dictionaries.try_out(tx, security, made.id, messages=100, classes=())
        )
        self.verb(
            "dictionary tried",
            lambda tx: dictionaries.record_trial(tx, security, made.id, trial=trial),
        )
        on = self.world.read(
            lambda tx: dictionaries.switched(
                tx, security, made.id, state=DictionaryState("on"), disposition="hold", classes=(),
                use="6.7/messaging.content",
            )
        )  # fmt: skip
        self.verb("dictionary on", lambda tx: dictionaries.switch(tx, security, made.id, to=on))
        planned = self.world.read(
            lambda tx: documents.planned(
                tx, security, title="方案", level="secret", disposition="hold", classes=(),
                use="6.7/messaging.content", kept=DocumentPrints(tuple(range(9)), ()),
            )
        )  # fmt: skip
        document = self.verb(
            "document registered", lambda tx: documents.register(tx, security, to=planned)
        )
        self.verb("document ended", lambda tx: documents.end(tx, security, document.id))
        until = self.world.clock.now() + DAY
        granted = self.verb(
            "exempted",
            lambda tx: exemptions.grant(
                tx, security, person=exempt.person_id, group=None, rule="ads", until=until,
                reason="x",
            ),
        )  # fmt: skip
        self.verb("no longer exempt", lambda tx: exemptions.end(tx, security, granted.id))

    def notices(self, issuer: Actor, asked: Actor, missing: Actor) -> None:
        """A notice from its publication to its withdrawal, with questions that are answered wrongly first."""
        question = Question("几点开会？", ("八点", "九点"), (0,))
        to = Audience(people=(asked.person_id, missing.person_id))
        made: NoticeId = self.verb(
            "notice published",
            lambda tx: issuing.publish(
                tx, issuer, wording=Wording("开会", "八点开会", (question,)), audience=to, hours=8,
                people=2,
            ),
        )  # fmt: skip

        def answer(name: str, choice: int, version: int = 1) -> None:
            self.verb(
                name,
                lambda tx: acknowledging.acknowledge(
                    tx, asked, made, version=version, answers=((choice,),)
                ),
            )

        def revise(name: str, text: str, *, editorial: bool) -> None:
            wording = Wording("开会", text, (question,))
            self.verb(
                name,
                lambda tx: issuing.revise(
                    tx, issuer, made, wording=wording, editorial=editorial, reason="改字", hours=8
                ),
            )

        answer("answered wrongly", 1)
        self.world.clock.advance(MINUTE)
        answer("acknowledged", 0)
        revise("changed in form", "八点开会。", editorial=True)
        self.verb("reminded", lambda tx: issuing.remind(tx, issuer, made))
        revise("changed in substance", "早八点开会。", editorial=False)
        self.world.clock.advance(MINUTE)
        answer("acknowledged again", 0, version=3)
        self._do("deadline passed", lambda: self.world.later(4 * DAY))
        self.verb("notice withdrawn", lambda tx: issuing.withdraw(tx, issuer, made, reason="改期"))
