"""What delivery promises (docs/protocol.md, "Promises"): a test for each, named after it, over the real socket.

D6, exactly-once display, is the client's and stands in `web/test/reducer.test.ts`; how its connection notices a lost
frame (D4) in `web/test/connection.test.ts`.
"""

import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

import guiju.socket
from guiju.kernel import live
from guiju.kernel.actor import Actor
from guiju.modules.groups import roster
from tests.support.cast import Cast
from tests.support.inside import Inside, served_world, session_for
from tests.support.kills import make_place
from tests.support.postgres import fresh_database
from tests.support.robots import receiving
from tests.support.waiting import wait_until
from tests.support.world import World

SECONDS = 10
Json = dict[str, Any]


class Screen:
    """One socket of somebody: what came in on it, in order."""

    def __init__(self, socket: ClientConnection, cursor: int | None) -> None:
        self._socket = socket
        socket.send(json.dumps({"type": "hello", "cursor": cursor}))
        self.welcome = self.next()
        self.frames: list[Json] = []

    def next(self) -> Json:
        frame: Json = json.loads(self._socket.recv(SECONDS))
        return frame

    def send(self, group: str, cmid: str, text: str) -> None:
        frame = {"type": "send", "cmid": cmid, "group": group, "body": text}
        self._socket.send(json.dumps(frame))

    def receipt(self, cmid: str) -> Json:
        """The answer to a send: receipt or error. Facts that come before it are kept."""
        while True:
            frame = self.next()
            if frame["type"] == "facts":
                self.frames.append(frame)
            elif frame.get("cmid") == cmid or frame.get("data", {}).get("cmid") == cmid:
                return frame

    def until(self, position: int) -> list[Json]:
        """All items up to a position that this person is shown."""
        while not self.frames or self.frames[-1]["position"] < position:
            frame = self.next()
            if frame["type"] == "facts":
                self.frames.append(frame)
        return [item for frame in self.frames for item in frame["items"]]

    def closed(self) -> int:
        """The code with which the server closes."""
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                self._socket.recv(SECONDS)
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code


class Site:
    """A server with a group of several people who are signed in."""

    def __init__(self, world: World, inside: Inside) -> None:
        self.world, self.inside, self.cast = world, inside, Cast(world)
        self.group = self.cast.group()
        self.member = self.cast.people["employee", "member"]
        self.owner = self.cast.people["employee", "owner"]

    @contextmanager
    def screen(self, who: Actor, cursor: int | None = None) -> Iterator[Screen]:
        with self.inside.socket(session_for(self.world, who)) as socket:
            yield Screen(socket, cursor)

    def position(self) -> int:
        return self.world.read(lambda tx: tx.position)

    def say(self, who: Actor, count: int) -> list[int]:
        """Messages sent by somebody, one after the other; where they stand."""
        receipts = []
        with self.screen(who) as screen:
            for number in range(count):
                self.world.clock.advance(1000)  # the flood limit is another matter
                cmid = secrets.token_hex(8)
                screen.send(self.group, cmid, f"第{number}件")
                receipts.append(screen.receipt(cmid)["position"])
        return receipts


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        yield Site(*stack.enter_context(served_world(url)))


def test_d1_an_acknowledged_message_is_stored(site: Site) -> None:
    with site.screen(site.member) as screen:
        screen.send(site.group, "d1", "已入库")
        receipt = screen.receipt("d1")
        # Read on a connection of its own, which sees what has been committed and nothing else.
        entry = site.world.read(lambda tx: tx.entry(receipt["position"]))
        assert entry is not None and entry.fact.text == "已入库"
        screen.until(receipt["position"])


def test_d2_a_send_counts_once_for_as_long_as_its_entry_exists(site: Site) -> None:
    with site.screen(site.member) as screen:
        screen.send(site.group, "d2", "只此一件")
        first = screen.receipt("d2")
    site.say(site.owner, 3)
    site.world.later(400 * 24 * 3600 * 1000)
    with site.screen(site.member) as screen:
        screen.send(site.group, "d2", "只此一件")
        assert screen.receipt("d2") == first
        screen.send(site.group, "d2", "另一件")
        assert screen.receipt("d2")["code"] == "messaging.cmid_reused"
    sent = [each for each in site.world.facts("messaging.sent") if each.cmid == "d2"]
    assert len(sent) == 1


