"""Dictionaries and exemptions of the organisation's own: reading lists, trials, switching under load, exemptions."""

import json
import threading
import time
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.inspection import _compile, _lexicon, dictionaries, exemptions
from guiju.modules.inspection._lists import read_list
from guiju.modules.inspection.governed import (
    BadExemptionError,
    BadListError,
    BadSwitchError,
    DictionaryAdded,
    DictionaryEndedError,
    DictionaryNotFoundError,
    DictionaryState,
    ExemptionNotFoundError,
    ListReport,
    NotTriedError,
    OwnDictionary,
    Trial,
)
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import Disposition, TermRule, TooManyTermsError
from guiju.modules.messaging import exceptions, inspecting, replaying, review
from guiju.modules.messaging.review_types import DecisionNotFoundError, Permission
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from guiju.runtime import open_runtime
from tests.support import roster
from tests.support.office import Office

USE = "6.7/messaging.content"
WORDS = "小金库\n账外账\n白手套公司\n"


# ---- reading ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", f"# 说明\n{WORDS}\n".encode()),
        ("a.txt", WORDS.encode("gb18030")),
        ("a.txt", "\r".join(WORDS.split()).encode()),
        ("a.csv", "\r".join(WORDS.split()).encode()),
        ("a.txt", WORDS.encode("utf-16")),
        ("a.txt", WORDS.encode("utf-8-sig")),
        ("a.csv", '类别,敏感词\n甲,小金库\n乙,账外账\n丙,"白手套公司"\n'.encode("gb18030")),
        ("a.tsv", "小金库\t1\n账外账\t2\n白手套公司\t3\n".encode()),
        ("a.jsonl", b"\n".join(json.dumps({"term": w}).encode() for w in WORDS.split())),
        ("a.yaml", f"terms: [{', '.join(WORDS.split())}]".encode()),
        ("a.yml", "\n".join(f"- {word}" for word in WORDS.split()).encode()),
    ],
)
def test_lists_of_every_form_are_read(name: str, content: bytes) -> None:
    assert read_list(name, content).terms == tuple(WORDS.split())


def test_a_traditional_list_in_big5_is_read() -> None:
    assert read_list("a.txt", "賭場\n洗錢\n".encode("big5")).terms == ("賭場", "洗錢")
    assert read_list("a.txt", "洗錢網站".encode("gb18030")).terms == ("洗錢網站",)


