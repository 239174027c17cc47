"""What a thumb does in the chat: writing with room for the text, and the menu of a conversation by a long press."""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.browser import PHONE, Screen, Screens

GROUP = "总装一车间"
LONG = "请转告仓库周师傅，明早七点半把三号线的备件送到总装一车间门口，并带上上周的点检表。另外转让二手货架，300元。"
pytestmark = pytest.mark.timeout(120)


def on_phone(people: Screens) -> Screen:
    phone = people.signed_in("zhouxiaoyu", size=PHONE)
    expect(phone.row(GROUP)).to_be_visible()
    return phone


def in_group(people: Screens) -> Screen:
    phone = on_phone(people)
    phone.row(GROUP).tap()
    expect(phone.page.get_by_role("log")).to_be_visible()
    phone.settle()
    return phone


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="消息")


@pytest.fixture
def large(people: Screens) -> Screen:
    phone = on_phone(people)
    phone.page.evaluate("localStorage.setItem('gj.text', 'xlarge')")
    phone.page.reload()
    phone.row(GROUP).tap()
    expect(phone.page.get_by_role("log")).to_be_visible()
    return phone


def test_what_is_written_has_the_width_and_the_size_of_what_was_said(large: Screen) -> None:
    large.write(LONG)
    page = large.page
    room = field(page).bounding_box()
    assert room is not None and room["width"] > PHONE[0] * 0.6
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    said = page.locator(".bub").first.evaluate(size)
    assert field(page).evaluate(size) == said
    large.check_access("writing in the largest type on a phone")


def test_what_is_underlined_lies_under_its_words(people: Screens) -> None:
    phone = in_group(people)
    phone.write(LONG)
    page = phone.page
    expect(page.locator(".under .hit").first).to_be_attached()
    shape = "one => { const {x, y, width, height} = one.getBoundingClientRect(); return [x, y, width, height, one.clientWidth, one.scrollHeight]; }"
    assert page.locator(".under").evaluate(shape) == field(page).evaluate(shape)


def test_one_button_holds_what_is_more_than_a_text(people: Screens) -> None:
    phone = in_group(people)
    page, menu = phone.page, phone.page.get_by_role("menu")
    phone.press("更多功能")
    phone.check_access("what else can be sent, on a phone")
    with page.expect_file_chooser() as choosing:
        menu.get_by_role("menuitem", name="发送文件或图片").tap()
    choosing.value.set_files(FilePayload(name="点检表.txt", mimeType="text/plain", buffer=b"1"))
    phone.uploaded()
    phone.write("请")
    phone.press("更多功能")
    menu.get_by_role("menuitem", name="提到某人").tap()
    page.get_by_role("option", name=re.compile("王海涛")).tap()
    expect(field(page)).to_have_value("请@王海涛 ")
    phone.press("更多功能")
    menu.get_by_role("menuitem", name="定时发送").tap()
    expect(menu.get_by_role("menuitem", name=re.compile("^定时消息"))).to_be_visible()
    page.keyboard.press("Escape")
    phone.press("发送")
    expect(phone.message("点检表.txt")).to_be_visible()
    expect(page.get_by_role("button", name="录语音").last).to_be_visible()


class Finger:
    """One finger on the screen, as the system reports it."""

    def __init__(self, page: Page, on: Locator) -> None:
        box = on.bounding_box()
        assert box is not None
        self.page, self.x, self.y = page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.wire = page.context.new_cdp_session(page)

    def _tell(self, kind: str, *points: dict[str, float]) -> None:
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def down(self) -> None:
        self._tell("touchStart", {"x": self.x, "y": self.y})

    def drag(self, by: int) -> None:
        for step in range(1, 9):
            self._tell("touchMove", {"x": self.x, "y": self.y - by * step / 8})

    def up(self) -> None:
        self._tell("touchEnd")


def test_a_long_press_opens_the_menu_of_a_conversation(people: Screens) -> None:
    phone = on_phone(people)
    page, row, menu = phone.page, phone.row(GROUP), phone.page.get_by_role("menu")
    finger = Finger(page, row)
    finger.down()
    page.wait_for_timeout(700)
    expect(menu).to_be_visible()
    finger.up()
    page.wait_for_timeout(300)
    expect(page).to_have_url(re.compile("/chat$"))
    phone.check_access("the menu of a conversation on a phone")
    menu.get_by_role("menuitem", name="免打扰").tap()
    expect(row.get_by_role("img", name="免打扰")).to_be_visible()
    finger = Finger(page, phone.row(GROUP))
    finger.down()
    finger.drag(60)
    page.wait_for_timeout(700)
    finger.up()
    expect(menu).to_have_count(0)
    expect(page).to_have_url(re.compile("/chat$"))
    row.tap()
    expect(page.get_by_role("log")).to_be_visible()


def test_pinning_and_muting_in_what_is_said_of_a_conversation(people: Screens) -> None:
    phone = in_group(people)
    page = phone.page
    phone.press("群资料")
    own = page.get_by_role("group", name="在我的列表里")
    own.get_by_label("置顶").tap()
    expect(own.get_by_label("置顶")).to_be_checked()
    muted = own.get_by_label("免打扰")
    was = muted.is_checked()
    muted.tap()
    expect(muted).to_be_checked(checked=not was)
    phone.check_access("about a group, on a phone")
    phone.press("关闭群资料")
    page.get_by_role("link", name=re.compile("^返回")).tap()
    expect(page.locator("a.cv").first).to_contain_text(GROUP)
    expect(phone.row(GROUP)).to_have_class(re.compile("pinned"))
