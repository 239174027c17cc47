"""What other systems say with the key of a bot: the messages of WeCom's group robot through the gate of messages."""

import base64
import hashlib
import itertools
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR, MINUTE
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.bots import service
from guiju.modules.bots.dispatching import body_of
from guiju.modules.bots.types import Bot
from guiju.modules.directory import service as directory
from guiju.modules.groups import governing, roster
from guiju.modules.groups import service as groups
from guiju.modules.identity import service as identity
from guiju.modules.messaging import _live, prereview, replaying, review, review_queue
from guiju.modules.messaging.progress import Progress
from guiju.modules.messaging.review_types import DecisionNotFoundError
from guiju.modules.messaging.types import OwnMessageError
from guiju.modules.messaging.uploading import Uploads
from guiju.setup import SYSTEM
from tests.support.inside import Inside, served_world, session_for
from tests.support.office import Office, open_office
from tests.support.postgres import fresh_database
from tests.support.robots import Json, Robot, free_bots, make_bot, robot_of
from tests.support.uploading import picture
from tests.support.world import World

_NUMBERS = itertools.count(1000)


class Place:
    """An office with a bot in one of its groups, behind its server."""

    def __init__(self, office: Office, inside: Inside) -> None:
        self.office, self.inside, self.world = office, inside, office.world
        self.world.adopt(free_bots)
        self.group: GroupId = office.group(name=f"澄远第{next(_NUMBERS)}号工作群")
        self.bot: Bot = make_bot(self.world, office.owner, self.group)
        self.robot: Robot = robot_of(inside, self.world, office.owner, self.bot)

    def said(self) -> list[str]:
        return [fact.text for fact in self.world.facts("messaging.sent")]

    def position(self) -> int:
        return self.world.read(lambda tx: tx.position)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Iterator[tuple[Office, Inside]]:
    """One server for all tests here; each has a group and a bot of its own."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        world, inside = stack.enter_context(served_world(url))
        yield open_office(world), inside


@pytest.fixture
def place(site: tuple[Office, Inside]) -> Place:
    return Place(*site)


OK = {"errcode": 0, "errmsg": "ok"}
HELD = {"errcode": 87014, "errmsg": "held for review", "guiju": {"state": "held"}}
"""All that the holder of a key learns of a held message, beside where it stands."""


def without_position(answer: Json) -> Json:
    told = {name: value for name, value in answer["guiju"].items() if name != "position"}
    assert len(told) < len(answer["guiju"])
    return answer | {"guiju": told}


def test_a_text_arrives_from_the_bot_with_who_answers_for_it(place: Place) -> None:
    assert place.robot.text("3号压缩机温度过高") == OK
    entry = place.world.entries("messaging.sent")[-1]
    assert entry.actor == place.bot.id and entry.fact.text == "3号压缩机温度过高"
    token = session_for(place.world, place.office.member)
    path = f"/api/groups/{place.group}/messages"
    shown = place.inside.request("GET", path, token).json()["items"][-1]["message"]
    assert shown["sender"]["id"] == place.bot.id and shown["sender"]["name"] == "告警机器人"
    assert shown["sender"]["bot"] == {"id": place.office.owner.person, "name": "张群主"}
    row = place.inside.request("GET", "/api/conversations", token).json()["conversations"][0]
    assert row["last"]["message"]["sender"]["bot"] and row["unread"] == 1


def test_a_bot_is_no_member_and_cannot_sign_in_or_read(place: Place) -> None:
    members = place.world.read(lambda tx: groups.members(tx, place.group))
    assert str(place.bot.id) not in [str(member.person) for member in members]
    assert not place.world.read(lambda tx: identity.is_certified(tx, place.bot.id))  # type: ignore[arg-type]  # no person


def test_mentions_by_staff_number_and_phone_are_those_of_members(place: Place) -> None:
    place.office.world.write(lambda tx: _set_phone(tx, place.office.administrator, "13800000001"))
    number = _staff_no(place, place.office.member)
    answer = place.robot.text(
        "请处理",
        mentioned_list=[number.lower(), "nobody"],
        mentioned_mobile_list=["13800000001", "1"],
    )
    assert answer == OK
    fact = place.world.facts("messaging.sent")[-1]
    assert fact.mentions == (place.office.member.person, place.office.administrator.person)
    assert fact.text.startswith("请处理\n@")
    outsider = _staff_no(place, place.office.outsider)
    assert place.robot.text("请处理", mentioned_list=[outsider]) == OK
    nobody = ["a\x00b", "\x1b"]
    assert place.robot.text("请处理", mentioned_list=nobody, mentioned_mobile_list=nobody) == OK
    said = {"msgtype": "markdown", "markdown": {"content": "请 <@a\x00b> 处理"}}
    assert place.robot.say(said) == OK
    assert place.world.facts("messaging.sent")[-1].mentions == ()


def test_everybody_is_mentioned_by_the_rule_of_who_answers_for_the_bot(place: Place) -> None:
    assert place.robot.text("停电通知", mentioned_list=["@all"]) == OK
    assert place.world.facts("messaging.sent")[-1].mentions == ("all",)

    def hand_over() -> None:
        place.world.write(
            lambda tx: governing.set_owner(tx, place.office.owner, place.group, place.office.member.person_id)
        )  # fmt: skip

    hand_over()
    before = place.position()
    answer = place.robot.text("停电通知", mentioned_list=["@all"])
    assert answer["errcode"] == 60011 and place.position() == before
    assert answer["guiju"]["refusal"] == "messaging.mention_all_not_allowed"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            {"msgtype": "markdown", "markdown": {"content": '## 告警\n> 等级：<font color="warning">高</font>\n**值班** [详情](https://a.example.com/1)'}},
            "**告警**\n> 等级：高\n**值班** 详情 https://a.example.com/1",
        ),
        ({"msgtype": "markdown_v2", "markdown_v2": {"content": "# 日报 #\n## **周报**\n`ok`"}}, "**日报**\n**周报**\n`ok`"),
        (
            {"msgtype": "news", "news": {"articles": [{"title": "周报", "description": "第48周", "url": "https://a.example.com/w", "picurl": "https://a.example.com/p.png"}]}},
            "周报\n第48周\nhttps://a.example.com/w",
        ),
        (
            {
                "msgtype": "template_card",
                "template_card": {
                    "card_type": "text_notice", "source": {"desc": "监控"}, "main_title": {"title": "磁盘", "desc": "将满"},
                    "emphasis_content": {"title": "92%", "desc": "使用率"},
                    "horizontal_content_list": [{"keyname": "主机", "value": "db1"}],
                    "jump_list": [{"type": 1, "title": "看板", "url": "https://a.example.com/b"}],
                    "card_action": {"type": 1, "url": "https://a.example.com/c"},
                },
            },
            "监控\n磁盘\n将满\n92%：使用率\n主机：db1\n看板 https://a.example.com/b\nhttps://a.example.com/c",
        ),
    ],
)  # fmt: skip
def test_other_types_are_read_as_text(place: Place, message: object, text: str) -> None:
    assert place.robot.say(message) == OK
    assert place.said()[-1] == text


def test_a_picture_and_a_file_arrive_as_files(place: Place) -> None:
    data = picture()
    image = {"base64": base64.b64encode(data).decode(), "md5": hashlib.md5(data).hexdigest()}  # noqa: S324
    assert place.robot.say({"msgtype": "image", "image": image}) == OK
    fact = place.world.facts("messaging.sent")[-1]
    assert fact.text == "" and fact.notes[0].kind == "image"
    wrong = image | {"md5": "0" * 32}
    assert place.robot.say({"msgtype": "image", "image": wrong})["errcode"] == 301019
    made = place.robot.upload("值班表.txt", "周一：张三".encode())
    assert made["errcode"] == 0 and made["type"] == "file" and made["created_at"].isdigit()
    message = {"msgtype": "file", "file": {"media_id": made["media_id"]}}
    assert place.robot.say(message) == OK
    assert place.world.facts("messaging.sent")[-1].notes[0].name == "值班表.txt"
    assert place.robot.say(message)["errcode"] == 40007, "one message for each upload"
    mail = b"Subject: x\r\n\r\n" + "周一".encode() + b"\r\n" * 500
    made = place.robot.upload("通知.eml", mail, type_="message/rfc822")
    assert made["errcode"] == 0, made
    assert place.robot.upload("a.txt", b"1234")["errcode"] == 40006
    assert place.robot.upload("a.txt", b"x" * 100, kind="video")["errcode"] == 40005


def test_files_of_bots_wait_where_only_files_wait(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading one may take minutes: in the threads of the loop a few of them would stop everybody's searches and uploads."""
    seen: list[str] = []
    complete = Uploads.complete

    def noted(self: Uploads, actor: Actor, file: str, digest: str) -> Progress:
        seen.append(threading.current_thread().name)
        return complete(self, actor, file, digest)

    monkeypatch.setattr(Uploads, "complete", noted)
    assert place.robot.upload("值班表.txt", "周一：李四".encode())["errcode"] == 0
    assert [name.rpartition("_")[0] for name in seen] == ["inspect"]


