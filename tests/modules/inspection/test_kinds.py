"""What is found by its form, kind by kind: true and false examples, masks, properties.

All values are invented. The forms are those of the standards that the finders name; the false
examples are what stands in ordinary messages of offices: orders, versions, amounts, product names.
"""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.modules.inspection import service
from guiju.modules.inspection.types import Disposition, PatternRule
from tests.support import invented

RULESET = service.compile_ruleset(
    [PatternRule(kind, Disposition.MASK, f"6.8/{kind}") for kind in service.KINDS]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(f.category, text[f.start : f.end]) for f in RULESET.inspect(text).findings]


FOUND = [
    ("身份证 110101900307013 旧证", "cn_id", "110101900307013"),
    ("税号91350211M000100Y46已登记", "uscc", "91350211M000100Y46"),
    ("身分證 A123456789", "tw_id", "A123456789"),
    ("統一證號 A800000014", "tw_id", "A800000014"),
    ("HKID A123456(3)", "hk_id", "A123456(3)"),
    ("香港身份證A1234563", "hk_id", "A1234563"),
    ("护照E12345678", "passport", "E12345678"),
    ("Passport No. K12345678", "passport", "K12345678"),
    ("E12345678是我的护照号", "passport", "E12345678"),
    ("座机010-62345678", "cn_phone", "010-62345678"),
    ("传真(0571)87654321", "cn_phone", "0571)87654321"),
    ("tel13800138000", "cn_phone", "13800138000"),
    ("周一13800138000", "cn_phone", "13800138000"),
    ("幺三八洞洞幺三八洞洞洞", "cn_phone", "幺三八洞洞幺三八洞洞洞"),
    ("138然后是0013最后是8000", "cn_phone", "138然后是0013最后是8000"),
    ("+886 912 345 678", "tw_phone", "886 912 345 678"),
    ("公司(02)2345-6789", "tw_phone", "02)2345-6789"),
    ("致電 9123 4567", "hk_phone", "9123 4567"),
    ("+85291234567", "hk_phone", "85291234567"),
    ("车停在粤B12345D旁", "plate", "粤B12345D"),
    ("京A·12345", "plate", "京A·12345"),
    ("粤Z1234港", "plate", "粤Z1234港"),
    ("发到zhang_san@mail.example.org.", "email", "zhang_san@mail.example.org"),
    ("zhangsan(at)example(dot)com", "email", "zhangsan(at)example(dot)com"),
    ("password: Xk29fQ0vLmP38sTzR7", "api_key", "Xk29fQ0vLmP38sTzR7"),
    ("合同总价：叁佰万元整", "contract_amount", "合同总价：叁佰万元整"),
    ("deal size: US$1.2 million", "contract_amount", "deal size: US$1.2 million"),
    (
        "Send to Flat A, 12/F, 88 Nathan Road, Kowloon please",
        "address",
        "Flat A, 12/F, 88 Nathan Road, Kowloon",
    ),
    (
        "Office: 25 Des Voeux Road Central, Hong Kong",
        "address",
        "25 Des Voeux Road Central, Hong Kong",
    ),
    ("这个订单的客户13800138000", "cn_phone", "13800138000"),
    ("欧阳志远的简历", "person_name", "欧阳志远"),
    ("token=glpat-WFCAAdEbTgtGIilsIFTI", "api_key", "glpat-WFCAAdEbTgtGIilsIFTI"),
    ("AKIAWFCADEBTGTGIILSI", "api_key", "AKIAWFCADEBTGTGIILSI"),
    ("/v1?key=9f8aX7dQ0Lm2nB4vC6zZ&x=1", "api_key", "9f8aX7dQ0Lm2nB4vC6zZ"),
    ("mysql://root:Pa55w0rdXy@10.0.0.1/db", "api_key", "Pa55w0rdXy"),
    ("password: S3cur3P@ssw0rd!2024", "api_key", "S3cur3P@ssw0rd!2024"),
    ("收件人：李群静", "person_name", "李群静"),
    ("甲方代表：刘德海", "person_name", "刘德海"),
    ("人民币（大写）：壹佰贰拾万元整", "contract_amount", "人民币（大写）：壹佰贰拾万元整"),
    (
        "住址：四川省凉山彝族自治州昭觉县解放乡火普村",
        "address",
        "四川省凉山彝族自治州昭觉县解放乡火普村",
    ),
    ("&#109;&#105; %31%33800138000", "cn_phone", "%31%33800138000"),
    ("password=hunter2", "api_key", "hunter2"),
    ('PGPASSWORD: "Winter#24"', "api_key", "Winter#24"),
    ("The password is Sunny2024", "api_key", "Sunny2024"),
    ("密码是abc123", "api_key", "abc123"),
    ("登录密码为Aa123456，请修改", "api_key", "Aa123456"),
    ("密碼改成了Abc#998", "api_key", "Abc#998"),
    ("口令：Guiju2026", "api_key", "Guiju2026"),
    ("初始密码：１２３４５６", "api_key", "１２３４５６"),
    ("密码：admin", "api_key", "admin"),
    ("账号：root\n密码：admin\n下午生效", "api_key", "admin"),
    ("口令：芝麻开门", "api_key", "芝麻开门"),
    ("门禁密码是“春眠不觉晓”", "api_key", "春眠不觉晓"),
    ("后台账号root密码qwe12345", "api_key", "qwe12345"),
    ("postgres://app:secret@db.example.com/app", "api_key", "secret"),
    ("redis://:foobar@localhost:6379", "api_key", "foobar"),
    ("Server=db;User Id=sa;Password=Str0ng!;", "api_key", "Str0ng!"),
    ("jdbc:mysql://h:3306/d?user=root&password=root123", "api_key", "root123"),
    ("数据库密码 8f$Kd9!q", "api_key", "8f$Kd9!q"),
    ("密码：Pa$$w0rd", "api_key", "Pa$$w0rd"),
    ("密码是 100%Safe!", "api_key", "100%Safe!"),
    ("密 码 ： Abc@12345", "api_key", "Abc@12345"),
    ("密*码→Abc@12345", "api_key", "Abc@12345"),
    ("服务器密码我发你：Root@2023", "api_key", "Root@2023"),
    ("账号密码分别是admin和Admin@123", "api_key", "Admin@123"),
    ("账号密码 admin / Admin123", "api_key", "Admin123"),
    ("账密：root/Qaz123!", "api_key", "root/Qaz123!"),
    ("mysql -h 10.0.0.1 -uroot -p'Abc@123456'", "api_key", "Abc@123456"),
    ("sshpass -p Abc123 ssh root@10.0.0.2", "api_key", "Abc123"),
    ("curl -u admin:Abc@12345 http://x.example.com", "api_key", "Abc@12345"),
    ("mysql://root:P@ssw0rd123@10.0.0.5:3306/db", "api_key", "P@ssw0rd123"),
    ("港澳居民来往内地通行证 H1234567800", "passport", "H1234567800"),
    ("取款密码是：135790", "api_key", "135790"),
    ("密码为: Guiju2026", "api_key", "Guiju2026"),
    ("密钥是：8pXb2c3d4e5f6g7h8i9j", "api_key", "8pXb2c3d4e5f6g7h8i9j"),
    ("sk是：8pXb2c3d4e5f6g7h8i9j", "api_key", "8pXb2c3d4e5f6g7h8i9j"),
    (
        "见 BEGIN RSA PRIVATE KEY\nMIIEpAIBAAKCAQEA1234567890ab\n其余明天发",
        "api_key",
        "BEGIN RSA PRIVATE KEY\nMIIEpAIBAAKCAQEA1234567890ab",
    ),
    ("见 - - -BEGIN PRIVATE KEY- - -", "api_key", "- - -BEGIN PRIVATE KEY- - -"),
    ("前面是110101，后面是199003070134", "cn_id", "110101，后面是199003070134"),
    ("号码138，然后1234，最后5678", "cn_phone", "138，然后1234，最后5678"),
    ("sfz110101199003070134", "cn_id", "110101199003070134"),
    ("SFZH110101199003070134", "cn_id", "110101199003070134"),
    ("id110101199003070134", "cn_id", "110101199003070134"),
    ("手机：138，1234，5678", "cn_phone", "138，1234，5678"),
    ("电话\n138\n1234\n5678", "cn_phone", "138\n1234\n5678"),
    ("手机：壹叁捌、1234、5678", "cn_phone", "壹叁捌、1234、5678"),
    ("卡号：6222，0202，0010，0345，673", "bank_card", "6222，0202，0010，0345，673"),
    ("银行卡6225|8801|0123|4566", "bank_card", "6225|8801|0123|4566"),
    ("姓 名：王小明", "person_name", "王小明"),
    ("户\u3000名：周杰伦", "person_name", "周杰伦"),
    ("姓名：王\u3000伟", "person_name", "王\u3000伟"),
    ("姓名：王 小 明\n性别：男", "person_name", "王 小 明"),
    ("姓名：古丽娜尔·买买提 性别：女", "person_name", "古丽娜尔·买买提"),
    ("打 (020)38881234", "cn_phone", "020)38881234"),
    ("(020)38881234", "cn_phone", "020)38881234"),
    ("手提:61234567", "hk_phone", "61234567"),
    ("sk-1234567890abcdef", "api_key", "sk-1234567890abcdef"),
    ("sk-abcdefghijklmnopqrstuvwxyz", "api_key", "sk-abcdefghijklmnopqrstuvwxyz"),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc123",
        "api_key",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc123",
    ),
    ("(037)123-456", "tw_phone", "037)123-456"),
    ("(02)23456789", "tw_phone", "02)23456789"),
    ("電話 02-23456789", "tw_phone", "02-23456789"),
    ("Contact: John Smith", "person_name", "John Smith"),
    ("Name: Mary O'Brien\nAge: 41", "person_name", "Mary O'Brien"),
    ("My name is José Marín", "person_name", "José Marín"),
    ("ask Dr. Jane Doe", "person_name", "Jane Doe"),
    ("Contact: Peter K. Wong, HR", "person_name", "Peter K. Wong"),
    ("联系人：John Smith", "person_name", "John Smith"),
    ("姓名: CHAN Tai Man", "person_name", "CHAN Tai Man"),
    ("签了个500万的合同", "contract_amount", "500万的合同"),
    ("签了一个五百万的合同", "contract_amount", "五百万的合同"),
    ("这单合同谈到300万了", "contract_amount", "合同谈到300万"),
    ("合同一共三百万", "contract_amount", "合同一共三百万"),
    ("合同总额大概是两千多万", "contract_amount", "合同总额大概是两千多万"),
    ("我们中标了，1200万", "contract_amount", "中标了，1200万"),
    ("拿下了800万的大单", "contract_amount", "拿下了800万"),
    ("500w的合同", "contract_amount", "500w的合同"),
    ("4111 1111 1111 1111 5500 0000 0000 0004", "bank_card", "5500 0000 0000 0004"),
    ("卡号4600 4610 4620 4640", "bank_card", "4600 4610 4620 4640"),
    ("密级：机密", "secrecy", "密级：机密"),
    ("機密☆20年", "secrecy", "機密☆20年"),
    ("(Strictly Confidential)", "secrecy", "(Strictly Confidential)"),
]

