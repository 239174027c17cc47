"""The pictures of the user guide, taken from the real client: `.venv/bin/python -m tests.journeys.screenshots [NAME…]`."""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import expect

from tests.journeys.test_quiet import BEFORE, quiet_now
from tests.support.browser import DESK, PHONE, Screen, Screens, chromium, screens
from tests.support.pictures import save
from tests.support.server import Place
from tests.support.site import SERVE

FOLDER: Final = Path(__file__).parents[2] / "docs" / "user"
MOST_BYTES: Final = 150 * 1024
GROUP: Final = "总装一车间"
UNSIGNED: Final = "生产调度"
ID_NUMBER: Final = "11010119900307889X"
ASKED_ABOUT: Final = "M12 螺栓今天按新图纸装，先从 9 号工位开始"
ASKED: Final = "M12 螺栓的扭矩按哪一版标准？"
ANSWER: Final = "按 B 版第 3 页，85 牛米；A 版本周起作废"
CSV: Final = """工号,姓名,部门,岗位,手机,邮箱
CY2001,钟楚,澄远装备（演示）/生产制造部/总装一车间,装配工,,
CY2002,买合木提·阿不都热依木,澄远装备（演示）/生产制造部/总装一车间,装配工,,
CY2003,,澄远装备（演示）/生产制造部/总装一车间,装配工,,
CY2001,柳絮,澄远装备（演示）/生产制造部/总装一车间,装配工,,
"""


def group(screen: Screen, name: str = GROUP) -> None:
    screen.row(name).click()
    expect(screen.page.get_by_role("log")).to_be_visible()


def chat(screen: Screen) -> None:
    group(screen)
    expect(screen.page.locator(".hold")).not_to_have_count(0)
    if screen.page.viewport_size == {"width": DESK[0], "height": DESK[1]}:
        expect(screen.page.locator(".dr .kv").first).to_be_visible()
    bottom(screen)


def absent(screen: Screen) -> None:
    screen.open("/me")
    screen.press("标明暂时无法回复…")
    sheet = screen.page.get_by_role("dialog")
    sheet.get_by_label("今天下班").or_(sheet.get_by_label("1 小时")).first.check()
    sheet.get_by_label("原因").fill("手术中")


def bottom(screen: Screen) -> None:
    screen.page.get_by_role("log").first.evaluate("one => { one.scrollTop = one.scrollHeight }")


def thread(screen: Screen) -> None:
    """A message with two replies; those who take the second picture find it as the first left it."""
    group(screen)
    root, replies = (
        "六号机台的扭力又报警，先停",
        ("传感器读数跳，已经贴了停用牌", "备件在二号柜，我去拿"),
    )
    counted = screen.page.get_by_role("button", name="2 条回复")
    if counted.count() == 0:
        screen.send(root)
        screen.menu(root, "在话题中回复")
        field = screen.page.get_by_role("complementary", name="话题").get_by_role("textbox")
        for reply in replies:
            field.fill(reply)
            field.press("Enter")
    bottom(screen)
    if screen.page.get_by_role("complementary", name="话题").count() == 0:
        counted.last.click()
    expect(screen.page.get_by_role("complementary", name="话题")).to_contain_text(replies[1])


def warning(screen: Screen) -> None:
    group(screen)
    screen.write("新的投标底价下午定，先不要外传")
    expect(screen.page.locator(".cp-w")).to_be_visible()
    bottom(screen)


def held(screen: Screen) -> None:
    group(screen, "安全生产")
    frame = screen.page.locator(".hold")
    if frame.count() == 0:
        screen.send("外协单位的投标底价表还在办公室，下班前锁进保密柜")
        expect(frame).to_be_visible()
    bottom(screen)
    frame.first.get_by_role("button", name=re.compile("条")).click()
    expect(screen.page.locator(".clause-card")).to_be_visible()


def forward(screen: Screen) -> None:
    """A refusal in the sheet: out of a sensitive group into one that is not."""
    group(screen, "生产调度")
    said = screen.page.locator("article.m").last
    said.click(button="right")
    screen.page.get_by_role("menuitem", name="转发").click()
    sheet = screen.page.get_by_role("dialog")
    sheet.get_by_role("radio", name=re.compile(GROUP)).click()
    sheet.get_by_role("button", name="转发", exact=True).click()
    expect(sheet.get_by_role("alert")).to_be_visible()


