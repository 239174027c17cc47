"""From application to filing number."""

from datetime import date

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE, utc
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId, new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Request, RequestState
from guiju.modules.directory import service as directory
from guiju.modules.groups import (
    _application_store,
    _register,
    _rules,
    _shape,
    barriers,
    service,
)
from guiju.modules.groups.types import (
    Application,
    ApplicationClosed,
    ApplicationInput,
    ApplicationState,
    BadApplicationError,
    ExternalTools,
    GroupApplied,
    GroupKind,
    GroupRegistered,
    NameProblem,
    NameRefusedError,
    NotCertifiedError,
    Register,
)
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Flow, FlowStep, Pack

KIND = "group.registration"
LONGEST_DAYS = 3653
"""How far ahead a group may end: ten years."""
_SIMPLEST = Flow(
    KIND,
    {"zh": "建群报备", "en": "Group registration"},
    None,
    (
        FlowStep(
            {"zh": "登记部门", "en": "Register office"},
            "any",
            ({"role": "registrar"},),
            None,
            None,
            "remind",
        ),
    ),
)


def check_name(tx: ReadTx, actor: Actor, *, name: str, kind: GroupKind) -> list[NameProblem]:
    """What is wrong with a name, while it is being typed. Raises NotAllowedError."""
    policy.require(tx, actor, "groups.apply")
    return _rules.name_problems(
        name, kind, _register.name_taken(tx, name), policy.uses(tx, "groups.name_pattern")
    )


def apply_for(tx: WriteTx, actor: Actor, *, stated: ApplicationInput) -> Application:
    """Apply for a group; opens the request that the pack's flow prescribes.

    Raises NameRefusedError, BadApplicationError, AdministratorCountError, NotCertifiedError,
    MembersBarredError or NotAllowedError.
    """
    permit = policy.require(tx, actor, "groups.apply")
    pack = policy.get_pack(tx)
    problems = check_name(tx, actor, name=stated.name, kind=stated.kind)
    if problems:
        shown = [{"code": p.code, "message": p.message, "clause": p.clause} for p in problems]
        raise NameRefusedError("The name does not fit.", problems=shown)  # type: ignore[arg-type]  # marks are JSON
    _check_fields(tx, pack, stated)
    _check_people(tx, actor, stated)
    application = new_id("app", tx.now)
    request = approvals.open_request(
        tx,
        actor,
        kind=KIND,
        subject=application,
        title=stated.name,
        flow=pack.flows.get(KIND, _SIMPLEST),
        uses=policy.use_ids(tx, "groups.registration"),
    )
    tx.record(
        permit,
        GroupApplied(
            application=application, request=request.id, unit=_unit_of(tx, stated.owner),
            group_class=stated.group_class, level=stated.level, group_kind=stated.kind, owner=stated.owner,
            administrators=stated.administrators, members=stated.members, end_date=stated.end_date, name=stated.name,
            purpose=stated.purpose, scope=stated.scope, tool=stated.tool, rules=stated.rules,
        ),
    )  # fmt: skip
    found = _application_store.find_application(tx, application)
    assert found is not None, "apply has just stored it"
    return found


def _check_fields(tx: ReadTx, pack: Pack, stated: ApplicationInput) -> None:
    if stated.group_class not in {known.id for known in pack.classes}:
        raise BadApplicationError("There is no such class.", field="class")
    if stated.level not in {known.id for known in pack.levels}:
        raise BadApplicationError("There is no such level.", field="level")
    if stated.end_date is not None:
        try:
            ends = date.fromisoformat(stated.end_date)
        except ValueError as error:
            raise BadApplicationError("A date is YYYY-MM-DD.", field="end_date") from error
        today = _today(tx, pack)
        if ends <= today:
            raise BadApplicationError("The end date must lie ahead.", field="end_date")
        if (ends - today).days > LONGEST_DAYS:
            raise BadApplicationError("The end date is at most ten years ahead.", field="end_date")
    if stated.kind is GroupKind.EXTERNAL_TOOL:
        tools = {
            tool for use in policy.uses(tx, "groups.external_tools") for tool in _tools(use.params)
        }
        if stated.tool not in tools:
            raise BadApplicationError("Groups on this tool are not registered here.", field="tool")
    elif stated.tool is not None:
        raise BadApplicationError("Only a group on another tool names a tool.", field="tool")


def _today(tx: ReadTx, pack: Pack) -> date:
    """The date where the organisation is."""
    return utc(tx.now + pack.calendar.utc_offset * MINUTE).date()