def test_d3_everybody_is_shown_one_order_without_a_gap(site: Site) -> None:
    writers = [site.member, site.owner, site.cast.people["employee", "administrator"]]
    site.world.clock.advance(60_000)
    with ExitStack() as stack:
        screens = [stack.enter_context(site.screen(who)) for who in (*writers, site.cast.leaver)]

        def write(at: int) -> None:
            for number in range(5):
                screens[at].send(site.group, f"d3-{at}-{number}", f"{at}号{number}")

        threads = [threading.Thread(target=write, args=(at,)) for at in range(len(writers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        last = max(
            screens[at].receipt(f"d3-{at}-{number}")["position"]
            for at in range(len(writers))
            for number in range(5)
        )
        shown = [screen.until(last) for screen in screens]
    assert all(items == shown[0] for items in shown)
    messages = [item for item in shown[0] if item["kind"] == "messaging.sent"]
    assert len(messages) == 15
    positions, numbers = [m["position"] for m in messages], [m["number"] for m in messages]
    assert positions == sorted(set(positions))
    assert numbers == list(range(numbers[0], numbers[0] + 15))
    assert [m["at"] for m in messages] == sorted(m["at"] for m in messages)


def test_d4_each_frame_names_the_one_before_it(site: Site) -> None:
    cursor = site.position()
    site.say(site.owner, 3)
    with site.screen(site.member, cursor) as screen:
        screen.until(site.position())
        screen.until(site.say(site.owner, 4)[-1])
    assert len(screen.frames) == 5
    assert (screen.welcome["mode"], screen.welcome["after"]) == ("resume", cursor)
    before = [screen.welcome["after"], *(frame["position"] for frame in screen.frames)]
    assert [frame["after"] for frame in screen.frames] == before[:-1]


def test_d5_any_cursor_resumes_and_one_too_old_is_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.screen(site.member) as screen:
        start = screen.welcome["position"]
        positions = site.say(site.owner, 8)
        shown = screen.until(positions[-1])
    for back in (start, positions[3], positions[-1]):
        with site.screen(site.member, back) as screen:
            assert screen.welcome["mode"] == "resume"
            missed = [item for item in shown if item["position"] > back]
            assert (screen.until(positions[-1]) if missed else []) == missed
    monkeypatch.setattr(guiju.socket, "FARTHEST", 3)
    with site.screen(site.member, start) as screen:
        assert screen.welcome["mode"] == "snapshot"
        newest = site.say(site.owner, 1)[0]
        assert [item["position"] for item in screen.until(newest)] == [newest]


def test_d7_who_is_removed_gets_nothing_from_that_moment_on(site: Site) -> None:
    guest = site.cast.new_person()
    site.world.write(lambda tx: roster.admit(tx, site.owner, site.group, [guest.person_id]))
    site.world.write(lambda tx: roster.sign_rules(tx, guest, site.group, version=1))
    with site.screen(guest) as screen:
        screen.until(site.say(site.owner, 1)[0])
        site.world.write(
            lambda tx: roster.remove(tx, site.owner, site.group, guest.person_id, reason="x")
        )
        told = screen.until(site.position())[-1]
        assert (told["kind"], told["card"]) == ("groups.member_changed", None)
        site.say(site.owner, 2)
        screen.send(site.group, "d7", "还在吗")
        assert screen.receipt("d7")["code"] == "groups.not_found"
        assert [frame["position"] for frame in screen.frames][-1] == told["position"]
    with site.screen(guest, told["position"]) as screen:
        assert screen.welcome["after"] == screen.welcome["position"]
    path = f"/api/groups/{site.group}/messages"
    assert site.inside.request("GET", path, session_for(site.world, guest)).status_code == 404


def test_d8_who_does_not_keep_up_is_cut_and_then_misses_nothing(site: Site) -> None:
    """Somebody whose network takes nothing: what the kernel does not hold waits here, up to a bound."""
    start, hub = site.position(), site.inside.server.hub
    token = session_for(site.world, site.member)
    narrow = socket.create_connection(("127.0.0.1", site.inside.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    positions = []
    with site.inside.socket(token, sock=narrow, max_queue=1, close_timeout=1) as opened:
        Screen(opened, start)
        (connection,) = hub.of_person(site.member.person_id)
        sink: Any = connection.sink
        kept = sink.transport.get_extra_info("socket")
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # else it keeps megabytes
        text = "长" * 4_500  # 13,500 bytes
        for _ in range(800):
            site.world.clock.advance(1000)
            positions.append(site.world.send(site.owner, site.group, text).position)
            if connection.close_code is not None:
                break
        assert connection.close_code == live.TOO_SLOW
        taken = len(positions) * len(text.encode())
        assert taken > live.MOST_BYTES, "who leaves less untaken is not cut"
        wait_until(lambda: hub.of_person(site.member.person_id) == ())
    with site.screen(site.member, start) as again:
        shown = [item["position"] for item in again.until(positions[-1])]
    assert shown == positions


def test_d9_what_was_acknowledged_is_in_every_answer_from_then_on(site: Site) -> None:
    token = session_for(site.world, site.member)
    with site.screen(site.owner) as screen:
        for number in range(10):
            site.world.clock.advance(1000)
            screen.send(site.group, f"d9-{number}", f"请看{number}")
            position = screen.receipt(f"d9-{number}")["position"]
            page = site.inside.request("GET", f"/api/groups/{site.group}/messages", token).json()
            assert page["position"] >= position
            assert page["items"][-1]["position"] == position


@pytest.mark.timeout(300)
def test_d10_an_address_outside_is_told_everything_at_least_once_and_in_order(
    tmp_path: Path, database_url: str | None
) -> None:
    """The receiver goes away, the server is killed twice, the receiver comes back: nothing is missing."""
    place, accounts = make_place(tmp_path, database_url)
    said: list[int] = []
    with ExitStack() as first:
        server = first.enter_context(place.serving())
        administrator, member = (
            place.sign_in(each["account"], each["password"]) for each in (accounts[3], accounts[-1])
        )
        group = member.active_groups()[0]

        def stopped() -> None:
            """One more event: a message that a rule stops."""
            path, body = f"/api/groups/{group}/messages", {"cmid": secrets.token_hex(8)}
            text = f"第{len(said)}次去赌博网站玩"
            receipt = member.expect("POST", path, body | {"body": text}).said
            assert receipt["state"] == "blocked"
            said.append(receipt["position"])

        receiver = first.enter_context(ExitStack())
        taken = receiver.enter_context(receiving())
        made = administrator.ask(
            "POST", "/api/webhooks",
            {"name": "工单", "url": taken.url, "kinds": ["messaging.blocked"]},
        )  # fmt: skip
        assert made.status == 200
        stopped()
        wait_until(lambda: len(taken.events) == 1)
        taken.statuses = [503]
        stopped()
        wait_until(lambda: len(taken.events) >= 2)
        receiver.close()
        stopped()
        stopped()
        server.kill()
    with place.serving() as server:
        stopped()
        server.kill()
    with receiving(taken.port, taken), place.serving():
        stopped()
        deadline = time.monotonic() + 150
        while {event.json["data"]["position"] for event in taken.events} != set(said):
            assert time.monotonic() < deadline, "something was never told"
            time.sleep(0.1)
    assert all(event.is_signed_by(made.said["secret"]) for event in taken.events)
    told = [event.json["data"]["position"] for event in taken.events]
    assert told == sorted(told), "in the order of the ledger, though some come again"
    assert len(said) == 6 and len(told) > len(said), "what was answered with 503 came again"
    ids = {event.id: event.body for event in taken.events}
    assert len(ids) == len(said), "an event that is told again has the id that it had"


def test_a_joined_socket_keeps_nothing_of_its_handshake_and_leaves_when_it_is_gone(
    site: Site,
) -> None:
    hub = site.inside.server.hub
    with site.screen(site.member) as screen:
        (connection,) = hub.of_person(site.member.person_id)
        sink: Any = connection.sink
        wait_until(lambda: sink.scope == {} and not hasattr(sink, "request"))
        position = site.say(site.owner, 1)[0]
        assert screen.until(position)[-1]["position"] == position
        screen.send(site.group, "after", "收到")
        assert screen.receipt("after")["state"] == "delivered"
    wait_until(lambda: hub.of_person(site.member.person_id) == ())