def test_what_no_rule_set_takes_is_told() -> None:
    report = read_list(
        "a.txt", f"{WORDS}小金库\n钱\n{'长' * 65}\n★★\n我们\n甲\ufdd0乙丙\n".encode()
    )
    assert report.terms == (*WORDS.split(), "我们")
    assert (report.duplicates, report.unusable, report.common) == (1, 4, ("我们",))
    assert [line for line, _ in report.samples] == [5, 6, 7, 9]
    compile_ruleset([TermRule("d", "c", report.terms, Disposition.HOLD, "1/a")])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", b"PK", "format"),
        ("a.txt", b"\x00\x01\x02", "encoding"),
        ("a.txt", b"\xff\xff\xff", "encoding"),
        ("a.txt", b"\n\n", "empty"),
        ("a.jsonl", b"{}", "json"),
        ("a.jsonl", b"[" * 100_000, "json"),
        ("a.yaml", b"terms: {a: b}", "yaml"),
        ("a.yaml", b"terms: [[a, b]]", "yaml"),
        ("a.yaml", b"a: &a [x]\nterms: [*a]", "aliases are not allowed"),
        ("a.yaml", b"[" * 100_000, "nested too deeply"),
        ("a.csv", b'"' + b"x" * 200_000, "field larger than field limit (131072)"),
    ],
)
def test_a_broken_list_is_refused_with_its_reason(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(BadListError) as caught:
        read_list(name, content)
    assert caught.value.data["reason"] == reason


def test_a_large_yaml_file_is_refused_before_its_nodes_are_built() -> None:
    """Nothing else would run meanwhile."""
    with pytest.raises(TooManyTermsError):
        read_list("a.yaml", "- 小金库\n".encode() * 300_000)
    assert read_list("a.yaml", "- 小金库\n".encode() * 1000).duplicates == 999


def test_a_list_with_a_million_lines_is_refused_clearly_and_soon() -> None:
    content = "\n".join(f"词条{n}" for n in range(1_000_000)).encode()
    start = time.perf_counter()
    with pytest.raises(TooManyTermsError) as caught:
        read_list("a.txt", content)
    assert caught.value.data == {"limit": 200_000}
    assert time.perf_counter() - start < 20


# ---- in an organisation -----------------------------------------------------------------------------------------


@pytest.fixture
def admin(office: Office) -> Actor:
    return office.world.person("周安全", "security_admin")


def added(office: Office, admin: Actor, words: str = WORDS) -> OwnDictionary:
    report = read_list("a.txt", words.encode())
    return office.world.write(
        lambda tx: dictionaries.add(tx, admin, title="财务", category="finance", report=report)
    )


def tried(office: Office, admin: Actor, dictionary: str, **extra: Any) -> Trial:
    asked: dict[str, Any] = {"messages": 5000, "classes": ()} | extra
    trial = office.world.read(lambda tx: dictionaries.try_out(tx, admin, dictionary, **asked))
    office.world.write(lambda tx: dictionaries.record_trial(tx, admin, dictionary, trial=trial))
    return trial


def switch(
    office: Office, admin: Actor, dictionary: str, state: str, **changes: Any
) -> OwnDictionary:
    wanted: dict[str, Any] = {"disposition": "hold", "classes": (), "use": USE} | changes
    world, to = office.world, DictionaryState(state)
    planned = world.read(
        lambda tx: dictionaries.switched(tx, admin, dictionary, state=to, **wanted)
    )
    return world.write(lambda tx: dictionaries.switch(tx, admin, dictionary, to=planned))


def test_a_long_list_takes_little_of_the_lane(office: Office, admin: Actor) -> None:
    """What is packed outside it is small beside the list, and opens as the list; so does a list of earlier versions."""
    world = office.world
    terms = tuple(f"{word}{number}" for word in WORDS.split() for number in range(10_000))
    report = ListReport(terms, 0, 0, (), ())
    packed = dictionaries.pack_terms(terms)
    assert len(packed) < len(json.dumps(terms, ensure_ascii=False).encode()) / 3
    made = world.write(
        lambda tx: dictionaries.add(
            tx, admin, title="长", category="org", report=report, packed=packed
        )
    )
    assert world.facts("inspection.dictionary_added")[-1].terms == ()
    assert world.read(lambda tx: dictionaries.terms_of(tx, made)) == terms

    def record(tx: WriteTx) -> None:
        permit = policy.require(tx, admin, "inspection.govern")
        tx.record(permit, DictionaryAdded("dic_earlier", "org", 1, "旧", ("小金库",)))

    world.write(record)
    earlier = world.read(lambda tx: dictionaries.get_dictionary(tx, admin, "dic_earlier"))
    assert world.read(lambda tx: dictionaries.terms_of(tx, earlier)) == ("小金库",)


def test_from_import_to_the_end(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    for text in ("查一下小金库", "今天开会", "小金库在哪里", "没有小金库，也没有账外账"):
        assert world.send(office.member, group, text).state is MessageState.DELIVERED
    made = added(office, admin)
    assert (made.state, made.count, made.tried_messages) == (DictionaryState.OFF, 3, None)
    assert world.read(lambda tx: dictionaries.terms_of(tx, made)) == tuple(WORDS.split())
    with pytest.raises(NotTriedError):
        switch(office, admin, made.id, "on")
    trial = tried(office, admin, made.id)
    assert (trial.messages, trial.hits) == (4, 3)
    assert [(each.term, each.messages) for each in trial.terms] == [("小金库", 3)]
    assert trial.noise == ("小金库",)
    assert tried(office, admin, made.id, classes=("department",)).messages == 0
    for wrong in ({"disposition": "deliver"}, {"classes": ("nowhere",)}, {"use": "1.1/x"}):
        with pytest.raises(BadSwitchError):
            switch(office, admin, made.id, "on", **wrong)
    switch(office, admin, made.id, "on")
    held = world.send(office.member, group, "又是小金库")
    assert (
        held.state is MessageState.HELD and held.clause is not None and held.clause["id"] == "6.7"
    )
    fact = world.entries("messaging.held")[0].fact
    assert fact.findings[0][2:] == ("finance", made.id, "小金库")
    switch(office, admin, made.id, "on", disposition="block", classes=("department",))
    assert world.send(office.member, group, "又是小金库").state is MessageState.DELIVERED
    switch(office, admin, made.id, "on", disposition="block", classes=("workshop",))
    assert world.send(office.member, group, "还是小金库").state is MessageState.BLOCKED
    switch(office, admin, made.id, "off")
    assert world.send(office.member, group, "又是小金库").state is MessageState.DELIVERED
    assert switch(office, admin, made.id, "ended").state is DictionaryState.ENDED
    with pytest.raises(DictionaryEndedError):
        switch(office, admin, made.id, "on")
    assert [fact.state for fact in world.facts("inspection.dictionary_switched")] == [
        "on",
        "on",
        "on",
        "off",
        "ended",
    ]
    again = world.read(lambda tx: replaying.replay(tx, office.reviewer, held.position))
    assert again.is_same and again.rules is replaying.Rules.SAME
    records = world.facts("inspection.dictionary_tried")
    assert [(fact.hits, fact.classes) for fact in records] == [(3, ()), (0, ("department",))]


def test_a_trial_does_not_tell_of_one_message(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    made = added(office, admin)
    secret = [tried(office, admin, made.id)]
    for _ in range(2):
        world.send(office.member, group, "白手套公司")
        secret.append(tried(office, admin, made.id))
    assert {(one.hits, one.terms) for one in secret} == {(0, ())}
    for _ in range(3):
        world.send(office.member, group, "小金库")
    # The two beside a term that many use cannot be told by subtraction either.
    beside = tried(office, admin, made.id)
    assert (beside.hits, [each.term for each in beside.terms]) == (3, ["小金库"])
    world.send(office.member, group, "账外账")
    assert tried(office, admin, made.id).hits == 6
    with pytest.raises(BadSwitchError):
        tried(office, admin, made.id, classes=("nowhere",))


def test_only_the_security_line_governs(office: Office, admin: Actor) -> None:
    made = added(office, admin)
    for actor in (office.member, office.registrar, office.reviewer):
        with pytest.raises(NotAllowedError):
            added(office, actor)
        with pytest.raises(DictionaryNotFoundError):
            tried(office, actor, made.id)
        with pytest.raises(DictionaryNotFoundError):
            switch(office, actor, made.id, "on")
    assert office.world.read(lambda tx: dictionaries.list_dictionaries(tx, office.reviewer))
    with pytest.raises(NotAllowedError):
        office.world.read(lambda tx: dictionaries.list_dictionaries(tx, office.member))


def test_no_message_is_uninspected_while_rules_are_swapped(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    world.adopt(
        lambda text: text.replace("{messages: 20, seconds: 10}", "{messages: 9000, seconds: 1}")
    )
    made = added(office, admin, WORDS + "".join(f"词条{n}号\n" for n in range(20_000)))
    tried(office, admin, made.id)
    switched_at: list[int] = []
    answers: list[tuple[int, MessageState]] = []
    done = threading.Event()

    def talk() -> None:
        while not done.is_set():
            receipt = world.send(
                office.member, group, "还有没有账外账要处理的，请大家今天之内报给我"
            )
            answers.append((receipt.position, receipt.state))

    talker = threading.Thread(target=talk)
    talker.start()
    try:
        for state in ("on", "off", "on"):
            while len(answers) < 10 * (len(switched_at) + 1):
                time.sleep(0.005)
            switch(office, admin, made.id, state)
            switched_at.append(world.entries("inspection.dictionary_switched")[-1].position)
        while answers[-1][0] < switched_at[-1]:
            time.sleep(0.005)
    finally:
        done.set()
        talker.join()
    for position, state in answers:
        on = sum(position > at for at in switched_at) % 2 == 1
        assert state is (MessageState.HELD if on else MessageState.DELIVERED), position


def test_what_is_prepared_is_ready_for_the_lane(office: Office, admin: Actor) -> None:
    world, inspector = office.world, office.world.runtime.inspector
    made = added(office, admin)
    tried(office, admin, made.id)
    planned = world.read(
        lambda tx: dictionaries.switched(
            tx, admin, made.id, state=DictionaryState.ON, disposition="hold", classes=(), use=USE
        )
    )
    world.read(
        lambda tx: inspector.prepare(tx, policy.get_pack(tx), dictionaries.after(tx, planned), ())
    )
    ready = {compiled.version for compiled in inspector._ready.values()}
    world.write(lambda tx: dictionaries.switch(tx, admin, made.id, to=planned))
    world.write(inspector.in_force)
    assert inspector.ruleset in ready and not inspector._ready


# ---- exemptions -------------------------------------------------------------------------------------------------


def grant(office: Office, admin: Actor, **changes: Any) -> str:
    wanted: dict[str, Any] = {
        "person": None,
        "group": None,
        "rule": "business_secret",
        "reason": "招标组",
    }
    wanted |= {"until": office.world.clock.now() + DAY} | changes
    return office.world.write(lambda tx: exemptions.grant(tx, admin, **wanted)).id


def test_an_exemption_frees_one_person_from_one_rule_until_its_end(
    office: Office, admin: Actor
) -> None:
    world, group = office.world, office.group()
    granted = grant(office, admin, person=office.member.person_id)
    free = world.send(office.member, group, "这是核心配方")
    assert free.state is MessageState.DELIVERED
    assert world.send(office.owner, group, "这是核心配方").state is MessageState.HELD
    assert world.send(office.member, group, "去赌博网站玩").state is MessageState.BLOCKED
    world.write(lambda tx: exemptions.end(tx, admin, granted))
    held = world.send(office.member, group, "这是核心配方")
    assert held.state is MessageState.HELD
    for position in (free.position, held.position):
        assert world.read(lambda tx, at=position: replaying.replay(tx, office.reviewer, at)).is_same  # type: ignore[misc]  # bound at once
    grant(office, admin, group=group)
    assert world.send(office.owner, group, "这是核心配方").state is MessageState.DELIVERED
    world.later(DAY)
    assert world.send(office.owner, group, "这是核心配方").state is MessageState.HELD
    with pytest.raises(ExemptionNotFoundError):
        world.write(lambda tx: exemptions.end(tx, admin, granted))
    assert [fact.rule for fact in world.facts("inspection.exemption_granted")] == [
        "business_secret"
    ] * 2
    assert len(world.facts("inspection.exemption_ended")) == 1


def test_an_exemption_names_somebody_else_and_an_end(office: Office, admin: Actor) -> None:
    now = office.world.clock.now()
    for wrong in (
        {},
        {"person": admin.person_id},
        {"person": "per_nobody"},
        {"group": GroupId("grp_nowhere")},
        {"person": office.member.person_id, "until": now},
        {"person": office.member.person_id, "until": now + 367 * DAY},
        {"person": office.member.person_id, "rule": "no_such_rule"},
    ):
        with pytest.raises(BadExemptionError):
            grant(office, admin, **wrong)
    with pytest.raises(NotAllowedError):
        grant(office, office.reviewer, person=office.member.person_id)


def test_nobody_exempts_a_group_that_they_have_a_place_in(office: Office, admin: Actor) -> None:
    world = office.world
    inside = world.person("吴安全", "security_admin")
    group = world.group(office.owner, [office.administrator], [office.member, inside])
    with pytest.raises(BadExemptionError) as caught:
        grant(office, inside, group=group)
    assert caught.value.data == {"field": "group"}
    # One person in it is somebody else.
    grant(office, inside, group=group, person=office.member.person_id)
    grant(office, admin, group=group)


def test_whoever_exempts_a_group_is_not_exempt_in_it_later(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    grant(office, admin, group=group)
    world.write(roster.join(admin))
    world.write(roster.decide_join(office.owner, group, admin, admits=True))
    assert world.send(office.member, group, "核心配方").state is MessageState.DELIVERED
    assert world.send(admin, group, "核心配方").state is MessageState.HELD


def test_every_rule_that_a_finding_can_name_can_be_exempt(office: Office, admin: Actor) -> None:
    known = office.world.read(exemptions.known_rules)
    assert {"business_secret", "cn_id", "listed", "private_sale"} <= set(known)
    for rule in known:
        grant(office, admin, person=office.member.person_id, rule=rule)


# ---- deciding once more -----------------------------------------------------------------------------------------


def test_decisions_are_the_same_when_they_are_taken_again(office: Office) -> None:
    world, group = office.world, office.group()
    texts = (
        "大家好",
        "11010119900307889X",
        "这是核心配方",
        "去赌博网站玩",
        "记者采访",
        "赌博",
        "网站",
    )
    positions = [world.send(office.member, group, text).position for text in texts]
    positions.append(world.send(office.member, group, "转发", quote=positions[0]).position)
    ruleset = world.runtime.inspector.ruleset
    sale = "九成新自行车转让，300元面交"
    warned = world.send(office.member, group, sale).warned
    assert warned is not None
    positions.append(world.send(office.member, group, sale, confirm=warned.confirm).position)
    world.adopt(lambda text: text.replace("[gambling, porn, drugs", "[porn, drugs"))
    for position in positions:
        found = world.read(lambda tx, at=position: replaying.replay(tx, office.reviewer, at))  # type: ignore[misc]  # bound at once
        assert found.is_same and found.rules is replaying.Rules.SAME, position
        shown = world.read(lambda tx, one=found: replaying.shape(tx, one))  # type: ignore[misc]  # bound at once
        assert shown["ruleset"] == ruleset and "text" not in shown
    with pytest.raises(DecisionNotFoundError):
        world.read(lambda tx: replaying.replay(tx, office.member, positions[0]))
    with pytest.raises(DecisionNotFoundError):
        world.read(lambda tx: replaying.replay(tx, office.reviewer, 0))


def test_a_trial_of_a_dictionary_that_is_on_compiles_nothing(office: Office, admin: Actor) -> None:
    world, group, made = office.world, office.group(), added(office, admin)
    tried(office, admin, made.id)
    switch(office, admin, made.id, "on")
    world.send(office.member, group, "大家好")
    in_force = world.runtime.inspector.current()
    tried(office, admin, made.id, messages=500)
    world.send(office.member, group, "还在吗")
    assert world.runtime.inspector.current() is in_force


# ---- what one rule set holds ------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, office: Office) -> int:
    """A rule set with room for the pack's terms and four more."""
    pack = office.world.read(policy.get_pack)
    shipped = sum(
        len(pack.dictionaries[name].terms)
        for use in pack.uses
        for name in getattr(use.params, "dictionaries", ())
    )
    monkeypatch.setattr(dictionaries, "MAX_TERMS", shipped + 4)
    return shipped + 4


@pytest.mark.usefixtures("small")
def test_two_switches_at_the_same_moment_cannot_outgrow_the_rule_set(
    office: Office, admin: Actor
) -> None:
    world = office.world
    first, second = added(office, admin), added(office, admin, "暗股\n代持\n")
    planned = []
    for made in (first, second):
        tried(office, admin, made.id)
        planned.append(
            world.read(
                lambda tx, one=made: dictionaries.switched(  # type: ignore[misc]  # bound at once
                    tx, admin, one.id, state=DictionaryState.ON, disposition="hold", classes=(), use=USE
                )
            )
        )  # fmt: skip
    world.write(lambda tx: dictionaries.switch(tx, admin, first.id, to=planned[0]))
    with pytest.raises(TooManyTermsError):
        world.write(lambda tx: dictionaries.switch(tx, admin, second.id, to=planned[1]))
    assert [one.id for one in world.read(dictionaries.in_force)] == [first.id]
    assert switch(office, admin, first.id, "off").state is DictionaryState.OFF
    assert switch(office, admin, second.id, "on").state is DictionaryState.ON


def test_a_pack_has_room_for_the_dictionaries_in_force(
    office: Office, admin: Actor, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = added(office, admin)
    tried(office, admin, made.id)
    switch(office, admin, made.id, "on")
    pack, own = office.world.read(policy.get_pack), office.world.read(dictionaries.in_force)
    dictionaries.check_room(pack, own)
    monkeypatch.setattr(dictionaries, "MAX_TERMS", small - 2)
    with pytest.raises(TooManyTermsError) as caught:
        dictionaries.check_room(pack, own)
    assert caught.value.data == {"limit": small - 2}


def test_a_dictionary_that_does_not_fit_does_not_keep_the_server_from_starting(
    office: Office,
    admin: Actor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, group = office.world, office.group()
    both = [added(office, admin, words) for words in ("暗股\n代持\n", WORDS)]
    for made in both:
        tried(office, admin, made.id)
        switch(office, admin, made.id, "on")
    rules = world.read(lambda tx: inspecting.ruleset_at(tx, policy.get_pack(tx), tx.position + 1))
    known = rules._terms._lexicon
    count = sum(len(known.owners(number)) for number in range(len(known.texts)))
    monkeypatch.setattr(_lexicon, "MAX_TERMS", count - 1)
    _compile._compiled.cache_clear()  # a server that starts has compiled nothing
    fresh = inspecting.Inspector()
    world.read(fresh.follow)
    assert fresh.inspect("代持协议").findings and not fresh.inspect("小金库").findings
    assert both[1].id in caplog.text
    assert world.send(office.member, group, "今天开会").state is MessageState.DELIVERED


def test_ones_own_message_is_not_taken_again_while_it_waits(office: Office) -> None:
    world = office.world
    group = world.group(office.owner, [office.administrator], [office.reviewer])
    held = world.send(office.reviewer, group, "这是核心配方").position
    with pytest.raises(DecisionNotFoundError):
        world.read(lambda tx: replaying.replay(tx, office.reviewer, held))
    other = world.person("周审核", "reviewer")
    shown = world.read(lambda tx: replaying.shape(tx, replaying.replay(tx, other, held)))
    assert [each["word"] for each in shown["findings"]] == ["核心配方"], "a term of a list"
    world.write(lambda tx: review.refuse(tx, other, held, reason="涉密"))
    assert world.read(lambda tx: replaying.replay(tx, office.reviewer, held)).is_same


def test_a_decision_repeats_nothing_of_what_an_expression_found(office: Office) -> None:
    world, group = office.world, office.group()
    uses = "      - use: messaging.personal_data"
    rule = "with: {patterns: [{id: contract, regex: 'HT-[0-9]+'}], disposition: hold}"
    asked = f"      - use: messaging.patterns\n        {rule}\n{uses}"
    world.adopt(lambda text: text.replace(uses, asked, 1))
    held = world.send(office.member, group, "合同HT-20240117").position
    (entry,) = world.entries("messaging.held")
    assert entry.fact.findings[0][4] == "HT-20240117"
    shown = world.read(lambda tx: replaying.shape(tx, replaying.replay(tx, office.reviewer, held)))
    for findings in (shown["findings"], shown["again"]["findings"]):
        assert [(each["rule"], each["word"]) for each in findings] == [("contract", "")]


def test_an_exception_that_was_revoked_still_held_before(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, "这是核心配方").position
    wanted = Permission(0, world.clock.now() + DAY, everywhere=False)
    world.write(
        lambda tx: review.release(tx, office.reviewer, held, masked=False, reason="", allow=wanted)
    )
    granted = world.entries("messaging.exception_granted")[-1].position
    sent = world.send(office.member, group, "核心配方").position
    world.clock.advance(1000)
    world.write(lambda tx: exceptions.revoke(tx, office.reviewer, granted, reason="误判"))
    world.clock.advance(1000)
    after = world.send(office.member, group, "核心配方")
    assert after.state == "held"
    for position in (sent, after.position):
        assert world.read(lambda tx, at=position: replaying.replay(tx, office.reviewer, at)).is_same  # type: ignore[misc]  # bound at once


def test_what_another_node_puts_in_force_holds_here_at_once(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    made = added(office, admin)
    tried(office, admin, made.id)
    there, here = open_runtime(world.settings, world.clock), world.runtime.lane

    def state(text: str) -> MessageState:
        here._wary = 0  # it trusts that nobody else wrote
        return world.send(office.member, group, text).state

    def switched(state: str) -> None:
        wanted: dict[str, Any] = {
            "state": DictionaryState(state), "disposition": "hold", "classes": (), "use": USE
        }  # fmt: skip

        def act(tx: WriteTx) -> None:
            to = dictionaries.switched(tx, admin, made.id, **wanted)
            dictionaries.switch(tx, admin, made.id, to=to)

        there.write(act)

    try:
        assert state("有个小金库") is MessageState.DELIVERED
        switched("on")
        assert state("又一个小金库") is MessageState.HELD
        exempt: dict[str, Any] = {
            "person": office.member.person_id, "group": group, "rule": made.id,
            "until": world.clock.now() + DAY, "reason": "审计组",
        }  # fmt: skip
        granted = there.write(lambda tx: exemptions.grant(tx, admin, **exempt))
        assert state("审计小金库") is MessageState.DELIVERED
        there.write(lambda tx: exemptions.end(tx, admin, granted.id))
        assert state("再查小金库") is MessageState.HELD
        switched("off")
        assert state("还有小金库") is MessageState.DELIVERED
        for position in [world.send(office.member, group, "这是核心配方").position for _ in "abc"]:

            def refuse(tx: WriteTx, position: int = position) -> None:
                review.refuse(tx, office.reviewer, position, reason="涉密")

            there.write(refuse)
        assert state("大家好") is MessageState.HELD, "pre-review began there"
        world.clock.advance(7 * DAY - 1)
        assert state("大家早") is MessageState.HELD
        world.clock.advance(1)
        assert state("大家晚上好") is MessageState.DELIVERED
    finally:
        there.close()
