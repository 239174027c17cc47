"""Who writes messages: people, and bots, which are another module's matter. It hands itself over here."""

from collections.abc import Iterable
from typing import Any, Protocol

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import BotId, GroupId, PersonId, is_bot
from guiju.kernel.live import View
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Member


class Bots(Protocol):
    """What messaging must know of bots; implemented by the module that owns them."""

    def place(self, tx: ReadTx, bot: BotId, group: GroupId) -> Member | None:
        """The place of a bot that may write now, with the role of who answers for it; None for any other."""

    def responsible(self, tx: ReadTx, bot: BotId) -> PersonId:
        """Who answers for a bot."""

    def bots_of(self, tx: ReadTx, person: PersonId) -> list[BotId]:
        """The bots for which a person answers, also former ones."""

    def has_bots(self, tx: ReadTx, person: PersonId, group: GroupId | None) -> bool:
        """Whether a person answers for a bot that may write now, in the group or, without one, anywhere."""

    def name(self, tx: ReadTx, bot: BotId) -> str: ...


_bots: list[Bots] = []


def connect(bots: Bots) -> None:
    """Hand over what messaging must know of bots."""
    _bots[:] = [bots]


def place_of(tx: ReadTx, actor: Actor, group: GroupId) -> Member | None:
    """The writer's place in the group, also a former one."""
    if actor.bot is not None:
        return _bots[0].place(tx, actor.bot, group)
    return groups.find_member(tx, group, actor.person_id)


def name_of(tx: ReadTx, author: PersonId) -> str:
    """The real name of a person, or the name of a bot."""
    if is_bot(author):
        return _bots[0].name(tx, BotId(author))
    return directory.person_name(tx, author)


def responsible_for(tx: ReadTx, author: PersonId) -> PersonId:
    """Who answers for what `author` writes: they themselves, or who answers for the bot."""
    return _bots[0].responsible(tx, BotId(author)) if is_bot(author) else author


def authors_of(tx: ReadTx, person: PersonId) -> list[PersonId]:
    """Under which ids messages stand for which a person answers: their own, and those of their bots."""
    return [person, *map(PersonId, _bots[0].bots_of(tx, person))]


def has_bots(tx: ReadTx, person: PersonId, group: GroupId | None) -> bool:
    """Whether a person answers for a bot that may write now, in the group or, without one, anywhere."""
    return _bots[0].has_bots(tx, person, group)


def mark(view: View, author: PersonId) -> dict[str, Any]:
    """The sender of a message: `{"id", "name"}`, and for a bot also `bot`, who answers for it."""
    shown = {"id": author, "name": view.name(author)}
    if is_bot(author):
        return shown | {"bot": view.mark(responsible_for(view.tx, author))}
    return shown


def full_marks(tx: ReadTx, authors: Iterable[PersonId]) -> dict[PersonId, dict[str, Any]]:
    """The full marks of many, in a few queries for all people among them."""
    wanted = set(authors)
    people = [each for each in wanted if not is_bot(each)]
    marks = directory.person_marks(tx, people)
    return marks | {each: full_mark(tx, each) for each in wanted - marks.keys()}


def full_mark(tx: ReadTx, author: PersonId) -> dict[str, Any]:
    """The same with staff number and unit, where people look into things; a bot has neither."""
    if not is_bot(author):
        return dict(directory.person_mark(tx, author))
    answers = responsible_for(tx, author)
    bot = {"id": answers, "name": directory.person_name(tx, answers)}
    return {"id": author, "name": name_of(tx, author), "staff_no": "", "unit": None, "bot": bot}
