"""Terms that nobody tuned the engine to, in every disguise; and what only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.modules.inspection import service
from guiju.modules.inspection._boundary import MAX_HITS
from guiju.modules.inspection._fold import NOISE, fold
from guiju.modules.inspection._tables import codes_of_pair, spell, weave
from guiju.modules.inspection.types import Disposition, TermRule, Way
from tests.support.disguises import LATIN, TERMS, WAYS, cases
from tests.support.work import calls_of

USE = "6.7/messaging.content"
HELD_OUT = service.compile_ruleset([TermRule("d", "c", (*TERMS, *LATIN), Disposition.BLOCK, USE)])
WORDS = (
    "操你妈", "傻逼", "枪支买卖", "吸毒", "体育投注", "高息贷款", "绿色通道费", "方案外泄", "央视刚刚曝光", "死逼",
    "娛樂城", "调包计", "门票倒卖", "bitch", "casino", "motherfucker", "buy cocaine now",
)  # fmt: skip
RULESET = service.compile_ruleset([TermRule("d", "c", WORDS, Disposition.BLOCK, USE)])
# Well below what was measured, so that only a real loss fails: 98 to 100 %, initials 92 %.
LEAST = {"initials": 0.8, "split": 0.93, "homophone": 0.9}
DOUBTFUL = {Way.REVERSED, Way.INITIALS, Way.HOMOPHONE, Way.LOOK_ALIKE}


def found(text: str) -> list[tuple[str, str, Way]]:
    return [(text[f.start : f.end], f.word, f.way) for f in RULESET.inspect(text).findings]


@pytest.mark.parametrize("text", ["操*妈", "枪支×卖 有", "方案#泄"])
def test_a_covered_character_is_found_and_only_held(text: str) -> None:
    inspection = RULESET.inspect(f"群里发{text}")
    assert [finding.way for finding in inspection.findings] == [Way.MASKED]
    assert inspection.disposition is Disposition.HOLD


@pytest.mark.parametrize("text", ["操**妈", "3*3枪支", "枪*卖", "操*"])
def test_what_more_than_one_sign_covers_is_left(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("way", WAYS)
def test_terms_that_no_list_has_are_found(way: str) -> None:
    terms = LATIN if way in {"leet", "masked"} else TERMS
    made = [*cases(way, terms, each=3)]
    hit = 0
    for text, start, end, term in made:
        for finding in HELD_OUT.inspect(text).findings:
            shared = min(end, finding.end) - max(start, finding.start)
            whole = max(end, finding.end) - min(start, finding.start)
            if finding.word == term and 2 * shared >= whole:
                hit += 1
                break
    assert len(made) >= 2 * len(terms)
    assert hit >= LEAST.get(way, 0.97) * len(made)


@pytest.mark.parametrize(
    ("text", "part", "word", "way"),
    [
        ("去你的，操操你你妈妈！", "操操你你妈妈", "操你妈", Way.REPEATED),
        ("操操操操你妈", "操操操操你妈", "操你妈", Way.REPEATED),
        ("央央视视刚刚刚刚曝曝光光", "央央视视刚刚刚刚曝曝光光", "央视刚刚曝光", Way.REPEATED),
        ("what a biiitch", "biiitch", "bitch", Way.REPEATED),
        ("看&#x50bb;&#36924;看", "&#x50bb;&#36924;", "傻逼", Way.ENCODED),
        ("%E5%82%BB%E9%80%BC", "%E5%82%BB%E9%80%BC", "傻逼", Way.ENCODED),
        ("&#99;&#97;onima", "&#99;&#97;onima", "操你妈", Way.PINYIN),
        ("你真shabi 啊", "shabi", "傻逼", Way.PINYIN),
        ("丶丨㇆票倒卖", "丶丨㇆票倒卖", "门票倒卖", Way.SPLIT),
        ("有木仓支买卖吗", "木仓支买卖", "枪支买卖", Way.SPLIT),
        ("歹匕逼", "歹匕逼", "死逼", Way.SPLIT),
        ("看一下，亻本育投注", "亻本育投注", "体育投注", Way.SPLIT),
        ("那个caonima吧", "caonima", "操你妈", Way.PINYIN),
        ("那个cāo nǐ mā吧", "cāo nǐ mā", "操你妈", Way.PINYIN),
        ("那个cao1ni3ma1吧", "cao1ni3ma1", "操你妈", Way.PINYIN),
        ("操ni妈的", "操ni妈", "操你妈", Way.PINYIN),
        ("c a o 你 m a", "c a o 你 m a", "操你妈", Way.PINYIN),
        ("交lvsetongdaofei吧", "lvsetongdaofei", "绿色通道费", Way.PINYIN),
        ("交lǜ色通道fèi吧", "lǜ色通道fèi", "绿色通道费", Way.PINYIN),
        ("fang an wai xie", "fang an wai xie", "方案外泄", Way.PINYIN),
        ("fanganwaixie", "fanganwaixie", "方案外泄", Way.PINYIN),
        ("tiaobaoji", "tiaobaoji", "调包计", Way.PINYIN),
        ("diaobaoji", "diaobaoji", "调包计", Way.PINYIN),
        ("他疑似吸du了", "吸du", "吸毒", Way.PINYIN),
        ("you b1tch", "b1tch", "bitch", Way.LEET),
        ("去c@$1n0玩", "c@$1n0", "casino", Way.LEET),
        ("m 0 7 h 3 r f v c k 3 r", "m 0 7 h 3 r f v c k 3 r", "motherfucker", Way.LEET),
        ("a b*tch, really", "b*tch", "bitch", Way.MASKED),
        ("(c**ino)", "c**ino", "casino", Way.MASKED),
        ("where to buy c*caine now?", "buy c*caine now", "buy cocaine now", Way.MASKED),
        ("去buy coc#*ne now吧", "buy coc#*ne now", "buy cocaine now", Way.MASKED),
        ("有卖买支枪的", "卖买支枪", "枪支买卖", Way.REVERSED),
        ("，cnm，", "cnm", "操你妈", Way.INITIALS),
        ("求gxdk", "gxdk", "高息贷款", Way.INITIALS),
        ("有高西贷款", "高西贷款", "高息贷款", Way.HOMOPHONE),
        ("傻比，", "傻比", "傻逼", Way.HOMOPHONE),
        ("有沧支买卖的", "沧支买卖", "枪支买卖", Way.LOOK_ALIKE),
        ("高 息 貸 款", "高 息 貸 款", "高息贷款", Way.PARTED),
    ],
)
def test_a_finding_says_how_the_term_was_written(text: str, part: str, word: str, way: Way) -> None:
    assert found(text) == [(part, word, way)]


@pytest.mark.parametrize(
    "text",
    [
        "他妈妈你妈妈都来了",
        "电脑查出病毒，细读报告",
        "这个细节要细读，细读！",
        "这里傻比那里还好",
        "xi du lu 下车",
        "caonimal",
        "xidu 服务器已经重启",
        "mycaonima",
        "提高息税前利润，贷款另算",
        "USB、SQL 和 CNM 都是缩写",
        "见 http://a.example/cnm/gxdk",
        "编号 817c",
        "8171h",
        "了一个人本来要走",
        "100% &amp; R&D",
        "ab*tching",
        "to buy c*caine nowhere",
        "buy * cocaine - no",
        "买支枪卖不掉",
    ],
)
def test_what_only_looks_like_a_disguise_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("way", ["reversed", "initials", "homophone"])
def test_what_may_be_chance_is_held_and_never_blocked(way: str) -> None:
    for text, *_ in cases(way, TERMS):
        inspection = HELD_OUT.inspect(text)
        if any(finding.way not in DOUBTFUL for finding in inspection.findings):
            continue
        assert inspection.disposition in {Disposition.DELIVER, Disposition.HOLD}


def test_a_certain_term_inside_a_doubtful_one_still_blocks() -> None:
    ruleset = service.compile_ruleset(
        [TermRule("d", "c", ("提供冰毒", "冰毒"), Disposition.BLOCK, USE)]
    )
    inspection = ruleset.inspect("提宫冰毒")
    assert inspection.disposition is Disposition.BLOCK


def test_a_text_with_more_than_is_looked_at_is_held() -> None:
    ruleset = service.compile_ruleset([TermRule("d", "c", ("傻逼",), Disposition.WARN, USE)])
    assert ruleset.inspect("傻逼，" * MAX_HITS).disposition is Disposition.WARN
    assert ruleset.inspect("傻逼，" * (MAX_HITS + 1)).disposition is Disposition.HOLD
    assert ruleset.inspect("mysha bi " * (2 * MAX_HITS)).disposition is Disposition.HOLD


@pytest.mark.parametrize(
    "piece",
    ["傻", "操操", "操操你你", "操你妈", "caonima", "cao ni ma，", "操ni", "ang", "a", "歹匕逼", "丶丨㇆", "b*tch ", "b*",
     "b1tch ", "1234567890", "&#21338;", "&amp;", "%E5", "%E5%8D%9A", "\\u4e00", "cnm，", "逼傻，", "妈你操", "傻比，",
     "高西贷款", "沧支买卖", "傻~逼"],
)  # fmt: skip
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    def work(size: int) -> int:
        text = piece * (size // len(piece))
        return calls_of(lambda: RULESET.inspect(text))

    work(100)  # fills what is remembered of single terms
    assert work(20_000) < 6 * work(5_000) + 400


PIECES = st.sampled_from(
    ["操", "你", "妈", "cao", "ni", "ma", "歹", "匕", "丶", "丨", "㇆", "木仓", "b*tch", "8", "1", "@$", "傻", "比",
     "，", " ", "\u200b", "&#21338;", "%E5", "lv", "ü", "😀", "𠮷", "枪支", "买卖", "卖买支枪", "cnm", "\n", "ang"]
)  # fmt: skip
ANY = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_any_text_gets_findings_that_lie_in_it(text: str) -> None:
    inspection = RULESET.inspect(text)
    for finding in inspection.findings:
        assert 0 <= finding.start < finding.end <= len(text)
    assert len(service.mask(text, inspection.findings)) == len(text)


@given(ANY)
def test_all_streams_of_a_text_are_equally_long(text: str) -> None:
    stripped, sounds, shapes = weave(text)
    assert len(stripped) == len(sounds) == len(shapes)
    assert stripped == "".join(char for char in fold(text) if char not in NOISE)
    assert len(spell(sounds)) <= len(sounds)


def test_each_code_point_folds_to_one_and_folding_again_changes_nothing() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    folded = fold(every)
    assert len(folded) == len(every)
    assert fold(folded) == folded


def test_a_pair_has_the_codes_of_its_weave() -> None:
    for pair in ("傻比", "變態", "丶丨", "乐园"):
        _, sounds, shapes = weave(pair)
        if sounds:
            assert codes_of_pair(pair) == (sounds, shapes)
