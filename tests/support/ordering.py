"""Acts for the order in a group, one for each fact about it, for whoever follows them from outside."""

from typing import Any, Protocol

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.groups import keeping_hours, ordering
from guiju.modules.groups.hours_types import OfficeHours
from guiju.modules.messaging import recalling, templating, topics
from guiju.modules.messaging.template_types import TemplateField, fill
from guiju.modules.messaging.types import MessageState
from tests.support.cast import Cast


class Acts(Protocol):
    """What happens in a group, act by act."""

    owner: Actor
    member: Actor
    administrator: Actor
    group: GroupId
    cast: Cast

    def verb(self, name: str, verb: Any) -> Any: ...

    def send(
        self, name: str, actor: Actor, text: str, state: MessageState, **extra: Any
    ) -> int: ...


class Ordering:
    """Publishers and topics; what is moved, flagged and frozen."""

    def __init__(self, acts: Acts) -> None:
        self.acts, self.group = acts, acts.group

    def all(self) -> None:
        acts, group, owner = self.acts, self.group, self.acts.owner
        mine = (acts.member.person_id,)
        acts.verb("publishers", lambda tx: ordering.set_publishers(tx, owner, group, mine))
        acts.verb("topics", lambda tx: ordering.set_topics(tx, owner, group, ["生产", "设备"]))
        hours = [OfficeHours((1, 3), 540, 600, "碰头")]
        acts.verb("hours", lambda tx: keeping_hours.set_hours(tx, owner, group, hours))
        self._templates()
        self._moving()
        self._freezing()

    def _sent(self, name: str, actor: Actor, text: str, **extra: Any) -> int:
        return self.acts.send(name, actor, text, MessageState.DELIVERED, **extra)

    def _move(self, name: str, at: int, *, on: bool) -> None:
        acts, owner, reason = self.acts, self.acts.owner, "跑题" if on else None
        acts.verb(name, lambda tx: topics.move(tx, owner, self.group, at, on=on, reason=reason))

    def _templates(self) -> None:
        acts, group, owner = self.acts, self.group, self.acts.owner
        registrar = acts.cast.people["registrar", "outsider"]
        fields = [TemplateField("事由"), TemplateField("正文")]
        saved = []
        for name, actor, place in (("own", owner, group), ("everywhere", registrar, None)):
            made = acts.verb(
                f"template saved: {name}",
                lambda tx, a=actor, p=place: templating.save(
                    tx, a, p, template=None, title="通知", fields=fields, attachment=False
                ),
            )
            saved.append((actor, place, made.id))
        text, filled = fill(saved[0][2], "通知", [("事由", "检修"), ("正文", "八点停电")])
        acts.send("sent by a template", owner, text, MessageState.DELIVERED, template=filled)
        for actor, place, made in saved:
            acts.verb(
                "template removed",
                lambda tx, a=actor, p=place, m=made: templating.remove(tx, a, p, m),
            )

    def _moving(self) -> None:
        acts, group, member = self.acts, self.group, self.acts.member
        plain = self._sent("to be moved", member, "钓鱼去")
        called = [acts.administrator.person_id]
        calling = self._sent("to be moved, with a mention", member, "同去", mentions=called)
        quoting = self._sent("quotes what is moved", acts.owner, "别说了", quote=plain)
        for name, at in (("plain", plain), ("with a mention", calling), ("the last", quoting)):
            self._move(f"moved: {name}", at, on=True)
        for name, at in (("the last", quoting), ("with a mention", calling), ("plain", plain)):
            self._move(f"moved back: {name}", at, on=False)
        self._move("moved again", plain, on=True)
        acts.verb(
            "recalled after it was moved",
            lambda tx: recalling.recall(tx, acts.owner, group, plain, reason="违规"),
        )
        self._sent("sent after what was moved", member, "说正事")
        for name, at in (("flagged", calling), ("flagged once more", quoting)):
            acts.verb(
                name,
                lambda tx, at=at: topics.flag(tx, acts.administrator, group, at, reason="跑题"),
            )
        acts.verb("dismissed", lambda tx: topics.dismiss_flags(tx, acts.owner, group, calling))

    def _freezing(self) -> None:
        acts, group, owner = self.acts, self.group, self.acts.owner
        root = self._sent("begins a thread", acts.member, "食堂的事")
        self._sent("replies there", acts.administrator, "有问题", thread=root)
        for name, on, reason in (
            ("frozen", True, "易起争议"),
            ("unfrozen", False, None),
            ("frozen for good", True, "已答复"),
        ):
            acts.verb(
                name,
                lambda tx, on=on, why=reason: topics.freeze(
                    tx, owner, group, root, on=on, reason=why
                ),
            )
        acts.verb(
            "recalled after it was frozen",
            lambda tx: recalling.recall(tx, owner, group, root, reason="违规"),
        )