PASSES = [
    "编号13800138000", "订单号：13800138000", "预算13800138000元", "共13800138000次访问", "¥13800138000",
    "圆周率3.13800138000", "IP 192.168.100.101", "版本 1.3.8.0.0.1.3.8.0.0.0.1.2", "批次20240131 号码20240131",
    "1 3 8 0 0 1 3 8 0 0 0 1 3 8 0 0 1 3 8 0 0 0", "快递6222026006705354218到了", "型号E12345678", "物料A123456789", "A123456(4)",
    "阿里云ECS1234实例", "全新A12345", "料号BOM-A5597", "新VIP1234", "云计算", "@小王 收到", "RT @someone: hello",
    "meet me at starbucks.com please", "性价比高，价格398元", "合同金额这一栏空着", "成交价稍后给", "客户高兴地走了", "客户经理说了", "联系人 方便的话告诉我",
    "保守国家秘密是义务", "信息的机密性", "国家秘密分为绝密、机密、秘密三级", "秘密花园", "内部培训改到周三", "please keep it confidential", "a secret garden",
    "token expired, please login again", "class_name_of_the_longest_component_in_project", "0123456789abcdef", "中山路很堵，8号见", "三楼有8号会议室", "北京路店8折",
    "密件副本请抄送", "会议纪要仅供参考", "sk-learn-contrib-forest", "git clone git@example.org:team/repo.git", "采购价格 15 元/个", "合同金额 0 元", "里2号楼", "中关村3号楼会议室", "do not distribute tracing headers", "a top secret movie",
    "负责人：何时到位", "姓名：白性别：男", "联系人：王总", "api_key=YOUR_API_KEY_HERE_PLEASE", "https://example.com/a?key=helloworld", "call 08712402050 now", "SSN 078-05-1120",
    "BEGIN PRIVATE KEY 这一行不能删。下午三点开会", "The file must start with BEGIN PRIVATE KEY on its own line. Then call me", "密码是什么", "密码是8位数字", "密码区有一行字", "密码长度8-16位", "密码发我这号上", "会议密码：1234", "会议号 812，密码：123456", "password is incorrect",
    "password: required", "password=getPassword()", "PASSWORD = os.environ['PW']", "forgot your password?", "口令：", "口令：请找管理员", "口令：什么时候发", "https://user:password@localhost/",
    "密码：100%安全", "密码：$DB_PASSWORD", "password=${DB_PASSWORD:-none}", "password = $row['password']", "password=%(pass1)s", "保密 码头123456号", "账号密码 ask zhangsan.",
    "账号/密码 错误 E1001", "mysql -h10.0.0.1 -P3306 -uroot -p", "curl -u user:$TOKEN1 https://x", "手提袋 61234567",
    "密码是：请联系管理员", "会议室302，然后去1203，最后1105", "先来138，然后1234个，最后5678个",
    "138,1234,5678", "手机号138,1234,5678,1390", "手机：138，139，137", "6222,0202,0010,0345,673", "卡号：6222,0202,0010,0345,674", "姓名：李 女", "负责人：张 工", "姓名：王\n小 计",
    "contact John Smith at 5pm", "Contact: Sales Department", "Name: Annual Report", "Project Name: Blue Sky", "Dear John Smith,",
    "500万用户的合同条款", "合同万一出问题", "合同十万火急", "订单有三万件", "100万次调用的协议", "这个工程做了三万个零件",
    "4600 4610 4620 4640", "6222 0200 4567 8912 1234 5678", "0353 5917 6797 2719", "1380 1381 1382 1383 1384",
    "4532 4539 4556 4567 4570 4580\n4600 4610 4620 4640",
    "客户张口就要打折", "2 minutes down the road", "I live on 5th avenue", "turn left at 3 main street", "commit 3f785b2a9c1d4e6f8a7b", "一二三四五六七八九十",
]  # fmt: skip


