"""Every control acts, and its evidence arrives in leaves that name it."""

from collections.abc import Callable

import pytest

from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId
from guiju.modules.directory import service as directory
from guiju.modules.followup import absences, answering, asking, questioning
from guiju.modules.followup.question_types import Outcome
from guiju.modules.followup.types import Answer
from guiju.modules.groups import direct, governing, keeping_hours, ordering, roster
from guiju.modules.groups.hours_types import OfficeHours
from guiju.modules.groups.types import GroupKind
from guiju.modules.identity import service as identity
from guiju.modules.messaging import (
    forwarding,
    pinning,
    recalling,
    review,
    templating,
    topics,
)
from guiju.modules.messaging.forward_types import Wanted
from guiju.modules.messaging.template_types import TemplateField
from guiju.modules.messaging.types import FloodError
from guiju.modules.notices import acknowledging, issuing
from guiju.modules.notices.types import Audience, Question, Wording
from guiju.modules.outages import service as outages
from guiju.modules.outages.types import Outage
from guiju.modules.policy import service as policy
from guiju.runtime import wire
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.asking import raise_question
from tests.support.office import Office

Act = Callable[[Office], object]
NUMBER = "澄群备〔2026〕0001 号"


def refused(office: Office, verb: Callable[..., object]) -> None:
    with pytest.raises(GuijuError):
        office.world.write(verb)


def own_name(office: Office) -> None:
    """Somebody of HR edits their own record."""
    me = office.world.person("人事自己", "hr")
    refused(office, lambda tx: directory.change_person(tx, me, me.person_id, name="新名字"))


def wrong_passwords(office: Office) -> None:
    account = office.world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    for _ in range(5):
        office.world.write(lambda tx: identity.sign_in_failed(tx, account.login))


def unused_session(office: Office) -> None:
    account = office.world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    _, hashed = identity.new_token()
    office.world.write(
        lambda tx: identity.create_session(tx, account.id, token_hash=hashed, device="x")
    )
    office.world.later(31 * DAY)


def opened_direct(office: Office) -> None:
    other = office.outsider.person_id
    office.world.write(lambda tx: direct.open_direct(tx, office.member, other))


def kept_apart(office: Office) -> None:
    admin = office.world.person("孙安", "security_admin")
    wanted = barrier_input(people(office.member), people(office.outsider))
    set_barrier(office.world, admin, wanted)


def leaving(office: Office) -> None:
    group = office.group()
    office.world.write(lambda tx: roster.ask_to_leave(tx, office.member, group, reason="x"))


def removal(office: Office) -> None:
    group = office.group()
    office.world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )


def admission(office: Office) -> None:
    group = office.group()
    office.world.write(
        lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id])
    )


def too_many_administrators(office: Office) -> None:
    group = office.group()
    refused(office, lambda tx: governing.set_administrators(tx, office.owner, group, []))


def hand_over(office: Office) -> None:
    group = office.group()
    office.world.write(
        lambda tx: governing.set_owner(tx, office.owner, group, office.member.person_id)
    )


def end_date(office: Office) -> None:
    office.group(end_date="2026-12-11")
    office.world.later(40 * DAY)


def say(text: str) -> Act:
    return lambda office: office.world.send(office.member, office.group(), text)


def confirmed(text: str) -> Act:
    """Say what a rule warns of, and stand by it."""

    def act(office: Office) -> None:
        group = office.group()
        warned = office.world.send(office.member, group, text).warned
        assert warned is not None
        office.world.send(office.member, group, text, confirm=warned.confirm)

    return act


def refused_thrice(office: Office) -> None:
    group = office.group()
    for _ in range(3):
        held = office.world.send(office.member, group, "这是核心配方").position
        office.world.write(
            lambda tx, held=held: review.refuse(tx, office.reviewer, held, reason="x")  # type: ignore[misc]  # bound at once
        )


def reviewed(office: Office) -> None:
    held = office.world.send(office.member, office.group(), "这是核心配方")
    office.world.write(
        lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason="")
    )


def recalled(office: Office) -> None:
    group = office.group()
    sent = office.world.send(office.member, group, "大家好").position
    office.world.write(lambda tx: recalling.recall(tx, office.member, group, sent))


