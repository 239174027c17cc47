"""The write lane: order, isolation, and what happens when something breaks."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any

import pytest

from guiju.kernel.actor import system
from guiju.kernel.errors import ConflictError
from guiju.kernel.facts import Recorded
from guiju.kernel.lane import Batch, Command, Lane, WriteTx, answer_inline
from guiju.kernel.writing import Cache
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Attempt, AttemptRefused, NotAllowedError
from tests.support.world import World

ACTOR = system("setup")


class Busy(ConflictError):
    """A refusal of these tests."""


def add_unit(name: str) -> Callable[[WriteTx], UnitId]:
    return lambda tx: directory.add_unit(tx, ACTOR, name=name, parent=None).id


def add_then(name: str, error: Exception) -> Callable[[WriteTx], UnitId]:
    def verb(tx: WriteTx) -> UnitId:
        add_unit(name)(tx)
        raise error

    return verb


def names(world: World) -> list[str]:
    """The units in the tables, in the order of the ledger."""
    stored = {unit.name for unit, _ in world.read(lambda tx: directory.list_units(tx, ACTOR))}
    recorded = [fact.name for fact in world.facts("directory.unit_added")]
    assert stored == set(recorded), "tables and ledger say the same"
    return recorded[1:]  # without the root


class Batches:
    """Watches what each commit of a lane did."""

    def __init__(self, lane: Lane) -> None:
        self.seen: list[Batch] = []
        self._deliver = lane.deliver
        lane.deliver = self._watch

    def _watch(self, batch: Batch) -> None:
        self.seen.append(batch)
        self._deliver(batch)


def together(lane: Lane, *payloads: Any, kind: str | None = None) -> list[Any]:
    """The results of commands that wait together."""
    answers: list[Future[Any]] = [Future() for _ in payloads]
    lane.submit(
        [
            Command(kind, payload, answer.set_result)
            for payload, answer in zip(payloads, answers, strict=True)
        ]
    )
    return [answer.result(30) for answer in answers]


def test_what_waits_together_commits_together_in_order(world: World) -> None:
    batches = Batches(world.runtime.lane)
    together(world.runtime.lane, *(add_unit(f"部{n}") for n in range(5)))
    (batch,) = batches.seen
    assert (
        [entry.fact.name for entry in batch.entries] == [f"部{n}" for n in range(5)] == names(world)
    )
    positions = [entry.position for entry in batch.entries]
    assert positions == list(range(positions[0], positions[0] + 5))
    assert len({entry.at for entry in batch.entries}) == 1


def test_a_refusal_undoes_its_own_command_only(world: World) -> None:
    refusal, bug = Busy("not now"), RuntimeError("a bug")
    results = together(
        world.runtime.lane,
        add_unit("一"),
        add_then("二", refusal),
        add_unit("三"),
        add_then("四", bug),
        add_unit("五"),
    )
    assert (results[1], results[3]) == (refusal, bug)
    assert names(world) == ["一", "三", "五"]


def test_a_failing_statement_does_not_poison_the_transaction(world: World) -> None:
    def verb(tx: WriteTx) -> None:
        add_unit("半途")(tx)
        tx.connection.exec_driver_sql("SELECT nothing FROM nowhere")

    results = together(world.runtime.lane, add_unit("一"), verb, add_unit("三"))
    assert isinstance(results[1], Exception)
    assert names(world) == ["一", "三"]


def test_an_unexpected_error_is_logged_and_the_lane_goes_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(ZeroDivisionError):
        world.write(lambda tx: 1 // 0)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    caplog.clear()
    with pytest.raises(Busy):
        world.write(add_then("x", Busy("no")))
    assert caplog.records == [], "a refusal is no error"
    assert world.write(lambda tx: 7) == 7


def test_an_attempt_is_recorded_after_its_refusal_was_undone(world: World) -> None:
    attempt = Attempt(
        ACTOR, "groups.appoint", None, "5.2/groups.administrators", NotAllowedError.code
    )
    refusal = NotAllowedError("no", attempt=attempt)
    results = together(world.runtime.lane, add_then("一", refusal), add_unit("二"))
    assert results[0] is refusal and names(world) == ["二"]
    (entry,) = world.entries("policy.refused")
    assert entry.fact == AttemptRefused("groups.appoint", "policy.not_allowed", None)
    assert entry.position == world.entries("directory.unit_added")[-1].position - 1


def test_a_list_verb_gets_neighbours_at_once_and_keeps_the_order(world: World) -> None:
    lane, calls = world.runtime.lane, []

    def many(tx: WriteTx, payloads: Sequence[str]) -> list[UnitId]:
        calls.append(list(payloads))
        return [add_unit(name)(tx) for name in payloads]

    lane.list_verbs["test.many"] = many
    answers: list[Future[Any]] = [Future() for _ in range(4)]
    kinds = ["test.many", "test.many", None, "test.many"]
    payloads: list[Any] = ["一", "二", add_unit("三"), "四"]
    lane.submit(
        [
            Command(kind, p, answer.set_result)
            for kind, p, answer in zip(kinds, payloads, answers, strict=True)
        ]
    )
    assert all(isinstance(answer.result(30), str) for answer in answers)
    assert calls == [["一", "二"], ["四"]]
    assert names(world) == ["一", "二", "三", "四"]


def test_one_bad_item_of_a_list_runs_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    lane, calls = world.runtime.lane, []

    def many(tx: WriteTx, payloads: Sequence[str]) -> list[UnitId]:
        calls.append(list(payloads))
        made = [add_unit(name)(tx) for name in payloads]
        if "坏" in payloads:
            raise RuntimeError("a bug in one of them")
        return made

    lane.list_verbs["test.many"] = many
    results = together(lane, "一", "坏", "三", kind="test.many")
    assert [type(result) for result in results] == [str, RuntimeError, str]
    assert calls == [["一", "坏", "三"], ["一"], ["坏"], ["三"]]
    assert names(world) == ["一", "三"]
    assert len(caplog.records) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_list_verb_that_answers_too_few_stops_the_process(world: World) -> None:
    lane = world.runtime.lane
    lane.list_verbs["test.few"] = lambda tx, payloads: []
    _fails(lane, "test.few", "x")
    _start_again(lane)


def test_the_cache_is_dropped_with_a_rollback(world: World) -> None:
    def poison(tx: WriteTx) -> None:
        tx.cached(("test", "key"), lambda: "of a transaction that never was")
        raise Busy("undo it")

    def look(tx: WriteTx) -> str:
        return tx.cached(("test", "key"), lambda: "fresh")

    results = together(world.runtime.lane, poison, look, look)
    assert results[1:] == ["fresh", "fresh"]
    assert world.write(lambda tx: tx.cached(("test", "key"), lambda: "loaded again")) == "fresh", (
        "kept between commits"
    )


def test_forgetting_takes_what_begins_alike(world: World) -> None:
    def verb(tx: WriteTx) -> list[int]:
        for key in (("a", "1"), ("a", "1", "x"), ("a", "2")):
            tx.cached(key, lambda: 1)
        tx.forget("a", "1")
        return [tx.cached(key, lambda: 2) for key in (("a", "1"), ("a", "1", "x"), ("a", "2"))]

    assert world.write(verb) == [2, 2, 1]


def test_forgetting_takes_only_what_begins_alike() -> None:
    cache = Cache()
    keys = ("a",), ("a", "1"), ("a", "1", "x"), ("a", "2", "x"), ("b", "1")
    for parts, kept in (
        ((), []),
        (("a",), [("b", "1")]),
        (("a", "1"), [("a",), ("a", "2", "x"), ("b", "1")]),
        (("a", "1", "x"), [("a",), ("a", "1"), ("a", "2", "x"), ("b", "1")]),
        (("c", "1"), list(keys)),
    ):
        cache.clear()
        for key in keys:
            cache.remember(key, 1)
        cache.forget(*parts) if parts else cache.clear()
        assert list(cache) == kept, parts


def test_what_is_kept_survives_a_rollback(world: World) -> None:
    def count(tx: WriteTx) -> int:
        counted = tx.kept(("test",), list)
        counted.append(1)
        return len(counted)

    def count_and_fail(tx: WriteTx) -> None:
        count(tx)
        raise Busy("undo the tables")

    assert together(world.runtime.lane, count, count_and_fail, count)[2] == 3


def test_a_savepoint_inside_a_verb(world: World) -> None:
    def verb(tx: WriteTx) -> None:
        add_unit("外")(tx)
        try:
            with tx.savepoint():
                add_unit("内")(tx)
                raise Busy("only the inner part")
        except Busy:
            pass
        add_unit("后")(tx)

    world.write(verb)
    assert names(world) == ["外", "后"]


def test_time_never_runs_backwards_in_the_ledger(world: World) -> None:
    world.write(add_unit("一"))
    world.clock._now -= (
        60_000  # the machine's clock was set back; a ManualClock refuses to do so itself
    )
    world.write(add_unit("二"))
    times = [entry.at for entry in world.entries()]
    assert times == sorted(times)
    assert world.write(lambda tx: tx.now) == times[-1]


def _fails(lane: Lane, kind: str | None, payload: Any) -> None:
    """The command ends the lane: `fatal` is called, nobody is answered, nothing is delivered."""
    ended: Future[int] = Future()
    answer: Future[Any] = Future()
    delivered: list[Batch] = []
    lane.fatal, lane.deliver = ended.set_result, delivered.append
    lane.submit([Command(kind, payload, answer.set_result)])
    assert ended.result(30) == 70
    thread = lane._thread
    assert thread is not None
    thread.join(30)
    assert not thread.is_alive() and not answer.done() and delivered == []


def _start_again(lane: Lane) -> None:
    """As a new process would."""
    lane.deliver = answer_inline
    lane._cache.clear()
    lane.recorder.abort()
    lane.start()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("error", [OSError("no space left"), AssertionError("a bug in the ledger")])
def test_a_failed_flush_is_fatal_and_nothing_is_acknowledged(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    lane, before = world.runtime.lane, world.read(lambda tx: tx.position)

    def flush(connection: object) -> list[Recorded]:
        raise error

    monkeypatch.setattr(lane.recorder, "flush", flush)
    _fails(lane, None, add_unit("一"))
    assert world.read(lambda tx: tx.position) == before and names(world) == []
    monkeypatch.undo()
    _start_again(lane)
    world.write(add_unit("一"))
    assert names(world) == ["一"]


def test_stopping_finishes_what_waits(world: World) -> None:
    lane = world.runtime.lane
    answers: list[Future[Any]] = [Future() for _ in range(50)]
    for n, answer in enumerate(answers):
        lane.submit([Command(None, add_unit(f"部{n}"), answer.set_result)])
    lane.stop()
    done, open_ = wait(answers, timeout=0)
    assert len(done) == 50 and not open_
    assert len(names(world)) == 50
    lane.start()


def test_many_threads_one_order(world: World) -> None:
    def write(part: int) -> None:
        for n in range(10):
            world.write(add_unit(f"{part}-{n}"))

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = names(world)
    assert len(found) == 40
    for part in range(4):
        assert [name for name in found if name.startswith(f"{part}-")] == [
            f"{part}-{n}" for n in range(10)
        ]


def test_a_permit_is_recorded_with_the_policy_in_force(world: World) -> None:
    world.write(add_unit("一"))
    assert world.entries()[-1].policy == world.read(policy.version)
