"""Registered documents: what is kept of a file, how an excerpt is decided on, ending, replays, speed and memory."""

import random
import timeit
from array import array
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.modules.inspection import documents, exemptions
from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.files import inspect_reading
from guiju.modules.inspection.fingerprints import fingerprints
from guiju.modules.inspection.governed import (
    BadSwitchError,
    DocumentEnded,
    DocumentNotFoundError,
    DocumentPrints,
    DocumentRegistered,
    DocumentTooShortError,
    DocumentUnreadableError,
    OwnDocument,
    TooManyPrintsError,
)
from guiju.modules.inspection.service import compile_ruleset
from guiju.modules.inspection.types import Disposition, DocumentRule
from guiju.modules.messaging import replaying, review
from guiju.modules.messaging.review_types import BadExceptionError, Permission
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office

USE = "6.7/messaging.content"
PLAN = (
    "三号厂房的设备在下个季度分两批迁往新址，第一批是冲压线，第二批是涂装线。停产的日子由各车间自己报上来，汇总后另行通知。"
    "迁址期间夜班改为白班，食堂照常开放，班车增开两趟。新址的电力扩容在月底验收，验收不合格就顺延一周，损失由承建方负担。"
)
# Fifty characters of it: one replaced, one left out, one added.
EXCERPT = "设备在下个季度分两批搬往新址，第一批是冲压线，第二批是涂装线停产的日子由各个车间自己报上来，汇总后另"
TALK = (
    "今天下午三点开会，请各车间把上周的产量和本周的排班一起带来，有困难的提前说一声，会后统一答复。",
    "好的",
)


@pytest.fixture
def admin(office: Office) -> Actor:
    return office.world.person("周安全", "security_admin")


def kept_of(text: str) -> DocumentPrints:
    return DocumentPrints(fingerprints(text), ())


def registered(office: Office, admin: Actor, **changes: Any) -> OwnDocument:
    wanted: dict[str, Any] = {
        "title": "迁址方案", "level": "secret", "disposition": "hold", "classes": (), "use": USE, "kept": kept_of(PLAN),
    } | changes  # fmt: skip
    planned = office.world.read(lambda tx: documents.planned(tx, admin, **wanted))
    return office.world.write(lambda tx: documents.register(tx, admin, to=planned))


def rule(text: str, disposition: Disposition = Disposition.HOLD) -> DocumentRule:
    return DocumentRule("doc_1", "迁址方案", "0", array("Q", fingerprints(text)), disposition, USE)


# ---- what is kept of a file -------------------------------------------------------------------------------------


