"""The gate: what waits is one batch, made ready just before the lane takes it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from guiju.kernel import gate as gates
from guiju.kernel.gate import Gate
from guiju.kernel.lane import Batch, answer_inline
from guiju.modules.messaging.composing import MARK_KIND
from guiju.modules.messaging.personal_types import Kept, Marked
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import BadMessageError
from tests.support.office import Office
from tests.support.sending import prepared
from tests.support.world import World


def attached(world: World, test: Callable[[Gate, list[Batch]], Awaitable[None]]) -> None:
    """Run `test` with a gate in a loop; it also gets the batches that were delivered."""
    runtime = world.runtime

    async def main() -> None:
        gate = Gate(runtime.lane, runtime.database, runtime.log, runtime.clock)
        gate.attach(asyncio.get_running_loop())
        batches: list[Batch] = []
        deliver = runtime.lane.deliver

        def watch(batch: Batch) -> None:
            batches.append(batch)
            deliver(batch)

        runtime.lane.deliver = watch
        try:
            await test(gate, batches)
        finally:
            runtime.lane.deliver = answer_inline
            gate.close()

    asyncio.run(main())


def mark(payload: object) -> Any:
    """A read mark, which the lane takes as it is; or the failure that the payload asks for."""
    if isinstance(payload, Exception):
        raise payload
    return payload


def test_what_is_answered_is_rendered_and_leaves_only_after_the_commit(office: Office) -> None:
    group = office.group()
    seen: list[str] = []

    async def test(gate: Gate, batches: list[Batch]) -> None:
        done = asyncio.Event()
        many = range(gates.WORTH_FORESEEING)

        def render(receipt: Any) -> str:
            seen.append("made")
            return f"rendered {receipt.state}"

        def answer(said: str) -> None:
            seen.append(said)
            assert batches and batches[0].entries, "nothing is answered before the commit"
            if len(seen) == 2 * len(many):
                done.set()

        for number in many:
            gate.submit(
                KIND,
                prepared(office, office.member, group, "早", f"c{number}"),
                answer,
                None,
                render,
            )
        await asyncio.wait_for(done.wait(), 30)
        assert seen[len(many) :] == ["rendered delivered"] * len(many), "each was made once, before"

    attached(office.world, test)


def test_a_single_answer_is_rendered_by_the_lane_where_it_waits_for_a_server(
    office: Office,
) -> None:
    group = office.group()
    threads: list[str] = []

    async def test(gate: Gate, batches: list[Batch]) -> None:
        foreseen: list[int] = []
        gate.subscribe_ahead(lambda entries: foreseen.append(len(batches)))

        def render(receipt: Any) -> Any:
            threads.append(threading.current_thread().name)
            return receipt

        done = asyncio.Event()
        gate.submit(
            KIND,
            prepared(office, office.member, group, "早", "c1"),
            lambda _: done.set(),
            None,
            render,
        )
        await asyncio.wait_for(done.wait(), 30)
        assert len(threads) == 1
        if office.world.runtime.database.is_sqlite:
            assert not foreseen and threads != ["write-lane"]
        else:
            assert foreseen == [0] and threads == ["write-lane"], "before the commit was known"

    attached(office.world, test)


def test_what_cannot_be_made_ready_is_answered_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person("赵成员").person_id
    monkeypatch.setattr(gates, "PREPARING_SECONDS", 60.0)  # a busy machine makes no second batch
    good, refusal, bug = (person, "grp_none", 0), BadMessageError("no"), ZeroDivisionError("bug")

    async def test(gate: Gate, batches: list[Batch]) -> None:
        calls = [gate.call(MARK_KIND, each, mark) for each in (refusal, good, bug, good)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        unknown = Kept(Marked.UNKNOWN, 0)
        assert answers == [refusal, unknown, bug, unknown]
        assert [len(batch.commands) for batch in batches] == [2]
        # A batch of which nothing is left does not stop the next one.
        with pytest.raises(BadMessageError):
            await gate.call(MARK_KIND, refusal, mark)
        assert await gate.call(MARK_KIND, good, mark) == unknown

    attached(world, test)


def test_preparing_does_not_keep_the_loop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long to make ready becomes several batches, in order."""
    person = world.person("赵成员").person_id
    monkeypatch.setattr(gates, "PREPARING_SECONDS", 0.0)

    async def test(gate: Gate, batches: list[Batch]) -> None:
        payloads = [(person, "grp_none", n) for n in range(5)]
        await asyncio.gather(*(gate.call(MARK_KIND, each, mark) for each in payloads))
        assert [[each.payload for each in batch.commands] for batch in batches] == [
            [payload] for payload in payloads
        ]

    attached(world, test)