def corrected(office: Office) -> None:
    group = office.group()
    sent = office.world.send(office.member, group, "八点开工").position
    office.world.send(office.member, group, "九点开工", corrects=sent)


def taken_down(office: Office) -> None:
    group = office.group()
    sent = office.world.send(office.member, group, "卖房").position
    office.world.write(lambda tx: recalling.recall(tx, office.owner, group, sent, reason="跑题"))


def pinned(office: Office) -> None:
    group = office.group()
    sent = office.world.send(office.member, group, "大家好").position
    office.world.write(lambda tx: pinning.pin(tx, office.owner, group, sent, on=True))


def moved_aside(office: Office) -> None:
    group = office.group()
    sent = office.world.send(office.member, group, "钓鱼去").position
    office.world.write(lambda tx: topics.move(tx, office.owner, group, sent, on=True, reason="x"))


def frozen(office: Office) -> None:
    group = office.group()
    sent = office.world.send(office.member, group, "食堂的事").position
    office.world.write(lambda tx: topics.freeze(tx, office.owner, group, sent, on=True, reason="x"))


def templated(office: Office) -> None:
    fields = [TemplateField("正文")]
    office.world.write(
        lambda tx: templating.save(
            tx, office.registrar, None, template=None, title="公告", fields=fields, attachment=False
        )
    )


def published(office: Office) -> None:
    group, people = office.group(group_class="company"), [office.member.person_id]
    office.world.write(lambda tx: ordering.set_publishers(tx, office.owner, group, people))


def outage(office: Office) -> None:
    now = office.world.clock.now()
    office.world.write(
        lambda tx: outages.report(tx, office.member, Outage.SEND, since=now, until=None, words="x")
    )


def timed(office: Office) -> None:
    hours = [OfficeHours((1,), 540, 600, "例会")]
    group = office.group()
    office.world.write(lambda tx: keeping_hours.set_hours(tx, office.owner, group, hours))


def forwarded(office: Office) -> None:
    """Out of a sensitive group into one that is not."""
    secret = office.group(level="sensitive", name="澄远敏感工作群")
    plain = office.group()
    sent = office.world.send(office.member, secret, "大家好").position
    wanted = Wanted("f1", secret, plain, (sent,), merged=False)
    inspector = office.world.runtime.inspector
    refused(office, lambda tx: forwarding.forward(tx, inspector, office.member, wanted))


def registered(office: Office) -> GroupId:
    return office.group()


def noticed(office: Office) -> None:
    """A notice with a question, which is answered."""
    to, asked = (
        Audience(people=(office.member.person_id,)),
        Question("几点？", ("八点", "九点"), (0,)),
    )
    made = office.world.write(
        lambda tx: issuing.publish(
            tx, office.registrar, wording=Wording("开会", "八点", (asked,)), audience=to, hours=8,
            people=1,
        )
    )  # fmt: skip
    office.world.write(
        lambda tx: acknowledging.acknowledge(tx, office.member, made, version=1, answers=((0,),))
    )


def answered(office: Office) -> None:
    """A message that asks for an answer, which is given."""
    group, member = office.group(), office.member
    message = office.world.send(office.owner, group, "请回复").position
    people = [member.person_id]
    office.world.write(
        lambda tx: asking.ask(tx, office.owner, group, message, people=people, hours=8)
    )
    office.world.write(
        lambda tx: answering.answer(
            tx, member, group, message, Answer.UNDERSTOOD, reason="", until=None
        )
    )


def asked(office: Office) -> None:
    group = office.group()
    message = int(office.world.send(office.owner, group, "按新图纸装").position)
    question = raise_question(office.world, office.member, group, message, office.world.unit)
    office.world.write(
        lambda tx: questioning.answer(tx, office.head, question, Outcome.CONFIRMED, text="")
    )


def told_beforehand(office: Office) -> None:
    until = office.world.clock.now() + 1000
    office.world.write(
        lambda tx: absences.set_absence(tx, office.member, until=until, reason="开会")
    )


