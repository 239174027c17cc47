"""The one authorisation decision, as a pure function of what policy knows."""

from guiju.modules.policy.types import Membership, Operation


def is_allowed(operation: Operation, roles: frozenset[str], membership: Membership | None) -> bool:
    """Whether a certified person with `roles` and this place in the group may perform `operation`."""
    if operation.everyone or roles & operation.roles:
        return True
    return (
        membership is not None
        and membership.role in operation.group_roles
        and membership.state in operation.states
    )
