"""Names of people, by what stands around them. A name alone is never a finding: tagging every word
of a text finds one name in two and is wrong three times in four.

A cue is followed by a surname of the hundred families (or a compound one) and one or two characters;
segmentation says where the name ends.
"""

import re
from collections.abc import Iterator
from functools import partial

import rjieba

from guiju.modules.inspection._passage import Found, Passage

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷"
    "詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓"
    "古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查苑"
    "迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢扈萧闻谌"
)
_COMPOUND = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方", "司徒", "夏侯",
     "端木", "轩辕", "南宫", "独孤", "长孙", "宇文", "闻人", "张简", "范姜")
)  # fmt: skip
# After these a name follows, and after a colon even one that segmentation takes for other words. Each begins with a
# character, so that `re` passes by whatever is none of these.
_STATED = re.compile(
    r"(?:联\s?系\s?人|收\s?件\s?人|寄件人|收货人|发货人|姓\s{0,4}名|名字|申请人|经办人|负责人|法定代表人|法人代表|法人|持卡人|户\s{0,4}名|开户人|乘客|旅客"
    r"|患者|病人|当事人|被告人?|原告人?|投诉人|举报人|报案人|嫌疑人|担保人|借款人|受益人|投保人|被保险人|紧急联系人|家属|监护人|考生"
    r"|签收人|联络人|对接人|承办人|委托人|代理人|汇报人|报告人|收款人|付款人|抄送人?|签字人?|审核人?|批准人?|复核人?|制单人?|记录人?|填表人|发起人|主持人|出租人|户主|车主"
    r"|甲方?代表|乙方?代表|丙方?代表|员工方?代表|职工方?代表|业务方?代表|采购员|业务员|销售员|检验员|驾驶员|辅导员|会计|出纳|主治医[生师]|班主任|客户经理|项目经理|面试官|新员工|校长|院长|承租人|房东|租客|业主|学员|候选人|面试者?|新同事|本人叫|我叫|他叫|她叫|名叫|大名)"
)
# After these a name may follow; segmentation decides.
_LOOSE = re.compile("客户|患者|病人|员工|学生|乘客|投诉人|业主|同事|供应商代表|候选人")
_DOCUMENTS = (
    "体检|病历|病例|简历|身份证|护照|工资|薪资|薪水|档案|户口|住址|家庭|手机号|电话|银行卡|诊断|化验|报告单|征信|贷款|成绩单|离职|绩效"
    "|处分|合同|账号|社保|学历|检查结果|检验|手术|住院"
)
_OF = re.compile(f"的(?={_DOCUMENTS})")
GATE = f"{_STATED.pattern}|{_LOOSE.pattern}|的(?:{_DOCUMENTS})"
_HAN = re.compile("[一-龥]+")
# A form makes names of two characters as long as those of three.
_PADDED = re.compile(
    r"([一-龥]{1,2})[^\S\n]{1,3}(?:[一-龥][^\S\n]{1,2})?(?![男女])([一-龥])(?![一-龥])"
)
# Names of other tongues in Chinese: 古丽娜尔·买买提.
_POINTED = re.compile("[一-龥]{1,8}(?:[·・•‧∙][一-龥]{1,8}){1,3}(?![一-龥])")
_COLON = re.compile(r"[\s:：=是为叫]{0,4}")
# What follows a name of two characters and is no part of it.
_STOPS = frozenset(
    "的了来去在是和跟与说要会到已有把被让给找问发打还也都就下上今明昨后前这那您你我他她它们先女小等同从向对将请需应可能没不"
)
_WORDS_TAGGED_AS_NAMES = frozenset(
    {
        "许可证",
        "成功",
        "高兴",
        "方面",
        "管理",
        "明白",
        "安全",
        "温馨",
        "时间",
        "张口",
        "张嘴",
        "马上",
        "马力",
        "高手",
        "高层",
        "方案",
        "万一",
        "白天",
        "金额",
    }
)
# Not names, though they begin like some.
_BEGINNINGS = frozenset(
    ("何时", "何处", "何人", "何种", "任何", "任意", "任务", "高度", "高级", "安排", "安全", "全部", "全体", "全员", "余额", "时候", "许多", "于是", "关于", "向上",
     "向下", "成员", "成立", "成本", "成功", "应该", "应付", "应收", "金属", "金额", "马上", "万一", "方便", "方式", "方面", "白天", "高层", "温馨", "管理", "明白",
     "单位", "单独", "部长", "房东", "店家", "路人", "和平", "班长", "常见", "平时", "张贴", "包括", "包含", "段落", "石头", "江苏", "江西", "金融", "水平", "武汉",
     "毛病", "田间", "范围", "程序", "程度", "易于", "严格", "严重", "万元", "汪汪", "白色", "黄色", "高端", "高效", "高中", "谢谢", "陆续", "沈阳", "钟点", "于今")
)  # fmt: skip
_COMMONEST = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖安成黎"
)
_FIELD = re.compile("性别|年龄|电话|手机|身份|职[务位]|部门|单位|地址|邮箱")
_TITLED = re.compile("[总哥姐叔姨工]$|[老教医]师$|经理$|主任$|先生|女士|小姐|同学|同志")
# What one call of the segmentation costs (`Passage.spend`).
_TAGGING = 8
_NOT_GIVEN = frozenset("经理员们方户级单司店家部群公姐哥总工叔姨嫂爷奶婶伯弟妹老师")