def test_a_bot_is_not_asked_where_its_files_come_from(place: Place) -> None:
    """Whoever answers for it stands beside the message, and answers for the files."""
    everywhere = ("of: [file, image], classes: [company, comprehensive]", "of: [file, image]")
    place.world.adopt(lambda text: free_bots(text.replace(*everywhere)))
    made = place.robot.upload("产量.txt", "周一：四十台".encode())
    message = {"msgtype": "file", "file": {"media_id": made["media_id"]}}
    assert place.robot.say(message) == OK
    assert place.world.facts("messaging.sent")[-1].notes[0].origin is None
    assert place.world.entries("messaging.sent")[-1].uses == ()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"{", 47001),
        (b"[]", 47001),
        (b"\xff\xfe", 47001),
        ({"msgtype": "video", "video": {}}, 40008),
        ({"msgtype": ["text"]}, 40008),
        ({}, 40008),
        ({"msgtype": "text"}, 40058),
        ({"msgtype": "text", "text": {"content": 7}}, 40058),
        ({"msgtype": "text", "text": {"content": "x", "mentioned_list": "all"}}, 40058),
        ({"msgtype": "text", "text": {"content": "  "}}, 44004),
        ({"msgtype": "text", "text": {"content": "长" * 700}}, 45002),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 1400}}, 45002),
        ({"msgtype": "text", "text": {"content": "a\x00b"}}, 40058),
        ({"msgtype": "text", "text": {"content": "\ud800"}}, 47001),
        ({"msgtype": "news", "news": {"articles": []}}, 40058),
        ({"msgtype": "news", "news": {"articles": [{"title": "x"}]}}, 40058),
        ({"msgtype": "image", "image": {"base64": "!", "md5": ""}}, 40058),
        ({"msgtype": "image", "image": {"base64": "AAAA", "md5": ""}}, 40009),
        ({"msgtype": "file", "file": {"media_id": "fil_none"}}, 40007),
        ({"msgtype": "voice", "voice": {"media_id": "../x"}}, 40058),
        ({"msgtype": "template_card", "template_card": {"card_type": "vote_interaction"}}, 40058),
    ],
)
def test_what_cannot_be_read_is_refused_as_tools_know_it(
    place: Place, message: object, code: int
) -> None:
    before = place.position()
    answer = place.robot.say(message)
    assert answer["errcode"] == code and answer["errmsg"]
    assert place.position() == before