def origin(screen: Screen) -> None:
    """Files that say where they come from before they go."""
    group(screen, "安全生产")
    screen.page.locator("input[type=file]").first.set_input_files(
        {"name": "叉车安全规程.txt", "mimeType": "text/plain", "buffer": "转弯鸣笛".encode()}
    )
    screen.uploaded()
    asked = screen.page.get_by_role("group", name="文件来源")
    asked.get_by_text("公开资料", exact=True).click()
    asked.get_by_role("textbox").fill("国家标准全文公开系统，GB/T 36507")
    bottom(screen)


def later(screen: Screen) -> None:
    group(screen)
    strip = screen.page.get_by_role("button", name=re.compile("^定时消息"))
    if strip.count() == 0:
        screen.write("明早八点二十班前会，请带上昨天的点检表")
        screen.press("定时发送")
        screen.page.get_by_role("menuitem", name="明天 09:00").click()
    strip.click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("班前会")


def search(screen: Screen) -> None:
    screen.open("/search?q=车间")
    expect(screen.page.locator(".hit")).not_to_have_count(0)
    if screen.page.get_by_role("button", name="更多条件").is_visible():
        screen.press("更多条件")


def apply_for(screen: Screen) -> None:
    screen.open("/apply")
    screen.page.get_by_label(re.compile("^群名称|^名称")).first.fill("质量吐槽群")
    expect(screen.page.locator(".chk .f-bad")).not_to_have_count(0)


def first_clause(screen: Screen) -> None:
    screen.open("/clauses/5.2")
    expect(screen.page.locator(".ev")).not_to_have_count(0)


def proof(screen: Screen) -> None:
    screen.open("/clauses/5.2")
    screen.page.locator(".pf").first.click()
    expect(screen.page.get_by_role("status").filter(has_text="未被改动")).to_be_visible()


def ledger(screen: Screen) -> None:
    screen.open("/ledger")
    screen.press("现在比对")
    expect(screen.page.get_by_text("条数")).to_be_visible()


def person(screen: Screen) -> None:
    screen.open("/people")
    screen.page.get_by_role("link", name=re.compile("^.*阿卜杜热合曼")).click()
    expect(screen.page.get_by_role("heading", name=re.compile("阿卜杜热合曼"))).to_be_visible()


def write_notice(screen: Screen) -> None:
    screen.open("/issued/new")
    screen.page.get_by_label("标题").fill("年终盘点安排")
    screen.page.get_by_label(re.compile("^正文")).fill(
        "各单位：\n\n12 月 28 日至 30 日盘点。请提前清理现场，账物相符，盘点期间停止收发料。"
    )
    screen.page.get_by_role("checkbox", name="采购物流部", exact=True).click()
    expect(screen.page.get_by_text("可以发布")).to_be_visible()
    if screen.page.viewport_size == {"width": DESK[0], "height": DESK[1]}:
        expect(screen.page.locator("aside .card-h .num")).to_be_visible()
    else:
        screen.press("核对并发布")
        expect(screen.page.get_by_role("dialog")).to_be_visible()


def roster(screen: Screen) -> None:
    screen.open("/issued")
    screen.go("工作群保密要求学习")
    expect(screen.page.locator("section.unit")).not_to_have_count(0)


