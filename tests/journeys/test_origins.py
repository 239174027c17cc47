"""Whoever shares a file says where it comes from, on any screen and without a line too, and its readers see it."""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Route, expect

from tests.journeys.test_unsent import choose, composer, enter, menu, sheet
from tests.support.browser import PASSWORD, PHONE, Screen, Screens
from tests.support.uploading import picture

WORKSHOP, SAFETY = "总装一车间", "安全生产"
PLAN = FilePayload(name="检修.txt", mimeType="text/plain", buffer="三号线周一检修".encode())
SKETCH = FilePayload(name="现场.png", mimeType="image/png", buffer=picture())
pytestmark = pytest.mark.timeout(180)


def attach(screen: Screen, *files: FilePayload) -> None:
    screen.page.locator("input[type=file]").first.set_input_files(files)
    screen.uploaded(len(files))


def asked(screen: Screen) -> Locator:
    """The chooser over the files of the composer."""
    return screen.page.get_by_role("group", name="文件来源")


def kind(screen: Screen, name: str) -> Locator:
    return asked(screen).get_by_role("radio", name=name)


def test_it_is_asked_before_sending_by_keyboard_and_readers_see_it(people: Screens) -> None:
    writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
    for each in (writer, reader):
        enter(each, SAFETY)
    attach(writer, PLAN)
    writer.write("检修安排")
    composer(writer).press("Enter")
    expect(asked(writer).get_by_role("alert")).to_contain_text("先说明文件从哪里来")
    expect(kind(writer, "自己制作")).to_be_focused()
    expect(composer(writer)).to_have_value("检修安排")
    writer.page.keyboard.press("Space")
    writer.page.keyboard.press("ArrowRight")
    expect(kind(writer, "本单位资料")).to_be_checked()
    expect(asked(writer).get_by_role("alert")).to_have_count(0)
    writer.check_access("the origin of files in a composer")
    composer(writer).press("Enter")
    expect(reader.message("检修安排")).to_contain_text("来源：本单位资料")
    # The last answer is that of the next files, until it is changed.
    attach(writer, PLAN)
    expect(kind(writer, "本单位资料")).to_be_checked()
    writer.send("检修安排再发一遍")
    expect(reader.message("检修安排再发一遍")).to_contain_text("来源：本单位资料")


def test_a_phone_asks_by_whom_and_a_picture_that_is_opened_tells_it(people: Screens) -> None:
    phone, reader = people.signed_in("wanghaitao", size=PHONE), people.signed_in("zhouxiaoyu")
    for each in (phone, reader):
        enter(each, SAFETY)
    attach(phone, SKETCH)
    asked(phone).get_by_text("已获授权", exact=True).tap()
    send = phone.page.get_by_role("button", name="发送", exact=True)
    send.tap()
    note = asked(phone).get_by_role("textbox", name="由谁授权")
    expect(note).to_be_focused()
    expect(asked(phone).get_by_role("alert")).to_contain_text("由谁授权")
    phone.check_access("the origin of a picture on a phone")
    phone.check_width("the origin of a picture on a phone")
    note.fill("设计院李工")
    send.tap()
    arrived = reader.page.locator("article", has_text="来源：已获授权（设计院李工）").last
    expect(arrived).to_be_visible()
    arrived.get_by_role("button", name=re.compile("查看图片")).click()
    expect(reader.page.get_by_role("dialog")).to_contain_text("来源：已获授权（设计院李工）")


def test_without_a_line_it_is_asked_before_the_message_waits(people: Screens) -> None:
    writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
    for each in (writer, reader):
        enter(each, SAFETY)
    writer.page.context.set_offline(True)
    writer.page.locator("input[type=file]").first.set_input_files([PLAN])
    composer(writer).fill("断线时的安排")
    composer(writer).press("Enter")
    expect(asked(writer).get_by_role("alert")).to_be_visible()
    expect(writer.page.locator("article.wait")).to_have_count(0)
    asked(writer).get_by_text("自己制作", exact=True).click()
    composer(writer).press("Enter")
    expect(writer.page.locator("article.wait")).to_contain_text("断线时的安排")
    writer.page.context.set_offline(False)
    expect(reader.message("断线时的安排")).to_contain_text("来源：自己制作", timeout=30_000)


