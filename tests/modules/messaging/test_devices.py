"""What devices may keep and show, and pushes to people who look at no screen."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR, MINUTE
from guiju.kernel.db import DatabaseUnavailableError, ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.posting import Poster
from guiju.modules.groups import roster
from guiju.modules.identity import service as identity
from guiju.modules.inspection.service import is_public_host
from guiju.modules.messaging import (
    _device_store,
    _push_news,
    devices,
    personal,
    pushing,
    quieting,
    reads,
    recalling,
    topics,
)
from guiju.modules.messaging._push_turns import THREADS, Turns
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.device_types import (
    MOST_PUSHES,
    Limits,
    News,
    PushOffError,
    Subscription,
    Told,
)
from guiju.modules.messaging.pushing import Pusher
from guiju.modules.messaging.quiet_types import OwnQuiet
from tests.support import sending
from tests.support.inside import Inside, served_world, session_for
from tests.support.office import Office, open_office
from tests.support.pushes import PushService, push_body, push_service
from tests.support.roster import admit
from tests.support.uploading import door_of
from tests.support.waiting import wait_until

Json = dict[str, Any]


def limits_of(office: Office, actor: Actor) -> dict[GroupId, Limits]:
    return dict(office.world.read(lambda tx: devices.limits(tx, actor)))


def adopt(office: Office, *uses: str) -> None:
    """Adopt a pack whose clause 6.14 has these controls besides."""
    rule = "    rows: [NTF-03]\n"
    lines = "".join(f"      - {use}\n" for use in uses)
    office.world.adopt(lambda text: text.replace(rule, f"{rule}    controls:\n{lines}"))


class TestLimits:
    def test_secret_groups_are_kept_nowhere_unless_the_rules_say_so(self, office: Office) -> None:
        group, secret = (
            office.group(level="internal"),
            office.group(level="secret", name="澄远机密工作群"),
        )
        found = limits_of(office, office.member)
        assert found == {group: Limits(14, Told.TEXT), secret: Limits(0, Told.TEXT)}
        assert limits_of(office, office.outsider) == {}

    def test_the_clause_acts_and_the_strictest_counts(self, office: Office) -> None:
        group, secret = (
            office.group(level="internal"),
            office.group(level="secret", name="澄远机密工作群"),
        )
        adopt(
            office,
            "{use: messaging.offline, with: {days: 3, most_rank: 4}}",
            "{use: messaging.notifications, with: {most: sender}}",
            "{use: messaging.notifications, with: {most: none, classes: [company]}}",
        )
        found = limits_of(office, office.member)
        assert found[group] == found[secret] == Limits(3, Told.SENDER)

    def test_classes_that_are_not_named_are_kept_nowhere(self, office: Office) -> None:
        group = office.group(level="internal")
        adopt(office, "{use: messaging.offline, with: {days: 3, classes: [company]}}")
        assert limits_of(office, office.member)[group].days == 0

    def test_another_session_or_role_has_another_epoch(self, office: Office) -> None:
        def epoch(actor: Actor, session: str, origin: str = "o") -> str:
            return office.world.read(lambda tx: devices.epoch(tx, actor, session, origin))

        assert epoch(office.member, "s") == epoch(office.member, "s")
        assert len({epoch(office.member, "s"), epoch(office.member, "t"), epoch(office.member, "s", "p"), epoch(office.owner, "s")}) == 4  # fmt: skip


# ---- pushes -----------------------------------------------------------------------------------------------------


class Desk:
    """A member whose browser takes pushes; `watching` are those who look at a screen."""

    def __init__(self, office: Office, service: PushService) -> None:
        self.office, self.service, self.world = office, service, office.world
        self.group = office.group(level="internal")
        self.watching: set[PersonId] = set()
        poster = Poster(is_public_host, frozenset({"127.0.0.1"}))
        clock, secret = office.world.clock, bytes(range(32))
        self._new: Callable[[], Pusher] = lambda: Pusher(
            door_of(office.world), poster, lambda: secret, clock, "mailto:ops@example.org",
            self.watching.__contains__, work=(),
        )  # fmt: skip
        self.pusher = self._new()
        self.session = self.sign_in(office.member)
        self.subscribe("member", office.member, self.session)
        self.round()

    def restart(self) -> None:
        self.pusher = self._new()

    def sign_in(self, actor: Actor) -> str:
        hashed = identity.token_hash(session_for(self.world, actor))
        session = self.world.read(lambda tx: identity.find_session(tx, hashed))
        assert session is not None, "it has just begun"
        return session.id

    def subscribe(
        self, name: str, actor: Actor, session: str, service: PushService | None = None
    ) -> None:
        body = push_body((service or self.service).url(name))
        keys = body.pop("keys")
        self.pusher.subscribe(actor, session, **body, **keys)

    def round(self) -> None:
        """Hand over what is new, and wait until it was told."""
        for _ in range(10):
            self.pusher.run()
            deadline = time.monotonic() + 10
            while self.pusher._turns:
                assert time.monotonic() < deadline, "a push does not end"
                time.sleep(0.005)
            if not self.pusher._waiting:
                return

    def choose(self, told: Told) -> None:
        self.world.write(lambda tx: devices.choose(tx, self.office.member, told))

    def say(self, text: str, actor: Actor | None = None, **extra: Any) -> int:
        return self.world.send(actor or self.office.owner, self.group, text, **extra).position

    def told(self) -> list[str]:
        """The texts of what came in a round; afterwards they are forgotten."""
        self.round()
        found = [push.said["text"] for push in self.service.pushes]
        self.service.pushes.clear()
        return found

    def say_at_rest(self, text: str) -> int:
        """Something whose push waits because the address did not answer before."""
        self.choose(Told.TEXT)
        self.service.statuses = [500] * 3
        self.say("没有送到")
        self.told()
        said = self.say(text)
        assert self.told() == []
        return said

    def addresses(self) -> set[str]:
        return {each.endpoint for each in self.world.read(_device_store.subscriptions)}


@pytest.fixture
def desk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("guiju.modules.messaging.pushing.WAITS", (0, 0))
    with push_service() as service:
        made = Desk(office, service)
        yield made
        made.pusher.close()


def test_a_push_says_what_its_person_chose_and_nothing_more(desk: Desk) -> None:
    position = desk.say("明天停电")
    desk.round()
    (push,) = desk.service.pushes
    said = push.said
    assert said["group"] == desk.group and said["position"] == position
    assert said["told"] == "sender" and said["sender"] and said["name"] and said["text"] == ""
    assert push.headers["content-encoding"] == "aes128gcm" and int(push.headers["ttl"]) > 0
    assert "停电".encode() not in push.body and said["sender"].encode() not in push.body
    claims = push.claims()
    assert claims["aud"] == f"http://127.0.0.1:{desk.service.port}"
    assert claims["sub"] == "mailto:ops@example.org"
    desk.service.pushes.clear()
    desk.choose(Told.NONE)
    desk.say("后天停水")
    desk.round()
    said = desk.service.pushes.pop().said
    assert said["name"] == said["sender"] == said["text"] == ""
    desk.choose(Told.TEXT)
    desk.say("大后天")
    desk.say("**停气**")
    assert desk.told() == ["停气"], "one for each group"
    adopt(desk.office, "{use: messaging.notifications, with: {most: sender}}")
    desk.say("规定不许")
    assert desk.told() == [""]


def test_who_looks_wrote_read_muted_or_wants_quiet_is_left_alone(desk: Desk) -> None:
    member, world = desk.office.member, desk.world
    desk.choose(Told.TEXT)
    desk.say("自己写的", member)
    read = desk.say("已经读过")
    world.write(lambda tx: reads.mark_read_many(tx, [(member.person_id, desk.group, read)]))
    assert desk.told() == []

    def mute(on: bool) -> None:
        world.write(
            lambda tx: personal.set_settings(
                tx, member, desk.group, is_pinned=None, is_muted=on, is_marked=None
            )
        )

    mute(True)
    desk.say("静音时说的")
    assert desk.told() == []
    desk.say("静音时点名", mentions=[member.person_id])
    assert desk.told() == ["静音时点名"]
    mute(False)
    desk.choose(Told.OFF)
    desk.say("不要通知")
    assert desk.told() == []
    desk.choose(Told.TEXT)
    desk.watching.add(member.person_id)
    desk.say("正看着屏幕")
    assert desk.told() == []
    desk.watching.clear()
    desk.say("没在看")
    assert desk.told() == ["没在看"]
    desk.say("太旧了")
    world.later(2 * HOUR)
    assert desk.told() == []


def test_quiet_time_and_silent_messages_disturb_nobody_and_urgent_ones_do(desk: Desk) -> None:
    office, world = desk.office, desk.world
    member, administrator = office.member.person_id, office.administrator.person_id
    urgent = "{use: messaging.urgent, with: {roles: [owner], per_week: 9}}"
    adopt(office, urgent)

    def rest(wanted: OwnQuiet | None) -> None:
        world.write(lambda tx: quieting.set_own(tx, office.member, wanted))

    def urge(text: str, *mentions: PersonId) -> None:
        sending.urge(world, office.owner, desk.group, text, text, mentions=mentions)

    desk.choose(Told.TEXT)
    now = (world.clock.now() // MINUTE + 480) % (24 * 60)
    rest(OwnQuiet(now, (now + 60) % (24 * 60), rest=False))
    desk.say("安静时段", mentions=[member])
    assert desk.told() == []
    urge("大家的急事")
    desk.say("不急")
    assert desk.told() == ["大家的急事"], "the newest that may disturb"
    urge("叫他的", member)
    urge("叫别人的", administrator)
    assert desk.told() == ["叫他的"]
    rest(None)
    desk.say("醒了")
    assert desk.told() == ["醒了"]
    hours = f"{now // 60:02}:00-{(now // 60 + 1) % 24:02}:00"
    adopt(office, urgent, f'{{use: messaging.quiet_hours, with: {{hours: "{hours}"}}}}')
    desk.say("静默送达", mentions=[member])
    assert desk.told() == []
    urge("休息时间的急事")
    assert desk.told() == ["休息时间的急事"]


def test_what_was_recalled_is_not_pushed_and_a_stranger_hears_nothing(desk: Desk) -> None:
    outsider = desk.office.outsider
    desk.subscribe("stranger", outsider, desk.sign_in(outsider))
    position = desk.say("发错了")
    desk.world.write(
        lambda tx: recalling.recall(tx, desk.office.owner, desk.group, position, reason="")
    )
    assert desk.told() == []
    desk.say("这条没错")
    desk.round()
    assert {push.path for push in desk.service.pushes} == {"/push/member"}


def test_an_address_that_is_gone_is_forgotten_and_a_busy_one_is_tried_again(desk: Desk) -> None:
    service = desk.service
    service.statuses = [503, 201]
    desk.say("一")
    assert len(desk.told()) == 2
    service.statuses = [500, 500, 500]
    desk.say("二")
    assert len(desk.told()) == 3, "no more than three times"
    assert desk.addresses() == {service.url("member")}
    desk.world.clock.advance(11 * MINUTE)  # it rests for a while
    service.statuses = [410]
    desk.say("三")
    assert len(desk.told()) == 1 and desk.addresses() == set()


def test_a_subscription_ends_with_its_session_and_for_who_asks(desk: Desk) -> None:
    member, outsider = desk.office.member, desk.office.outsider
    url = desk.service.url("member")
    desk.world.write(lambda tx: devices.unsubscribe(tx, outsider, url))
    assert desk.addresses() == {url}, "it is somebody else's"
    desk.subscribe("other", member, desk.session)
    desk.world.write(lambda tx: devices.unsubscribe(tx, member, desk.service.url("other")))
    assert desk.addresses() == {url}
    desk.world.write(lambda tx: identity.end_sessions(tx, member))
    desk.say("四")
    assert desk.told() == [] and desk.addresses() == set()


def test_after_a_restart_it_goes_on_where_it_was(desk: Desk) -> None:
    desk.choose(Told.TEXT)
    desk.say("一")
    assert desk.told() == ["一"]
    desk.say("二")
    desk.pusher._position = None  # as in a new process
    assert desk.told() == ["二"]


def test_without_a_contact_nobody_is_told(desk: Desk) -> None:
    off = Pusher(
        door_of(desk.world),
        Poster(is_public_host),
        bytes,
        desk.world.clock,
        "",
        lambda _: False,
        work=(),
    )
    assert off.public_key is None
    off.run()
    body = push_body("https://push.example/1")
    keys = body.pop("keys")
    with pytest.raises(PushOffError):
        off.subscribe(desk.office.member, desk.session, **body, **keys)
    off.close()


@pytest.fixture(scope="module")
def inside() -> Iterator[tuple[Office, Inside]]:
    with served_world(None) as (world, served):
        yield open_office(world), served


def test_over_http(inside: tuple[Office, Inside]) -> None:
    office, served = inside
    group, token = office.group(level="internal"), session_for(office.world, office.member)

    def ask(method: str, path: str, body: Json | None = None) -> Any:
        return served.request(method, f"/api{path}", token, body)

    found = ask("GET", "/start").json()
    assert found["me"]["position"] == found["position"]
    assert [each["group"]["id"] for each in found["conversations"]] == [group]
    assert found["device"]["groups"] == {group: {"days": 14, "told": "text", "origin": None}}
    assert found["device"]["push_key"], "the world has a contact"
    assert found["device"].items() <= ask("GET", "/device").json().items()
    good = push_body("https://push.example/1")
    for change, code in (
        ({"endpoint": "ftp://127.0.0.1/x"}, "messaging.bad_subscription"),
        ({"endpoint": "http://intranet/x"}, "messaging.bad_subscription"),
        ({"endpoint": "https://push.example/" + "x" * 1000}, "messaging.bad_subscription"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "messaging.bad_subscription"),
        ({"keys": {"p256dh": "A==", "auth": "*"}}, "http.bad_request"),
        ({"lang": "fr"}, "http.bad_request"),
    ):
        answer = ask("POST", "/push", good | change)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    bad_choices: tuple[Json, ...] = ({"told": "all"}, {}, {"told": "text", "quiet_from": 5})
    for choice in bad_choices:
        assert ask("PUT", "/notifications", choice).json()["code"] == "http.bad_request"
    kept = {"told": "none"}
    assert ask("PUT", "/notifications", kept).status_code == 204
    assert ask("GET", "/device").json()["notifications"] == kept
    for n in range(MOST_PUSHES):
        assert ask("POST", "/push", push_body(f"https://127.0.0.1:9/{n}")).status_code == 204
    assert ask("POST", "/push", push_body("https://127.0.0.1:9/0")).status_code == 204
    full = ask("POST", "/push", push_body("https://127.0.0.1:9/more"))
    assert (full.status_code, full.json()["code"]) == (409, "messaging.too_many_subscriptions")
    assert ask("POST", "/push/end", {"endpoint": "https://127.0.0.1:9/0"}).status_code == 204


def test_the_socket_says_who_looks(inside: tuple[Office, Inside]) -> None:
    office, served = inside
    token, person = session_for(office.world, office.owner), office.owner.person_id
    hub = served.server.hub
    assert not hub.is_watching(person)
    with served.socket(token) as opened:
        opened.send(json.dumps({"type": "hello", "cursor": None}))
        assert json.loads(opened.recv())["type"] == "welcome"
        assert hub.is_watching(person)
        opened.send(json.dumps({"type": "visible", "on": False}))
        opened.send(json.dumps({"type": "ping", "n": 1}))
        assert json.loads(opened.recv())["type"] == "pong"
        assert not hub.is_watching(person)


def test_who_leaves_keeps_nothing_of_the_group(office: Office) -> None:
    group, member = office.group(), office.member
    assert group in limits_of(office, member)
    office.world.write(
        lambda tx: roster.remove(tx, office.owner, group, member.person_id, reason="x")
    )
    assert group not in limits_of(office, member)


def test_what_was_moved_aside_is_not_pushed(desk: Desk) -> None:
    desk.choose(Told.TEXT)
    position = desk.say("跑题了")
    desk.world.write(
        lambda tx: topics.move(tx, desk.office.owner, desk.group, position, on=True, reason="跑题")
    )
    assert desk.told() == []


def test_a_restart_tells_nothing_again_and_misses_nothing(desk: Desk) -> None:
    desk.choose(Told.TEXT)
    desk.watching.add(desk.office.member.person_id)
    desk.say("看着屏幕时")
    desk.world.clock.advance(11_000)
    assert desk.told() == []
    desk.pusher.close()
    desk.watching.clear()
    desk.say("停机时")
    desk.restart()
    assert desk.told() == ["停机时"]


@pytest.mark.parametrize("what", ["recalled", "removed", "signed out", "unsubscribed", "read"])
def test_what_waits_for_an_address_that_rests_is_told_only_if_it_still_may_be(
    desk: Desk, what: str
) -> None:
    world, member, owner, group = desk.world, desk.office.member, desk.office.owner, desk.group
    said = desk.say_at_rest("休息时")
    verbs: dict[str, Callable[[WriteTx], Any]] = {
        "recalled": lambda tx: recalling.recall(tx, owner, group, said),
        "removed": lambda tx: roster.remove(tx, owner, group, member.person_id, reason="调岗"),
        "signed out": lambda tx: identity.end_sessions(tx, member),
        "unsubscribed": lambda tx: devices.unsubscribe(tx, member, desk.service.url("member")),
        "read": lambda tx: reads.mark_read_many(tx, [(member.person_id, group, said)]),
    }
    world.write(verbs[what])
    world.clock.advance(11 * MINUTE)
    assert desk.told() == []


def test_what_cannot_be_looked_up_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = _push_news.as_now, list[object]()

    def unreachable_at_first(tx: ReadTx, waited: News) -> News | None:
        asked.append(waited)
        if (
            len(asked) <= len(pushing.WAITS) + 1
        ):  # longer than a service that does not answer is asked again
            raise DatabaseUnavailableError("The database cannot be reached; try again.")
        return found(tx, waited)

    monkeypatch.setattr(pushing, "as_now", unreachable_at_first)
    desk.choose(Told.TEXT)
    desk.say("库不在时")
    assert desk.told() == ["库不在时"]


def test_what_waited_is_told_as_it_is_now(desk: Desk) -> None:
    desk.world.adopt(sending.with_editing)
    said = desk.say_at_rest("休息时")
    desk.world.edit(desk.office.owner, desk.group, said, "改过了")
    desk.world.clock.advance(11 * MINUTE)
    assert desk.told() == ["改过了"]


def test_an_address_that_never_answers_rests_and_is_forgotten(desk: Desk) -> None:
    desk.choose(Told.TEXT)
    for number in range(pushing.MOST_FAILURES):
        desk.service.statuses = [500] * 3
        desk.say(f"第{number}条")
        desk.told()
        before = len(desk.service.statuses)
        desk.say("休息时")
        desk.told()
        assert len(desk.service.statuses) == before, "it rests"
        desk.world.clock.advance(2 * HOUR)
    assert desk.addresses() == set()


def test_a_service_that_does_not_answer_holds_up_no_other(desk: Desk) -> None:
    world, member = desk.world, desk.office.member

    def told_last(text: str) -> bool:
        return [push.said["text"] for push in desk.service.pushes][-1:] == [text]

    last = -1
    desk.choose(Told.TEXT)
    with push_service() as stuck:
        stuck.goes.clear()
        others = [world.person(f"慢{n}") for n in range(3 * THREADS)]
        desk.group = world.group(
            desk.office.owner, [desk.office.administrator], [*others, member], level="internal"
        )
        for n, each in enumerate(others):
            desk.subscribe(f"{n}", each, desk.sign_in(each), stuck)
        for text in ("一", "二", "三"):
            last = desk.say(text)
            desk.pusher.run()
            wait_until(partial(told_last, text))
        assert 0 < len(stuck.pushes) < THREADS, "it has a part of the threads"
        stuck.goes.set()
        desk.round()
    newest = {push.path: push.said["position"] for push in stuck.pushes}
    assert len(newest) == len(others)
    assert set(newest.values()) == {last}, "at last everybody is told the newest"


class TestEdits:
    """An edit calls those whom it mentions anew, and nobody else."""

    def edit(self, desk: Desk, shown: int, text: str, *mentions: PersonId) -> None:
        desk.world.edit(desk.office.owner, desk.group, shown, text, mentions=mentions)

    def test_those_who_are_mentioned_anew_are_told_once(self, desk: Desk) -> None:
        office, member = desk.office, desk.office.member.person_id
        administrator = office.administrator.person_id
        desk.world.adopt(sending.with_editing)
        desk.subscribe("administrator", office.administrator, desk.sign_in(office.administrator))
        for actor in (office.member, office.administrator):
            desk.world.write(partial(devices.choose, actor=actor, told=Told.TEXT))
        said = desk.say("请看")
        desk.round()
        desk.service.pushes.clear()
        self.edit(desk, said, "请看一下")
        assert desk.told() == [], "it mentions nobody"
        self.edit(desk, said, "@赵成员 请看", member)
        desk.round()
        (push,) = desk.service.pushes
        assert push.path == "/push/member" and push.said["text"] == "@赵成员 请看"
        assert push.said["position"] == said, "where the message appears"
        desk.service.pushes.clear()
        self.edit(desk, said, "@赵成员 请看看", member)
        assert desk.told() == [], "it mentions nobody anew"
        self.edit(desk, said, "@李管理 @赵成员 请看", member, administrator)
        desk.round()
        assert [push.path for push in desk.service.pushes] == ["/push/administrator"]
        desk.service.pushes.clear()
        self.edit(desk, said, "没事了")
        self.edit(desk, said, "@赵成员 请看", member)
        assert desk.told() == [], "a message calls nobody twice"

    def test_whom_its_author_reminds_is_told_of_the_message(self, desk: Desk) -> None:
        office, world = desk.office, desk.world
        desk.choose(Told.TEXT)
        desk.watching.add(office.member.person_id)
        said = desk.say("请看")
        assert desk.told() == [], "who looks at the screen sees it"
        desk.watching.clear()
        world.write(lambda tx: reads.remind(tx, office.owner, desk.group, said))
        desk.round()
        (push,) = desk.service.pushes
        assert push.said["reminder"] is True and push.said["text"] == "请看"
        assert push.said["position"] == said and push.said["more"] == 0
        desk.service.pushes.clear()
        world.clock.advance(HOUR)
        world.write(lambda tx: reads.remind(tx, office.owner, desk.group, said))
        marks = [(office.member.person_id, desk.group, said)]
        world.write(lambda tx: reads.mark_read_many(tx, marks))
        assert desk.told() == [], "it was read before it could be told"

    def test_whom_everybody_included_is_not_called_anew(self, desk: Desk) -> None:
        desk.world.adopt(sending.with_editing)
        desk.choose(Told.TEXT)
        said = desk.say("停电", mentions=[ALL], members=True)
        assert desk.told() == ["停电"]
        self.edit(desk, said, "停水", desk.office.member.person_id)
        assert desk.told() == []

    def test_it_tells_no_more_than_a_message_would(self, desk: Desk) -> None:
        world, member = desk.world, desk.office.member
        world.adopt(sending.with_editing)

        def edited(text: str) -> list[str]:
            """What is told of an edit that calls the member."""
            said = desk.say("请看")
            desk.told()
            self.edit(desk, said, text, member.person_id)
            return desk.told()

        assert edited("只说谁") == [""], "as much as the member chose"
        desk.choose(Told.OFF)
        assert edited("不要通知") == []
        desk.choose(Told.TEXT)
        assert edited("点名") == ["点名"]
        desk.watching.add(member.person_id)
        assert edited("正看着屏幕") == []
        desk.watching.clear()
        world.write(
            lambda tx: personal.set_settings(
                tx, member, desk.group, is_pinned=None, is_muted=True, is_marked=None
            )
        )
        assert edited("静音时点名") == ["静音时点名"]
        now = (world.clock.now() // MINUTE + 480) % (24 * 60)
        own = OwnQuiet(now, (now + 60) % (24 * 60), rest=False)
        world.write(lambda tx: quieting.set_own(tx, member, own))
        assert edited("安静时段") == []
        world.write(lambda tx: quieting.set_own(tx, member, None))
        hours = f"{now // 60:02}:00-{(now // 60 + 1) % 24:02}:00"
        use = f'{{use: messaging.quiet_hours, with: {{hours: "{hours}"}}}}'
        adopt(desk.office, "{use: messaging.editing, with: {minutes: 60}}", use)
        assert edited("休息时间") == []
        entry = world.entries("messaging.edited")[-1]
        assert entry.fact.silent and entry.uses[-1] == "6.14/messaging.quiet_hours"

    def test_what_was_read_since_or_is_not_theirs_to_see_is_not_told(self, desk: Desk) -> None:
        world, office, member = desk.world, desk.office, desk.office.member.person_id
        world.adopt(sending.with_editing)
        desk.choose(Told.TEXT)
        said = desk.say("请看")
        world.write(lambda tx: reads.mark_read_many(tx, [(member, desk.group, said)]))
        self.edit(desk, said, "读过之后点名", member)
        assert desk.told() == ["读过之后点名"]
        said = desk.say("再看")
        desk.told()
        self.edit(desk, said, "点名", member)
        world.write(lambda tx: reads.mark_read_many(tx, [(member, desk.group, tx.position)]))
        assert desk.told() == []
        outsider = office.outsider
        desk.subscribe("late", outsider, desk.sign_in(outsider))
        world.write(partial(devices.choose, actor=outsider, told=Told.TEXT))
        world.write(admit(office.owner, desk.group, outsider))
        desk.told()
        self.edit(desk, said, "后来的人看不到", outsider.person_id)
        assert desk.told() == []

    def test_what_it_no_longer_mentions_or_shows_is_not_told(self, desk: Desk) -> None:
        world, owner, member = desk.world, desk.office.owner, desk.office.member.person_id
        world.adopt(sending.with_editing)
        desk.choose(Told.TEXT)
        said = desk.say("请看")
        desk.told()
        self.edit(desk, said, "点错了人", member)
        self.edit(desk, said, "没有点人")
        assert desk.told() == []
        said = desk.say("再看")
        desk.told()
        self.edit(desk, said, "点名", member)
        world.write(lambda tx: recalling.recall(tx, owner, desk.group, said, reason=""))
        assert desk.told() == []

    def test_it_waits_for_an_address_that_rests_and_is_told_as_it_is_now(self, desk: Desk) -> None:
        member = desk.office.member.person_id
        desk.world.adopt(sending.with_editing)
        desk.choose(Told.TEXT)
        said = desk.say("请看")
        desk.told()
        desk.service.statuses = [500] * 3
        desk.say("没有送到", desk.office.administrator)
        desk.told()
        self.edit(desk, said, "点名", member)
        assert desk.told() == []
        self.edit(desk, said, "点名，改过", member)
        desk.world.clock.advance(11 * MINUTE)
        assert desk.told() == ["点名，改过"]


class TestMerged:
    """Where several wait for one browser, a push tells the newest and how many others wait beside it."""

    @pytest.fixture
    def at(self, desk: Desk) -> int:
        """Where a message appears that the member has read; their browser's address rests."""
        desk.world.adopt(sending.with_editing)
        said = desk.say_at_rest("读过的")
        marks = [(desk.office.member.person_id, desk.group, said)]
        desk.world.write(lambda tx: reads.mark_read_many(tx, marks))
        return said

    def edit(self, desk: Desk, shown: int, text: str) -> None:
        member = desk.office.member.person_id
        desk.world.edit(desk.office.owner, desk.group, shown, text, mentions=[member])

    def told_after(self, desk: Desk) -> list[tuple[str, int]]:
        """What is told once the address rests no longer: texts, and how many others."""
        assert desk.told() == []
        desk.world.clock.advance(11 * MINUTE)
        desk.round()
        found = [(push.said["text"], push.said["more"]) for push in desk.service.pushes]
        desk.service.pushes.clear()
        return found

    @pytest.mark.parametrize("apart", [False, True])
    def test_an_edit_says_that_a_message_waits_and_the_other_way_round(
        self, desk: Desk, at: int, apart: bool
    ) -> None:
        def between() -> None:
            if apart:
                assert desk.told() == []

        desk.say("先说的")
        between()
        self.edit(desk, at, "改了点名")
        assert self.told_after(desk) == [("改了点名", 1)]
        desk.say("后说的")
        assert desk.told() == ["后说的"]

    def test_messages_after_an_edit_say_that_it_waits(self, desk: Desk, at: int) -> None:
        self.edit(desk, at, "改了点名")
        assert desk.told() == []
        desk.say("一")
        assert desk.told() == []
        said = desk.say("二")
        self.edit(desk, said, "二，点名")
        assert self.told_after(desk) == [("二，点名", 2)], "a message and its edit are one"

    def test_where_the_newest_is_taken_back_what_it_stood_for_is_told(
        self, desk: Desk, at: int
    ) -> None:
        def recall(position: int) -> None:
            owner = desk.office.owner
            desk.world.write(lambda tx: recalling.recall(tx, owner, desk.group, position))

        desk.say("还在的")
        assert desk.told() == []
        recall(desk.say("收回的"))
        assert desk.told() == []
        last = desk.say("也收回的")
        assert desk.told() == []
        recall(last)
        assert self.told_after(desk) == [("还在的", 0)]
        recall(desk.say("又收回的"))
        assert desk.told() == [], "what was told is not told again"

    def test_what_fails_beside_something_newer_is_told_with_it(self, desk: Desk, at: int) -> None:
        desk.world.clock.advance(11 * MINUTE)
        desk.service.goes.clear()
        desk.service.statuses = [500]
        self.edit(desk, at, "改了点名")
        desk.pusher.run()
        wait_until(lambda: bool(desk.service.pushes))
        last = desk.say("后说的", desk.office.administrator)
        desk.pusher.run()
        desk.world.write(
            lambda tx: recalling.recall(tx, desk.office.administrator, desk.group, last)
        )
        desk.service.goes.set()
        assert desk.told() == ["改了点名", "改了点名"]

    def test_no_more_is_counted_than_disturbs_and_may_be_told(self, desk: Desk, at: int) -> None:
        member = desk.office.member
        desk.say("自己的", member)
        desk.say("一条")
        self.edit(desk, at, "改了点名")
        desk.choose(Told.NONE)
        assert self.told_after(desk) == [("", 0)]
        desk.choose(Told.SENDER)
        for number in range(12):
            desk.say(f"第{number}条", desk.office.administrator)
        desk.round()
        (push,) = desk.service.pushes
        assert push.said["more"] == _push_news.MOST_COUNTED
        desk.service.pushes.clear()
        marks = [(member.person_id, desk.group, push.said["position"])]
        desk.world.write(lambda tx: reads.mark_read_many(tx, marks))
        desk.say("读过之后")
        desk.round()
        assert [push.said["more"] for push in desk.service.pushes] == [0]


