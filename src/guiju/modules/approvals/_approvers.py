"""Who is asked in a step: the pack's rules, resolved through the directory when a request opens."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.approvals.types import NobodyCanDecideError, Step
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import FlowStep, Text

_ROLE_NAMES: dict[str, Text] = {
    "hr": {"zh": "人事", "en": "human resources"},
    "it": {"zh": "信息技术", "en": "IT"},
    "registrar": {"zh": "备案", "en": "register office"},
    "reviewer": {"zh": "内容审核", "en": "reviewer"},
    "system_admin": {"zh": "系统管理", "en": "system administrator"},
    "security_admin": {"zh": "安全管理", "en": "security administrator"},
    "audit_admin": {"zh": "审计管理", "en": "audit administrator"},
}
_REGISTER_OFFICE = "registrar"
_HEAD_RULES = ("head_of_unit", "level_above")


class Asked(NamedTuple):
    """Whom a step asks; `why` completes 你是…, "you are asked as …". The first `heads` people are asked as heads."""

    people: list[PersonId]
    why: Text
    heads: int


def resolve(tx: ReadTx, applicant: PersonId, step: FlowStep) -> Asked:
    """The people to ask in one step.

    Left out are the applicant and those who cannot use their account. When nobody is left, the step
    goes to the nearest superior of the applicant, else to the register office.
    Raises NobodyCanDecideError when that is empty too.
    """
    found: dict[PersonId, Text] = {}
    heads: set[PersonId] = set()
    for rule in step.approvers:
        people, why = _asked(tx, applicant, rule)
        for person in _usable(tx, applicant, people):
            found.setdefault(person, why)
            if rule.keys() & set(_HEAD_RULES):
                heads.add(person)
    if found:
        people = sorted(found, key=lambda person: person not in heads)  # which keeps their order
        return Asked(people, _joined(found.values()), len(heads))
    for superior in _usable(tx, applicant, _superiors(tx, applicant)):
        return Asked([superior], _instead(_why_head(tx, applicant, superior)), 1)
    office = _usable(tx, applicant, directory.people_with_role(tx, _REGISTER_OFFICE))
    if office:
        return Asked(office, _instead(_why_role(_REGISTER_OFFICE)), 0)
    raise NobodyCanDecideError("Nobody can decide this request.", step=dict(step.name))


def one_level_above(tx: ReadTx, applicant: PersonId, step: Step) -> list[PersonId]:
    """The heads above those who have not decided, without those who sit in the step already."""
    late = [seat.person for seat in step.seats if seat.verdict is None]
    heads = (head for person in late if (head := directory.head_of_unit(tx, person)) is not None)
    return [person for person in _usable(tx, applicant, heads) if step.seat_of(person) is None]


def _usable(tx: ReadTx, applicant: PersonId, people: Iterable[PersonId]) -> list[PersonId]:
    return [
        person
        for person in dict.fromkeys(people)
        if person != applicant and policy.may(tx, Actor(person=person), "approvals.decide")
    ]


def _asked(tx: ReadTx, applicant: PersonId, rule: dict[str, Any]) -> tuple[list[PersonId], Text]:
    """(the people whom a rule names, why them)."""
    (name, value), *_ = rule.items()
    match name:
        case "person":
            return [PersonId(str(value))], {
                "zh": "制度指定的审批人",
                "en": "the approver whom the rules name",
            }
        case "post":
            why = {"zh": f"岗位“{value}”的任职人员", "en": f"holder of the post {value}"}
            return directory.people_in_post(tx, str(value)), why
        case "role":
            return directory.people_with_role(tx, str(value)), _why_role(str(value))
        case "head_of_unit":
            head = directory.head_of_unit(tx, applicant)
        case "level_above":
            head = directory.level_above(tx, applicant, int(value))
        case _:
            raise AssertionError(f"a pack passed with the approver rule {name}")
    return ([head], _why_head(tx, applicant, head)) if head is not None else ([], {})


def _superiors(tx: ReadTx, applicant: PersonId) -> Iterator[PersonId]:
    """The heads above the applicant, nearest first."""
    for level in count(1):
        head = directory.level_above(tx, applicant, level)
        if head is None:
            return
        yield head


def _why_role(role: str) -> Text:
    name = _ROLE_NAMES.get(role, {"zh": role, "en": role})
    return {"zh": f"{name['zh']}人员", "en": f"holder of the role {name['en']}"}


def _why_head(tx: ReadTx, applicant: PersonId, head: PersonId) -> Text:
    own = directory.get_person(tx, applicant).unit
    units = directory.unit_ancestors(tx, own) if own is not None else []
    headed: UnitId = next(unit for unit in units if directory.get_unit(tx, unit).head == head)
    name = directory.get_unit(tx, headed).name
    if headed == own:
        return {
            "zh": f"申请人所在部门“{name}”的负责人",
            "en": f"head of the applicant's unit, {name}",
        }
    return {
        "zh": f"申请人的上级部门“{name}”的负责人",
        "en": f"head of {name}, above the applicant's unit",
    }


def _instead(why: Text) -> Text:
    return {
        "zh": f"{why['zh']}（本节点原定人员不能审批）",
        "en": f"{why['en']}, since nobody named for this step can decide",
    }


def _joined(reasons: Iterable[Text]) -> Text:
    listed = list(reasons)
    return {
        "zh": "或".join(dict.fromkeys(reason["zh"] for reason in listed)),
        "en": " or ".join(dict.fromkeys(reason["en"] for reason in listed)),
    }
