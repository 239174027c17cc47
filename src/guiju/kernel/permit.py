"""Authority as a value: governed writes take a Permit, lists take a Scope. Only `policy` makes them."""

from dataclasses import dataclass, replace

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to record facts as `actor`, under policy version `policy`, naming the controls that acted."""

    actor: Actor
    operation: str
    policy: str | None
    uses: tuple[str, ...] = ()

    def under(self, *uses: str) -> "Permit":
        """The same permit, naming more control uses (`clause/control`)."""
        return replace(self, uses=tuple(dict.fromkeys((*self.uses, *uses))))


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may list: everything, or only some groups. An empty scope yields nothing."""

    everything: bool = False
    groups: frozenset[GroupId] = frozenset()
    units: frozenset[str] = frozenset()

    def covers(self, group: GroupId) -> bool:
        return self.everything or group in self.groups