def test_a_wrong_key_tells_nothing(place: Place) -> None:
    before = place.position()
    for key in ("", "x", "0" * 32, "00000000-0000-0000-0000-000000000000", place.robot.key + "0"):
        stranger = Robot(place.inside, key)
        assert stranger.text("x") == {"errcode": 93000, "errmsg": "invalid webhook url"}
        assert stranger.upload("a.txt", b"123456789")["errcode"] == 93000
    assert place.position() == before
    assert place.inside.http.get("/cgi-bin/webhook/send").status_code == 404


def test_twenty_in_a_minute_and_no_more(place: Place) -> None:
    place.world.adopt(lambda text: free_bots(text).replace("{messages: 20, seconds: 10}", "{messages: 40, seconds: 10}"))  # fmt: skip
    answers = [place.robot.text(f"第{n}条")["errcode"] for n in range(22)]
    assert answers == [0] * 20 + [45009] * 2
    other = robot_of(place.inside, place.world, place.office.owner, make_bot(place.world, place.office.owner, place.group, "另一个"))  # fmt: skip
    assert other.text("另一个还能说") == OK


def test_the_flood_limit_of_the_group_holds_for_bots(place: Place) -> None:
    place.world.adopt(lambda text: free_bots(text).replace("{messages: 20, seconds: 10}", "{messages: 2, seconds: 10}"))  # fmt: skip
    answers = [place.robot.text(f"第{n}条") for n in range(3)]
    assert [each["errcode"] for each in answers] == [0, 0, 45009]
    assert answers[2]["guiju"]["clause"]["id"] and "clause" in answers[2]["errmsg"]