def test_only_prints_are_kept_of_a_file(extractor: Extractor) -> None:
    kept = documents.prints_of(extractor.extract_bytes("方案.txt", PLAN.encode("gb18030")))
    assert kept == kept_of(PLAN)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.txt", "第一批是冲压线，第二批是涂装线".encode(), DocumentTooShortError),
        ("a.txt", b"", DocumentTooShortError),
        ("a.docx", b"PK\x03\x04 broken", DocumentUnreadableError),
        ("a.bin", bytes(range(256)) * 9, DocumentUnreadableError),
    ],
)
def test_what_cannot_be_known_again_is_refused(
    extractor: Extractor, name: str, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        documents.prints_of(extractor.extract_bytes(name, content))


def test_more_than_a_rule_set_may_hold_is_refused(
    office: Office, admin: Actor, monkeypatch: pytest.MonkeyPatch, extractor: Extractor
) -> None:
    registered(office, admin)
    monkeypatch.setattr(documents, "MOST_PRINTS", 2 * len(fingerprints(PLAN)) - 1)
    with pytest.raises(TooManyPrintsError):
        registered(office, admin)
    monkeypatch.setattr(documents, "_LONGEST", len(PLAN) - 1)
    with pytest.raises(TooManyPrintsError):
        documents.prints_of(extractor.extract_bytes("a.txt", PLAN.encode()))


# ---- in an organisation -----------------------------------------------------------------------------------------


def test_an_excerpt_is_held_under_the_clause_until_the_end(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    before = world.send(office.member, group, EXCERPT)
    assert before.state is MessageState.DELIVERED
    made = registered(office, admin)
    assert made.count == len(fingerprints(PLAN)) and made.ended_at is None
    held = world.send(office.member, group, f"听说了吗？{EXCERPT}")
    assert held.state is MessageState.HELD
    assert held.clause is not None and held.clause["id"] == "6.7"
    ((start, end, *found),) = world.entries("messaging.held")[0].fact.findings
    assert found == ["document", made.id, "迁址方案"]
    assert 5 <= start < end <= 5 + len(EXCERPT) and end - start >= 20
    for text in TALK:
        assert world.send(office.member, group, text).state is MessageState.DELIVERED
    quoting = world.send(office.owner, group, "看这个", quote=before.position)
    assert quoting.state is MessageState.HELD
    world.write(lambda tx: documents.end(tx, admin, made.id))
    with pytest.raises(DocumentNotFoundError):
        world.write(lambda tx: documents.end(tx, admin, made.id))
    after = world.send(office.owner, group, f"再说一遍：{EXCERPT}")
    assert after.state is MessageState.DELIVERED
    for position in (before.position, held.position, quoting.position, after.position):
        again = world.read(lambda tx, at=position: replaying.replay(tx, office.reviewer, at))  # type: ignore[misc]  # bound at once
        assert again.is_same and again.rules is replaying.Rules.SAME
    (fact,) = world.facts("inspection.document_registered")
    assert isinstance(fact, DocumentRegistered) and fact.prints == fingerprints(PLAN)
    assert isinstance(world.facts("inspection.document_ended")[0], DocumentEnded)


def test_a_document_is_looked_for_where_and_as_it_says(office: Office, admin: Actor) -> None:
    world, group = office.world, office.group()
    registered(office, admin, disposition="block", classes=("department",))
    assert world.send(office.member, group, EXCERPT).state is MessageState.DELIVERED
    registered(office, admin, disposition="block", classes=("workshop",))
    assert world.send(office.member, group, EXCERPT).state is MessageState.BLOCKED
    for wrong in (
        {"level": "cosmic"}, {"disposition": "deliver"}, {"classes": ("nowhere",)}, {"use": "1.1/x"},
    ):  # fmt: skip
        with pytest.raises(BadSwitchError):
            registered(office, admin, **wrong)


def test_an_exemption_frees_from_a_document_and_an_exception_does_not(
    office: Office, admin: Actor
) -> None:
    world, group = office.world, office.group()
    made = registered(office, admin)
    held = world.send(office.member, group, EXCERPT)
    allow = Permission(0, world.clock.now() + DAY, everywhere=False)
    office.refused(
        BadExceptionError,
        lambda tx: review.release(
            tx, office.reviewer, held.position, masked=False, reason="", allow=allow
        ),
    )
    assert made.id in world.read(exemptions.known_rules)
    world.write(
        lambda tx: exemptions.grant(
            tx, admin, person=office.member.person_id, group=None, rule=made.id,
            until=world.clock.now() + DAY, reason="搬迁组",
        )
    )  # fmt: skip
    assert world.send(office.member, group, EXCERPT).state is MessageState.DELIVERED
    assert world.send(office.owner, group, EXCERPT).state is MessageState.HELD


def test_only_the_security_line_registers(office: Office, admin: Actor) -> None:
    made = registered(office, admin)
    for actor in (office.member, office.registrar, office.reviewer):
        with pytest.raises(NotAllowedError):
            registered(office, actor)
        with pytest.raises(DocumentNotFoundError):
            office.world.write(lambda tx, who=actor: documents.end(tx, who, made.id))  # type: ignore[misc]  # bound at once
    assert office.world.read(lambda tx: documents.list_documents(tx, office.reviewer)) == [made]
    with pytest.raises(NotAllowedError):
        office.world.read(lambda tx: documents.list_documents(tx, office.member))
    with pytest.raises(DocumentNotFoundError):
        office.world.read(lambda tx: documents.get_document(tx, office.member, made.id))


# ---- the engine -------------------------------------------------------------------------------------------------


def test_disguises_and_references_do_not_hide_an_excerpt() -> None:
    rules = compile_ruleset([rule(PLAN)])
    encoded = "".join(f"&#{ord(char)};" for char in EXCERPT)
    for text in (EXCERPT, "★".join(EXCERPT), encoded):
        (found,) = rules.inspect(f"看：{text}").findings
        assert 2 <= found.start < found.end <= 2 + len(text)
        assert (found.category, found.rule, found.word) == ("document", "doc_1", "迁址方案")
    assert rules.inspect(EXCERPT[:20]).findings == ()


def test_an_attachment_with_an_excerpt_is_held(extractor: Extractor) -> None:
    rules = compile_ruleset([rule(PLAN)])
    text = "无关的话。" * 1800 + EXCERPT + "无关的话。" * 1800
    reading = extractor.extract_bytes("a.txt", text.encode())
    found = inspect_reading(reading, rules.inspect)
    assert found.disposition is Disposition.HOLD
    (hit,) = [each for part in found.parts for each in part.findings]
    assert hit.rule == "doc_1" and 9000 <= hit.start < hit.end <= 9000 + len(EXCERPT)


def test_the_prints_are_part_of_the_version() -> None:
    one, same = compile_ruleset([rule(PLAN)]), compile_ruleset([rule(PLAN)])
    other = DocumentRule("doc_1", "迁址方案", "1", array("Q"), Disposition.HOLD, USE)
    assert one.version == same.version != compile_ruleset([other]).version


def test_a_thousand_documents_cost_next_to_nothing() -> None:
    """Bounds with room for a busy machine; the figures stand in docs/operator/inspection.md."""
    chance = random.Random(4)

    def text(length: int) -> str:
        return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(length))

    several = [
        DocumentRule(
            f"doc_{n}", "x", str(n), array("Q", (chance.getrandbits(63) for _ in range(400))), Disposition.HOLD, USE
        )
        for n in range(1000)
    ]  # fmt: skip
    with_them, without = compile_ruleset(several), compile_ruleset([])
    for length, most in ((20, 5e-6), (34, 20e-6), (400, 500e-6)):
        texts = [text(length) for _ in range(50)]

        def best(rules: Any, asked: list[str] = texts) -> float:
            runs = timeit.repeat(
                lambda: [rules.inspect(each) for each in asked], number=1, repeat=40
            )
            return min(runs) / len(asked)

        assert best(with_them) - best(without) < most
