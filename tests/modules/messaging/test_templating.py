"""Templates: who writes them, what a message by one must have, and that its parts stay one text for every rule."""

from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.messaging import replaying, review, templating
from guiju.modules.messaging.change_types import ALL, EditingOffError
from guiju.modules.messaging.composing import Body, Chosen, Draft, prepare, read_body
from guiju.modules.messaging.template_types import (
    BadTemplateError,
    Filled,
    Template,
    TemplateChangedError,
    TemplateField,
    TemplateIncompleteError,
    TemplateNeededError,
    TemplateNotFoundError,
    TooManyTemplatesError,
    fill,
)
from guiju.modules.messaging.types import BadMessageError, CmidReusedError, MessageState
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.screens import shown
from tests.support.sending import ID_NUMBER, with_editing
from tests.support.uploading import attached, close_uploads, uploads_of

FIELDS = (
    TemplateField("事由"),
    TemplateField("正文", hint="写清楚时间地点"),
    TemplateField("联系人", required=False),
)


def save(
    office: Office, actor: Actor, group: GroupId | None, title: str = "停电通知", **changes: Any
) -> Template:
    wanted: dict[str, Any] = {"template": None, "fields": FIELDS, "attachment": False} | changes
    return office.world.write(lambda tx: templating.save(tx, actor, group, title=title, **wanted))


def send(
    office: Office,
    actor: Actor,
    group: GroupId,
    made: Template,
    *parts: tuple[str, str],
    **extra: Any,
) -> Any:
    text, filled = fill(made.id, made.title, [*parts])
    return office.world.send(actor, group, text, template=filled, **extra)


class TestKeeping:
    def test_a_group_has_its_own_and_those_that_hold_everywhere(self, office: Office) -> None:
        world, group = office.world, office.group()
        other = office.group(name="澄远乙班工作群")
        everywhere = save(office, office.registrar, None, "通报")
        own = save(office, office.administrator, group)

        def titles(place: GroupId) -> list[str]:
            found = world.read(lambda tx: templating.list_usable(tx, office.member, place))
            return [each.title for each in found]

        assert titles(group) == ["通报", "停电通知"] and titles(other) == ["通报"]
        changed = save(office, office.owner, group, "停水通知", template=own.id)
        assert len(world.entries("messaging.template_saved")) == 3
        assert changed.id == own.id and titles(group) == ["通报", "停水通知"]
        world.write(lambda tx: templating.remove(tx, office.owner, group, own.id))
        world.write(lambda tx: templating.remove(tx, office.registrar, None, everywhere.id))
        assert titles(group) == []
        assert [fact.template for fact in world.facts("messaging.template_removed")] == [
            own.id, everywhere.id,
        ]  # fmt: skip

    def test_who_writes_them_and_what_they_are(self, office: Office) -> None:
        group, other = office.group(), office.group(name="澄远乙班工作群")
        own = save(office, office.owner, group)

        def saving(actor: Actor, place: GroupId | None, **changes: Any) -> Any:
            wanted: dict[str, Any] = {
                "template": None, "title": "通知", "fields": FIELDS, "attachment": False,
            }  # fmt: skip
            return lambda tx: templating.save(tx, actor, place, **(wanted | changes))

        office.refused(NotAllowedError, saving(office.member, group))
        office.refused(NotAllowedError, saving(office.owner, None))
        office.refused(GroupNotFoundError, saving(office.outsider, group))
        office.refused(TemplateNotFoundError, saving(office.owner, other, template=own.id))
        office.refused(TemplateNotFoundError, saving(office.registrar, None, template=own.id))
        office.refused(BadTemplateError, saving(office.owner, group, fields=[]))
        office.refused(BadTemplateError, saving(office.owner, group, fields=[FIELDS[0], FIELDS[0]]))
        bad = TemplateField("赌博网站")
        office.refused(TextRefusedError, saving(office.owner, group, fields=[bad]))
        office.refused(
            TemplateNotFoundError, lambda tx: templating.remove(tx, office.owner, other, own.id)
        )
        office.refused(
            GroupNotFoundError, lambda tx: templating.list_usable(tx, office.outsider, group)
        )
        for n in range(49):
            save(office, office.owner, group, f"通知{n}")
        office.refused(TooManyTemplatesError, saving(office.owner, group))


