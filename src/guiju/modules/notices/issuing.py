"""What issuers do: publish, change the text, remind those who are missing, withdraw."""

from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import new_id
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.kernel.worktime import add_working_hours
from guiju.modules.directory import service as directory
from guiju.modules.notices import _rules, _store, service
from guiju.modules.notices.recipients import Resolved, resolve
from guiju.modules.notices.types import (
    SLICE,
    Audience,
    DeadlineTooLongError,
    Issuers,
    NobodyMissingError,
    Notice,
    NoticeAddressed,
    NoticeId,
    NoticePublished,
    NoticeReminded,
    NoticeRevised,
    NoticeWithdrawn,
    NotIssuerError,
    ReasonNeededError,
    RecipientsChangedError,
    Wording,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Attempt, Calendar, NotAllowedError

ISSUE, ISSUERS = "notices.issue", "notices.issuers"
DEADLINE, REMINDER = "notices.deadline", "notices.reminder"
"""The jobs of a version that asks; the key is `notice:version`."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do: who would be asked, and until when (ms)."""

    people: Resolved
    due_at: int


def permit_to_issue(tx: ReadTx, actor: Actor) -> Permit:
    """Leave to issue notices. Raises NotAllowedError, or NotIssuerError with the clause, recorded as an attempt."""
    permit = policy.require(tx, actor, ISSUE)
    roles, post = policy.roles_of(tx, actor), directory.get_person(tx, actor.person_id).post
    for use in policy.uses(tx, ISSUERS):
        assert isinstance(use.params, Issuers)
        if not _rules.may_issue(use.params, roles, post):
            attempt = Attempt(actor, ISSUE, None, use.id, NotIssuerError.code)
            raise NotIssuerError(
                "A clause has others issue notices.", attempt=attempt, clause=use.mark()
            )
    return permit.under(*policy.use_ids(tx, ISSUERS))


def may_issue(tx: ReadTx, actor: Actor) -> bool:
    """Whether `permit_to_issue` would give a permit."""
    if not policy.may(tx, actor, ISSUE):
        return False
    roles, post = policy.roles_of(tx, actor), directory.get_person(tx, actor.person_id).post
    return all(_rules.may_issue(use.params, roles, post) for use in policy.uses(tx, ISSUERS))


def preview(tx: ReadTx, actor: Actor, *, audience: Audience, hours: int) -> Preview:
    """Who would be asked, before anybody is. Raises what `publish` raises but RecipientsChangedError."""
    permit_to_issue(tx, actor)
    due_at = _due_at(tx, hours)
    return Preview(resolve(tx, actor, audience), due_at)


def publish(
    tx: WriteTx, actor: Actor, *, wording: Wording, audience: Audience, hours: int, people: int
) -> NoticeId:
    """Ask the audience to acknowledge a notice; `people` is the number that the issuer was shown.

    Raises NotAllowedError, NotIssuerError, BadQuizError, DeadlineTooLongError, RecipientsChangedError, TextRefusedError,
    and what `resolve` raises.
    """
    permit = permit_to_issue(tx, actor).under(*policy.use_ids(tx, service.ACKNOWLEDGEMENT))
    _rules.check_questions(wording.questions)
    due_at = _due_at(tx, hours)
    found = resolve(tx, actor, audience)
    if found.count != people:
        raise RecipientsChangedError("There are other recipients by now.", people=found.count)
    if wording.questions:
        permit = permit.under(*policy.use_ids(tx, service.QUIZ))
    notice, quiz = NoticeId(new_id("ntc", tx.now)), len(wording.questions)
    fact = NoticePublished(
        notice, people, quiz, hours, due_at, wording.title, wording.text, wording.questions
    )
    refs = (tx.record(permit, fact).position,)
    tx.record_many(
        [(permit, NoticeAddressed(notice, unit, slice_, refs)) for unit, slice_ in found.slices()]
    )
    _schedule(tx, service.get(tx, notice), hours)
    return notice


def _due_at(tx: ReadTx, hours: int) -> int:
    """The deadline (ms) so many working hours from now. Raises DeadlineTooLongError."""
    rule = service.acknowledgement_rule(tx)
    if hours > rule.most_hours:
        use = policy.first_use(tx, service.ACKNOWLEDGEMENT)
        raise DeadlineTooLongError(
            "It is to be acknowledged sooner.",
            most=rule.most_hours,
            clause=use.mark() if use is not None else None,
        )
    return add_working_hours(tx.now, hours, _calendar(tx))


def _calendar(tx: ReadTx) -> Calendar:
    pack = policy.find_pack(tx)
    return pack.calendar if pack is not None else Calendar()


def _schedule(tx: WriteTx, notice: Notice, hours: int) -> None:
    """Have the timers of the version that asks run: `hours` of working time from now, and the reminder before."""
    key = f"{notice.id}:{notice.asked_version}"
    tx.schedule(DEADLINE, key, notice.due_at, notice=notice.id, version=notice.asked_version)
    early = service.acknowledgement_rule(tx).remind_hours
    if 0 < early < hours:
        moment = add_working_hours(tx.now, hours - early, _calendar(tx))
        tx.schedule(REMINDER, key, moment, notice=notice.id, version=notice.asked_version)


def revise(
    tx: WriteTx,
    actor: Actor,
    notice_id: NoticeId,
    *,
    wording: Wording,
    editorial: bool,
    reason: str,
    hours: int,
) -> Notice:
    """Change the text; everybody is asked again within `hours`, unless the issuer calls it editorial and says why.

    Raises NoticeNotFoundError, NotAllowedError, NotIssuerError, WithdrawnError, BadQuizError, UnchangedError,
    ReasonNeededError, QuizChangedError, DeadlineTooLongError or TextRefusedError.
    """
    notice, permit = _own(tx, actor, notice_id)
    _rules.check_open(notice)
    _rules.check_questions(wording.questions)
    before = service.wording(tx, notice)
    _rules.check_change(before, wording, editorial=editorial, reason=reason)
    due_at = notice.due_at if editorial else _due_at(tx, hours)
    fact = NoticeRevised(
        notice.id, notice.version + 1, editorial, len(wording.questions), hours, due_at,
        (notice.position,), wording.title, wording.text, wording.questions, reason,
    )  # fmt: skip
    tx.record(permit, fact)
    changed = service.get(tx, notice.id)
    if not editorial:
        for job in (DEADLINE, REMINDER):
            tx.cancel(job, f"{notice.id}:{notice.asked_version}")
        _schedule(tx, changed, hours)
    return changed


def _own(tx: ReadTx, actor: Actor, notice_id: NoticeId) -> tuple[Notice, Permit]:
    """The actor's own notice, and leave to run it. Raises NoticeNotFoundError, NotAllowedError or NotIssuerError."""
    notice = service.get_notice(tx, actor, notice_id)
    if notice.issuer != actor.person:
        raise NotAllowedError("This notice is somebody else's.", operation=ISSUE)
    uses = policy.use_ids(tx, service.ACKNOWLEDGEMENT)
    return notice, permit_to_issue(tx, actor).under(*uses)


def remind(tx: WriteTx, actor: Actor, notice_id: NoticeId) -> int:
    """Remind everybody who has not acknowledged; gives how many they are.

    Raises NoticeNotFoundError, NotAllowedError, NotIssuerError, WithdrawnError, NobodyMissingError or
    RemindedRecentlyError.
    """
    notice, permit = _own(tx, actor, notice_id)
    _rules.check_open(notice)
    found = _store.missing(tx, notice.id)
    if not found:
        raise NobodyMissingError("Everybody has acknowledged it.", notice=notice.id)
    _rules.check_reminder(notice.reminded_at, service.acknowledgement_rule(tx), tx.now)
    record_reminder(tx, permit, notice)
    return len(found)


def record_reminder(tx: WriteTx, permit: Permit, notice: Notice) -> None:
    """Put on record who is reminded: everybody who has not acknowledged."""
    found, refs = _store.missing(tx, notice.id), (notice.position,)
    tx.record_many(
        [
            (permit, NoticeReminded(notice.id, tuple(found[start : start + SLICE]), refs))
            for start in range(0, len(found), SLICE)
        ]
    )


def withdraw(tx: WriteTx, actor: Actor, notice_id: NoticeId, *, reason: str) -> None:
    """Ask nobody any more. Raises NoticeNotFoundError, NotAllowedError, NotIssuerError, WithdrawnError, ReasonNeededError."""
    notice, permit = _own(tx, actor, notice_id)
    _rules.check_open(notice)
    if not reason:
        raise ReasonNeededError("To withdraw a notice needs a reason.")
    tx.record(permit, NoticeWithdrawn(notice.id, (notice.position,), reason))
    for job in (DEADLINE, REMINDER):
        tx.cancel(job, f"{notice.id}:{notice.asked_version}")
