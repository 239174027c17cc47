"""What addresses outside are told: signed, in order, at least once, by metadata only, and never inside the network."""

import base64
import json
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import all_kinds, schema_for
from guiju.kernel.lane import WriteTx
from guiju.kernel.posting import AddressRefusedError, Poster
from guiju.modules.bots import _shape, _webhook_rules, webhooks
from guiju.modules.bots.webhook_types import (
    KINDS,
    MOST_FAILURES,
    MOST_WEBHOOKS,
    SecretIssued,
    WebhookAdded,
    WebhookDisabled,
    WebhookEnded,
    WebhookResumed,
)
from guiju.modules.inspection.service import is_public_host
from tests.support.inside import Inside, served_world, session_for
from tests.support.office import Office, open_office
from tests.support.postgres import fresh_database
from tests.support.robots import Receiver, receiving
from tests.support.roster import decide_leaving, leave
from tests.support.waiting import wait_until

Json = dict[str, Any]
TICK = 0.05


class Desk:
    """An administrator at the page of webhooks."""

    def __init__(self, office: Office, inside: Inside) -> None:
        self.office, self.inside, self.world = office, inside, office.world
        self.administrator = self.world.person("周系统", "system_admin")
        self.auditor = self.world.person("吴审计", "audit_admin")

    def ask(self, method: str, path: str, body: Json | None = None, token: str = "") -> Any:
        token = token or session_for(self.world, self.administrator)
        content = {} if method == "POST" and body is None else body
        return self.inside.request(method, f"/api{path}", token, content)

    def add(self, url: str, *kinds: str) -> tuple[str, str]:
        """(id, secret) of a new webhook."""
        body = {"name": "工单系统", "url": url, "kinds": list(kinds or ("messaging.held",))}
        answer = self.ask("POST", "/webhooks", body)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"], answer.json()["secret"]

    def state(self, webhook: str) -> Json:
        def take(tx: ReadTx) -> Json:
            found = webhooks.list_webhooks(tx, self.administrator)
            return next(_shape.webhook(tx, *each) for each in found if each[0].id == webhook)

        return self.world.read(take)

    def deliveries(self, webhook: str) -> list[Json]:
        answer = self.ask("GET", f"/webhooks/{webhook}/deliveries")
        found: list[Json] = answer.json()["deliveries"]
        return found

    def position(self) -> int:
        return self.world.read(lambda tx: tx.position)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("guiju.settings.Settings.inside_hosts", frozenset({"127.0.0.1"}))
        patch.setattr("guiju.app.TICK_SECONDS", TICK)
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        world, inside = stack.enter_context(served_world(url))
        yield Desk(open_office(world), inside)


@pytest.fixture
def receiver(desk: Desk) -> Iterator[Receiver]:
    """A receiver; what was added in the test is removed after it, for another one may get its port."""
    with receiving() as found:
        yield found
        for webhook in desk.ask("GET", "/webhooks").json()["webhooks"]:
            desk.ask("DELETE", f"/webhooks/{webhook['id']}")


