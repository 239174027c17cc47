"""Burning after reading: one way to the text, for its readers, for seconds; and no other path that carries it."""

import base64
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import select

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import metadata
from guiju.kernel.ids import GroupId
from guiju.modules.bots.dispatching import body_of
from guiju.modules.groups import barriers, direct, governing, roster
from guiju.modules.messaging import burning, judged, recalling, review, review_queue
from guiju.modules.messaging._burn_controls import BURNING
from guiju.modules.messaging._push_news import GroupNews
from guiju.modules.messaging._review_shape import opened as opened_review
from guiju.modules.messaging._rules import same_message
from guiju.modules.messaging.burn_types import BurnOpened, BurnPeopleError, BurnRules, words_of
from guiju.modules.messaging.device_types import Subscription, Told
from guiju.modules.messaging.types import MessageHeld, MessageReleased, MessageSent, MessageState
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.inside import Inside, served_world, session_for
from tests.support.office import Office, open_office
from tests.support.postgres import fresh_database
from tests.support.screens import everything, shown
from tests.support.sending import prepared, with_editing

Json = dict[str, Any]
SECRET = "蓝色飞马七号柜钥匙"
"""No other text of these tests has any four characters of it."""
_NAMED = re.compile(r"\{(\w+)\}")
ID_NUMBER = "11010119900307889X"
HELD, BLOCKED = "这是核心配方", "去赌博网站玩"


def carries(found: bytes) -> bool:
    """Whether any four characters of the secret stand in these bytes, as they are, escaped, or in base64."""
    texts = [found, *(base64.b64decode(each) for each in _encoded(found))]
    for start in range(len(SECRET) - 3):
        part = SECRET[start : start + 4]
        forms = part.encode(), json.dumps(part)[1:-1].encode(), part.encode("utf-16-le")
        if any(form in text for form in forms for text in texts):
            return True
    return False


def _encoded(found: bytes) -> list[str]:
    """The bodies of a proof, which are base64."""
    try:
        answer = json.loads(found)
    except ValueError:
        return []
    body = answer.get("body") if isinstance(answer, dict) else None
    return [body["plaintext"]] if isinstance(body, dict) else []


class Desk:
    """An office on a running server, with a session for each of its people."""

    def __init__(self, office: Office, inside: Inside) -> None:
        self.office, self.inside, self.world = office, inside, office.world
        self.security = self.world.person("陈安全", "security_admin")
        self.auditor = self.world.person("吴审计", "audit_admin")
        self._tokens: dict[str, str] = {}
        self._count = 0

    def token(self, actor: Actor) -> str:
        if actor.name not in self._tokens:
            self._tokens[actor.name] = session_for(self.world, actor)
        return self._tokens[actor.name]

    def ask(self, actor: Actor, method: str, path: str, body: object = None) -> Any:
        return self.inside.request(method, f"/api{path}", self.token(actor), body)

    def group(self, **changes: Any) -> GroupId:
        self._count += 1
        return self.office.group(name=f"澄远第{self._count}组工作群", **changes)

    def send(
        self, group: GroupId, *, text: str = SECRET, burn: int = 30, by: Actor | None = None, **more: Any
    ) -> Any:  # fmt: skip
        """The answer to a message that is to burn; it never says the text again."""
        self._count += 1
        body = {"text": text, "burn": burn, **more}
        post = {"cmid": f"b{self._count}", "body": body}
        answer = self.ask(by or self.office.member, "POST", f"/groups/{group}/messages", post)
        assert not carries(answer.content)
        return answer

    def sent(self, group: GroupId, **more: Any) -> int:
        answer = self.send(group, **more)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["position"])

    def open(self, actor: Actor, group: GroupId, position: int) -> Any:
        return self.ask(actor, "POST", f"/groups/{group}/messages/{position}/opening", {})

    def refused(
        self, actor: Actor, method: str, path: str, code: str, body: object = None, *, status: int
    ) -> Json:
        """It must answer this code, carry nothing, and leave nothing in the ledger."""
        before = self.position()
        answer = self.ask(actor, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert not carries(answer.content) and self.position() == before
        found: Json = answer.json()
        return found

    def not_opened(self, actor: Actor, group: GroupId, at: int, code: str, status: int) -> None:
        path = f"/groups/{group}/messages/{at}/opening"
        self.refused(actor, "POST", path, code, {}, status=status)

    def position(self) -> int:
        return self.world.read(lambda tx: tx.position)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        world, inside = stack.enter_context(served_world(url))
        yield Desk(open_office(world), inside)


@pytest.fixture
def group(desk: Desk) -> GroupId:
    """A group in which messages burn."""
    desk.world.adopt(with_editing)
    desk.world.clock.advance(60_000)
    return desk.group()


# ---- pure -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"seconds": (7,)}, {"seconds": (30, 10)}, {"seconds": (10, 10)}, {"days": 0}, {"days": 31}, {"most_people": 0}, {"most_people": 31}],
)  # fmt: skip
def test_a_clause_stays_within_its_bounds(wrong: Json) -> None:
    assert BURNING.check is not None
    BURNING.check(BurnRules())
    BURNING.check(BurnRules(seconds=()))
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BURNING.check(BurnRules(**wrong))


