"""What the shipped packs stop, and what of ordinary work they let pass."""

import pytest

from guiju.modules.inspection.service import RuleSet, compile_ruleset
from guiju.modules.inspection.types import Disposition
from guiju.modules.messaging.inspecting import rules_of
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack, shipped_packs, wire

STOPPED = (
    ("机密▲10年", "hold"),
    ("Ji Mi ★ 10 年", "hold"),
    ("【机密】", "hold"),
    ("極機密", "hold"),
    ("核心商密▲5年", "hold"),
    ("Strictly Confidential", "hold"),
    ("4111 1111 1111 1111", "mask"),
    ("工资卡号 6222 0212 3456 7890 128", "mask"),
    ("证件11010119900307889X", "mask"),
    ("护照号码 E12345678", "mask"),
    ("-----BEGIN RSA PRIVATE KEY-----", "hold"),
    ("AKIAIOSFODNN7EXAMPLE", "hold"),
    ("http://xn--80ak6aa92e.com", "hold"),
    ("http://www.icbc.com.cn@evil.top/login", "hold"),
    ("张伟 13800138000\n王芳 13912345678\n李娜 13711112222", "hold"),
    ("点这里 http://203.0.113.7/a", "warn"),
    ("http://0x0a000001/a", "warn"),
    ("https://bit.ly/3abcde", "warn"),
)
ORDINARY = (
    "各位早，今天例会改到九点半，地点不变。",
    "二号线换型已经完成，十点恢复生产。",
    "请各班组下班前把交接班记录填好。",
    "明天有暴雨，请仓库检查排水口。",
    "李工，夹具图纸我放到共享盘了，麻烦看一下。",
    "收到，我下午处理。",
    "我的手机换号了，新号码 13800138000，请更新。",
    "供应商电话 0571-88886666，找王经理。",
    "发票寄到杭州市西湖区文三路 90 号，收件人刘洋。",
    "邮箱是 liu.yang@example.com，资料发这里。",
    "车牌浙A12345的车挡住了消防通道，请挪一下。",
    "工单系统打不开的请用 http://10.1.2.3:8080/mes 登录。",
    "新看板地址 http://192.168.3.20/board，内网可用。",
    "测试环境 http://127.0.0.1:5000/healthz 正常。",
    "培训资料在 https://www.example.com/training/2026",
    "版本 3.12.4 已经发布，升级说明见附件。",
    "批号 20260115-0087 的料先隔离，等质检结论。",
    "这批 4000 件，已入库 3985 件，差 15 件待查。",
    "图号 ZB-2026-1187，数量 200，周五前交。",
    "会议号 812 345 678，密码 1234，两点开始。",
    "快递单号 7312345678901，明天到。",
    "工号 10086 的同事请到前台取快递。",
    "设备编号 E12345678 需要保养。",
    "安全月答题截止到本周五，还没答的抓紧。",
    "保密培训下周三下午，请各部门派人参加。",
    "请大家注意保密要求，文件看完放回柜子。",
    "这份报价是公开的，可以发给客户。",
    "客户下周来访，请打扫样品间。",
    "密码到期的请到自助页面修改，不要发在群里。",
    "门禁卡丢了找行政补办，工本费 20 元。",
    "食堂今天有红烧肉，十一点半开餐。",
    "周报请在群文件里填，格式照上周的。",
    "The weekly report is due on Friday, thanks.",
    "Please review the drawing and confirm the tolerance by noon.",
    "OK，按方案二执行，成本增加约 3%。",
    "焊机电流调到 185A，节拍 42 秒。",
    "验收人：陈静，验收时间 2026-01-15 14:30。",
    "这个月产量 12,480 台，比上月多 6.2%。",
    "张三、李四、王五三位同事明天去二厂支援。",
    "谢谢大家，今天辛苦了，早点休息！",
)


@pytest.fixture(scope="module", params=["party-run-plant", "plain-office"])
def rules(request: pytest.FixtureRequest) -> RuleSet:
    wire()
    return compile_ruleset(rules_of(policy.read_pack(*load_pack(request.param))))


def test_no_pack_is_left_out() -> None:
    assert shipped_packs() == ["party-run-plant", "plain-office"]


@pytest.mark.parametrize(("text", "disposition"), STOPPED)
def test_what_must_not_pass_does_not(rules: RuleSet, text: str, disposition: str) -> None:
    assert rules.inspect(text).disposition is Disposition.of(disposition)


def test_ordinary_work_passes(rules: RuleSet) -> None:
    assert len(set(ORDINARY)) == 40
    stopped = {text: rules.inspect(text) for text in ORDINARY}
    assert {t: i.findings for t, i in stopped.items() if i.disposition > Disposition.DELIVER} == {}