class TestWriting:
    def test_it_is_one_text_whose_parts_are_known(self, office: Office) -> None:
        world, group = office.world, office.group()
        made = save(office, office.owner, group)
        receipt = send(
            office, office.member, group, made, ("事由", "检修"), ("正文", f"找{ID_NUMBER}")
        )
        assert receipt.state is MessageState.MASKED
        found = shown(world, group, receipt.position, office.owner)
        assert found["text"].startswith("【停电通知】\n事由：检修\n正文：找110")
        parts = found["template"]["parts"]
        assert [(each["name"], each["text"][:3]) for each in parts] == [
            ("事由", "检修"), ("正文", "找11"),
        ]  # fmt: skip
        assert parts[0]["spans"] == [] and parts[1]["spans"][0]["end"] == len(parts[1]["text"])
        assert ID_NUMBER not in str(found)
        again = world.read(lambda tx: replaying.replay_for_operator(tx, receipt.position))
        assert again.is_same

    def test_what_a_rule_holds_keeps_its_parts_when_it_is_released(self, office: Office) -> None:
        world, group = office.world, office.group()
        made = save(office, office.owner, group)
        held = send(office, office.member, group, made, ("事由", "x"), ("正文", "这是核心配方"))
        assert held.state is MessageState.HELD
        world.write(
            lambda tx: review.release(tx, office.reviewer, held.position, masked=True, reason="")
        )
        at = world.entries("messaging.released")[0].position
        parts = shown(world, group, at, office.owner)["template"]["parts"]
        assert parts[1]["text"] != "这是核心配方" and parts[1]["spans"]

    def test_what_is_missing_is_named(self, office: Office) -> None:
        world, group = office.world, office.group()
        made = save(office, office.owner, group, attachment=True)
        before = world.read(lambda tx: tx.position)
        with pytest.raises(TemplateIncompleteError) as caught:
            send(office, office.member, group, made, ("事由", "检修"), ("正文", " "))
        assert caught.value.data["missing"] == ["正文"] and caught.value.data["attachment"] is True
        assert world.read(lambda tx: tx.position) == before
        uploads = uploads_of(world)
        files = attached(uploads, office.member, group, "a.txt", b"plan")
        done = send(
            office, office.member, group, made, ("事由", "检修"), ("正文", "八点"), files=files
        )
        close_uploads(uploads)
        assert done.state is MessageState.DELIVERED

    def test_one_that_changed_or_is_of_another_group_is_refused(self, office: Office) -> None:
        group, other = office.group(), office.group(name="澄远乙班工作群")
        made = save(office, office.owner, group)
        both = ("事由", "检修"), ("正文", "八点")
        with pytest.raises(TemplateNotFoundError):
            send(office, office.member, other, made, *both)
        with pytest.raises(TemplateChangedError):
            send(office, office.member, group, made, both[1], both[0])
        with pytest.raises(TemplateChangedError):
            send(office, office.member, group, made, *both, ("地点", "车间"))
        save(office, office.owner, group, "停水通知", template=made.id)
        with pytest.raises(TemplateChangedError):
            send(office, office.member, group, made, *both)

    def test_a_clause_wants_one_of_announcements_once_there_is_one(self, office: Office) -> None:
        world, group = office.world, office.group(group_class="company")
        world.send(office.owner, group, "请大家看", mentions=[ALL], members=True)
        made = save(office, office.registrar, None)
        with pytest.raises(TemplateNeededError) as caught:
            world.send(office.owner, group, "请大家看", mentions=[ALL], members=True)
        clause = caught.value.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "5.15"
        assert caught.value.data["templates"] == ["停电通知"]
        world.send(office.owner, group, "照常说话")
        both = ("事由", "检修"), ("正文", "八点")
        root = send(office, office.owner, group, made, *both, mentions=[ALL], members=True).position
        world.send(office.owner, group, "再看", mentions=[ALL], members=True, thread=root)

    def test_it_is_not_edited_and_its_cmid_is_for_it(self, office: Office) -> None:
        world, group = office.world, office.group()
        world.adopt(with_editing)
        made = save(office, office.owner, group)
        both = ("事由", "检修"), ("正文", "八点")
        at = send(office, office.member, group, made, *both, cmid="t1").position
        assert send(office, office.member, group, made, *both, cmid="t1").position == at
        with pytest.raises(CmidReusedError):
            send(office, office.member, group, made, both[0], ("正文", "九点"), cmid="t1")
        with pytest.raises(EditingOffError):
            world.edit(office.member, group, at, "改成九点")


def test_a_body_by_a_template_has_no_other_text(office: Office) -> None:
    inspector, group = office.world.runtime.inspector, office.group()

    def made(body: Body) -> Any:
        return prepare(inspector, Draft(office.member, group, "b1", body))

    chosen = Chosen("tpl_1", "通知", (("事由", "检修"), ("正文", "")))
    send = made(Body(template=chosen))
    assert send.text == "【通知】\n事由：检修"
    assert isinstance(send.template, Filled)
    (part,) = send.template.parts
    assert send.text[part.start : part.end] == "检修"
    for body in (
        Body("也写", template=chosen),
        Body(template=Chosen("tpl_1", "通知", (("事\n由", "x"),))),
        Body(template=Chosen("tpl_1", "", (("事由", "x"),))),
        Body(template=Chosen("tpl_1", "通知", (("事由", "长" * 10_000),))),
        Body(template=Chosen("tpl_1", "通知", (("事由", "x"),) * 21)),
        Body(),
    ):
        with pytest.raises(BadMessageError):
            made(body)
    with pytest.raises(BadMessageError):
        read_body({"template": {"id": "x"}})
