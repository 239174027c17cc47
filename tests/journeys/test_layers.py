"""Back closes what lies over a page before it leaves the page; what was closed otherwise leaves nothing in the history."""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.browser import PHONE, Screen, Screens
from tests.support.uploading import picture

GROUP = "总装一车间"
pytestmark = pytest.mark.timeout(120)


def in_group(people: Screens) -> Screen:
    phone = people.signed_in("zhaotiejun", size=PHONE)
    phone.row(GROUP).tap()
    expect(phone.page.get_by_role("log")).to_be_visible()
    phone.settle()
    return phone


def back(page: Page) -> None:
    """As the phone's own Back: it loads nothing, so there is no load to wait for."""
    page.evaluate("history.back()")


def leads_to_the_list(page: Page) -> None:
    back(page)
    expect(page).to_have_url(re.compile("/chat$"))


def drawer(page: Page) -> Locator:
    return page.get_by_role("complementary", name="群资料")


def test_back_closes_the_drawer_and_what_lies_on_it(people: Screens) -> None:
    page = in_group(people).page
    here = page.url
    page.get_by_role("button", name="群资料").tap()
    page.get_by_role("button", name="入群码", exact=True).click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    back(page)
    expect(sheet).to_have_count(0)
    expect(drawer(page)).to_be_visible()
    back(page)
    expect(drawer(page)).to_have_count(0)
    assert page.url == here
    leads_to_the_list(page)


def test_what_was_closed_by_its_button_leaves_nothing_behind(people: Screens) -> None:
    page = in_group(people).page
    for _ in range(2):
        page.get_by_role("button", name="群资料").tap()
        page.get_by_role("button", name="入群码", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="关闭", exact=True).click()
        page.get_by_role("button", name="关闭群资料").tap()
        expect(drawer(page)).to_have_count(0)
    page.wait_for_function("!history.state.layers?.length")  # sooner than that nobody presses
    leads_to_the_list(page)


def test_back_closes_a_picture(people: Screens) -> None:
    phone = in_group(people)
    page = phone.page
    said = FilePayload(name="线边.png", mimeType="image/png", buffer=picture())
    page.locator("input[type=file]").first.set_input_files(said)
    phone.uploaded()
    phone.send("线边照片")
    page.get_by_role("button", name=re.compile("线边.png")).last.tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    back(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    leads_to_the_list(page)


def test_a_link_in_what_lies_over_a_page_leads_on_and_back_to_the_page(people: Screens) -> None:
    phone = in_group(people)
    page = phone.page
    here = page.url
    page.get_by_role("button", name="群资料").tap()
    # A telephone number is a link as well.
    drawer(page).locator('a[href^="/"]').first.click()
    expect(page).not_to_have_url(here)
    there = page.url
    page.wait_for_timeout(300)
    assert page.url == there, "closing the drawer must not lead away"
    back(page)
    expect(page).to_have_url(here)
    expect(page.get_by_role("log")).to_be_visible()
    page.wait_for_function("!history.state.layers?.length")
    leads_to_the_list(page)


def test_a_page_loaded_anew_leaves_at_the_first_back(people: Screens) -> None:
    page = in_group(people).page
    page.get_by_role("button", name="群资料").tap()
    expect(drawer(page)).to_be_visible()
    page.reload()
    expect(page.get_by_role("log")).to_be_visible()
    page.wait_for_function("!history.state?.layers?.length")
    leads_to_the_list(page)
