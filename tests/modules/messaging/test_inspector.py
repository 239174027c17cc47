"""The rule set in force is swapped between two texts, never inside one."""

import threading
import time

import pytest
from typing_extensions import override

from guiju.kernel.db import ReadTx
from guiju.modules.inspection.service import RuleSet
from guiju.modules.inspection.types import Disposition
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack
from guiju.runtime import load_pack, wire
from tests.support.office import Office

TEXT = "去赌 博 网 站玩"


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, Pack]:
    """The same dictionary under two dispositions."""
    wire()
    text, dictionaries = load_pack("plain-office")
    asked = "[gambling, porn], disposition: block"
    assert asked in text
    other = text.replace(asked, "[gambling, porn], disposition: hold")
    return policy.read_pack(text, dictionaries), policy.read_pack(other, dictionaries)


def test_a_swap_counts_for_the_next_text_and_answers_name_their_rules(
    packs: tuple[Pack, Pack],
) -> None:
    inspector = Inspector()
    nothing = inspector.inspect(TEXT)
    inspector.load(packs[0])
    before, kept = inspector.inspect(TEXT), inspector.current()
    assert before.ruleset == inspector.ruleset == kept.version != nothing.ruleset
    inspector.load(packs[1])
    after = inspector.inspect(TEXT)
    assert [each.disposition for each in (nothing, before, after)] == [
        Disposition.DELIVER, Disposition.BLOCK, Disposition.HOLD
    ]  # fmt: skip
    assert after.ruleset == inspector.ruleset != before.ruleset
    assert kept.inspect(TEXT).ruleset == before.ruleset


class _Overtaken(Inspector):
    """Right after each swap somebody asks who still has the snapshot from before."""

    def __init__(self, before: ReadTx) -> None:
        super().__init__()
        self._before = before

    @override
    def follow(self, tx: ReadTx) -> RuleSet:
        found = super().follow(tx)
        super().follow(self._before)
        return found


def test_the_lane_asks_the_rules_of_its_own_snapshot(office: Office) -> None:
    world, text = office.world, "去赌博网站玩"

    def overtaken(before: ReadTx) -> None:
        assert before.position > 0, "the snapshot begins with its first question"
        world.adopt(lambda pack: pack.replace("weapons, ads], disposition: block", "weapons, ads], disposition: hold"))  # fmt: skip
        inspector = _Overtaken(before)
        found = world.read(lambda tx: inspector.in_force(tx).inspect(text))
        assert inspector.in_force(before).inspect(text).disposition is Disposition.BLOCK
        assert found.disposition is Disposition.HOLD

    world.read(overtaken)


def test_threads_never_see_half_a_swap(packs: tuple[Pack, Pack]) -> None:
    inspector = Inspector()
    expected: dict[str, Disposition] = {}
    for pack, disposition in zip(packs, (Disposition.BLOCK, Disposition.HOLD), strict=True):
        inspector.load(pack)
        expected[inspector.ruleset] = disposition
    wrong: list[object] = []
    seen: set[str] = set()
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            answer = inspector.inspect(TEXT)
            seen.add(answer.ruleset)
            if answer.disposition is not expected.get(answer.ruleset) or not answer.findings:
                wrong.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(6):
        inspector.load(packs[turn % 2])
        deadline = time.monotonic() + 10
        while inspector.ruleset not in seen and time.monotonic() < deadline:
            time.sleep(0.001)
    ended.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert seen == set(expected)