def _tools(params: object) -> tuple[str, ...]:
    assert isinstance(params, ExternalTools)
    return params.tools


def _check_people(tx: ReadTx, actor: Actor, stated: ApplicationInput) -> None:
    if stated.owner in stated.administrators:
        raise BadApplicationError("The owner is not an administrator too.", field="administrators")
    uses = policy.uses(tx, "groups.administrators")
    _rules.check_administrator_count(set(stated.administrators), uses, actor, None)
    for person in {stated.owner, *stated.administrators, *stated.members}:
        check_certified(tx, person)
    barriers.check_together(tx, (stated.owner, *stated.administrators, *stated.members))


def check_certified(tx: ReadTx, person: PersonId) -> None:
    """Raises PersonNotFoundError, or NotCertifiedError for an account that is not certified."""
    directory.get_person(tx, person)
    if not identity.is_certified(tx, person):
        uses = policy.uses(tx, "identity.certified")
        raise NotCertifiedError(
            "This person's account is not certified yet.",
            person=person,
            clause=uses[0].mark() if uses else None,
        )


def _unit_of(tx: ReadTx, person: PersonId) -> str:
    """The unit that answers for the group. Raises BadApplicationError for an owner who is in none."""
    unit = directory.get_person(tx, person).unit
    if unit is None:
        raise BadApplicationError("The owner belongs to no unit.", field="owner")
    return unit


def on_approved(tx: WriteTx, actor: Actor, request: Request) -> None:
    """Register the group: the last verdict and the group come to exist in one transaction."""
    application = _application_store.find_application_of(tx, request.id)
    assert application is not None, "the request was opened for an application"
    stated, pack = application.stated, policy.get_pack(tx)
    for person in (
        stated.owner,
        *stated.administrators,
    ):  # days may have passed since the application
        check_certified(tx, person)
    members = tuple(person for person in stated.members if identity.is_certified(tx, person))
    barriers.check_together(tx, (stated.owner, *stated.administrators, *members))
    year = _today(tx, pack).year
    serial = _register.next_serial(tx, year)
    use = policy.first_use(tx, "groups.register")
    form = use.params if use is not None else Register()
    assert isinstance(form, Register)
    history = next((c.history for c in pack.classes if c.id == stated.group_class), "none")
    must_sign = bool(stated.rules) and service.must_sign(tx, stated.kind)
    permit = policy.permit_for_approval(
        tx, actor, "groups.register.write", *_acting_controls(tx, stated)
    )
    group = GroupId(new_id("grp", tx.now))
    tx.record(
        permit,
        GroupRegistered(
            group=group, application=application.id, serial=serial, year=year, unit=application.unit,
            group_class=stated.group_class, level=stated.level, group_kind=stated.kind, owner=stated.owner,
            administrators=stated.administrators, members=members, must_sign=must_sign, history=history,
            end_date=stated.end_date, filing_number=form.number.format(year=year, serial=serial), name=stated.name,
            purpose=stated.purpose, scope=stated.scope, tool=stated.tool, rules=stated.rules,
        ),
    )  # fmt: skip
    if stated.end_date is not None:
        tx.schedule("groups.end", group, tx.now)


def _acting_controls(tx: ReadTx, stated: ApplicationInput) -> list[str]:
    """The controls that a registration carries out."""
    names = [
        "groups.registration",
        "groups.register",
        "groups.classes",
        "groups.owner",
        "groups.administrators",
    ]
    names.append(
        "groups.external_tools" if stated.kind is GroupKind.EXTERNAL_TOOL else "groups.name_pattern"
    )
    return [use for name in names for use in policy.use_ids(tx, name)]


def on_closed(tx: WriteTx, actor: Actor, request: Request) -> None:
    """The request ended without approval; so does the application."""
    application = _application_store.find_application_of(tx, request.id)
    assert application is not None, "the request was opened for an application"
    states = {
        RequestState.REFUSED: ApplicationState.REFUSED,
        RequestState.WITHDRAWN: ApplicationState.WITHDRAWN,
        RequestState.EXPIRED: ApplicationState.EXPIRED,
    }
    permit = policy.permit_for_approval(tx, actor, "groups.register.write")
    tx.record(permit, ApplicationClosed(application.id, states[request.state]))


def describe(tx: ReadTx, application: str) -> dict[str, object]:
    """What is applied for, as the approvers read it."""
    found = _application_store.find_application(tx, application)
    assert found is not None, "the request was opened for an application"
    return _shape.subject(tx, found)
