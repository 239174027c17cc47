"""The daily things of talk, in real browsers: changing, threads, pins, everybody, who has read, seen on screen, choosing many."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import Screen, Screens, screens
from tests.support.site import Site, demo_site

GROUP = "总装一车间"
EDITING = "      - use: messaging.editing\n        with: {minutes: 60}\n"
BEFORE = "      - use: messaging.mention_all\n"
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Site]:
    """The demonstration under its own rule book, with one clause more: messages may be edited."""
    with demo_site() as made:
        with screens(browser, made.place) as people:
            officer = people.signed_in("youliqun")
            pack = officer.get("/policy/packs/current")["yaml"]
            assert pack.count(BEFORE) == 1
            answer = officer.post(
                "/policy/packs", {"yaml": pack.replace(BEFORE, EDITING + BEFORE), "dry_run": False}
            )
            assert answer.ok, answer.text()
        yield made


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[Screens]:
    with screens(browser, site.place) as made:
        yield made


def in_group(people: Screens, account: str, **how: object) -> Screen:
    """Somebody who looks at the group."""
    screen = people.signed_in(account, **how)
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("log")).to_be_visible()
    return screen


class TestEditing:
    def test_a_message_is_edited_and_everybody_can_read_its_versions(self, people: Screens) -> None:
        author, reader = in_group(people, "zhouxiaoyu"), in_group(people, "wanghaitao")
        author.send("明早七点开班前会")
        author.menu("明早七点开班前会", "编辑")
        box = author.page.get_by_role("textbox", name="编辑消息")
        expect(box).to_have_value("明早七点开班前会")
        box.fill("明早七点半开班前会")
        author.page.keyboard.press("Enter")
        expect(box).to_have_count(0)
        for screen in (author, reader):
            expect(screen.message("明早七点半开班前会")).to_be_visible()
            expect(screen.message("明早七点开班前会")).to_have_count(0)
        reader.message("明早七点半开班前会").get_by_role("button", name="已编辑").click()
        sheet = reader.page.get_by_role("dialog")
        expect(sheet.locator("li")).to_have_count(2)
        expect(sheet.locator("li").first).to_contain_text("明早七点半开班前会")
        expect(sheet.locator("li").last).to_contain_text("原文")
        reader.check_access("the versions of a message")
        # Nobody edits what another wrote.
        reader.page.keyboard.press("Escape")
        reader.open_menu("明早七点半开班前会")
        expect(reader.page.get_by_role("menuitem", name="引用")).to_be_visible()
        expect(reader.page.get_by_role("menuitem", name="编辑")).to_have_count(0)

    def test_arrow_up_edits_the_last_one_and_escape_leaves_it(self, people: Screens) -> None:
        author = in_group(people, "zhouxiaoyu")
        author.send("二号夹具已经归位")
        expect(author.message("二号夹具已经归位").locator(".bub")).to_be_visible()
        author.page.keyboard.press("ArrowUp")
        box = author.page.get_by_role("textbox", name="编辑消息")
        expect(box).to_have_value("二号夹具已经归位")
        box.fill("另一句")
        author.page.keyboard.press("Escape")
        expect(box).to_have_count(0)
        composer = author.page.get_by_role("textbox", name="消息")
        expect(composer).to_be_focused()
        expect(composer).to_have_value("")
        assert [one["text"] for one in versions(author, "二号夹具已经归位")] == ["二号夹具已经归位"]

    def test_what_a_rule_stops_is_told_with_the_clause_and_changes_nothing(
        self, people: Screens
    ) -> None:
        author = in_group(people, "zhouxiaoyu")
        author.send("报价按公开的来")
        author.menu("报价按公开的来", "编辑")
        author.page.get_by_role("textbox", name="编辑消息").fill("二号线的投标底价先按上次的来")
        author.page.keyboard.press("Enter")
        said = author.page.locator(".cp").get_by_role("alert")
        expect(said).to_contain_text("原文没有改动")
        expect(said.get_by_role("button", name="第 6.7 条")).to_be_visible()
        author.page.get_by_role("textbox", name="编辑消息").press("Escape")
        expect(author.message("报价按公开的来")).to_be_visible()
        assert len(versions(author, "报价按公开的来")) == 1


def shown(screen: Screen, text: str) -> int:
    """Where the message with this text appears."""
    position = screen.message(text).get_attribute("data-position")
    assert position is not None
    return int(position)


def versions(screen: Screen, text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = screen.get(
        f"{group_path(screen)}/messages/{shown(screen, text)}/versions"
    )["versions"]
    return found


def group_path(screen: Screen) -> str:
    """The group that a screen shows, as the server names it."""
    found = re.search(r"/chat/([^/?#]+)", screen.page.url)
    assert found is not None
    return f"/groups/{found.group(1)}"
