"""With a menu open, the first press beside it closes it and does nothing else; the keyboard goes back to where it was."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, Screen, Screens

GROUP = "总装一车间"
pytestmark = pytest.mark.timeout(120)


def in_group(people: Screens, **how: Any) -> Screen:
    screen = people.signed_in("zhouxiaoyu", **how)
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("log")).to_be_visible()
    screen.settle()
    return screen


def tap(page: Page, selector: str) -> None:
    """Press where something stands, whatever lies over it."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if page.evaluate("matchMedia('(pointer: coarse)').matches"):
        page.touchscreen.tap(*at)
    else:
        page.mouse.click(*at)


def test_the_menu_of_a_message_on_the_desk(people: Screens) -> None:
    screen = in_group(people)
    page, menu = screen.page, screen.page.get_by_role("menu")
    screen.send("菜单旁边点一下")
    expect(screen.sent("菜单旁边点一下").first).to_be_visible()
    here, other = page.url, "a.cv:not(.on)"
    screen.open_menu("菜单旁边点一下")
    tap(page, other)
    expect(menu).to_have_count(0)
    page.wait_for_timeout(200)
    assert page.url == here, "the press only closed the menu"
    screen.open_menu("菜单旁边点一下")
    box = page.locator(other).first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 40, box["y"] + 10, button="right")
    expect(menu).to_have_count(0)
    page.wait_for_timeout(200)
    expect(menu).to_have_count(0)
    tap(page, other)
    page.wait_for_url(lambda url: url != here)


def test_the_keyboard_goes_back_to_what_opened_it(people: Screens) -> None:
    screen = in_group(people)
    page, menu = screen.page, screen.page.get_by_role("menu")
    screen.send("键盘回到原处")
    expect(screen.sent("键盘回到原处").first).to_be_visible()
    said = screen.sent("键盘回到原处").first
    said.hover()
    more = said.get_by_role("button", name="更多")
    more.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="引用", exact=True).click()
    expect(page.get_by_role("textbox", name="消息")).to_be_focused()
    later = page.get_by_role("button", name="定时发送")
    screen.write("稍后再说")
    later.click()
    expect(menu).to_be_visible()
    tap(page, "header")
    expect(menu).to_have_count(0)
    expect(later).to_be_focused()
    later.click()
    expect(menu).to_be_visible()
    box = later.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(menu).to_have_count(0)
    page.wait_for_timeout(200)
    expect(menu).to_have_count(0)  # nor is it opened again by what opened it
    expect(later).to_be_focused()
    row = screen.row(GROUP)
    row.focus()
    row.click(button="right")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(row).to_be_focused()


def test_the_menu_of_a_message_on_the_phone(people: Screens) -> None:
    phone = in_group(people, size=PHONE)
    page, menu = phone.page, phone.page.get_by_role("menu")
    phone.send("手机上菜单旁边点一下")
    expect(phone.sent("手机上菜单旁边点一下").first).to_be_visible()
    here = page.url
    phone.message("手机上菜单旁边点一下").first.locator(".tx").click(button="right")
    expect(menu).to_be_visible()
    phone.check_access("a menu on a phone")
    tap(page, "header a, header button")
    expect(menu).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.url == here, "the tap only closed the menu"


def test_a_card_over_the_page_too(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu")
    page = screen.page
    shown = page.get_by_role("button", name="显示")
    shown.click()
    card = page.get_by_role("dialog")
    expect(card).to_be_visible()
    here = page.url
    tap(page, "a.cv")
    expect(card).to_have_count(0)
    page.wait_for_timeout(200)
    assert page.url == here
    expect(shown).to_be_focused()


def test_messages_from_the_keyboard(people: Screens) -> None:
    """The talk is one stop of Tab; within it arrows go from message to message, whose menu opens from the keyboard."""
    screen = in_group(people)
    page, menu = screen.page, screen.page.get_by_role("menu")
    composer, log = page.get_by_role("textbox", name="消息"), page.get_by_role("log")
    for text in ("键盘走一", "键盘走二"):
        screen.send(text)
        expect(screen.sent(text).first).to_be_visible()
    first, second = screen.sent("键盘走一").first, screen.sent("键盘走二").first

    def back_into_the_talk() -> None:
        composer.focus()
        for _ in range(12):
            page.keyboard.press("Shift+Tab")
            if log.evaluate("log => log.contains(document.activeElement)"):
                return

    back_into_the_talk()
    expect(second).to_be_focused()
    expect(second.get_by_role("toolbar")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    others = page.locator("article.m:not(.me)").last
    for _ in range(30):
        page.keyboard.press("ArrowUp")
        if others.evaluate("one => one === document.activeElement"):
            break
    expect(others).to_be_focused()
    screen.check_access("a message under the keyboard")
    for key in ("Enter", "Shift+F10", "ContextMenu"):
        page.keyboard.press(key)
        expect(menu.get_by_role("menuitem").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(others).to_be_focused()
    page.keyboard.press("Tab")
    assert others.evaluate(
        "one => one !== document.activeElement && one.contains(document.activeElement)"
    )
    page.keyboard.press("Escape")
    expect(others).to_be_focused()
    page.keyboard.press("End")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert not log.evaluate("log => log.contains(document.activeElement)"), "one stop"
    page.keyboard.press("Tab")
    expect(second).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if not second.evaluate("one => one.contains(document.activeElement)"):
            break
    assert not log.evaluate("log => log.contains(document.activeElement)"), (
        "out below, past no other message"
    )
    back_into_the_talk()
    page.keyboard.press("Home")
    expect(page.locator("article.m, .sys[data-position], .tl-in > button").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="引用", exact=True).press("Enter")
    expect(composer).to_be_focused()
    expect(menu).to_have_count(0)
    back_into_the_talk()
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="撤回").press("Enter")
    gone = page.locator(".sys[data-position]").last
    expect(gone).to_be_focused()
    expect(gone.get_by_role("button", name="重新编辑")).to_be_visible()
    page.keyboard.press("Tab")
    expect(gone.get_by_role("button", name="重新编辑")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