# ---- what the rules let -----------------------------------------------------------------------------------------


def test_the_strict_pack_forbids_it_and_says_what_to_do_instead(desk: Desk) -> None:
    desk.world.adopt(lambda text: text)
    where = desk.group()
    before = desk.position()
    answer = desk.send(where)
    assert (answer.status_code, answer.json()["code"]) == (403, "messaging.burn_off")
    clause = answer.json()["data"]["clause"]
    assert clause["id"] == "6.28" and "照常发送" in clause["instead"]["zh"]
    assert answer.json()["data"]["seconds"] == [] and desk.position() == before
    assert desk.ask(desk.office.member, "GET", f"/groups/{where}/rest").json()["burn"] is None


def test_the_plain_pack_lets_departments_and_two_people_and_no_project(desk: Desk) -> None:
    office, world = desk.office, desk.world
    world.adopt(lambda text: text, "plain-office")
    team = desk.group(group_class="team", level="internal")
    project = desk.group(group_class="project", level="internal")
    told = desk.ask(office.member, "GET", f"/groups/{team}/rest").json()["burn"]
    assert told["seconds"] == [10, 30, 60, 300] and told["clause"]["id"] == "3.13"
    desk.sent(team, burn=300)
    answer = desk.send(project)
    assert (answer.status_code, answer.json()["code"]) == (403, "messaging.burn_off")
    assert answer.json()["data"]["clause"]["id"] == "3.13"
    for wrong in (0, 31, -10, 10**30):
        before = desk.position()
        assert desk.send(team, burn=wrong).status_code in (403, 422) and desk.position() == before
    pair = world.write(lambda tx: direct.open_direct(tx, office.member, office.owner.person_id))
    at = desk.sent(pair)
    assert desk.open(office.owner, pair, at).json()["text"] == SECRET
    # Whoever comes later reads what was said, and is no reader of what burns.
    at = desk.sent(team)
    world.write(lambda tx: roster.admit(tx, office.owner, team, [office.outsider.person_id]))
    accept = desk.ask(office.outsider, "POST", f"/groups/{team}/acceptance", {})
    assert accept.status_code < 300, accept.text
    assert shown(world, team, at, office.outsider)["burn"]["seconds"] == 30
    desk.not_opened(office.outsider, team, at, "messaging.message_not_found", 404)


def test_only_a_plain_text_burns_and_only_before_so_many(desk: Desk, group: GroupId) -> None:
    post = {"cmid": "w1", "at": desk.world.clock.now() + DAY, "body": {"text": SECRET, "burn": 30}}
    path, member = f"/groups/{group}", desk.office.member
    desk.refused(member, "POST", f"{path}/scheduled", "messaging.bad_burn", post, status=422)
    urgent = {"cmid": "w2", "body": {"text": SECRET, "burn": 30}, "reason": "急"}
    desk.refused(member, "POST", f"{path}/urgent", "messaging.bad_burn", urgent, status=422)
    desk.world.adopt(lambda text: text.replace("with: {seconds: []}", "with: {most_people: 1}"))
    answer = desk.send(group)
    assert (answer.status_code, answer.json()["code"]) == (409, "messaging.burn_people")
    assert answer.json()["data"]["most"] == 1 and answer.json()["data"]["people"] == 2


