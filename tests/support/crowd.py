"""An organisation to measure: one group of 40 people under the shipped pack, with its flood limit out of the way."""

import json
import os
from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Verdict
from guiju.modules.directory import service as directory
from guiju.modules.groups import applying
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import ApplicationInput, GroupKind
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.runtime import Runtime, load_pack, open_runtime
from guiju.settings import read_settings
from guiju.setup import SYSTEM, initialise, open_account

PEOPLE = 40
PASSWORD = "bench-only-2026"
FLOOD, NO_FLOOD = "{messages: 20, seconds: 10}", "{messages: 100000, seconds: 1}"


def build() -> list[dict[str, str]]:
    """Make the organisation of this environment's settings; returns its accounts with their passwords."""
    settings = read_settings()
    initialise(settings)
    runtime = open_runtime(settings)
    hashed = identity.hash_password(PASSWORD)

    def people(tx: WriteTx) -> list[PersonId]:
        text, dictionaries = load_pack("party-run-plant")
        assert FLOOD in text, "the pack limits floods"
        policy.adopt(tx, SYSTEM, text=text.replace(FLOOD, NO_FLOOD), dictionaries=dictionaries)
        directory.name_organisation(tx, SYSTEM, name="澄远装备")
        unit = directory.add_unit(tx, SYSTEM, name="总装车间")
        made = []
        for number in range(PEOPLE):
            person = directory.add_person(
                tx, SYSTEM, name=f"员工{number}", staff_no=f"B{number:04d}", unit=unit.id
            )
            open_account(tx, SYSTEM, person.id, password_hash=hashed, proof="bench")
            made.append(person.id)
        directory.grant_role(tx, SYSTEM, made[0], "registrar")
        directory.grant_role(tx, SYSTEM, made[3], "system_admin")
        directory.set_unit_head(tx, SYSTEM, unit.id, made[1])
        return made

    made = runtime.write(people)
    register(runtime, made, "澄远测速工作群", "测速")
    runtime.close()
    return [{"account": f"B{number:04d}", "password": PASSWORD} for number in range(PEOPLE)]


def register(runtime: Runtime, made: Sequence[PersonId], name: str, short: str) -> GroupId:
    """A group of these people: the third applies for it and owns it, the first two approve."""
    owner, administrator = Actor(made[2]), made[3]
    stated = ApplicationInput(
        name, short, "全体", "workshop", "internal", GroupKind.INTERNAL, None, made[2],
        (administrator,), tuple(person for person in made if person not in (made[2], administrator)), None, "",
    )  # fmt: skip
    application = runtime.write(lambda tx: applying.apply_for(tx, owner, stated=stated))
    for approver in (made[1], made[0]):
        runtime.write(
            lambda tx, who=Actor(approver): approvals.decide(  # type: ignore[misc]  # bound at once
                tx, who, application.request, verdict=Verdict.APPROVE, opinion=""
            )
        )
    found = runtime.read(lambda tx: groups.get_application(tx, owner, application.id))
    assert found.group is not None, "it was approved"
    return found.group


if __name__ == "__main__":
    os.umask(0o077)
    print(json.dumps(build()))