def test_what_a_rule_stops_is_answered_with_its_clause_and_recorded(place: Place) -> None:
    answer = place.robot.text("去赌博网站玩")
    assert answer["errcode"] == 87014 and answer["guiju"]["state"] == "blocked"
    assert answer["guiju"]["clause"]["id"] in answer["errmsg"]
    entry = place.world.entries("messaging.blocked")[-1]
    assert entry.actor == place.bot.id and entry.position == answer["guiju"]["position"]
    held = place.robot.text("这是核心配方")
    assert held["errcode"] == 87014 and held["guiju"]["state"] == "held"
    position = held["guiju"]["position"]
    owner = _reviewing_owner(place)
    for other, sees in ((owner, False), (place.office.reviewer, True)):
        assert (position in _waiting(place, other)) is sees
    with pytest.raises(DecisionNotFoundError):
        place.world.read(lambda tx: replaying.replay(tx, owner, position))
    assert place.world.read(
        lambda tx: replaying.replay(tx, place.office.reviewer, position)
    ).is_same
    with pytest.raises(OwnMessageError):
        place.world.write(
            lambda tx: review.release(tx, owner, position, masked=False, reason="x")
        )  # fmt: skip
    token = session_for(place.world, place.office.reviewer)
    queue = place.inside.request("GET", "/api/reviews", token)
    assert queue.status_code == 200
    assert queue.json()["reviews"][0]["sender"]["bot"]["id"] == place.office.owner.person
    opened = place.inside.request("GET", f"/api/reviews/{position}", token)
    assert opened.status_code == 200
    place.world.write(
        lambda tx: review.release(tx, place.office.reviewer, position, masked=False, reason="可以")
    )
    member = session_for(place.world, place.office.member)
    items = place.inside.request("GET", f"/api/groups/{place.group}/messages", member).json()
    assert items["items"][-1]["message"]["sender"]["bot"]["id"] == place.office.owner.person


def told_outside(world: World, answer: Json) -> Json:
    """What the event of a held message says that another one would not."""
    (held,) = [
        e for e in world.entries("messaging.held") if e.position == answer["guiju"]["position"]
    ]
    body: Json = json.loads(body_of(held))
    assert body["data"]["uses"] == [] and body["data"]["fact"].pop("due_at")
    found: Json = body["data"]["fact"]
    return found


def test_what_it_says_waits_while_who_answers_for_it_is_under_pre_review(place: Place) -> None:
    world, owner, reviewer = place.world, place.office.owner, place.office.reviewer
    assert place.robot.text("3号压缩机恢复") == OK
    by_a_rule = place.robot.text("这是核心配方")
    for _ in range(3):
        held = world.send(owner, place.group, "这是核心配方").position
        world.write(partial(review.refuse, actor=reviewer, position=held, reason="涉密"))
    answer = place.robot.text("3号压缩机恢复")
    waiting = world.entries("messaging.held")[-1]
    assert waiting.position == answer["guiju"]["position"] and waiting.actor == place.bot.id
    assert prereview.CONTROL in "".join(waiting.uses)
    assert without_position(answer) == without_position(by_a_rule) == HELD
    both = place.robot.text("这是核心配方")
    number = place.robot.text("证件11010119900307889X")
    assert without_position(both) == without_position(number) == HELD
    assert told_outside(world, by_a_rule) == told_outside(world, answer)
    for each in (by_a_rule, answer):
        world.write(
            partial(
                review.refuse, actor=reviewer, position=each["guiju"]["position"], reason="不发"
            )
        )
    one, other = (body_of(each) for each in world.entries("messaging.refused")[-2:])
    assert b"clause" not in one + other
    (watch,) = world.read(lambda tx: prereview.watches_of(tx, owner.person_id))
    world.later(watch.until - world.clock.now())
    assert place.robot.text("3号压缩机恢复") == OK


def test_whoever_answers_for_a_bot_learns_nothing_of_its_alerts(place: Place) -> None:
    world, owner = place.world, _reviewing_owner(place)
    assert place.robot.text("有人来采访，记者采访") == OK
    sent, alerted = world.entries("messaging.sent", "messaging.alerted")[-2:]
    assert alerted.fact.refs == (sent.position,)
    for other, sees in ((owner, False), (place.office.reviewer, True)):
        assert (alerted.position in _alerted(place, other)) is sees
    told = world.read(lambda tx: _live.deliveries(world.runtime.new_view(tx), alerted))
    assert [each.without for each in told] == [frozenset({owner.person_id})]


