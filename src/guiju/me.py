"""Who I am and what waits for me."""

from typing import Any

from fastapi import APIRouter

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.kernel.ids import PersonId
from guiju.modules.approvals import service as approvals
from guiju.modules.directory import service as directory
from guiju.modules.followup import questions
from guiju.modules.followup import service as followup
from guiju.modules.groups import service as groups
from guiju.modules.identity import service as identity
from guiju.modules.messaging import prereview, review_queue, topics, writers
from guiju.modules.messaging.review_types import BotRefusal
from guiju.modules.notices import issuing
from guiju.modules.notices import service as notices
from guiju.modules.outages import service as outages
from guiju.modules.outages import telling
from guiju.modules.policy import service as policy

routes = APIRouter(prefix="/api", tags=["me"])


def describe(tx: ReadTx, actor: Actor) -> dict[str, Any]:
    """The person, their account, roles and rights, and how much waits for them."""
    account = identity.find_account_of(tx, actor.person_id)
    assert account is not None, "whoever signed in has an account"
    pack = policy.find_pack(tx)
    return {
        "person": directory.person_mark(tx, actor.person_id),
        "account": {"id": account.id, "login": account.login, "state": account.state},
        "roles": sorted(policy.roles_of(tx, actor)),
        "capabilities": _capabilities(tx, actor),
        "organisation": {"name": directory.organisation_name(tx)},
        "pack": {"id": pack.id, "title": pack.title, "version": pack.version} if pack else None,
        "todo": {
            "approvals": approvals.count_todo(tx, actor.person_id),
            "reviews": review_queue.count_waiting(tx, actor),
            "notices": notices.count_todo(tx, [actor.person_id]).get(actor.person_id, 0),
            "late_notices": notices.count_late(tx, actor.person_id),
            "answers": followup.count_todo(tx, [actor.person_id]).get(actor.person_id, 0),
            "late": followup.count_late(tx, actor.person_id),
            "questions": questions.count_open(tx, actor.person_id),
            "outages": outages.count_open(tx, actor),
            "groups": _groups(tx, actor),
        },
        "prereviews": [
            {
                "group": each.group,
                "until": each.until,
                "bots": writers.has_bots(tx, actor.person_id, each.group),
            }
            for each in prereview.watches_of(tx, actor.person_id)
        ],
        "bot_refusals": [
            _refusal(tx, each) for each in prereview.bot_refusals(tx, actor.person_id)
        ],
        "outages": telling.answers(tx, actor.person_id),
        "position": tx.position,
    }


def _refusal(tx: ReadTx, found: BotRefusal) -> Json:
    return {
        "position": found.position,
        "group": found.group,
        "bot": {"id": found.bot, "name": writers.name_of(tx, PersonId(found.bot))},
        "at": found.at,
        "reason": found.reason,
        "count": found.count,
        "needed": found.needed,
    }


def _groups(tx: ReadTx, actor: Actor) -> list[dict[str, object]]:
    """What waits in the groups that the person runs."""
    joining, leaving = groups.count_requests(tx, actor)
    flagged = topics.count_flagged(tx, actor)
    return [
        {
            "group": group,
            "joining": joining.get(group, 0),
            "leaving": leaving.get(group, 0),
            "flagged": flagged.get(group, 0),
        }
        for group in sorted({*joining, *leaving, *flagged})
    ]


def _capabilities(tx: ReadTx, actor: Actor) -> list[str]:
    """The operations of the person; what a pack narrows down to some roles or posts only where it gives it to them."""
    withheld = set[str]()
    if all(line is None for line in review_queue.lines_of(tx, actor)):
        withheld.add(review_queue.SECOND)
    if not issuing.may_issue(tx, actor):
        withheld.add(issuing.ISSUE)
    return [name for name in policy.capabilities(tx, actor) if name not in withheld]


@routes.get("/me")
async def get_me(actor: CurrentActor, read: Reader) -> Json:
    return await read(lambda tx: describe(tx, actor))
