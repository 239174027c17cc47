"""Telephone numbers and e-mail addresses of colleagues over HTTP."""

from fastapi import APIRouter

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader
from guiju.kernel.ids import PersonId
from guiju.kernel.text import Id
from guiju.modules.directory import service as directory
from guiju.modules.groups import contacting
from guiju.modules.groups.contact_types import Contact

routes = APIRouter(prefix="/contacts")


@routes.get("")
async def list_contacts(actor: CurrentActor, read: Reader) -> Json:
    """The contacts of everybody whose the actor sees; for how long a device keeps them."""

    def shape(tx: ReadTx) -> Json:
        found = contacting.list_contacts(tx, actor)
        people = [one.person.id for one in found]
        marks, spelled = directory.person_marks(tx, people), directory.spellings_of(tx, people)
        here, use = contacting.rules(tx)
        return {
            "contacts": [
                {
                    **marks[one.person.id],
                    "posts": [one.person.post] if one.person.post else [],
                    "spelled": spelled.get(one.person.id, []),
                    **_contact(one),
                }
                for one in found
            ],
            "days": here.kept_days,
            "clause": use.mark() if use is not None else None,
            "position": tx.position,
        }

    return await read(shape)


@routes.get("/{person_id}")
async def show_contact(person_id: Id, actor: CurrentActor, read: Reader) -> Json:
    """The contacts of one person; null for those who do not see them, and the clause that says so."""

    def shape(tx: ReadTx) -> Json:
        found = contacting.contact_of(tx, actor, PersonId(person_id))
        _, use = contacting.rules(tx)
        return {
            "contact": _contact(found) if found is not None else None,
            "clause": use.mark() if use is not None else None,
            "position": tx.position,
        }

    return await read(shape)


def _contact(found: Contact) -> Json:
    return {"phone": found.phone, "email": found.email}
