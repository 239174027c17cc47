"""All that waits for somebody is one number, on every screen of theirs, and goes down with each thing done."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screen, Screens

pytestmark = pytest.mark.timeout(180)
TEXT = "请确认周五的盘点"


def total(screen: Screen) -> int:
    """As many as the server says wait, of whatever kind."""
    todo = screen.get("/me")["todo"]
    kinds = ("joining", "leaving", "flagged")
    inside = sum(one[kind] for one in todo["groups"] for kind in kinds)
    apart = ("approvals", "reviews", "notices", "answers", "questions")
    return int(inside + sum(todo[kind] for kind in apart))


def expect_waiting(desk: Screen, phone: Screen, number: int) -> None:
    """In the navigation of both, at the head of the page, and on its tab."""
    for screen, where in ((desk, "rail"), (phone, "tabbar")):
        link = screen.page.locator(f"nav.{where} a[href='/todo'] .count > span").first
        expect(link).to_have_text(str(number))
    expect(desk.page.locator(".todo-h")).to_contain_text(f"还有 {number} 件")
    expect(desk.page.locator(".tabs a.on .num")).to_have_text(str(number))


def test_what_waits_is_one_number_that_falls_on_every_screen(people: Screens) -> None:
    desk = people.signed_in("zhouxiaoyu").open("/todo")
    phone = people.signed_in("zhouxiaoyu", size=PHONE)
    before = total(desk)
    assert before >= 2, "the demonstration has notices that wait"
    expect_waiting(desk, phone, before)
    rows = desk.page.locator("a.ai[href^='/notices/']")
    listed = desk.get("/notices?box=todo")["notices"]
    wanted = [one["title"] for one in sorted(listed, key=lambda one: int(one["due_at"]))]
    expect(rows.locator("b")).to_have_text(wanted)
    expect(desk.page.locator("#content")).to_contain_text("选一件来处理")
    desk.check_access("what waits")

    author = people.signed_in("wanghaitao")
    author.row("总装一车间").first.click()
    author.send(TEXT)
    author.menu(TEXT, "需要回复")
    author.page.get_by_role("checkbox", name="周小雨").check()
    author.page.get_by_role("dialog").get_by_role("button", name="需要回复").click()
    expect_waiting(desk, phone, before + 1)
    expect(desk.page.locator("a.ai[href='/answers']")).to_contain_text("件等你")
    phone.row("总装一车间").first.click()
    phone.message(TEXT).locator("button.an").click()
    phone.press("已明白")
    # The sheet takes its step out of the history as it closes, and that would end a load.
    phone.page.wait_for_function("!history.state.layers?.length")
    phone.open("/chat")
    expect_waiting(desk, phone, before)

    plain = next(one for one in listed if not one["quiz"])
    phone.open(f"/notices/{plain['id']}")
    phone.press("我已知悉")
    expect(phone.page.get_by_text(re.compile("^你已于 .* 确认$"))).to_be_visible()
    phone.open("/chat")
    expect_waiting(desk, phone, before - 1)
    expect(rows).to_have_count(len(wanted) - 1)


def test_where_nothing_waits_the_page_says_so(people: Screens) -> None:
    screen = next(
        made
        for name in ("dongxiao", "xuzhixing", "sunli", "fandacheng", "ouyangjing")
        if total(made := people.signed_in(name)) == 0
    ).open("/todo")
    expect(screen.page.locator("nav.rail a[href='/todo'] .count")).to_have_count(0)
    expect(screen.page.locator("aside")).to_contain_text("都处理完了")
    expect(screen.page.locator("#content")).to_contain_text("现在没有事等你")
    screen.check_access("nothing waits")