ACTS: dict[str, Act] = {
    "identity.certified": admission,
    "identity.sign_in": wrong_passwords,
    "identity.sessions": unused_session,
    "directory.real_name": own_name,
    "groups.registration": registered,
    "groups.register": registered,
    "groups.external_tools": lambda office: office.group(kind=GroupKind.EXTERNAL_TOOL, tool="QQ"),
    "groups.classes": registered,
    "groups.name_pattern": registered,
    "groups.owner": hand_over,
    "groups.administrators": too_many_administrators,
    "groups.admission": admission,
    "groups.removal": removal,
    "groups.rules": lambda office: office.group(rules="一"),
    "groups.leaving": leaving,
    "groups.end_date": end_date,
    "groups.direct": opened_direct,
    "groups.barriers": kept_apart,
    "messaging.content": say("去赌博网站玩"),
    "messaging.personal_data": say("证件11010119900307889X"),
    "messaging.patterns": confirmed("九成新自行车转让，300元面交"),
    "messaging.links": say("看看 lucky-bet.example/a"),
    "messaging.review": reviewed,
    "messaging.prereview": refused_thrice,
    "messaging.recall": recalled,
    "messaging.corrections": corrected,
    "messaging.taking_down": taken_down,
    "messaging.pins": pinned,
    "messaging.forwarding": forwarded,
    "followup.answers": answered,
    "followup.questions": asked,
    "followup.absences": told_beforehand,
    "messaging.off_topic": moved_aside,
    "messaging.freezing": frozen,
    "messaging.templates": templated,
    "groups.publishers": published,
    "groups.office_hours": timed,
    "outages.reports": outage,
    "notices.issuers": noticed,
    "notices.acknowledgement": noticed,
    "notices.quiz": noticed,
}
# A record of every refused message would be a flood itself; the refusal still names the clause.
# What contacts one sees is no fact: tests/modules/groups/test_contacts.py.
# Of mentions of all the messages themselves tell: tests/modules/messaging/test_addressing.py. The pace only asks:
# tests/modules/messaging/test_pacing.py.
# Whom somebody blocks is nobody else's matter: tests/modules/groups/test_blocking.py.
WITHOUT_EVIDENCE = {
    "groups.blocking",
    "groups.contacts",
    "messaging.audience",
    "messaging.flood",
    "messaging.mention_all",
    "messaging.pace",
}
# Files need a server to be uploaded to: tests/modules/messaging/test_files.py shows them held under its clause, and
# test_origins.py asked where they come from.
ELSEWHERE = {"messaging.files", "messaging.origin"}
# Not in this pack, or forbidden by it: tests/modules/messaging/test_risk.py, test_editing.py, test_reads.py, test_devices.py,
# test_quieting.py, test_urging.py, test_burning.py, groups/test_roster.py and bots/test_asking.py show them acting.
OFF_BY_DEFAULT = {
    "messaging.risk",
    "messaging.editing",
    "messaging.read_marks",
    "messaging.offline",
    "messaging.notifications",
    "messaging.quiet_hours",
    "messaging.urgent",
    "messaging.burning",
    "groups.invitation",
    "bots.incoming",
}


def test_every_control_is_shown_acting() -> None:
    wire()
    assert set(policy.all_controls()) == set(ACTS) | WITHOUT_EVIDENCE | ELSEWHERE | OFF_BY_DEFAULT


@pytest.mark.parametrize("name", ACTS)
def test_a_control_acts_and_its_evidence_arrives(office: Office, name: str) -> None:
    world = office.world

    def counts() -> dict[str, int]:
        return world.read(
            lambda tx: {use.id: policy.evidence_of(tx, use).count for use in policy.uses(tx, name)}
        )

    before = counts()
    assert before, "the shipped pack uses it"
    ACTS[name](office)
    after = counts()
    grown = [use for use in after if after[use] > before[use]]
    assert grown, after
    for use in grown:
        entry = world.entries()[world.read(lambda tx, use=use: _last(tx, name, use))]  # type: ignore[misc]  # bound at once
        assert use in entry.uses and entry.policy == world.read(policy.version)


def _last(tx: ReadTx, name: str, use_id: str) -> int:
    (use,) = [use for use in policy.uses(tx, name) if use.id == use_id]
    position = policy.evidence_of(tx, use).last_position
    assert position is not None
    return position


def test_the_flood_limit_names_its_clause(office: Office) -> None:
    group = office.group()
    with pytest.raises(FloodError) as caught:
        for n in range(21):
            office.world.send(office.member, group, f"第{n}条")
    clause = caught.value.data["clause"]
    assert isinstance(clause, dict) and clause["id"] == "6.6"
