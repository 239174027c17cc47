"""What is forwarded, begun on another screen, or sent later, in real browsers."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Route, expect

from tests.support.browser import PASSWORD, PHONE, Screen, Screens
from tests.support.uploading import picture
from tests.support.waiting import wait_until

WORKSHOP, SAFETY, DISPATCH = "总装一车间", "安全生产", "生产调度"
pytestmark = pytest.mark.timeout(180)


def enter(screen: Screen, group: str) -> None:
    screen.row(group).click()
    expect(screen.page.get_by_role("log")).to_be_visible()


def menu(screen: Screen, text: str) -> Locator:
    """The open menu of a message."""
    return screen.menu_of(screen.message(text).last)


def sheet(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog")


def choose(screen: Screen, group: str) -> None:
    sheet(screen).get_by_role("textbox", name="搜索工作群和联系人").fill(group)
    sheet(screen).get_by_role("radio", name=re.compile(group)).click()


def composer(screen: Screen) -> Locator:
    return screen.page.get_by_role("textbox", name="消息")


def post(screen: Screen, path: str, body: object) -> Any:
    answer = screen.page.request.post(
        f"{screen.origin}/api{path}",
        headers={"Origin": screen.origin, "Content-Type": "application/json"},
        data=json.dumps(body),
    )
    assert answer.ok, answer.text()
    return answer.json()


def id_of(screen: Screen, group: str) -> str:
    """The id of one of a person's groups."""
    rows = screen.get("/conversations")["conversations"]
    return str(next(row["group"]["id"] for row in rows if group in row["group"]["short_name"]))


class TestForwarding:
    def test_one_message_with_a_comment(self, people: Screens) -> None:
        writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
        enter(writer, WORKSHOP)
        writer.send("北门消防通道今天清空")
        expect(writer.sent("北门消防通道")).to_be_visible()
        enter(reader, SAFETY)
        menu(writer, "北门消防通道").get_by_role("menuitem", name="转发").click()
        choose(writer, SAFETY)
        sheet(writer).get_by_role("textbox", name=re.compile("留言")).fill("请安全员复查")
        expect(sheet(writer)).to_contain_text("王海涛：北门消防通道今天清空")
        writer.check_access("the sheet of a forward")
        sheet(writer).get_by_role("button", name="转发", exact=True).click()
        expect(sheet(writer)).to_contain_text("已转发到“安全生产工作群”")
        expect(sheet(writer).get_by_role("button", name="关闭", exact=True)).to_be_focused()
        arrived = reader.message("北门消防通道今天清空")
        expect(arrived).to_contain_text("请安全员复查")
        expect(arrived).to_contain_text("王海涛：北门消防通道今天清空")
        expect(arrived).to_contain_text("转自")

    def test_to_somebody_with_whom_one_writes_alone_from_a_phone(self, people: Screens) -> None:
        writer, reader = people.signed_in("zhouxiaoyu", size=PHONE), people.signed_in("wanghaitao")
        enter(writer, WORKSHOP)
        writer.send("扳手在三号柜")
        writer.sent("扳手在三号柜").click(button="right")
        writer.page.get_by_role("menuitem", name="转发").click()
        # A keyboard would cover what there is to choose from.
        expect(sheet(writer)).to_be_focused()
        search = sheet(writer).get_by_role("textbox", name="搜索工作群和联系人")
        search.fill("wht")
        expect(sheet(writer).get_by_role("radio")).to_have_count(1)
        search.fill("wht x")
        expect(sheet(writer).get_by_role("radio")).to_have_count(0)
        choose(writer, "王海涛")
        sheet(writer).get_by_role("button", name="转发", exact=True).click()
        expect(sheet(writer)).to_contain_text("已转发到“王海涛”")
        alone = reader.page.get_by_text("周小雨", exact=True)
        expect(reader.page.locator("a.cv", has=alone)).to_contain_text("扳手在三号柜")

    def test_a_picture_goes_along(self, people: Screens) -> None:
        writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
        enter(writer, WORKSHOP)
        made = FilePayload(name="夹具.png", mimeType="image/png", buffer=picture())
        writer.page.locator("input[type=file]").first.set_input_files(made)
        writer.uploaded()
        writer.send("夹具改好了")
        expect(writer.sent("夹具改好了").locator("img")).to_be_visible()
        enter(reader, SAFETY)
        menu(writer, "夹具改好了").get_by_role("menuitem", name="转发").click()
        choose(writer, SAFETY)
        sheet(writer).get_by_text("自己制作", exact=True).click()
        sheet(writer).get_by_role("button", name="转发", exact=True).click()
        expect(sheet(writer)).to_contain_text("已转发到")
        arrived = reader.sent("夹具改好了")
        expect(arrived).to_contain_text("[夹具.png]")
        expect(arrived.locator("img")).to_have_js_property("complete", True)
        assert arrived.locator("img").evaluate("one => one.naturalWidth") > 0

    def test_what_the_rules_refuse_is_said_in_the_sheet_with_its_clause(
        self, people: Screens
    ) -> None:
        screen = people.signed_in("zhaotiejun")
        enter(screen, DISPATCH)
        screen.send("二线缺料，预计停四十分钟")
        expect(screen.sent("二线缺料")).to_be_visible()
        menu(screen, "二线缺料").get_by_role("menuitem", name="转发").click()
        choose(screen, WORKSHOP)
        sheet(screen).get_by_role("button", name="转发", exact=True).click()
        refusal = sheet(screen).get_by_role("alert")
        expect(refusal).to_contain_text("这里的消息不能转到那个群")
        expect(refusal).to_contain_text("6.9")
        expect(refusal).to_contain_text("同密级")
        choose(screen, DISPATCH)
        expect(refusal).to_have_count(0)
        sheet(screen).get_by_role("button", name="转发", exact=True).click()
        expect(sheet(screen)).to_contain_text("已转发到")

    def test_several_are_a_card_that_opens_all_of_them(self, people: Screens) -> None:
        writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
        workshop, safety = id_of(writer, WORKSHOP), id_of(writer, SAFETY)
        positions = [
            post(
                writer,
                f"/groups/{workshop}/messages",
                {"cmid": f"card{n}", "body": f"夹具检查第{n}项合格"},
            )["position"]
            for n in range(1, 6)
        ]
        enter(reader, SAFETY)
        post(
            writer,
            f"/groups/{safety}/forwards",
            {"cmid": "card", "from": workshop, "positions": positions, "merged": True},
        )
        card = reader.page.get_by_role("button", name=re.compile("聊天记录"))
        expect(card).to_contain_text("夹具检查第3项合格")
        expect(card).not_to_contain_text("夹具检查第4项合格")
        expect(card).to_contain_text("查看全部 5 条")
        expect(reader.row(SAFETY)).to_contain_text("[聊天记录]")
        card.click()
        expect(sheet(reader).get_by_role("listitem")).to_have_count(5)
        expect(sheet(reader)).to_contain_text("夹具检查第5项合格")
        reader.check_access("all that was forwarded")


