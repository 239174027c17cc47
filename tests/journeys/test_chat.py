"""The daily things of talk, in real browsers: changing, threads, pins, everybody, who has read, seen on screen, choosing many."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browser import PHONE, Screen, Screens, screens
from tests.support.site import Site, demo_site
from tests.support.waiting import wait_until

GROUP = "总装一车间"
EDITING = "      - use: messaging.editing\n        with: {minutes: 60}\n"
ELSEWHERE = "安全生产"
NOT_NEEDED = "万里"
BEFORE = "      - use: messaging.mention_all\n"
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def site(browser: Browser, demo: Path) -> Iterator[Site]:
    """The demonstration under its own rule book, with one clause more: messages may be edited."""
    with demo_site(demo) as made:
        with screens(browser, made.place) as people:
            officer = people.signed_in("youliqun")
            pack = officer.get("/policy/packs/current")["yaml"]
            assert pack.count(BEFORE) == 1
            answer = officer.post(
                "/policy/packs", {"yaml": pack.replace(BEFORE, EDITING + BEFORE), "dry_run": False}
            )
            assert answer.ok, answer.text()
        yield made


def in_group(people: Screens, account: str, **how: Any) -> Screen:
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
        reader.check_access("the menu of a message")
        expect(reader.page.get_by_role("menuitem", name="引用")).to_be_visible()
        expect(reader.page.get_by_role("menuitem", name="编辑")).to_have_count(0)

    def test_arrow_up_edits_the_last_one_and_escape_leaves_it(self, people: Screens) -> None:
        author = in_group(people, "zhouxiaoyu")
        author.send("二号夹具已经归位")
        expect(author.sent("二号夹具已经归位")).to_be_visible()
        box = author.page.get_by_role("textbox", name="编辑消息")
        for _ in range(40):  # until the page knows whether it may be edited, the key does nothing
            author.page.keyboard.press("ArrowUp")
            if box.count():
                break
            author.page.wait_for_timeout(250)
        expect(box).to_have_value("二号夹具已经归位")
        box.fill("另一句")
        author.page.keyboard.press("Escape")
        expect(box).to_have_count(0)
        composer = author.page.get_by_role("textbox", name="消息")
        expect(composer).to_be_focused()
        expect(composer).to_have_value("")
        assert [one["text"] for one in versions(author, "二号夹具已经归位")] == ["二号夹具已经归位"]

    def test_arrow_up_where_editing_is_refused_says_so_or_does_nothing(
        self, people: Screens
    ) -> None:
        silent = in_group(people, "zhouxiaoyu")
        silent.page.get_by_role("textbox", name="消息").focus()
        # In two days nothing is young enough to be edited any more: the key does nothing, and one writes on.
        silent.page.clock.set_system_time((time.time() + 2 * 86_400) * 1000)
        with silent.page.expect_response(lambda answer: answer.url.endswith("/api/clauses")):
            silent.page.keyboard.press("ArrowUp")
        silent.page.keyboard.press("ArrowUp")
        silent.page.wait_for_timeout(300)
        expect(silent.page.get_by_role("textbox", name="编辑消息")).to_have_count(0)
        expect(silent.page.get_by_role("textbox", name="消息")).to_be_focused()
        author, elsewhere = in_group(people, "zhouxiaoyu"), people.signed_in("zhouxiaoyu")
        box = author.page.get_by_role("textbox", name="编辑消息")
        composer = author.page.get_by_role("textbox", name="消息")
        text = "三号工位换了班长"
        author.send(text)
        expect(author.sent(text)).to_be_visible()
        composer.focus()
        author.page.keyboard.press("ArrowUp")
        expect(box).to_have_value(text)
        box.fill("三号工位换了副班长")
        held: list[Route] = []
        author.page.route(
            "**/api/groups/*/messages/*",
            lambda route: held.append(route),  # noqa: PLW0108
        )
        author.page.keyboard.press("Enter")
        while not held:
            author.page.wait_for_timeout(20)
        # Another screen of theirs is quicker.
        path = held[0].request.url.partition("/api")[2]
        elsewhere.post(f"{path}/recall", {})
        held[0].continue_()
        expect(author.page.get_by_role("alert").first).to_contain_text("撤回")
        expect(author.page.get_by_text("三号工位换了副班长")).to_have_count(0)

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


class TestThreads:
    def test_a_thread_is_talked_in_live_and_its_root_counts(self, people: Screens) -> None:
        first, second = in_group(people, "zhouxiaoyu"), in_group(people, "wanghaitao")
        first.send("六号机台的扭力又报警")
        second.menu("六号机台的扭力又报警", "在话题中回复")
        panel = second.page.get_by_role("complementary", name="话题")
        expect(panel).to_contain_text("六号机台的扭力又报警")
        expect(panel).to_contain_text("还没有回复")
        panel.get_by_role("textbox", name="消息").fill("先停，工艺马上到")
        second.page.keyboard.press("Enter")
        expect(panel.locator("article.m", has_text="工艺马上到")).to_be_visible()
        # The other sees the count at the root, opens the thread from it, and gets what follows by itself.
        root = first.page.locator(
            "article.m", has=first.page.get_by_role("button", name="1 条回复")
        )
        expect(root).to_contain_text("六号机台的扭力又报警")
        root.get_by_role("button", name="1 条回复").click()
        theirs = first.page.get_by_role("complementary", name="话题")
        expect(theirs).to_contain_text("工艺马上到")
        first.check_access("a thread beside the timeline")
        panel.get_by_role("textbox", name="消息").fill("换了传感器，好了")
        second.page.keyboard.press("Enter")
        expect(theirs).to_contain_text("换了传感器")
        expect(theirs.locator(".day")).to_have_text("2 条回复")
        # In the timeline a reply says where it belongs, and leads there.
        reply = first.page.locator(".main article.m", has_text="换了传感器")
        expect(reply.locator(".th")).to_contain_text("六号机台的扭力又报警")
        kept = first.get(f"{group_path(first)}/messages/{root_of(first)}/thread")
        assert [one["message"]["text"] for one in kept["items"]] == [
            "先停，工艺马上到",
            "换了传感器，好了",
        ]
        # Edited and recalled replies change in the open thread too.
        reply_in = panel.locator("article.m", has_text="换了传感器")
        second.menu_of(reply_in).get_by_role("menuitem", name="撤回").click()
        expect(theirs).not_to_contain_text("换了传感器")
        expect(theirs).to_contain_text("王海涛 撤回了一条消息")
        expect(panel).to_contain_text("你撤回了一条消息")
        first.page.get_by_role("button", name="关闭话题").click()
        expect(theirs).to_have_count(0)

    def test_on_a_phone_a_thread_is_a_page_and_back_leads_to_the_talk(
        self, people: Screens
    ) -> None:
        desk = in_group(people, "wanghaitao")
        desk.send("下周排班表在谁手里")
        desk.menu("下周排班表在谁手里", "在话题中回复")
        desk.page.get_by_role("complementary", name="话题").get_by_role("textbox").fill("在我这")
        desk.page.keyboard.press("Enter")
        phone = in_group(people, "zhouxiaoyu", size=PHONE)
        phone.page.get_by_role("button", name="1 条回复").last.tap()
        panel = phone.page.get_by_role("complementary", name="话题")
        expect(panel.locator("article.m", has_text="在我这")).to_be_visible()
        expect(phone.page.locator(".main")).to_be_hidden()
        phone.check_access("a thread on a phone")
        panel.get_by_role("textbox", name="消息").fill("收到，我来取")
        panel.get_by_role("button", name="发送", exact=True).tap()
        expect(desk.page.get_by_role("complementary", name="话题")).to_contain_text("我来取")
        phone.page.go_back()
        expect(panel).to_have_count(0)
        expect(phone.page.locator(".main")).to_be_visible()
        phone.page.get_by_role("button", name="2 条回复").last.tap()
        panel.get_by_role("button", name="返回", exact=True).click()
        expect(panel).to_have_count(0)
        phone.page.evaluate("history.back()")
        expect(phone.page).to_have_url(re.compile("/chat$"))


class TestPins:
    def test_what_is_pinned_stands_above_and_leads_to_the_message(self, people: Screens) -> None:
        owner, member = in_group(people, "zhaotiejun"), in_group(people, "zhouxiaoyu")
        pins = member.page.get_by_role("region", name="置顶消息")
        early = member.page.locator("article.m .tx").first.inner_text()
        count = pins.get_by_role("button", name=re.compile("条置顶"))
        before = len(member.get(f"{group_path(member)}/pins")["items"])
        owner.send("本周五下午停线保养")
        owner.menu("本周五下午停线保养", "置顶")
        expect(pins).to_contain_text("本周五下午停线保养")
        owner.page.get_by_role("log").evaluate("one => { one.scrollTop = 0 }")
        owner.menu(early, "置顶")
        expect(count).to_have_text(f"{before + 2} 条置顶")
        count.click()
        member.check_access("the pinned messages")
        pins.locator("li", has_text=early[:12]).get_by_role("button").first.click()
        expect(member.page.locator("article.m.flash")).to_contain_text(early[:12])
        # A member takes nothing off; the owner does, and a recalled one is gone by itself.
        count.click()
        expect(pins.get_by_role("button", name="取消置顶")).to_have_count(0)
        theirs = owner.page.get_by_role("region", name="置顶消息")
        theirs.get_by_role("button", name=re.compile("条置顶")).click()
        theirs.locator("li", has_text=early[:12]).get_by_role("button", name="取消置顶").click()
        expect(count).to_have_text(f"{before + 1} 条置顶")
        owner.page.keyboard.press("Escape")
        owner.menu("本周五下午停线保养", "撤回")
        expect(pins.get_by_text("本周五下午停线保养")).to_have_count(0)


def call_everybody(screen: Screen, text: str) -> None:
    """Choose 所有人 behind an @ and confirm; the text goes on behind it and is not sent."""
    field = screen.page.get_by_role("textbox", name="消息")
    field.press_sequentially("@")
    screen.page.get_by_role("option", name=re.compile("所有人")).click()
    asked = screen.page.get_by_role("dialog")
    others = screen.get(group_path(screen))["members"] - 1
    expect(asked).to_contain_text(f"将通知 {others} 人")
    expect(screen.page.get_by_role("listbox", name="提到某人")).to_have_count(0)
    asked.get_by_role("button", name="确定").click()
    expect(field).to_have_value("@所有人 ")
    field.press_sequentially(text)


class TestMentionOfAll:
    def test_it_asks_how_many_and_again_when_the_number_has_changed(self, people: Screens) -> None:
        writer, reader = in_group(people, "sunli"), in_group(people, "zhouxiaoyu")
        members = writer.get(group_path(writer))["members"]
        call_everybody(writer, "十点开会")
        writer.page.keyboard.press("Enter")
        expect(reader.message("十点开会").locator(".ment-me")).to_have_text("@所有人")
        call_everybody(writer, "会议改到十一点")
        owner = people.signed_in("zhaotiejun")
        place = next(
            one["person"]["id"]
            for one in owner.get(f"{group_path(writer)}/members")["members"]
            if one["person"]["name"] == NOT_NEEDED
        )
        gone = owner.post(f"{group_path(writer)}/members/{place}/removal", {"reason": "调岗"})
        assert gone.ok, gone.text()
        expect(writer.page.get_by_role("log")).to_contain_text(f"把 {NOT_NEEDED} 移出群")
        writer.page.keyboard.press("Enter")
        failed = writer.page.locator("article.wait")
        expect(failed).to_contain_text(f"群里现在有 {members - 1} 人")
        expect(reader.message("会议改到十一点")).to_have_count(0)
        failed.get_by_role("button", name=f"通知 {members - 2} 人并发送").click()
        expect(reader.message("会议改到十一点")).to_be_visible()
        expect(failed).to_have_count(0)

    def test_who_may_not_is_told_the_clause_and_so_is_who_did_it_often(
        self, people: Screens
    ) -> None:
        member, writer = in_group(people, "zhouxiaoyu"), in_group(people, "sunli")
        field = member.page.get_by_role("textbox", name="消息")
        field.press_sequentially("有空的来搭把手 @")
        everybody = member.page.get_by_role("option", name=re.compile("所有人"))
        expect(everybody).to_contain_text("限群主、群管理员（第 6.6 条）")
        expect(everybody).to_be_disabled()
        offered = member.page.get_by_role("listbox", name="提到某人").get_by_role("option")
        expect(offered.last).to_contain_text("所有人")
        expect(offered.first).to_have_attribute("aria-selected", "true")
        member.page.keyboard.press("Enter")
        expect(field).to_have_value(re.compile(r"^有空的来搭把手 @\S+ $"))
        field.press_sequentially("@所有")
        expect(offered).to_have_count(1)
        member.page.keyboard.press("Enter")
        expect(member.page.get_by_role("dialog")).to_have_count(0)
        expect(field).to_have_value(re.compile("@所有$"))
        field.fill("")
        # Who asks before the answer is there, or past the page, is refused at the gate, and the same again helps nothing.
        member.page.route("**/rest", lambda route: route.abort())
        member.page.reload()
        call_everybody(member, "有空的来搭把手")
        member.page.keyboard.press("Enter")
        refused = member.page.locator("article.wait")
        expect(refused).to_contain_text("你不能在本群提到所有人")
        expect(refused.get_by_role("button", name="第 6.6 条")).to_be_visible()
        expect(refused.get_by_role("button", name="重发")).to_have_count(0)
        refused.get_by_role("button", name="不发了").click()
        expect(refused).to_have_count(0)
        late = writer.page.locator("article.wait")
        writer.page.route("**/rest", lambda route: route.abort())
        writer.page.reload()
        for turn in range(4):
            call_everybody(writer, f"第{turn}次提醒")
            writer.page.keyboard.press("Enter")
            expect(writer.message(f"第{turn}次提醒")).to_be_visible()
            writer.page.wait_for_timeout(200)
            if late.locator(".stop").count():
                break
        expect(late).to_contain_text("今天提到所有人的次数已用完")
        expect(late.get_by_role("button", name="第 6.6 条")).to_be_visible()
        expect(late.get_by_role("button", name="重发")).to_have_count(0)
        late.get_by_role("button", name="不发了").click()
        writer.page.unroute("**/rest")
        writer.page.get_by_role("textbox", name="消息").press_sequentially("@")
        everybody = writer.page.get_by_role("option", name=re.compile("所有人"))
        expect(everybody).to_contain_text("今天的次数已用完")
        writer.check_access("who cannot mention everybody any more")


class TestReaders:
    def test_the_author_watches_the_message_being_read(self, people: Screens) -> None:
        author = in_group(people, "sunli")
        author.send("质检单在文件柜第二格")
        mark = author.message("质检单在文件柜第二格").locator(".seen")
        expect(mark).to_contain_text("人未读")
        total = int(re.sub(r"\D", "", mark.inner_text()))
        assert total > 1
        to_end(in_group(people, "zhouxiaoyu"))
        expect(mark).to_have_text(f"已读 1 · {total - 1} 人未读")
        mark.click()
        sheet = author.page.get_by_role("dialog")
        expect(sheet).to_contain_text("周小雨")
        names, after = (
            sheet.locator(one).first.bounding_box() for one in ("p", "section + section")
        )
        assert names and after and after["y"] - names["y"] - names["height"] >= 12
        author.page.keyboard.press("Escape")
        # The rest reads it: no number is left.
        read_by_all(people, author, "质检单在文件柜第二格")
        expect(mark).to_have_text("全部已读")

    def test_who_is_reminded_elsewhere_is_led_to_the_message(self, people: Screens) -> None:
        author, reader = in_group(people, "sunli"), people.signed_in("zhouxiaoyu")
        reader.row(ELSEWHERE).click()
        author.send("请看新的图纸")
        author.message("请看新的图纸").locator(".seen").click()
        author.page.get_by_role("button", name=re.compile("^提醒未读")).click()
        expect(author.page.get_by_role("dialog")).to_contain_text("已提醒")
        bar, row = reader.page.locator(".banner", has_text="孙立 提醒你阅读"), reader.row(GROUP)
        expect(bar).to_be_visible()
        expect(row).to_contain_text("[提醒]")
        reader.page.reload()
        expect(row).to_contain_text("[提醒]")
        author.page.keyboard.press("Escape")
        author.send("图纸又改了")
        author.message("图纸又改了").locator(".seen").click()
        author.page.get_by_role("button", name=re.compile("^提醒未读")).click()
        bar.get_by_role("link", name=GROUP).click()
        expect(reader.message("图纸又改了")).to_be_visible()
        expect(row).not_to_contain_text("[提醒]")
        expect(bar).to_have_count(0)


def to_end(screen: Screen) -> None:
    screen.page.get_by_role("log").evaluate("one => { one.scrollTop = one.scrollHeight }")


def read_by_all(people: Screens, author: Screen, text: str) -> None:
    """Have everybody who has not read a message do so, on a screen of theirs that shows nothing."""
    path, position = group_path(author), shown(author, text)
    logins = {
        "赵铁军": "zhaotiejun",
        "王海涛": "wanghaitao",
        "马超": "machao",
        "陈思源": "chensiyuan",
    }
    logins |= {"钟灵": "zhongling", "孟瑶": "mengyao", "万里": "wanli", "侯亮": "houliang"}
    for one in author.get(f"{path}/messages/{position}/readers")["unread"]:
        reader = people.signed_in(logins[one["name"]])
        answer = reader.post(f"{path}/read", {"position": position})
        assert answer.ok, answer.text()
        reader.page.close()


LOOK_AWAY = "document.hasFocus = () => false; dispatchEvent(new Event('blur'))"
LOOK_BACK = "document.hasFocus = () => true; dispatchEvent(new Event('focus'))"


class TestSeen:
    def test_only_what_was_on_screen_counts_as_read(self, people: Screens) -> None:
        """What comes while nobody looks, or below the edge of the screen, stays unread."""
        reader, writer = in_group(people, "zhongling"), in_group(people, "wanghaitao")
        to_end(reader)
        count = reader.row(GROUP).locator(".count")
        expect(count).to_have_count(0)
        reader.page.evaluate(LOOK_AWAY)
        lines = [f"第{n}项：" + "先看图纸再动手，" * 8 for n in range(1, 13)]
        for line in lines:
            writer.send(line)
            expect(writer.message(line[:4]).locator(".bub")).to_be_visible()
            writer.page.wait_for_timeout(600)  # slower than the rule against floods
        expect(count).to_contain_text("12")
        unread_at = read_position(reader)
        expect(reader.page.locator(".newline")).to_be_in_viewport()
        reader.page.evaluate(LOOK_BACK)
        expect(count).not_to_contain_text("12")
        first = int(re.sub(r"\D.*", "", count.inner_text()))
        assert 0 < first < 12, first
        down = reader.page.get_by_role("button", name=re.compile("条新消息"))
        expect(down).to_have_text(f"{first} 条新消息")
        # The screen is ahead of the server by the mark that is on its way.
        wait_until(lambda: read_position(reader) > unread_at)
        assert read_position(reader) < shown(writer, lines[-1][:5])
        # The author sees the same: the first was read, the last was not.
        expect(writer.message(lines[0][:4]).locator(".seen")).to_contain_text("已读")
        last = read_by(writer, lines[-1][:5])
        assert "钟灵" not in last
        down.click()
        expect(count).to_have_count(0)
        expect(down).to_have_count(0)
        reader.page.wait_for_timeout(500)
        assert "钟灵" in read_by(writer, lines[-1][:5])

    def test_the_check_can_fail(self, people: Screens) -> None:
        """With the window in front, what comes is read at once, and no line is drawn."""
        reader, writer = in_group(people, "zhongling"), in_group(people, "wanghaitao")
        to_end(reader)
        writer.send("看到请回一声")
        expect(reader.message("看到请回一声")).to_be_visible()
        reader.page.wait_for_timeout(800)
        expect(reader.row(GROUP).locator(".count")).to_have_count(0)
        expect(reader.page.locator(".newline")).to_have_count(0)
        assert "钟灵" in read_by(writer, "看到请回一声")


def read_position(screen: Screen) -> int:
    """How far the server says that this person has read the group that they look at."""
    rows = screen.get("/conversations")["conversations"]
    [found] = [one["read"] for one in rows if f"/groups/{one['group']['id']}" == group_path(screen)]
    return int(found)


def read_by(screen: Screen, text: str) -> list[str]:
    """Who has read the message, by name."""
    found = screen.get(f"{group_path(screen)}/messages/{shown(screen, text)}/readers")
    return [one["name"] for one in found["read"]]


class TestChoosing:
    def test_several_messages_are_copied_and_kept(self, people: Screens) -> None:
        screen = in_group(people, "zhouxiaoyu")
        screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        for text in ("甲班三十五台", "乙班四十台", "丙班三十八台"):
            screen.send(text)
            expect(screen.message(text).locator(".bub")).to_be_visible()
        screen.menu("甲班三十五台", "多选")
        bar = screen.page.get_by_role("toolbar", name="已选的消息")
        expect(bar).to_contain_text("已选 1 条")
        expect(screen.page.get_by_role("textbox", name="消息")).to_be_hidden()
        screen.page.get_by_role("checkbox", name=re.compile("丙班三十八台")).click()
        screen.page.get_by_role("checkbox", name=re.compile("乙班四十台")).click()
        screen.page.get_by_role("checkbox", name=re.compile("乙班四十台")).click()
        expect(bar).to_contain_text("已选 2 条")
        screen.check_access("choosing messages")
        bar.get_by_role("button", name="复制文字").click()
        expect(bar).to_contain_text("已复制 2 条")
        copied = screen.page.evaluate("navigator.clipboard.readText()")
        line = r"周小雨  \d{4}-\d\d-\d\d \d\d:\d\d\n"
        assert re.fullmatch(f"{line}甲班三十五台\n\n{line}丙班三十八台", copied), copied
        expect(bar).to_have_count(0)
        screen.menu("乙班四十台", "多选")
        bar.get_by_role("button", name="收藏").click()
        expect(bar).to_contain_text("已收藏 1 条")
        kept = screen.get("/saved/favourite")["saved"]
        assert [one["item"]["message"]["text"] for one in kept] == ["乙班四十台"]
        expect(bar).to_have_count(0)
        # Escape leaves, and nothing is chosen any more.
        screen.menu("乙班四十台", "多选")
        screen.page.keyboard.press("Escape")
        expect(bar).to_have_count(0)
        expect(screen.page.get_by_role("textbox", name="消息")).to_be_visible()


class TestLongPress:
    def test_a_finger_that_rests_opens_the_menu_and_one_that_moves_does_not(
        self, people: Screens
    ) -> None:
        phone = in_group(people, "zhouxiaoyu", size=PHONE)
        phone.send("手机上长按试试")
        said = phone.sent("手机上长按试试")
        bubble = said.locator(".bub")
        box = bubble.bounding_box()
        assert box is not None
        finger = phone.page.context.new_cdp_session(phone.page)
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}

        def touch(kind: str, *points: dict[str, float]) -> None:
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        menu = phone.page.get_by_role("menu")
        touch("touchStart", at)
        touch("touchMove", {"x": at["x"], "y": at["y"] - 40})
        phone.page.wait_for_timeout(700)
        touch("touchEnd")
        expect(menu).to_have_count(0)
        touch("touchStart", at)
        touch("touchMove", {"x": at["x"] + 3, "y": at["y"] + 2})
        expect(menu).to_be_visible()
        touch("touchEnd")
        phone.page.wait_for_timeout(300)
        expect(menu).to_be_visible()
        assert phone.page.evaluate("document.getSelection().toString()") == ""
        phone.check_width("a menu on a phone")

    def test_the_right_button_opens_it_too_but_not_over_marked_text(self, people: Screens) -> None:
        desk = in_group(people, "zhouxiaoyu")
        desk.send("右键菜单在这里")
        text = desk.sent("右键菜单在这里").locator(".tx")
        text.click(button="right")
        expect(desk.page.get_by_role("menu")).to_be_visible()
        desk.page.keyboard.press("Escape")
        expect(desk.page.get_by_role("menu")).to_have_count(0)
        text.evaluate("one => document.getSelection().selectAllChildren(one)")
        text.click(button="right")
        desk.page.wait_for_timeout(300)
        expect(desk.page.get_by_role("menu")).to_have_count(0)


class TestMarkdown:
    def test_marks_are_shown_and_nothing_becomes_html(self, people: Screens) -> None:
        writer, reader = in_group(people, "zhouxiaoyu"), in_group(people, "wanghaitao")
        writer.write(
            "**务必** *今天* ~~昨天~~ `x=1`\n> 上次\n- 一号线\n[手册](https://wiki.example.cn/a) <img src=x>"
        )
        writer.page.keyboard.press("Enter")
        said = reader.message("务必").locator(".tx")
        expect(said.locator("strong")).to_have_text("务必")
        expect(said.locator("em")).to_have_text("今天")
        expect(said.locator("s")).to_have_text("昨天")
        expect(said.locator("code")).to_have_text("x=1")
        expect(said.locator(".md-q")).to_have_text("上次")
        expect(said.locator(".md-li")).to_contain_text("一号线")
        link = said.get_by_role("link")
        expect(link).to_have_text("手册 (wiki.example.cn)")
        assert link.get_attribute("rel") == "noopener noreferrer"
        expect(said).to_contain_text("<img src=x>")
        expect(said.locator("img")).to_have_count(0)
        reader.check_access("a message with marks")

    def test_masks_and_mentions_keep_their_places(self, people: Screens) -> None:
        writer, reader = in_group(people, "zhouxiaoyu"), in_group(people, "wanghaitao")
        writer.page.get_by_role("textbox", name="消息").press_sequentially("**急** @王海")
        writer.page.keyboard.press("Enter")
        field = writer.page.get_by_role("textbox", name="消息")
        field.press_sequentially("证件 11010119900307889X 请 **登记**")
        writer.page.keyboard.press("Enter")
        said = reader.message("登记").last.locator(".tx")
        expect(said.locator(".ment-me")).to_have_text("@王海涛")
        expect(said.locator(".msk")).to_have_count(1)
        expect(said.locator("strong")).to_have_text(["急", "登记"])
        assert "11010119900307889X" not in said.inner_text()


def test_what_is_told_late_leaves_the_newest_message_in_sight(people: Screens) -> None:
    first = in_group(people, "zhouxiaoyu")
    first.send("最新的一条")  # and everything is read
    screen = people.signed_in("zhouxiaoyu", size=PHONE)
    late: list[Route] = []
    screen.page.route(
        re.compile(r"/groups/[^/]+/(reads|answers)$"),
        lambda route: late.append(route),  # noqa: PLW0108
    )
    screen.row(GROUP).click()
    while len(late) < 2:
        screen.page.wait_for_timeout(20)
    expect(screen.page.get_by_text("剩余")).to_have_count(0)
    for route in late:
        route.continue_()
    expect(screen.page.get_by_text("剩余").first).to_be_attached()
    newest = screen.message("最新的一条")
    expect(newest).to_be_in_viewport(ratio=1)


class TestKeys:
    def test_the_list_is_walked_by_keys(self, people: Screens) -> None:
        screen, writer = people.signed_in("zhouxiaoyu"), people.signed_in("wanghaitao")
        rows = screen.page.locator("a.cv")
        rows.first.focus()
        screen.page.keyboard.press("ArrowDown")
        expect(rows.nth(1)).to_be_focused()
        screen.page.keyboard.press("ArrowUp")
        screen.page.keyboard.press("Enter")
        expect(rows.first).to_have_class(re.compile(r"\bon\b"))
        rows.first.focus()
        screen.page.keyboard.press("Shift+F10")
        expect(screen.page.get_by_role("menu")).to_be_visible()
        screen.page.keyboard.press("Escape")
        # Alt with an arrow leads to what is unread, from wherever one is.
        screen.row("安全生产").click()
        writer.row(GROUP).click()
        writer.send("键盘也能走到这里")
        expect(screen.row(GROUP).locator(".count")).to_be_visible()
        for _ in range(rows.count()):
            screen.page.keyboard.press("Alt+ArrowDown")
            if "on" in (screen.row(GROUP).get_attribute("class") or "").split():
                break
        expect(screen.row(GROUP)).to_have_class(re.compile(r"\bon\b"))

    def test_a_question_mark_shows_the_keys_but_not_while_writing(self, people: Screens) -> None:
        screen = in_group(people, "zhouxiaoyu")
        field = screen.page.get_by_role("textbox", name="消息")
        field.press_sequentially("真的?")
        sheet = screen.page.get_by_role("dialog", name="快捷键")
        expect(sheet).to_have_count(0)
        field.fill("")
        screen.row(GROUP).focus()
        screen.page.keyboard.press("?")
        expect(sheet).to_contain_text("下一个、上一个有未读的会话")
        screen.check_access("the shortcuts")

    def test_what_is_read_stays_in_the_unread_list_until_one_leaves_it(
        self, people: Screens
    ) -> None:
        screen, writer = people.signed_in("zhouxiaoyu"), in_group(people, "wanghaitao")
        writer.send("未读的一条")
        screen.page.get_by_role("button", name=re.compile("^未读")).click()
        screen.row(GROUP).click()
        to_end(screen)
        expect(screen.row(GROUP).locator(".count")).to_have_count(0)
        expect(screen.row(GROUP)).to_be_visible()
        screen.page.get_by_role("button", name="全部", exact=True).click()
        screen.page.get_by_role("button", name=re.compile("^未读")).click()
        expect(screen.row(GROUP)).to_have_count(0)


def root_of(screen: Screen) -> int:
    """The first message of the thread that is open."""
    found = re.search(r"thread=(\d+)", screen.page.url)
    assert found is not None
    return int(found.group(1))


def shown(screen: Screen, text: str) -> int:
    """Where the message with this text appears."""
    position = screen.sent(text).get_attribute("data-position")
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


def test_what_is_recalled_comes_back_with_its_quote_where_that_still_stands(
    people: Screens,
) -> None:
    writer = in_group(people, "zhouxiaoyu")
    page, quoted = writer.page, writer.page.locator(".cp-q")
    for n, stands in ((1, True), (2, False)):
        writer.send(f"原话{n}")
        expect(writer.sent(f"原话{n}")).to_have_count(1)
        writer.menu(f"原话{n}", "引用")
        expect(quoted).to_contain_text(f"原话{n}")
        writer.send(f"答复{n}")
        expect(writer.sent(f"答复{n}").locator(".q")).to_contain_text(f"原话{n}")
        writer.menu(f"答复{n}", "撤回")
        again = page.get_by_role("button", name="重新编辑").last
        expect(again).to_be_visible()
        said = page.locator(".sys", has=again).last
        assert (
            said.evaluate(
                "one => { const range = document.createRange(); range.selectNodeContents(one.firstChild);"
                " return one.querySelector('button').getBoundingClientRect().left - range.getBoundingClientRect().right; }"
            )
            >= 4
        ), "room between the words and the button"
        if not stands:
            writer.menu(f"原话{n}", "撤回")
            expect(writer.sent(f"原话{n}")).to_have_count(0)
        again = said.get_by_role("button", name="重新编辑")
        again.click()
        expect(page.get_by_role("textbox", name="消息")).to_have_value(f"答复{n}")
        if stands:
            expect(quoted).to_contain_text(f"原话{n}")
            page.keyboard.press("Enter")
            expect(writer.sent(f"答复{n}").locator(".q")).to_contain_text(f"原话{n}")
        else:
            page.wait_for_timeout(500)
            expect(quoted).to_have_count(0)


def test_who_has_asked_to_leave_can_be_mentioned(people: Screens) -> None:
    writer, leaver = in_group(people, "zhouxiaoyu"), in_group(people, "wanghaitao")
    group = leaver.page.url.rsplit("/", 1)[-1]
    assert leaver.post(f"/groups/{group}/leave", {"reason": "调离"}).ok
    writer.page.get_by_role("textbox", name="消息").press_sequentially("交接 @wht")
    writer.page.get_by_role("option", name=re.compile("^.*王海涛")).click()
    writer.page.keyboard.press("Enter")
    expect(leaver.message("交接").last.locator(".ment-me")).to_have_text("@王海涛")


def test_what_sends_is_chosen_once_for_a_browser(people: Screens) -> None:
    writer = in_group(people, "zhouxiaoyu")
    page, field = writer.page, writer.page.get_by_role("textbox", name="消息")
    page.get_by_role("button", name="显示").click()
    page.get_by_role("radiogroup", name="发送键").get_by_text("Ctrl/⌘ + Enter").click()
    page.keyboard.press("Escape")
    field.fill("第一行")
    field.press("Enter")
    field.press_sequentially("第二行")
    expect(field).to_have_value("第一行\n第二行")
    expect(page.get_by_text("Ctrl/⌘ + Enter 发送")).to_be_visible()
    page.reload()
    field.fill("第一行\n第二行")
    field.press("Control+Enter")
    expect(writer.sent("第二行").last).to_be_visible()


def test_an_emoji_is_put_where_the_caret_is(people: Screens) -> None:
    writer = in_group(people, "zhouxiaoyu")
    page, field = writer.page, writer.page.get_by_role("textbox", name="消息")
    field.fill("收到谢谢")
    field.press("Home")
    for _ in range(2):
        field.press("ArrowRight")
    page.get_by_role("button", name="表情").click()
    grid = page.get_by_role("group", name="表情")
    expect(grid.get_by_role("button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    writer.check_access("the emoji")
    grid.get_by_role("button", name="👍", exact=True).click()
    expect(field).to_have_value("收到👍谢谢")
    expect(field).to_be_focused()
    page.get_by_role("button", name="表情").click()
    expect(grid.get_by_role("button").first).to_have_text("👍")  # the latest stands first
    page.keyboard.press("Escape")
