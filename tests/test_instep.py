"""In step: a snapshot with the items after it must equal a fresh snapshot, for every kind of fact and everybody's part.

The items come from the real Hub as commits are published, and again as a reconnecting client gets them; the client's own
reducer (`web/test/instep.ts`) then says whether its state equals what the server would show to somebody who comes anew.
"""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR, MINUTE, utc
from guiju.kernel.facts import all_kinds
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import RequestId, Verdict
from guiju.modules.bots import service as bots
from guiju.modules.bots import webhooks
from guiju.modules.bots.webhook_types import Delivery, WebhookId
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.followup import absences, answering, asking, questioning
from guiju.modules.followup.question_types import Outcome
from guiju.modules.followup.types import Answer
from guiju.modules.groups import applying, barriers, direct, governing, roster
from guiju.modules.groups.direct_types import Side
from guiju.modules.groups.types import AdministratorCountError, Application, GroupKind
from guiju.modules.messaging import (
    burning,
    exceptions,
    forwarding,
    opening,
    overseeing,
    pinning,
    reacting,
    reads,
    recalling,
    review,
    urging,
)
from guiju.modules.messaging.change_types import ALL, Reaction
from guiju.modules.messaging.forward_types import Wanted
from guiju.modules.messaging.origin_types import Origin, OriginKind
from guiju.modules.messaging.review_types import Permission
from guiju.modules.messaging.types import MessageState
from guiju.modules.outages import service as outages
from guiju.modules.outages.types import Outage
from guiju.setup import SYSTEM
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.asking import raise_question
from tests.support.audience import Audience, Json
from tests.support.cast import HELD_TEXT, OFFICES, Cast
from tests.support.deputies import day, stand_in
from tests.support.ordering import Ordering
from tests.support.sending import urge, with_editing
from tests.support.staffing import Staffing
from tests.support.uploading import attached, close_uploads, uploads_of
from tests.support.world import World

ROOT = Path(__file__).parents[1]
ID_NUMBER = "11010119900307889X"
BLOCKED_TEXT = "去赌博网站玩"
UNREACHED: dict[str, str] = {}
"""Kinds that no act here brings about, each with the reason."""