def begun_in(people: Screens, group: str, *, typed: str, then: str) -> Screen:
    """A new browser that opens a group; something is typed there before the drafts come, and `then` stands there."""
    screen = people.new()
    screen.post("/session", {"account": "sunli", "password": PASSWORD})
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    screen.page.route("**/api/drafts", hold)
    screen.open(f"/chat/{group}")
    composer(screen).press_sequentially(typed)
    expect(composer(screen)).to_have_value(typed)
    while not asked:
        screen.page.wait_for_timeout(20)
    for route in asked:
        route.continue_()
    screen.page.unroute("**/api/drafts")
    expect(composer(screen)).to_have_value(then)
    return screen


class TestDrafts:
    def test_what_is_begun_on_one_screen_goes_on_on_the_other(self, people: Screens) -> None:
        desk = people.signed_in("sunli")
        phone = people.signed_in("sunli", size=PHONE)
        enter(desk, WORKSHOP)
        desk.write("交接班记录写到一半")
        listed = phone.row(WORKSHOP)
        expect(listed.locator(".dr-t")).to_have_text("[草稿]")
        expect(listed).to_contain_text("交接班记录写到一半")
        listed.tap()
        expect(composer(phone)).to_have_value("交接班记录写到一半")
        composer(phone).fill("交接班记录写完了")
        expect(composer(desk)).to_have_value("交接班记录写完了")
        desk.page.keyboard.press("Enter")
        expect(desk.message("交接班记录写完了")).to_have_count(1)
        expect(composer(phone)).to_have_value("")

    def test_signing_out_leaves_none_of_it_in_the_browser(self, people: Screens) -> None:
        screen = people.signed_in("mengyao")
        enter(screen, WORKSHOP)
        composer(screen).fill("退出前写到一半的话")
        screen.open("/apply")
        screen.page.get_by_label(re.compile("^群名称|^名称")).first.fill("申请写到一半")
        screen.open("/me")
        assert "申请写到一半" in screen.stored()
        screen.press("全部退出，包括这台")
        screen.page.wait_for_url(re.compile("/login"))
        kept = screen.stored()
        assert "退出前写到一半的话" not in kept and "gj.drafts" not in kept
        assert "申请写到一半" not in kept
        again = people.signed_in("mengyao")
        enter(again, WORKSHOP)
        expect(composer(again)).to_have_value("退出前写到一半的话")

    def test_it_is_there_in_a_new_browser_and_the_chat_that_is_left_saves_at_once(
        self, people: Screens
    ) -> None:
        first = people.signed_in("sunli")
        enter(first, WORKSHOP)
        first.write("换个浏览器接着写")
        enter(first, SAFETY)
        second = people.signed_in("sunli")
        expect(second.row(WORKSHOP).locator(".dr-t")).to_be_visible()
        enter(second, WORKSHOP)
        expect(composer(second)).to_have_value("换个浏览器接着写")
        composer(second).fill("")
        expect(first.row(WORKSHOP).locator(".dr-t")).to_have_count(0)

    def test_each_group_has_its_own_and_what_is_typed_before_it_comes_stands_behind_it(
        self, people: Screens
    ) -> None:
        first = people.signed_in("sunli")
        groups = {name: id_of(first, name) for name in (WORKSHOP, SAFETY)}
        for name in groups:
            enter(first, name)
            first.write(f"{name}写到一半")
        first.open("/me")
        wait_until(lambda: sum(bool(one["text"]) for one in first.get("/drafts")["drafts"]) == 2)
        begun_in(people, groups[WORKSHOP], typed="", then=f"{WORKSHOP}写到一半")
        whole = f"{SAFETY}写到一半\n先打的字"
        fresh = begun_in(people, groups[SAFETY], typed="先打的字", then=whole)
        enter(fresh, WORKSHOP)
        expect(composer(fresh)).to_have_value(f"{WORKSHOP}写到一半")
        first.open(f"/chat/{groups[SAFETY]}")
        expect(composer(first)).to_have_value(whole)

    def test_it_mentions_and_quotes_on_every_screen(self, people: Screens) -> None:
        desk, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu")
        phone = people.signed_in("wanghaitao", size=PHONE)
        for each in (desk, phone, reader):
            enter(each, WORKSHOP)
        reader.send("图纸放哪儿了")
        menu(desk, "图纸放哪儿了").get_by_role("menuitem", name="引用").click()
        composer(desk).press_sequentially("@周小")
        desk.page.get_by_role("option", name=re.compile("周小雨")).click()
        composer(desk).press_sequentially("请看一下")
        expect(composer(phone)).to_have_value("@周小雨 请看一下")
        expect(phone.page.locator(".cp-q")).to_contain_text("图纸放哪儿了")
        phone.page.get_by_role("button", name="发送").tap()
        arrived = reader.message("请看一下")
        expect(arrived.locator(".ment-me")).to_have_text("@周小雨")
        expect(arrived).to_contain_text("图纸放哪儿了")
        expect(composer(desk)).to_have_value("")


