"""Who acts: a person, or a named part of the system such as a timer."""

from dataclasses import dataclass

from guiju.kernel.ids import PersonId


@dataclass(frozen=True, slots=True)
class Actor:
    """The originator of a command. Exactly one of `person` and `system` is set."""

    person: PersonId | None = None
    system: str | None = None

    def __post_init__(self) -> None:
        assert (self.person is None) != (self.system is None), "an actor is a person or a system"

    @property
    def name(self) -> str:
        """The pseudonym that stands in the ledger."""
        return self.person if self.person is not None else f"system:{self.system}"

    @property
    def person_id(self) -> PersonId:
        """The person; only for operations that no system part performs."""
        assert self.person is not None, "this operation needs a person"
        return self.person


def system(name: str) -> Actor:
    """The actor of a timer, an import or the set-up."""
    return Actor(system=name)