# ---- opening ----------------------------------------------------------------------------------------------------


def test_a_reader_has_it_for_seconds_and_then_no_more(desk: Desk, group: GroupId) -> None:
    office, world = desk.office, desk.world
    at = desk.sent(group, text=f"{SECRET}，{ID_NUMBER}")
    answer = desk.open(office.owner, group, at)
    first = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET in first["text"] and ID_NUMBER not in first["text"] and first["spans"]
    assert first["until"] == first["opened_at"] + 30_000
    entry = world.entries("messaging.burn_opened")[-1]
    assert entry.fact == BurnOpened(group, (at,)) and entry.actor == office.owner.name
    assert entry.uses == ("6.28/messaging.burning",)
    before = desk.position()
    world.clock.advance(30_000)
    again = desk.open(office.owner, group, at).json()
    assert again == first | {"now": first["now"] + 30_000} and desk.position() == before
    world.clock.advance(1)
    desk.not_opened(office.owner, group, at, "messaging.burnt", 409)
    told = shown(world, group, at, office.member)["burn"]
    assert [each["person"]["id"] for each in told["opened"]] == [office.owner.person]
    assert {each["id"] for each in told["audience"]} == {
        office.owner.person,
        office.administrator.person,
    }
    assert told["clause"]["id"] == "6.28" and told["seconds"] == 30
    for actor in (office.member, office.outsider, office.reviewer, desk.auditor):
        code = "messaging.message_not_found" if actor == office.member else "groups.not_found"
        desk.not_opened(actor, group, at, code, 404)
    world.clock.advance(7 * DAY)
    desk.not_opened(office.administrator, group, at, "messaging.burnt", 409)
    desk.not_opened(office.owner, group, at + 1, "messaging.message_not_found", 404)


def test_who_has_left_or_is_kept_apart_finds_nothing(desk: Desk, group: GroupId) -> None:
    office, world = desk.office, desk.world
    at = desk.sent(group, by=office.owner)
    apart = barrier_input(people(office.owner), people(office.administrator))
    barrier = set_barrier(world, desk.security, apart)
    desk.not_opened(office.administrator, group, at, "messaging.message_not_found", 404)
    world.write(
        lambda tx: barriers.lift_barrier(tx, desk.security, barrier.id, reason="采购已结束")
    )
    world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    desk.not_opened(office.member, group, at, "groups.not_found", 404)
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="x"))
    desk.not_opened(office.administrator, group, at, "groups.is_closed", 409)


def test_a_recalled_one_is_opened_no_more_and_comes_back_to_nobody(
    desk: Desk, group: GroupId
) -> None:
    at = desk.sent(group)
    path = f"/groups/{group}/messages/{at}/recall"
    answer = desk.ask(desk.office.member, "POST", path, {})
    assert answer.status_code == 200 and "text" not in answer.json() and not carries(answer.content)
    desk.not_opened(desk.office.owner, group, at, "messaging.already_recalled", 409)
    assert shown(desk.world, group, at, desk.office.owner)["burn"] is None
    second = desk.sent(group, text=f"{SECRET}{ID_NUMBER}")
    desk.world.clock.advance(DAY)
    taken = desk.world.write(
        lambda tx: recalling.recall(tx, desk.auditor, group, second, reason="违规")
    )
    assert taken.text is None


# ---- no other path ----------------------------------------------------------------------------------------------