class TestExamples:
    @pytest.mark.parametrize(("text", "kind", "part"), FOUND)
    def test_it_is_found(self, text: str, kind: str, part: str) -> None:
        assert (kind, part) in found(text)

    @pytest.mark.parametrize(("text", "kind", "part"), FOUND)
    def test_it_is_found_in_a_long_text_too(self, text: str, kind: str, part: str) -> None:
        """Long texts pass other gates."""
        around = "早上好\n" * 200
        assert (kind, part) in found(f"{around}{text}")

    @pytest.mark.parametrize("text", PASSES)
    def test_what_only_looks_like_it_passes(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        "text",
        ["http://localhost:8080，找{}要权限", "见http://10.0.0.5:9000找{}", "官网http://www.example.net:80?u={}",
         "网址：http://www.example.net；邮箱：{}", "http://www.example.net，账号:{}"],
    )  # fmt: skip
    def test_a_mail_address_after_a_link_is_no_password_of_it(self, text: str) -> None:
        mail = "zhang1@example.com"
        assert found(text.format(mail)) == [("email", mail)]

    def test_rows_of_four_digits_are_no_cards_and_no_phones(self) -> None:
        chosen = random.Random(5)
        flagged = tables = 0
        for columns in range(5, 13):
            for separator in (" ", "-", "\t"):
                for _ in range(8):
                    rows = [
                        [f"{chosen.randint(0, 9999):04d}" for _ in range(columns)] for _ in "abc"
                    ]
                    tables += 1
                    flagged += bool(found("\n".join(map(separator.join, rows))))
        assert tables == 192 and flagged <= 4

    def test_a_customer_list_is_found_with_its_heading_and_its_phones(self) -> None:
        text = "看下：\n客户名单\n王一 13800138000 甲公司\n李二 13900139000 乙公司\n张三 13700137000\n谢谢"
        assert found(text)[0] == ("customer_list", text[4:-3])
        assert [kind for kind, _ in found(text)].count("cn_phone") == 3

    def test_records_of_several_lines_are_a_list(self) -> None:
        text = "\n".join(f"姓名：王{at}\n电话：1380013800{at}" for at in "123")
        assert "customer_list" in [kind for kind, _ in found(text.replace("王1", "王一"))]

    def test_a_list_in_one_line_is_found_from_four_entries_on(self) -> None:
        rows = [
            f"客户{name} 1380013800{at}" for at, name in enumerate(["王一", "李二", "张三", "赵四"])
        ]
        assert "customer_list" not in [kind for kind, _ in found("；".join(rows[:3]))]
        assert "customer_list" in [kind for kind, _ in found("；".join(rows))]

    def test_a_private_key_is_hidden_as_a_whole(self) -> None:
        text = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
        masked = RULESET.inspect(f"看{text}好").masked
        assert masked is not None and set(masked[1:-1]) <= {"*", "\n", " "}


