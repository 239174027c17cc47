"""Who acts: a person, a bot, or a named part of the system such as a timer."""

from guiju.kernel.ids import BotId, PersonId
from guiju.kernel.immutable import immutable


@immutable
class Actor:
    """The originator of a command. Exactly one of `person`, `system` and `bot` is set."""

    person: PersonId | None = None
    system: str | None = None
    bot: BotId | None = None

    def __post_init__(self) -> None:
        set_here = [each for each in (self.person, self.system, self.bot) if each is not None]
        assert len(set_here) == 1, "an actor is a person, a bot or a system"

    @property
    def name(self) -> str:
        """The pseudonym that stands in the ledger."""
        return self.person or self.bot or f"system:{self.system}"

    @property
    def person_id(self) -> PersonId:
        """The person; only for operations that no system part performs."""
        assert self.person is not None, "this operation needs a person"
        return self.person

    @property
    def author(self) -> PersonId:
        """Who stands as the writer of a message: a person, or a bot by its id."""
        assert self.system is None, "no part of the system writes messages"
        return PersonId(self.name)


def system(name: str) -> Actor:
    """The actor of a timer, an import or the set-up."""
    return Actor(system=name)
