"""Away from the server: what a browser keeps, shows, sends later, clears; how it is notified; how a newer version comes."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from guiju.app import web_folder
from guiju.client import Client
from guiju.modules.groups import roster
from guiju.modules.messaging import reads, recalling
from tests.support.browser import PHONE, chromium, violations
from tests.support.inside import served_world, session_for
from tests.support.office import open_office
from tests.support.sending import with_editing
from tests.support.stage import Stage, kept, look_away, shown, until


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def stage(browser: Browser) -> Iterator[Stage]:
    with served_world(None, to_browsers=True) as (world, inside):
        yield Stage(browser, open_office(world), inside)


@pytest.fixture(autouse=True)
def _closing(stage: Stage) -> Iterator[None]:
    yield
    stage.close()


def attach(page: Page, name: str, content: str) -> None:
    """Choose a file in the composer."""
    said = FilePayload(name=name, mimeType="text/plain", buffer=content.encode())
    page.locator("input[type=file]").first.set_input_files(said)
    expect(page.locator(".cp .tray")).to_contain_text(name)


def log(page: Page) -> list[str]:
    return page.locator("[role=log] article").all_inner_texts()


def test_chats_are_read_offline_and_what_is_written_is_sent_once(stage: Stage) -> None:
    group = stage.group()
    for n in range(3):
        stage.say(group, f"第{n}条")
    last = stage.say(group, "马上撤回")
    screen = stage.visit(stage.office.member, f"/chat/{group}", PHONE)
    page = screen.page
    expect(screen.message("第2条")).to_be_visible()
    kept(screen)
    until(lambda: "第2条" in screen.stored())
    page.context.set_offline(True)
    page.reload()
    expect(screen.message("第2条")).to_be_visible()
    expect(page.locator(".banner")).to_contain_text("连接")
    screen.send("离线写的")
    expect(page.locator("article.wait")).to_contain_text("离线写的")
    attach(page, "接地布置.txt", "1 至 3 号点位")
    screen.send("附件里是点位")
    attach(page, "复测.txt", "复测记录")
    until(lambda: all(name in screen.stored() for name in ("离线写的", "接地布置", "复测")))
    page.reload()
    expect(page.locator("article.wait").first).to_contain_text("离线写的")
    expect(page.locator("article.wait .tray")).to_contain_text("接地布置.txt")
    expect(page.locator(".cp .tray")).to_contain_text("复测.txt")
    assert violations(page) == []
    # Much happens meanwhile; what was kept must come to what somebody sees who comes anew.
    stage.world.write(lambda tx: recalling.recall(tx, stage.office.owner, group, last, reason=""))
    stage.say(group, "你不在时说的")
    page.context.set_offline(False)
    expect(page.locator("article.wait")).to_have_count(0)
    expect(screen.message("接地布置.txt")).to_have_count(1)
    screen.uploaded()
    page.get_by_role("button", name="不发 复测.txt").click()
    expect(screen.message("离线写的")).to_have_count(1)
    expect(screen.message("你不在时说的")).to_have_count(1)
    expect(screen.message("马上撤回")).to_have_count(0)
    expect(page.locator(".banner")).to_have_count(0)
    fresh = stage.visit(stage.office.member, f"/chat/{group}", PHONE)
    expect(fresh.message("离线写的")).to_have_count(1)
    expect(fresh.message("接地布置.txt")).to_have_count(1)
    expect(fresh.message("附件里是点位")).to_have_count(1)
    # How many have not read stands there a moment later.
    until(lambda: log(page) == log(fresh.page))
    until(lambda: "马上撤回" not in screen.stored())
    assert "离线写的" in screen.stored(), "as a message"
    until(lambda: json.loads(screen.stored())["blobs"] == [])
    assert screen.errors == [] and fresh.errors == []


def test_nothing_is_kept_of_secret_groups_and_of_those_one_has_left(stage: Stage) -> None:
    office = stage.office
    secret, left = stage.group(level="secret"), stage.group()
    stage.say(secret, "机密的话")
    stage.say(left, "离群前的话")
    screen = stage.visit(office.member, f"/chat/{secret}")
    expect(screen.message("机密的话")).to_be_visible()
    screen.open(f"/chat/{left}")
    expect(screen.message("离群前的话")).to_be_visible()
    until(lambda: "离群前的话" in screen.stored())
    assert "机密的话" not in screen.stored()
    screen.page.goto("about:blank")
    person = office.member.person_id
    stage.world.write(lambda tx: roster.remove(tx, office.owner, left, person, reason="x"))
    screen.open("/chat")
    expect(screen.page.locator("a.cv").first).to_be_visible()
    until(lambda: "离群前的话" not in screen.stored())
    assert "离群前的话" not in screen.page.locator(".convs").inner_text()


def test_the_end_of_a_session_clears_the_device(stage: Stage) -> None:
    group = stage.group()
    stage.say(group, "留在这里的话")
    here, there = (stage.visit(stage.office.administrator, f"/chat/{group}") for _ in range(2))
    for screen in (here, there):
        expect(screen.message("留在这里的话")).to_be_visible()
        until(lambda screen=screen: "留在这里的话" in screen.stored())  # type: ignore[misc]  # bound at once
    there.page.goto("about:blank")
    here.open("/me")
    here.press("清除这台设备上的会话")
    expect(here.page.get_by_text("已清除")).to_be_visible()
    assert "留在这里的话" not in here.stored()
    here.press("全部退出，包括这台")
    here.page.wait_for_url(re.compile("/login"))
    assert "留在这里的话" not in here.stored()
    # The other one was away when its session ended.
    there.open("/chat")
    there.page.wait_for_url(re.compile("/login"))
    assert "留在这里的话" not in there.stored()


def test_it_can_be_installed_and_the_worker_keeps_no_answer(stage: Stage) -> None:
    screen = stage.visit(stage.office.owner)
    expect(screen.page.locator("a.cv").first).to_be_visible()
    kept(screen)
    devtools = screen.page.context.new_cdp_session(screen.page)
    found = devtools.send("Page.getAppManifest")
    assert found["errors"] == [] and json.loads(found["data"])["name"] == "规矩"
    # A private window, as all of these are, is the one thing that stands in the way.
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {each["errorId"] for each in errors} <= {"in-incognito"}
    names = screen.page.evaluate(
        "caches.keys().then((all) => Promise.all(all.map((one) => caches.open(one).then((c) => c.keys()))))"
        ".then((all) => all.flat().map((one) => new URL(one.url).pathname))"
    )
    assert "/" in names and any(name.startswith("/assets/") for name in names)
    assert not [name for name in names if name.startswith(("/api", "/ws"))]


def test_a_newer_version_takes_over_when_one_says_so(stage: Stage, tmp_path: Path) -> None:
    screen = stage.visit(stage.office.owner)
    page = screen.page
    expect(page.locator("a.cv").first).to_be_visible()
    kept(screen)
    built = web_folder()
    assert built is not None
    shutil.copytree(built, tmp_path / "web")
    for name in ("index.html", "sw.js"):
        for end in (".br", ".gz"):
            (tmp_path / "web" / (name + end)).unlink(missing_ok=True)
    index, worker = tmp_path / "web" / "index.html", tmp_path / "web" / "sw.js"
    index.write_text(index.read_text().replace("<head>", '<head><meta name="version" content="2">'))
    said = worker.read_text()
    worker.write_text(re.sub(r"VERSION = \"\w+\"", 'VERSION = "newer"', said))
    assert worker.read_text() != said
    state = stage.inside.server.http.state
    before, state.client = state.client, Client(tmp_path / "web")
    try:
        version = page.locator('meta[name="version"]')
        page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
        expect(page.get_by_role("button", name="点此刷新")).to_be_visible()
        page.reload()
        expect(page.locator("a.cv").first).to_be_visible()
        assert version.count() == 0, "not before one says so"
        page.get_by_role("button", name="点此刷新").click()
        expect(version).to_have_count(1)
        names = page.evaluate("caches.keys()")
        assert names == ["guiju-newer"]
    finally:
        state.client = before


def test_notifications_say_what_was_chosen_and_go_once_it_is_read(stage: Stage) -> None:
    office, group = stage.office, stage.group()
    member = office.member
    screen = stage.visit(member, "/me", PHONE)
    page = screen.page
    expect(page.get_by_text("这个浏览器会弹出通知。")).to_be_visible()
    page.get_by_role("radio", name="连同内容").click()
    expect(page.get_by_role("radio", name="连同内容")).to_be_checked()
    assert violations(page) == []
    kept(screen)
    time.sleep(0.5)
    stage.say(group, "看着页面时说的")
    look_away(stage, screen, member)
    person = member.person_id
    position = stage.say(group, "今天停电")
    until(lambda: shown(screen))
    (one,) = shown(screen)
    assert one["tag"] == group and "工作群" in one["title"]
    assert one["body"].endswith(": 今天停电（还有 1 条）")
    marks = [(person, group, position)]
    stage.world.write(lambda tx: reads.mark_read_many(tx, marks))
    with stage.inside.socket(session_for(stage.world, member)) as other:
        other.send(json.dumps({"type": "hello", "cursor": None}))
        other.send(json.dumps({"type": "read", "group": group, "position": position}))
        until(lambda: not shown(screen))
    stage.world.adopt(with_editing)
    stage.world.edit(office.owner, group, position, "今天停电到五点")
    stage.world.edit(office.owner, group, position, "请看停电安排", mentions=[person])
    until(lambda: shown(screen))
    (one,) = shown(screen)
    assert one["tag"] == group and one["body"].endswith(": 请看停电安排")
    later = stage.say(group, "明天再停")
    until(lambda: shown(screen)[0]["body"].endswith(": 明天再停（还有 1 条）"))
    stage.world.write(lambda tx: reads.remind(tx, office.owner, group, later))
    until(lambda: shown(screen)[0]["body"].endswith(" 提醒你阅读消息（还有 1 条）"))
    stage.world.adopt(lambda text: text)
    assert screen.errors == []


def test_a_push_shows_and_leads_to_its_conversation(stage: Stage) -> None:
    group = stage.group()
    stage.say(group, "推送里说的")
    screen = stage.visit(stage.office.member)
    page = screen.page
    expect(screen.row(f"第{600 + stage.count}号")).to_be_visible()
    kept(screen)
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    said = {"group": group, "position": 1, "told": "sender", "lang": "zh-CN", "name": "某群", "sender": "张三", "text": "", "more": 2}  # fmt: skip
    page.context.set_offline(True)
    push = {"origin": stage.origin, "registrationId": found[0], "data": json.dumps(said)}

    def arrived() -> object:
        # A worker that is just being started loses what is delivered; of one conversation there is one notification.
        devtools.send("ServiceWorker.deliverPushMessage", push)
        page.wait_for_timeout(500)
        return shown(screen)

    until(arrived)
    assert shown(screen) == [
        {"title": "某群", "body": "张三 发来新消息（还有 2 条）", "tag": group}
    ]
    (worker,) = page.context.service_workers
    worker.evaluate(
        "self.registration.getNotifications().then(([one]) => "
        "void self.dispatchEvent(new NotificationEvent('notificationclick', {notification: one})))"
    )
    page.wait_for_url(re.compile(f"/chat/{group}"))
    assert shown(screen) == []
