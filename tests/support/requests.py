"""A valid request for each operation, and the things that it is about: new ones where it will change them."""

import base64
import hashlib
import itertools
from collections.abc import Callable
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import importing, sheets
from guiju.modules.followup import asking, questioning
from guiju.modules.followup.question_types import Outcome
from guiju.modules.groups import barriers, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Application
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import AccountState
from guiju.modules.inspection import dictionaries, documents, exemptions
from guiju.modules.inspection._lists import read_list
from guiju.modules.inspection.fingerprints import fingerprints
from guiju.modules.inspection.governed import DocumentPrints, Trial
from guiju.modules.messaging import exceptions, review, templating
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.review_types import Permission
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.template_types import TemplateField
from guiju.modules.notices import issuing
from guiju.modules.notices.types import Audience, Wording
from guiju.modules.outages import service as outages
from guiju.modules.outages.types import Outage
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT
from guiju.runtime import load_pack
from tests.support.apart import barrier_input, body_of, people, set_barrier
from tests.support.asking import raise_question
from tests.support.cast import ALERTING_TEXT, HELD_TEXT, OFFICES, PASSWORD, PLACES, RULES, Cast
from tests.support.deputies import day, stand_in
from tests.support.inside import session_for
from tests.support.matrix import CORRECTS, Row
from tests.support.pushes import push_body
from tests.support.robots import make_bot, new_webhook
from tests.support.sending import urge, with_editing
from tests.support.uploading import BYTES, attached, begin, close_uploads, door_of, uploads_of

NEW_PASSWORD = "battery staple 8"
FAR = 10_000_000
PLAN = "三号厂房的设备在下个季度分两批迁往新址，第一批是冲压线，第二批是涂装线，停产的日子由各车间自己报上来，汇总后另行通知。"
MENU = "周一到周五的食堂菜单"
"""No document that somebody registers meanwhile, as PLAN is."""
_STATES = {
    "registration": AccountState.REQUESTED,
    "certification": AccountState.ACTIVATED,
    "suspension": AccountState.CERTIFIED,
    "resumption": AccountState.SUSPENDED,
    "closing": AccountState.CERTIFIED,
}
KEEPING = (
    "/messages",
    "/check",
    "/read",
    "/settings",
    "/reminder",
    "/saved/{kind}/{position}",
    "/forwards",
    "/draft",
    "/scheduled",
    "/scheduled/{cmid}",
    "/sending",
    "/urgent",
)
"""What changes nothing about the group that others try as well."""
ENDING = ("DELETE /api/session", "DELETE /api/sessions")