class TestLater:
    def test_a_time_is_chosen_behind_the_button_and_the_list_changes_it(
        self, people: Screens
    ) -> None:
        screen = people.signed_in("wanghaitao")
        enter(screen, WORKSHOP)
        screen.write("明早八点二十班前会")
        screen.press("定时发送")
        expect(screen.page.get_by_role("menu")).to_be_visible()
        screen.check_access("the menu for sending later")
        screen.page.get_by_role("menuitem", name="明天 09:00").click()
        expect(composer(screen)).to_have_value("")
        strip = screen.page.get_by_role("button", name=re.compile("^定时消息"))
        expect(strip).to_contain_text("定时消息 1")
        strip.click()
        expect(sheet(screen)).to_contain_text("明早八点二十班前会")
        expect(sheet(screen)).to_contain_text("明天 09:00")
        screen.check_access("the list of scheduled messages")
        sheet(screen).get_by_role("button", name="修改").click()
        sheet(screen).get_by_role("textbox", name="消息").fill("明早八点半班前会")
        sheet(screen).get_by_role("button", name="定时", exact=True).click()
        expect(sheet(screen)).to_contain_text("明早八点半班前会")
        sheet(screen).get_by_role("button", name="立即发送").click()
        expect(sheet(screen)).to_contain_text("没有定时消息")
        screen.page.keyboard.press("Escape")
        expect(screen.message("明早八点半班前会")).to_have_count(1)
        expect(strip).to_have_count(0)

    def test_a_time_of_ones_own_and_another_screen_that_cancels(self, people: Screens) -> None:
        desk = people.signed_in("sunli")
        phone = people.signed_in("sunli", size=PHONE)
        enter(phone, WORKSHOP)
        composer(phone).fill("后天盘点，请各班备好台账")
        phone.press("更多功能")
        phone.page.get_by_role("menuitem", name="定时发送").tap()
        phone.page.get_by_role("menuitem", name="自选时间").tap()
        when = phone.page.evaluate(
            "new Date(Date.now() + 2 * 86400000 + 28800000).toISOString().slice(0, 16)"
        )
        sheet(phone).get_by_label("发送时间").fill(when)
        phone.check_access("a time of one's own on a phone")
        sheet(phone).get_by_role("button", name="定时", exact=True).tap()
        enter(desk, WORKSHOP)
        strip = desk.page.get_by_role("button", name=re.compile("^定时消息"))
        expect(strip).to_contain_text("定时消息 1")
        strip.click()
        sheet(desk).get_by_role("button", name="取消发送").click()
        expect(sheet(desk)).to_contain_text("没有定时消息")
        expect(phone.page.get_by_role("button", name=re.compile("^定时消息"))).to_have_count(0)
        assert desk.get("/scheduled")["scheduled"] == []

    def test_files_wait_with_it_stay_in_the_list_and_go_with_the_message(
        self, people: Screens
    ) -> None:
        screen = people.signed_in("wanghaitao")
        enter(screen, WORKSHOP)
        page = screen.page
        plans = [
            FilePayload(
                name=f"排班{n}.txt", mimeType="text/plain", buffer=f"八点到岗，第{n}组".encode()
            )
            for n in (1, 2)
        ]
        page.locator("input[type=file]").first.set_input_files(plans)
        screen.uploaded(2)
        screen.press("定时发送")
        page.get_by_role("menuitem", name="明天 09:00").click()
        expect(page.locator(".cp").get_by_text("排班1.txt")).to_have_count(0)
        expect(page.locator(".cp").get_by_text("排班2.txt")).to_have_count(0)
        page.wait_for_timeout(1000)  # what this device kept of them goes behind the screen
        page.reload()
        strip = page.get_by_role("button", name=re.compile("^定时消息"))
        expect(strip).to_contain_text("定时消息 1")
        strip.click()
        files = sheet(screen).get_by_role("list", name="一起发送的文件").get_by_role("listitem")
        expect(files).to_have_count(2)
        expect(files.first).to_contain_text("排班1.txt")
        screen.check_access("a scheduled message with files")
        expect(page.locator(".cp").get_by_text("排班")).to_have_count(0)
        sheet(screen).get_by_role("button", name="修改").click()
        sheet(screen).get_by_role("button", name="不带排班2.txt").click()
        sheet(screen).get_by_role("textbox", name="消息").fill("明天的排班")
        screen.check_access("changing a scheduled message with files")
        sheet(screen).get_by_role("button", name="定时", exact=True).click()
        expect(files).to_have_count(1)
        sheet(screen).get_by_role("button", name="立即发送").click()
        expect(sheet(screen)).to_contain_text("没有定时消息")
        page.keyboard.press("Escape")
        message = screen.message("明天的排班")
        expect(message).to_contain_text("排班1.txt")
        expect(message).not_to_contain_text("排班2.txt")
        reader = people.signed_in("zhouxiaoyu", size=PHONE, scheme="dark")
        enter(reader, WORKSHOP)
        with reader.page.expect_download() as done:
            reader.message("明天的排班").get_by_text("排班1.txt").click()
        assert done.value.path().read_text(encoding="utf-8") == "八点到岗，第1组"

    def test_one_that_did_not_go_says_why_and_how_long_it_is_kept(self, people: Screens) -> None:
        screen = people.signed_in("sunli")
        failed: dict[str, Any] = {
            "cmid": "f1", "group": id_of(screen, WORKSHOP), "group_name": WORKSHOP, "text": "周末加班", "mentions": [],
            "quote": None, "thread": None, "members": None, "files": [], "at": 1_800_000_000_000, "state": "failed",
            "code": "groups.is_closed", "clause": None, "kept_until": 1_800_000_000_000 + 30 * 86_400_000,
        }  # fmt: skip
        screen.page.route("**/api/scheduled", lambda route: route.fulfill(json={"scheduled": [failed]}))  # fmt: skip
        screen.open("/chat")
        enter(screen, WORKSHOP)
        strip = screen.page.get_by_role("button", name=re.compile("^定时消息"))
        expect(strip).to_contain_text("1 条没有发出")
        strip.click()
        expect(sheet(screen)).to_contain_text("没有发出：")
        expect(sheet(screen)).to_contain_text("保留到 2027")
        screen.check_access("a scheduled message that failed")