class TestTurns:
    """Everybody names an address of their own, and most of them are slow."""

    def to(self, n: int, service: str | None = None) -> Subscription:
        endpoint = f"https://{service or f'push{n}.example'}/{n}"
        return Subscription(f"s{n}", "ses", PersonId(f"per_{n}"), endpoint, b"", b"", "en")

    def test_one_for_a_person_and_half_of_all_for_a_service(self) -> None:
        turns = Turns()
        assert turns.take(self.to(0)) and not turns.take(replace(self.to(0), id="other"))
        same = [self.to(n, "push.example") for n in range(1, 10)]
        assert [turns.take(each) for each in same] == [True] * 4 + [False] * 5
        turns.give_back(same[0])
        assert turns.take(same[5]) and not turns.take(same[6])

    def test_who_was_slow_waits_for_others_who_were(self) -> None:
        turns, slow = Turns(), [self.to(n) for n in range(THREADS)]
        assert all(turns.take(each) for each in slow), "nobody knows it yet"
        assert not turns.take(self.to(99))
        for each in slow:
            turns.took(each, 5000, answered=False)
            turns.give_back(each)
        assert not turns
        assert [turns.take(each) for each in slow] == [True] * 2 + [False] * (THREADS - 2)
        assert turns.take(self.to(99)), "whoever answers at once does not wait for them"
        turns.took(slow[0], 50, answered=False)  # its name hangs, and is not asked for again
        turns.give_back(slow[0])
        assert turns.take(slow[0]) and not turns.take(slow[2])
        turns.took(slow[0], 50, answered=True)
        turns.give_back(slow[0])
        assert turns.take(slow[0]) and turns.take(slow[2]) and not turns.take(slow[3])
