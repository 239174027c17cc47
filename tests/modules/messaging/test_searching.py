"""Looking for messages: all words, in what one may read now, by the text of now; the index is sealed and made again."""

import threading
from pathlib import Path
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.ledger.segments import Segments
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import recalling, review, searching
from guiju.modules.messaging._search_index import Index, Wanted, fold_words
from guiju.modules.messaging.searching import BadSearchError, SearchBusyError, Searcher
from tests.support.office import Office
from tests.support.sending import with_editing
from tests.support.uploading import door_of


@pytest.fixture
def searcher(office: Office) -> Searcher:
    return Searcher(door_of(office.world), office.world.runtime.segments)


def look(
    searcher: Searcher, actor: Actor, words: str = "", group: GroupId | None = None, **more: Any
) -> tuple[list[int], int | None, int]:
    """(positions, where to go on, groups that wait)."""
    paging = {"before": more.pop("before", None), "limit": more.pop("limit", 20)}
    wanted = Wanted(fold_words(words), **more)
    page = searcher.search(actor, wanted, group, shape=lambda _, page: page, **paging)
    return [hit.entry.position for hit in page.hits], page.before, page.waiting


def found(
    searcher: Searcher, actor: Actor, words: str = "", group: GroupId | None = None, **more: Any
) -> list[int]:
    return look(searcher, actor, words, group, **more)[0]


class TestIndex:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("周五之前完成安全检查", "安全"),
            ("周五之前完成安全检查", "检查 周五"),
            ("周五之前完成安全检查", "查"),
            ("周五之前完成安全检查", "完成安全检查"),
            ("週五之前完成安全檢查", "安全检查"),
            ("泵 P-203 停机", "p-203"),
            ("泵 P-203 停机", "203 泵"),
            ("Guiju is ready", "GUI rea"),
            ("3号线", "3号"),
            ("ＡＢＣ１２３", "abc1"),
            ("こんにちは", "にち"),
            ("价格（含税）", "(含税)"),
        ],
    )
    def test_it_proposes_every_text_that_has_the_words(self, text: str, words: str) -> None:
        index = Index()
        index.add(7, "per_1", 1, has_files=False, text=text)
        index.add(9, "per_1", 1, has_files=False, text="别的事情 other")
        assert 7 in index.find(Wanted(fold_words(words)), lowest=0, before=None, limit=10)
        again = Index(index.dump())
        assert 7 in again.find(Wanted(fold_words(words)), lowest=0, before=None, limit=10)
        assert again.find(Wanted(fold_words(words)), lowest=8, before=None, limit=10) in ([], [9])
        assert 7 not in again.find(Wanted(fold_words(words)), lowest=0, before=7, limit=10)

    def test_bytes_that_are_none(self) -> None:
        for data in (b"", b"nonsense" * 100, Index().dump()[:600]):
            with pytest.raises(ValueError, match="no index"):
                Index(data)


