"""Quiet hours, urgent messages and one's own rest, in real browsers."""

import re
import time

import pytest
from playwright.sync_api import FilePayload, expect

from tests.support.browser import PHONE, Screens

WORKSHOP = "总装一车间"
BEFORE = "      - use: messaging.flood\n"
pytestmark = pytest.mark.timeout(180)


def quiet_now() -> str:
    """Uses of quiet hours that began an hour ago and end in twenty-two, and of urgent messages."""
    minute = (int(time.time()) // 60 + 8 * 60) % 1440
    begin, end = ((minute + more) % 1440 for more in (-60, -120))
    hours = f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    return (
        f'      - use: messaging.quiet_hours\n        with: {{then: queue, hours: "{hours}"}}\n'
        "      - use: messaging.urgent\n        with: {per_week: 2, repeats: 1, every_minutes: 1}\n"
    )


def test_ones_own_rest_is_the_same_on_every_screen(people: Screens) -> None:
    desk, phone = people.signed_in("sunli"), people.signed_in("sunli", size=PHONE)
    for screen in (desk, phone):
        screen.open("/me")
        expect(screen.page.get_by_text("勿扰时间")).to_be_visible()
    desk.page.get_by_label("每天").check()
    desk.page.get_by_label("从", exact=True).fill("21:30")
    desk.page.get_by_role("button", name="保存").click()
    expect(desk.page.get_by_text("已保存")).to_be_visible()
    expect(phone.page.get_by_label("从", exact=True)).to_have_value("21:30")
    phone.check_access("one's own rest")
    phone.check_width("one's own rest")
    phone.page.get_by_text("勿扰时间").scroll_into_view_if_needed()


def test_a_link_outside_is_asked_about_and_one_of_our_own_tells_what_it_is(
    people: Screens,
) -> None:
    screen = people.signed_in("zhaotiejun")
    screen.row("生产调度").click()
    group = screen.page.url.rpartition("/")[2]
    screen.send("看这里 http://gov.cn.example.com:8080/%E6%94%BF%E7%AD%96")
    card = screen.page.locator("a.lk").last
    expect(card).to_contain_text("gov.cn.example.com:8080")
    said = screen.message("看这里")
    said.locator("a.md-a").click()
    sheet = screen.page.get_by_role("dialog")
    expect(sheet.locator(".host")).to_have_text("gov.cn.example.com:8080")
    expect(sheet).to_contain_text("连接没有加密")
    expect(sheet.get_by_role("link", name="继续访问")).to_have_attribute("target", "_blank")
    screen.check_access("leaving for another site")
    sheet.get_by_role("button", name="回去").click()
    expect(sheet).to_have_count(0)
    assert len(screen.page.context.pages) == 1, "nothing was opened"
    screen.send(f"{screen.origin}/chat/{group}")
    inside = screen.page.locator("a.lk").last
    expect(inside).to_contain_text("澄远生产调度工作群")
    inside.click()
    expect(screen.page).to_have_url(re.compile(f"/chat/{group}"))


def test_quiet_hours_are_said_before_and_an_urgent_message_calls(people: Screens) -> None:
    officer = people.signed_in("youliqun")
    pack = officer.get("/policy/packs/current")["yaml"]
    assert BEFORE in pack
    body = {"yaml": pack.replace(BEFORE, quiet_now() + BEFORE, 1), "dry_run": False}
    assert officer.post("/policy/packs", body).ok
    writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu", size=PHONE)
    writer.row(WORKSHOP).click()
    strip = writer.page.get_by_role("status").filter(has_text="现在是休息时间")
    expect(strip).to_contain_text("送达")
    writer.check_access("a group in quiet hours")
    writer.send("明早的会改到十点")
    expect(writer.page.get_by_role("button", name="定时消息 1")).to_be_visible()
    expect(writer.message("明早的会改到十点")).to_have_count(0)
    plan = FilePayload(name="议程.txt", mimeType="text/plain", buffer="先讲安全".encode())
    writer.page.locator("input[type=file]").first.set_input_files(plan)
    writer.uploaded()
    writer.send("议程在附件里")
    expect(writer.page.get_by_role("button", name="定时消息 2")).to_be_visible()
    waiting = writer.get("/scheduled")["scheduled"]
    assert [one["name"] for row in waiting for one in row["files"]] == ["议程.txt"]
    writer.write("锅炉房漏水，马上去关总阀")
    writer.page.get_by_role("button", name="定时发送").last.click()
    writer.page.get_by_role("menuitem", name="加急发送").click()
    sheet = writer.page.get_by_role("dialog")
    expect(sheet).to_contain_text("本周还可以加急 2 次")
    sheet.get_by_role("textbox").fill("设备有危险")
    writer.check_access("sending as urgent")
    sheet.get_by_role("button", name="加急发送").click()
    expect(sheet).to_contain_text(re.compile(r"已向 \d+ 人发出提醒，等各人点收到"))
    sheet.get_by_role("button", name="关闭", exact=True).click()
    called = reader.page.get_by_role("dialog")
    expect(called).to_contain_text("王海涛加急找你")
    expect(called).to_contain_text("设备有危险")
    expect(called.get_by_role("alert")).to_have_text("锅炉房漏水，马上去关总阀")
    reader.check_access("being called")
    reader.check_width("being called")
    called.get_by_role("button", name="收到", exact=True).click()
    expect(called).to_have_count(0)
    writer.message("锅炉房漏水").get_by_role("button", name="谁收到了").click()
    expect(writer.page.get_by_role("dialog")).to_contain_text(
        re.compile(r"\d 人中 1 人收到，已提醒 1 次")
    )
    row = writer.page.get_by_role("dialog").locator(".line").filter(has_text="周小雨")
    expect(row).to_contain_text(re.compile(r"\d\d:\d\d"))
