"""Looking for messages in a real browser: from a group, from the jump box, and to the message that was found."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import Screens

pytestmark = pytest.mark.timeout(120)


def test_what_was_said_is_found_and_leads_to_the_message(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu")
    screen.row("总装一车间").click()
    screen.write("七号工位的力矩扳手已经校准")
    screen.page.keyboard.press("Enter")
    expect(screen.message("力矩扳手")).to_have_count(1)
    screen.page.get_by_role("link", name="搜索本群").click()
    field = screen.page.get_by_role("searchbox")
    field.fill("校準 扳手")
    field.press("Enter")
    hits = screen.page.locator(".hit").filter(has_text="力矩")
    expect(hits).to_have_count(1)
    expect(hits.locator("mark")).to_have_text(["扳手", "校准"])
    screen.page.get_by_label("哪里").select_option(label="所有会话")
    expect(hits).to_have_count(2)  # the demonstration speaks of it one to one
    hits.filter(has_text="七号工位").click()
    expect(screen.message("力矩扳手")).to_be_in_viewport()
    screen.page.keyboard.press("Control+k")
    screen.page.get_by_role("textbox", name="跳到").fill("没有人说过这句话")
    screen.page.keyboard.press("Enter")
    expect(screen.page.get_by_text("没有找到")).to_be_visible()