class TestSearch:
    def test_words_in_any_order_newest_first_with_places(
        self, office: Office, searcher: Searcher
    ) -> None:
        group = office.group()
        first = office.world.send(office.owner, group, "检修计划已经发到群里").position
        office.world.send(office.member, group, "收到")
        second = office.world.send(office.member, group, "计划里的检修时间要改").position
        assert found(searcher, office.member, "检修 计划") == [second, first]
        wanted = Wanted(fold_words("检修"))
        page = searcher.search(
            office.member, wanted, None, before=None, limit=1, shape=lambda _, page: page
        )
        assert page.hits[0].spans == ((4, 6),) and page.before == second
        assert found(searcher, office.member, "检修", before=second) == [first]
        third = office.world.send(office.owner, group, "检修完成").position
        assert found(searcher, office.owner, "检修") == [third, second, first], (
            "and what came since"
        )

    def test_only_what_one_may_read_now(self, office: Office, searcher: Searcher) -> None:
        group, other = office.group(), office.group(name="澄远乙班工作群")
        here = office.world.send(office.owner, group, "三号泵停机").position
        there = office.world.send(office.owner, other, "三号泵恢复").position
        assert found(searcher, office.owner, "三号泵") == [there, here]
        assert found(searcher, office.owner, "三号泵", group) == [here]
        assert found(searcher, office.outsider, "三号泵") == []
        with pytest.raises(GroupNotFoundError):
            look(searcher, office.outsider, "三号泵", group)
        office.world.write(
            lambda tx: roster.remove(
                tx, office.owner, group, office.member.person_id, reason="调岗"
            )
        )
        assert found(searcher, office.member, "三号泵") == [there]

    def test_not_what_was_said_before_one_came(self, office: Office, searcher: Searcher) -> None:
        group = office.group()
        office.world.send(office.owner, group, "三号泵停机")
        who = office.outsider
        office.world.write(lambda tx: roster.admit(tx, office.owner, group, [who.person_id]))
        later = office.world.send(office.owner, group, "三号泵恢复").position
        assert found(searcher, office.outsider, "三号泵") == [later]

    def test_the_text_of_now_decides(self, office: Office, searcher: Searcher) -> None:
        office.world.adopt(with_editing)
        group = office.group()
        one = office.world.send(office.member, group, "三号泵停机").position
        two = office.world.send(office.member, group, "四号泵停机").position
        assert found(searcher, office.owner, "停机") == [two, one]
        office.world.edit(office.member, group, one, "三号泵恢复运转")
        office.world.write(lambda tx: recalling.recall(tx, office.member, group, two))
        assert found(searcher, office.owner, "停机") == []
        assert found(searcher, office.owner, "恢复运转") == [one]

    def test_held_messages_are_found_once_they_are_released(
        self, office: Office, searcher: Searcher
    ) -> None:
        group = office.group()
        held = office.world.send(office.member, group, "这是核心配方的目录").position
        for who in (office.owner, office.member):
            assert found(searcher, who, "目录") == []
        office.world.write(
            lambda tx: review.release(tx, office.reviewer, held, masked=False, reason="已核实")
        )
        assert len(found(searcher, office.owner, "目录")) == 1

    def test_by_writer_and_time(self, office: Office, searcher: Searcher) -> None:
        group = office.group()
        one = office.world.send(office.owner, group, "检修").position
        office.world.clock.advance(2 * DAY)
        two = office.world.send(office.member, group, "检修").position
        now = office.world.clock.now()
        who = office.member
        assert found(searcher, who, sender=office.owner.person) == [one]
        assert found(searcher, who, "检修", since=now - DAY) == [two]
        assert found(searcher, who, "检修", until=now - DAY) == [one]
        assert found(searcher, who, "检修", with_files=True) == []
        with pytest.raises(BadSearchError):
            look(searcher, who, " ")

    def test_one_at_a_time(self, office: Office, searcher: Searcher) -> None:
        group = office.group()
        office.world.send(office.owner, group, "检修")
        begun, go_on = threading.Event(), threading.Event()

        def slow(*_: object) -> None:
            begun.set()
            assert go_on.wait(10)

        wanted = Wanted(("检修",))
        running = threading.Thread(
            target=lambda: searcher.search(
                office.owner, wanted, None, before=None, limit=1, shape=slow
            )
        )
        running.start()
        assert begun.wait(10)
        with pytest.raises(SearchBusyError):
            look(searcher, office.owner, "检修")
        go_on.set()
        running.join()
        assert len(found(searcher, office.owner, "检修")) == 1


