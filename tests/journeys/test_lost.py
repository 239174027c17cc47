"""A part of the page that did not come: it is said, and the next opening asks again."""

import re

from playwright.sync_api import expect

from tests.support.browser import Screens


def test_what_did_not_come_is_said_and_asked_for_again(people: Screens) -> None:
    screen = people.signed_in("sunli")
    page, said = screen.page, screen.page.get_by_text("没有打开")
    for part in ("JumpBox", "DeskPage"):
        page.route(f"**/assets/{part}*", lambda route: route.abort())
    page.locator(".srch").click()
    expect(said).to_be_visible()
    screen.check_access("a part that did not come")
    page.unroute("**/assets/JumpBox*")
    page.locator(".srch").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(said).to_have_count(0, timeout=15_000)
    desk = page.get_by_role("link", name="工作台").first
    desk.click()
    expect(said).to_be_visible()
    page.unroute("**/assets/DeskPage*")
    desk.click()
    expect(page).to_have_url(re.compile("/desk$"))
    screen.errors.clear()
