"""The pages of those who look after groups and accounts, at both widths, on the demonstration."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import PASSWORD, PHONE, Screen, Screens

pytestmark = pytest.mark.timeout(180)
WAITING = ("待登记", "待激活", "待认证")


def card_of(screen: Screen, name: str) -> Locator:
    """Open a group's card from its line in the register."""
    row = screen.page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name=re.compile("的群资料$")).click()
    card = screen.page.get_by_role("dialog")
    expect(card.locator("dl")).to_be_visible()
    return card


def test_the_register_office_hands_over_and_closes(people: Screens) -> None:
    name = "澄远采购物流部工作群"
    screen = people.signed_in("fangxiaotang").open("/register")
    card = card_of(screen, name)
    expect(card).to_contain_text("丁文博")
    screen.check_access("the card of a group")
    screen.press("移交群主")
    heir = card.get_by_role(
        "radio"
    ).last  # the first are administrators, whom the group cannot spare
    new_owner = heir.locator(".nowrap").inner_text()
    heir.click()
    screen.check_access("handing a group over")
    card.get_by_role("button", name="移交群主").click()
    expect(card.locator("dd", has_text=new_owner).first).to_be_visible()
    row = screen.page.locator("tr", has_text=name)
    expect(row.locator(".own")).to_contain_text(new_owner)
    screen.press("结项")
    card.get_by_label("理由").fill("任务已经完成")
    card.get_by_role("button", name="结项").click()
    expect(card.locator(".tag", has_text="已结项")).to_be_visible()
    expect(card.get_by_role("button", name="结项")).to_have_count(0)
    expect(row).to_contain_text("已结项")


def test_who_oversees_reads_the_card_and_changes_nothing(people: Screens) -> None:
    screen = people.signed_in("ouyangjing").open("/register")
    card = card_of(screen, "澄远设备搬迁")
    expect(card.get_by_role("button", name="移交群主")).to_have_count(0)
    card = card_of(screen.open("/register"), "澄远员工培训")
    expect(card.get_by_role("button", name="结项")).to_have_count(0)


def test_accounts_that_wait_stand_first(people: Screens) -> None:
    for account, first in (("xuzhixing", "待登记"), ("tangli", "待认证")):
        screen = people.signed_in(account).open("/accounts")
        marks = screen.page.locator("td .mark")
        expect(marks.first).to_have_text(first)
        states = marks.all_inner_texts()
        waits = [one.strip() in WAITING for one in states]
        assert waits == sorted(waits, reverse=True) and 0 < sum(waits) < len(waits), states


@pytest.mark.parametrize(
    ("account", "path", "inside"),
    [
        ("xuzhixing", "/accounts", ("td .mark", "td button")),
        ("fangxiaotang", "/register", ("td .mark", "td button")),
        ("linjingwen", "/figures", ("td.num:not(.zero)",)),
    ],
)
def test_nothing_of_a_table_is_cut_off_on_a_phone(
    people: Screens, account: str, path: str, inside: tuple[str, ...]
) -> None:
    screen = people.signed_in(account, size=PHONE).open(path)
    screen.settle()
    screen.check_access(f"{path} on a phone")
    for part in inside:
        found = screen.page.locator(part)
        expect(found).not_to_have_count(0)
        for box in (one.bounding_box() for one in found.all()):
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0], part