class Things:
    """What the requests are about. Refusals share theirs; each success gets its own."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self._shared: dict[tuple[str, ...], Any] = {}
        self.serial = itertools.count(1)
        self._uploads = uploads_of(cast.world)
        self.group = cast.group()
        self._invited = cast.new_person()
        self.message = cast.world.send(
            cast.people["employee", "member"], self.group, "大家好"
        ).position

    def actor(self, row: Row) -> Actor | None:
        """The person of a row; None for nobody."""
        if row.role == "anonymous":
            return None
        place = row.relation if row.relation in PLACES else "outsider"
        if row.relation == "invited":
            return self._invited
        if row.family in ("review", "group") and row.relation == "own":
            place = "member"  # who is in the group can have a message held there
        if (row.family, row.role, row.relation) == ("request", "head", "outsider"):
            place = "member"  # who heads another unit than the applicant's
        if row.relation == "deputy":
            return self._deputy_of(self.cast.people["head", "outsider"])
        if row.operation == "POST /api/account/password" and row.role != "suspended":
            return self._who_changes_the_password(row.role)
        return self.cast.people[row.role, place]

    def _deputy_of(self, head: Actor) -> Actor:
        """Somebody who stands in for a head today, whoever was named meanwhile."""
        deputy: Actor = self._make(False, ("deputy",), self.cast.new_person)
        stand_in(self.cast.world, head.person_id, deputy.person_id)
        return deputy

    def _who_changes_the_password(self, role: str) -> Actor:
        """Somebody who signs in nowhere else."""
        if role == "head":
            return self.cast.new_head()
        return self.cast.new_person(*({role} & set(OFFICES)), certified=role != "uncertified")

    def ids(self, row: Row, actor: Actor | None, *, fresh: bool) -> dict[str, Any]:
        """The ids of a row's path and body."""
        cast, changes = self.cast, fresh and not row.reads
        found: dict[str, Any] = {
            "unit_id": cast.unit, "clause_id": "3.2", "position": self.message, "kind": "later",
        }  # fmt: skip
        member = cast.people["employee", "member"]
        match row.family:
            case "group":
                keeps = "/uploads" in row.operation or row.operation.startswith("SOCKET")
                keeps = keeps or row.operation.endswith(KEEPING)
                found["group"] = (
                    cast.group(*self._member(actor)) if changes and not keeps else self.group
                )
                if row.relation == "invited":
                    found["group"], found["position"] = self._make(
                        changes and not keeps, ("invitation",), self._invite
                    )
                if row.operation == CORRECTS:
                    found["position"] = self._said_before(row, actor)
                found["reaction"] = "good"
                if "{cmid}" in row.operation:
                    found["cmid"] = self._wait(actor) if fresh and actor is not None else "none"
                if changes and "/messages/{position}" in row.operation:
                    found["position"] = cast.world.send(member, found["group"], "大家好").position
                if row.operation.endswith(("{position}/urgent", "/confirmation")):
                    is_owner = actor == cast.people["employee", "owner"]
                    caller = cast.people[
                        "employee", "member" if is_owner or not changes else "owner"
                    ]
                    found["position"] = self._make(
                        changes, ("call",), lambda: self._call(caller, GroupId(found["group"]))
                    )
                if row.operation.endswith("/opening"):
                    place, is_owner = (
                        GroupId(found["group"]),
                        actor == cast.people["employee", "owner"],
                    )
                    author = member if is_owner else cast.people["employee", "owner"]
                    found["position"] = self._make(
                        changes, ("burns",), lambda: self._burn(author, place)
                    )
                if row.operation.endswith(("/answer", "/answers/withdrawal")):
                    found["position"] = self._make(
                        changes, ("asked",), lambda: self._ask(GroupId(found["group"]))
                    )
                joins = row.operation.endswith("/members/{person}/decision")
                found["person"] = (
                    cast.people["employee", "under_review"] if joins else cast.leaver
                ).person
                if "{question}" in row.operation:
                    is_answered = row.operation.endswith("/reopening")
                    place = GroupId(found["group"])
                    found["question"] = self._make(
                        changes,
                        ("question", str(is_answered)),
                        lambda: self._question(place, is_answered=is_answered),
                    )
                if "{template}" in row.operation:
                    place = GroupId(found["group"])
                    found["template"] = self._make(
                        changes, ("template",), lambda: self._template(place)
                    )
                if "{bot}" in row.operation:
                    found["bot"] = self._make(
                        changes, ("bot",), lambda: self._bot(GroupId(found["group"]))
                    )
                if "{upload}" in row.operation:
                    own = actor if actor is not None and fresh else member
                    found |= {
                        "index": "0",
                        "upload": self._make(fresh, ("upload",), lambda: self._upload(own)),
                    }
                if "{file}" in row.operation:
                    found["position"], found["file"] = self._make(
                        False, ("file",), lambda: self._send_file(member, MENU)
                    )
            case "request":
                applicant = actor if row.relation == "own" and actor is not None else member
                made: Application = self._make(
                    changes, ("request", applicant.name), lambda: cast.apply(applicant)
                )
                found |= {"request_id": made.request, "application": made.id}
            case "record":
                found |= self._record(row, actor, fresh=changes)
            case "notice":
                asked = actor if row.relation == "own" and actor is not None else cast.spare
                found["notice_id"] = self._make(
                    changes, ("notice", asked.name), lambda: self._publish(asked)
                )
            case "rule":
                found["dictionary"] = self._make(changes, ("dictionary",), self._dictionary)
                found["document"] = self._make(changes, ("document",), self._document)
                found["exemption"] = self._make(changes, ("exemption",), self._exemption)
            case "barrier":
                found["barrier"] = self._make(changes, ("barrier",), self._set_barrier)
            case "review":
                sender = actor if row.relation == "own" and actor is not None else member
                if "{file}" in row.operation:
                    found["position"], found["file"] = self._make(
                        False,
                        ("held file", sender.name),
                        lambda: self._send_file(sender, HELD_TEXT),
                    )
                    return found
                if "/alerts/" in row.operation:
                    found["position"] = self._make(
                        False, ("alert", sender.name), lambda: self._alert(sender)
                    )
                    return found
                refused = row.operation.endswith("/overturning")
                found["position"] = self._make(
                    changes,
                    ("refused" if refused else "held", sender.name),
                    lambda: self._refuse(sender) if refused else self._hold(sender),
                )
            case "plain" if "{template}" in row.operation:
                found["template"] = self._make(
                    changes, ("template", "everywhere"), lambda: self._template(None)
                )
            case "plain" if "{import_id}" in row.operation:
                found["import_id"] = self._make(changes, ("import",), self._import)
            case "webhook":
                key = ("webhook", str(row.operation.endswith("/resumption")))
                found["webhook"], found["position"] = self._make(
                    changes, key, lambda: self._webhook(key[1] == "True")
                )
            case "plain" if "/exceptions/{position}" in row.operation:
                found["position"] = self._make(changes, ("exception",), self._allow)
        return found

    def _member(self, actor: Actor | None) -> list[Actor]:
        """The actor, where they are to be a member like others; somebody else, where they have a place of their own."""
        like_others = [
            person for (_, place), person in self.cast.people.items() if place == "member"
        ]
        return [actor] if actor in like_others else [self.cast.people["employee", "member"]]

    def _invite(self) -> tuple[GroupId, int]:
        """A group that somebody is asked into, and a message of it."""
        cast = self.cast
        owner, member = cast.people["employee", "owner"], cast.people["employee", "member"]
        group = cast.group(member)
        said = cast.world.send(member, group, "大家好").position
        use = "      - use: groups.admission\n        with: {}\n"
        both = use + use.replace("admission", "invitation")
        cast.world.adopt(lambda text: with_editing(text).replace(use, both, 1))
        asked = [self._invited.person_id]
        cast.world.write(lambda tx: roster.admit(tx, owner, group, asked))
        cast.world.adopt(with_editing)
        return group, said

    def _said_before(self, row: Row, actor: Actor | None) -> int:
        """A message in the group: of one's own, or of somebody else."""
        owner, member = (self.cast.people["employee", place] for place in ("owner", "member"))
        is_own = row.relation == "own" and actor is not None
        author = actor if is_own and actor is not None else owner if actor == member else member
        position: int = self._make(
            is_own,
            ("said", author.name),
            lambda: self.cast.world.send(author, self.group, "八点开工").position,
        )
        return position

    def _make(self, fresh: bool, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        if fresh:
            return make()
        if key not in self._shared:
            self._shared[key] = make()
        return self._shared[key]

    def _record(self, row: Row, actor: Actor | None, *, fresh: bool) -> dict[str, Any]:
        """Of oneself, or of somebody else in a state in which the act is possible."""
        cast, own = self.cast, row.relation == "own" and actor is not None
        person = actor if own and actor is not None else cast.spare
        if "/blocks/" in row.operation and not own:
            # Nobody whom earlier acts gave a part by which their messages must arrive.
            person = self._make(fresh, ("to be blocked",), cast.new_person)
        if "{session_id}" in row.operation:
            if row.role == "suspended" and own:
                return {"session_id": "ses_00000000000000000000000"}
            hashed = identity.token_hash(session_for(cast.world, person))
            session = cast.world.read(lambda tx: identity.find_session(tx, hashed))
            assert session is not None, "it was made a moment ago"
            return {"session_id": session.id}
        if "{account_id}" in row.operation and not own:
            state = _STATES[row.operation.rpartition("/")[2]]
            return {
                "account_id": self._make(fresh, ("account", state), lambda: cast.new_account(state))
            }
        return {"person_id": person.person, "account_id": cast.account_of(person).id}

    def _import(self) -> str:
        world, hr = self.cast.world, self.cast.people["hr", "outsider"]
        text = importing.TEMPLATE + f"I{next(self.serial)},王导入,澄远装备,,,\r\n"
        plan = world.read(lambda tx: importing.check_import(tx, hr, text=text))
        started = world.write(lambda tx: importing.start_import(tx, hr, plan))
        assert started is not None, "the plan adds somebody"
        world.later(1_000)
        return started

    def _publish(self, asked: Actor) -> str:
        """A notice of the office for human resources that asks one person."""
        issuer, to = self.cast.people["hr", "outsider"], Audience(people=(asked.person_id,))
        return self.cast.world.write(
            lambda tx: issuing.publish(
                tx, issuer, wording=Wording("放假安排", MENU), audience=to, hours=8, people=1
            )
        )

    def outage(self) -> int:
        """A report that waits."""
        person, now = self.cast.world.person("某人"), self.cast.world.clock.now()
        return self.cast.world.write(
            lambda tx: outages.report(tx, person, Outage.SEND, since=now, until=None, words="")
        ).position

    def _set_barrier(self) -> str:
        one, other = (self.cast.world.person("某人") for _ in range(2))
        admin = self.cast.people["security_admin", "outsider"]
        return set_barrier(self.cast.world, admin, barrier_input(people(one), people(other))).id

    def barrier(self, *, digest: bool) -> dict[str, Any]:
        """A barrier between two people who have nothing to do with anything else, as it was previewed."""
        one, other = self._make(
            False, ("apart",), lambda: [self.cast.world.person("某人") for _ in range(2)]
        )
        stated = body_of(one, other)
        if not digest:
            return stated
        admin = self.cast.people["security_admin", "outsider"]
        wanted = barrier_input(people(one), people(other), reason="x")
        reach, _ = self.cast.world.read(lambda tx: barriers.preview(tx, admin, wanted))
        return stated | {"digest": reach.digest}

    def _ask(self, group: GroupId) -> int:
        """A message that asks everybody else in the group for an answer."""
        member, world = self.cast.people["employee", "member"], self.cast.world
        message = int(world.send(member, group, "请回复").position)

        def ask(tx: WriteTx) -> None:
            inside = [each for each in groups.members(tx, group) if each.state in PRESENT]
            others = [each.person for each in inside if each.person != member.person]
            asking.ask(tx, member, group, message, people=others, hours=8)

        world.write(ask)
        return message

    def _dictionary(self) -> str:
        """One that is off and was tried."""
        admin = self.cast.people["security_admin", "outsider"]
        report = read_list("list.txt", "小金库\n".encode())

        def make(tx: WriteTx) -> str:
            made = dictionaries.add(tx, admin, title="清单", category="org", report=report)
            trial = Trial(1, 0, (), (), ())
            return dictionaries.record_trial(tx, admin, made.id, trial=trial).id

        return self.cast.world.write(make)

    def _document(self) -> str:
        admin = self.cast.people["security_admin", "outsider"]
        kept = DocumentPrints(fingerprints(PLAN), ())

        def make(tx: WriteTx) -> str:
            to = documents.planned(
                tx, admin, title="方案", level="secret", disposition="hold", classes=(), use="6.7/messaging.content",
                kept=kept,
            )  # fmt: skip
            return documents.register(tx, admin, to=to).id

        return self.cast.world.write(make)

    def _call(self, caller: Actor, group: GroupId) -> int:
        """A message that calls everybody in the group."""
        if not self.cast.world.read(lambda tx: policy.uses(tx, "messaging.urgent")):
            self.cast.world.adopt(with_editing)
        return urge(
            self.cast.world, caller, group, "大家好", f"u{next(self.serial)}"
        ).receipt.position

    def _burn(self, author: Actor, group: GroupId) -> int:
        """A message that burns after reading."""
        if not self.cast.world.read(lambda tx: policy.uses(tx, "messaging.urgent")):
            self.cast.world.adopt(with_editing)
        return self.cast.world.send(author, group, "大家好", burn=30).position

    def _bot(self, group: GroupId) -> str:
        return make_bot(self.cast.world, self.cast.people["employee", "owner"], group).id

    def _webhook(self, is_disabled: bool) -> tuple[str, int]:
        """(a webhook, the position of an event that it is told of); nobody listens at its address."""
        made, position = new_webhook(self.cast.world, next(self.serial), is_disabled=is_disabled)
        return made, position

    def _exemption(self) -> str:
        admin = self.cast.people["security_admin", "outsider"]
        until = self.cast.world.clock.now() + DAY
        person = self.cast.spare.person_id
        return self.cast.world.write(
            lambda tx: exemptions.grant(
                tx, admin, person=person, group=None, rule="abuse", until=until, reason="x"
            )
        ).id

    def _question(self, group: GroupId, *, is_answered: bool) -> int:
        """One of the group's owner for the head of the unit."""
        world, owner = self.cast.world, self.cast.people["employee", "owner"]
        message = world.send(owner, group, "按新图纸装").position
        made = raise_question(world, owner, group, message, self.cast.unit)
        if is_answered:
            head = self.cast.people["head", "outsider"]
            world.write(lambda tx: questioning.answer(tx, head, made, Outcome.CONFIRMED, text=""))
        return made

    def other_unit(self) -> str:
        """A unit with a head of its own."""
        lead = self.cast.people["employee", "administrator"].person_id
        return str(
            self._make(False, ("unit",), lambda: self.cast.world.add_unit("质量部", head=lead))
        )

    def close(self) -> None:
        """End the processes that read files."""
        close_uploads(self._uploads)

    def _wait(self, author: Actor) -> str:
        """The cmid of a message of theirs that waits for its time."""
        world, cmid = self.cast.world, f"s{next(self.serial)}"
        inspector, notes = world.runtime.inspector, world.runtime.notes
        schedule = Schedule(door_of(world), notes, inspector, world.clock, lambda *_: None)
        at = world.clock.now() + DAY
        return schedule.add(author, self.group, cmid, Body("大家好"), at).cmid

    def _template(self, group: GroupId | None) -> str:
        role = ("registrar", "outsider") if group is None else ("employee", "owner")
        fields = [TemplateField("正文")]
        return self.cast.world.write(
            lambda tx: templating.save(
                tx,
                self.cast.people[role],
                group,
                template=None,
                title="通知",
                fields=fields,
                attachment=False,
            )
        ).id

    def _upload(self, owner: Actor) -> str:
        return begin(self._uploads, owner, self.group, "a.txt", PLAN.encode())

    def _send_file(self, sender: Actor, text: str) -> tuple[int, str]:
        """(position, file) of a message with a file that holds this text."""
        files = attached(self._uploads, sender, self.group, "a.txt", text.encode())
        return self.cast.world.send(sender, self.group, "", files=files).position, files[
            0
        ].stored.id

    def _hold(self, sender: Actor) -> int:
        return self.cast.world.send(sender, self.group, f"{HELD_TEXT}{next(self.serial)}").position

    def _alert(self, sender: Actor) -> int:
        """What reviewers are told of a message that went out."""
        self.cast.world.send(sender, self.group, ALERTING_TEXT)
        return int(self.cast.world.entries("messaging.alerted")[-1].position)

    def _refuse(self, sender: Actor) -> int:
        """A message that a reviewer refused who asks for nothing else."""
        held, reviewer = self._hold(sender), self.cast.new_person("reviewer")
        self.cast.world.write(lambda tx: review.refuse(tx, reviewer, held, reason="x"))
        return held

    def _allow(self) -> int:
        """An exception that holds in no group where anything else happens."""
        world, sender = self.cast.world, self.cast.people["employee", "member"]
        reviewer = self.cast.people["reviewer", "outsider"]
        held = world.send(sender, self.cast.group(), HELD_TEXT).position
        wanted = Permission(0, world.clock.now() + DAY, everywhere=False)

        def release(tx: WriteTx) -> int:
            review.release(tx, reviewer, held, masked=False, reason="", allow=wanted)
            return exceptions.list_exceptions(tx, reviewer, ended=False)[0].position

        return world.write(release)

    # ---- bodies ----------------------------------------------------------------------------------------------------

    def body(self, row: Row, actor: Actor | None, ids: dict[str, Any]) -> dict[str, Any] | None:
        """A body that is valid, so that a refusal is about who asks."""
        if row.reads or row.operation.startswith("DELETE "):
            return None
        if self.raw(row):
            return None
        make = _BODIES.get(row.operation)
        return make(self, row, actor, ids) if make is not None else {}

    def raw(self, row: Row) -> dict[str, Any]:
        """What a request brings that is no JSON."""
        if row.operation != "PUT /api/uploads/{upload}/{index}":
            return {}
        return {"content": PLAN.encode(), "headers": BYTES}

    def sign_in(self, row: Row, actor: Actor | None) -> dict[str, Any]:
        person = actor or self.cast.spare
        return {"account": self.cast.account_of(person).login, "password": PASSWORD}

    def activation(self, row: Row) -> dict[str, Any]:
        """A code of somebody who has not been activated, whoever asks; void when they were suspended since."""
        person = self.cast.world.person("新职工", unit=self.cast.unit, certified=False)
        login, code = self.cast.activation_of(person)
        if row.role == "suspended":
            self.cast.suspend(person)
        return {"account": login, "code": code, "password": NEW_PASSWORD}

    def pack(self) -> dict[str, Any]:
        text, _ = load_pack("party-run-plant")
        return {"yaml": f"{with_editing(text)}\n# edition {next(self.serial)}\n", "dry_run": False}

    def people_file(self) -> dict[str, Any]:
        return {"csv": f"工号,姓名,部门\nI{next(self.serial)},王新,澄远装备\n", "dry_run": False}

    def application(self) -> dict[str, Any]:
        people = self.cast.people
        return {
            "name": f"澄远甲{next(self.serial)}工作群", "purpose": "生产", "scope": "车间", "class": "workshop",
            "level": "internal", "owner_id": people["employee", "owner"].person,
            "administrator_ids": [people["employee", "administrator"].person], "rules": RULES,
        }  # fmt: skip

    def setup(self) -> dict[str, Any]:
        one = {"name": "甲", "staff_no": "A1", "account": "a1", "password": NEW_PASSWORD}
        lines = {"system": one, "security": one, "audit": one}
        return {"token": "x", "organisation": "甲", "pack": "plain-office", "administrators": lines}

    def number(self, ids: dict[str, Any]) -> str:
        return self.cast.filing_number(ids["group"])


_Body = Callable[[Things, Row, Actor | None, dict[str, Any]], dict[str, Any]]


def _fixed(**body: Any) -> _Body:
    return lambda *_: body


_member: _Body = lambda t, r, a, i: {"person_ids": [t.cast.people["employee", "member"].person]}  # noqa: E731  # one of a table
_template = _fixed(title="通知", fields=[{"name": "正文"}])
_EMPTY_LIST = base64.b64encode(sheets.marked("工号,姓名,部门\r\n", {})).decode()
_BODIES: dict[str, _Body] = {
    "POST /api/session": lambda t, r, a, i: t.sign_in(r, a),
    "POST /api/account/activation": lambda t, r, a, i: t.activation(r),
    "POST /api/account/password": _fixed(old=PASSWORD, new=NEW_PASSWORD),
    "POST /api/setup": lambda t, r, a, i: t.setup(),
    "POST /api/policy/packs": lambda t, r, a, i: t.pack(),
    "POST /api/people": lambda t, r, a, i: {
        "name": "王新", "staff_no": f"N{next(t.serial)}", "unit_id": t.cast.unit, "post": "工人", "roles": [],
    },
    "POST /api/people/import": lambda t, r, a, i: t.people_file(),
    "POST /api/people/import/reading": lambda t, r, a, i: {"content": _EMPTY_LIST},
    "POST /api/people/import/notes": _fixed(csv="工号,姓名,部门\r\n", notes=[]),
    "PATCH /api/people/{person_id}": lambda t, r, a, i: {"post": f"工人{next(t.serial)}"},
    "PUT /api/people/{person_id}/roles": lambda t, r, a, i: {"roles": sorted({"reviewer", r.role} & {"reviewer", *OFFICES})},
    "PUT /api/people/{person_id}/deputy": lambda t, r, a, i: {
        "person_id": t.cast.people["it" if r.role == "head" else "head", "outsider"].person, "since": day(t.cast.world), "until": day(t.cast.world),
    },
    "POST /api/outages": lambda t, r, a, i: {"outage": "send", "since": t.cast.world.clock.now() - HOUR, "until": None},
    "POST /api/outages/handling": lambda t, r, a, i: {"positions": [t.outage()], "answer": "线路已恢复"},
    "POST /api/units": lambda t, r, a, i: {"name": f"新班组{next(t.serial)}", "parent_id": t.cast.unit},
    "PUT /api/units/{unit_id}/head": lambda t, r, a, i: {"person_id": t.cast.people["head", "outsider"].person},
    "POST /api/accounts/{account_id}/certification": _fixed(proof="身份证"),
    "POST /api/accounts/{account_id}/suspension": _fixed(reason="x"),
    "POST /api/accounts/{account_id}/resumption": _fixed(reason="x"),
    "POST /api/accounts/{account_id}/closing": _fixed(reason="x"),
    "POST /api/approvals/{request_id}/decision": _fixed(verdict="approve", opinion=""),
    "POST /api/groups/{group}/members": lambda t, r, a, i: {"person_ids": [t.cast.spare.person]},
    "POST /api/groups/{group}/members/{person}/decision": _fixed(verdict="admit", reason=""),
    "POST /api/groups/{group}/members/{person}/removal": _fixed(reason="x"),
    "POST /api/groups/{group}/members/{person}/leaving": _fixed(verdict="approve", reason=""),
    "POST /api/join": lambda t, r, a, i: {"filing_number": t.number(i), "reason": "x"},
    "POST /api/groups/{group}/acceptance": _fixed(),
    "POST /api/groups/{group}/leave": _fixed(reason="x"),
    "POST /api/groups/{group}/rules": _fixed(text="新群规"),
    "POST /api/groups/{group}/rules/signature": _fixed(version=1),
    "PUT /api/groups/{group}/administrators": _member,
    "PUT /api/groups/{group}/publishers": _member,
    "PUT /api/groups/{group}/topics": _fixed(topics=["生产进度"]),
    "PUT /api/groups/{group}/hours": _fixed(hours=[{"days": [1], "start": 540, "end": 600, "words": "例会"}]),
    "PUT /api/groups/{group}/messages/{position}/aside": _fixed(reason="x"),
    "PUT /api/groups/{group}/messages/{position}/frozen": _fixed(reason="x"),
    "POST /api/groups/{group}/messages/{position}/flag": _fixed(reason="x"),
    "POST /api/groups/{group}/templates": _template,
    "POST /api/templates": _template,
    "PUT /api/groups/{group}/owner": lambda t, r, a, i: {"person_id": t.cast.people["employee", "member"].person},
    "POST /api/groups/{group}/closing": _fixed(reason="x"),
    "POST /api/applications/check": _fixed(**{"name": "澄远甲甲工作群", "class": "workshop", "kind": "internal"}),
    "POST /api/applications": lambda t, r, a, i: t.application(),
    "POST /api/groups/{group}/messages": lambda t, r, a, i: {"cmid": f"h{next(t.serial)}", "body": "大家好"},
    "POST /api/groups/{group}/forwards": lambda t, r, a, i: {
        "cmid": f"w{next(t.serial)}", "from": i["group"], "positions": [i["position"]],
    },
    "POST /api/groups/{group}/urgent": lambda t, r, a, i: {
        "cmid": f"v{next(t.serial)}", "body": {"text": "大家好", "mentions": []}, "reason": "急",
    },
    "POST /api/groups/{group}/messages/{position}/confirmation": _fixed(needless=True),
    "PUT /api/me/quiet": _fixed(start=1320, end=420, rest=True),
    "PUT /api/me/absence": lambda t, r, a, i: {"until": t.cast.world.clock.now() + HOUR, "reason": "手术中"},
    "PUT /api/groups/{group}/settings": _fixed(muted=True),
    "PUT /api/groups/{group}/draft": lambda t, r, a, i: {"text": "大家", "at": t.cast.world.clock.now()},
    "PUT /api/notifications": _fixed(told="sender"),
    "POST /api/push": lambda t, r, a, i: push_body(f"https://127.0.0.1:9/{next(t.serial)}"),
    "POST /api/push/end": _fixed(endpoint="https://127.0.0.1:9/none"),
    "POST /api/groups/{group}/scheduled": lambda t, r, a, i: {
        "cmid": f"d{next(t.serial)}", "body": "大家好", "at": t.cast.world.clock.now() + DAY,
    },
    "POST /api/groups/{group}/messages/{position}/recall": _fixed(reason="x"),
    "POST /api/groups/{group}/messages/{position}/answers": lambda t, r, a, i: {
        "people": [t.cast.people["employee", "owner"].person],
    },
    "POST /api/groups/{group}/messages/{position}/questions": lambda t, r, a, i: {"unit_id": t.cast.unit, "text": "按哪一版？"},
    "POST /api/questions/{question}/answer": _fixed(outcome="confirmed"),
    "POST /api/questions/{question}/handing": lambda t, r, a, i: {"unit_id": t.other_unit(), "reason": "x"},
    "POST /api/questions/{question}/reopening": _fixed(reason="x"),
    "POST /api/groups/{group}/messages/{position}/answer": _fixed(answer="understood"),
    "PUT /api/groups/{group}/messages/{position}": lambda t, r, a, i: {"text": f"大家好{next(t.serial)}"},
    "POST /api/uploads": lambda t, r, a, i: {"group": i["group"], "name": "a.txt", "size": 9},
    "POST /api/uploads/{upload}/completion": _fixed(sha256=hashlib.sha256(PLAN.encode()).hexdigest()),
    "POST /api/search": _fixed(words="大家好"),
    "POST /api/groups/{group}/check": _fixed(text="大家好"),
    "POST /api/groups/{group}/read": lambda t, r, a, i: {"position": t.message},
    "POST /api/dictionaries": _fixed(title="清单", category="org", file="a.txt", content="5bCP6YeR5bqT"),
    "POST /api/dictionaries/{dictionary}/trial": _fixed(messages=500),
    "POST /api/dictionaries/{dictionary}/switch": _fixed(state="on", disposition="hold", use="6.7/messaging.content"),
    "POST /api/documents": _fixed(
        title="方案", level="secret", disposition="hold", use="6.7/messaging.content", file="a.txt",
        content=base64.b64encode(PLAN.encode()).decode(),
    ),
    "POST /api/exemptions": lambda t, r, a, i: {
        "person_id": t.cast.spare.person, "rule": "abuse", "until": t.cast.world.clock.now() + DAY, "reason": "x",
    },
    "POST /api/notices/preview": lambda t, r, a, i: {"to": {"person_ids": [t.cast.spare.person]}, "deadline_hours": 8},
    "POST /api/notices": lambda t, r, a, i: {
        "title": "放假安排", "text": MENU, "deadline_hours": 8, "to": {"person_ids": [t.cast.spare.person]}, "people": 1,
    },
    "POST /api/notices/{notice_id}/versions": lambda t, r, a, i: {
        "title": f"放假安排{next(t.serial)}", "text": MENU, "deadline_hours": 8,
    },
    "POST /api/notices/{notice_id}/acknowledgement": _fixed(version=1),
    "POST /api/notices/{notice_id}/withdrawal": _fixed(reason="x"),
    "POST /api/reviews/{position}/decision": _fixed(verdict="release", reason=""),
    "POST /api/reviews/{position}/escalation": _fixed(proposal="refuse", reason="x"),
    "POST /api/reviews/{position}/overturning": _fixed(verdict="release", reason="x"),
    "POST /api/groups/{group}/bots": lambda t, r, a, i: {"name": f"告警{next(t.serial)}", "purpose": "转发告警"},
    "POST /api/groups/{group}/bots/{bot}/key": _fixed(),
    "POST /api/webhooks/{webhook}/secret": _fixed(),
    "POST /api/webhooks/{webhook}/resumption": _fixed(),
    "POST /api/webhooks/{webhook}/ping": _fixed(),
    "POST /api/webhooks/{webhook}/deliveries/{position}": _fixed(),
    "POST /api/webhooks": lambda t, r, a, i: {
        "name": "工单", "url": "https://93.184.216.34/x", "kinds": ["groups.end_reminded"],
    },
    "POST /api/direct": lambda t, r, a, i: {"person": t.cast.spare.person},
    "POST /api/barriers/preview": lambda t, r, a, i: t.barrier(digest=False),
    "POST /api/barriers": lambda t, r, a, i: t.barrier(digest=True),
    "POST /api/barriers/{barrier}/lifting": _fixed(reason="x"),
    "POST /api/exceptions/{position}/revocation": _fixed(reason="x"),
}  # fmt: skip
