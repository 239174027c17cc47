"""The operations of this module; the controls that ask it to find something belong to those who send texts."""

from guiju.modules.policy.types import Control, Operation

CONTROLS: tuple[Control, ...] = ()
OPERATIONS = (
    Operation("inspection.govern", roles=frozenset({"security_admin"})),
    Operation("inspection.read", roles=frozenset({"security_admin", "audit_admin", "reviewer"})),
)
