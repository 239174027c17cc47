"""What people see when a call fails: that it did, what stayed as it was, and how to try again."""

import re

import pytest
from playwright.sync_api import FilePayload, Route, expect

from tests.support.browser import PASSWORD, Screens

GROUP = "总装一车间"
pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("act", ["置顶", "免打扰"])
def test_a_conversation_that_cannot_be_changed_says_so(people: Screens, act: str) -> None:
    screen = people.signed_in("zhouxiaoyu")
    page, row = screen.page, screen.row(GROUP)
    alert = page.locator(".list").get_by_role("alert")
    page.route("**/api/groups/*/settings", lambda route: route.abort())
    row.click(button="right")
    screen.check_access("the menu of a conversation")
    page.get_by_role("menuitem", name=act, exact=True).click()
    expect(alert).to_contain_text(GROUP)
    expect(alert).to_contain_text("连不上服务器")
    screen.check_access("a conversation that was not changed")
    page.unroute("**/api/groups/*/settings")
    # It is as before, so the menu offers the same once more.
    row.click(button="right")
    page.get_by_role("menuitem", name=act, exact=True).click()
    expect(alert).to_have_count(0)
    row.click(button="right")
    expect(page.get_by_role("menuitem", name=act, exact=True)).to_have_count(0)


def test_a_first_call_that_fails_is_told_and_can_be_tried_again(people: Screens) -> None:
    screen = people.new()
    page = screen.page
    screen.open("/login")
    page.route("**/api/start", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_label("账号", exact=True).fill("zhouxiaoyu")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    screen.press("登录")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("没有打开")
    screen.check_access("a page that did not open")
    # Neither a second try nor a reload says less.
    screen.press("再试一次")
    expect(alert).to_contain_text("没有打开")
    screen.open("/desk")
    expect(alert).to_contain_text("没有打开")
    page.unroute("**/api/start")
    screen.press("再试一次")
    page.wait_for_url(re.compile("/desk$"))
    expect(alert).to_have_count(0)


@pytest.mark.parametrize("works", [True, False])
def test_what_is_shown_once_is_copied_without_a_clipboard_or_said_not_to_be(
    people: Screens, *, works: bool
) -> None:
    """A site on plain http is given no clipboard."""
    screen = people.signed_in("liwei")
    page = screen.page
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined});"
        "document.addEventListener('copy', ({target}) => (window.copied = target.value));"
        + ("" if works else "document.execCommand = () => false;")
    )
    made = {"secret": "whsec_once"}
    page.route(
        "**/api/webhooks",
        lambda route: (
            route.fulfill(json=made) if route.request.method == "POST" else route.fallback()
        ),
    )
    screen.open("/webhooks")
    screen.press("接入系统")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label(re.compile("^名称")).fill("工单系统")
    sheet.get_by_label(re.compile("^接收地址")).fill("https://example.com/events")
    sheet.get_by_label("群结项").check()
    screen.check_access("a system to connect")
    sheet.get_by_role("button", name="接入系统").click()
    expect(sheet).to_contain_text("whsec_once")
    sheet.get_by_role("button", name="复制", exact=True).click()
    if works:
        expect(sheet.get_by_role("button", name="已复制")).to_be_visible()
        assert page.evaluate("window.copied") == "whsec_once"
    else:
        expect(sheet.get_by_role("alert")).to_contain_text("没有复制成功")


def test_what_may_not_be_kept_goes_with_a_session_that_ends_and_is_said_to(
    people: Screens,
) -> None:
    screen = people.signed_in("zhaotiejun")
    page = screen.page
    screen.row("生产调度").click()
    expect(page.get_by_role("log")).to_be_visible()
    page.context.set_offline(True)
    screen.send("只在这一页上的话")
    expect(page.locator("article.wait", has_text="只在这一页上的话")).to_be_visible()
    ended = page.request.delete(f"{screen.origin}/api/session", headers={"Origin": screen.origin})
    assert ended.ok
    page.context.set_offline(False)
    page.wait_for_url(re.compile("/login"))
    expect(page.get_by_role("status")).to_contain_text("1 条没有发出的消息未能保留")
    assert "只在这一页上的话" not in screen.stored()


def test_a_line_that_is_gone_shows_at_once_and_what_failed_comes_when_it_is_back(
    people: Screens,
) -> None:
    writer, reader = people.signed_in("zhouxiaoyu"), people.signed_in("wanghaitao")
    writer.row(GROUP).click()
    small = writer.page.screenshot(clip={"x": 0, "y": 0, "width": 40, "height": 30})
    sketch = FilePayload(name="草图.png", mimeType="image/png", buffer=small)
    writer.page.locator("input[type=file]").first.set_input_files(sketch)
    writer.uploaded()
    writer.send("换位的草图")
    page = reader.page
    page.route("**/files/**", lambda route: route.abort())
    page.route("**/api/groups/*/members", lambda route: route.abort())
    reader.row(GROUP).click()
    said = reader.sent("换位的草图").last
    expect(said.locator(".pics .missing")).to_be_visible()
    expect(said.locator("img")).to_have_count(0)
    reader.check_access("a picture that did not come")
    drawer = page.get_by_role("complementary", name="群资料")
    expect(drawer).to_contain_text("没有读出来")
    page.context.set_offline(True)
    expect(page.locator(".banner")).to_contain_text("连接", timeout=5_000)
    reader.send("线断时写的")
    waits = page.locator("article.wait", has_text="线断时写的")
    expect(waits).to_contain_text("等待发出")
    page.unroute_all(behavior="wait")
    page.context.set_offline(False)
    expect(reader.sent("线断时写的")).to_have_count(1)
    expect(waits).to_have_count(0)
    page.wait_for_function("[...document.querySelectorAll('.pics img')].at(-1)?.naturalWidth > 0")
    expect(said.locator(".pics .missing")).to_have_count(0)
    expect(drawer).to_contain_text("周小雨")


def test_client_poison_one_message_that_cannot_be_drawn_says_so_beside_the_others(
    people: Screens,
) -> None:
    """[client-poison] Whatever a message holds, it costs its own place on the screen and nothing else."""
    screen = people.signed_in("zhouxiaoyu")
    page = screen.page
    screen.row(GROUP).click()
    box = page.get_by_role("textbox", name="消息")
    expect(box).to_be_visible()
    for text in ("毒前一条", "有毒的一条", "毒后一条"):
        screen.send(text)
        expect(screen.message(text)).to_be_visible()

    def spoil(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        for item in found["items"]:
            if item.get("message", {}).get("text") == "有毒的一条":
                item["message"] |= {"spans": 7, "mentions": None, "text": {"a": 1}}
        route.fulfill(response=answer, json=found)

    page.route("**/api/groups/*/messages?*", spoil)
    page.evaluate("indexedDB.databases().then(all => all.forEach(one => indexedDB.deleteDatabase(one.name)))")  # fmt: skip
    page.reload()
    expect(screen.message("毒前一条")).to_be_visible()
    expect(screen.message("毒后一条")).to_be_visible()
    expect(page.get_by_text("这条消息无法显示")).to_be_visible()
    expect(page.get_by_text("有毒的一条", exact=True)).to_have_count(0)
    screen.send("还能写")
    expect(screen.message("还能写")).to_be_visible()
    screen.check_access("a message that cannot be drawn")
    page.unroute_all(behavior="wait")
    told = [each for each in screen.errors if "TypeError" in each or "is not" in each]
    assert told == screen.errors and told, "what broke is on the console, and nothing else is"
    screen.errors.clear()