def test_a_page_that_does_not_know_the_rule_shows_the_refusal_and_then_asks(
    people: Screens,
) -> None:
    writer = people.new()
    writer.post("/session", {"account": "wanghaitao", "password": PASSWORD})

    def without_it(route: Route) -> None:
        told = route.fetch().json()
        for group in told["device"]["groups"].values():
            group["origin"] = None
        route.fulfill(json=told)

    writer.page.route("**/api/start", without_it)
    writer.open("/chat")
    enter(writer, SAFETY)
    attach(writer, PLAN)
    expect(asked(writer)).to_have_count(0)
    writer.write("还不知道要说来源")
    composer(writer).press("Enter")
    refused = writer.page.locator("article.wait", has_text="还不知道要说来源")
    expect(refused).to_contain_text("先说明来源")
    expect(refused).to_contain_text("6.39")
    expect(refused).to_contain_text("在文件上方选一项来源再发")
    refused.get_by_role("button", name="改后再发").click()
    asked(writer).get_by_text("自己制作", exact=True).click()
    composer(writer).press("Enter")
    expect(writer.message("还不知道要说来源")).to_contain_text("来源：自己制作")


def test_a_forward_asks_only_of_what_nobody_has_said(people: Screens) -> None:
    writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
    enter(writer, WORKSHOP)
    attach(writer, PLAN)
    expect(asked(writer)).to_have_count(0)
    writer.send("车间里的计划")
    expect(writer.sent("车间里的计划")).to_contain_text("检修.txt")
    enter(reader, SAFETY)
    menu(writer, "车间里的计划").get_by_role("menuitem", name="转发").click()
    choose(writer, SAFETY)
    go = sheet(writer).get_by_role("button", name="转发", exact=True)
    expect(go).to_be_disabled()
    asked(writer).get_by_text("本单位资料", exact=True).click()
    writer.check_access("the origin of a forwarded file")
    go.click()
    expect(sheet(writer)).to_contain_text("已转发到")
    expect(reader.sent("车间里的计划")).to_contain_text("来源：本单位资料")


def test_the_list_of_what_waits_shows_it_and_lets_it_be_changed(people: Screens) -> None:
    screen = people.signed_in("wanghaitao")
    enter(screen, SAFETY)
    attach(screen, PLAN)
    screen.write("明早的安排")
    later = screen.page.get_by_role("button", name="定时发送")
    later.click()
    open_menu = screen.page.get_by_role("menu")
    expect(open_menu).to_be_visible()
    for act in ("明天 09:00", "自选时间"):
        if not open_menu.is_visible():
            later.click()
        open_menu.get_by_role("menuitem", name=act).click()
        expect(open_menu).to_have_count(0)
        expect(asked(screen).get_by_role("alert")).to_contain_text("先说明文件从哪里来")
        expect(kind(screen, "自己制作")).to_be_focused()
        expect(screen.page.get_by_role("dialog")).to_have_count(0)
    asked(screen).get_by_text("自己制作", exact=True).click()
    later.click()
    screen.page.get_by_role("menuitem", name="明天 09:00").click()
    screen.page.get_by_role("button", name=re.compile("^定时消息")).click()
    expect(sheet(screen)).to_contain_text("来源：自己制作")
    sheet(screen).get_by_role("button", name="修改").click()
    sheet(screen).get_by_text("本单位资料", exact=True).click()
    sheet(screen).get_by_role("button", name="定时", exact=True).click()
    expect(sheet(screen)).to_contain_text("来源：本单位资料")
    sheet(screen).get_by_role("button", name="立即发送").click()
    expect(sheet(screen)).to_contain_text("没有定时消息")
    screen.page.keyboard.press("Escape")
    expect(screen.message("明早的安排")).to_contain_text("来源：本单位资料")