MASKS = [
    ("我13800138000", "我138****8000"),
    ("我１３８００１３８０００", "我１３８****８０００"),
    ("我幺三八零零幺三八零零零", "我幺三八****八零零零"),
    ("我138-0013-8000😀", "我138-****-8000😀"),
    ("打+86 13800138000", "打+86 138****8000"),
    ("手機0912-345-678", "手機0912-***-678"),
    ("WhatsApp +852 9123 4567", "WhatsApp +852 9123 ****"),
    ("身分證A123456789", "身分證A12****789"),
    ("HKID A123456(3)", "HKID A123***(*)"),
    ("护照E12345678", "护照E1*****78"),
    ("车牌粤B12345", "车牌粤B*****"),
    ("联系人：欧阳志远", "联系人：欧阳**"),
    ("姓名：王小明，男", "姓名：王**，男"),
    ("邮箱zhang.san@qq.com", "邮箱z****.***@qq.com"),
    ("寄到广东省深圳市南山区科苑路15号3栋402", "寄到广东省深圳市南山区***********"),
    ("合同总价¥138,059.00", "合同总价¥***,***.**"),
    ("token=ghp_3NOHBp3Qr07UGqz4CeoGyTQfIwe2fxi2Nl11", "token=ghp_" + "*" * 36),
]


