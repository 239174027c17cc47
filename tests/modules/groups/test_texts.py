"""Texts beside messages are inspected by the same rules: names, purposes, rules, reasons, opinions."""

from collections.abc import Callable

import pytest

from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Verdict
from guiju.modules.groups import applying, governing, roster
from guiju.modules.groups.types import GroupApplied
from guiju.modules.identity import service as identity
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.policy import service as policy
from tests.support.office import Office

BLOCKED, HELD = "去赌博网站玩", "这是核心配方"
ID_NUMBER = "11010119900307889X"


@pytest.mark.parametrize("field", ["purpose", "scope", "rules"])
@pytest.mark.parametrize(("text", "clause"), [(BLOCKED, "6.11"), (HELD, "6.7")])
def test_an_application_with_a_forbidden_text_is_refused_with_its_clause(
    office: Office, field: str, text: str, clause: str
) -> None:
    stated = office.world.application(office.owner, [office.administrator], **{field: text})
    error = office.refused(
        TextRefusedError, lambda tx: applying.apply_for(tx, office.owner, stated=stated)
    )
    mark = error.data["clause"]
    assert error.data["field"] == field and isinstance(mark, dict) and mark["id"] == clause
    assert error.data["ruleset"] == office.world.runtime.inspector.ruleset


def test_a_group_s_name_is_inspected(office: Office) -> None:
    stated = office.world.application(office.owner, [office.administrator], name="澄远六合彩工作群")
    error = office.refused(
        TextRefusedError, lambda tx: applying.apply_for(tx, office.owner, stated=stated)
    )
    assert error.data["field"] == "name" and error.data["words"] == ["六合彩"]


def test_a_number_in_a_purpose_is_masked(office: Office) -> None:
    group = office.group(purpose=f"联系人证件{ID_NUMBER}")
    assert office.world.find_group(group).purpose == "联系人证件110101********889X"
    (fact,) = office.world.facts("groups.applied")
    assert isinstance(fact, GroupApplied) and ID_NUMBER not in fact.purpose


def test_what_masked_a_text_is_evidence(office: Office) -> None:
    world, use = office.world, "6.9/messaging.personal_data"

    def count() -> int:
        uses = world.read(lambda tx: policy.uses(tx, "messaging.personal_data"))
        (found,) = [each for each in uses if each.id == use]
        return world.read(lambda tx: policy.evidence_of(tx, found).count)

    office.group(purpose="生产协调")
    assert count() == 0
    office.group(purpose=f"二手车转让300元，联系人证件{ID_NUMBER}", name="澄远第三工作群")
    plain, masked = world.entries("groups.applied")
    assert masked.uses == (*plain.uses, use), "and nothing that only warned"
    assert count() == 1


def test_rules_for_a_class_hold_for_what_is_applied_for_there(office: Office) -> None:
    def narrowed(text: str) -> str:
        rule = "[business_secret], disposition: hold"
        return text.replace(rule, f"{rule}, classes: [department]")

    office.world.adopt(narrowed)
    office.group(purpose=HELD)
    stated = office.world.application(
        office.owner,
        [office.administrator],
        purpose=HELD,
        group_class="department",
        name="澄远总装部工作群",
    )
    office.refused(TextRefusedError, lambda tx: applying.apply_for(tx, office.owner, stated=stated))


def test_reasons_rules_and_opinions_are_inspected(office: Office) -> None:
    world, group = office.world, office.group()
    number = world.find_group(group).filing_number
    account = world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    admin = world.person("周安全", "security_admin")
    stated = world.application(office.owner, [office.administrator], name="澄远第二工作群")
    made = world.write(lambda tx: applying.apply_for(tx, office.owner, stated=stated))
    acts: list[Callable[[WriteTx], object]] = [
        lambda tx: roster.ask_to_join(tx, office.outsider, filing_number=number, reason=BLOCKED),
        lambda tx: roster.ask_to_leave(tx, office.member, group, reason=BLOCKED),
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason=HELD),
        lambda tx: governing.publish_rules(tx, office.owner, group, text=BLOCKED),
        lambda tx: governing.close(tx, office.owner, group, reason=HELD),
        lambda tx: identity.suspend(tx, admin, account.id, reason=BLOCKED),
        lambda tx: approvals.decide(
            tx, office.head, made.request, verdict=Verdict.REFUSE, opinion=HELD
        ),
    ]
    for act in acts:
        office.refused(TextRefusedError, act)