def test_the_search_of_a_phone_keeps_its_margin(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu", size=PHONE)
    screen.settle()
    box = screen.page.locator(".srch").bounding_box()
    assert box is not None
    assert box["x"] >= 10 and box["x"] + box["width"] <= PHONE[0] - 10, box


def test_an_applicant_reminds_and_withdraws_with_two_buttons(people: Screens) -> None:
    screen = people.signed_in("jiangnan").open("/applications")
    screen.check_access("my applications")
    screen.press("催办")
    expect(screen.page.get_by_role("button", name="已催办")).to_be_disabled()
    expect(screen.page.get_by_text("审批中").first).to_be_visible()
    screen.press("撤回申请")
    expect(screen.page.get_by_text("已撤回")).to_be_visible()
    expect(screen.page.get_by_role("button", name="撤回申请")).to_have_count(0)


def test_only_the_owner_is_offered_new_rules(people: Screens) -> None:
    for account, count in (("zhaotiejun", 1), ("wanghaitao", 0)):
        screen = people.signed_in(account)
        screen.row("总装一车间").click()
        expect(screen.page.locator(".dr .kv").first).to_be_visible()
        expect(screen.page.locator(".dr").get_by_role("heading", name="群务")).to_be_visible()
        expect(screen.page.get_by_role("button", name="发布新一版")).to_have_count(count)


def test_an_import_is_followed_to_its_end(people: Screens) -> None:
    rows = [
        f"N9ZX{n:03},新人{n},澄远装备（演示）/生产制造部/总装一车间,装配工,,\n" for n in range(12)
    ]
    csv = "工号,姓名,部门,岗位,手机,邮箱\n" + "".join(rows)
    screen = people.signed_in("tangli").open("/directory")
    screen.page.get_by_role("tab", name="批量导入").click()
    screen.page.locator("input[type=file]").set_input_files(
        {"name": "新人.csv", "mimeType": "text/csv", "buffer": csv.encode()}
    )
    expect(screen.page.get_by_text("新增 12")).to_be_visible()
    screen.press("导入")
    expect(screen.page.get_by_text("已导入 12 行。")).to_be_visible()
    expect(screen.page.get_by_role("button", name="导入", exact=True)).to_be_disabled()
    assert screen.get("/people?q=N9ZX")["total"] == 12
    screen.check_access("an import that has ended")


def test_an_import_names_the_rows_that_were_refused_later(people: Screens) -> None:
    """A row can only be refused when its turn comes; the answer that says so is put in the server's place here."""
    csv = "工号,姓名,部门,岗位,手机,邮箱\nZY1,新人,澄远装备（演示）,装配工,,\n"
    screen = people.signed_in("tangli").open("/directory")
    row = {"line": 2, "code": "identity.login_taken"}
    refused = {"rows": 2, "applied": 1, "refused": [row], "done": True}
    screen.page.route("**/api/people/imports/*", lambda route: route.fulfill(json=refused))
    screen.page.get_by_role("tab", name="批量导入").click()
    screen.page.locator("input[type=file]").set_input_files(
        {"name": "新人.csv", "mimeType": "text/csv", "buffer": csv.encode()}
    )
    screen.press("导入")
    expect(screen.page.get_by_text("已导入 1 行，1 行没有导入：")).to_be_visible()
    expect(screen.page.get_by_role("row").last).to_contain_text("2")
    screen.check_access("an import with refused rows")


def test_a_code_leads_a_colleague_to_ask_by_the_filing_number(people: Screens) -> None:
    owner = people.signed_in("zhaotiejun", size=PHONE, scheme="dark")
    owner.row("总装一车间").first.click()
    owner.press("群资料")
    owner.press("入群码")
    sheet = owner.page.get_by_role("dialog")
    expect(sheet.get_by_role("img", name="总装一车间")).to_be_visible()
    owner.check_access("the code of a group on the phone")
    link = sheet.locator("code").inner_text()
    assert len(sheet.locator("path").get_attribute("d") or "") > 1000

    scanned = people.new(size=PHONE)
    scanned.page.goto(link)
    scanned.page.get_by_label("账号", exact=True).fill("yezhiqiu")
    scanned.page.get_by_label("密码", exact=True).fill(PASSWORD)
    scanned.press("登录")
    number = scanned.page.get_by_label("备案号", exact=True)
    expect(number).to_have_value(re.compile("0003"))
    expect(scanned.page.get_by_text("总装一车间")).to_have_count(0)
    scanned.page.get_by_label("理由", exact=True).fill("参与质量改进")
    scanned.check_access("asking to join by a code")
    scanned.press("申请入群")
    expect(scanned.page.get_by_role("status")).to_contain_text("0003")
    waiting = owner.page.locator(".p", has_text="参与质量改进")
    sheet.get_by_role("button", name="关闭", exact=True).last.click()
    expect(waiting).to_contain_text("叶知秋")

    member = people.signed_in("zhouxiaoyu")
    member.row("总装一车间").first.click()
    expect(member.page.locator(".dr .kv").first).to_be_visible()
    expect(member.page.get_by_role("button", name="入群码")).to_have_count(0)


def test_xss_names_a_name_is_text_wherever_it_stands(people: Screens) -> None:
    """[xss-names]: of a person, a unit, a post and the words of an application."""
    bad = "<img src=x onerror=a()>甲"
    screen = people.signed_in("tangli")
    unit = screen.post("/units", {"name": bad})
    assert unit.ok, unit.text()
    body = {
        "name": bad,
        "staff_no": "XSS01",
        "unit_id": unit.json()["id"],
        "post": bad,
        "roles": [],
    }
    made = screen.post("/people", body)
    assert made.ok, made.text()
    for path in (
        "/people",
        f"/people/{made.json()['id']}",
        "/accounts",
        "/directory",
        "/search?q=img",
    ):
        screen.open(path).settle()
        assert screen.page.locator("img[src=x]").count() == 0, path
    screen.open(f"/people/{made.json()['id']}").settle()
    expect(screen.page.get_by_text(bad).locator("visible=true").first).to_be_visible()