class TestMasks:
    @pytest.mark.parametrize(("text", "masked"), MASKS)
    def test_a_mask_cuts_the_right_characters(self, text: str, masked: str) -> None:
        inspection = RULESET.inspect(text)
        assert inspection.masked == masked
        assert service.mask(text, inspection.findings) == masked

    @given(st.sampled_from(sorted(invented.DISGUISES)), st.integers(0, 10**6))
    @settings(max_examples=150, deadline=None)
    def test_nothing_of_what_is_hidden_remains(self, name: str, seed: int) -> None:
        rows = [row for row in invented.disguised(seed, 1) if row[0] == name]
        for _, _, case in rows:
            inspection = RULESET.inspect(case.text)
            masked = inspection.masked
            if masked is None:
                continue  # how much is found is measured elsewhere
            assert len(masked) == len(case.text)
            hidden = [at for at, char in enumerate(masked) if char == "*" != case.text[at]]
            assert len(hidden) >= 3
            covered = {at for f in inspection.findings for at in range(f.start, f.end)}
            assert covered.issuperset(hidden)
            # Signs stay: only letters and digits are covered.
            assert all(
                re.match(r"\w|[⁰-⁹¹²³]", case.text[at]) or case.text[at].isnumeric()
                for at in hidden
            )


PIECES = st.sampled_from(
    ["1", "3", "8", "0", "x", "l", "O", "a", " ", "-", ".", "@", "(", ")", "幺", "零", "陆", "京", "路", "号", "市", "区", "后面接", "再接", "联系人", "：",
     "王", "机密", "★", "合同金额", "万元", "\u200b", "\ufe0f\u20e3", "😀", "\n", "http://", "%41", "点", "com", "sk-", "_", "的体检", "token="]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
@settings(max_examples=600, deadline=None)
def test_any_text_gets_findings_within_it_and_a_mask_of_its_length(text: str) -> None:
    inspection = RULESET.inspect(text)
    for finding in inspection.findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.category in service.KINDS
    if inspection.masked is not None:
        assert len(inspection.masked) == len(text)
        # What a code stood for has no shape of its length: then a reviewer's mask hides all of it.
        by_reviewer = service.mask(text, inspection.findings)
        assert all(
            mine in (other, "*") for mine, other in zip(by_reviewer, inspection.masked, strict=True)
        )


def test_a_text_with_more_candidates_than_are_read_is_held() -> None:
    text = "".join(f"姓名：王{chr(0x4E00 + at)}，" for at in range(1500))
    inspection = RULESET.inspect(text)
    assert inspection.disposition is Disposition.HOLD
    assert RULESET.inspect("护照E12345678，" * 20).disposition is Disposition.MASK


@pytest.mark.parametrize(
    "item", ["13800138000", "4.5", "联系人：王伟", "张伟的简历", "合同金额500万元", "110101199003078515", "1380 1381"]
)  # fmt: skip
@pytest.mark.parametrize("sign", [" ", "\n", "，"])
def test_a_list_of_one_thing_is_read_to_its_end(item: str, sign: str) -> None:
    assert RULESET.inspect((item + sign) * 300).disposition <= Disposition.MASK
