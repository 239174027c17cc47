"""When PostgreSQL is lost during a commit: each message is stored once or not at all, its sender is told which, and the
server goes on. Lost before the COMMIT arrives, after it was carried out, and for longer than anybody waits.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import psycopg
import pytest

from guiju.kernel import lane as lanes
from guiju.kernel.batch import nobody
from guiju.kernel.db import DatabaseUnavailableError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import Batch, Command, Lane
from guiju.kernel.pipeline import Call, Pipeline
from guiju.kernel.writer import Writer
from guiju.modules.directory import service as directory
from guiju.modules.messaging import composing
from guiju.modules.messaging.sending import KIND
from guiju.setup import SYSTEM
from tests.support.checks import check_ledger
from tests.support.office import Office
from tests.support.sending import prepared, send_together

pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)
AWAY, UNKNOWN = "kernel.database_unavailable", "kernel.outcome_unknown"


@pytest.fixture
def lane(office: Office) -> Iterator[Lane]:
    """The lane of an office on PostgreSQL, which must not end the process. SQLite has no server to lose: `test_disk.py`."""
    lane = office.world.runtime.lane
    lane.fatal = lambda code: pytest.fail(f"the process ends with {code}")
    yield lane
    lane.foresee = nobody


def address(lane: Lane) -> str:
    return lane.database.url.replace("+psycopg", "")


def end_connection(lane: Lane) -> None:
    """End the lane's connection on the server."""
    driver: Any = lane._writer.open().connection.dbapi_connection
    with psycopg.connect(address(lane), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))


def once(lane: Lane, act: Callable[[], object]) -> None:
    """Have something happen once, when all is decided and nothing of the commit was sent yet."""

    def foresee(_batch: object) -> None:
        lane.foresee = nobody
        act()

    lane.foresee = foresee