def test_no_path_carries_the_text(desk: Desk, group: GroupId) -> None:
    office, world = desk.office, desk.world
    hello = json.dumps({"type": "hello", "cursor": desk.position()})
    with desk.inside.socket(desk.token(office.administrator)) as live:
        live.send(hello)
        frames = [live.recv()]
        at = desk.sent(group, mentions=[office.owner.person_id], text=f"{SECRET} {ID_NUMBER}")
        assert carries(desk.open(office.owner, group, at).content), (
            "the only way, and it would be seen"
        )
        while not any(f'"position":{desk.position()}' in str(each) for each in frames):
            frames.append(live.recv(10))
    assert "messaging.burn_opened" in str(frames[-1])
    with desk.inside.socket(desk.token(office.administrator)) as late:
        late.send(hello)
        frames += [late.recv(), late.recv()]
    assert not any(carries(str(each).encode()) for each in frames)
    everyone = office.member, office.owner, office.administrator, office.reviewer, desk.auditor
    ids = {"group": group, "position": str(at), "person": office.member.person_id}
    paths = [
        _NAMED.sub(lambda found: ids.get(str(found[1]), "x"), path) for path in _readable(desk)
    ]
    assert len(paths) > 60
    answered = 0
    for actor in everyone:
        for path in paths:
            answer = desk.ask(actor, "GET", path)
            assert not carries(answer.content), path
            answered += answer.status_code == 200
        for query in ({"words": SECRET[:4]}, {"sender": office.member.person}, {"words": SECRET}):
            found = desk.ask(actor, "POST", "/search", query)
            assert not carries(found.content) and (
                ("words" not in query) or not found.json()["found"]
            )
        assert SECRET[:4] not in everything(world, actor, group)
    assert answered > 100, "the paths were answered"


def _readable(desk: Desk) -> list[str]:
    """All that is read, without the prefix; with a place for a group and a position."""
    schema = desk.ask(desk.office.member, "GET", "/openapi.json").json()
    found = [path.removeprefix("/api") for path, ways in schema["paths"].items() if "get" in ways]
    more = [
        "/groups/{group}/messages?around={position}",
        "/reviews?box=done",
        "/saved/favourite",
        "/saved/later",
    ]
    return [*found, *more]


def test_nothing_that_leaves_or_lies_here_has_the_text(desk: Desk, group: GroupId) -> None:
    office, world = desk.office, desk.world
    at = desk.sent(group)
    entry = world.entries("messaging.sent")[-1]
    assert isinstance(entry.fact, MessageSent) and entry.fact.text == ""
    assert entry.position == at and words_of(entry.fact) == SECRET, "the sealed original is kept"
    assert not any(carries(body_of(each)) for each in world.entries())

    def rows(tx: Any) -> Iterator[bytes]:
        for table in metadata.sorted_tables:
            for row in tx.all(select(table)):
                yield b"\0".join(
                    bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode()
                    for each in row
                )

    assert not any(carries(row) for row in world.read(lambda tx: list(rows(tx))))
    browser = Subscription("s", "s", office.owner.person_id, "https://x.example", b"", b"", "zh-CN")

    def push(tx: Any) -> Any:
        told = GroupNews(tx, group, [entry])
        return told.news(browser, told.said, Told.TEXT)

    news = world.read(push)
    assert (news.told, news.text) == (Told.SENDER, "")


def test_it_is_neither_kept_nor_gone_on_with(desk: Desk, group: GroupId) -> None:
    office = desk.office
    at, other = desk.sent(group), desk.world.send(office.member, group, "大家好").position
    here, one = f"/groups/{group}", f"/groups/{group}/messages/{at}"
    owner, member = office.owner, office.member
    for actor, method, path, body in (
        (owner, "POST", f"{here}/messages", {"cmid": "q1", "body": {"text": "好", "quote": at}}),
        (owner, "POST", f"{here}/messages", {"cmid": "q2", "body": {"text": "好", "thread": at}}),
        (
            owner,
            "POST",
            f"{here}/forwards",
            {"cmid": "q3", "from": group, "positions": [other, at]},
        ),
        (owner, "PUT", f"/saved/favourite/{at}", None),
        (owner, "PUT", f"/saved/later/{at}", None),
        (owner, "PUT", f"{one}/pin", None),
        (member, "PUT", one, {"text": "改了"}),
        (member, "POST", f"{one}/answers", {"people": [owner.person]}),
        (owner, "POST", f"{one}/questions", {"text": "写错了"}),
    ):
        desk.refused(actor, method, path, "messaging.burning", body, status=409)
    assert desk.ask(owner, "PUT", f"{one}/reactions/ok").status_code == 204
    assert desk.ask(owner, "GET", f"{one}/versions").json()["versions"] == []


