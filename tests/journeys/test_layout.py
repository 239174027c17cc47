"""What stands in one row is in line, and what should be seen at once needs no scrolling."""

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import PHONE, Screen, Screens, choose

GROUP = "总装一车间"
pytestmark = pytest.mark.timeout(120)


def scrolls(one: Locator) -> bool:
    return bool(one.evaluate("one => one.scrollHeight > one.clientHeight + 1"))


def in_group(people: Screens, **how: tuple[int, int]) -> Screen:
    screen = people.signed_in("wanghaitao", **how)
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("log")).to_be_visible()
    return screen


def test_the_menu_of_my_own_message_shows_what_is_used_often(people: Screens) -> None:
    screen = in_group(people, size=PHONE)
    screen.send("夹具已经换好")
    said = screen.sent("夹具已经换好").first
    expect(said).to_be_visible()
    said.locator(".bub").click(button="right")
    menu = screen.page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="撤回")).to_be_visible()
    names = [one.strip() for one in menu.locator("[role=menuitem]:not(.give-1)").all_inner_texts()]
    often = [
        "引用",
        "在话题中回复",
        "复制文字",
        "转发",
        "收藏",
        "稍后处理",
        "多选",
        "撤回",
        "更多",
        "关闭",
    ]
    assert [one for one in names if one != "编辑"] == often
    assert not scrolls(menu)
    choose(menu, "更正")
    expect(screen.page.get_by_role("dialog")).to_be_visible()


def test_all_shortcuts_are_seen_at_once(people: Screens) -> None:
    screen = in_group(people, size=(1280, 800))
    screen.page.locator(".main h1, .main h2").first.click()
    screen.page.keyboard.press("?")
    sheet = screen.page.get_by_role("dialog", name="快捷键")
    expect(sheet).to_be_visible()
    assert not scrolls(sheet) and not scrolls(sheet.locator(".sheet-b"))
    heads = [one.bounding_box() for one in sheet.locator("h3").all()]
    assert len({round(one["x"]) for one in heads if one}) == 2, "two columns"


def test_the_conditions_of_a_search_are_in_line(people: Screens) -> None:
    screen = people.signed_in("wanghaitao", size=(1280, 800))
    screen.open("/search")
    more = screen.page.get_by_role("button", name="更多条件")
    where = screen.page.get_by_label("哪里")
    boxes = [one.bounding_box() for one in (more, where)]
    middles = [one["y"] + one["height"] / 2 for one in boxes if one]
    assert abs(middles[0] - middles[1]) < 1


def test_whoever_is_picked_closes_the_list(people: Screens) -> None:
    screen = people.signed_in("youliqun", size=(1280, 800))
    screen.open("/barriers")
    screen.press("设置屏障")
    side = screen.page.get_by_role("group", name="甲方")
    field = side.get_by_role("combobox", name="甲方 人员")
    names = side.get_by_role("listbox")
    for search in ("周小雨", "孙立"):
        field.fill(search)
        names.get_by_role("option", name=search).click()
        expect(names).to_have_count(0)
    expect(side.locator(".chip")).to_have_count(2)
    field.press("ArrowDown")
    expect(names).to_be_visible()
    field.press("Escape")
    expect(names).to_have_count(0)
    expect(side).to_be_visible()