class Acts:
    """One act for each thing that can happen in a group, in an order in which each is possible."""

    def __init__(self, audience: Audience, cast: Cast, group: GroupId) -> None:
        self.audience, self.cast, self.group, self.world = audience, cast, group, audience.world
        self.owner, self.member = (
            cast.people["employee", "owner"],
            cast.people["employee", "member"],
        )
        self.administrator = cast.people["employee", "administrator"]
        self.reviewer = cast.people["reviewer", "outsider"]
        self.security = cast.people["security_admin", "outsider"]
        self.head, self.registrar = (
            cast.people["head", "outsider"],
            cast.people["registrar", "outsider"],
        )

    def do(self, name: str, perform: Callable[[], Any]) -> Any:
        return self.audience.act(name, perform)

    def verb(self, name: str, verb: Callable[[WriteTx], Any]) -> Any:
        return self.do(name, lambda: self.world.write(verb))

    def until(self, name: str, kind: str) -> None:
        """Let time pass, an hour at a time, until a timer has brought about a fact of this kind."""
        count = len(self.world.entries(kind))

        def wait() -> None:
            for _ in range(14 * 24):
                self.world.later(HOUR)
                if len(self.world.entries(kind)) > count:
                    return
            raise AssertionError(f"{name}: two weeks passed")

        self.do(name, wait)

    def send(self, name: str, actor: Actor, text: str, state: MessageState, **extra: Any) -> int:
        done = self.do(name, lambda: self.world.send(actor, self.group, text, **extra))
        assert done.state is state
        return int(done.position)

    def messages(self) -> None:
        member, owner, inside = self.member, self.owner, self.cast.people["reviewer", "member"]
        first = self.send("sent", member, "大家好", MessageState.DELIVERED)
        self.send(
            "sent with a mention",
            owner,
            "请看",
            MessageState.DELIVERED,
            mentions=[member.person_id],
        )
        self.send("sent with a quote", owner, "同意", MessageState.DELIVERED, quote=first)
        self.send("alerted", member, "记者采访来了", MessageState.DELIVERED)
        self.send("masked", member, f"证件{ID_NUMBER}", MessageState.MASKED)
        self.send("blocked", member, BLOCKED_TEXT, MessageState.BLOCKED)
        held = [
            self.send(
                f"held {n}",
                sender,
                f"{HELD_TEXT}{n}",
                MessageState.HELD,
                mentions=[owner.person_id],
            )
            for n, sender in enumerate((member, member, member, inside))
        ]
        self.until("review is late", "messaging.review_late")
        self.verb(
            "released",
            lambda tx: review.release(tx, self.reviewer, held[0], masked=False, reason="x"),
        )
        self.verb(
            "released masked",
            lambda tx: review.release(tx, inside, held[1], masked=True, reason=""),
        )
        self.verb("refused", lambda tx: review.refuse(tx, self.reviewer, held[2], reason="不宜"))
        self.verb(
            "released of a reviewer",
            lambda tx: review.release(tx, self.reviewer, held[3], masked=False, reason=""),
        )
        self.verb("reminded", lambda tx: reads.remind(tx, member, self.group, first))
        shown = self.world.entries("messaging.released")[0].position
        self.send(
            "sent with a quote of a release", member, "收到", MessageState.DELIVERED, quote=shown
        )

    def forwards(self) -> None:
        """Copies within the group, delivered, masked, stopped and released."""
        inspector, held = self.world.runtime.inspector, -1
        sent = [
            self.send(f"to be forwarded {n}", self.owner, f"第{n}条", MessageState.DELIVERED)
            for n in range(2)
        ]
        for name, comment, state in (
            ("forwarded", "请看", MessageState.DELIVERED),
            ("forwarded and masked", f"证件{ID_NUMBER}", MessageState.MASKED),
            ("forwarded and blocked", BLOCKED_TEXT, MessageState.BLOCKED),
            ("forwarded and held", f"{HELD_TEXT}转", MessageState.HELD),
        ):
            wish = Wanted(
                name.replace(" ", "."), self.group, self.group, tuple(sent), True, comment
            )
            (done,) = self.verb(
                name,
                lambda tx, w=wish: forwarding.forward(tx, inspector, self.member, w),  # type: ignore[misc]  # bound at once
            )
            assert done.state is state
            held = done.position
        self.verb(
            "a forwarded one is released",
            lambda tx: review.release(tx, self.reviewer, held, masked=True, reason=""),
        )
        shown = self.world.entries("messaging.released")[-1].position
        self.verb(
            "a forwarded one is recalled",
            lambda tx: recalling.recall(tx, self.owner, self.group, shown, reason="跑题"),
        )

    def files(self) -> None:
        """Messages that take files along, and a reviewer who opens one."""
        uploads = uploads_of(self.world)
        held, file = -1, ""
        for name, text, state in (
            ("sent with a file", "计划", MessageState.DELIVERED),
            ("held for its file", HELD_TEXT, MessageState.HELD),
            ("blocked for its file", BLOCKED_TEXT, MessageState.BLOCKED),
        ):
            said = Origin(OriginKind.PUBLIC, "公司官网")
            found = attached(uploads, self.member, self.group, "a.txt", text.encode(), said)
            at = self.send(name, self.member, "", state, files=found)
            if state is MessageState.HELD:
                held, file = at, found[0].stored.id
        close_uploads(uploads)
        self.verb("file opened", lambda tx: opening.open_for_review(tx, self.reviewer, held, file))
        self.verb(
            "released with its file",
            lambda tx: review.release(tx, self.reviewer, held, masked=False, reason=""),
        )

    def urgent(self) -> None:
        """A call that one of those called confirms, and that stops by itself."""
        called = self.do(
            "urged", lambda: urge(self.world, self.member, self.group, "马上停机", "u1")
        ).receipt.position
        self.verb(
            "confirmed",
            lambda tx: urging.confirm(tx, self.owner, self.group, called, needless=True),
        )
        self.until("called again", "messaging.urge_repeated")
        self.until("the call stops", "messaging.urge_stopped")

    def burning(self) -> None:
        """Messages that burn: opened by one reader, recalled, and held until a reviewer lets it pass."""
        member, owner, group = self.member, self.owner, self.group
        first, second = (
            self.send(f"burns {n}", member, f"口令{n}", MessageState.DELIVERED, burn=30)
            for n in range(2)
        )
        for who in (owner, self.administrator):
            self.verb(
                f"opened by {who.name}",
                lambda tx, who=who: burning.open_message(tx, who, group, first),  # type: ignore[misc]  # bound at once
            )
        self.verb("burns no more", lambda tx: recalling.recall(tx, member, group, second))
        held = self.send("burns and is held", member, HELD_TEXT, MessageState.HELD, burn=10)
        self.verb(
            "burns when released",
            lambda tx: review.release(tx, self.reviewer, held, masked=False, reason=""),
        )
        self.send("burns and is blocked", member, BLOCKED_TEXT, MessageState.BLOCKED, burn=10)

    def corrections(self) -> None:
        """A message corrected twice, one recalled first, one in a thread, a correction that waits while another passes, and
        corrections that are recalled.
        """
        member, owner, done = self.member, self.owner, MessageState.DELIVERED
        wrong = self.send("sent to be corrected", member, "八点开工", done)
        self.send("sent with a quote of it", owner, "好的", done, quote=wrong)
        ask = partial(raise_question, self.world, owner, self.group, wrong, None)
        self.do("its error reported", ask)
        right = self.send("corrected", member, "九点开工", done, corrects=wrong)
        self.send("a quote of what is corrected", owner, "九点？", done, quote=wrong)
        self.send("a quote of the correction", owner, "九点", done, quote=right)
        held = self.send("a correction held", member, HELD_TEXT, MessageState.HELD, corrects=right)
        self.send("corrected again", member, "十点开工", done, corrects=right)
        self.verb(
            "the correction released",
            lambda tx: review.release(tx, self.reviewer, held, masked=False, reason=""),
        )
        reply = self.send("a reply", member, "收到", done, thread=wrong)
        self.send("the reply corrected", member, "没收到", done, thread=wrong, corrects=reply)
        gone = self.send("sent and recalled", member, "停工", done)
        self.recall("recalled before it is corrected", member, gone)
        put_right = self.send("put right", member, "不停", done, corrects=gone)
        self.recall("its correction recalled", member, put_right)
        self.world.clock.advance(HOUR)
        line = [self.send("to be corrected again and again", member, "一点开工", done)]
        for text in ("两点开工", "三点开工", "四点开工"):
            line.append(self.send("corrected in turn", member, text, done, corrects=line[-1]))
        for at in line:
            self.send("a quote of one of the line", owner, "收到", done, quote=at)
        self.do("an error of the line reported", partial(raise_question, self.world, owner, self.group, line[0], None))  # fmt: skip
        self.world.clock.advance(MINUTE)
        _, one, two, three = line
        self.recall("the newest recalled", member, three)
        self.recall("one in between recalled", member, one)
        line.append(self.send("corrected instead", member, "五点开工", done, corrects=two))
        self.recall("what it corrects recalled", member, two)
        self.recall("the last of them recalled", member, line[-1])
        self.send("corrected once more", member, "六点开工", done, corrects=line[0])

    def reviews(self) -> None:
        """What the second line, exceptions and pre-review add; the reviewer in the group sees both sides."""
        member, inside = self.member, self.cast.people["reviewer", "member"]
        names = ("escalated", "refused and overturned", "released with an exception")
        first, second, third = (
            self.send(f"held to be {name}", member, f"{HELD_TEXT}{name}", MessageState.HELD)
            for name in names
        )
        self.verb("read by a reviewer", lambda tx: overseeing.read_review(tx, self.reviewer, first))
        self.verb(
            "escalated",
            lambda tx: review.escalate(tx, self.reviewer, first, proposal=None, reason="x"),
        )
        self.until("an escalated one is late", "messaging.review_late")
        self.verb(
            "refused by the second line",
            lambda tx: review.refuse(tx, self.security, first, reason="x"),
        )
        self.verb("refused again", lambda tx: review.refuse(tx, self.reviewer, second, reason="x"))
        self.verb(
            "overturned",
            lambda tx: review.overturn(tx, inside, second, masked=False, reason="x"),
        )
        until = self.world.clock.now() + DAY
        allow = Permission(0, until, everywhere=False)

        def release(tx: WriteTx) -> None:
            review.release(tx, self.reviewer, third, masked=True, reason="", allow=allow)

        self.verb("released with an exception", release)
        self.send("sent by the exception", member, HELD_TEXT, MessageState.DELIVERED)
        granted = self.world.entries("messaging.exception_granted")[-1].position
        self.verb(
            "exception revoked",
            lambda tx: exceptions.revoke(tx, self.security, granted, reason="x"),
        )
        fourth = self.send("held for a third refusal", member, HELD_TEXT, MessageState.HELD)
        self.verb(
            "refused a third time", lambda tx: review.refuse(tx, self.reviewer, fourth, reason="x")
        )
        watched = self.send("held by the pre-review", member, "大家好", MessageState.HELD)
        self.verb(
            "released in a pre-review",
            lambda tx: review.release(tx, self.reviewer, watched, masked=False, reason=""),
        )
        self.until("the pre-review ends", "messaging.prereview_ended")
        self.send("sent after the pre-review", member, "又见面了", MessageState.DELIVERED)

    def changes(self) -> None:
        """What may happen to messages: their authors, those who run the group and an auditor outside act on them."""
        member, owner, group = self.member, self.owner, self.group
        inside = self.cast.people["reviewer", "member"]
        first = self.send("sent to be changed", member, "开工", MessageState.DELIVERED)
        root = self.send(
            "sent to all", owner, "请大家回复", MessageState.DELIVERED, mentions=[ALL], members=True
        )
        named = [owner.person_id]
        quoting = self.send(
            "sent with a quote of what changes", owner, "引用", MessageState.DELIVERED, quote=first
        )
        self.edit("edited", member, first, "明天开工", mentions=named)
        self.edit("edited and masked", member, first, f"找{ID_NUMBER}", mentions=named)
        self.edit("edited without the mention", member, first, "后天开工")
        for who, name, reaction in (
            (owner, "the owner", Reaction.OK),
            (member, "the member", Reaction.OK),
            (inside, "the reviewer", Reaction.FLOWER),
        ):
            self.react(f"{name} reacts", who, first, reaction, on=True)
        self.react("the owner takes it back", owner, first, Reaction.OK, on=False)
        self.react("the owner reacts again", owner, first, Reaction.OK, on=True)
        for name, shown, on in (
            ("pinned", first, True),
            ("off", first, False),
            ("again", first, True),
            ("root", root, True),
        ):
            self.verb(
                f"pinned: {name}",
                partial(pinning.pin, actor=owner, group_id=group, shown=shown, on=on),
            )
        replies = [
            self.send(f"reply {n}", who, "收到", MessageState.DELIVERED, thread=root)
            for n, who in enumerate((member, owner, member, inside, self.administrator))
        ]
        held = self.send("reply held", member, HELD_TEXT, MessageState.HELD, thread=root)
        self.verb(
            "reply released",
            lambda tx: review.release(tx, self.reviewer, held, masked=True, reason=""),
        )
        self.recall("recalled with its quote", member, first)
        self.recall("a reply recalled", member, replies[0])
        auditor = self.cast.people["audit_admin", "outsider"]
        self.recall(
            "taken down by the owner",
            owner,
            self.world.entries("messaging.released")[-1].position,
            "跑题",
        )
        self.recall("taken down by the auditor", auditor, quoting, "违规")
        self.send("sent after all that", member, "继续", MessageState.DELIVERED, thread=root)

    def outages(self) -> None:
        """Reported, and settled for those who reported."""
        now, keeper = self.world.clock.now(), self.cast.people["it", "outsider"]
        made = [
            self.verb(
                f"outage {who}",
                lambda tx, a=actor: outages.report(  # type: ignore[misc]  # bound at once
                    tx, a, Outage.OFFLINE, since=now - HOUR, until=now, words="断网"
                ),
            ).position
            for who, actor in (("of the member", self.member), ("of the owner", self.owner))
        ]
        self.verb("outages settled", lambda tx: outages.handle(tx, keeper, made, answer="已恢复"))

    def edit(self, name: str, actor: Actor, shown: int, text: str, **extra: Any) -> None:
        self.do(name, lambda: self.world.edit(actor, self.group, shown, text, **extra))

    def react(self, name: str, actor: Actor, shown: int, reaction: Reaction, *, on: bool) -> None:
        self.verb(name, lambda tx: reacting.react(tx, actor, self.group, shown, reaction, on=on))

    def recall(self, name: str, actor: Actor, shown: int, reason: str | None = None) -> None:
        self.verb(name, lambda tx: recalling.recall(tx, actor, self.group, shown, reason=reason))

    def members(self, mover: Actor) -> None:
        group, owner, number = self.group, self.owner, self.cast.filing_number(self.group)
        who = mover.person_id

        def ask() -> None:
            self.verb(
                "asks to join",
                lambda tx: roster.ask_to_join(tx, mover, filing_number=number, reason="x"),
            )

        def decide(name: str, *, admits: bool) -> None:
            self.verb(
                name,
                lambda tx: roster.decide_join(tx, owner, group, who, admits=admits, reason="x"),
            )

        def leave(name: str, *, approves: bool) -> None:
            self.verb(
                f"asks to leave, {name}",
                lambda tx: roster.ask_to_leave(tx, mover, group, reason="x"),
            )
            self.send(f"sent while leaving, {name}", mover, "再见", MessageState.DELIVERED)
            self.verb(
                name,
                lambda tx: roster.decide_leaving(
                    tx, owner, group, who, approves=approves, reason="x"
                ),
            )

        ask()
        decide("not admitted", admits=False)
        ask()
        decide("admitted after asking", admits=True)
        self.verb("signs", lambda tx: roster.sign_rules(tx, mover, group, version=1))
        self.send("sent by the new one", mover, "新来的", MessageState.DELIVERED)
        leave("stays", approves=False)
        leave("goes", approves=True)
        self.send("sent without the one who left", owner, "继续", MessageState.DELIVERED)
        self.verb("admitted", lambda tx: roster.admit(tx, self.administrator, group, [who]))
        self.verb("signs again", lambda tx: roster.sign_rules(tx, mover, group, version=1))
        self.verb("removed", lambda tx: roster.remove(tx, owner, group, who, reason="x"))

    def bots(self) -> None:
        """A bot of the group, and an address outside that is told of things."""
        owner, ask = self.owner, bots.ask
        made = self.verb(
            "bot asked for", lambda tx: ask(tx, owner, self.group, name="告警", purpose="设备")
        )
        self.do("bot approved", lambda: self.world.approve(made.request))
        self.verb("key issued", lambda tx: bots.issue_key(tx, owner, self.group, made.id))
        send = partial(self.send, actor=Actor(bot=made.id))
        send("bot said something", text="温度过高", state=MessageState.DELIVERED)
        send("bot was blocked", text=BLOCKED_TEXT, state=MessageState.BLOCKED)
        held = send("bot was held", text=HELD_TEXT, state=MessageState.HELD)
        self.verb("bot was refused", lambda tx: review.refuse(tx, self.reviewer, held, reason="x"))
        self.verb("bot removed", lambda tx: bots.remove(tx, owner, self.group, made.id))
        webhook = WebhookId("whk_instep")

        def add(tx: WriteTx) -> None:
            webhooks.add(
                tx, SYSTEM, webhook, name="工单", url="http://127.0.0.1:9/x", kinds=["groups.closed"],
                secret=b"x",
            )  # fmt: skip

        self.verb("webhook added", add)
        self.verb("secret issued", lambda tx: webhooks.issue_secret(tx, SYSTEM, webhook, b"y"))
        failed = [Delivery(0, 0, "groups.closed", 0, webhooks.GONE, None, 1)]
        (waits,) = self.world.read(lambda tx: webhooks.waiting(tx, {}))
        self.verb("webhook disabled", lambda tx: webhooks.settle(tx, waits, failed, 0.5))
        self.verb("webhook resumed", lambda tx: webhooks.resume(tx, SYSTEM, webhook))
        self.verb("webhook removed", lambda tx: webhooks.end(tx, SYSTEM, webhook))

    def absences(self) -> None:
        """Said for days in which groups, conversations of two and barriers change; said anew; ended early; seen by nobody."""

        def say(name: str, actor: Actor, days: int, reason: str = "") -> None:
            until = self.world.clock.now() + days * DAY
            self.verb(name, lambda tx: absences.set_absence(tx, actor, until=until, reason=reason))

        say("cannot answer", self.member, 30, "外出")
        say("the owner cannot either", self.owner, 1, "开会")
        say("nor for longer", self.owner, 2)
        self.verb("the owner can again", lambda tx: absences.end_absence(tx, self.owner))
        say("nobody is told", self.security, 1, "休假")

    def answers(self) -> None:
        """One who answers, one who puts it off, one who is late and whose heads are told, and one request taken back."""
        member, owner = self.member, self.owner
        late = self.cast.people["hr", "member"]
        message = self.send("to be answered", owner, "请回复", MessageState.DELIVERED)
        people = [member.person_id, self.administrator.person_id, late.person_id]
        self.verb(
            "asked for answers",
            lambda tx: asking.ask(tx, owner, self.group, message, people=people, hours=8),
        )
        until = self.world.clock.now() + 20 * DAY
        self.verb(
            "put off",
            lambda tx: answering.answer(
                tx, member, self.group, message, Answer.DELAYED, reason="忙", until=until
            ),
        )
        said = self.send(
            "answered", self.administrator, "好", MessageState.DELIVERED, quote=message
        )
        self.verb(
            "answer recalled",
            lambda tx: recalling.recall(tx, self.administrator, self.group, said),
        )
        self.send("answered again", self.administrator, "行", MessageState.DELIVERED, quote=message)
        for kind in ("reminded", "late", "escalated"):
            if not self.world.entries(f"followup.{kind}"):
                self.until(f"answer {kind}", f"followup.{kind}")
        self.verb("taken back", lambda tx: asking.withdraw(tx, owner, self.group, message))

    def questions(self) -> None:
        """One that is handed on, late, answered, reopened and closed; and an error that is reported."""
        member, world, head = self.member, self.world, self.head
        message = self.send("to be asked about", self.owner, "按新图纸装", MessageState.DELIVERED)
        other = self.do(
            "unit added", lambda: world.add_unit("质量部", head=self.reviewer.person_id)
        )
        ask = partial(raise_question, world, member, self.group, message)
        self.do("error reported", lambda: ask(None))
        question = self.do("question raised", lambda: ask(self.cast.unit))
        self.verb(
            "handed on", lambda tx: questioning.hand_on(tx, head, question, other, reason="x")
        )
        for kind in ("reminded", "late", "escalated"):
            if not world.entries(f"followup.question_{kind}"):
                self.until(f"question {kind}", f"followup.question_{kind}")
        for _ in range(2):
            self.verb(
                "question answered",
                lambda tx: questioning.answer(tx, self.reviewer, question, Outcome.ANSWERED, text="按 B 版"),
            )  # fmt: skip
            if len(world.entries("followup.question_answered")) == 1:
                self.verb(
                    "reopened", lambda tx: questioning.reopen(tx, member, question, reason="x")
                )
        self.verb("question closed", lambda tx: questioning.close(tx, member, question))

    def governing(self) -> None:
        group, owner, member = self.group, self.owner, self.member
        both = [self.administrator.person_id, member.person_id]

        def too_many(tx: WriteTx) -> None:
            everybody = [
                self.cast.people[role, "member"].person_id for role in ("employee", "hr", "it")
            ]
            governing.set_administrators(tx, owner, group, everybody)

        def attempt() -> None:
            with pytest.raises(AdministratorCountError):
                self.world.write(too_many)

        self.do("attempt refused", attempt)
        self.verb(
            "administrators set", lambda tx: governing.set_administrators(tx, owner, group, both)
        )
        self.verb("owner set", lambda tx: governing.set_owner(tx, owner, group, member.person_id))
        self.verb(
            "owner set back", lambda tx: governing.set_owner(tx, member, group, owner.person_id)
        )
        self.verb(
            "rules published", lambda tx: governing.publish_rules(tx, owner, group, text="第二版")
        )
        self.send("sent before anybody signed", owner, "请签收", MessageState.DELIVERED)
        self.verb("signs the second", lambda tx: roster.sign_rules(tx, member, group, version=2))
        self.send("sent to those who signed", member, "已签", MessageState.DELIVERED)
        self.verb(
            "goes without signing",
            lambda tx: roster.ask_to_leave(
                tx, self.cast.people["employee", "must_sign"], group, reason="x"
            ),
        )

    def decide(self, name: str, actor: Actor, request: str, verdict: Verdict) -> None:
        wanted = RequestId(request)
        self.verb(
            name, lambda tx: approvals.decide(tx, actor, wanted, verdict=verdict, opinion="x")
        )

    def register(self, name: str, made: Application) -> None:
        self.decide(f"{name}: first step passed", self.head, made.request, Verdict.APPROVE)
        self.decide(f"{name}: registered", self.registrar, made.request, Verdict.APPROVE)

    def stand_in(self, deputy: Actor) -> None:
        stand_in(self.world, self.head.person_id, deputy.person_id)

    def approvals(self) -> None:
        made = self.do("applied", lambda: self.cast.apply(self.owner))
        self.verb("reminded", lambda tx: approvals.remind(tx, self.owner, made.request))
        self.register("with rules", made)
        made = self.do("applied again", lambda: self.cast.apply(self.member))
        self.do("head's deputy named", lambda: self.stand_in(self.security))
        self.do("another deputy named", lambda: self.stand_in(self.reviewer))
        self.decide("application refused by a deputy", self.reviewer, made.request, Verdict.REFUSE)
        made = self.do("applied and told the deputy", lambda: self.cast.apply(self.member))
        self.verb(
            "deputy ended while something waits",
            lambda tx: deputising.end_deputy(tx, SYSTEM, self.head.person_id),
        )
        self.decide("application refused by the head", self.head, made.request, Verdict.REFUSE)
        made = self.do("applied a third time", lambda: self.cast.apply(self.member))
        self.verb("withdrawn", lambda tx: approvals.withdraw(tx, self.member, made.request))
        self.do("applied and forgotten", lambda: self.cast.apply(self.owner))
        self.until("reminded by the timer", "approvals.reminded")
        self.until("escalated", "approvals.escalated")
        first, last = day(self.world, 1), day(self.world, 2)
        head, deputy = self.head.person_id, self.security.person_id
        self.verb(
            "deputy named for later",
            lambda tx: deputising.name_deputy(tx, SYSTEM, head, deputy, first, last),
        )
        self.until("deputy begins", "directory.deputy_turned")
        self.until("deputy ends", "directory.deputy_turned")

    def directs(self) -> None:
        """Two talk with one another, until a barrier stands between them, and again when it is lifted."""
        member, owner, security = self.member, self.owner, self.security
        group = self.verb("opened", lambda tx: direct.open_direct(tx, member, owner.person_id))
        self.do("sent to one", lambda: self.world.send(owner, group, "在吗"))
        self.do("held for one", lambda: self.world.send(member, group, HELD_TEXT))
        unit = self.world.read(lambda tx: directory.get_person(tx, member.person_id)).unit
        assert unit is not None
        for name, first, second, both in (
            ("both ways", people(member), people(owner), True),
            ("one way", people(owner), people(member), False),
            ("of a unit", Side(units=(unit,)), people(owner, self.head), True),
        ):
            wanted = barrier_input(first, second, both=both)
            barrier = self.do(f"barred {name}", partial(set_barrier, self.world, security, wanted))
            self.verb(
                f"barred {name} no more",
                lambda tx, b=barrier: barriers.lift_barrier(tx, security, b.id, reason="x"),  # type: ignore[misc]  # bound at once
            )
        now = self.world.clock.now()
        wanted = barrier_input(
            people(owner),
            people(member),
            both=True,
            starts_at=now + 2 * HOUR,
            ends_at=now + 5 * HOUR,
        )
        self.do("barred later", partial(set_barrier, self.world, security, wanted))
        self.until("barrier begins", "groups.barrier_turned")
        self.until("barrier ends", "groups.barrier_turned")
        self.do("sent to one again", lambda: self.world.send(member, group, "在"))

    def other_groups(self, end_date: str, pack: Callable[[str], str]) -> None:
        owner, administrator, member = self.owner, self.administrator, self.member
        tool = {"kind": GroupKind.EXTERNAL_TOOL, "tool": "QQ", "name": "QQ采购群"}
        ends = {"end_date": end_date, "name": "澄远临时工作群"}
        for name, changes in (
            ("on another tool", tool),
            ("without rules", {}),
            ("with an end", ends),
        ):
            stated = self.world.application(
                owner, [administrator], members=(member.person_id,), **changes
            )
            self.register(
                name,
                self.verb(
                    f"applied {name}",
                    lambda tx, s=stated: applying.apply_for(tx, owner, stated=s),  # type: ignore[misc]  # bound at once
                ),
            )
        self.until("end reminded", "groups.end_reminded")
        self.until("closed at its end", "groups.closed")
        self.verb("closed", lambda tx: governing.close(tx, owner, self.group, reason="x"))
        self.do("adopted", lambda: self.world.adopt(lambda text: f"{pack(text)}\n# later\n"))