def test_the_same_cmid_is_the_same_message(desk: Desk, group: GroupId) -> None:
    office = desk.office
    first = desk.world.send(office.member, group, SECRET, "c-same", burn=30)
    assert desk.world.send(office.member, group, SECRET, "c-same", burn=30) == first
    post = {"cmid": "c-same", "body": {"text": SECRET, "burn": 60}}
    path = f"/groups/{group}/messages"
    desk.refused(office.member, "POST", path, "messaging.cmid_reused", post, status=409)
    plain = {"cmid": "c-same", "body": {"text": SECRET}}
    desk.refused(office.member, "POST", path, "messaging.cmid_reused", plain, status=409)
    one = prepared(office, office.member, group, SECRET, "c")
    assert same_message(one, one)


# ---- review -----------------------------------------------------------------------------------------------------


def test_it_is_inspected_and_burns_once_a_reviewer_lets_it_pass(desk: Desk, group: GroupId) -> None:
    office, world = desk.office, desk.world
    held = desk.sent(group, text=f"{SECRET}{HELD}")
    entry = world.entries("messaging.held")[-1]
    assert isinstance(entry.fact, MessageHeld) and entry.position == held
    assert SECRET[:4] not in everything(world, office.member, group), "its author has it no more"
    told = desk.ask(office.member, "GET", f"/groups/{group}/messages").json()["items"][-1][
        "message"
    ]
    assert (told["state"], told["burn"]["until"], told["burn"]["audience"]) == (
        MessageState.HELD,
        None,
        [],
    )

    def look(tx: Any) -> Any:
        view = world.runtime.new_view(tx)
        return opened_review(
            view, office.reviewer, review_queue.open_review(tx, office.reviewer, held)
        )

    found = world.read(look)
    assert SECRET in found["text"] and found["burn"] == 30, "who decides reads it"
    desk.not_opened(office.owner, group, held, "messaging.message_not_found", 404)
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=True, reason=""))
    entry = world.entries("messaging.released")[-1]
    assert isinstance(entry.fact, MessageReleased) and entry.fact.text == ""
    assert SECRET[:4] not in everything(world, office.owner, group)
    opened = desk.open(office.owner, group, entry.position).json()
    assert SECRET in opened["text"] and "核心配方" not in opened["text"]
    texts = world.read(lambda tx: list(judged.judged_texts(tx, office.reviewer)))
    assert not any(SECRET in text for text, _ in texts), "and nothing learns from it"


def test_reviewers_read_what_alerted_them_and_a_group_may_outgrow_its_readers(
    desk: Desk, group: GroupId, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, world = desk.office, desk.world
    at = desk.sent(group, text=f"{SECRET}，记者采访来了")
    alerts = desk.ask(office.reviewer, "GET", "/alerts").json()["alerts"]
    assert SECRET[:4] not in str(alerts)
    alert = next(each["alert"] for each in alerts if each["position"] == at)
    assert SECRET in desk.ask(office.reviewer, "GET", f"/alerts/{alert}").json()["text"]
    assert SECRET[:4] not in everything(world, office.owner, group)
    held = desk.sent(group, text=f"{SECRET}{HELD}")
    monkeypatch.setattr(burning, "MOST_READERS", 1)
    office.refused(
        BurnPeopleError,
        lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""),
    )


def test_what_is_blocked_goes_nowhere(desk: Desk, group: GroupId) -> None:
    office, world = desk.office, desk.world
    answer = desk.send(group, text=f"{SECRET}{BLOCKED}")
    assert answer.json()["state"] == MessageState.BLOCKED
    at = answer.json()["position"]
    desk.not_opened(office.owner, group, at, "messaging.message_not_found", 404)
    for actor in (office.member, office.owner):
        assert SECRET[:4] not in everything(world, actor, group)


def test_it_is_read_together_with_what_comes_after_it(desk: Desk, group: GroupId) -> None:
    """A word that is cut in two is found though the first half burns."""
    office, world = desk.office, desk.world
    assert world.send(office.member, group, "核心", burn=10).state is MessageState.DELIVERED
    assert world.send(office.member, group, "配方").state is MessageState.HELD