def hold(desk: Desk, count: int = 1) -> list[int]:
    """So many messages that wait for a reviewer; where they stand."""
    group = desk.world.facts("groups.registered")
    where = group[0].group if group else desk.office.group()
    desk.world.clock.advance(60_000)
    return [
        desk.world.send(desk.office.member, where, f"这是核心配方{n}").position
        for n in range(count)
    ]


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = _webhook_rules.signature(
        [secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_told_is_never_confidential_and_never_text() -> None:
    assert set(KINDS) <= set(all_kinds())
    assert not any(schema_for(kind).confidential for kind in KINDS)


def test_events_arrive_in_order_signed_and_without_a_text(desk: Desk, receiver: Receiver) -> None:
    webhook, secret = desk.add(receiver.url)
    positions = hold(desk, 3)
    wait_until(lambda: len(receiver.events) >= 3)
    told = receiver.events
    assert [event.json["data"]["position"] for event in told] == positions
    assert [event.id for event in told] == [f"evt_{position}" for position in positions]
    assert all(event.is_signed_by(secret) for event in told)
    assert not any(event.is_signed_by("whsec_" + "A" * 44) for event in told)
    body = told[0].json
    assert body["type"] == "messaging.held" and body["timestamp"].endswith("Z")
    assert body["data"]["actor"] == desk.office.member.person
    said = b"".join(event.body for event in told).decode()
    assert "配方" not in json.dumps(json.loads(f"[{','.join(e.body.decode() for e in told)}]"), ensure_ascii=False)  # fmt: skip
    assert "text" not in body["data"]["fact"] and "赵成员" not in said
    wait_until(lambda: len(desk.deliveries(webhook)) == 3)
    assert {each["status"] for each in desk.deliveries(webhook)} == {204}


def test_a_failure_is_tried_again_later_and_nothing_overtakes_it(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302]
    webhook, _ = desk.add(receiver.url)
    first, second = hold(desk, 2)
    wait_until(lambda: desk.state(webhook)["failures"] == 1)
    assert desk.state(webhook)["next_at"] > desk.world.clock.now()
    time.sleep(6 * TICK)
    assert len(receiver.events) == 1, "not before its time"
    desk.world.clock.advance(10_000)
    wait_until(lambda: desk.state(webhook)["failures"] == 2)
    desk.world.clock.advance(60_000)
    wait_until(lambda: desk.state(webhook)["failures"] == 0 and len(receiver.events) == 4)
    assert [event.json["data"]["position"] for event in receiver.events] == [first] * 3 + [second]
    assert len({event.id for event in receiver.events}) == 2, (
        "ids stay, so that a receiver can tell"
    )


def test_waits_grow_and_end(desk: Desk) -> None:
    waits = [_webhook_rules.wait_after(n, 0.5) for n in range(1, MOST_FAILURES)]
    assert waits == sorted(waits) and waits[0] == 2_000 and waits[-1] == DAY
    assert 2 * DAY < sum(waits) < 4 * DAY
    assert _webhook_rules.wait_after(1, 0.0) < _webhook_rules.wait_after(1, 1.0)


def test_after_too_many_failures_it_is_disabled_and_goes_on_where_it_stopped(
    desk: Desk, receiver: Receiver
) -> None:
    webhook, _ = desk.add(receiver.url)
    receiver.statuses = [503] * MOST_FAILURES
    (position,) = hold(desk)
    for attempt in range(1, MOST_FAILURES):
        wait_until(lambda attempt=attempt: desk.state(webhook)["failures"] == attempt)  # type: ignore[misc]  # bound at once
        desk.world.clock.advance(2 * DAY)
    wait_until(lambda: desk.state(webhook)["state"] == "disabled")
    fact = desk.world.facts("bots.webhook_disabled")[-1]
    assert isinstance(fact, WebhookDisabled) and fact.failures == MOST_FAILURES
    hold(desk)
    time.sleep(6 * TICK)
    assert len(receiver.events) == MOST_FAILURES
    assert desk.ask("POST", f"/webhooks/{webhook}/resumption").status_code == 200
    wait_until(lambda: len(receiver.events) == MOST_FAILURES + 2)
    assert receiver.events[-2].json["data"]["position"] == position
    assert isinstance(desk.world.facts("bots.webhook_resumed")[-1], WebhookResumed)
    again = desk.ask("POST", f"/webhooks/{webhook}/resumption")
    assert again.json()["code"] == "bots.wrong_webhook_state"


def test_one_that_is_gone_is_disabled_at_once(desk: Desk, receiver: Receiver) -> None:
    webhook, _ = desk.add(receiver.url)
    receiver.statuses = [410]
    hold(desk)
    wait_until(lambda: desk.state(webhook)["state"] == "disabled")


def test_two_secrets_sign_for_a_day(desk: Desk, receiver: Receiver) -> None:
    webhook, old = desk.add(receiver.url)
    new = desk.ask("POST", f"/webhooks/{webhook}/secret").json()["secret"]
    assert new.startswith("whsec_") and new != old
    assert isinstance(desk.world.facts("bots.webhook_secret_issued")[-1], SecretIssued)
    assert desk.ask("POST", f"/webhooks/{webhook}/ping").json()["succeeded"]
    assert receiver.events[-1].is_signed_by(old) and receiver.events[-1].is_signed_by(new)
    desk.world.clock.advance(DAY + HOUR)
    desk.ask("POST", f"/webhooks/{webhook}/ping")
    assert receiver.events[-1].is_signed_by(new) and not receiver.events[-1].is_signed_by(old)
    kept = json.dumps([repr(entry) for entry in desk.world.entries()])
    assert old not in kept and new not in kept


def test_a_ping_and_an_event_again(desk: Desk, receiver: Receiver) -> None:
    webhook, _ = desk.add(receiver.url)
    made = desk.ask("POST", f"/webhooks/{webhook}/ping").json()
    assert made["status"] == 204 and receiver.events[-1].json["type"] == "ping"
    (position,) = hold(desk)
    wait_until(lambda: len(receiver.events) == 2)
    again = desk.ask("POST", f"/webhooks/{webhook}/deliveries/{position}").json()
    assert again["succeeded"] and receiver.events[-1].id == receiver.events[-2].id
    for wrong in (position - 1, position + 1000, 0):
        answer = desk.ask("POST", f"/webhooks/{webhook}/deliveries/{wrong}")
        assert answer.json()["code"] == "bots.delivery_not_found"
    assert len(receiver.events) == 3


def test_a_wish_to_leave_is_told_to_nobody_outside(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor that somebody was made to stay; what comes behind a batch of such events is told."""
    monkeypatch.setattr(webhooks, "BATCH", 2)
    office, world = desk.office, desk.world
    group = office.group()
    webhook, _ = desk.add(receiver.url, "groups.member_changed")

    def wish(tx: WriteTx) -> None:
        for goes in (False, True):
            leave(office.member, group)(tx)
            decide_leaving(office.owner, group, office.member, goes)(tx)

    world.write(wish)
    untold = [entry.position for entry in world.entries("groups.member_changed")[-4:-1]]
    wait_until(lambda: len(receiver.events) >= 1)
    time.sleep(10 * TICK)
    assert [event.json["data"]["fact"]["state"] for event in receiver.events] == ["left"]
    for position in untold:
        answer = desk.ask("POST", f"/webhooks/{webhook}/deliveries/{position}")
        assert answer.json()["code"] == "bots.delivery_not_found"
    assert len(receiver.events) == 1


def test_a_removed_webhook_hears_nothing_more(desk: Desk, receiver: Receiver) -> None:
    webhook, _ = desk.add(receiver.url)
    assert desk.ask("DELETE", f"/webhooks/{webhook}").status_code == 204
    assert isinstance(desk.world.facts("bots.webhook_ended")[-1], WebhookEnded)
    hold(desk)
    time.sleep(6 * TICK)
    assert receiver.events == []
    assert desk.ask("DELETE", f"/webhooks/{webhook}").json()["code"] == "bots.webhook_not_found"


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://127.0.0.1/x", "http://user@127.0.0.1/", "http://127.0.0.1/#a", "https://10.0.0.1/x", "https://[::1]/x",
        "https://169.254.169.254/latest", "https://localhost/x", "http://example.com/x", "https://127.1/x", "http://127.0.0.1:99999/",
        "https://[::ffff:10.0.0.1]/", "https://2130706433/", "https://0/", "https://no.such.name.invalid/",
    ],
)  # fmt: skip
def test_addresses_inside_the_network_are_refused(desk: Desk, url: str) -> None:
    """[ssrf-v6]: mapped, short and numeric forms too."""
    before = desk.position()
    answer = desk.ask("POST", "/webhooks", {"name": "x", "url": url, "kinds": ["messaging.held"]})
    assert answer.status_code == 422 and answer.json()["code"] == "bots.bad_webhook", url
    assert desk.position() == before


def test_a_name_that_leads_inside_later_is_not_reached(receiver: Receiver) -> None:
    """[ssrf-second] What a name resolves to is asked for at every delivery, and that address is connected to."""
    outside = Poster(is_public_host)
    done = outside.post(receiver.url.replace("http:", "https:"), {}, b"{}")
    assert done.status is None and done.problem == "it is inside the network"
    with pytest.raises(AddressRefusedError):
        outside.check(receiver.url)
    assert receiver.events == []


def test_one_that_does_not_answer_is_given_up(desk: Desk) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        poster = Poster(is_public_host, frozenset({"127.0.0.1"}), seconds=0.3)
        began = time.monotonic()
        done = poster.post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", {}, b"{}")
        assert done.status is None and time.monotonic() - began < 5


def test_only_the_administrator_manages_and_others_find_nothing(
    desk: Desk, receiver: Receiver
) -> None:
    webhook, _ = desk.add(receiver.url)
    before = desk.position()
    body = {"name": "x", "url": receiver.url, "kinds": ["messaging.held"]}
    employee, auditor = (session_for(desk.world, who) for who in (desk.office.member, desk.auditor))
    assert desk.ask("POST", "/webhooks", body, employee).status_code == 403
    assert desk.ask("GET", "/webhooks", token=employee).status_code == 403
    assert desk.ask("GET", "/webhooks", token=auditor).status_code == 200
    for method, path in (("POST", "/ping"), ("POST", "/secret"), ("POST", "/resumption"), ("DELETE", ""), ("POST", "/deliveries/3")):  # fmt: skip
        for token, status in ((employee, 404), (auditor, 403)):
            answer = desk.ask(method, f"/webhooks/{webhook}{path}", token=token)
            assert answer.status_code == status, (method, path)
    assert desk.ask("GET", f"/webhooks/{webhook}/deliveries", token=employee).status_code == 404
    assert desk.position() == before and receiver.events == []


@pytest.mark.parametrize("kinds", [[], ["messaging.sent"], ["messaging.alerted"], ["x" * 64]])
def test_only_these_kinds_are_told(desk: Desk, receiver: Receiver, kinds: list[str]) -> None:
    answer = desk.ask("POST", "/webhooks", {"name": "x", "url": receiver.url, "kinds": kinds})
    assert answer.status_code == 422


def test_there_are_only_so_many(desk: Desk, receiver: Receiver) -> None:
    body = {"name": "x", "url": receiver.url, "kinds": ["policy.adopted"]}
    for _ in range(MOST_WEBHOOKS):
        assert desk.ask("POST", "/webhooks", body).status_code == 200
    assert desk.ask("POST", "/webhooks", body).json()["code"] == "bots.too_many_webhooks"
    assert any(isinstance(fact, WebhookAdded) for fact in desk.world.facts("bots.webhook_added"))