def lose_answer(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next commit is carried out, and its answer never arrives."""
    trip = Pipeline._trip

    def losing(pipeline: Pipeline, calls: list[Call], *meanwhile: Any) -> Any:
        begun = not pipeline.is_idle
        made = trip(pipeline, calls, *meanwhile)
        if pipeline.is_idle and (begun or len(calls) > 1):
            monkeypatch.setattr(Pipeline, "_trip", trip)
            end_connection(lane)
            raise psycopg.OperationalError("the connection was lost")
        return made

    monkeypatch.setattr(Pipeline, "_trip", losing)


def say(office: Office, group: GroupId, *texts: str) -> list[Any]:
    """The answers to messages that are sent as one batch; each text is its own key."""
    return send_together(
        office, [prepared(office, office.member, group, text, text) for text in texts]
    )


def stored(office: Office) -> list[str]:
    return [fact.text for fact in office.world.facts("messaging.sent")]


@pytest.mark.parametrize("wary", [0, lanes.WARY])
def test_lost_before_the_commit_arrives(office: Office, lane: Lane, wary: int) -> None:
    """At the very point after the connection was found fresh: on trust, and where the head was locked first."""
    group = office.group()
    say(office, group, "暖")
    lane._wary = wary
    once(lane, lambda: end_connection(lane))
    assert [answer.code for answer in say(office, group, "甲", "乙", "丙")] == [AWAY] * 3
    assert stored(office) == ["暖"], "what is refused is not stored"
    say(office, group, "甲", "乙", "丙")
    answers = say(office, group, "丙", "乙", "甲")
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert stored(office) == ["暖", "甲", "乙", "丙"], "once, however often it was sent"


def test_lost_after_the_commit_was_carried_out(
    office: Office, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = office.group()
    say(office, group, "暖")
    told: list[Recorded] = []

    def deliver(batch: Batch) -> None:
        told.extend(batch.entries)
        lanes.answer_inline(batch)

    lane.deliver = deliver
    lose_answer(lane, monkeypatch)
    first = say(office, group, "甲", "乙")
    assert [entry.position for entry in told] == [answer.position for answer in first]
    again = say(office, group, "甲", "乙")
    assert [answer.position for answer in again] == [answer.position for answer in first]
    assert stored(office) == ["暖", "甲", "乙"]
    say(office, group, "丙")
    assert [entry.fact.text for entry in told] == ["甲", "乙", "丙"], "each once"


def test_a_verb_is_lost(office: Office, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(name: str) -> Any:
        return lane.outcome(
            None, lambda tx: directory.add_unit(tx, SYSTEM, name=name, parent=None).id
        )

    def added() -> list[str]:
        return [fact.name for fact in office.world.facts("directory.unit_added")][-2:]

    add("暖")
    once(lane, lambda: end_connection(lane))
    assert add("一").code == AWAY and added()[-1] == "暖"
    lose_answer(lane, monkeypatch)
    assert isinstance(add("二"), str) and added() == ["暖", "二"]


def test_what_is_lost_for_long_is_said_to_be_unknown(
    office: Office, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said to be undone that may have been done; and the caches know what became of it."""
    group = office.group()
    say(office, group, "暖")
    monkeypatch.setattr(lanes, "SETTLING_SECONDS", 0.1)
    fence = Writer.fence
    monkeypatch.setattr(Writer, "fence", lambda _writer: False)
    lose_answer(lane, monkeypatch)
    (answer,) = say(office, group, "甲")
    assert answer.code == UNKNOWN and isinstance(answer, DatabaseUnavailableError)
    monkeypatch.setattr(Writer, "fence", fence)
    (again,) = say(office, group, "甲")
    assert stored(office) == ["暖", "甲"]
    (entry,) = [each for each in office.world.entries("messaging.sent") if each.fact.text == "甲"]
    assert again.position == entry.position
    check_ledger(office.world)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_ledger_that_cannot_say_it_ends_the_process(
    office: Office, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane that has ended without its process would leave everybody waiting."""
    group, ended = office.group(), Future[int]()
    say(office, group, "暖")

    def is_stored(connection: object) -> bool:
        raise AssertionError("a bug in the ledger")

    monkeypatch.setattr(lane.recorder, "is_stored", is_stored)
    lane.fatal = ended.set_result
    once(lane, lambda: end_connection(lane))
    send = prepared(office, office.member, group, "甲", "甲")
    lane.submit([Command(KIND, send, lambda said: pytest.fail(f"nobody may be told {said}"))])
    assert ended.result(30) == 70


def test_what_leaves_no_fact_is_said_to_be_unknown(
    office: Office, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger says nothing of what is local: a read mark may have been set or not."""
    group = office.group()
    (told,) = say(office, group, "暖")
    mark = office.member.person_id, group, told.position
    lose_answer(lane, monkeypatch)
    assert lane.outcome(composing.MARK_KIND, mark).code == UNKNOWN
    assert not isinstance(lane.outcome(composing.MARK_KIND, mark), Exception)


def test_what_only_one_side_has_lost_is_ended_before_anything_is_said(
    office: Office, lane: Lane
) -> None:
    """A server that does not know that its client is gone could still commit what was refused."""
    group = office.group()
    say(office, group, "暖")
    name = lane._writer.open().exec_driver_sql("SELECT current_setting('application_name')")
    with psycopg.connect(address(lane), application_name=str(name.scalar())) as half:
        half.execute("SELECT 1")
        once(lane, lambda: end_connection(lane))
        (answer,) = say(office, group, "甲")
        assert answer.code == AWAY
        with pytest.raises(psycopg.OperationalError):
            half.execute("SELECT 1")


def test_what_was_refused_is_not_counted(office: Office, lane: Lane) -> None:
    """Whoever sends again what was lost with the server does not write too much by it."""
    group = office.group()
    say(office, group, "暖")
    counted = [len(times) for times in floods(lane)]
    once(lane, lambda: end_connection(lane))
    say(office, group, "甲", "乙")
    assert [len(times) for times in floods(lane)] == counted


def floods(lane: Lane) -> list[Any]:
    found = [times for key, times in lane._kept.items() if key[0] == "flood"]
    assert found, "they are counted"
    return found