class TestPieces:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"MOST_IN_SEGMENT": 8, "_AT_ONCE": 5, "_UNSAVED": 3, "_PROPOSED": 4, "KEPT_OPEN": 2}.items():  # fmt: skip
            monkeypatch.setattr(searching, name, value)

    def stored(self, office: Office) -> list[Path]:
        folder = Path(office.world.settings.files) / "search"
        return [path for path in folder.rglob("*") if path.is_file()]

    def test_many_pieces_over_months_are_sealed_and_used_again(
        self, office: Office, searcher: Searcher
    ) -> None:
        group = office.group()
        said = []
        for number in range(30):
            office.world.clock.advance(DAY)
            text = f"第{number}次巡检"
            said.append(office.world.send(office.owner, group, text).position)
        everything, before = [], None
        while True:
            page, before, _ = look(searcher, office.owner, "巡检", before=before, limit=7)
            everything += page
            if before is None:
                break
        assert everything == said[::-1]
        kept = self.stored(office)
        assert len(kept) >= 4 and not any("巡检".encode() in path.read_bytes() for path in kept)
        again = Searcher(door_of(office.world), office.world.runtime.segments)
        assert found(again, office.owner, "巡检", limit=50) == said[::-1]

    @pytest.mark.parametrize("damage", ["altered", "gone"])
    def test_a_piece_that_is_lost_is_made_again(
        self, office: Office, searcher: Searcher, damage: str
    ) -> None:
        group = office.group()
        said = []
        for number in range(20):
            office.world.clock.advance(DAY)
            said.append(office.world.send(office.owner, group, f"第{number}次巡检").position)
        assert len(found(searcher, office.owner, "巡检", limit=50)) == 20
        for path in self.stored(office)[:2]:
            if damage == "gone":
                path.unlink()
            else:
                path.write_bytes(path.read_bytes()[:-1] + b"?")
        again = Searcher(door_of(office.world), office.world.runtime.segments)
        found(
            again, office.owner, "巡检", limit=50
        )  # sees what is missing; the next makes it again
        assert found(again, office.owner, "巡检", limit=50) == said[::-1]

    def test_with_little_time_it_goes_piece_by_piece_and_misses_nothing(
        self, office: Office, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        group, other = office.group(), office.group(name="澄远乙班工作群")
        said = []
        for number in range(30):
            office.world.clock.advance(DAY)
            where = group if number % 3 else other
            said.append(office.world.send(office.owner, where, f"第{number}次巡检").position)
        found(searcher, office.owner, "巡检")
        monkeypatch.setattr(searching, "BUDGET_SECONDS", -1)
        monkeypatch.setattr(Searcher, "_catch_up", lambda *_: True)
        everything, before, rounds = [], None, 0
        while True:
            page, before, _ = look(searcher, office.owner, "巡检", before=before)
            everything += page
            rounds += 1
            if before is None:
                break
        assert everything == said[::-1] and rounds > 3

    def test_what_cannot_be_opened_is_passed_over(
        self, office: Office, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        group = office.group()
        lost = office.world.send(office.owner, group, "旧巡检").position
        office.world.clock.advance(40 * DAY)
        kept = office.world.send(office.owner, group, "新巡检").position
        entry = office.world.entries("messaging.sent")[0]
        assert entry.position == lost
        real = Segments.has_key
        monkeypatch.setattr(
            Segments, "has_key", lambda self, where, at: at != entry.at and real(self, where, at)
        )
        for _ in range(2):
            assert found(searcher, office.owner, "巡检") == [kept]

    def test_what_takes_too_long_says_so_and_goes_on(
        self, office: Office, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        group = office.group()
        for number in range(12):
            office.world.clock.advance(60_000)
            office.world.send(office.owner, group, f"第{number}次巡检")
        monkeypatch.setattr(searching, "BUDGET_SECONDS", -1)
        assert look(searcher, office.owner, "巡检")[2] == 1
        monkeypatch.undo()
        assert look(searcher, office.owner, "巡检", limit=50)[2] == 0


class TestManyGroups:
    """Somebody in very many groups looks for the first time: nobody else waits for it, and it comes to an end."""

    @pytest.fixture
    def slices(self, monkeypatch: pytest.MonkeyPatch) -> list[GroupId]:
        """The groups of which a slice was read, one after the other."""
        monkeypatch.setattr(searching, "_AT_ONCE", 5)
        done: list[GroupId] = []
        real = Searcher._add_slice

        def counted(self: Searcher, group: GroupId, pieces: Any) -> None:
            done.append(group)
            real(self, group, pieces)

        monkeypatch.setattr(Searcher, "_add_slice", counted)
        return done

    def test_what_is_read_costs_nothing_until_something_happens(
        self, office: Office, searcher: Searcher, slices: list[GroupId]
    ) -> None:
        groups = [office.group(name=f"澄远{n}班工作群") for n in range(5)]
        said = [office.world.send(office.owner, each, "巡检").position for each in groups]
        assert found(searcher, office.owner, "巡检") == said[::-1]
        assert sorted(slices) == sorted(groups)
        slices.clear()
        assert found(searcher, office.owner, "巡检") == said[::-1] and slices == []
        said.append(office.world.send(office.owner, groups[2], "又巡检").position)
        assert found(searcher, office.owner, "巡检") == said[::-1] and slices == [groups[2]]

    def test_without_time_no_group_is_touched_and_each_round_gets_further(
        self, office: Office, searcher: Searcher, slices: list[GroupId],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        for n in range(4):
            office.world.send(office.owner, office.group(name=f"澄远{n}班工作群"), "巡检")
        now = [0.0]
        monkeypatch.setattr(searching, "monotonic", lambda: now[0])
        monkeypatch.setattr(searching, "BUDGET_SECONDS", -1)
        assert look(searcher, office.owner, "巡检")[2] == 4 and slices == []
        monkeypatch.setattr(searching, "BUDGET_SECONDS", 1.5)
        real = Searcher._add_slice

        def slow(self: Searcher, group: GroupId, pieces: Any) -> None:
            real(self, group, pieces)
            now[0] += 1.0

        monkeypatch.setattr(Searcher, "_add_slice", slow)
        assert [look(searcher, office.owner, "巡检")[2] for _ in range(3)] == [2, 0, 0]
        assert len(slices) == 4, "none is read again"

    def test_a_group_is_held_for_a_slice_and_no_longer(
        self, office: Office, searcher: Searcher, slices: list[GroupId]
    ) -> None:
        group = office.group()
        said = [office.world.send(office.owner, group, f"第{n}次巡检").position for n in range(18)]
        pieces = searcher._pieces.setdefault(group, searching._Pieces())
        pieces.lock = held = Held()  # type: ignore[assignment]  # as much of a lock as is used
        assert found(searcher, office.owner, "巡检", limit=50) == said[::-1]
        assert len(slices) == 4 and held.times > len(slices), "once for each"

    def test_who_finds_a_group_held_for_long_is_told_that_it_waits(
        self, office: Office, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        group, other = office.group(), office.group(name="澄远乙班工作群")
        for each in (group, other):
            office.world.send(office.owner, each, "巡检")
        assert len(found(searcher, office.owner, "巡检")) == 2
        office.world.send(office.owner, group, "又巡检")
        monkeypatch.setattr(searching, "BUDGET_SECONDS", 0.05)
        with searcher._pieces[group].lock:
            hits, _, waiting = look(searcher, office.owner, "巡检")
        assert waiting > 0 and len(hits) <= 1
        monkeypatch.undo()
        assert len(found(searcher, office.owner, "巡检")) == 3


class Held:
    """A lock that counts how often it was taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.times = 0

    def acquire(self, timeout: float = -1) -> bool:
        taken = self._lock.acquire(timeout=timeout)
        self.times += taken
        return taken

    def release(self) -> None:
        self._lock.release()
