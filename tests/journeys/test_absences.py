"""Somebody cannot answer for a while: said on the phone, seen by their groups at once, and ended early."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screen, Screens

pytestmark = pytest.mark.timeout(180)
WORKSHOP = "总装一车间"
TEXT = "请确认夜班的交接"


def picture(screen: Screen, name: str) -> None:
    folder = os.environ.get("F3_PICTURES")
    if folder:
        screen.settle()
        screen.page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_it_is_said_on_the_phone_and_seen_where_one_writes(people: Screens) -> None:
    phone = people.signed_in("sunli", size=PHONE, scheme="dark")
    desk = people.signed_in("wanghaitao")
    desk.row(WORKSHOP).first.click()
    phone.open("/me")
    expect(phone.page.get_by_role("button", name="标明暂时无法回复…")).to_be_visible()
    phone.press("标明暂时无法回复…")
    sheet = phone.page.get_by_role("dialog")
    sheet.get_by_label("1 小时").check()
    sheet.get_by_label("原因").fill("手术中")
    phone.check_access("saying that one cannot answer")
    picture(phone, "sheet")
    sheet.get_by_role("button", name="标明", exact=True).click()
    expect(phone.page.get_by_text("你已标明")).to_contain_text("前无法回复 · 手术中")
    phone.check_access("having said so")
    picture(phone, "me")

    # Whoever mentions them is told before they send, and whoever asks for an answer while they choose.
    desk.write("@孙")
    option = desk.page.get_by_role("option", name="孙立")
    expect(option).to_contain_text("前无法回复 · 手术中")
    picture(desk, "picker")
    option.click()
    hint = desk.page.locator(".cp .strip")
    expect(hint).to_contain_text("孙立")
    expect(hint).to_contain_text("前无法回复 · 手术中")
    desk.check_access("a hint above the composer")
    picture(desk, "hint")
    desk.write("")
    expect(hint).to_have_count(0)
    desk.send(TEXT)
    desk.menu(TEXT, "需要回复")
    box = desk.page.get_by_role("dialog").locator("label", has_text="孙立")
    expect(box).to_contain_text("手术中")
    desk.page.get_by_role("checkbox", name="孙立").check()
    picture(desk, "ask")
    desk.page.get_by_role("dialog").get_by_role("button", name="需要回复").click()
    desk.message(TEXT).locator("button.an").click()
    expect(desk.page.get_by_role("dialog").locator("li", has_text="孙立")).to_contain_text("手术中")
    desk.check_access("who has not answered")
    picture(desk, "answers")
    desk.page.keyboard.press("Escape")

    # It is there after a reload, in the roster, and goes at once when it ends.
    small = people.signed_in("wanghaitao", size=PHONE)
    small.row(WORKSHOP).first.click()
    small.press("群资料")
    member = small.page.locator(".p", has_text="孙立").last
    expect(member).to_contain_text("前无法回复 · 手术中")
    member.scroll_into_view_if_needed()
    small.check_access("the roster on the phone")
    picture(small, "roster")
    phone.open("/chat").row(WORKSHOP).first.click()
    own = phone.page.locator(".cp .strip", has_text="你已标明")
    expect(own).to_be_visible()
    phone.check_access("one's own mark above the composer")
    picture(phone, "own")
    own.get_by_role("button", name="提前结束").click()
    expect(own).to_have_count(0)
    expect(member).not_to_contain_text("无法回复")


def test_the_other_one_of_a_conversation_of_two_sees_it_beside_the_name(people: Screens) -> None:
    desk = people.signed_in("wanghaitao")
    me = desk.get("/me")["person"]["id"]
    other = people.signed_in("sunli", size=PHONE)
    opened = other.post("/direct", {"person": me})
    assert opened.ok, opened.text()
    group = opened.json()["group"]
    other.open(f"/chat/{group}")
    desk.open(f"/chat/{group}")
    desk.press("标明…")
    sheet = desk.page.get_by_role("dialog", name="暂时无法回复")
    picture(desk, "desk-sheet")
    sheet.get_by_label("下个工作日上班").check()
    sheet.get_by_label("原因").fill("去长春出差，路上没有信号，急事请找孟瑶")
    sheet.get_by_role("button", name="标明", exact=True).click()
    expect(sheet).to_have_count(0)
    picture(desk, "desk-drawer")
    expect(other.page.locator("header .abs")).to_contain_text("前无法回复")
    expect(other.page.locator(".cp .strip")).to_contain_text("王海涛")
    other.check_access("a conversation of two on the phone")
    picture(other, "direct")