def dry_run(screen: Screen) -> None:
    screen.open("/directory")
    screen.page.get_by_role("tab", name="批量导入").click()
    screen.page.locator("input[type=file]").set_input_files(
        {"name": "2026年11月入职.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    )
    expect(screen.page.get_by_text("错误 2")).to_be_visible()


def bot(screen: Screen) -> None:
    """What the owner of a group sees of its bots, and asks for another one with."""
    group(screen)
    if screen.page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        screen.page.get_by_role("button", name="群资料").click()
    heading = screen.page.locator(".dr").get_by_role("heading", name=re.compile("机器人"))
    heading.scroll_into_view_if_needed()
    screen.page.locator(".dr").get_by_role("button", name=re.compile("机器人")).first.click()


def sign(screen: Screen) -> None:
    screen.row(UNSIGNED).click()
    expect(screen.page.get_by_role("button", name="我已读，愿意遵守")).to_be_visible()


def direct(screen: Screen) -> None:
    group(screen, "王海涛")
    bottom(screen)


def barred(screen: Screen) -> None:
    """A conversation that a barrier made read-only."""
    screen.page.locator("a.cv", has=screen.page.get_by_text("陆鸣", exact=True)).click()
    expect(screen.page.locator(".cp-off")).to_contain_text("沟通屏障")


def aside(screen: Screen) -> None:
    """What was moved aside, beside the line that stands in its place."""
    group(screen)
    moved = screen.page.locator(".sys", has_text="移到题外").last
    moved.get_by_role("button", name="查看").click()
    expect(screen.page.get_by_text("加糖的那种豆浆").last).to_be_visible()


def answers(screen: Screen) -> None:
    group(screen)
    bottom(screen)
    screen.message("防错用").locator("button.an").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("周小雨")


def quiet(screen: Screen) -> None:
    group(screen)
    screen.write("明早八点二十班前会，请带上昨天的点检表")
    strip = screen.page.get_by_role("status").filter(has_text="现在是休息时间")
    expect(strip).to_be_visible()
    bottom(screen)


def called(screen: Screen) -> None:
    expect(screen.page.get_by_role("dialog")).to_contain_text("加急找你")


def join_code(screen: Screen) -> None:
    group(screen)
    if screen.page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        screen.press("群资料")
    screen.press("入群码")
    expect(screen.page.get_by_role("dialog").get_by_role("img")).to_be_visible()


def invited(screen: Screen) -> None:
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("button", name="接受")).to_be_visible()


def question(screen: Screen) -> None:
    """A question under the message that it is about, answered by the head of the unit in charge."""
    group(screen)
    said = screen.message(ASKED_ABOUT).last
    expect(said).to_contain_text(ANSWER)
    said.scroll_into_view_if_needed()
    bottom(screen)


def burning(screen: Screen) -> None:
    """What burns is written under its strip, below one that was sent."""
    group(screen)
    bottom(screen)
    screen.write("备用钥匙换到值班柜，密码和上周不同")
    button = screen.page.get_by_role("button", name="阅后即焚", exact=True)
    if not button.is_visible():
        screen.press("更多功能")
        button = screen.page.get_by_role("menuitem", name="阅后即焚")
    button.click()
    expect(screen.page.get_by_role("group", name="阅后即焚")).to_be_visible()
    bottom(screen)


def burn_read(screen: Screen) -> None:
    """Opened, once: each picture takes one of the messages."""
    group(screen)
    bottom(screen)
    screen.page.get_by_role("button", name="打开阅读").last.click()
    expect(screen.page.get_by_role("timer")).to_be_visible()
    bottom(screen)


def at(path: str) -> Callable[[Screen], None]:
    def visit(screen: Screen) -> None:
        screen.open(path)

    return visit


PAGES: Final[dict[str, tuple[str, Callable[[Screen], None]]]] = {
    "chat": ("zhouxiaoyu", chat),
    "conversations": ("zhouxiaoyu", at("/chat")),
    "thread": ("zhouxiaoyu", thread),
    "warning": ("zhouxiaoyu", warning),
    "held": ("zhouxiaoyu", held),
    "forward": ("zhaotiejun", forward),
    "origin": ("wanghaitao", origin),
    "later": ("zhouxiaoyu", later),
    "search": ("zhouxiaoyu", search),
    "apply": ("zhouxiaoyu", apply_for),
    "applications": ("jiangnan", at("/applications")),
    "approvals": ("yezhiqiu", at("/todo")),
    "notices": ("zhouxiaoyu", at("/notices")),
    "issued": ("youliqun", at("/issued")),
    "roster": ("youliqun", roster),
    "notice-write": ("tangli", write_notice),
    "reviews": ("linjingwen", at("/reviews")),
    "figures": ("linjingwen", at("/figures")),
    "register": ("fangxiaotang", at("/register")),
    "clauses": ("ouyangjing", at("/clauses")),
    "clause": ("ouyangjing", first_clause),
    "proof": ("ouyangjing", proof),
    "ledger": ("ouyangjing", ledger),
    "people": ("zhouxiaoyu", person),
    "import": ("tangli", dry_run),
    "person": ("tangli", at("/directory")),
    "sign": ("tianye", sign),
    "rules": ("youliqun", at("/rules")),
    "exceptions": ("linjingwen", at("/exceptions")),
    "accounts": ("xuzhixing", at("/accounts")),
    "desk": ("zhaotiejun", at("/desk")),
    "join": ("zhouxiaoyu", at("/join")),
    "join-code": ("zhaotiejun", join_code),
    "me": ("zhouxiaoyu", at("/me")),
    "absent": ("sunli", absent),
    "pack": ("youliqun", at("/pack")),
    "webhooks": ("liwei", at("/webhooks")),
    "bot": ("zhaotiejun", bot),
    "direct": ("zhouxiaoyu", direct),
    "barred": ("wangyang", barred),
    "barriers": ("youliqun", at("/barriers")),
    "templates": ("fangxiaotang", at("/templates")),
    "aside": ("zhouxiaoyu", aside),
    "answers": ("wanghaitao", answers),
    "question": ("wanghaitao", question),
    "questions": ("luming", at("/questions")),
    "to-answer": ("zhaotiejun", at("/answers")),
    "frozen": ("songyaqin", at("/frozen")),
}
WHERE_TEXTS_BURN: Final[dict[str, tuple[str, Callable[[Screen], None]]]] = {
    "burning": ("wanghaitao", burning),
    "burn-read": ("zhouxiaoyu", burn_read),
}
AFTER_OTHER_RULES: Final[dict[str, tuple[str, Callable[[Screen], None]]]] = {
    "quiet": ("zhouxiaoyu", quiet),
    "urgent": ("chensiyuan", called),
    "invited": ("wangyang", invited),
}
"""What the rules of the demonstration show at some hours only, or not at all."""
FIRST_ON_PHONE: Final = {"approvals": "/todo/", "notices": "/notices/"}
FIRST: Final = {"reviews": "/reviews/"}
"""What opens only when somebody chooses it."""


def shoot(screen: Screen, name: str) -> None:
    screen.page.wait_for_load_state("networkidle")
    screen.settle()
    # The hover of the last click is no part of a picture.
    screen.page.mouse.move(0, 0)
    shot = screen.page.screenshot(animations="disabled", caret="hide")
    screen.page.goto("about:blank")
    size = save(screen.page, shot, FOLDER / f"{name}.png")
    print(f"{size / 1024:6.0f} KiB  {name}{'  TOO LARGE' if size > MOST_BYTES else ''}", flush=True)


def prepare(all_screens: Screens) -> None:
    """What the pictures of the chat show: a masked message of somebody else, and one of one's own that is held."""
    other = all_screens.signed_in("wanghaitao")
    group(other)
    other.send(f"新来的外协工明天进场，身份证 {ID_NUMBER}，请门卫登记")
    expect(other.message("请门卫登记").locator(".ann")).to_be_visible()
    mine = all_screens.signed_in("zhouxiaoyu")
    group(mine)
    mine.send("收到，明早我到东门接人，先做岗前安全教育")
    expect(mine.sent("先做岗前安全教育")).to_be_visible()
    mine.send("另外，听说二号线改造的投标底价下午定")
    expect(mine.page.locator(".hold")).to_be_visible()


def prepare_questions(all_screens: Screens) -> None:
    """One that the head of the unit has answered, and one that waits for them."""
    asker, head = all_screens.signed_in("wanghaitao"), all_screens.signed_in("luming")
    units = asker.get("/units")["units"]
    unit = next(one["id"] for one in units if one["name"] == "工艺科")
    group(asker)
    place = asker.page.url.rpartition("/")[2]
    made = None
    for said, text in ((None, "新图纸的防错销要不要在二号线同时换？"), (ASKED_ABOUT, ASKED)):
        if said is not None:
            asker.send(said)
            expect(asker.sent(said)).to_be_visible()
        items = asker.get(f"/groups/{place}/messages?limit=20")["items"]
        last = [one["position"] for one in items if "message" in one][-1]
        body = {"text": text, "unit_id": unit}
        made = asker.post(f"/groups/{place}/messages/{last}/questions", body)
        assert made.ok, made.text()
    assert made is not None
    answer = {"outcome": "answered", "text": ANSWER}
    assert head.post(f"/questions/{made.json()['id']}/answer", answer).ok


def prepare_burning(all_screens: Screens) -> None:
    """The rules let texts burn, and two do that nobody has opened."""
    officer = all_screens.signed_in("youliqun")
    pack = officer.get("/policy/packs/current")["yaml"]
    changed = pack.replace("with: {seconds: []}", "with: {most_people: 30}")
    assert officer.post("/policy/packs", {"yaml": changed, "dry_run": False}).ok
    writer = all_screens.signed_in("wanghaitao")
    group(writer)
    writer.page.get_by_role("button", name="阅后即焚", exact=True).click()
    writer.page.get_by_role("radio", name="5 分钟").click()
    for count, text in enumerate(("门禁临时码 4417，今晚十点失效", "配电室的钥匙在值班长那里"), 1):
        writer.send(text)
        expect(writer.message("阅后即焚消息 · 5 分钟")).to_have_count(count)


def prepare_other_rules(all_screens: Screens) -> None:
    """Quiet hours that last all day, and people who accept before they join; one is called, and one invited."""
    officer = all_screens.signed_in("youliqun")
    pack = officer.get("/policy/packs/current")["yaml"]
    uses = quiet_now() + "      - use: groups.invitation\n        with: {}\n"
    changed = {"yaml": pack.replace(BEFORE, uses + BEFORE, 1), "dry_run": False}
    assert officer.post("/policy/packs", changed).ok
    owner = all_screens.signed_in("zhaotiejun")
    group(owner)
    place = owner.page.url.rpartition("/")[2]
    found = {each["name"]: each["id"] for each in owner.get("/people?limit=100")["people"]}
    call = {
        "cmid": "pictured", "reason": "线边有漏油，踩上去会滑倒",
        "body": {"text": "@陈思源 请马上到 9 号工位拉警戒带", "mentions": [found["陈思源"]]},
    }  # fmt: skip
    assert owner.post(f"/groups/{place}/urgent", call).ok
    assert owner.post(f"/groups/{place}/members", {"person_ids": [found["汪洋"]]}).ok


def take(all_screens: Screens, wanted: set[str]) -> None:
    prepare(all_screens)
    if not wanted or wanted & {"question", "questions"}:
        prepare_questions(all_screens)
    take_pages(all_screens, PAGES, wanted)
    take_variants(all_screens, wanted)
    if not wanted or wanted & WHERE_TEXTS_BURN.keys():
        prepare_burning(all_screens)
        take_pages(all_screens, WHERE_TEXTS_BURN, wanted)
    if not wanted or wanted & AFTER_OTHER_RULES.keys():
        prepare_other_rules(all_screens)
        take_pages(all_screens, AFTER_OTHER_RULES, wanted)


def take_pages(
    all_screens: Screens,
    pages: dict[str, tuple[str, Callable[[Screen], None]]],
    wanted: set[str],
) -> None:
    for name, (account, visit) in pages.items():
        if wanted and name not in wanted:
            continue
        for size in (DESK, PHONE):
            screen = all_screens.signed_in(account, size=size)
            visit(screen)
            first = FIRST | (FIRST_ON_PHONE if size == PHONE else {})
            if name in first:
                screen.page.locator(f"a.ai[href^='{first[name]}']").first.click()
            shoot(screen, f"{name}-{size[0]}")
            all_screens.close()


def take_variants(all_screens: Screens, wanted: set[str]) -> None:
    """The same in the dark, and the doors."""
    if not wanted or "chat" in wanted:
        for size in (DESK, PHONE):
            screen = all_screens.signed_in("zhouxiaoyu", size=size, scheme="dark")
            chat(screen)
            shoot(screen, f"chat-dark-{size[0]}")
    if not wanted or "login" in wanted:
        for size in (DESK, PHONE):
            shoot(all_screens.new(size=size).open("/login"), f"login-{size[0]}")
    if not wanted or "activate" in wanted:
        for size in (DESK, PHONE):
            shoot(all_screens.new(size=size).open("/activate"), f"activate-{size[0]}")


def first_run(all_screens: Screens) -> None:
    for size in (DESK, PHONE):
        screen = all_screens.new(size=size).open("/")
        screen.page.get_by_label("设置令牌").fill("见启动服务的终端")
        screen.page.get_by_label("单位全称").fill("海岳重工集团有限公司")
        screen.press("继续")
        shoot(screen, f"setup-{size[0]}")


def main(wanted: set[str]) -> None:
    """Take all pictures, or those that are named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="guiju-shots-") as folder, chromium() as browser:
        place = Place(Path(folder, "demo"), None)
        place.folder.mkdir()
        place.guiju("init", "--demo")
        with place.serving(*SERVE), screens(browser, place) as shown:
            take(shown, wanted)
        if wanted and "setup" not in wanted:
            return
        empty = Place(Path(folder, "empty"), None)
        empty.folder.mkdir()
        empty.guiju("init", "--empty")
        with empty.serving(*SERVE), screens(browser, empty) as shown:
            first_run(shown)


if __name__ == "__main__":
    main(set(sys.argv[1:]))
