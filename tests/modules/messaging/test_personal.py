"""What each member keeps for themselves: nobody else sees it, no fact tells of it, and it opens no door."""

from collections.abc import Sequence

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import personal, service
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.modules.messaging.personal_types import (
    PLAIN,
    Saved,
    SavedKind,
    Settings,
    TooMuchSavedError,
)
from tests.support.office import Office

SECRET = "这是核心配方"


def set_settings(office: Office, actor: Actor, group: GroupId, **changes: bool | None) -> Settings:
    wanted = {"is_pinned": None, "is_muted": None, "is_marked": None} | changes
    return office.world.write(lambda tx: personal.set_settings(tx, actor, group, **wanted))


def settings_of(office: Office, actor: Actor, group: GroupId) -> Settings:
    rows = office.world.read(lambda tx: service.list_conversations(tx, actor))
    return next(row.settings for row in rows if row.group.id == group)


def saved(office: Office, actor: Actor, kind: SavedKind = SavedKind.LATER) -> list[int]:
    found, more = office.world.read(
        lambda tx: personal.list_saved(tx, actor, kind, before=None, limit=50)
    )
    assert not more
    return [each.position for each, _ in found]


def saved_page(office: Office, before: int | None) -> tuple[Sequence[tuple[Saved, Recorded]], bool]:
    return office.world.read(
        lambda tx: personal.list_saved(tx, office.member, SavedKind.LATER, before=before, limit=2)
    )


def save(office: Office, actor: Actor, position: int, kind: SavedKind = SavedKind.LATER) -> None:
    office.world.write(lambda tx: personal.save(tx, actor, kind, position))
    office.world.clock.advance(1)


class TestSettings:
    def test_each_is_changed_by_itself_and_only_for_oneself(self, office: Office) -> None:
        group = office.group()
        before = office.world.read(lambda tx: tx.position)
        set_settings(office, office.member, group, is_pinned=True)
        assert set_settings(office, office.member, group, is_muted=True) == Settings(True, True)
        assert settings_of(office, office.member, group) == Settings(True, True)
        assert settings_of(office, office.owner, group) == PLAIN
        set_settings(office, office.member, group, is_pinned=False, is_muted=False)
        assert settings_of(office, office.member, group) == PLAIN
        assert office.world.read(lambda tx: tx.position) == before, "no fact tells of it"

    def test_outsiders_have_no_row(self, office: Office) -> None:
        group = office.group()
        for who in (office.outsider, office.registrar):
            with pytest.raises(GroupNotFoundError):
                set_settings(office, who, group, is_pinned=True)


class TestSaved:
    def test_the_latest_first_by_kind_and_again_is_harmless(self, office: Office) -> None:
        group = office.group()
        positions = [office.world.send(office.owner, group, f"第{n}条").position for n in range(3)]
        for position in (positions[1], positions[0], positions[2], positions[1]):
            save(office, office.member, position)
        save(office, office.member, positions[0], SavedKind.FAVOURITE)
        assert saved(office, office.member) == [positions[2], positions[0], positions[1]]
        assert saved(office, office.member, SavedKind.FAVOURITE) == [positions[0]]
        assert saved(office, office.owner) == []
        office.world.write(
            lambda tx: personal.drop_saved(tx, office.member, SavedKind.LATER, positions[0])
        )
        assert saved(office, office.member) == [positions[2], positions[1]]

    def test_pages_go_back_in_time(self, office: Office) -> None:
        group = office.group()
        positions = [office.world.send(office.owner, group, f"第{n}条").position for n in range(5)]
        for position in positions:
            save(office, office.member, position)
        seen: list[int] = []
        before, more = None, True
        while more:
            page, more = saved_page(office, before)
            seen += [each.position for each, _ in page]
            before = page[-1][0].at
        assert seen == positions[::-1]

    def test_what_one_may_not_read_any_more_does_not_hide_what_was_put_aside_before(
        self, office: Office
    ) -> None:
        world, kept = office.world, office.group()
        left = office.group(name="澄远乙班工作群")
        first = int(world.send(office.owner, kept, "留着").position)
        save(office, office.member, first)
        for n in range(5):
            save(office, office.member, world.send(office.owner, left, f"第{n}条").position)
        member = office.member.person_id
        world.write(lambda tx: roster.remove(tx, office.owner, left, member, reason="调岗"))
        page, more = saved_page(office, None)
        assert [each.position for each, _ in page] == [first] and not more

    def test_only_what_one_may_read_and_only_for_as_long(self, office: Office) -> None:
        group = office.group()
        position = office.world.send(office.owner, group, "请看").position
        held = office.world.send(office.member, group, SECRET).position
        for who, at in ((office.outsider, position), (office.owner, held), (office.owner, 10**9)):
            with pytest.raises(MessageNotFoundError):
                save(office, who, at)
        save(office, office.member, position)
        office.world.write(
            lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
        )
        assert saved(office, office.member) == []

    def test_the_list_is_bounded(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(personal, "MOST_SAVED", 1)
        group = office.group()
        first, second = (
            office.world.send(office.owner, group, f"第{n}条").position for n in (1, 2)
        )
        save(office, office.member, first)
        office.refused(
            TooMuchSavedError,
            lambda tx: personal.save(tx, office.member, SavedKind.LATER, second),
        )
