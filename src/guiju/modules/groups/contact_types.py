"""Whose telephone number and e-mail address one sees, so that another channel keeps contact when this one fails."""

from dataclasses import dataclass

from guiju.modules.directory.types import Person

SEEN_BY = ("unit", "groups", "heads")
MOST_CONTACTS = 3000
"""So many contacts one person is shown at once: they stand on the device too."""


@dataclass(frozen=True, slots=True)
class ContactRules:
    """Parameters of `groups.contacts`.

    One sees the contacts of those in one's own `unit`, of those with whom one is in a work group (`groups`) of at most
    `most_group` members, and of the `heads` above; whom one heads, one sees with `heads` too. `phone` and `email` say
    what of them is shown at all; a device keeps it for `kept_days`.
    """

    seen_by: tuple[str, ...] = SEEN_BY
    phone: bool = True
    email: bool = True
    most_group: int = 100
    kept_days: int = 14


@dataclass(frozen=True, slots=True)
class Contact:
    """A person as somebody may see them; what the rules keep back is empty."""

    person: Person
    phone: str
    email: str