def find_names(passage: Passage) -> Iterator[Found]:
    view = passage.visible
    text = view.text
    seen = -1
    for start, end in _spans(passage, text):
        if start > seen:
            seen = end
            surname = 2 if text[start : start + 2] in _COMPOUND else 1
            given = range(start + surname, end)
            # What stands between the characters stays.
            hidden = (
                given
                if _HAN.fullmatch(text, start, end)
                else [at for at in given if _HAN.match(text, at)]
            )
            yield view.found("person_name", start, end, hidden)


def _spans(passage: Passage, text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for cue in passage.within(_STATED.finditer(text), 1):
        link = _COLON.match(text, cue.end())
        assert link is not None, "the pattern matches the empty text"
        stated = bool(link[0].strip()) or cue[0].endswith("叫")
        size = stated and _written_apart(text, link.end())
        size = size or _size(passage, link.end(), stated=stated, parted=link.end() > cue.end())
        if size:
            found.append((link.end(), link.end() + size))
    for cue in passage.within(_LOOSE.finditer(text), 1):
        size = _size(passage, cue.end(), stated=False, parted=False)
        if size:
            found.append((cue.end(), cue.end() + size))
    for of in _OF.finditer(text):
        end = of.start()
        before = text[max(0, end - 8) : end]
        ending = passage.once(before, _TAGGING, partial(_ending, before))
        if ending is None:
            break
        if ending:
            found.append((end - ending, end))
    return sorted(found)


def _written_apart(text: str, start: int) -> int:
    """How many characters from here on are a name with spaces or points in it; 0 if there is none."""
    pointed = _POINTED.match(text, start)
    if pointed is not None:
        return len(pointed[0])
    padded = _PADDED.match(text, start)
    if padded is None or (padded[1] not in _COMPOUND and padded[1] not in _SURNAMES):
        return 0
    return 0 if padded[2] in _NOT_GIVEN else len(padded[0])


def _ending(text: str) -> int:
    """How many characters of a name it ends with, after something that is no part of it; 0 for none."""
    tagged = rjieba.tag(text, True)
    if tagged:
        word, tag = tagged[-1]
        if tag.startswith("nr") and _is_name(word):
            return len(word)
        if len(tagged) > 1 and len(word) <= 2 and tagged[-2][0] in _SURNAMES | _COMPOUND:
            size = len(word) + len(tagged[-2][0])
            # 500万用户 counts users.
            return 0 if text[:-size][-1:].isdigit() else size
    return 0


def _is_name(word: str) -> bool:
    if word in _WORDS_TAGGED_AS_NAMES:
        return False
    surname = 2 if word[:2] in _COMPOUND else 1
    if word[surname : surname + 1] in _NOT_GIVEN:
        return False
    return (surname == 2 or word[0] in _SURNAMES) and surname < len(word) <= surname + 2


def _size(passage: Passage, start: int, *, stated: bool, parted: bool) -> int:
    """How many characters from here on are a name; 0 if it is none.

    `stated`: a colon or 是 stands between the cue and the name; `parted`: at least a space.
    """
    match = _HAN.match(passage.visible.text, start, start + 10)
    if match is None:
        return 0
    # The next field of a form may follow without a sign: 姓名：王伟性别男.
    row = _FIELD.split(match[0], 1)[0]
    if not row:
        return 0
    surname = 2 if row[:2] in _COMPOUND else 1
    if surname == 1 and row[0] not in _SURNAMES:
        return 0
    answer = partial(_named, row, surname, stated=stated, parted=parted)
    return passage.once((row, stated, parted), _TAGGING, answer) or 0


def _named(row: str, surname: int, *, stated: bool, parted: bool) -> int:
    if stated and _is_whole(row, surname):
        return len(row)
    tagged = rjieba.tag(row, True)
    word, tag = tagged[0]
    if row[:2] in _BEGINNINGS:
        return 0
    if tag.startswith("nr") and _is_name(word):
        return len(word)
    if not stated and not (parted and len(word) == surname):
        return len(word) if tag.startswith(("nr", "ns")) and _is_name(word) else 0
    if row[surname : surname + 1] in _NOT_GIVEN:
        return 0
    return _given(row, surname, [len(token) for token, _ in tagged])


def _is_whole(row: str, surname: int) -> bool:
    """All that stands after the colon is a name, even if segmentation takes it for other words."""
    if not surname < len(row) <= surname + 2 or _TITLED.search(row) is not None:
        return False
    if (
        row[:2] in _BEGINNINGS
        or _FIELD.search(row) is not None
        or not _STOPS.isdisjoint(row[surname:])
    ):
        return False
    return surname == 2 or row[0] in _COMMONEST or len(rjieba.cut(row, False)) > 1


def _given(row: str, surname: int, sizes: list[int]) -> int:
    """The longer form if a word ends there and nothing says that the name ended before."""
    edges, edge = set(), 0
    for size in sizes:
        edge += size
        edges.add(edge)
    longer, shorter = surname + 2, surname + 1
    if len(row) >= longer and longer in edges and row[shorter] not in _STOPS:
        return longer
    if len(row) >= shorter and shorter in edges and row[surname] not in _STOPS:
        return shorter
    return 0


def warm() -> None:
    """Loads the tables of the segmentation, which the first text otherwise waits for."""
    # Characters that form no word, for those have tables of their own.
    rjieba.tag("我和张三去", True)