def test_a_masked_message_passes_masked(place: Place) -> None:
    assert place.robot.text("证件11010119900307889X") == OK
    assert "11010119900307889X" not in place.said()[-1]


def test_a_new_key_ends_the_one_before_and_no_key_is_kept(place: Place) -> None:
    """[secret-rest]: of bots."""
    again = robot_of(place.inside, place.world, place.office.owner, place.bot)
    assert place.robot.text("x")["errcode"] == 93000
    assert again.text("新密钥") == OK
    issued = [fact for fact in place.world.facts("bots.key_issued") if fact.bot == place.bot.id]
    assert [fact.number for fact in issued] == [1, 2]
    kept = json.dumps([repr(entry) for entry in place.world.entries()])
    assert again.key not in kept and place.robot.key not in kept
    if place.world.settings.database.startswith("sqlite"):
        stored = b"".join(
            path.read_bytes() for path in place.world.folder.rglob("*") if path.is_file()
        )
        assert again.key.encode() not in stored and place.bot.id.encode() in stored


def test_a_removed_bot_has_no_key(place: Place) -> None:
    token = session_for(place.world, place.office.owner)
    path = f"/api/groups/{place.group}/bots/{place.bot.id}"
    assert place.inside.request("DELETE", path, token).status_code == 204
    assert place.robot.text("x")["errcode"] == 93000
    assert place.inside.request("DELETE", path, token).json()["code"] == "bots.not_active"
    assert place.world.facts("bots.ended")[-1].why == "removed"


def test_a_bot_ends_with_what_it_rests_on(place: Place) -> None:
    office, world = place.office, place.world

    def hand_over(tx: object) -> None:
        governing.set_owner(tx, office.owner, place.group, office.member.person_id)  # type: ignore[arg-type]  # a WriteTx

    world.write(hand_over)
    assert place.robot.text("移交后仍由原负责人负责") == OK
    world.write(lambda tx: roster.remove(tx, office.member, place.group, office.owner.person_id, reason="调离"))  # fmt: skip
    before = place.position()
    assert place.robot.text("x") == {"errcode": 93000, "errmsg": "invalid webhook url"}
    assert place.position() == before, "at once, before the timer records the end"
    world.later(2 * MINUTE)
    assert world.facts("bots.ended")[-1].why == "responsible_left"
    other = make_bot(world, office.member, place.group, "第二个")
    second = robot_of(place.inside, world, office.member, other)
    assert second.text("在") == OK
    account = world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    world.write(lambda tx: identity.suspend(tx, SYSTEM, account.id, reason="x"))
    assert second.text("x")["errcode"] == 93000
    world.later(2 * MINUTE)
    assert world.facts("bots.ended")[-1].why == "responsible_suspended"
    world.write(lambda tx: identity.resume(tx, SYSTEM, account.id, reason="x"))
    assert second.text("x")["errcode"] == 93000, "what ended stays so"


def test_a_bot_ends_with_its_group(place: Place) -> None:
    place.world.write(lambda tx: governing.close(tx, place.office.owner, place.group, reason="完成"))  # fmt: skip
    assert place.robot.text("x")["errcode"] == 93000
    place.world.later(HOUR)
    assert place.world.facts("bots.ended")[-1].why == "group_closed"
    assert place.world.read(lambda tx: service.list_bots(tx, place.office.owner, place.group)) == []


def _staff_no(place: Place, actor: Actor) -> str:
    return place.world.read(lambda tx: directory.get_person(tx, actor.person_id)).staff_no


def _set_phone(tx: WriteTx, actor: Actor, phone: str) -> None:
    directory.change_person(tx, SYSTEM, actor.person_id, phone=phone)


def _reviewing_owner(place: Place) -> Actor:
    place.world.write(
        lambda tx: directory.grant_role(tx, SYSTEM, place.office.owner.person_id, "reviewer")
    )
    return place.office.owner


def _waiting(place: Place, actor: Actor) -> list[int]:
    """What waits for a reviewer, of which there are as many as they are told."""
    found = place.world.read(lambda tx: review_queue.list_reviews(tx, actor, decided=False))
    assert place.world.read(lambda tx: review_queue.count_waiting(tx, actor)) == len(found)
    return [each.row.position for each in found]


def _alerted(place: Place, actor: Actor) -> list[int]:
    found = place.world.read(lambda tx: review_queue.list_alerts(tx, actor))
    return [each.position for each in found]