def everybody(cast: Cast) -> dict[str, Actor]:
    """All parts, by name."""
    people = {
        f"{role} {place}": actor
        for (role, place), actor in cast.people.items()
        if role in ("employee", *OFFICES) and (role, place) != ("registrar", "outsider")
    }
    people["registrar"], people["head"] = (
        cast.people["registrar", "outsider"],
        cast.people["head", "outsider"],
    )
    return people | {"leaving": cast.leaver, "new and moving": cast.spare}


def compared(recordings: list[Json], folder: Path) -> subprocess.CompletedProcess[str]:
    """The verdict of the client's own reducer."""
    file = folder / "recordings.json"
    file.write_bytes(msgspec.json.encode(recordings))
    node = Path(sys.executable).with_name("node")
    command = [str(node), str(ROOT / "web" / "test" / "instep.ts"), str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("world", "history"),
    [("postgresql", "none"), ("sqlite", "none"), ("sqlite", "all")],
    indirect=["world"],
)
def test_everybody_stays_in_step(world: World, history: str, tmp_path: Path) -> None:
    def edited(text: str) -> str:
        text = text.replace("history: none", f"history: {history}")
        return with_editing(text.replace("on_timeout: remind", "on_timeout: escalate", 1))

    world.adopt(edited)
    above = world.person("总经理")
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, above.person_id))
    guest = world.guest("周来访")
    cast = Cast(world)
    group = cast.group()
    world.send(cast.people["employee", "owner"], group, "先前的话")
    # What differs by database or history differs after some acts as well; each act is looked at by one variant.
    is_first = world.settings.database.startswith("sqlite") and history == "none"
    every = 1 if is_first else 4
    audience = Audience(world, everybody(cast) | {"head of the head": above}, every=every)
    audience.join()
    acts = Acts(audience, cast, group)
    acts.messages()
    acts.files()
    acts.forwards()
    acts.urgent()
    acts.burning()
    acts.corrections()
    acts.reviews()
    acts.changes()
    Ordering(acts).all()
    acts.bots()
    acts.absences()
    acts.directs()
    acts.answers()
    acts.questions()
    staffing = Staffing(world, audience.act)
    staffing.rename("member renamed", cast.people["employee", "member"], "孟改名")
    staffing.rename("owner renamed", cast.people["employee", "owner"], "欧阳改名")
    acts.members(cast.spare)
    staffing.verb(
        "guest admitted",
        lambda tx: roster.admit(tx, cast.people["employee", "owner"], group, [guest.person_id]),
    )
    staffing.verb("guest signs", lambda tx: roster.sign_rules(tx, guest, group, version=1))
    staffing.joining(guest)
    staffing.rename("who left renamed", cast.spare, "离群改名")
    acts.outages()
    acts.approvals()
    acts.governing()
    staffing.directory(cast.people["employee", "member"])
    staffing.inspection(
        cast.people["security_admin", "outsider"], cast.people["employee", "member"]
    )
    staffing.notices(
        cast.people["hr", "outsider"],
        cast.people["employee", "member"],
        cast.people["head", "member"],
    )
    acts.other_groups(utc(world.clock.now() + 7 * DAY).date().isoformat(), edited)
    audience.whole()
    ours = {kind for kind in all_kinds() if not kind.startswith("test.")}
    missing = ours - audience.kinds
    assert missing == set(UNREACHED), "no act brings these about"
    assert audience.seen["employee outsider"] == {
        "policy.adopted",
        "directory.person_changed",
        "groups.barriers_changed",
    }, "an outsider hears of nothing else"
    verdict = compared(audience.recordings, tmp_path)
    assert verdict.returncode == 0, verdict.stderr[-6000:]
    assert f"{len(audience.recordings)} recordings" in verdict.stdout


def test_the_comparison_sees_a_lost_item(world: World, tmp_path: Path) -> None:
    cast = Cast(world)
    audience = Audience(world, everybody(cast))
    group = cast.group()
    audience.join()
    member = cast.people["employee", "member"]
    audience.act("sent", lambda: world.send(member, group, "大家好"))
    assert compared(audience.recordings, tmp_path).returncode == 0
    for recording in audience.recordings:
        recording["items"] = []
    verdict = compared(audience.recordings, tmp_path)
    assert verdict.returncode == 1 and "employee owner" in verdict.stderr
