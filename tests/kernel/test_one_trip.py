"""A batch on trust goes to PostgreSQL in one trip, which is a transaction without saying so."""

from typing import Any

import pytest

from guiju.kernel.pipeline import Call, Pipeline
from guiju.modules.messaging.types import Receipt
from tests.support.checks import check_ledger
from tests.support.office import Office
from tests.support.sending import prepared, send_together

pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)


def say(office: Office, group: Any, *texts: str) -> list[Any]:
    return send_together(
        office, [prepared(office, office.member, group, text, text) for text in texts]
    )


def stored(office: Office) -> list[str]:
    return [fact.text for fact in office.world.facts("messaging.sent")]


def watch(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The first word of every statement of each trip from now on."""
    trips: list[list[str]] = []
    trip = Pipeline._trip

    def noted(pipeline: Pipeline, calls: list[Call], *meanwhile: Any) -> Any:
        trips.append([call.sql.partition(" ")[0] for call in calls])
        return trip(pipeline, calls, *meanwhile)

    monkeypatch.setattr(Pipeline, "_trip", noted)
    return trips


def test_the_head_is_taken_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    group = office.group()
    say(office, group, "暖")
    trips = watch(monkeypatch)
    say(office, group, "甲", "乙")
    assert len(trips) == 1, "nothing is asked before"
    assert trips[0][0] == "WITH", "another node waits here, not at a row that it would find taken"
    assert {"BEGIN", "COMMIT"}.isdisjoint(trips[0])
    assert stored(office) == ["暖", "甲", "乙"]
    check_ledger(office.world)


def test_what_is_refused_at_its_very_end_is_undone_and_runs_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deferred constraint speaks when the server ends the transaction, after every statement has been answered."""
    group = office.group()
    say(office, group, "暖")
    with office.world.runtime.database.write() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE test_times")
        connection.exec_driver_sql(
            "CREATE FUNCTION test_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF nextval('test_times') = 1 THEN RAISE EXCEPTION 'not the first time'; END IF; RETURN NULL; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER test_late AFTER INSERT ON messaging_message DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION test_once()"
        )
    trips = watch(monkeypatch)
    (answer,) = say(office, group, "甲")
    assert isinstance(answer, Receipt) and stored(office) == ["暖", "甲"]
    assert trips[0][0] == "WITH" and "COMMIT" in trips[-1], "again, in one that asks first"
    check_ledger(office.world)
